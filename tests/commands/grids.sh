#!/bin/sh
# grids.sh -- alternatives, presets and the resolved file, from end to end; and the examples of
# suite/experiments/README.md.
. "$(dirname "$0")/lib.inc"

cat >"$work/grid.ini" <<'END'
[experiment]
name     = grid
datasets = recall
variants = rope
[variant rope]
encoder = rope(base=100 | 10000)
[variant alibi]
encoder = alibi
[model]
layers = 1
width  = 8 | 16
heads  = 2
[training]
length = 16 | 24
steps  = 3 | 4
rate   = 0.01 | 0.02
zip    = steps, rate
batch  = 2
[evaluation]
lengths  = 1L, 2L
examples = 4
[preset more]
experiment.variants = rope, alibi
END
out=$work/out
grid() { "$lexbench" run "$work/grid.ini" --out "$out" "$@"; }

expect 'plan of a grid' 0 '' "$lexbench" plan "$work/grid.ini" --out "$out"
cp "$work/stdout" "$work/plan"
check 'plan of a grid: 2 widths, 2 lengths, 2 pairs, 2 variants' "$(tail -n 1 "$work/plan")" \
    grep -q '^16 trainings, 16 evaluations' "$work/plan"
check 'plan of a grid: names of both' 'they are not there' \
    grep -q 'rope-base=10000 .*recall 1x16-L24-steps=4-rate=0.02 ' "$work/plan"
expect 'run of a grid' 0 '' grid --quiet
for shape in 1x8-L16 1x8-L24 1x16-L16 1x16-L24; do
    for pair in steps=3-rate=0.01 steps=4-rate=0.02; do
        check "run of a grid: a table of $shape-$pair" 'it is not there' grep -q "$shape-$pair" "$work/stdout"
    done
done
check 'run of a grid: all trial files' 'not 16' \
    test "$(find "$out/trials" -name '*.h5' ! -name weights.h5 | wc -l)" -eq 16
check 'run of a grid: both variants' 'not both' \
    sh -c "grep -q '^rope-base=100 ' '$work/stdout' && grep -q '^rope-base=10000 ' '$work/stdout'"
cp "$work/stdout" "$work/tables"

# ---- the resolved file is the same experiment ----
"$lexbench" plan "$work/grid.ini" --print >"$work/printed.ini"
expect 'resolved file' 0 '' "$lexbench" plan "$work/printed.ini" --out "$out"
check 'resolved file: nothing is to do' "$(tail -n 1 "$work/stdout")" \
    grep -q 'to do: 0 trainings' "$work/stdout"
expect 'resolved file: run' 0 'nothing to do' "$lexbench" run "$work/printed.ini" --out "$out"
check 'resolved file: the same tables' 'they differ' cmp "$work/tables" "$work/stdout"
expect 'resolved file of quick' 0 '' "$lexbench" plan quick --print
cp "$work/stdout" "$work/quick.ini"
"$lexbench" plan quick --out "$work/none" >"$work/one"
"$lexbench" plan "$work/quick.ini" --out "$work/none" >"$work/other"
check 'resolved file of quick: the same plan' 'they differ' cmp "$work/one" "$work/other"
check 'resolved file of quick: of 24 trainings' 'there are others' test "$(grep -c '^train ' "$work/one")" -eq 24

# ---- --only, --preset, --set ----
expect 'only one of a grid' 0 '' "$lexbench" plan "$work/grid.ini" --only rope-base=100 --out "$out"
check 'only one of a grid: half' "$(tail -n 1 "$work/stdout")" grep -q '^8 trainings' "$work/stdout"
expect 'preset' 0 '' "$lexbench" plan "$work/grid.ini" --preset more --out "$out"
check 'preset: only what is new' "$(tail -n 1 "$work/stdout")" grep -q 'to do: 8 trainings' "$work/stdout"
expect 'preset and setting' 0 '' "$lexbench" plan "$work/grid.ini" --preset more --set model.width=8 \
    --set training.steps=3 --set training.rate=0.01 --out "$out"
check 'preset and setting: one width, no pairs' "$(tail -n 1 "$work/stdout")" \
    grep -q '^6 trainings, 6 evaluations' "$work/stdout"
check 'preset and setting: points of the grid are trained' 'they are not' \
    test "$(grep -c '^train .*rope.* done$' "$work/stdout")" -eq 4
expect 'unknown preset' 2 'there is no preset `mroe`: did you mean `more`?' grid --preset mroe
expect 'zip of what does not go together' 2 'they need equally many' grid --set 'training.rate=0.1|0.2|0.3'

expect 'validate with a preset' 0 '' "$lexbench" validate "$work/grid.ini" --preset more
check 'validate with a preset: what it does is counted' "$(cat "$work/stdout")" grep -q '^24 trainings' "$work/stdout"
expect 'validate with an unknown preset' 2 'did you mean `more`?' \
    "$lexbench" validate "$work/grid.ini" --preset mroe

# ---- every ini block of the README, and every key of a resolved file ----
awk -v folder="$work" '/^```ini$/ { file = folder "/example" ++count ".ini"; next }
                       /^```$/ { file = "" }
                       file != "" { print >file }' suite/experiments/README.md
count=0
for example in "$work"/example*.ini; do
    count=$((count + 1))
    expect "README, example $count" 0 '' "$lexbench" plan "$example" --out "$work/none"
    expect "README, example $count, resolved" 0 '' "$lexbench" plan "$example" --print
    for preset in $(sed -n 's/^\[preset \(.*\)\].*/\1/p' "$example"); do
        expect "README, example $count, preset $preset" 0 '' \
            "$lexbench" plan "$example" --preset "$preset" --out "$work/none"
    done
done
check 'README: four examples' "$count" test "$count" -eq 4
keys=$(sed -n '/^\[dataset/,/^$/d; s/^\([a-z_0-9]*\) = .*/\1/p' "$work/quick.ini" | sort -u)
for key in $keys; do
    grep -q "\`$key\`" suite/experiments/README.md || not_ok "README: the key $key" 'it is not there'
done
check 'README: the keys of a resolved file' 'there are hardly any' test "$(echo "$keys" | wc -l)" -gt 25

finish
