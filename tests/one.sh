#!/bin/sh
# tests/one.sh KIND NAME PATH SECONDS -- runs one test for tests/run.sh, which starts several at a time.
#
# KIND is program or script.  Prints the line of the test, and what it said when it failed, as one block; leaves
# "PASSED FAILED SKIPPED" in a file of its own in $TESTS_SCRATCH/ran.
set -u
kind=$1 name=$2 path=$3 seconds=$4
output=$(mktemp "$TESTS_SCRATCH/output.XXXXXX") || exit 1

count_of() { # the number in cmocka's line "[  $1  ] N test(s)"
    sed -n "s/^\[ *$1 *\] \([0-9][0-9]*\) test(s).*/\1/p" "$output" | tail -n 1
}

limited() { # COMMAND...
    if command -v timeout >/dev/null 2>&1; then
        timeout -k 10 "$seconds" "$@"
    else
        "$@"
    fi
}

case $kind in
program)
    if [ -x "$path" ]; then
        limited "$path" >"$output" 2>&1 </dev/null
        status=$?
    else
        echo 'it was not built' >"$output"
        status=127
    fi
    good=$(count_of PASSED) bad=$(count_of FAILED) left=$(count_of SKIPPED) errors=$(count_of ERRORS)
    good=${good:-0} bad=$((${bad:-0} + ${errors:-0})) left=${left:-0}
    ;;
script)
    limited sh "$path" >"$output" 2>&1 </dev/null
    status=$?
    good=$(grep -c '^ok ' "$output") bad=$(grep -c '^not ok ' "$output") left=$(grep -c '^skip ' "$output")
    ;;
esac

# A mute or crashed test is a failure.
if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
    bad=1
elif [ "$good" -eq 0 ] && [ "$bad" -eq 0 ] && [ "$left" -eq 0 ]; then
    bad=1
    echo 'it ran no test' >>"$output"
fi
echo "$good $bad $left" >"$(mktemp "$TESTS_SCRATCH/ran/XXXXXX")"

note=
[ "$left" -gt 0 ] && note=", $left skipped"
until mkdir "$TESTS_SCRATCH/printing" 2>/dev/null; do sleep 0.05; done
if [ "$bad" -gt 0 ]; then
    echo "FAILED  $name: $good passed, $bad failed$note (status $status)"
    sed 's/^/    /' "$output"
else
    echo "ok      $name: $good passed$note"
    grep '^skip ' "$output" | sed 's/^/        /'
fi
rmdir "$TESTS_SCRATCH/printing"
rm -f "$output"
