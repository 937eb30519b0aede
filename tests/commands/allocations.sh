#!/bin/sh
# allocations.sh -- the k-th allocation fails, in a hard build (make hard=1): each time a sentence and status
# 1, no crash, nothing half-written, and running again completes.  With asan=1 as well: no leak.
#
# SAMPLE is how many k of each command are tried (all: every one, tests/long/allocations.sh).  HDF5 and the
# INI parser allocate by themselves; theirs do not fail here.
. "$(dirname "$0")/lib.inc"

sample=${SAMPLE:-25}
check 'the program runs' "$lexbench" "$lexbench" --version
if ! grep -q LEXBENCH_HARD "$work/check"; then
    echo 'skip allocations: this is no hard build (make hard=1)'
    finish
fi

cat >"$work/tiny.ini" <<'END_OF_FILE'
[experiment]
name     = tiny
datasets = recall
seeds    = 1
variants = rope, ntk, biased
[model]
layers = 1
width  = 16
heads  = 2
[training]
length = 16
steps  = 2
batch  = 4
[evaluation]
lengths  = 1L, 2L
examples = 4
[variant rope]
encoder = rope
[variant ntk]
like = rope
evaluate.rope.scaling = ntk
[variant biased]
encoder = t5 + log-n + cope
END_OF_FILE
mkdir "$work/no-programs"
done_once=$work/done
quiet() { "$@" >"$work/stdout" 2>"$work/stderr" </dev/null; }
run() { quiet env PATH="$work/no-programs" "$lexbench" run "$work/tiny.ini" --quiet --jobs 1 --threads 1 --out "$1"; }

run "$done_once" || not_ok 'an undisturbed run' "$(head -c 300 "$work/stderr")"
cp "$work/stdout" "$work/tables"

# fail_at K COMMAND...: with the k-th allocation failing, and (K+) all after it.
fail_at() {
    at=$1
    shift
    quiet timeout 60 env LEXBENCH_FAIL_ALLOCATION="$at" "$@"
    status=$?
    case $status in
    0) return 0 ;;
    1) grep -qi 'memory' "$work/stderr" || fault="k = $at: no sentence says that memory is short: $(head -c 300 "$work/stderr")" ;;
    *) fault="k = $at: status $status: $(head -c 1500 "$work/stderr")" ;;
    esac
    return 1
}

# sweep NAME CHECK COMMAND...: tries a sample of k; CHECK runs after each, and says what is wrong.
sweep() {
    name=$1 check=$2
    shift 2
    rm -rf "$work/out"
    quiet env LEXBENCH_COUNT_ALLOCATIONS="$work/count" "$@" || not_ok "$name" "$(head -c 300 "$work/stderr")"
    count=$(cat "$work/count") tried=0 caught=0 fault=
    step=1
    [ "$sample" = all ] || step=$((count / sample + 1))
    k=1
    while [ "$k" -le "$count" ] && [ -z "$fault" ]; do
        for later in '' +; do
            rm -rf "$work/out"
            fail_at "$k$later" "$@" || caught=$((caught + 1))
            tried=$((tried + 1))
            [ -n "$fault" ] || $check
            [ -z "$fault" ] || break
        done
        k=$((k + step))
    done
    if [ -n "$fault" ]; then
        not_ok "$name" "$fault"
    elif [ "$caught" -lt $((tried / 2)) ]; then
        not_ok "$name" "only $caught of $tried failed allocations ended the command"
    else
        ok "$name ($tried of $((2 * count)))"
    fi
}

nothing() { :; }

# What the run left is whole: going on gives the tables of the undisturbed run.
goes_on() {
    if [ "$status" -eq 0 ] && ! cmp -s "$work/stdout" "$work/tables"; then
        fault="k = $at: status 0, but other tables"
    elif [ -n "$(find "$work/out" -name '.lexbench-*' 2>/dev/null)" ]; then
        fault="k = $at: temporary files are left: $(find "$work/out" -name '.lexbench-*')"
    elif ! run "$work/out"; then
        fault="k = $at: running again fails: $(head -c 300 "$work/stderr")"
    elif ! cmp -s "$work/stdout" "$work/tables"; then
        fault="k = $at: running again gives other tables"
    fi
}

# No gnuplot for the run: it draws in a test of its own.
sweep 'run' goes_on env PATH="$work/no-programs" "$lexbench" run "$work/tiny.ini" --quiet --jobs 1 --threads 1 --out "$work/out"
sweep 'plan' nothing "$lexbench" plan "$work/tiny.ini" --out "$done_once"
sweep 'plan of what ships' nothing "$lexbench" plan quick --out "$work/nowhere"
sweep 'list' nothing "$lexbench" list encoders
sweep 'merge' nothing "$lexbench" merge "$done_once" --out "$work/out.h5"
sweep 'report' nothing "$lexbench" report "$done_once" --format markdown
if command -v gnuplot >/dev/null 2>&1; then
    sweep 'plot' nothing "$lexbench" plot "$done_once" --out "$work/out" --format svg
else
    echo 'skip plot: no gnuplot'
fi

finish
