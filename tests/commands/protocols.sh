#!/bin/sh
# [protocol NAME], folds, floors, retrieval and attention from an experiment file to results.h5 and back, on two
# datasets of this test's own: a text in folds whose floor is known, and a task with a needle and an end.
. "$(dirname "$0")/lib.inc"

cat >"$work/letters.c" <<'END'
/* letters.c -- 3,000 letters, in folds; test. */
#include "datasets/dataset.h"

enum { LETTERS = 3000 };
struct letters {
    size_t first[3], size[3];
};
static const struct option letters_options[] = {{.name = NULL}};

static enum status choose_fold(void *state, size_t fold, size_t folds, struct message *message)
{
    struct letters *letters = state;
    size_t block = LETTERS / folds;

    if (folds > 20)
        return message_set(message, STATUS_WRONG, "dataset letters: %zu folds are too many", folds);
    letters->size[SPLIT_TEST] = letters->size[SPLIT_VALIDATION] = block;
    letters->size[SPLIT_TRAINING] = LETTERS - 2 * block;
    letters->first[SPLIT_TEST] = fold * block;
    letters->first[SPLIT_VALIDATION] = (fold + 1) % folds * block;
    letters->first[SPLIT_TRAINING] = (fold + 2) % folds * block;
    return STATUS_OK;
}
static enum status prepare(void *state, struct message *message)
{
    return choose_fold(state, 9, 10, message);
}
static size_t vocabulary(const void *state)
{
    (void)state;
    return 4;
}
static size_t minimum(const void *state)
{
    (void)state;
    return 1;
}
static size_t extent(const void *state, enum split split)
{
    return ((const struct letters *)state)->size[split] - 1;
}
static void window(const void *state, enum split split, size_t first, size_t n, int32_t *tokens, int32_t *targets)
{
    const struct letters *letters = state;
    for (size_t i = 0; i < n; i++) {
        size_t at = letters->first[split] + first + i;
        tokens[i] = (int32_t)(at % LETTERS / 7 % 4);
        targets[i] = (int32_t)((at + 1) % LETTERS / 7 % 4);
    }
}
static void window_floor(const void *state, enum split split, size_t first, size_t n, double *nll)
{
    for (size_t i = 0; i < n; i++)
        nll[i] = 1e-3 * (double)(((const struct letters *)state)->first[split] + first + i);
}
static void example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens, int32_t *targets,
                    int32_t *marks)
{
    (void)marks;
    window(state, split, random_below(key, 0, extent(state, split) - n), n, tokens, targets);
}
static bool verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    (void)state, (void)tokens;
    return n > 0 && targets[0] >= 0;
}
const struct dataset dataset_letters = {
    .name = "letters", .summary = "a test", .citation = "none", .version = 1, .state_size = sizeof(struct letters),
    .options = letters_options, .prepare = prepare, .choose_fold = choose_fold, .vocabulary = vocabulary,
    .minimum = minimum, .extent = extent, .window = window, .window_floor = window_floor, .example = example,
    .verify = verify};
END
cat >"$work/hay.c" <<'END'
/* hay.c -- a needle (1) among 0 and 6, and after it has been asked for (2), its colour (3 or 4) and the end (5); test. */
#include <math.h>

#include "datasets/dataset.h"

struct hay {
    size_t colours;
};
static const struct option hay_options[] = {
    {"colours", OPTION_SIZE, offsetof(struct hay, colours), "2", 1, 2, NULL, "colours of the needle"}, {.name = NULL}};

static size_t vocabulary(const void *state)
{
    (void)state;
    return 7;
}
static size_t minimum(const void *state)
{
    (void)state;
    return 4;
}
static void example_at(const void *state, struct key key, enum split split, size_t n, double depth, int32_t *tokens,
                       int32_t *targets, int32_t *marks)
{
    size_t at = (size_t)(depth * (double)(n - 4));
    int32_t colour = (int32_t)(3 + random_below(key, 1, ((const struct hay *)state)->colours));

    (void)split, (void)marks;
    for (size_t i = 0; i < n; i++) {
        tokens[i] = random_below(key, 2 + i, 2) == 0 ? 0 : 6;
        targets[i] = UNSCORED;
    }
    tokens[at] = 1;
    tokens[at + 1] = colour;
    tokens[n - 2] = 2;
    targets[n - 2] = tokens[n - 1] = colour;
    targets[n - 1] = 5;
}
static void example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens, int32_t *targets,
                    int32_t *marks)
{
    example_at(state, key, split, n, random_uniform(key, 0), tokens, targets, marks);
}
static bool verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    (void)state;
    return targets[n - 2] == tokens[n - 1];
}
static int32_t end_token(const void *state)
{
    (void)state;
    return 5;
}
const struct dataset dataset_hay = {
    .name = "hay", .summary = "a test", .citation = "none", .version = 1, .state_size = sizeof(struct hay),
    .options = hay_options, .uniform_length = true, .vocabulary = vocabulary, .minimum = minimum, .example = example,
    .example_at = example_at, .end_token = end_token, .verify = verify};
END

# ---- the program with these two: the objects that there are, the new files, and the registry ----
objects=$(dirname "$lexbench")
if [ ! -e "$objects/liblexbench.a" ]; then
    # shellcheck disable=SC2016  # $(O) is for make
    objects=$(make -s --no-print-directory --eval='print-folder: ; @echo $(O)' print-folder 2>/dev/null |
        tail -n 1)
fi
if [ ! -e "$objects/liblexbench.a" ]; then
    echo 'skip protocols: there are no objects to build on'
    finish
fi
cp -Rp "$objects" "$work/objects"
rm -rf "$work/objects/tests" "$work/objects/suite/registry/registry.o"
find "$work/objects" -name '*.d' -exec rm {} +
expect 'built' 0 '' make -s O="$work/objects" EXTRA_DATASETS="$work/letters.c $work/hay.c" \
    "$work/objects/lexbench"
program=$work/objects/lexbench

cat >"$work/x.ini" <<'END'
[experiment]
name     = folded
datasets = letters, hay
variants = alibi, none
folds    = 3
[model]
width = 16
heads = 2
[training]
length = 16
steps  = 8
batch  = 4
[evaluation]
lengths   = 1L, 2L, 4L
examples  = 12
protocols = nonoverlap, near, eighths, per-position, attention, exact-match, needle
[protocol near]
kind    = sliding
targets = 50
[protocol eighths]
kind   = sliding
stride = 8
[protocol needle]
kind   = retrieval
depths = 0, 0.5, 1
END
expect 'plan' 0 '' "$program" plan "$work/x.ini"
cp "$work/stdout" "$work/plan"
check 'plan: three folds of the text, one of the task' "$(cat "$work/plan")" \
    sh -c "[ \$(grep -c '^train .*letters fold [123]' '$work/plan') = 6 ] && [ \$(grep -c '^train .*hay  ' '$work/plan') = 2 ]"
check 'plan: ids of folds differ' "$(cat "$work/plan")" \
    sh -c "[ \$(awk '/^train/ { print \$2 }' '$work/plan' | sort -u | wc -l) = 8 ]"
check 'plan: the cost of a protocol' "$(cat "$work/plan")" \
    grep -q '^protocol  near .* on letters fold 1: 150 windows or examples at 3 lengths, 0.0001 TFLOP a variant' \
    "$work/plan"
check 'plan: of retrieval, each depth' "$(cat "$work/plan")" \
    grep -q '^protocol  needle .* on hay: 108 windows' "$work/plan"
"$program" plan "$work/x.ini" --print >"$work/printed.ini"
expect 'printed' 0 '' "$program" plan "$work/printed.ini"
check 'printed: the same ids' "$(cat "$work/printed.ini")" \
    sh -c "[ \"\$(awk '/^(train|evaluate)/ { print \$1, \$2 }' '$work/stdout')\" = \"\$(awk '/^(train|evaluate)/ { print \$1, \$2 }' '$work/plan')\" ]"
"$program" plan "$work/x.ini" --set experiment.folds=4 >"$work/four"
check 'plan: ids know how many folds' 'one is the same' \
    sh -c "! awk '/^train.*letters/ { print \$2 }' '$work/four' | grep -qFf - '$work/plan'"
"$program" plan "$work/x.ini" --set 'protocol near.targets=51' >"$work/other"
check 'plan: options of a protocol evaluate again, and train nothing again' "$(diff "$work/plan" "$work/other")" \
    sh -c "[ \"\$(grep ^train '$work/other')\" = \"\$(grep ^train '$work/plan')\" ] && \
        ! grep '^evaluate.*letters' '$work/other' | awk '{ print \$2 }' | grep -qFf - '$work/plan'"
expect 'too many folds' 2 'x.ini:5: dataset letters: 30 folds' \
    sh -c "sed 's/folds .*/folds = 30/' '$work/x.ini' >'$work/y-x.ini'; '$program' plan '$work/y-x.ini'"
expect 'two lists of depths' 2 'have two lists of depths' "$program" plan "$work/x.ini" \
    --set 'dataset straw.kind=hay' --set 'experiment.datasets=hay, straw' --set 'evaluation straw.protocols=retrieval'

expect 'run' 0 '' env OMP_NUM_THREADS=1 "$program" run "$work/x.ini" --out "$work/one" --quiet
expect 'run: more threads' 0 '' env OMP_NUM_THREADS=3 "$program" run "$work/printed.ini" --out "$work/three" --quiet
expect 'the same bits' 0 '' "$program" compare "$work/one" "$work/three"
expect 'merged again' 0 '' "$program" merge "$work/three/trials" "$work/one" --out "$work/both.h5"
expect 'merged again: equal' 0 '' "$program" compare "$work/one" "$work/both.h5"
expect 'whole, but the task is not learnt in so few steps' 1 'is INVALID: 4 reasons' \
    "$program" validate "$work/one/results.h5"
cp "$work/stdout" "$work/validated"
check 'whole: no fold is missing, none failed' "$(cat "$work/validated")" \
    test "$(grep -c '^    not learnt: ' "$work/validated")" -eq 4

# ---- from the weights of one fold, the same cells ----
fold=$(awk '/^train .*alibi.*letters fold 2/ { print $2 }' "$work/plan")
expect 'evaluate' 0 '' "$program" evaluate "$work/one/trials/$fold" --out "$work/evaluated.h5" --quiet
expect 'evaluate: joins the run' 0 '' "$program" merge "$work/evaluated.h5" "$work/one" --out "$work/joined.h5"
expect 'evaluate: equal' 0 '' "$program" compare "$work/one" "$work/joined.h5"
expect 'evaluate: other options of a protocol' 0 '' "$program" evaluate "$work/one/trials/$fold" alibi --quiet \
    --set 'evaluation.protocols=near' --set 'protocol near.targets=20'

python=/usr/bin/python3
if ! "$python" -c 'import xarray, h5netcdf' 2>/dev/null; then
    echo 'skip protocols-values: python3 with xarray and h5netcdf is not installed'
    finish
fi
cat >"$work/check.py" <<'END'
import sys
import numpy as np
import xarray

r = xarray.open_dataset(sys.argv[1], engine="h5netcdf")
assert list(r.fold.values) == [0, 1, 2, 3], r.fold.values
measured = r.status == 1
assert measured.sel(dataset="letters", protocol="near").any("fold").all()
assert not measured.sel(dataset="letters", fold=0).any() and not measured.sel(dataset="hay", fold=[1, 2, 3]).any()
stride = dict(zip(r.protocol.values, r.stride.values))
assert stride["near"] == 1 and stride["eighths"] == 8 and stride["nonoverlap"] == 0, stride
assert not r.begin_token.any() and dict(zip(r.dataset.values, r.end_token.values)) == {"letters": 0, "hay": 1}

# Floors: the mean over the places that are scored; the blocks of the folds lie one after the other.
text = r.sel(dataset="letters", configuration="2x16-L16").squeeze(drop=True)
for fold in (1, 2, 3):
    first = (fold - 1) * 1000
    whole = text.floor.sel(fold=fold, protocol="nonoverlap")
    assert np.allclose(whole, 1e-3 * (first + (960 - 1) / 2)), whole.values
    near = text.floor.sel(fold=fold, protocol="near")
    assert (near == near[0]).all() and abs(near[0] - 1e-3 * (first + 530)) < 0.02, near.values
    counts = np.array([sum(1 for p in range(1, 65) if f <= p < e) for f, e in zip(r.first.values, r.end.values)])
    bins = text.position_nll.sel(fold=fold, length=64)
    assert (bins.notnull() == (counts > 0)).all()
    total = (bins.fillna(0) * counts).sum("position_bin") / 64
    assert np.allclose(total, text.nll.sel(fold=fold, protocol="per-position", length=64), rtol=1e-9)
    assert np.allclose(total, text.nll.sel(fold=fold, protocol="nonoverlap", length=64), rtol=1e-9)
    floor = text.position_floor.sel(fold=fold, length=64)
    assert np.allclose((floor.fillna(0) * counts).sum() / 64, whole.sel(length=64))
sets = text.scored_sha256.sel(fold=1, protocol="near").values
assert len(set(sets)) == 1 and set(text.scored_tokens.sel(fold=1, protocol="near").values) == {50}

task = r.sel(dataset="hay", fold=0, configuration="2x16-L16").squeeze(drop=True)
assert list(r.depth.values) == [0, 0.5, 1]
kept = 36 - task.left_out.sel(protocol="needle")
assert (task.scored_tokens.sel(protocol="needle") == 2 * kept).all()
assert task.retrieval.dims == ("variant", "length", "depth") and (task.retrieval >= 0).any()
assert (task.exact_match_forced.sel(protocol="exact-match") >= task.exact_match.sel(protocol="exact-match")).all()
entropy = r.attention_entropy.sel(dataset="hay", fold=0, protocol="attention").squeeze(drop=True)
assert (entropy.sel(variant="none") > 0).all() and (entropy <= np.log(r.length)).all()
distance = r.attention_distance.sel(dataset="hay", fold=0, protocol="attention").squeeze(drop=True)
assert (distance.sel(variant="alibi") < distance.sel(variant="none")).all()
assert np.isnan(r.attention_first.sel(protocol="nonoverlap")).all()
END
check 'values' 'they are not as they should be' "$python" "$work/check.py" "$work/one/results.h5"

finish
