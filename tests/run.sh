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
limit=900 # seconds after which a test counts as hung; a script in tests/long may take longer
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
: >"$scratch/counts"
export TESTS_SCRATCH="$scratch"

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
# Tests run side by side: a thread that waits leaves its processor to the others.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY-passive}"

broken() { # WHAT: one failure that is no test's
    echo "FAILED  $1"
    echo '0 1 0' >>"$scratch/counts"
}

build() { # NAME TARGET...: make arguments; one failure when it does not build
    name=$1
    shift
    make -k -s -j"$processors" "$@" >"$scratch/build" 2>&1 || broken "$name"
    sed 's/^/    /' "$scratch/build" # warnings are worth seeing
}

folder_of() { # PRECISION: where make puts this kind of build
    # shellcheck disable=SC2016  # $(O) is for make
    make -s --no-print-directory precision="$1" --eval='print-folder: ; @echo $(O)' print-folder 2>/dev/null |
        tail -n 1
}

run() { # PROCESSES: the tests that standard input lists, so many at a time; one that leaves no count has failed
    cat >"$scratch/list"
    [ -s "$scratch/list" ] || return
    rm -rf "$scratch/ran" && mkdir "$scratch/ran"
    xargs -n 4 -P "$1" sh tests/one.sh <"$scratch/list"
    find "$scratch/ran" -type f -exec cat {} + >>"$scratch/counts"
    lost=$(($(wc -l <"$scratch/list") - $(find "$scratch/ran" -type f | wc -l)))
    [ "$lost" -eq 0 ] || broken "$lost tests ended without a count"
}

is_wanted() { # PATH: an ordinary test, or a long one that was asked for; not an unmatched pattern
    [ -f "$1" ] || return 1
    case $1 in
    tests/long/*) [ "$all" = yes ] ;;
    esac
}

# ---- what is built: programs in float, and in double where gradients are checked ----
build 'build (float)' precision=float all tests
float=$(folder_of float)
case $float in
*-tsan*) limit=1800 ;; # it is ten times slower
esac
# Scripts test the binary and the programs of this build, whatever kind it is, and from folders of their own.
case $float in
/*) absolute=$float ;;
*) absolute=$PWD/$float ;;
esac
export LEXBENCH="${LEXBENCH-$absolute/lexbench}" LEXBENCH_TESTS="${LEXBENCH_TESTS-$absolute/tests}"
double=$(folder_of double)
targets=
for room in $double_rooms; do
    for source in tests/"$room"/*.c; do
        is_wanted "$source" && targets="$targets $double/${source%.c}"
    done
done
# shellcheck disable=SC2086  # one target a word
[ -z "$targets" ] || build 'build (double)' precision=double $targets

# ---- the tests: scripts first, which take longest; no two of tests/long at once, which measure ----
{
    # A sanitizer that sees nothing passes everything: this one must see a race that is there.
    case $float in
    *-tsan*) echo "script long/race.sh tests/long/race.sh $limit" ;;
    esac
    for script in tests/*/*.sh; do
        case $script in
        tests/long/*) continue ;;
        esac
        is_wanted "$script" && echo "script ${script#tests/} $script $limit"
    done
    for target in $targets; do
        echo "program double/${target#"$double"/tests/} $target $limit"
    done
    for source in tests/*/*.c; do
        name=${source#tests/}
        is_wanted "$source" && echo "program ${name%.c} $float/${source%.c} $limit"
    done
} | run "$processors"
for script in tests/long/*.sh; do
    is_wanted "$script" && echo "script ${script#tests/} $script 7200"
done | run 1

summary=$(awk '
    { passed += $1; failed += $2; skipped += $3 }
    END { printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : "" }' "$scratch/counts")
echo "$summary"
case $summary in
'0 passed'*) exit 1 ;;
*', 0 failed'*) exit 0 ;;
*) exit 1 ;;
esac
