#!/bin/sh
# race.sh -- the thread sanitizer sees a race that is there, and none where the lock is held.
. "$(dirname "$0")/../commands/lib.inc"

program=${LEXBENCH_TESTS:-build/float/tests}/long/race
check 'the program runs' "$lexbench" "$lexbench" --version
if ! grep -q 'flags.*-fsanitize=thread' "$work/check"; then
    echo 'skip race: this is no build for it (make tsan=1)'
    finish
fi
expect 'a race: reported' 99 'data race' "$program" race
check 'a race: where it is' "$(head -c 300 "$work/stderr")" grep -q 'add.*race\.c' "$work/stderr"
expect 'a lock: no race' 0 '' "$program"
finish
