#!/bin/sh
# finetune.sh -- fine-tunes from end to end: a parent that is trained once for all its children, stopped, killed,
# sharded, without its weights; what the files say of it.
. "$(dirname "$0")/lib.inc"

cat >"$work/tuned.ini" <<'END'
[experiment]
name     = tuned
datasets = recall
seeds    = 2
variants = rope, tuned, dropped, alone, idle
[model]
layers = 1
width = 16
heads = 2
[training]
length = 16
steps  = 6
batch  = 4
[evaluation]
lengths  = 1L, 2L, 4L
examples = 8
[variant rope]
encoder = rope
[variant tuned]
like = rope
finetune.steps     = 4
finetune.length    = 2L
finetune.positions = interpolate(factor=2)
[variant dropped]
like = rope
finetune.steps   = 3
finetune.rate    = 0.001
finetune.encoder = none
[variant alone]
encoder = alibi
finetune.steps   = 2
finetune.encoder = t5
[variant idle]
like = rope
finetune.steps = 5
finetune.rate  = 1e-30
END
tuned() { "$lexbench" run "$work/tuned.ini" --quiet "$@"; }
count() { find "$1" -name "$2" | wc -l; }
equal() { # NAME RESULTS
    expect "$1" 0 '' "$lexbench" compare "$work/whole" "$2"
}
id_of() { # KIND VARIANT: its ids, a line a seed
    "$lexbench" plan "$work/tuned.ini" --out "$work/none" | awk -v k="$1" -v v="$2" '$1 == k && $3 == v { print $2 }'
}

# ---- the plan: a tree, in order ----
expect 'plan' 0 '' "$lexbench" plan "$work/tuned.ini" --out "$work/none"
awk '/^(train|finetune) / { printf "%s %s%s,", $1, $3, $6 }' "$work/stdout" >"$work/tree"
printf '%s' 'train rope1,finetune tuned1,finetune dropped1,finetune idle1,train rope2,finetune tuned2,' \
    'finetune dropped2,finetune idle2,train alone1,finetune alone1,train alone2,finetune alone2,' >"$work/wanted"
check 'plan: parents before their children' "$(cat "$work/tree")" cmp "$work/tree" "$work/wanted"
check 'plan: sums' "$(tail -n 1 "$work/stdout")" grep -q '^12 trainings, 10 evaluations, .* to do: 12 trainings' "$work/stdout"

# ---- whole ----
expect 'whole' 0 '' "$lexbench" run "$work/tuned.ini" --out "$work/whole" --jobs 2 --threads 2
cp "$work/stdout" "$work/tables"
check 'whole: tables' "$(cat "$work/tables")" grep -q '^dropped ' "$work/tables"
check 'whole: one training each' "$(count "$work/whole" weights.h5)" test "$(count "$work/whole" weights.h5)" -eq 12
expect 'whole: nothing is left' 0 'nothing to do' "$lexbench" run "$work/tuned.ini" --out "$work/whole"
parent=$(id_of train rope | head -n 1) child=$(id_of finetune tuned | head -n 1)
check 'weights: parent' 'it is not there' grep -qa "$parent" "$work/whole/trials/$child/weights.h5"

# A fine-tune at a rate of nothing is its parent; the others are not.
"$lexbench" report "$work/whole" --format long | awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { score[$at["variant"] "," $at["seed"] "," $at["length"] "," $at["protocol"]] = $at["nll"] }
    END {
        for (key in score) {
            split(key, part, ",")
            if (part[1] != "rope") continue
            rest = substr(key, 5)
            cells++
            idle += score["idle" rest] == score[key]
            tuned += score["tuned" rest] == score[key]
        }
        print cells, idle, tuned
    }' >"$work/same"
check 'no rate: the same bits as the parent' "$(cat "$work/same")" grep -qx '6 6 0' "$work/same"

# Its data comes after that of the first training: where nothing is learned, its losses are those of a longer one.
still() { tuned --set training.rate=1e-30 --set experiment.seeds=1 --out "$1" --only "$2" --set "training.steps=$3"; }
expect 'data: in two trainings' 0 '' still "$work/two" idle 6
expect 'data: in one' 0 '' still "$work/one" rope 11
losses() { grep -h -o '"loss": [^,]*' "$1"/trials/*/metrics.jsonl | sort; }
check 'data: goes on' "$(losses "$work/two" | tr '\n' ' ') $(losses "$work/one" | tr '\n' ' ')" \
    test "$(losses "$work/two")" = "$(losses "$work/one")"

# ---- what the files say, to another program ----
python=/usr/bin/python3
if "$python" -c 'import h5netcdf' 2>/dev/null; then
    "$python" - "$work/whole" "$parent" "$child" >"$work/python" 2>&1 <<'END'
import glob, sys, h5py
out, parent, child = sys.argv[1:]
text = lambda d: d.asstr()[()]
with h5py.File(f"{out}/results.h5") as f:
    assert text(f[f"trials/{child}/parent"]) == parent
    assert "parent" not in f[f"trials/{parent}"]
    assert f'"parent": "{parent}"' in text(f[f"trials/{child}/manifest"])
    names = list(f["variant"].asstr()[()])
    trained = f["trained_as"].asstr()[()]
    assert trained[names.index("tuned")].startswith(trained[names.index("rope")] + ", then finetune(steps=4")
    steps = f["steps"][()].ravel()
    assert steps[names.index("rope")] == 6 and steps[names.index("tuned")] == 10, steps
    assert (f["training_length"][()] == 16).all()
for path in glob.glob(f"{out}/trials/{child}/????????????????.h5"):
    with h5py.File(path) as f:
        assert text(f["parent"]) == parent
with h5py.File(f"{out}/trials/{child}/weights.h5") as f:
    assert f.attrs["parent"] == parent and f.attrs["training_length"] == 16
    assert "rope.scaling" not in f.attrs["positions"] and "factor=2" in f.attrs["positions"]
print("said")
END
    check 'files: parent, steps, texts' "$(cat "$work/python")" grep -qx said "$work/python"
else
    echo 'skip files: parent, steps, texts: no h5netcdf'
fi

# ---- in parts, backwards, in shards, without weights: the same ----
expect 'limit' 75 '' sh -c "'$lexbench' run '$work/tuned.ini' --quiet --out '$work/parts' --limit 3 >/dev/null 2>&1; exit 75"
check 'limit: parents come first' "$(ls "$work/parts/trials")" test "$(count "$work/parts" weights.h5)" -eq 3
check 'limit: of rope first' "$(ls "$work/parts/trials")" test -e "$work/parts/trials/$parent/weights.h5"
expect 'limit: and the rest' 0 '' tuned --out "$work/parts" --reverse --jobs 3 --threads 3
equal 'limit: equal' "$work/parts"
for i in 2 1 3; do
    tuned --out "$work/shards/$i" --shard "$i/3" >/dev/null || not_ok "shard $i" 'it failed'
done
check 'shards: no training twice' "$(count "$work/shards" weights.h5)" test "$(count "$work/shards" weights.h5)" -eq 12
expect 'shards: merge' 0 '10 trials' "$lexbench" merge "$work/shards" --out "$work/shards.h5"
equal 'shards: equal' "$work/shards.h5"
expect 'without weights' 0 '' tuned --out "$work/bare" --discard-weights
equal 'without weights: equal' "$work/bare"
check 'without weights: parents alone are kept' "$(count "$work/bare" weights.h5)" \
    test "$(count "$work/bare" weights.h5)" -eq 4
rm "$work/bare/trials/$parent/weights.h5" "$work/bare/trials/$child/"*.h5
expect 'a parent that has gone' 0 '' tuned --out "$work/bare" --discard-weights
equal 'a parent that has gone: equal' "$work/bare"
printf x >>"$work/bare/trials/$parent/weights.h5"
rm "$work/bare/trials/$child/"*.h5
expect 'a parent that is damaged' 0 '' tuned --out "$work/bare" --only tuned
expect 'a parent that is damaged: the others' 0 '' tuned --out "$work/bare" --discard-weights
equal 'a parent that is damaged: equal' "$work/bare"

# ---- later, on a folder that has the parent: it is not trained again ----
expect 'added: before' 0 '' tuned --out "$work/later" --only rope
find "$work/later" -name weights.h5 -exec ls -l --time-style=full-iso {} + | sort >"$work/before"
expect 'added: fine-tunes' 0 '' tuned --out "$work/later"
find "$work/later" -name weights.h5 -exec ls -l --time-style=full-iso {} + | sort >"$work/after"
check 'added: the parent stays as it is' 'a file has changed' \
    sh -c "[ -s '$work/before' ] && ! grep -vxFf '$work/after' '$work/before'"
equal 'added: equal' "$work/later"

# ---- several processes in one folder ----
tuned --out "$work/both" >/dev/null 2>"$work/other" &
other=$!
expect 'two processes' 0 '' tuned --out "$work/both" --reverse
wait $other || not_ok 'two processes: the other' "$(head -c 300 "$work/other")"
equal 'two processes: equal' "$work/both"

# ---- killed in the parent and in the fine-tune ----
sed 's/^steps  = 6/steps  = 400/; s/^finetune.steps     = 4/finetune.steps     = 400/; s/^seeds .*/seeds = 1/' \
    "$work/tuned.ini" >"$work/long.ini"
long() { "$lexbench" run "$work/long.ini" --quiet --only tuned --checkpoint-interval 0.02 --jobs 1 "$@"; }
expect 'kill: undisturbed' 0 '' long --out "$work/undisturbed"
lost=0
for wait in 0.1 0.1 0.15 0.15 0.2 0.2 0.3 0.3; do
    long --out "$work/killed" >/dev/null 2>&1 &
    victim=$!
    sleep "$wait"
    kill -9 $victim 2>/dev/null && lost=$((lost + 1))
    wait $victim 2>/dev/null
done
expect 'kill: goes on' 0 '' long --out "$work/killed"
expect 'kill: equal' 0 '' "$lexbench" compare "$work/undisturbed" "$work/killed"
check 'kill: no checkpoint is left' "$(find "$work/killed" -name checkpoint)" \
    test "$(count "$work/killed" checkpoint)" -eq 0
check 'kill: something was killed' 'nothing was' test "$lost" -gt 0

# ---- a parent that fails: said in every cell, tried once ----
expect 'failure' 1 'the training that the fine-tune begins with: the loss is not finite' \
    env LEXBENCH_TRAPS=off "$lexbench" run "$work/tuned.ini" --out "$work/failed" --set training.rate=10 --set training.clip=0 \
    --set training.weight_decay=0.5 --set training.steps=60 --only dropped,idle --quiet
check 'failure: the parent once a seed' "$(cat "$work/stderr")" \
    test "$(grep -c '^failed: .* before its fine-tune' "$work/stderr")" -eq 2
check 'failure: in cells' "$("$lexbench" report "$work/failed" --format long | head -n 3)" \
    sh -c "'$lexbench' report '$work/failed' --format long | grep -q 'dropped.*failed.*begins with'"

# ---- evaluated by itself ----
expect 'evaluate: as in the run' 0 '' "$lexbench" evaluate "$work/whole/trials/$child" --quiet --out "$work/one.h5"
expect 'evaluate: merges with the run' 0 '' "$lexbench" merge "$work/whole/results.h5" "$work/one.h5" --out "$work/two.h5"
equal 'evaluate: equal' "$work/two.h5"
expect 'evaluate: a parent without variants' 2 'say what to evaluate' \
    "$lexbench" evaluate "$work/whole/trials/$(id_of train alone | head -n 1)" --quiet
expect 'evaluate: under a SPEC' 0 '' "$lexbench" evaluate "$work/whole/trials/$(id_of train alone | head -n 1)" 'alibi()' --quiet

# ---- truncation ----
expect 'truncate' 0 '' "$lexbench" run "$work/tuned.ini" --out "$work/cut" --quiet --only rope \
    --set 'variant cut.like=rope' --set 'variant cut.evaluate.positions=truncate' --set 'experiment.variants=rope, cut' \
    --only rope,cut --set 'experiment.datasets=text' --set evaluation.targets=64 --set evaluation.tokens=512
"$lexbench" report "$work/cut" --format long >"$work/long"
cells() { awk -F, -v v="$1" -v p="$2" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["variant"] == v && $at["protocol"] == p && $at["seed"] == 1 { print $at["nll"] }' "$work/long"; }
check 'truncate: a horizontal line' "$(cells cut fixed-targets)" \
    test "$(cells cut fixed-targets | sort -u)" = "$(cells rope fixed-targets | head -n 1)"
check 'truncate: says what it cannot score' "$(cat "$work/long")" grep -q 'cut.*refused.*scores targets before them' "$work/long"

finish
