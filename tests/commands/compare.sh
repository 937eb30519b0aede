#!/bin/sh
# compare.sh -- compare and merge: equal, different, missing, cut short, foreign, old beside new.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/tiny.inc"

write_tiny "$work/tiny.ini"
tiny() { "$lexbench" run "$work/tiny.ini" --quiet "$@" >/dev/null; }
says() { # NAME PART: on standard output of the last expect
    check "$1" "it does not say \"$2\": $(head -c 300 "$work/stdout")" grep -qF -- "$2" "$work/stdout"
}
tiny --out "$work/a" && tiny --out "$work/b" --jobs 1 && tiny --out "$work/c" --set evaluation.seed=9 &&
    tiny --out "$work/d" --only alibi || not_ok 'runs' 'one failed'

# ---- compare ----
expect 'compare: two runs' 0 '' "$lexbench" compare "$work/a" "$work/b"
says 'compare: two runs: said' 'equal: 18 cells'
expect 'compare: other scores' 3 '' "$lexbench" compare "$work/a/results.h5" "$work/c"
says 'compare: the first cell' 'nll of rope on recall, 2x16-L16, seed 1, fold 0, exact-match at 16 is '
says 'compare: how many' '18 of 18 cells differ'
check 'compare: nothing else is said' "$(cat "$work/stderr")" sh -c "! grep -q lexbench: '$work/stderr'"
check 'compare: both values' "$(cat "$work/stdout")" \
    grep -qE " is [0-9.]+ in $work/a/results.h5 and [0-9.]+ in $work/c\$" "$work/stdout"
expect 'compare: cells that one lacks' 3 '' "$lexbench" compare "$work/d" "$work/a"
says 'compare: cells that one lacks: which' "variant \`rope\` is in $work/a only"
says 'compare: cells that one lacks: how many' '12 of 18 cells differ'
expect 'compare: no such file' 2 'there is no such file' "$lexbench" compare "$work/a" "$work/none"
expect 'compare: not a file of this program' 2 "$work/tiny.ini" "$lexbench" compare "$work/a" "$work/tiny.ini"
weights=$(find "$work/a" -name weights.h5 | head -n 1)
expect 'compare: weights' 2 'a results file is wanted' "$lexbench" compare "$weights" "$work/a"
head -c 2000 "$work/a/results.h5" >"$work/cut.h5"
expect 'compare: cut short' 2 "$work/cut.h5" "$lexbench" compare "$work/a" "$work/cut.h5"
expect 'compare: one operand' 2 'needs A B' "$lexbench" compare "$work/a"

# ---- merge: results files are sources ----
expect 'merge: trials and results' 0 '8 trials and 1 results file' \
    "$lexbench" merge "$work/a" "$work/d" "$work/b/results.h5" --out "$work/all.h5"
expect 'merge: trials and results: equal' 0 '' "$lexbench" compare "$work/a" "$work/all.h5"
tiny --out "$work/e" --only rope,rope-ntk
expect 'merge: two results files' 0 '2 results files' \
    "$lexbench" merge "$work/d/results.h5" "$work/e/results.h5" --out "$work/two.h5"
expect 'merge: two results files: equal' 0 '' "$lexbench" compare "$work/a" "$work/two.h5"
mkdir -p "$work/nodes/1" "$work/nodes/2"
cp "$work/d/results.h5" "$work/nodes/1" && cp "$work/e/results.h5" "$work/nodes/2"
expect 'merge: folders of results' 0 '2 results files' "$lexbench" merge "$work/nodes" --out "$work/nodes.h5"
expect 'merge: folders of results: equal' 0 '' "$lexbench" compare "$work/a" "$work/nodes.h5"
expect 'merge: without items' 0 '' "$lexbench" merge "$work/a" --no-items --out "$work/bare.h5"
expect 'merge: without items: differs' 3 '' "$lexbench" compare "$work/a" "$work/bare.h5"
says 'merge: without items: in nothing else' 'the number of items of'
expect 'merge: items join later' 0 '' "$lexbench" merge "$work/bare.h5" "$work/a" --out "$work/joined.h5"
expect 'merge: items join later: equal' 0 '' "$lexbench" compare "$work/a" "$work/joined.h5"

# ---- merge: what must be refused ----
rm -f "$work/no.h5"
expect 'merge: another scored set' 1 'scored_sha256' "$lexbench" merge "$work/a" "$work/c" --out "$work/no.h5"
check 'merge: another scored set: both files' "$(cat "$work/stderr")" \
    grep -qE "$work/a/trials/[^ ]*\.h5 and $work/c/trials/[^ ]*\.h5 disagree at variant" "$work/stderr"
tiny --out "$work/longer" --set training.steps=7 --only alibi
expect 'merge: two trainings of one place' 1 'two trainings of one place' \
    "$lexbench" merge "$work/a/results.h5" "$work/longer" --out "$work/no.h5"
tiny --out "$work/renamed" --set "experiment.variants=t5" --set evaluation.seed=9
expect 'merge: variants on two scored sets' 1 'have scored different sets' \
    "$lexbench" merge "$work/a/results.h5" "$work/renamed/results.h5" --out "$work/no.h5"
check 'merge: refused, and no file' 'there is one' test ! -e "$work/no.h5"
expect 'merge: mixed on purpose' 0 '' \
    "$lexbench" merge "$work/a/results.h5" "$work/renamed/results.h5" --allow-mixed --out "$work/mixed.h5"
expect 'merge: a mixture is known as one' 1 'is a mixture' \
    "$lexbench" merge "$work/mixed.h5" --out "$work/no.h5"
tiny --out "$work/plain" --isa plain --only alibi
expect 'merge: two instruction sets' 1 'two instruction sets do not mix' \
    "$lexbench" merge "$work/e" "$work/plain" --out "$work/no.h5"

# ---- an old evaluation beside a new one ----
cp -r "$work/a" "$work/grown"
tiny --out "$work/grown" --set 'evaluation.lengths=1L, 2L, 4L, 8L'
expect 'old beside new: cells that are equal are one' 0 '12 trials' \
    "$lexbench" merge "$work/grown" --out "$work/grown.h5"
expect 'old beside new: nothing else is there' 0 '' "$lexbench" compare "$work/grown" "$work/grown.h5"
tiny --out "$work/grown"
expect 'old beside new: run merges what it asks for' 0 '' "$lexbench" compare "$work/a" "$work/grown"

# ---- --against ----
expect 'run --against' 0 '' "$lexbench" run "$work/tiny.ini" --only rope,rope-ntk --out "$work/e" \
    --against "$work/d" --quiet
expect 'run --against: equal to all at once' 0 '' "$lexbench" compare "$work/a" "$work/e"
expect 'merge --against' 0 '' "$lexbench" merge "$work/e/trials" --against "$work/d/results.h5" --out "$work/f.h5"
expect 'merge --against: equal to all at once' 0 '' "$lexbench" compare "$work/a" "$work/f.h5"
expect 'run --against what is not there' 2 'there is no such file' \
    "$lexbench" run "$work/tiny.ini" --out "$work/nothing" --against "$work/none.h5"
expect 'run --against another instruction set' 2 'instruction set plain' \
    "$lexbench" run "$work/tiny.ini" --out "$work/nothing" --against "$work/plain"
expect 'run --only of what the experiment does not list' 0 '' "$lexbench" run "$work/tiny.ini" \
    --only 'alibi(slopes=learned)' --out "$work/new" --against "$work/d" --quiet
check 'run --only of what the experiment does not list: beside the older one' "$(cat "$work/stdout")" \
    grep -q '^alibi(slopes=learned) ' "$work/stdout"
check 'run --only of what the experiment does not list: the older one' "$(cat "$work/stdout")" \
    grep -q '^alibi  ' "$work/stdout"
check 'run --against: nothing is started' 'there is a folder' test ! -e "$work/nothing"

finish
