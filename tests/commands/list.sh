#!/bin/sh
# list.sh -- help, version and lists.
. "$(dirname "$0")/lib.inc"

said() { grep -qF -- "$1" "$work/stdout"; }

expect 'no command' 0 '' "$lexbench"
check 'no command: help' 'no commands' said 'run EXPERIMENT'
expect 'help' 0 '' "$lexbench" --help
check 'help: examples come first' 'they do not' sh -c \
    "grep -nE '^(examples|commands)' '$work/stdout' | head -n 1 | grep -q examples"
expect 'version' 0 '' "$lexbench" --version
check 'version: the build' 'no compiler' said 'compiler '
for command in run plan evaluate merge compare report plot inspect list validate info new; do
    expect "$command --help" 0 '' "$lexbench" "$command" --help
    check "$command --help: an example" 'none' said "    lexbench $command "
    cp "$work/stdout" "$work/help"
    expect "help $command" 0 '' "$lexbench" help "$command"
    check "help $command: the same" 'it is not' cmp "$work/help" "$work/stdout"
done
check 'run --help: every option' 'one is missing' sh -c "'$lexbench' run --help | grep -cE -- \
    '^    --(out|jobs|threads|only|limit|set|isa|discard-weights|dry-run|quiet) ' | grep -qx 10"

for kind in encoders positions datasets protocols experiments variants; do
    expect "list $kind" 0 '' "$lexbench" list "$kind"
    check "list $kind: not empty" 'it is' test -s "$work/stdout"
    name=$(sed -n '1s/ .*//p' "$work/stdout")
    rows=$(grep -c '^[^ ]' "$work/stdout") # what an encoder has further lines for is indented
    expect "list $kind $name" 0 '' "$lexbench" list "$kind" "$name"
    check "list $kind $name: not empty" 'it is' test -s "$work/stdout"
    if [ -x /usr/bin/python3 ]; then
        check "list $kind --json" 'it is no JSON of as many entries' sh -c "'$lexbench' list $kind --json |
            /usr/bin/python3 -c 'import json, sys
entries = json.load(sys.stdin)
assert len(entries) == $rows and all(e[\"name\"] and e[\"summary\"] for e in entries)'"
    else
        echo "skip list $kind --json: no python3"
    fi
done
expect 'an option with its default' 0 '' "$lexbench" list datasets recall
check 'an option with its default: written' 'it is not' said 'pairs = 4'
expect 'an encoder: where and when' 0 '' "$lexbench" list encoders self-extend
check 'an encoder: where and when: said' 'it is not' said 'acts on keys, positions; evaluation only; for causal attention'
expect 'all encoders' 0 '' "$lexbench" list encoders
check 'all encoders: where and when' 'it is not said' said 'rope  rotation; training and evaluation'
check 'all encoders: options' 'a default or a range is missing' said 'base = 10000 (number from 1 to'
check 'all encoders: citations' 'one is missing' said 'RoFormer, arXiv:2104.09864'
if [ -x /usr/bin/python3 ]; then
    check 'encoders in JSON: what a program needs' 'something is missing' sh -c "'$lexbench' list encoders --json |
        /usr/bin/python3 -c 'import json, sys
entries = {e[\"name\"]: e for e in json.load(sys.stdin)}
rope = {o[\"name\"]: o for o in entries[\"rope\"][\"options\"]}
assert entries[\"rope\"][\"acts\"] == [\"rotation\"] and entries[\"rope\"][\"relative\"]
assert entries[\"rope\"][\"when\"] == [\"training\", \"evaluation\"] and entries[\"none\"][\"acts\"] == []
assert entries[\"self-extend\"][\"when\"] == [\"evaluation\"] and entries[\"self-extend\"][\"causal_only\"]
assert rope[\"base\"][\"type\"] == \"real\" and (rope[\"base\"][\"minimum\"], rope[\"base\"][\"maximum\"]) == (1, 1e12)
assert rope[\"pairs\"][\"choices\"] == [\"interleaved\", \"half\"] and rope[\"pairs\"][\"default\"] == \"interleaved\"
assert all(o[\"help\"] and o[\"values\"] for e in entries.values() for o in e[\"options\"])
assert all(e[\"citation\"] for e in entries.values())'"
fi
expect 'a name in JSON' 0 '' "$lexbench" list encoders rope --json
check 'a name in JSON: one entry' 'not one' test "$(grep -c '"name": "rope"' "$work/stdout")" -eq 1
if [ -w /dev/full ]; then
    check 'a full disk' 'status is not 1' sh -c \
        "'$lexbench' list encoders >/dev/full 2>/dev/null; test \$? -eq 1"
fi

finish
