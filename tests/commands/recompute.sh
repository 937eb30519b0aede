#!/bin/sh
# recompute.sh -- a program that knows nothing of lexbench calculates the loss of every token from weights.h5:
# the very lines of results/README.md, for rope and alibi, at L and at 4 L.
. "$(dirname "$0")/lib.inc"

python=/usr/bin/python3
if ! "$python" -c 'import h5py, numpy' 2>/dev/null; then
    echo 'skip recompute: python3 with h5py and numpy is not installed'
    exit 0
fi
awk '/^## / { section = $0 == "## Weights" } section && /^```python$/ { code = 1; next }
     /^```$/ { code = 0 } code' results/README.md >"$work/readme.py"
check 'the lines are there' 'results/README.md has none in its section Weights' \
    grep -q '^def losses' "$work/readme.py"

cat >"$work/tiny.ini" <<'EOF'
[experiment]
name     = tiny
datasets = recall
variants = rope, halves, alibi, alibi-three
[model]
width = 24
heads = 4
[training]
length = 16
steps  = 60
batch  = 16
[evaluation]
lengths  = 1L, 4L
examples = 12
[variant rope]
encoder = rope
[variant halves]
encoder = rope(pairs=half, base=300)
[variant alibi]
encoder = alibi
[variant alibi-three]
like = alibi
EOF

# recompute NAME FOLDER: the lines, in a folder with weights.h5 and tokens.h5
recompute() {
    (cd "$2" && "$python" "$1") >"$work/printed" 2>&1
}
# worst: the largest difference that was printed
worst() { sed -n 's/.*largest difference \(.*\)$/\1/p' "$work/printed" | sort -g | tail -n 1; }
below() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && a + 0 < b + 0) }'; }

# Trains, evaluates, calculates again, then with a wrong line.
calculate() { # NAME VARIANT LINE WRONG SETTING...
    case=$1 variant=$2 line=$3 broken=$4
    shift 4
    rm -rf "$work/out" "$work/own"
    mkdir "$work/own"
    expect "$case: run" 0 '' "$lexbench" run "$work/tiny.ini" --only "$variant" --out "$work/out" --quiet "$@"
    cp "$work"/out/trials/*/weights.h5 "$work/own/"
    expect "$case: losses per token" 0 '' "$lexbench" evaluate "$work/own/weights.h5" "$variant" --quiet \
        --per-token "$work/own/tokens.h5"
    recompute "$work/readme.py" "$work/own"
    check "$case: at L and at 4 L" "$(cat "$work/printed")" \
        test "$(grep -c '/16: .*largest difference' "$work/printed") $(grep -c '/64: .*largest difference' \
            "$work/printed")" = "$expected $expected"
    check "$case: equal to 1e-4" "$(cat "$work/printed")" below "$(worst)" 1e-4
    sed "s/$line/$broken/" "$work/readme.py" >"$work/broken.py"
    recompute "$work/broken.py" "$work/own"
    check "$case: and a wrong line shows" "$(cat "$work/printed")" sh -c \
        "! cmp -s '$work/readme.py' '$work/broken.py' && awk 'BEGIN { exit !($(worst) > 1e-3) }'"
}

expected=1
calculate 'rope' rope 'angle = np.arange(n)' 'angle = 1.5 * np.arange(n)'
calculate 'rope in halves' halves '"interleaved"' '"half"'
calculate 'alibi' alibi '(-8 \* (h + 1)' '(-4 * (h + 1)'
calculate 'alibi with three heads' alibi-three '(2 \* h + 1)' '(2 * h + 3)' --set model.heads=3
expected=2
calculate 'rope on text, tied' rope 'w.attrs\["embedding_scale"\]' '0.9' \
    --set experiment.datasets=text --set model.tied=on --set training.steps=20 \
    --set evaluation.protocols=nonoverlap,fixed-targets --set evaluation.tokens=128 \
    --set evaluation.targets=16

finish
