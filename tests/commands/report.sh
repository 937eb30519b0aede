#!/bin/sh
# report.sh -- the formats of report, read back by those they are for.
. "$(dirname "$0")/lib.inc"

cat >"$work/tiny.ini" <<'END'
[experiment]
name     = tiny
datasets = recall
seeds    = 2
variants = rope, learned, a, rope(base=500, scaling=ntk)
[model]
layers = 1
width  = 16
heads  = 2
[training]
length = 16
steps  = 3
batch  = 2
[evaluation]
lengths  = 1L, 2L
examples = 4
[variant a]
encoder = alibi
END
out=$work/out
expect 'results to report' 0 '' "$lexbench" run "$work/tiny.ini" --out "$out" --quiet
for format in text markdown csv json latex long; do
    expect "report --format $format" 0 '' "$lexbench" report "$out" --format "$format"
    mv "$work/stdout" "$work/$format"
    check "report --format $format: what has no number is said" 'it is not' grep -q refused "$work/$format"
    check "report --format $format: and why" 'it is not' grep -q 'its table has 16 rows' "$work/$format"
done
expect 'text is the default' 0 '' "$lexbench" report "$out"
check 'text is the default: the same' 'it is not' cmp "$work/stdout" "$work/text"

if /usr/bin/python3 -c 'import pandas, h5py' 2>/dev/null; then
    check 'long: every cell of results.h5, bit for bit' 'pandas reads something else' /usr/bin/python3 - \
        "$work/long" "$out/results.h5" <<'END'
import sys, pandas, h5py, numpy
rows = pandas.read_csv(sys.argv[1], float_precision="round_trip", keep_default_na=False, na_values=[""])
results = h5py.File(sys.argv[2])
names = {axis: [x.decode() if isinstance(x, bytes) else int(x) for x in results[axis][()]]
         for axis in "variant dataset configuration seed fold protocol length".split()}
words = ["not asked", "measured", "refused", "failed", "missing"]
status, left = results["status"][()], 0
assert any(',' in name for name in rows.variant)
for place in numpy.ndindex(status.shape):
    if status[place] == 0:
        continue
    at = dict(zip(names, place))
    chosen = rows
    for axis, index in at.items():
        chosen = chosen[chosen[axis] == names[axis][index]]
    assert len(chosen) == 1, at
    row, left = chosen.iloc[0], left + 1
    assert row.status == words[status[place]]
    for metric in ("nll", "exact_match", "accuracy"):
        assert numpy.array_equal(row[metric], results[metric][place], equal_nan=True), (at, metric)
    assert row.n_over_L == row.length / 16 and row.training_length == 16
assert left == len(rows) == 16
END
else
    echo 'skip long: no pandas and h5py'
fi
if [ -x /usr/bin/python3 ]; then
    check 'csv and json: the same numbers, the mean of long' 'they differ' /usr/bin/python3 - "$work/csv" \
        "$work/json" "$work/long" <<'END'
import csv, json, sys
flat = {}
for row in csv.DictReader(open(sys.argv[1], newline="")):
    assert len(row) == 17 and None not in row
    number = lambda key: float(row[key]) if row[key] else None
    flat[row["metric"], row["variant"], int(row["length"])] = (
        number("mean"), number("minimum"), number("maximum"), int(row["seeds"]), row["status"], row["reason"])
long = {}
for row in csv.DictReader(open(sys.argv[3], newline="")):
    if row["accuracy"]:
        long.setdefault((row["variant"], int(row["length"])), []).append(float(row["accuracy"]))
nested = json.load(open(sys.argv[2]))
count = 0
for table in nested["tables"]:
    for row in table["rows"]:
        for cell in row["cells"]:
            assert flat[table["metric"], row["variant"], cell["length"]] == (
                cell["mean"], cell["minimum"], cell["maximum"], cell["seeds"], cell["status"], cell["reason"])
            assert (cell["mean"] is None) == (cell["status"] == "refused")
            if table["metric"] == "accuracy" and cell["mean"] is not None:
                values = long[row["variant"], cell["length"]]
                assert cell["minimum"] == min(values) and cell["maximum"] == max(values)
                assert abs(cell["mean"] - sum(values) / len(values)) < 1e-15
            count += 1
assert count == len(flat) > 8
END
else
    echo 'skip csv and json: no python3'
fi
check 'latex: as many braces open as close' 'they are not' sh -c \
    "sed 's/\\\\[{}]//g' '$work/latex' | tr -cd '{' | wc -c >'$work/open'
     sed 's/\\\\[{}]//g' '$work/latex' | tr -cd '}' | wc -c >'$work/close'
     cmp '$work/open' '$work/close' && test \$(cat '$work/open') -gt 20"
check 'latex: every row of a table ends' 'one does not' sh -c \
    "sed -n '/midrule/,/bottomrule/p' '$work/latex' | grep -v rule |
     grep -vc ' \\\\\\\\\$' | grep -qx 0"

# ---- claims, judged by run and from results.h5 alone ----
cat >>"$work/tiny.ini" <<'END'
[claim near]
statement = RoPE and ALiBi differ at once
test      = exact-match nll, rope < a
at        = 1L
END
expect 'a claim that is added trains nothing' 0 '' "$lexbench" run "$work/tiny.ini" --out "$out" --quiet
mv "$work/stdout" "$work/run"
check 'run ends with verdicts' 'it does not' \
    grep -q '^claim near: undecided: needs 5 seeds: RoPE and ALiBi differ at once$' "$work/run"
cp "$out/results.h5" "$work/alone.h5"
expect 'report of a results file alone' 0 '' "$lexbench" report "$work/alone.h5"
check 'report of a results file alone: the same' 'it is not' cmp "$work/stdout" "$work/run"
expect 'baseline' 0 '' "$lexbench" report "$out" --baseline rope
check 'baseline: differences' "$(cat "$work/stdout")" grep -q '^a  *+0.0 ' "$work/stdout"
expect 'unknown baseline' 2 'did you mean `rope`?' "$lexbench" report "$out" --baseline roep
expect 'baseline for a program' 2 '--format text or markdown' "$lexbench" report "$out" --baseline rope --format csv

finish
