#!/bin/sh
# inspect.sh -- lexbench inspect: an encoder by itself.
. "$(dirname "$0")/lib.inc"

said() { grep -qF -- "$1" "$work/stdout"; }
wrong() { # NAME PART ARGUMENTS...: status 2, a sentence, nothing on standard output and nothing written
    name=$1 part=$2
    shift 2
    expect "$name" 2 "$part" "$lexbench" inspect "$@"
    [ ! -s "$work/stdout" ] || not_ok "$name" "it printed something"
    [ ! -e "$work/out" ] || not_ok "$name" "it wrote something"
}

# ---- what is said ----
expect 'the table' 0 '' "$lexbench" inspect rope --length 64,8L
check 'the table: where it acts' 'it is not said' said 'rotation of queries and keys (rope)'
check 'the table: where not' 'it is not said' said 'not on      embeddings;'
check 'the table: both lengths' 'one is missing' grep -qE '^tokens +64 +512$' "$work/stdout"
check 'the table: the first negative sum' 'it is not 91' grep -qE 'negative sum of cosines +- +91$' "$work/stdout"
cp "$work/stdout" "$work/before"
expect 'lengths in any order, once' 0 '' "$lexbench" inspect rope --length 8L,64,512
check 'lengths in any order, once: the same' 'it is not' cmp "$work/before" "$work/stdout"
expect 'no positions' 0 '' "$lexbench" inspect none
check 'no positions: said' 'it is not' said 'acts on     nothing'
expect 'a refused length' 0 '' "$lexbench" inspect learned
check 'a refused length: why' 'it is not said' said 'refused at n = 512: learned: its table has 64 rows'
expect 'what depends on the text' 0 '' "$lexbench" inspect cope
check 'what depends on the text: said' 'it is not' said 'it depends on the text'
expect 'a spec that acts at evaluation' 0 '' "$lexbench" inspect 'rope + self-extend(group=4)' --length 1L
expect 'another map' 0 '' "$lexbench" inspect learned --positions 'interpolate(factor=auto)'
check 'another map: not refused' 'it is' sh -c "! grep -q refused '$work/stdout'"
expect 'another model' 0 '' "$lexbench" inspect rope --set model.width=256 --set model.heads=2 \
    --set training.length=1024 --length 1L
check 'another model: taken' 'it is not' said '2 heads of width 128, L = 1024'
expect 'a layer without positions' 0 '' "$lexbench" inspect 'rnope()' --layer 2 --length 1L
check 'a layer without positions: no pair turns' 'one does' grep -qE 'that turn +0$' "$work/stdout"

cat >"$work/mine.ini" <<'END'
include = variants.ini
[experiment]
name = mine
datasets = recall
variants = bases
[training]
length = 128
[variant bases]
encoder = rope(base=10000 | 500000)
END
expect 'an experiment of mine' 0 '' "$lexbench" inspect bases-base=500000 --experiment "$work/mine.ini" --length 1L
check 'an experiment of mine: its L and base' 'they are not' sh -c \
    "grep -q 'L = 128' '$work/stdout' && grep -qE 'base of the frequencies +500000$' '$work/stdout'"

# ---- what is wrong ----
wrong 'no variant' 'inspect needs VARIANT'
wrong 'an unknown variant' 'did you mean `rope`' rpoe
wrong 'an unknown option of an encoder' 'basis' 'rope(basis=3)' --out "$work/out"
wrong 'two owners of an angle' 'both set the rotation angle' 'rope + xpos'
wrong 'several variants' 'is 2 variants: name one of them, like `bases-base=10000`' bases --experiment "$work/mine.ini"
wrong 'length 0' 'more than 0' rope --length 0 --out "$work/out"
wrong 'length 1' '--length 1 is 1 tokens: from 2 to' rope --length 1
wrong 'a length beyond all' 'from 2 to 16777216 are possible' rope --length 99999999999
wrong 'no length' '--length' rope --length x
wrong 'an empty length' 'lengths' rope --length 64,,128
wrong 'a negative length' '--length' rope --length=-5
wrong 'a layer that is not there' 'the model has 2 layers' rope --layer 3
wrong 'heads that do not divide' 'width = 64 is not a multiple of heads = 3' rope --set model.heads=3
wrong 'a setting that does not count' 'nothing is trained or evaluated here' rope --set training.steps=3
wrong 'a setting of no model' 'did you mean `width`' rope --set model.widht=3
wrong 'an unknown experiment' 'there is no experiment and no file' rope --experiment nowhere
wrong 'an unknown map' 'did you mean `clamp`' rope --positions clmap
wrong 'an unknown format' 'unknown format `pgn`: did you mean `png`' rope --format pgn --out "$work/out"
wrong 'a format without figures' 'give that too' rope --format svg
wrong 'a long name' 'more than 63 characters' "$(printf 'a%.0s' $(seq 70))=rope()"
wrong 'a name alone' 'the variant' '=rope()'
wrong 'no spec' 'the name of an encoder is missing' 'x='
wrong 'brackets without end' 'rope' 'rope((((('
wrong 'a path for a name' 'unknown variant' '../../etc/passwd'

# ---- JSON ----
if [ -x /usr/bin/python3 ]; then
    for variant in rope alibi sinusoidal self-extend none learned cope; do
        check "JSON of $variant" 'it is none' sh -c "'$lexbench' inspect $variant --length 1L,8L --json | /usr/bin/python3 -c '
import json, sys
found = json.load(sys.stdin)
assert [at[\"length\"] for at in found[\"lengths\"]] == [64, 512]
for at in found[\"lengths\"]:
    assert (at[\"refusal\"] is None) == (\"keys_seen\" in at[\"facts\"])
    for array in at[\"arrays\"].values():
        values = array[\"values\"]
        for dimension in array[\"dimensions\"]:
            assert len(values) > 0
            values = values[0]
'"
    done
else
    echo 'skip JSON: no python3'
fi

# ---- files ----
if command -v gnuplot >/dev/null 2>&1; then
    expect 'figures' 0 '' "$lexbench" inspect rope --length 1L,1000000 --out "$work/rope" --format png,svg,pdf
    check 'figures: all there' 'one is missing' sh -c "cd '$work/rope' && test -s n64.png && test -s n64.svg &&
        test -s n64.pdf && test -s n1000000.png && test -s n64.gp && test -s encoder.h5"
    check 'figures: nothing half-written stays' 'something does' sh -c "! ls '$work/rope' | grep -q new"
    check 'the file is whole' 'it is not' "$lexbench" validate "$work/rope/encoder.h5"
    expect 'again' 0 '' "$lexbench" inspect rope --length 1L,1000000 --out "$work/again" --format svg
    check 'again: the same bytes' 'others' sh -c \
        "cmp '$work/rope/encoder.h5' '$work/again/encoder.h5' && cmp '$work/rope/n64.gp' '$work/again/n64.gp'"
    for variant in rope-ntk sinusoidal learned alibi t5 fire window self-extend none dual-chunk xpos rope-log-n; do
        expect "figures of $variant" 0 '' "$lexbench" inspect "$variant" --out "$work/$variant" --format svg
        check "figures of $variant: there" 'one is missing' sh -c \
            "test -s '$work/$variant/n64.svg' && test -s '$work/$variant/n512.svg'"
    done
    # Names reach neither a shell nor gnuplot as anything but text.
    expect 'a hostile name' 0 '' "$lexbench" inspect "\"; system 'touch x' \\@{^_%s\`id\`=rope()" --length 1L \
        --out "$work/hostile" --format svg
    check 'a hostile name: drawn as it stands' 'it is not' grep -q 'system' "$work/hostile/n64.svg"
    check 'a hostile name: nothing else was made' 'something was' sh -c "test ! -e '$work/hostile/x' && test ! -e x"
    expect 'a name of many lines' 0 '' "$lexbench" inspect "$(printf 'a\nplot x\n=rope()')" --length 1L \
        --out "$work/lines" --format svg
    expect 'a folder that cannot be' 1 '' "$lexbench" inspect rope --out "$work/mine.ini/x"
else
    echo 'skip figures: no gnuplot'
fi
if /usr/bin/python3 -c 'import xarray, h5netcdf' 2>/dev/null && [ -e "$work/rope/encoder.h5" ]; then
    check 'xarray' 'it cannot read the file' /usr/bin/python3 - "$work/rope/encoder.h5" <<'END'
import math, sys, xarray
root = xarray.open_dataset(sys.argv[1], engine="h5netcdf")
assert list(root.length.values) == [64, 1000000]
assert root.attrs["variant"] == "rope" and root.attrs["training_length"] == 64
assert float(root.keys_seen.sel(length=64)) == 64 and math.isnan(float(root.rotation_negative.sel(length=64)))
at = xarray.open_dataset(sys.argv[1], engine="h5netcdf", group="n64")
assert at.rotation_similarity.dims == ("query", "key")
kernel = lambda d: sum(math.cos(d * 10000 ** (-t / 8)) for t in range(8)) / 8
assert abs(float(at.rotation_similarity.sel(query=60, key=11)) - kernel(49)) < 1e-9
assert math.isnan(float(at.rotation_similarity.sel(query=11, key=60)))
assert abs(float(at.rotation_similarity_by_distance.sel(distance=5, spread=0)) - kernel(5)) < 1e-9
assert at.frequency.attrs["units"] == "radian"
END
else
    echo 'skip xarray: python3 with xarray and h5netcdf is not installed'
fi

finish
