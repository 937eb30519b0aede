#!/bin/sh
# run.sh -- a tiny experiment from end to end, stopped, broken and run again.
. "$(dirname "$0")/lib.inc"

cat >"$work/tiny.ini" <<'END'
[experiment]
name     = tiny
datasets = recall
seeds    = 2
variants = rope, rope-ntk, alibi
[model]
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
[variant rope-ntk]
like = rope
evaluate.rope.scaling = ntk
[variant alibi]
encoder = alibi
END
out=$work/out
tiny() { "$lexbench" run "$work/tiny.ini" "$@"; }
trial_files() { find "$1" -name '*.h5' ! -name weights.h5 ! -name results.h5 | sort; }
count_trials() { trial_files "$1" | wc -l; }
# Every variable of two results files, curves and manifests too, apart from /measured.
python=/usr/bin/python3
"$python" -c 'import h5netcdf, numpy' 2>/dev/null || python=
same_results() {
    "$python" - "$1" "$2" <<'END'
import sys, h5netcdf, numpy
def read(group, path=""):
    for name, variable in group.variables.items():
        yield path + "/" + name, variable[...]
    for name, inner in group.groups.items():
        if path + "/" + name != "/measured":
            yield from read(inner, path + "/" + name)
a, b = (dict(read(h5netcdf.File(path, "r"))) for path in sys.argv[1:])
assert a.keys() == b.keys() and any("curve" in name or "loss" in name for name in a), a.keys() ^ b.keys()
for name in a:
    assert numpy.array_equal(a[name], b[name], equal_nan=a[name].dtype.kind == "f"), name
END
}

# ---- the plan ----
expect 'plan' 0 '' "$lexbench" plan "$work/tiny.ini" --out "$out"
check 'plan: every training and evaluation' 'not 4 and 6 lines' \
    test "$(grep -c '^train ' "$work/stdout")" -eq 4 -a "$(grep -c '^evaluate ' "$work/stdout")" -eq 6
cp "$work/stdout" "$work/plan"
expect 'dry run' 0 '' tiny --out "$out" --dry-run
check 'dry run is the plan' 'they differ' cmp "$work/plan" "$work/stdout"
check 'dry run starts nothing' 'there is a folder' test ! -e "$out"

# ---- the run, at once and in parts ----
expect 'run' 0 "results: $out/results.h5" tiny --out "$out"
cp "$work/stdout" "$work/tables"
check 'run: tables on standard output' 'no row for rope-ntk' grep -q '^rope-ntk ' "$work/tables"
check 'run: six trial files' 'there are others' test "$(count_trials "$out")" -eq 6
check 'run: weights kept' 'not 4' test "$(find "$out" -name weights.h5 | wc -l)" -eq 4
metrics=$(find "$out" -name metrics.jsonl | sort | head -n 1)
check 'run: one line a point, then the time' "$metrics" \
    test "$(grep -c '"loss"' "$metrics") $(tail -n 1 "$metrics" | grep -c seconds)" = '6 1'
expect 'plan of what is done' 0 '' "$lexbench" plan "$work/tiny.ini" --out "$out"
check 'plan of what is done: says so' 'something is to do' grep -q 'to do: 0 trainings' "$work/stdout"

find "$out/trials" -type f -exec ls -l --time-style=full-iso {} + >"$work/before" 2>/dev/null
expect 'run again' 0 'nothing to do' tiny --out "$out"
check 'run again: the same tables' 'they differ' cmp "$work/tables" "$work/stdout"
find "$out/trials" -type f -exec ls -l --time-style=full-iso {} + >"$work/after" 2>/dev/null
check 'run again: nothing is trained' 'a file has changed' cmp "$work/before" "$work/after"

# ---- the same bits for any number of threads, with one training at a time so that they share it ----
for threads in 1 2 3; do
    expect "OMP_NUM_THREADS=$threads" 0 '' \
        env OMP_NUM_THREADS=$threads "$lexbench" run "$work/tiny.ini" --out "$work/threads$threads" --jobs 1
    if [ -n "$python" ]; then
        check "OMP_NUM_THREADS=$threads: the same bits" 'they differ' same_results "$out/results.h5" \
            "$work/threads$threads/results.h5"
    fi
done

expect 'one training at a time' 0 '' tiny --out "$work/parts" --limit 1 --threads 1 --jobs 1 --quiet
check 'one training at a time: only one' 'not one' test "$(find "$work/parts" -name weights.h5 | wc -l)" -eq 1
expect 'the others, without weights' 0 '' tiny --out "$work/parts" --discard-weights --quiet
check 'quiet: nothing is said' "$(head -c 200 "$work/stderr")" test ! -s "$work/stderr"
check 'in parts: the same tables' 'they differ' cmp "$work/tables" "$work/stdout"
check 'without weights: none are saved' 'there are some' \
    test "$(find "$work/parts" -name weights.h5 | wc -l)" -eq 1

# ---- what is broken is done again ----
broken=$(trial_files "$work/parts" | head -n 1)
head -c 700 "$broken" >"$work/short" && cp "$work/short" "$broken"
find "$work/parts" -name weights.h5 -exec cp "$work/short" {} \;
expect 'run after files were cut short' 0 '' tiny --out "$work/parts"
check 'run after files were cut short: the same tables' 'they differ' cmp "$work/tables" "$work/stdout"
if [ -n "$python" ]; then
    check 'in parts, broken, repaired: the same results' 'they differ' same_results "$out/results.h5" \
        "$work/parts/results.h5"
else
    echo 'skip in parts, broken, repaired: the same results: no h5netcdf'
fi
cp -r "$out" "$work/again"
last=$(dirname "$(trial_files "$work/again" | tail -n 1)")
find "$last" -name '*.h5' ! -name weights.h5 -exec rm {} \;
expect 'weights are used again' 0 '1 of 4 trainings to do' tiny --out "$work/again" --jobs 1
check 'weights are used again: no step is trained' "$(head -c 300 "$work/stderr")" \
    sh -c "! grep -q ' step ' '$work/stderr'"

check 'weights are used again: the same tables' 'they differ' cmp "$work/tables" "$work/stdout"
[ -n "$python" ] && check 'weights are used again: the same results' 'they differ' \
    same_results "$out/results.h5" "$work/again/results.h5"

# ---- failures do not stop the others ----
export LEXBENCH_TRAPS=off # of a hard build, which would stop at the first NaN
expect 'a failed training' 1 'the loss is not finite' tiny --out "$work/failed" --set training.rate=10 \
    --set training.clip=0 --set training.beta2=0 --set model.initial_deviation=10 --set training.epsilon=1e-30
unset LEXBENCH_TRAPS
check 'a failed training: its cells say so' 'the table does not' grep -q failed "$work/stdout"
check 'a failed training: all trial files' 'some are missing' test "$(count_trials "$work/failed")" -eq 6
expect 'only one variant' 0 '' tiny --out "$work/only" --only alibi --set experiment.seeds=1 --quiet
check 'only one variant: one trial file' 'there are others' test "$(count_trials "$work/only")" -eq 1
printf x >"$work/file"
expect 'an output folder that cannot be' 1 "$work/file" tiny --out "$work/file/out"
check 'a refused cell' 'no reason in the table' sh -c \
    "'$lexbench' run '$work/tiny.ini' --quiet --out '$work/refused' \
    --set experiment.variants=learned | grep -q refused"

# ---- report, plot, merge ----
expect 'report' 0 '' "$lexbench" report "$out"
check 'report: the tables of the run' 'they differ' cmp "$work/tables" "$work/stdout"
expect 'report in markdown' 0 '' "$lexbench" report "$out/results.h5" --format markdown
check 'report in markdown: rows' 'none' grep -q '^| *alibi' "$work/stdout"
head -c 2000 "$out/results.h5" >"$work/cut.h5"
expect 'report of a file cut short' 1 "$work/cut.h5" "$lexbench" report "$work/cut.h5"

if command -v gnuplot >/dev/null 2>&1; then
    expect 'plot' 0 '' "$lexbench" plot "$out" --out "$work/figures" --format png,svg
    while read -r figure; do
        check "plot: $(basename "$figure")" 'it is not there' test -s "$figure"
    done <"$work/stdout"
    check 'plot: a figure in each format' "$(cat "$work/stdout")" sh -c \
        "ls '$work'/figures/*.png '$work'/figures/*.svg >/dev/null"
    expect 'plot of an unknown protocol' 2 'did you mean `exact-match`?' \
        "$lexbench" plot "$out" --protocol exact-macth
else
    echo 'skip plot: no gnuplot'
fi
# Without gnuplot the run succeeds and says so: a PATH that has nothing.
mkdir "$work/empty"
expect 'run without gnuplot' 0 'no figures:' \
    env PATH="$work/empty" "$lexbench" run "$work/tiny.ini" --out "$out"

expect 'merge' 0 '6 trials in' "$lexbench" merge "$out" --out "$work/merged.h5"
# shellcheck disable=SC2046  # names without blanks
expect 'merge of single files' 0 '6 trials in' "$lexbench" merge $(trial_files "$out") --out "$work/single.h5"
[ -n "$python" ] && check 'merge: the same from folders and files' 'they differ' \
    same_results "$work/merged.h5" "$work/single.h5"
cp -r "$out" "$work/damaged"
damaged=$(trial_files "$work/damaged" | head -n 1)
cp "$work/short" "$damaged"
head -c 5000 /dev/urandom >"$work/damaged/trials/foreign.h5"
expect 'merge with a file cut short' 1 "$damaged" "$lexbench" merge "$work/damaged" --out "$work/rest.h5"
check 'merge with a foreign file: named' "$(cat "$work/stderr")" \
    grep -qF "$work/damaged/trials/foreign.h5" "$work/stderr"
expect 'merge with a file cut short: the rest is merged' 0 '' "$lexbench" report "$work/rest.h5"
expect 'merge of no trial at all' 1 'nothing to merge' \
    "$lexbench" merge "$work/damaged/trials/foreign.h5" --out "$work/none.h5"
check 'merge of no trial at all: no file' 'there is one' test ! -e "$work/none.h5"

finish
