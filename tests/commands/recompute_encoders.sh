#!/bin/sh
# recompute_encoders.sh -- recompute_encoders.py, which knows the published formulas and nothing of lexbench,
# calculates the loss of every token of every variant below from weights.h5, at L and at 8 L.
. "$(dirname "$0")/lib.inc"

python=/usr/bin/python3
export OPENBLAS_NUM_THREADS=1 # idle threads of numpy's library would spin
export PYTHONDONTWRITEBYTECODE=1 # no folder beside the programs
program=$PWD/tests/commands/recompute_encoders.py
if ! "$python" -c 'import h5py, numpy' 2>/dev/null; then
    echo 'skip recompute_encoders: python3 with h5py and numpy is not installed'
    exit 0
fi

# name ; encoder as trained ; as evaluated ; positions of the evaluation ; right ; wrong
# (empty: as trained, identity).  Where the formula's `right` is replaced by `wrong`, a difference must show.
cat >"$work/variants" <<'EOT'
none;none;;;k, a, b) / np.sqrt(c.d);k, a, b) / c.d
rope;rope;;;base ** (-2 *;base ** (-2.1 *
yarn;rope;rope(scaling=yarn, factor=auto);;0.1 * np.log(s) + 1 if;0.11 * np.log(s) + 1 if
alibi;alibi;;;(-8 * h / count);(-8 * h / (count + 1))
t5;t5;;;largest / exact;2 * largest / exact
kerple-log;kerple-log;;;np.log(1 + per_head(r2);np.log(2 + per_head(r2)
fire;fire;;;* distance) + 1);* distance) + 2)
self-extend;rope;rope + self-extend;;a // G + w - w // G;a // G + w - w / G - 0.5
cope;cope;;;np.sqrt(c.d) if o["divide"];1 if o["divide"]
learned-interpolated;learned;;interpolate(factor=auto);return p / c.factor;return p // c.factor
halves;rope(pairs=half);;;r // 2:r] if halves;r // 2:r] if not halves
rope-partial;rope(fraction=0.5);;;q[..., r:] @ k;0 * q[..., r:] @ k
rope-interpolated;rope;;interpolate(factor=4);return p / c.factor;return p // c.factor
ntk;rope;rope(scaling=ntk, factor=auto);;s ** (r / (r - 2));s
ntk-fixed;rope;rope(scaling=ntk, factor=4);;s ** (r / (r - 2));s
by-parts;rope;rope(scaling=by-parts, low=0.2, high=6);;(ratio - alpha) / (beta - alpha);ratio / beta
by-parts-program;rope;rope(scaling=by-parts, ramp=program, low=0.01);;np.ceil(dimension(alpha));dimension(alpha)
yarn-program;rope;rope(scaling=yarn, ramp=program, low=0.5, high=2);;np.floor(dimension(beta));dimension(beta)
llama3;rope;rope(scaling=llama3, factor=8);;else 4 if;else 8 if
log-n;rope;rope + log-n;;np.log(c.p + 1);np.log(c.p + 2)
rerope;rope;rope + rerope + log-n;;np.minimum(a - b, c.tokens(o["window"]));np.minimum(a - b, c.tokens(o["window"]) - 1)
leaky-rerope;rope;rope + leaky-rerope(factor=5);;w + (distance - w) / k;w + distance / k
self-extend-groups;rope;rope + self-extend(group=3, window=10);;a // G + w - w // G;a // G + w - w / G
dual-chunk;rope;rope + dual-chunk;;cap = older = c.L - 1;cap = older = c.L
dual-chunk-program;rope;rope + dual-chunk(rule=program, magnitude=on);;0.05 * np.log(c.s);0.06 * np.log(c.s)
window;rope;rope + window(width=0.5L);;< c.tokens(o["width"]);<= c.tokens(o["width"])
sinks;rope;rope + sinks;;np.minimum(c.i, S + W - 1);np.minimum(c.i, S + W)
sinks-text;rope;rope + sinks(positions=text);;c.i - c.j < W, c.j < S;c.i - c.j < W, c.j <= S
lambda;rope;rope + lambda(global=3, local=0.5L, limit=0.5L);;np.minimum(distance, limit);distance
lambda-program;rope;rope + lambda(global=9, local=0.25L, distance=program);;np.where(local, c;np.where(True, c
temperature;none;none + temperature(value=1.2, learned=off);;else float(o["value"]);else 1.1 * float(o["value"])
headscale;none + temperature;;;c.own("temperature", "multiplier");c.own("temperature", "multiplier")[::-1]
ssmax;ssmax;;;np.log(c.i + 1.0);np.log(c.i + 2.0)
ssmax-shift;rope + ssmax(shift=on);;;np.log(c.i + 1.0) + shift;np.log(c.i + 1.0)
xpos;xpos;;;(np.arange(c.d // 2) / (c.d / 2) + gamma);(np.arange(c.d // 2) / c.d + gamma)
p-rope;p-rope(share=0.5);;;float(o["share"]) * c.d / 2);float(o["share"]) * c.d)
evq;evq;;;(1 - u) * np.sinh;(0.9 - u) * np.sinh
evq-program;evq(quantiles=program, base=1000, tau=2);;;0.5 if o["quantiles"];0 if o["quantiles"]
longrope;longrope;;;np.sqrt(1 + np.log(s) / np.log(c.L));np.sqrt(1 + np.log(s))
longrope-kept;rope;longrope(kept=4, magnitude=none, searched=4);;< kept;<= kept
rnope;rnope;;;(0 if global_layer;(1 if global_layer
alibi-learned;alibi(slopes=learned);;;np.exp(c.get("alibi.slope"));slopes(c.H)
alibi-log-n;alibi;alibi + log-n + window(width=3L);;np.maximum(1, np.log;np.maximum(0, np.log
alibi-self-extend;alibi;alibi + self-extend;;-per_head(m) * np.abs(a - b);-per_head(m) * np.abs(c.i - c.j)
t5-short;t5(buckets=8, distance=1L, scale=on);;;+ np.floor(np.log;+ np.ceil(np.log
kerple-power;kerple-power;;;** per_head(r2);** (0.99 * per_head(r2))
kerple-slopes;kerple-power(slope=alibi, power=one);;;else np.ones(c.H);else 0.9 * np.ones(c.H)
sandwich;sandwich;;;c.H / (8 * h) for h;c.H / (9 * h) for h
fire-shared;fire(shared=on, hidden=5, threshold=1L);;;np.maximum(a, threshold);a
fire-interpolated;fire;;interpolate(factor=auto);psi(np.maximum(a, threshold));psi(np.maximum(c.i, threshold))
dynamic-bias;dynamic-bias;;;y / (1 + np.exp;y / (2 + np.exp
dynamic-bias-log;dynamic-bias(distance=log, depth=1, hidden=9, activation=relu);;;1 + np.abs(d;2 + np.abs(d
forgetting;forgetting;;;c.own("forgetting", "gate.bias");0.9 * c.own("forgetting", "gate.bias")
cable;cable;;;"on" else np.sqrt(c.d);"on" else 1
cope-rows;cope(npos=12, divide=off);;;np.floor(p).astype(int), np.ceil;np.ceil(p).astype(int), np.ceil
dape;kerple-log + dape;;;0.01 * hidden;0.05 * hidden
dape-three;alibi + dape(hidden=7, kernel=3);;;np.where(causal, x, 0);x
transformer-xl;transformer-xl;;;concatenate([np.sin(angle), np.cos(angle)];concatenate([np.cos(angle), np.sin(angle)]
transformer-xl-grouped;transformer-xl;;group(factor=3);np.floor(p / c.factor;(p / c.factor
sinusoidal;sinusoidal;;;float(o["base"]) ** (2 * np.arange;float(o["base"]) ** (2.1 * np.arange
sinusoidal-scaled;sinusoidal(scale=learned);;interpolate(factor=auto);return scale;return 1.01 * scale
learned-grouped;learned;;group(factor=auto);np.floor(p / c.factor;(p / c.factor
learned-wrapped;learned;;wrap;p % c.L;(p + 1) % c.L
learned-clamped;learned;;clamp;np.minimum(p, c.L - 1);np.minimum(p, c.L - 2)
abacus;abacus;;;np.minimum(c.p, len(table) - 1);np.minimum(c.p + 1, len(table) - 1)
EOT

{
    awk -F';' '{ names = names (NR > 1 ? ",\n    " : "") $1 } END {
        print "[experiment]\nname = encoders\ndatasets = prose\nvariants = " names }' "$work/variants"
    cat <<'EOT'
[dataset prose]
bytes = 100000
[model]
width = 24
heads = 3
[training]
length = 32
steps  = 40
batch  = 8
[evaluation]
lengths   = 1L, 8L
protocols = nonoverlap
tokens    = 256
EOT
    awk -F';' '{ print "[variant " $1 "]\nencoder = " $2 }
        $3 != "" { print "evaluate.encoder = " $3 } $4 != "" { print "evaluate.positions = " $4 }' "$work/variants"
} >"$work/encoders.ini"

expect 'train and evaluate' 0 '' "$lexbench" run "$work/encoders.ini" --out "$work/out" --quiet
set --
for folder in "$work"/out/trials/*; do
    expect "losses per token of $(basename "$folder")" 0 '' "$lexbench" evaluate "$folder/weights.h5" --quiet \
        --per-token "$folder/tokens.h5"
    set -- "$@" "$folder/weights.h5" "$folder/tokens.h5"
done

"$python" "$program" "$@" >"$work/right" 2>"$work/complaint"
check 'the program ends well' "$(cat "$work/complaint")" test ! -s "$work/complaint"
# Every variant: 256 tokens at L = 32 and at 8 L = 256, each within 1e-4.
while IFS=';' read -r name _; do
    lines=$(grep "^$name " "$work/right")
    check "$name: equal to 1e-4 at L and at 8 L" "$lines" awk -v lines="$lines" 'BEGIN {
        count = split(lines, line, "\n")
        for (k = 1; k <= count; k++) {
            split(line[k], field, " ")
            good += field[2] == (k == 1 ? "nonoverlap/32" : "nonoverlap/256") && field[3] == 256 &&
                    field[5] + 0 < 1e-4
        }
        exit !(count == 2 && good == 2)
    }'
done <"$work/variants"
sed 's/^/    /' "$work/right" # variant, protocol/length, tokens, mean loss, largest difference

# The same with one formula wrong for each variant, on its first window of 8 L: that must show.
cat >"$work/wrong.py" <<'EOT'
import sys

program, table, *files = sys.argv[1:]
positions, one = program.replace("_encoders", "_positions"), "from recompute_positions import *\n"
source, right = open(program).read().replace(one, open(positions).read()), {"__name__": "right"}
exec(source, right)
pairs = list(zip(files[::2], files[1::2]))
for line in open(table):
    name, _, _, _, old, new = line.rstrip("\n").split(";")
    if source.count(old) != 1:
        sys.exit(f"{name}: `{old}` stands {source.count(old)} times in {program} and {positions}")
    wrong = {"__name__": "wrong"}
    exec(source.replace(old, new), wrong)
    for weights, tokens in pairs:
        with right["h5py"].File(weights) as w:
            here = name in right["variants_of"](w)
        if here:
            for *_, difference in wrong["compare"](weights, tokens, wanted=name, length="256", items=1):
                print(f"{name} {difference:.1e}")
EOT
"$python" "$work/wrong.py" "$program" "$work/variants" "$@" >"$work/broken" 2>"$work/complaint"
check 'the wrong programs end well' "$(cat "$work/complaint")" test ! -s "$work/complaint"
while IFS=';' read -r name _; do
    check "$name: a wrong formula shows" "$(grep "^$name " "$work/broken")" \
        awk -v name="$name" '$1 == name && $2 > 1e-4 { shown = 1 } END { exit !shown }' "$work/broken"
done <"$work/variants"

# An encoder that no variant has is named: it can be added without this test, but not unnoticed.
"$lexbench" list encoders | sed -n 's/^\([a-z][a-z0-9-]*\)  .*/\1/p' >"$work/encoders"
check 'there are encoders' 'lexbench list encoders names none' test -s "$work/encoders"
while read -r encoder; do
    cut -d';' -f2,3 "$work/variants" | grep -qE "(^|[; ])$encoder([ (;]|\$)" ||
        echo "skip recompute_encoders: $encoder has no formula in recompute_encoders.py"
done <"$work/encoders"
finish
