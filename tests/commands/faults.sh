#!/bin/sh
# faults.sh -- what can go wrong around a run: a loss that is no number, too little memory, no temporary
# folder, options that say nothing sensible.
. "$(dirname "$0")/lib.inc"

cat >"$work/mixed.ini" <<'END'
[experiment]
name     = mixed
datasets = recall
seeds    = 2
variants = rope, alibi
[model]
width = 16
heads = 2
[training]
length = 16
steps  = 40
batch  = 4
rate   = 0.0001 | 10
weight_decay = 10
[evaluation]
lengths  = 1L, 2L
examples = 8
[variant rope]
encoder = rope
[variant alibi]
encoder = alibi
END
mixed() { "$lexbench" run "$work/mixed.ini" "$@"; }

# ---- a loss that is no number: hard builds would stop at the trap ----
LEXBENCH_TRAPS=off
export LEXBENCH_TRAPS
expect 'a loss that is no number' 1 'the loss is not finite at step' mixed --out "$work/mixed"
check 'a loss that is no number: names the training' "$(cat "$work/stderr")" \
    grep -q 'failed: rope on recall .*rate=10, seed 1' "$work/stderr"
check 'a loss that is no number: no other' "$(cat "$work/stderr")" \
    test "$(grep -c '^failed: .*rate=10' "$work/stderr") $(grep -c '^failed:' "$work/stderr")" = '4 4'
check 'a loss that is no number: the cells say so' "$(cat "$work/stdout")" grep -q '^rope .*failed' "$work/stdout"
check 'a loss that is no number: not those of the others' "$(cat "$work/stdout")" \
    grep -q '^rope *[0-9.]* ' "$work/stdout"
check 'a loss that is no number: weights of the others' 'not 4' \
    test "$(find "$work/mixed" -name weights.h5 | wc -l)" -eq 4
find "$work/mixed/trials" -name weights.h5 -printf '%p %i %T@\n' 2>/dev/null | sort >"$work/before"
expect 'a loss that is no number: again' 1 '4 of 8 trainings to do' mixed --out "$work/mixed"
find "$work/mixed/trials" -name weights.h5 -printf '%p %i %T@\n' 2>/dev/null | sort >"$work/after"
check 'a loss that is no number: the others are not trained again' 'they are' cmp "$work/before" "$work/after"

# ---- too little memory ----
# Two layers of 12 width^2 floats, and 19 times that with moments and 16 gradients.
if "$lexbench" --version | grep -q 'fsanitize'; then
    echo 'skip too little memory: sanitizers need all addresses'
elif (ulimit -v 2000000) 2>/dev/null; then
    little() { # WIDTH: with 2 GB of addresses
        (ulimit -v 2000000 && mixed --only rope --set experiment.seeds=1 --set training.rate=0.001 --set model.width="$1" \
            --set training.batch=16 --threads 1 --out "$work/little")
    }
    expect 'too little memory for the weights' 1 'this training needs about ' little 8192
    expect 'too little memory for the moments' 1 'this training needs about ' little 2048
    needed=$(sed -n 's/.*needs about \([0-9]*\) MiB.*/\1/p' "$work/stderr" | head -n 1)
    check 'too little memory: how much is needed' "$needed MiB" \
        test "${needed:-0}" -gt 7200 -a "${needed:-0}" -lt 8500
    check 'too little memory: the cells say so' "$(cat "$work/stdout")" grep -q failed "$work/stdout"
else
    echo 'skip too little memory: this shell cannot limit it'
fi

# ---- no temporary folder: none is used ----
expect 'no temporary folder' 0 '' env TMPDIR="$work/not-there" TMP=/dev/null "$lexbench" run "$work/mixed.ini" \
    --only rope --set training.rate=0.001 --quiet --out "$work/mixed"

# ---- options ----
expect 'an interval of nothing' 2 '--checkpoint-interval takes seconds' mixed --checkpoint-interval 0 --out "$work/x"
expect 'an interval in words' 2 'not `soon`' mixed --lease-timeout soon --out "$work/x"
expect 'an interval that is no number' 2 'not `nan`' mixed --lease-timeout nan --out "$work/x"
check 'wrong options start nothing' 'there is a folder' test ! -e "$work/x"
expect 'help' 0 '' "$lexbench" run --help
check 'help: what clocks do' 'it does not say' grep -q "clocks of machines may differ" "$work/stdout"
finish
