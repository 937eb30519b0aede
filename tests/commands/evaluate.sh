#!/bin/sh
# evaluate.sh -- trained weights evaluated again: the run's own bits, other variants, texts and tasks, the
# losses of single tokens; and what can't be evaluated, refused with a sentence.
. "$(dirname "$0")/lib.inc"

cat >"$work/tiny.ini" <<EOF
include = variants.ini
[experiment]
name     = tiny
datasets = text
variants = rope, own
[dataset text]
path = $work/text
[model]
width = 16
heads = 2
[training]
length = 16
steps  = 8
batch  = 4
[evaluation]
lengths = 1L, 2L, 64
tokens  = 256
targets = 32
[variant own]
like = rope
evaluate.encoder = rope(base=500) + window(width=1L)
EOF
{ # some thousand bytes of text
    i=0
    while [ $i -lt 400 ]; do
        echo "line $i says that $((i * i % 997)) is followed by $((i * 7 % 31))."
        i=$((i + 1))
    done
} >"$work/text"
out=$work/out
expect 'run' 0 '' "$lexbench" run "$work/tiny.ini" --out "$out" --quiet
cp "$work/stdout" "$work/tables"
expect 'run of a task' 0 '' "$lexbench" run "$work/tiny.ini" --out "$work/task" --quiet \
    --set experiment.datasets=recall --set evaluation.protocols=exact-match --set evaluation.examples=8
trained=$(dirname "$out"/trials/*/weights.h5)
task=$(dirname "$work"/task/trials/*/weights.h5)
evaluate() { "$lexbench" evaluate "$trained" "$@" --quiet; }
merge() { "$lexbench" merge "$@" --out "$work/all.h5"; }

# ---- the same bits ----
expect 'all variants of the experiment' 0 '' evaluate --out "$work/again.h5"
check 'all variants of the experiment: its tables' 'they differ' cmp "$work/tables" "$work/stdout"
expect 'the same bits: merges refuse others' 0 '' merge "$out/trials" "$work/again.h5"
check 'the same bits: and nothing is new' 'compare finds a difference' \
    "$lexbench" compare "$out/results.h5" "$work/all.h5"
expect 'from the file itself, one variant' 0 '' \
    "$lexbench" evaluate "$trained/weights.h5" own --quiet --threads 3 --out "$work/own.h5"
check 'from the file itself: only that variant' "$(cat "$work/stdout")" \
    sh -c "grep -q '^own ' '$work/stdout' && ! grep -q '^rope ' '$work/stdout'"
expect 'from the file itself: the same bits' 0 '' merge "$out/trials" "$work/own.h5"
expect 'other tokens' 0 '' evaluate --set evaluation.tokens=128 --out "$work/other.h5"
expect 'other tokens: other numbers, and merge says so' 1 'nonoverlap' merge "$out/trials" "$work/other.h5"
expect 'other instruction set' 0 '' evaluate --isa plain --out "$work/plain.h5"

# ---- what is new joins what is there ----
expect 'a shipped variant and a length' 0 '' \
    evaluate rope-ntk --set evaluation.lengths=8L --set evaluation.protocols=nonoverlap --out "$work/new.h5"
check 'a length: in the tables' "$(cat "$work/stdout")" grep -q '8L 128' "$work/stdout"
expect 'a shipped variant and a length: merged' 0 '' merge "$out/trials" "$work/new.h5"
expect 'a shipped variant and a length: reported' 0 '' "$lexbench" report "$work/all.h5"
check 'a shipped variant and a length: in one table' "$(cat "$work/stdout")" \
    sh -c "grep -q '^rope-ntk ' '$work/stdout' && grep -q '8L 128' '$work/stdout'"
expect 'written out, with positions' 0 '' evaluate 'rope() + window(width=0.5L)' 'far = rope(scaling=ntk)' \
    --positions 'interpolate(factor=2)' --format csv
check 'written out: under its own name' "$(cat "$work/stdout")" \
    grep -qF 'rope() + window(width=0.5L); interpolate(factor=2)' "$work/stdout"
check 'written out: under the name given' "$(cat "$work/stdout")" grep -q '\<far\>' "$work/stdout"
expect 'as trained, written out' 0 '' evaluate 'rope()' rope --format csv
check 'as trained, written out: the same numbers' "$(cat "$work/stdout")" sh -c "
    grep -v '^#' '$work/stdout' | grep 'rope()' | sed 's/rope()/rope/' >'$work/a'
    grep 'rope,' '$work/stdout' >'$work/b' || grep '\"rope\"' '$work/stdout' >'$work/b'
    test -s '$work/a' && cmp '$work/a' '$work/b'"
expect 'a task' 0 '' evaluate rope --dataset recall --set evaluation.examples=4
check 'a task: under its protocol' "$(cat "$work/stdout")" grep -q 'exact-match' "$work/stdout"
sed 's/line/word/' "$work/text" >"$work/words"
expect 'another text' 0 '' evaluate rope --dataset words --set 'dataset words.kind=text' \
    --set "dataset words.path=$work/words"
check 'another text: its numbers' "$(cat "$work/stdout")" grep -q '^words: loss' "$work/stdout"
expect 'another text under the old name is told' 0 'is not the text that these weights were trained on' \
    evaluate rope --set "dataset text.path=$work/words"

# ---- losses of single tokens ----
expect 'losses per token' 0 '' evaluate --per-token "$work/tokens.h5" --out "$work/with.h5"
check 'losses per token: asking changes nothing' 'the results differ' \
    "$lexbench" compare "$work/again.h5" "$work/with.h5"
if /usr/bin/python3 -c 'import xarray, h5netcdf' 2>/dev/null; then
    check 'losses per token: they are the scores' 'no' /usr/bin/python3 - "$work" <<'EOF'
import sys, numpy, xarray
folder = sys.argv[1]
open_ = lambda name, group=None: xarray.open_dataset(f"{folder}/{name}", engine="h5netcdf", group=group)
results, root, seen = open_("again.h5"), open_("tokens.h5"), 0
text = numpy.frombuffer(open(folder + "/text", "rb").read(), numpy.uint8)
test = text[len(text) - int(0.1 * len(text)):]
assert list(root.variant.values) == ["own", "rope"] or list(root.variant.values) == ["rope", "own"]
for protocol in results.protocol.values:
    for length in results.length.values:
        tokens = open_("tokens.h5", f"{protocol}/{length}")
        assert tokens.loss.dims == ("variant", "item", "position"), tokens.loss.dims
        assert tokens.token.dims == tokens.target.dims == tokens.scored.dims == ("item", "position")
        scored = tokens.scored.values == 1
        assert scored.all() == (protocol == "nonoverlap") and (scored == (tokens.target.values >= 0)).all()
        for key, token in zip(tokens.item_key.values, tokens.token.values):
            assert (token == test[key:key + length]).all()
        for v, variant in enumerate(root.variant.values):
            loss, total, count = tokens.loss.values[v], 0.0, 0
            assert (numpy.isnan(loss) == ~scored).all()
            for row, which in zip(loss, scored):
                own = 0.0
                for x in row[which]:
                    own += x
                total, count = total + own, count + which.sum()
            nll = results.nll.sel(variant=variant, protocol=protocol, length=length).item()
            assert total / count == nll, (variant, protocol, length, total / count, nll)
            seen += 1
assert seen == 12, seen
EOF
else
    echo 'skip losses per token: they are the scores: no xarray'
fi

# ---- what can't be done ----
wrong() { # NAME PART ARGUMENT...
    request=$1 sentence=$2
    shift 2
    rm -f "$work/no.h5"
    expect "$request" 2 "$sentence" "$lexbench" evaluate "$@" --out "$work/no.h5"
    check "$request: nothing is written" 'something is' test ! -s "$work/stdout" -a ! -e "$work/no.h5"
}
wrong 'no such file' "$work/nothing: there is no such file or folder" "$work/nothing" rope
wrong 'a folder without weights' 'has no weights.h5' "$out" rope
wrong 'an unknown variant' 'did you mean `rope`' "$trained" rpoe
wrong 'an unknown component' 'did you mean `rope`' "$trained" 'rpoe() + window'
wrong 'a variant trained otherwise' 'is trained as alibi' "$trained" alibi
wrong 'parameters that were not trained' 'uses weights `bias` of `t5`' "$trained" 't5()'
wrong 'the same variant twice' 'is asked for twice' "$trained" rope rope
wrong 'a long name' 'give it a name, NAME=SPEC' "$trained" \
    'rope(scaling=ntk, factor=2) + window(width=1L) + log-n() + alibi'
wrong 'positions of a named variant' 'for a variant that is written as a SPEC' "$trained" rope \
    --positions clamp
wrong 'a setting of the model' 'the model is trained' "$trained" --set model.width=32
wrong 'an unknown setting' 'did you mean `lengths`' "$trained" --set evaluation.lenghts=3
wrong 'a protocol for the other kind' 'none of the protocols exact-match is for running text' "$trained" \
    --set evaluation.protocols=exact-match
wrong 'an unknown dataset' 'unknown dataset `novel`' "$trained" --dataset novel
wrong 'a length that the text has not' 'its test block has' "$trained" --set evaluation.lengths=1000000
wrong 'a vocabulary beyond the model' 'the model of' "$task" --dataset text
wrong 'a text that is gone' "$work/gone" "$trained" --set "dataset text.path=$work/gone"
expect 'a folder that is not there' 2 'there is no such folder' evaluate --per-token "$work/no/tokens.h5"
expect 'the weights as output' 2 'would replace the weights' evaluate --out "$trained/weights.h5"
expect 'one file for both' 2 'name the same file' evaluate --out "$work/x.h5" --per-token "$work/x.h5"
expect 'results as weights' 1 'a weights file is wanted' "$lexbench" evaluate "$out/results.h5"
head -c 3000 "$trained/weights.h5" >"$work/short.h5"
expect 'weights cut short' 1 "$work/short.h5" "$lexbench" evaluate "$work/short.h5"
head -c 3000 /dev/urandom >"$work/noise.h5"
expect 'noise' 1 "$work/noise.h5" "$lexbench" evaluate "$work/noise.h5"

# Sealed again after an edit.
edited() { # FILE OLD NEW [ARRAY]: in the attribute `identity`; ARRAY becomes NaN
    /usr/bin/python3 - "$trained/weights.h5" "$@" <<'EOF'
import hashlib, h5py, struct, sys
source, path, old, new, *arrays = sys.argv[1:]
whole = open(source, "rb").read()
open(path, "wb").write(whole[:-48])
with h5py.File(path, "r+") as file:
    text = file.attrs["identity"]
    assert old in text
    file.attrs["identity"] = text.replace(old, new)
    for name in arrays:
        file[name][:] = float("nan")
body = open(path, "rb").read()
open(path, "ab").write(whole[-48:-40] + struct.pack("<Q", len(body)) + hashlib.sha256(body).digest())
EOF
}
if /usr/bin/python3 -c 'import h5py' 2>/dev/null; then
    edited "$work/same.h5" precision=float precision=float
    expect 'sealed again without a change' 0 '' "$lexbench" evaluate "$work/same.h5" rope --quiet
    edited "$work/double.h5" precision=float precision=double
    wrong 'weights of another precision' 'trained in double and this program calculates in float' \
        "$work/double.h5"
    edited "$work/version.h5" version.rope=1 version.rope=99
    wrong 'weights of another version of an encoder' 'version 99 of `rope`' "$work/version.h5"
    edited "$work/shape.h5" model.width=16 model.width=32
    expect 'arrays that do not fit' 1 'another shape' "$lexbench" evaluate "$work/shape.h5"
    export LEXBENCH_TRAPS=off # of a hard build, which would stop at the first NaN
    edited "$work/nan.h5" seed=1 seed=1 final.norm.gain
    expect 'a loss that is no number' 1 'the loss is not finite' \
        "$lexbench" evaluate "$work/nan.h5" rope --quiet --out "$work/nan-results.h5"
    expect 'a loss that is no number: cells are written' 0 '' "$lexbench" report "$work/nan-results.h5"
    check 'a loss that is no number: as failed' "$(cat "$work/stdout")" grep -q failed "$work/stdout"
    unset LEXBENCH_TRAPS
    revision=$(sed -n 's/.*NUMERICS_REVISION = \([0-9]*\).*/\1/p' suite/experiment/plan.h)
    edited "$work/revision.h5" "numerics_revision=$revision" numerics_revision=77
    expect 'weights of another numerics revision are told' 0 'under numerics revision 77' \
        "$lexbench" evaluate "$work/revision.h5" rope --quiet
else
    echo 'skip weights of another precision, version, shape or revision: no h5py'
fi

finish
