#!/bin/sh
# shards.sh -- the same results whole, in shards, backwards, side by side and after labels were edited; and
# what is added later trains nothing again.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/tiny.inc"

write_tiny "$work/tiny.ini"
# The same under other names; a label is no part of a training.
sed 's/^name *= .*/name = other\ntitle = Another title/; s/rope-ntk/stretched/; s/alibi$/slopes/
    s/\[variant alibi\]/[variant slopes]/; s/slopes$/slopes/; s/^encoder = slopes/encoder = alibi/
    s/^datasets = recall/datasets = pairs\n/' "$work/tiny.ini" >"$work/labels.ini"
printf '[dataset pairs]\nkind = recall\n' >>"$work/labels.ini"
tiny() { "$lexbench" run "$work/tiny.ini" --quiet "$@"; }
weights() { find "$1" -name weights.h5 -exec ls -l --time-style=full-iso {} + 2>/dev/null | sort; }
count() { find "$1" -name "$2" | wc -l; }
equal() { # NAME RESULTS
    expect "$1" 0 '' "$lexbench" compare "$work/whole" "$2"
}
expect 'whole' 0 '' tiny --out "$work/whole" --jobs 1
cp "$work/stdout" "$work/tables"

# ---- the parts of a plan ----
"$lexbench" plan "$work/tiny.ini" --out "$work/none" | grep -E '^(train|evaluate) ' | sort >"$work/all"
for i in 1 2 3; do
    "$lexbench" plan "$work/tiny.ini" --out "$work/none" --shard "$i/3" | grep -E '^(train|evaluate) '
done | sort >"$work/parts"
check 'shards: ten lines in all' "$(cat "$work/all")" test "$(wc -l <"$work/all")" -eq 10
check 'shards: each training in one' 'they are not the whole' cmp "$work/all" "$work/parts"
"$lexbench" plan "$work/tiny.ini" --out "$work/whole" --shard 2/3 | sed 's/done$/to do/' |
    grep '^train ' >"$work/done2"
"$lexbench" plan "$work/tiny.ini" --out "$work/none" --shard 2/3 | grep '^train ' >"$work/todo2"
check 'shards: what is done changes none' 'it has' sh -c "[ -s '$work/todo2' ] && cmp '$work/done2' '$work/todo2'"
expect 'shards: more than trainings' 0 '' "$lexbench" plan "$work/tiny.ini" --shard 9/9
check 'shards: more than trainings: empty' "$(cat "$work/stdout")" grep -q '^shard 9/9 of 4 trainings: 0 ' "$work/stdout"
for i in 1 2 3 4; do # 4 trainings: one each
    "$lexbench" plan "$work/tiny.ini" --out "$work/none" --shard "$i/4" | tail -n 1
done >"$work/loads"
check 'shards: the least loaded is next' "$(cat "$work/loads")" \
    test "$(grep -c 'of 4 trainings: 1 training,' "$work/loads")" -eq 4
for wrong in 0/3 4/3 3 1/ /3 1/3x -1/3 1/0; do
    expect "shards: $wrong" 2 'takes I/N' "$lexbench" plan "$work/tiny.ini" "--shard=$wrong"
done

# ---- in three shards, in reverse, in one folder; labels edited in between ----
expect 'shard 3/3' 0 'there are no tables yet' "$lexbench" run "$work/tiny.ini" --out "$work/shards" --shard 3/3
check 'shard 3/3: no tables' 'there are' test ! -s "$work/stdout"
check 'shard 3/3: no results' 'there are' test ! -e "$work/shards/results.h5"
expect 'shard 2/3 under other labels' 0 '' "$lexbench" run "$work/labels.ini" --out "$work/shards" --shard 2/3 \
    --jobs 2
expect 'shard 1/3' 0 '' tiny --out "$work/shards" --shard 1/3 --jobs 1 --reverse
weights "$work/shards" >"$work/before"
expect 'all shards: the last evaluations' 0 '' tiny --out "$work/shards"
check 'all shards: the same tables' 'they differ' cmp "$work/tables" "$work/stdout"
weights "$work/shards" >"$work/after"
check 'all shards: labels trained nothing' 'they did' cmp "$work/before" "$work/after"
check 'all shards: four trainings' "$(count "$work/shards" weights.h5)" test "$(count "$work/shards" weights.h5)" -eq 4
equal 'all shards: equal' "$work/shards"
expect 'the last shard makes the tables' 0 '' tiny --out "$work/shards" --shard 2/3
check 'the last shard makes the tables: the same' 'they differ' cmp "$work/tables" "$work/stdout"

# ---- in folders of their own, merged ----
for i in 2 3 1; do
    tiny --out "$work/own/$i" --shard "$i/3" --jobs 2 >/dev/null || not_ok "shard $i" 'it failed'
done
expect 'own folders: merge' 0 '6 trials' "$lexbench" merge "$work/own" --out "$work/own.h5"
equal 'own folders: equal' "$work/own.h5"

# ---- backwards, side by side, labels edited after ----
expect 'reverse, two jobs' 0 '' tiny --out "$work/reverse" --reverse --jobs 2
equal 'reverse, two jobs: equal' "$work/reverse"
expect 'reverse: the last is first' 0 '' tiny --out "$work/first" --reverse --limit 1
expect 'in order: the first' 0 '' tiny --out "$work/second" --limit 1
check 'reverse: another training' 'it is the same' test "$(ls "$work/first/trials")" != "$(ls "$work/second/trials")"
weights "$work/reverse" >"$work/before"
expect 'under other labels' 0 '' "$lexbench" run "$work/labels.ini" --out "$work/reverse" --quiet
weights "$work/reverse" >"$work/after"
check 'under other labels: nothing is trained' 'a file has changed' cmp "$work/before" "$work/after"
expect 'under its own again' 0 '' tiny --out "$work/reverse"
equal 'under its own again: equal' "$work/reverse"

# ---- a variant and a length, added later ----
# Steps enough that training is most of the work: the log has a line for every tenth of it.
sed 's/^steps *=.*/steps = 200/' "$work/tiny.ini" >"$work/small.ini"
sed 's/variants = .*/&, t5/; s/1L, 2L, 4L/&, 8L/' "$work/small.ini" >"$work/grown.ini"
expect 'added: before' 0 ' step ' "$lexbench" run "$work/small.ini" --out "$work/grown"
weights "$work/grown" >"$work/before"
expect 'added: plan' 0 '' "$lexbench" plan "$work/grown.ini" --out "$work/grown"
check 'added: plan trains the new variant alone' "$(grep '^train .*to do$' "$work/stdout")" \
    test "$(grep '^train .*to do$' "$work/stdout" | awk '{ print $3 }' | sort | uniq -c | tr -s ' ')" = ' 2 t5'
check 'added: plan keeps the others' "$(grep '^train .*done$' "$work/stdout")" \
    test "$(grep -c '^train .*done$' "$work/stdout")" -eq 4
check 'added: plan evaluates all at the new length' "$(cat "$work/stdout")" \
    test "$(grep -c '^evaluate .*to do$' "$work/stdout")" -eq 8
expect 'added: run' 0 ' step ' "$lexbench" run "$work/grown.ini" --out "$work/grown"
check 'added: the log trains the new variant alone' "$(grep ' step ' "$work/stderr")" \
    sh -c "! grep ' step ' '$work/stderr' | grep -v ': t5 on recall'"
weights "$work/grown" >"$work/after"
check 'added: no weights are touched' 'a file has changed' \
    sh -c "[ -s '$work/before' ] && ! grep -vxFf '$work/after' '$work/before'"
check 'added: two more trainings' 'not 6' test "$(count "$work/grown" weights.h5)" -eq 6
expect 'added: the fresh run' 0 '' "$lexbench" run "$work/grown.ini" --out "$work/fresh" --quiet
expect 'added: equal to a fresh run' 0 '' "$lexbench" compare "$work/fresh" "$work/grown"

finish
