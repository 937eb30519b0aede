#!/bin/sh
# install.sh -- the manual, completion, and an installation that runs from another folder.
. "$(dirname "$0")/lib.inc"

said() { grep -qF -- "$1" "$work/stdout"; }

# ---- the manual ----
expect 'help --man' 0 '' "$lexbench" help --man
cp "$work/stdout" "$work/lexbench.1"
for command in $("$lexbench" --help | sed -n '/^commands/,/^options/s/^    \([a-z][a-z]*\).*/\1/p'); do
    [ "$command" = help ] && continue
    check "manual: $command" 'it is not there' grep -qx "\.SS $command" "$work/lexbench.1"
    "$lexbench" "$command" --help | sed -n 's/^    --\([a-z-]*\).*/\1/p' >"$work/options"
    while read -r option; do
        [ "$option" = help ] && continue
        grep -qF -- "\\fB\\-\\-$(printf '%s' "$option" | sed 's/-/\\-/g')\\fR" "$work/lexbench.1" ||
            not_ok "manual: $command --$option" 'it is not there'
    done <"$work/options"
done
check 'manual: what an option does' 'it is not said' grep -qx 'trainings side by side .*' "$work/lexbench.1"
check 'manual: what a status means' 'it is not said' grep -qx 'compare found a difference' "$work/lexbench.1"
if command -v groff >/dev/null 2>&1; then
    groff -man -ww -Tascii "$work/lexbench.1" >"$work/page" 2>"$work/warnings"
    check 'manual: groff finds nothing wrong' "$(head -n 3 "$work/warnings")" test ! -s "$work/warnings"
    check 'manual: all sections are set' 'not eight' test "$(grep -cE '^(.\x08.|[A-Z])' "$work/page")" -ge 8
else
    check 'manual: requests stand at the start of lines' 'one does not' sh -c \
        "test \"\$(grep -c '^\.' '$work/lexbench.1')\" -gt 60 &&
         test \"\$(grep -c '^\.SH' '$work/lexbench.1')\" -ge 8"
fi

# ---- an installation ----
folder=$(dirname "$lexbench")
case $folder in
"$PWD"/build) make_here() { make -s "$@"; } ;;
*) make_here() { make -s O="$folder" "$@"; } ;;
esac
expect 'make install' 0 '' make_here install PREFIX=/usr/local DESTDIR="$work/root"
root=$work/root/usr/local
for file in bin/lexbench share/man/man1/lexbench.1 share/bash-completion/completions/lexbench \
    share/lexbench/experiments/quick.ini share/lexbench/experiments/variants.ini; do
    check "make install: $file" 'it is not there' test -s "$root/$file"
done
check 'make install: the manual of this program' 'another' \
    cmp "$work/lexbench.1" "$root/share/man/man1/lexbench.1"
expect 'make install: nothing names DESTDIR' 1 '' grep -rqF "$work/root" "$root/share"
mkdir "$work/elsewhere"
mv "$root" "$work/moved"
expect 'the installed program runs from anywhere' 0 '' sh -c \
    "cd '$work/elsewhere' && PATH='$work/moved/bin':\$PATH &&
    lexbench run quick --only alibi --set experiment.datasets=recall --set experiment.seeds=1 \
    --set training.steps=2 --set evaluation.examples=2 --set 'training recall.steps=2' \
    --set model.width=16 --set model.heads=2 --quiet"
check 'the installed program runs from anywhere: results' 'none' \
    test -s "$work/elsewhere/runs/quick/results.h5"
expect 'an installed experiment is a file like any' 0 '' sh -c \
    "cd '$work/elsewhere' &&
     '$work/moved/bin/lexbench' validate '$work/moved/share/lexbench/experiments/quick.ini'"
mv "$work/moved" "$root"
touch "$root/share/lexbench/mine"
expect 'make uninstall' 0 '' make_here uninstall PREFIX=/usr/local DESTDIR="$work/root"
check 'make uninstall: only what is not ours is left' 'not so' \
    test "$(find "$work/root" -type f)" = "$root/share/lexbench/mine"

# ---- completion ----
expect 'help --completion' 0 '' "$lexbench" help --completion
cp "$work/stdout" "$work/completion"
if command -v bash >/dev/null 2>&1; then
    cat >"$work/complete.bash" <<'END'
. "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_lexbench
printf '%s\n' "${COMPREPLY[@]}"
END
    completes() { # NAME WORDS ABSENT WORD...: the words that are offered, some that are not
        name=$1 wanted=$2 absent=$3
        shift 3
        if ! (cd "$work" && bash complete.bash completion "$lexbench" "$@") >"$work/offered" 2>&1; then
            not_ok "completion: $name" "$(head -n 3 "$work/offered")"
            return
        fi
        for word in $wanted; do
            grep -qxF -- "$word" "$work/offered" || {
                not_ok "completion: $name" "no $word in: $(tr '\n' ' ' <"$work/offered")"
                return
            }
        done
        for word in $absent; do
            if grep -qxF -- "$word" "$work/offered"; then
                not_ok "completion: $name" "$word is offered"
                return
            fi
        done
        ok "completion: $name"
    }
    : >"$work/mine.ini"
    completes 'commands' 'run plan report list validate info new help' '--out' ''
    completes 'a command begun' 'plan plot' 'run' 'pl'
    completes 'options' '--out --jobs --dry-run --help' '--format quick' run --
    completes 'an option begun' '--jobs' '--out' run quick --j
    completes 'experiments and files' 'quick mine.ini' 'rope variants' run ''
    completes 'after an option with a value' 'quick' '' run --out x ''
    completes 'variants' 'rope rope-ntk' 'alibi' run quick --only ro
    completes 'a list of variants' 'alibi,rope-ntk' 'rope-ntk' run quick --only alibi,rope-
    completes 'choices' 'markdown' 'text' report x --format m
    completes 'choices behind =' 'markdown' 'text' report x --format = m
    completes 'choices right behind =' 'text markdown csv json latex long' '' report x --format =
    completes 'behind --option=value' 'mine.ini' 'text' report --format = csv 'mi'
    completes 'kinds of list' 'encoders experiments' 'rope' list ''
    completes 'encoders' 'alibi rope' 'encoders rope-ntk' list encoders ''
    completes 'variants by list' 'rope-ntk' '' list variants rope-n
    completes 'kinds of new' 'encoder dataset' '' new ''
    completes 'a new name is nobody' '' 'alibi encoder' new encoder ''
    completes 'variants to evaluate' 'rope-ntk' 'quick' evaluate weights.h5 rope rope-n
    completes 'commands to help with' 'report run' 'help-nothing' help r
    completes 'no second experiment' '' 'quick' run quick ''
    completes 'an unknown command' '' 'quick run' runn ''
    check 'completion: bound' 'it is not' bash -c ". '$work/completion' && complete -p lexbench"
else
    echo 'skip completion: no bash'
fi

finish
