#!/bin/sh
# tests/run.sh [--all] -- builds and runs every test, shows what failed, counts.
#
#   float build    every program tests/*/*.c
#   double build   those of the rooms where gradients are checked
#   scripts        tests/*/*.sh: lines "ok NAME", "not ok NAME: why", "skip NAME: why"
#   --all          also tests/long/, which takes minutes; tests/README.md says more
#
# The last line is  N passed, N failed  (and how many were skipped); the status is 1 when
# anything failed or nothing ran.  Variables of a calling make (asan=1, CC=clang) are kept.
set -u
cd "$(dirname "$0")/.." || exit 1

all=no
case ${1-} in
'') ;;
--all) all=yes ;;
*)
    echo "tests/run.sh: unknown option \`$1\`; valid: --all" >&2
    exit 2
    ;;
esac

double_rooms='encoders model kernels datasets'
limit=300 # seconds for one program; a script in tests/long may take longer
passed=0 failed=0 skipped=0
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
output=$scratch/output

processors=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# Of the flags of a calling make only its variables: this is no part of its job server.
case ${MAKEFLAGS-} in
*' -- '*) MAKEFLAGS="-- ${MAKEFLAGS#*' -- '}" ;;
*) MAKEFLAGS= ;;
esac
export MAKEFLAGS
# What a sanitizer finds must not look like a failure that a test asks for: a status of its own.
# Allocations that are meant to fail must fail under the sanitizers too.
sanitizer=exitcode=99:allocator_may_return_null=1
export ASAN_OPTIONS="${ASAN_OPTIONS-$sanitizer}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS-$sanitizer:print_stacktrace=1}"
# Races inside libraries that are not instrumented cannot be told from their own synchronisation.
export TSAN_OPTIONS="${TSAN_OPTIONS-$sanitizer:ignore_noninstrumented_modules=1}"
# LLVM's OpenMP keeps memory of nested teams to the end: that leak is not ours.
echo 'leak:libomp' >"$scratch/leaks"
export LSAN_OPTIONS="${LSAN_OPTIONS-exitcode=99:suppressions=$scratch/leaks:print_suppressions=0}"
export CMOCKA_MESSAGE_OUTPUT=stdout

show() { sed 's/^/    /' "$output"; }

count_of() { # the number in the line "[  $1  ] N test(s)"
    sed -n "s/^\[ *$1 *\] \([0-9][0-9]*\) test(s).*/\1/p" "$output" | tail -n 1
}

limited() { # SECONDS COMMAND...
    if command -v timeout >/dev/null 2>&1; then
        timeout -k 10 "$@"
    else
        shift
        "$@"
    fi
}

build() { # NAME TARGET...: make arguments; one failure when it does not build
    name=$1
    shift
    if ! make -k -s -j"$processors" "$@" >"$output" 2>&1; then
        failed=$((failed + 1))
        echo "FAILED  $name"
        show
    elif [ -s "$output" ]; then # warnings are worth seeing
        show
    fi
}

folder_of() { # PRECISION: where make puts this kind of build
    # shellcheck disable=SC2016  # $(O) is for make
    make -s --no-print-directory precision="$1" --eval='print-folder: ; @echo $(O)' print-folder 2>/dev/null |
        tail -n 1
}

report() { # NAME STATUS GOOD BAD LEFT: adds one program's counts; a mute or crashed one is a failure
    good=$3 bad=$4 left=$5
    if [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
    elif [ "$good" -eq 0 ] && [ "$bad" -eq 0 ] && [ "$left" -eq 0 ]; then
        bad=1
        echo "it ran no test" >>"$output"
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
    note=
    [ "$left" -gt 0 ] && note=", $left skipped"
    if [ "$bad" -gt 0 ]; then
        echo "FAILED  $1: $good passed, $bad failed$note (status $2)"
        show
    else
        echo "ok      $1: $good passed$note"
        grep '^skip ' "$output" | sed 's/^/        /'
    fi
}

run_program() { # NAME PATH
    if [ ! -x "$2" ]; then
        echo "it was not built" >"$output"
        report "$1" 127 0 1 0
        return
    fi
    limited "$limit" "$2" >"$output" 2>&1 </dev/null
    status=$?
    good=$(count_of PASSED) bad=$(count_of FAILED) left=$(count_of SKIPPED) errors=$(count_of ERRORS)
    report "$1" "$status" "${good:-0}" $((${bad:-0} + ${errors:-0})) "${left:-0}"
}

run_script() { # PATH
    limited "$limit" sh "$1" >"$output" 2>&1 </dev/null
    status=$?
    report "${1#tests/}" "$status" "$(grep -c '^ok ' "$output")" "$(grep -c '^not ok ' "$output")" \
        "$(grep -c '^skip ' "$output")"
}

is_wanted() { # PATH: an ordinary test, or a long one that was asked for; not an unmatched pattern
    [ -f "$1" ] || return 1
    case $1 in
    tests/long/*) [ "$all" = yes ] ;;
    esac
}

# ---- programs, in float and in double ----
build 'build (float)' precision=float all tests
float=$(folder_of float)
case $float in
*-tsan*) limit=1800 ;; # it is ten times slower
esac
case $float in
/*) ;;
*) float=$PWD/$float ;;
esac
# Scripts test the binary and the programs of this build, whatever kind it is.
export LEXBENCH="${LEXBENCH-$float/lexbench}" LEXBENCH_TESTS="${LEXBENCH_TESTS-$float/tests}"
for source in tests/*/*.c; do
    is_wanted "$source" || continue
    name=${source#tests/}
    run_program "${name%.c}" "$float/${source%.c}"
done

double=$(folder_of double)
set --
for room in $double_rooms; do
    for source in tests/"$room"/*.c; do
        is_wanted "$source" && set -- "$@" "${source%.c}"
    done
done
if [ $# -gt 0 ]; then
    targets=$(for program in "$@"; do echo "$double/$program"; done)
    # shellcheck disable=SC2086  # one target a word
    build 'build (double)' precision=double $targets
fi
for program in "$@"; do
    run_program "double ${program#tests/}" "$double/$program"
done

# ---- scripts ----
# A sanitizer that sees nothing passes everything: this one must see a race that is there.
case $float in
*-tsan*) run_script tests/long/race.sh ;;
esac
for script in tests/*/*.sh; do
    case $script in
    tests/long/*) continue ;;
    esac
    is_wanted "$script" && run_script "$script"
done
limit=7200
for script in tests/long/*.sh; do
    is_wanted "$script" && run_script "$script"
done

summary="$passed passed, $failed failed"
[ "$skipped" -gt 0 ] && summary="$summary, $skipped skipped"
echo "$summary"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
