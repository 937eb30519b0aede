#!/bin/sh
# bench.sh -- lexbench bench: what it prints and writes; how fast anything is, is not for a test.
. "$(dirname "$0")/lib.inc"

expect 'bench: a shape misspelt' 2 'training-quick' "$lexbench" bench --shape training-quik
expect 'bench: an encoder misspelt' 2 'rope' "$lexbench" bench --shape training-quick --encoder roep
expect 'bench: two kinds at once' 2 'choose one' "$lexbench" bench --shape training-quick --scaling --profile
expect 'bench: one shape' 0 '' "$lexbench" bench --shape training-quick --repetitions 1 --profile
check 'bench: a row of its own' 'there is none' grep -qE '^training-quick +rope +[0-9]' "$work/stdout"
check 'bench: where the time goes' 'not said' grep -qE '^ +[0-9.]+%  matrix products, at [0-9.]+ GFLOP/s' "$work/stdout"
expect 'bench: operands' 2 'no operands' "$lexbench" bench "$lexbench"
expect 'bench --compare: one operand' 2 'two programs' "$lexbench" bench --compare "$lexbench"
expect 'bench --compare: no such file' 2 'nowhere' "$lexbench" bench --compare "$work/nowhere" "$lexbench"
echo text >"$work/text"
expect 'bench --compare: neither' 2 'neither a program' "$lexbench" bench --compare "$work/text" "$lexbench"
# Two builds whose speeds are known: each tells that it was asked, and is twice, or half, as fast as the time before.
for build in a b; do
    cat >"$work/$build" <<'END'
#!/bin/sh
echo "$0" >>"$(dirname "$0")/asked"
echo "${0##*/} $*" >"$(dirname "$0")/words"
rate=$(grep -c . "$(dirname "$0")/asked")
[ "${0##*/}" = a ] || rate=$((3 * rate))
echo "{\"shapes\": ["
echo "    {\"name\": \"training-quick\", \"encoder\": \"rope\", \"tokens_per_second\": $rate.0, \"tokens_per_second_least\": 1}"
echo "]}"
END
    chmod +x "$work/$build"
done
expect 'bench --compare: two builds' 0 '' "$lexbench" bench --compare "$work/a" "$work/b" --shape training-quick --repetitions 3
check 'bench --compare: the ratio of each round, and its spread' "$(cat "$work/stdout")" \
    grep -qE '^training-quick +rope +3 +4 +9 +3\.600 +2\.250 +6\.000$' "$work/stdout"
check 'bench --compare: in turn' "$(cat "$work/asked")" test "$(sed 's/.*\///' "$work/asked" | tr -d '\n')" = abbaab
"$work/a" >"$work/saved-a"
"$work/b" >"$work/saved-b"
expect 'bench --compare: two outputs' 0 '' "$lexbench" bench --compare "$work/saved-a" "$work/saved-b"
check 'bench --compare: their ratio' "$(cat "$work/stdout")" grep -qE '^training-quick +rope +7 +24 +3\.429$' "$work/stdout"
expect 'bench --compare: one of each' 2 'two of a kind' "$lexbench" bench --compare "$work/saved-a" "$work/b"
printf '#!/bin/sh\nexit 3\n' >"$work/fails"
chmod +x "$work/fails"
expect 'bench --compare: a build that fails' 1 'status 3' "$lexbench" bench --compare "$work/a" "$work/fails" --shape training-quick
if [ -x /usr/bin/python3 ]; then
    kinds='plain --scaling'
    # Timed in turn until enough has been seen: with every access watched that takes a quarter of an hour.
    "$lexbench" --version | grep -q fsanitize=thread && kinds=plain
    for kind in $kinds; do
        [ "$kind" = plain ] && kind=
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
