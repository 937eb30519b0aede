#!/bin/sh
# bench.sh -- lexbench bench: what it prints and writes; how fast anything is, is not for a test.
. "$(dirname "$0")/lib.inc"

expect 'bench: a shape misspelt' 2 'training-quick' "$lexbench" bench --shape training-quik
expect 'bench: an encoder misspelt' 2 'rope' "$lexbench" bench --shape training-quick --encoder roep
expect 'bench: two kinds at once' 2 'choose one' "$lexbench" bench --shape training-quick --scaling --profile
expect 'bench: one shape' 0 '' "$lexbench" bench --shape training-quick --repetitions 1 --profile
check 'bench: a row of its own' 'there is none' grep -qE '^training-quick +rope +[0-9]' "$work/stdout"
check 'bench: where the time goes' 'not said' grep -qE '^ +[0-9.]+%  matrix products, at [0-9.]+ GFLOP/s' "$work/stdout"
if [ -x /usr/bin/python3 ]; then
    for kind in '' --scaling; do
        # shellcheck disable=SC2086 # no argument when it is empty
        expect "bench --json $kind" 0 '' "$lexbench" bench --shape training-quick --threads 2 --repetitions 2 --json $kind
        check "bench --json $kind: numbers that fit each other" 'they do not' /usr/bin/python3 - "$work/stdout" "$kind" <<'END'
import json, sys
bench = json.load(open(sys.argv[1]))
assert bench["threads"] == 2 and isinstance(bench["valid"], bool) and bench["peak_gflops"] > 0
(shape,) = bench["shapes"]
assert shape["name"] == "training-quick" and shape["kind"] == "training" and shape["encoder"] == "rope"
if sys.argv[2]:
    assert shape["tokens_per_second_one_thread"] > 0 and shape["peak_scaling"] > 0
    for where in "within_trial_of_peak", "across_trials_of_peak":
        assert 0 < shape[where + "_least"] <= shape[where] <= shape[where + "_most"]
else:
    assert 0 < shape["tokens_per_second_least"] <= shape["tokens_per_second"] <= shape["tokens_per_second_most"]
    fraction = shape["gflops_counted"] / bench["peak_gflops"]
    assert abs(shape["fraction_of_peak"] - fraction) < 1e-4 * fraction
    assert shape["peak_memory_bytes"] > 0 and shape["repetitions"] == 2
END
    done
else
    echo 'skip bench --json: /usr/bin/python3 is not there'
fi
finish
