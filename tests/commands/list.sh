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
for command in run plan evaluate merge compare report plot list validate info new; do
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
    rows=$(wc -l <"$work/stdout")
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
expect 'a name in JSON' 0 '' "$lexbench" list encoders rope --json
check 'a name in JSON: one entry' 'not one' test "$(grep -c '"name": "rope"' "$work/stdout")" -eq 1
if [ -w /dev/full ]; then
    check 'a full disk' 'status is not 1' sh -c \
        "'$lexbench' list encoders >/dev/full 2>/dev/null; test \$? -eq 1"
fi

finish
