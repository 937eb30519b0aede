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
steps  = 8
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
cat >"$work/tuned.ini" <<'END_OF_FILE'
include = tiny.ini
[experiment]
variants = rope
[variant rope]
encoder = rope(base=100 | 10000)
[tuning]
grid.training.rate = 0.002 | 0.02
seed = 100
END_OF_FILE
mkdir "$work/no-programs"
done_once=$work/done
quiet() { "$@" >"$work/stdout" 2>"$work/stderr" </dev/null; }
# No gnuplot: it draws in a test of its own.  Checkpoints as often as can be.
run() { # OUT
    quiet env PATH="$work/no-programs" "$lexbench" run "$experiment" --quiet --jobs 1 --threads 1 \
        --checkpoint-interval 0.01 --out "$1"
}

# A status that is right besides 1, for the sweeps that follow.
also=1

# fail_at K COMMAND...: with the k-th allocation failing, and (K+) all after it.
fail_at() {
    at=$1
    shift
    quiet timeout 60 env LEXBENCH_FAIL_ALLOCATION="$at" "$@"
    status=$?
    why=$(head -c 800 "$work/stderr")
    case $status in
    0) return 0 ;;
    1 | 2) [ "$status" -le "$also" ] && echo "$why" | grep -qi 'memory' || fault="k = $at: status $status: $why" ;;
    "$also") ;;
    *) fault="k = $at: status $status: $why" ;;
    esac
    return 1
}

# sweep NAME CHECK COMMAND...: tries a sample of k; CHECK runs after each, and says what is wrong.
sweep() {
    name=$1 check=$2
    shift 2
    rm -rf "$work/out"
    if ! quiet env LEXBENCH_COUNT_ALLOCATIONS="$work/count" "$@"; then
        not_ok "$name" "it fails without failed allocations: $(head -c 300 "$work/stderr")"
        return
    fi
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

sweep_run() { # NAME EXPERIMENT
    experiment=$2
    run "$done_once-$1"
    cp "$work/stdout" "$work/tables"
    sweep "$1" goes_on env PATH="$work/no-programs" "$lexbench" run "$experiment" --quiet --jobs 1 --threads 1 \
        --checkpoint-interval 0.01 --out "$work/out"
}

sweep_run run "$work/tiny.ini"
also=75 # a tuning trial that cannot be read is not complete: run again to go on
sweep_run 'run-tuned' "$work/tuned.ini"
also=1
done_once=$done_once-run
weights=$(find "$done_once" -name weights.h5 | sort | head -n 1)
sweep 'plan of a grid with tuning' nothing "$lexbench" plan "$work/tuned.ini" --out "$work/nowhere"
sweep 'evaluate' nothing "$lexbench" evaluate "$weights" "rope(scaling=ntk)" "none()" --quiet --threads 1 --out "$work/out.h5"
also=2 # what cannot be read is no results file, and nothing was compared
sweep 'compare' nothing "$lexbench" compare "$done_once" "$done_once"
also=1
# Eight steps teach nothing, and a file that says so is INVALID, by status 1: a verdict, no failure.
verdict='"$0" validate "$1" >"$2"; status=$?; grep -q INVALID "$2" && exit 0; exit "$status"'
sweep 'validate' nothing sh -c "$verdict" "$lexbench" "$done_once" "$work/verdict"
for format in csv json latex long; do
    sweep "report in $format" nothing "$lexbench" report "$done_once" --format "$format"
done
sweep 'plan' nothing "$lexbench" plan "$work/tiny.ini" --out "$done_once"
sweep 'plan of what ships' nothing "$lexbench" plan quick --out "$work/nowhere"
sweep 'list' nothing "$lexbench" list encoders
sweep 'inspect' nothing "$lexbench" inspect 'rope + alibi + window' --length 1L,2L
sweep 'merge' nothing "$lexbench" merge "$done_once" --out "$work/out.h5"
sweep 'report' nothing "$lexbench" report "$done_once" --format markdown
if command -v gnuplot >/dev/null 2>&1; then
    sweep 'plot' nothing "$lexbench" plot "$done_once" --out "$work/out" --format svg
    sweep 'inspect with figures' nothing "$lexbench" inspect rope --length 16 --out "$work/out" --format svg
else
    echo 'skip plot: no gnuplot'
fi

finish
