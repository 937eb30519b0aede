#!/bin/sh
# hostile.sh [KIND...] -- the tests in every hostile build, one after the other; tests/README.md says what
# each shows.  KIND is a word for make, several joined by commas: hostile.sh asan=1,hard=1 openmp=0
#
# A kind whose tools are missing is skipped, and the reason given.
cd "$(dirname "$0")/../.." || exit 1
[ $# -gt 0 ] || set -- asan=1,hard=1 ubsan=1 hard=1,CC=clang tsan=1 openmp=0 products=cblas products=plain

output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
trap 'exit 130' INT TERM
# Of the build that runs this script nothing is left: each kind below finds its own.
unset MAKEFLAGS MFLAGS LEXBENCH LEXBENCH_TESTS ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS LSAN_OPTIONS
failures=0

for kind in "$@"; do
    words=$(echo "$kind" | tr ',' ' ')
    case $words in
    *clang*)
        if ! command -v clang >/dev/null 2>&1; then
            echo "skip $kind: no clang"
            continue
        fi
        ;;
    esac
    # shellcheck disable=SC2086  # several words
    if ! make -n -s $words all >"$output" 2>&1; then
        echo "skip $kind: $(grep -v '^make' "$output" | head -c 300)$(grep '\*\*\*' "$output" | head -c 400)"
        continue
    fi
    # shellcheck disable=SC2086
    if make -s $words check >"$output" 2>&1; then
        echo "ok $kind: $(tail -n 1 "$output")"
    else
        echo "not ok $kind: $(tail -n 1 "$output")"
        grep -A 40 '^FAILED' "$output" | head -n 200
        failures=$((failures + 1))
    fi
done
[ "$failures" -eq 0 ]
