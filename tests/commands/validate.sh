#!/bin/sh
# validate.sh -- what validate says of experiments and of stored files, whole and broken.
. "$(dirname "$0")/lib.inc"

said() { grep -qF -- "$1" "$work/stdout"; }
last() { tail -n 1 "$work/stdout" | grep -qxF -- "$1"; }

cat >"$work/tiny.ini" <<'END'
[experiment]
name     = tiny
datasets = text
seeds    = 2
variants = rope, learned
[dataset text]
path = README.md
[model]
layers = 1
width  = 16
heads  = 2
[training]
length = 16
steps  = 3
batch  = 2
[evaluation]
lengths   = 1L, 2L
protocols = nonoverlap
tokens    = 64
END
expect 'a shipped experiment' 0 '' "$lexbench" validate quick
check 'a shipped experiment: counted' 'it is not' said 'trainings and 40 evaluations'
expect 'an experiment' 0 '' "$lexbench" validate "$work/tiny.ini"
check 'an experiment: VALID' 'it is not' last VALID
check 'an experiment: counted' 'not 4 trainings and 4 evaluations' said '4 trainings and 4 evaluations'
check 'an experiment: nothing is started' 'there is a folder' test ! -e runs/tiny
sed 's/steps/stepps/' "$work/tiny.ini" >"$work/wrong.ini"
expect 'a wrong experiment' 2 "$work/wrong.ini:14: " "$lexbench" validate "$work/wrong.ini"
expect 'no such experiment' 2 'did you mean `quick`?' "$lexbench" validate quik
expect 'no such file' 2 'cannot open' "$lexbench" validate "$work/none.h5"
expect 'a folder without results' 2 "cannot open $work/results.h5" "$lexbench" validate "$work"

out=$work/out
expect 'results' 0 '' "$lexbench" run "$work/tiny.ini" --out "$out" --quiet
expect 'validate results' 0 '' "$lexbench" validate "$out"
check 'validate results: VALID' 'it is not' last VALID
check 'validate results: refusals are counted and valid' 'they are not' \
    said 'cells: 6 measured, 2 refused, 0 failed, 0 missing'
trial=$(find "$out/trials" -name '*.h5' ! -name weights.h5 | sort | head -n 1)
weights=$(find "$out/trials" -name weights.h5 | sort | head -n 1)
expect 'validate a trial' 0 '' "$lexbench" validate "$trial"
check 'validate a trial: named' 'it is not' said 'trial file, whole'
expect 'validate weights' 0 '' "$lexbench" validate "$weights"
check 'validate weights: VALID' 'it is not' last VALID

# ---- broken files ----
size=$(wc -c <"$out/results.h5")
head -c $((size - 1)) "$out/results.h5" >"$work/cut.h5"
expect 'a file cut short' 1 "$work/cut.h5 is truncated" \
    "$lexbench" validate "$work/cut.h5"
cp "$out/results.h5" "$work/altered"
printf 'X' | dd of="$work/altered" bs=1 seek=4000 conv=notrunc 2>/dev/null
expect 'an altered file, by its beginning' 1 "$work/altered" "$lexbench" validate "$work/altered"
cp "$work/tiny.ini" "$work/text.h5"
expect 'a file of another program' 1 'is not a file that lexbench wrote' "$lexbench" validate "$work/text.h5"

# ---- results that are no results ----
expect 'two trials of one variant, one seed of another' 0 '' sh -c \
    "mkdir '$work/some' && cp -r '$out/trials/'* '$work/some' &&
     rm '$work/some/$(basename "$(dirname "$trial")")'/*.h5 &&
     '$lexbench' merge '$work/some' --out '$work/some.h5'"
expect 'a seed is missing' 1 "$work/some.h5 is INVALID: 2 reasons above" "$lexbench" validate "$work/some.h5"
check 'a seed is missing: INVALID' 'it does not say so' said INVALID
check 'a seed is missing: named' 'it is not' \
    grep -q '^    missing: .* on text, .*, seed [12], nonoverlap at n = 16$' "$work/stdout"

# Weights that grow a hundredfold a step are no numbers soon.
export LEXBENCH_TRAPS=off # of a hard build, which would stop at the first NaN
expect 'a training that fails' 1 'failed: ' "$lexbench" run "$work/tiny.ini" --out "$work/far" \
    --quiet --only rope --set training.rate=10 --set training.weight_decay=10 --set training.warmup=0 \
    --set training.steps=60
unset LEXBENCH_TRAPS
expect 'failed cells' 1 "$work/far/results.h5 is INVALID: 5 reasons above" \
    "$lexbench" validate "$work/far"
check 'failed cells: counted' 'they are not' said '0 measured, 0 refused, 4 failed, 0 missing'
check 'failed cells: why' 'it is not said' \
    grep -q '^    failed: rope on text, .* at n = 16: .*loss' "$work/stdout"

# ---- a task that was not learnt ----
sed -e 's/= text/= recall/' -e '/dataset text/,/README/d' -e '/protocols/d' -e 's/^tokens .*/examples = 4/' \
    "$work/tiny.ini" >"$work/task.ini"
expect 'a task, trained for three steps' 0 '' "$lexbench" run "$work/task.ini" --out "$work/task" --quiet
expect 'not learnt in range' 1 "$work/task/results.h5 is INVALID: 2 reasons above" \
    "$lexbench" validate "$work/task"
check 'not learnt in range: named' 'it is not' \
    grep -q '^    not learnt: rope on recall, .*: none of 2 seeds has 90 % of exact-match right at n = L' "$work/stdout"

finish
