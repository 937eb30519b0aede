#!/bin/sh
# kill.sh [N [SEED]] -- kills runs of a small experiment N times (5) and looks for anything lost.
#
# Half of the kills (SIGKILL) fall at random moments, half in a moment when a file is being written.  Every
# run goes on where the one before was killed; a finished experiment begins anew in another folder.  Then
# other ways to be stopped: signals that ask, two processes at once, a full disk, a folder that can't be
# written, a folder that vanishes.  SEED repeats the moments, as far as moments can be repeated.
cd "$(dirname "$0")/.." || exit 1
kills=${1:-5} seed=${2:-$$}
lexbench=${LEXBENCH:-$PWD/build/lexbench}
work=$(mktemp -d) || exit 1
mounted=
clean_up() {
    [ -z "$mounted" ] || umount "$mounted" 2>/dev/null
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
failures=0
ok() { echo "ok $1"; }
not_ok() { # NAME WHY
    echo "not ok $1: $2"
    failures=$((failures + 1))
}
is() { # NAME WHY COMMAND...: the command succeeds
    name=$1 why=$2
    shift 2
    if "$@" >"$work/is" 2>&1; then ok "$name"; else not_ok "$name" "$why: $(head -c 300 "$work/is")"; fi
}
if ! command -v timeout >/dev/null 2>&1 || ! find "$work" -printf '' 2>/dev/null; then
    echo 'skip kill: it needs timeout and find -printf of GNU'
    exit 0
fi

# The thread sanitizer takes ten times as long.
steps=400
"$lexbench" --version | grep -q 'fsanitize=thread' && steps=80
cat >"$work/small.ini" <<END
[experiment]
name     = small
datasets = recall
seeds    = 3
variants = rope, rope-ntk, alibi
[model]
width = 16
heads = 2
[training]
length = 16
steps  = $steps
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
small() { "$lexbench" run "$work/small.ini" --threads 2 --checkpoint-interval 0.05 "$@"; }
random_below() { # NUMBER: the next random number of [0, NUMBER), three decimals
    draws=$((draws + 1))
    awk -v seed="$seed" -v draw="$draws" -v below="$1" \
        'BEGIN { srand(seed * 100003 + draw); rand(); printf "%.3f", rand() * below }'
}
draws=0
whole_files() { find "$1/trials" -name '*.h5' -printf '%p %i %T@ %s\n' 2>/dev/null | sort; }
being_written() { # FOLDER PROCESS: is there a file of a temporary name?
    for file in "$1"/trials/*/.lexbench-"$2"-*.new "$1"/.lexbench-"$2"-*.new; do
        [ -e "$file" ] && return 0
    done
    return 1
}
same_metrics() { # A B: the same lines in every metrics.jsonl but that of the time, none twice
    for file in "$1"/trials/*/metrics.jsonl; do
        other=$2/trials/${file#"$1/trials/"}
        grep -v seconds "$file" >"$work/lines.a"
        grep -v seconds "$other" >"$work/lines.b"
        cmp "$work/lines.a" "$work/lines.b" || return 1
        [ "$(grep -c seconds "$other")" -eq 1 ] || return 1
    done
}
check_end() { # NAME FOLDER: what a finished experiment must be
    is "$1: equal to the undisturbed run" 'they differ' "$lexbench" compare "$work/whole" "$2"
    is "$1: the same training curves" 'metrics.jsonl differs' same_metrics "$work/whole" "$2"
    left=$(find "$2" -name 'lease*' -o -name checkpoint -o -name '.lexbench-*')
    is "$1: nothing is left" "$left" test -z "$left"
}
# What a killed run may never have caused: a file that is there and can't be used.
look_for_damage() { # FOLDER LOG
    if grep -E 'left out|begins anew|training again|could not be read|failed' "$2" >"$work/damage"; then
        damaged=$((damaged + 1))
        cat "$work/damage"
    fi
    whole_files "$1" >"$work/now"
    comm -23 "$work/finished" "$work/now" >"$work/changed"
    if [ -s "$work/changed" ]; then
        repeated=$((repeated + 1))
        cat "$work/changed"
    fi
    cp "$work/now" "$work/finished"
    if [ -s "$work/now" ] && grep -qv weights.h5 "$work/now" &&
        ! "$lexbench" merge "$1/trials" --out "$work/readable.h5" >"$work/merge" 2>&1; then
        damaged=$((damaged + 1))
        cat "$work/merge"
    fi
}

if ! small --out "$work/whole" --quiet >"$work/tables" 2>"$work/stderr"; then
    not_ok 'the undisturbed run' "$(head -c 300 "$work/stderr")"
    exit 1
fi

# ---- SIGKILL ----
round=1 killed=0 written=0 damaged=0 repeated=0
out=$work/round-1
: >"$work/finished"
while [ "$killed" -lt "$kills" ]; do
    # Not the function: it would run in a shell of its own, and that would be killed instead.
    "$lexbench" run "$work/small.ini" --threads 2 --checkpoint-interval 0.05 --out "$out" >"$work/stdout" \
        2>"$work/log" &
    process=$!
    sleep "$(random_below 0.25)"
    if [ $((killed % 2)) -eq 1 ]; then
        while kill -0 "$process" 2>/dev/null && ! being_written "$out" "$process"; do :; done
    fi
    kill -KILL "$process" 2>/dev/null
    wait "$process" 2>/dev/null
    status=$?
    if [ "$status" -eq 137 ]; then
        killed=$((killed + 1))
        being_written "$out" "$process" && written=$((written + 1))
    elif [ "$status" -ne 0 ]; then
        not_ok "round $round" "status $status: $(tail -n 3 "$work/log")"
        break
    fi
    look_for_damage "$out" "$work/log"
    if [ "$status" -eq 0 ]; then # it was done before it could be killed
        check_end "round $round" "$out" >"$work/round"
        grep '^not ok' "$work/round" && failures=$((failures + 1))
        rm -rf "$out"
        round=$((round + 1))
        out=$work/round-$round
        : >"$work/finished"
    fi
done
small --out "$out" >"$work/stdout" 2>"$work/log"
status=$?
is "killed $killed times, $written of them while a file was written: goes on to its end" \
    "$(tail -n 3 "$work/log")" test "$status" -eq 0
look_for_damage "$out" "$work/log"
is 'killed: no file is unreadable' "$damaged times, named above (seed $seed)" test "$damaged" -eq 0
is 'killed: no finished training is lost or repeated' "$repeated times, named above (seed $seed)" \
    test "$repeated" -eq 0
check_end 'killed' "$out"
rm -rf "$out"

# ---- signals that ask ----
until_there() { # COUNT NAME FOLDER: waits until so many files of the name are there
    tries=0
    while [ "$(find "$3" -name "$2" 2>/dev/null | wc -l)" -lt "$1" ] && [ "$tries" -lt 3000 ]; do
        sleep 0.01
        tries=$((tries + 1))
    done
}
asked() { # SIGNAL STATUS: stopped in the middle of a training
    rm -rf "$work/asked"
    # In the background a shell lets SIGINT be ignored; timeout does not.
    timeout --foreground -s "$1" 60 "$lexbench" run "$work/small.ini" --threads 2 --out "$work/asked" \
        --set training.steps=60000 >"$work/stdout" 2>"$work/log" &
    process=$!
    until_there 1 metrics.jsonl "$work/asked"
    kill -"$1" "$process"
    wait "$process"
    status=$?
    is "SIG$1: status $2" "status $status: $(tail -n 2 "$work/log")" test "$status" -eq "$2"
    is "SIG$1: says how to go on" "$(tail -n 2 "$work/log")" grep -q 'the same command' "$work/log"
    is "SIG$1: a checkpoint is there" 'none' test "$(find "$work/asked" -name checkpoint | wc -l)" -ge 1
    is "SIG$1: no lease is left" 'there is one' test -z "$(find "$work/asked" -name 'lease*')"
}
asked TERM 75
asked USR1 75
asked INT 75
timeout --foreground 60 "$lexbench" run "$work/small.ini" --threads 2 --out "$work/asked" \
    --set training.steps=60000 >"$work/stdout" 2>"$work/log" &
process=$!
tries=0
until grep -q 'goes on after step' "$work/log" 2>/dev/null || [ "$tries" -gt 3000 ]; do
    sleep 0.01
    tries=$((tries + 1))
done
kill -TERM "$process"
wait "$process"
is 'after a stop: goes on from the checkpoint' "$(cat "$work/log")" grep -q 'goes on after step' "$work/log"
# Steps of some seconds, so that there is time for a second Ctrl-C.
timeout --foreground -s INT 60 "$lexbench" run "$work/small.ini" --threads 1 --jobs 1 --out "$work/twice" \
    --set model.width=512 --set training.length=4096 --set training.batch=64 >"$work/stdout" 2>"$work/log" &
process=$!
until_there 1 lease "$work/twice"
sleep 0.2
kill -INT "$process"
tries=0
until grep -q 'again leaves at once' "$work/log" 2>/dev/null || [ "$tries" -gt 3000 ]; do
    sleep 0.01
    tries=$((tries + 1))
done
is 'Ctrl-C: says what it does' "$(cat "$work/log")" test "$tries" -le 3000
kill -INT "$process"
wait "$process"
status=$?
is 'Ctrl-C twice: status 130' "status $status: $(cat "$work/log")" test "$status" -eq 130
rm -rf "$work/twice"
# Stopped again and again between two steps, and between two evaluations.
rm -rf "$work/asked"
status=75 stops=0
# 143: stopped before it had begun.  More and more time with each stop, so that slow builds come to an end.
while { [ "$status" -eq 75 ] || [ "$status" -eq 143 ]; } && [ "$stops" -lt 100 ]; do
    timeout -s TERM --preserve-status "$(random_below "$((4 + stops + stops * stops / 8))e-1")" \
        "$lexbench" run "$work/small.ini" --threads 2 --out "$work/asked" --discard-weights \
        >"$work/stdout" 2>"$work/log"
    status=$?
    stops=$((stops + 1))
done
is "asked to stop $stops times: ends" "status $status: $(tail -n 2 "$work/log")" test "$status" -eq 0
check_end 'asked to stop' "$work/asked"
is 'asked to stop: no weights, as was said' 'there are some' test -z "$(find "$work/asked" -name weights.h5)"
rm -rf "$work/asked"

# ---- two processes, one folder ----
small --out "$work/two" >"$work/stdout" 2>"$work/first" &
first=$!
small --out "$work/two" >"$work/stdout.second" 2>"$work/second"
second=$?
wait "$first"
status=$?
is 'two processes: both end well' "$status and $second: $(tail -n 2 "$work/second")" test "$status$second" = 00
check_end 'two processes' "$work/two"
rm -rf "$work/two"

"$lexbench" run "$work/small.ini" --out "$work/dies" --threads 1 --jobs 1 --only alibi \
    --set training.steps=200000 >"$work/stdout" 2>"$work/first" &
first=$!
until_there 1 lease "$work/dies"
rm -f "$work/second"
timeout 60 "$lexbench" run "$work/small.ini" --out "$work/dies" --threads 1 --jobs 1 --only alibi --limit 1 \
    --no-wait --set training.steps=200000 >"$work/stdout" 2>"$work/log"
status=$?
is '--no-wait: status 0' "$status: $(tail -n 2 "$work/log")" test "$status" -eq 0
is '--no-wait: says what is under way' "$(cat "$work/log")" grep -q '1 training is being done by another' "$work/log"
timeout -s TERM 60 "$lexbench" run "$work/small.ini" --out "$work/dies" --threads 1 --jobs 1 --only alibi \
    --limit 1 --set training.steps=200000 >"$work/stdout" 2>"$work/second" &
second=$!
tries=0
until grep -q waiting "$work/second" 2>/dev/null || [ "$tries" -gt 3000 ]; do
    sleep 0.01
    tries=$((tries + 1))
done
is 'waiting: says for whom' "$(cat "$work/second")" grep -q "process $first on .* has it" "$work/second"
kill -KILL "$first"
wait "$first" 2>/dev/null
tries=0
lease=$(find "$work/dies" -name lease)
until { grep '^pid ' "$lease" | grep -qvx "pid $first"; } 2>/dev/null || [ "$tries" -gt 3000 ]; do
    sleep 0.01
    tries=$((tries + 1))
done
is 'the lease of a dead process: taken over at once' "$(cat "$work/second")" test "$tries" -le 500
kill -TERM "$second"
wait "$second"
rm -rf "$work/dies"

# ---- folders ----
small --out "$work/vanishing" --set training.steps=100000 >"$work/stdout" 2>"$work/log" &
process=$!
until_there 1 metrics.jsonl "$work/vanishing"
mv "$work/vanishing" "$work/elsewhere"
wait "$process"
status=$?
is 'a folder that vanishes: status 1' "$(tail -n 2 "$work/log")" test "$status" -eq 1
is 'a folder that vanishes: a sentence' "$(cat "$work/log")" grep -q "$work/vanishing.*No such file" "$work/log"
is 'a folder that vanishes: is not made again' 'it is' test ! -e "$work/vanishing"

# A small disk of our own; as an ordinary user there is none.
disk=$work/disk
mkdir "$disk"
if mount -t tmpfs -o size=1500k tmpfs "$disk" 2>/dev/null; then
    mounted=$disk
    small --out "$disk/out" --set experiment.seeds=1 --quiet >"$work/stdout" 2>"$work/log"
    status=$?
    is 'before the disk is full' "$(cat "$work/log")" test "$status" -eq 0
    cp "$disk/out/results.h5" "$work/old.h5"
    whole_files "$disk/out" >"$work/finished"
    head -c 5000000 /dev/zero >"$disk/ballast" 2>/dev/null
    small --out "$disk/out" >"$work/stdout" 2>"$work/log"
    status=$?
    is 'a full disk: status 1' "$(tail -n 2 "$work/log")" test "$status" -eq 1
    is 'a full disk: a sentence' "$(cat "$work/log")" grep -q "$disk/out/.*No space left" "$work/log"
    is 'a full disk: the old results stay' 'they differ' cmp "$work/old.h5" "$disk/out/results.h5"
    whole_files "$disk/out" >"$work/now"
    is 'a full disk: finished files stay' "$(comm -23 "$work/finished" "$work/now")" \
        test -z "$(comm -23 "$work/finished" "$work/now")"
    left=$(find "$disk/out" -name '.lexbench-*' -o -name 'lease*')
    is 'a full disk: nothing half-written' "$left" test -z "$left"
    # Room for some files and not for others: whatever is there is whole.
    rm "$disk/ballast"
    head -c 1150000 /dev/zero >"$disk/ballast" 2>/dev/null
    small --out "$disk/out" >"$work/stdout" 2>"$work/log"
    status=$?
    is 'a nearly full disk: status 1' "$(tail -n 2 "$work/log")" test "$status" -eq 1
    is 'a nearly full disk: what is there is whole' "$(cat "$work/is")" \
        "$lexbench" merge "$disk/out/trials" --out "$work/readable.h5"
    rm "$disk/ballast"
    mount -o remount,ro "$disk"
    small --out "$disk/out" >"$work/stdout" 2>"$work/log"
    status=$?
    is 'a read-only folder: status 1' "$(tail -n 2 "$work/log")" test "$status" -eq 1
    is 'a read-only folder: a sentence' "$(cat "$work/log")" grep -q "$disk/out/.*Read-only" "$work/log"
    mount -o remount,rw "$disk"
    small --out "$disk/out" >"$work/stdout" 2>"$work/log"
    status=$?
    is 'room again: goes on to its end' "$(tail -n 3 "$work/log")" test "$status" -eq 0
    check_end 'room again' "$disk/out"
else
    echo 'skip a full disk: only root may mount a small one'
    cp -r "$work/whole" "$work/read-only"
    find "$work/read-only/trials" -name '*.h5' ! -name weights.h5 -exec rm {} +
    chmod -R a-w "$work/read-only"
    small --out "$work/read-only" >"$work/stdout" 2>"$work/log"
    status=$?
    is 'a read-only folder: status 1' "$(tail -n 2 "$work/log")" test "$status" -eq 1
    is 'a read-only folder: a sentence' "$(cat "$work/log")" grep -q "$work/read-only/.*denied" "$work/log"
    chmod -R u+w "$work/read-only"
fi
[ "$failures" -eq 0 ]
