#!/bin/sh
# requests.sh -- wrong requests: each ends with status 2, one sentence that says what would be right,
# nothing on standard output, and nothing started.
. "$(dirname "$0")/lib.inc"

wrong() { # NAME PART ARGUMENT...
    name=$1 part=$2
    shift 2
    expect "$name" 2 "$part" "$lexbench" "$@"
    if [ -s "$work/stdout" ]; then
        not_ok "$name, standard output" "it is not empty: $(head -c 200 "$work/stdout")"
    fi
    if [ "$(grep -c '^lexbench: ' "$work/stderr")" -ne 1 ] || [ "$(wc -l <"$work/stderr")" -ne 1 ]; then
        not_ok "$name, one sentence" "$(head -c 400 "$work/stderr")"
    fi
    if [ -e "$work/out" ]; then
        not_ok "$name, nothing started" "there is an output folder"
        rm -rf "$work/out"
    fi
}

run_file() { # NAME PART: $work/x.ini is the experiment
    wrong "$1" "$2" run "$work/x.ini" --out "$work/out"
}

# ---- the command line ----
wrong 'unknown command' 'unknown command `runn`: did you mean `run`?' runn quick
wrong 'unknown command in help' 'did you mean `plan`?' help paln
wrong 'option before the command' 'unknown option --out before the command' --out x run quick
wrong 'unknown option' 'unknown option `--thread-count`: valid: help, out' run quick --thread-count 3
wrong 'misspelt option' 'did you mean `jobs`?' run quick --jbos 3
wrong 'unknown short option' 'unknown option `-x`' run quick -x
wrong 'option without value' '--threads needs a value: --threads N' run quick --threads
wrong 'switch with value' '--quiet takes no value' run quick --quiet=3
wrong 'empty value' '--out takes a value (DIR)' run quick --out ''
wrong 'zero jobs' '--jobs takes a whole number from 1 to 1000000, not `0`' run quick --jobs 0
wrong 'negative jobs' 'not `-3`' run quick --jobs -3
wrong 'jobs beyond any integer' 'not `99999999999999999999999`' run quick --jobs 99999999999999999999999
wrong 'jobs with a tail' 'not `3x`' run quick --jobs 3x
wrong 'no experiment' 'run needs EXPERIMENT' run
wrong 'two experiments' 'at most 1 operand, not 2' run quick quick
wrong 'unknown instruction set' 'unknown instruction set `axv2`' run quick --isa axv2 --out "$work/out"
wrong 'plan refuses too' 'did you mean `quick`?' plan quik
wrong 'unknown kind of list' 'did you mean `encoders`?' list encodrs
wrong 'unknown name in a list' 'did you mean `rope`' list encoders rpoe
wrong 'merge without --out' 'merge needs --out FILE' merge "$work"
wrong 'merge of nothing there' 'there is no such file or folder' \
    merge "$work/missing" --out "$work/results.h5"
wrong 'report of nothing there' 'there is no such file or folder' report "$work/missing"
wrong 'report of an empty folder' 'has no results.h5; make one from its trials' report "$work"
wrong 'report in an unknown format' 'unknown format `markdwon`: did you mean `markdown`?' \
    report "$work" --format markdwon
wrong 'plot in an unknown format' 'unknown format `pgn`: did you mean `png`' plot "$work" --format pgn

# ---- the experiment ----
wrong 'unknown experiment' 'there is no experiment and no file `quik`: did you mean `quick`?' \
    run quik --out "$work/out"
wrong 'unknown variant in --only' 'did you mean `alibi`?' run quick --only alibbi --out "$work/out"
wrong 'setting without a value' 'a setting is section.key=value' \
    run quick --set training.steps --out "$work/out"
wrong 'unknown section in --set' 'unknown section [trainig]' run quick --set trainig.steps=3 --out "$work/out"
wrong 'unknown key in --set' 'did you mean `steps`?' run quick --set training.stepps=3 --out "$work/out"
for value in 0 -64 99999999999999999999999999 1e400 nan 64.5 ''; do
    wrong "training length $value" length run quick --set "training.length=$value" --out "$work/out"
done
for value in 0 0L -2L 99999999999999999999999999 1e400L nanL x; do
    wrong "evaluation length $value" lengths run quick --set "evaluation.lengths=$value" --out "$work/out"
done
wrong 'heads that do not divide' '5 heads do not divide a width of 64' \
    run quick --set model.heads=5 --out "$work/out"

head -c 3000 /dev/urandom >"$work/x.ini"
run_file 'random bytes' "$work/x.ini"
: >"$work/x.ini"
run_file 'empty file' 'is empty'
wrong 'folder as experiment' 'is a folder' run "$work" --out "$work/out"

printf '[experiment]\ndatasets = recall\nvariants = rpoe\n' >"$work/x.ini"
run_file 'unknown encoder' 'did you mean `rope`'
printf '[experiment]\ndatasets = recal\nvariants = rope\n' >"$work/x.ini"
run_file 'unknown dataset' 'did you mean `recall`?'
printf '[experiment]\ndatasets = recall\nvariants = rope\n[modell]\nwidth = 8\n' >"$work/x.ini"
run_file 'unknown section' "$work/x.ini:4"
run_file 'unknown section, nearest' 'did you mean `model`?'
printf '[experiment]\ndatasets = recall\nvariants = rope\n[model]\nwitdh = 8\n' >"$work/x.ini"
run_file 'unknown key' "$work/x.ini:5"
run_file 'unknown key, nearest' 'did you mean `width`?'
printf '[experiment]\ndatasets = recall\nvariants = rope(bas=3)\n' >"$work/x.ini"
run_file 'unknown option of an encoder' 'did you mean `base`?'
printf '[experiment]\ndatasets = recall\nvariants = rope\n[dataset recall]\npairs = 20\n' >"$work/x.ini"
run_file 'options that do not fit' 'pairs = 20 need as many different keys, but keys = 16'

printf 0123456789 >"$work/ten.txt"
printf '[experiment]\ndatasets = text\nvariants = rope\n[dataset text]\npath = %s\n' \
    "$work/ten.txt" >"$work/x.ini"
run_file 'text of 10 bytes' \
    "$work/ten.txt: its training block has 8 bytes, but a window of 64 tokens needs 65"
: >"$work/ten.txt"
run_file 'empty text' "$work/ten.txt is empty"
rm "$work/ten.txt"
run_file 'missing text' "$work/ten.txt"

finish
