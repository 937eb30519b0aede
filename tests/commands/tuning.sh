#!/bin/sh
# tuning.sh -- [tuning] from end to end: trained first, chosen on the validation block, stopped and gone on
# with, stored, reported.
. "$(dirname "$0")/lib.inc"

cat >"$work/tune.ini" <<'END'
[experiment]
name     = tune
datasets = text, recall
variants = rope, rope-ntk, alibi
seeds    = 2
[variant rope]
encoder = rope
[variant rope-ntk]
like = rope
evaluate.rope.scaling = ntk
[variant alibi]
encoder = alibi
[model]
layers = 1
width  = 8
heads  = 2
[training]
length = 16
steps  = 6
batch  = 2
[evaluation]
lengths  = 1L, 2L
examples = 8
tokens   = 256
targets  = 64
[tuning]
grid.training.rate = 0.002 | 0.02
seed  = 100
steps = 4
END
out=$work/out
tune() { "$lexbench" run "$work/tune.ini" "$@"; }

# ---- before: the tuning, 2 datasets x 2 trained parts x 2 rates ----
expect 'plan before' 0 '' "$lexbench" plan "$work/tune.ini" --out "$out"
check 'plan before: the tuning' "$(tail -n 1 "$work/stdout")" \
    grep -q '^tuning: 8 trainings, then 8 trainings' "$work/stdout"
check 'plan before: every trained part with every rate, once' 'not so' \
    test "$(grep '^train ' "$work/stdout" | grep -c 'rate=0.02 *seed 100')" -eq 4
check 'plan before: only the tuning is listed' 'there are others' test "$(grep -c '^train ' "$work/stdout")" -eq 8

# ---- in parts ----
expect 'stopped in the tuning' 75 'the tuning is not complete yet' tune --out "$out" --limit 3 --jobs 1 --quiet
check 'stopped in the tuning: no results' 'there are some' test ! -e "$out/results.h5"
expect 'stopped at its end' 75 'the tuning is complete' tune --out "$out" --limit 5 --quiet
expect 'plan between' 0 '' "$lexbench" plan "$work/tune.ini" --out "$out"
check 'plan between: the trainings with what was chosen' "$(tail -n 2 "$work/stdout")" \
    grep -q '^8 trainings, 12 evaluations.*to do: 8 trainings' "$work/stdout"
expect 'the trainings' 0 '' tune --out "$out" --quiet
cp "$work/stdout" "$work/tables"
check 'report: the sweep on text' 'it is not there' \
    grep -q '^protocol nonoverlap on the validation block, n = L = 16, configuration 1x8-L16, 4 steps, seed 100' \
    "$work/tables"
check 'report: one chosen for each trained part and dataset' "$(cat "$work/tables")" \
    test "$(sed -n '/: tuning, /,/chosen/p' "$work/tables" | grep -c '^[ra].*\*[0-9]')" -eq 4
check 'report: the tuning seed is no seed of the results' 'it is' grep -q 'configuration 1x8-L16, 2 seeds' "$work/tables"
expect 'run again' 0 'nothing to do' tune --out "$out"
check 'run again: the same tables' 'they differ' cmp "$work/tables" "$work/stdout"

# ---- at once, and merged: the same ----
expect 'at once' 0 '' tune --out "$work/whole" --quiet --threads 1
check 'at once: the same tables' 'they differ' cmp "$work/tables" "$work/stdout"
expect 'at once: the same results' 0 '' "$lexbench" compare "$out" "$work/whole"
expect 'merged' 0 '' "$lexbench" merge "$out/trials" --out "$work/merged.h5"
expect 'merged: the same results' 0 '' "$lexbench" compare "$out/results.h5" "$work/merged.h5"
expect 'merged: the same report' 0 '' "$lexbench" report "$out/results.h5"
check 'merged: the same report, of the sweep too' 'they differ' cmp "$work/tables" "$work/stdout"

# ---- the values chosen are the options of the trainings: the same ids as if they were written ----
# alibi on text alone: one choice
"$lexbench" plan "$work/tune.ini" --out "$out" --only alibi --set experiment.datasets=text >"$work/chosen"
rate=$(sed -n '/^text: tuning/,/chosen/s/^alibi  *\**\([0-9.]*\)  *\**\([0-9.]*\)$/\1 \2/p' "$work/tables" |
    awk '{ print $1 < $2 ? "0.002" : "0.02" }')
sed '/^\[tuning\]/,$d' "$work/tune.ini" >"$work/fixed.ini"
"$lexbench" plan "$work/fixed.ini" --out "$out" --only alibi --set experiment.datasets=text \
    --set "training.rate=$rate" >"$work/written"
check 'chosen and written by hand: the same ids' "$(cat "$work/chosen" "$work/written")" \
    test "$(grep '^train ' "$work/chosen")" = "$(grep '^train ' "$work/written")"
check 'chosen and written by hand: there are some' 'none' test "$(grep -c '^train .*done$' "$work/written")" -eq 2

# ---- a combination that diverges loses; when all do, nothing is trained ----
export LEXBENCH_TRAPS=off # of a hard build, which would stop at the first NaN
diverging() {
    tune --only alibi --set experiment.datasets=recall --set training.clip=0 --set training.beta2=0 \
        --set training.epsilon=1e-30 --quiet "$@"
}
expect 'all diverge' 1 'every combination has failed' diverging --out "$work/all" \
    --set 'tuning.grid.training.rate=9 | 10'
check 'all diverge: nothing is trained' 'something is' test ! -e "$work/all/results.h5"
expect 'one diverges' 0 '' diverging --out "$work/one" --set training.steps=2 \
    --set 'tuning.grid.training.rate=1e-9 | 10'
check 'one diverges: the other is chosen' "$(cat "$work/stdout")" grep -q '^alibi .*\*.* failed$' "$work/stdout"
unset LEXBENCH_TRAPS

# ---- the validation block is scored, not the test block: it is like what was learnt, the other is not ----
awk 'BEGIN { for (i = 0; i < 3600; i++) printf "ab"; for (i = 0; i < 400; i++) printf "xy" }' >"$work/blocks.txt"
expect 'blocks' 0 '' tune --out "$work/blocks" --quiet --only alibi --set experiment.datasets=text \
    --set "dataset text.path=$work/blocks.txt" --set tuning.steps=40 --set training.steps=40
check 'blocks: loss below 2 nat on the validation block, above 4 on the test block' "$(cat "$work/stdout")" \
    awk '/: tuning, /  { tuning = 1 }
         /^alibi / && !tuning { gsub(/[*]/, "", $2); if ($2 > 4) test++ }
         /^alibi / && tuning  { gsub(/[*]/, "", $3); if ($3 < 2) validation++ }
         END { exit !(test == 2 && validation == 1) }' "$work/stdout"

# ---- the resolved file ----
"$lexbench" plan "$work/tune.ini" --print >"$work/printed.ini"
expect 'resolved' 0 'nothing to do' "$lexbench" run "$work/printed.ini" --out "$out"

finish
