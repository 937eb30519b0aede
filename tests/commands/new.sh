#!/bin/sh
# new.sh -- the files that `lexbench new` writes compile without a warning, pass the tests and run.
. "$(dirname "$0")/lib.inc"

# ---- what is refused ----
for name in rope interpolate recall positions; do
    expect "a name that is taken: $name" 2 "\`$name\` is taken: it is" \
        "$lexbench" new encoder "$name" --out "$work"
done
for name in '' Rope 2d a_b a/b -a 'a b' a- a--b aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; do
    expect "no name: $name" 2 'is no name: 1 to 40 small letters' \
        "$lexbench" new encoder --out "$work" -- "$name"
done
expect 'no such template' 2 'did you mean `encoder`?' "$lexbench" new encodre mine --out "$work"
expect 'another file name' 2 'the file must be called mine.c' \
    "$lexbench" new encoder mine --out "$work/other.c"
expect 'no folder encoders' 2 'there is no folder `encoders` here' \
    sh -c "cd '$work' && '$lexbench' new encoder mine"
expect 'no such folder' 1 "$work/none/mine.c" "$lexbench" new encoder mine --out "$work/none/mine.c"
check 'refused: nothing is written' 'there is a file' sh -c "! ls '$work' | grep -q '\.c\$'"

# ---- what is written ----
expect 'a new encoder' 0 'make EXTRA_ENCODERS=' "$lexbench" new encoder my-bias --out "$work"
check 'a new encoder: its path on standard output' 'it is not' grep -qxF "$work/my-bias.c" "$work/stdout"
cp "$work/my-bias.c" "$work/copy"
expect 'a file that is there' 2 'is there already' "$lexbench" new encoder my-bias --out "$work/my-bias.c"
check 'a file that is there: stays' 'it has changed' cmp "$work/copy" "$work/my-bias.c"
expect 'a new dataset' 0 'make EXTRA_DATASETS=' "$lexbench" new dataset my-copy --out "$work/my-copy.c"
check 'a new dataset: how to try it' "$(cat "$work/stderr")" grep -q 'lexbench list datasets my-copy$' "$work/stderr"
mkdir "$work/encoders"
expect 'in the source tree' 0 'build it with: make' sh -c "cd '$work' && '$lexbench' new encoder my-other"
check 'in the source tree: in its folder' 'it is not' test -s "$work/encoders/my-other.c"
expect 'lines' 1 '' grep -nE '.{111}|NAME|SYMBOL|	' "$work/my-bias.c" "$work/my-copy.c"

# ---- what is built from it: the objects that there are, the new files, and the registry ----
objects=$(dirname "$lexbench")
if [ ! -e "$objects/liblexbench.a" ]; then
    # shellcheck disable=SC2016  # $(O) is for make
    objects=$(make -s --no-print-directory --eval='print-folder: ; @echo $(O)' print-folder 2>/dev/null |
        tail -n 1)
fi
if [ ! -e "$objects/liblexbench.a" ]; then
    echo 'skip built: there are no objects to build on'
    finish
fi
awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' encoders/README.md >"$work/decline.c"
cp -Rp "$objects" "$work/objects"
rm -rf "$work/objects/tests" "$work/objects/suite/registry/registry.o"
find "$work/objects" -name '*.d' -exec rm {} +
expect 'built' 0 '' make -s O="$work/objects" \
    EXTRA_ENCODERS="$work/my-bias.c $work/decline.c" EXTRA_DATASETS="$work/my-copy.c" "$work/objects/lexbench" \
    "$work/objects/tests/encoders/conformance" "$work/objects/tests/encoders/gradients" \
    "$work/objects/tests/datasets/conformance"
check 'built: without a warning' "$(head -n 3 "$work/stderr")" test ! -s "$work/stderr"
for test in encoders/conformance encoders/gradients datasets/conformance; do
    check "passes $test" 'it does not' "$work/objects/tests/$test"
done
new=$work/objects/lexbench
check 'listed: the encoder' 'it is not' sh -c "'$new' list encoders my-bias | grep -q 'unit = 1L'"
check 'listed: the example of encoders/README.md' 'it is not' sh -c "'$new' list encoders | grep -q '^decline '"
check 'listed: the dataset' 'it is not' sh -c "'$new' list datasets | grep -q '^my-copy '"
expect 'taken now' 2 'is taken: it is an encoder' "$new" new encoder my-bias --out "$work/again"
printf '%s\n' '[experiment]' 'datasets = my-copy' 'variants = my-bias' '[model]' 'width = 16' 'heads = 2' \
    '[training]' 'length = 32' 'steps = 3' 'batch = 2' '[evaluation]' 'examples = 4' \
    'lengths = 1L, 2L' >"$work/x.ini"
expect 'runs' 0 '' "$new" run "$work/x.ini" --out "$work/out" --quiet
check 'runs: scored' 'it is not' grep -q '^my-bias  *[0-9]' "$work/stdout"

finish
