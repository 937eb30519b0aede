#!/bin/sh
# merge.sh -- 10,000 trial files in one merge: under 60 seconds, in 1 GiB of address space, libraries and
# stacks included, and the same again from the results file.  A plan of 10,000 trainings.

# Each file is synced as it is written, which takes minutes on a disk and seconds in memory.
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
[ "${room:-0}" -gt 1048576 ] && [ -w /dev/shm ] && export TMPDIR=/dev/shm
. "$(dirname "$0")/../commands/lib.inc"

seconds=60 kilobytes=1048576
if [ -n "${1-}" ]; then
    program=$1
else
    program=$(dirname "$lexbench")/float/tests/long/merge
    [ -x "$program" ] || program=$(dirname "$lexbench")/tests/long/merge
fi
if [ ! -x "$program" ]; then
    echo "not ok merge of 10,000: $program has not been built (make tests)"
    exit 1
fi
"$program" "$work/many" || not_ok 'merge of 10,000' 'the files could not be written'
export OMP_NUM_THREADS=1
start=$(date +%s)
expect 'merge of 10,000' 0 '10000 trials in' sh -c \
    "ulimit -v $kilobytes && exec '$lexbench' merge '$work/many' --out '$work/many.h5'"
took=$(($(date +%s) - start))
check 'merge of 10,000: in time' "it took $took s" test "$took" -lt "$seconds"
expect 'merge of 10,000: the results are a source' 0 '1 results file' \
    "$lexbench" merge "$work/many.h5" --out "$work/again.h5"
expect 'merge of 10,000: equal' 0 '' "$lexbench" compare "$work/many.h5" "$work/again.h5"
check 'merge of 10,000: all cells' "$(cat "$work/stdout")" grep -q '^equal: 50000 cells' "$work/stdout"

# A plan of 10,000 trainings in under a second: timed as five, because seconds are whole.
{
    printf '[experiment]\ndatasets = recall, text\nseeds = 125\nvariants = v1'
    i=1
    while [ $((i += 1)) -le 40 ]; do printf ',\n  v%d' "$i"; done
    printf '\n[training]\nlength = 16\n'
    i=0
    while [ $((i += 1)) -le 40 ]; do printf '[variant v%d]\nencoder = rope(base=%d)\n' "$i" $((9000 + i)); done
} >"$work/plan.ini"
start=$(date +%s)
for _ in 1 2 3 4 5; do
    "$lexbench" plan "$work/plan.ini" --shard 3/7 --out "$work/none" >"$work/plan"
done
took=$(($(date +%s) - start))
check 'plan of 10,000: all trainings' "$(tail -n 1 "$work/plan")" grep -q '^shard 3/7 of 10000 trainings' "$work/plan"
check 'plan of 10,000: in time' "five took $took s" test "$took" -le 5
finish
