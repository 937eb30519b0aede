/* Losses by position and retrieval by depth: written and read, merged and compared under the rules of every
 * other number. */
#include "tests/test.h"

#include "results/merge/compare.h"
#include "results/merge/merge.h"
#include "tests/results/synthetic.h"

static void bins(void **state)
{
    (void)state;
    assert_int_equal(position_bin_first(0), 1);
    for (size_t bin = 0; bin + 4 < POSITION_BINS; bin += 4)
        assert_int_equal(position_bin_first(bin + 4), 2 * position_bin_first(bin));
    for (int64_t position = 1; position < 70000; position++) {
        size_t bin = position_bin_of(position);
        assert_true(position_bin_first(bin) <= position);
        assert_true(bin + 1 == POSITION_BINS || position < position_bin_first(bin + 1));
    }
    assert_int_equal(position_bin_of(INT64_MAX), POSITION_BINS - 1);
}

static void trial_file(void **state)
{
    struct message message = {.text = ""};
    struct trial out, in;
    char folder[256], path[300];
    (void)state;
    synthetic_folder(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/trial.h5", folder);
    for (size_t task = 0; task < 2; task++) {
        synthetic_trial(&out, "rope", task ? "recall" : "text", 1, 2);
        synthetic_arrays(&out);
        assert_int_equal(trial_write(path, &out, &message), STATUS_OK);
        assert_int_equal(trial_read(&in, path, &message), STATUS_OK);
        assert_int_equal(in.depths, task ? SYNTHETIC_DEPTHS : 0);
        if (task)
            assert_memory_equal(in.depth, out.depth, SYNTHETIC_DEPTHS * sizeof(double));
        for (size_t i = 0; i < 4; i++) {
            const struct cell *a = &out.cell[i], *b = &in.cell[i];
            assert_int_equal(b->left_out, a->left_out);
            assert_memory_equal(&b->floor, &a->floor, sizeof(double));
            assert_int_equal(b->position_nll != NULL, i >= 2 && !task);
            assert_int_equal(b->retrieval != NULL, i >= 2 && task);
            if (b->position_nll) {
                assert_memory_equal(b->position_nll, a->position_nll, POSITION_BINS * sizeof(double));
                assert_memory_equal(b->position_floor, a->position_floor, POSITION_BINS * sizeof(double));
            }
            if (b->retrieval)
                assert_memory_equal(b->retrieval, a->retrieval, SYNTHETIC_DEPTHS * sizeof(double));
        }
        trial_release(&in);
        trial_release(&out);
    }
    synthetic_remove(folder);
}

/* Two trials in both orders; NULL = they merge. */
static void assert_pair(const struct trial *a, const struct trial *b, const char *says)
{
    const struct trial *pairs[2][2] = {{a, b}, {b, a}};
    for (size_t i = 0; i < 2; i++) {
        struct message message = {.text = ""};
        struct results results;
        assert_int_equal(synthetic_merge(&results, pairs[i], 2, NULL, 0, &message),
                         says ? STATUS_FAILED : STATUS_OK);
        if (says && !strstr(message.text, says))
            fail_msg("`%s` does not say `%s`", message.text, says);
        results_release(&results);
    }
}

static void merging(void **state)
{
    struct trial a, b;
    (void)state;
    synthetic_trial(&a, "rope", "text", 1, 2);
    synthetic_trial(&b, "rope", "text", 1, 2);
    synthetic_arrays(&a);
    synthetic_arrays(&b);
    assert_pair(&a, &b, NULL);
    b.cell[2].position_nll[5] += 1;
    assert_pair(&a, &b, "position_nll is");
    b.cell[2].position_nll[5] = NAN; /* a number and none */
    assert_pair(&a, &b, "position_nll is");
    b.cell[2].position_nll[5] = a.cell[2].position_nll[5];
    b.cell[3].floor = 1;
    assert_pair(&a, &b, "floor is");
    b.cell[3].floor = NAN;
    b.cell[3].left_out++;
    assert_pair(&a, &b, "left_out is");
    b.cell[3].left_out--;
    b.cell[3].exact_match_forced = 0.5;
    assert_pair(&a, &b, "exact_match_forced is");
    b.cell[3].exact_match_forced = NAN;
    b.cell[3].attention_first = 0.5;
    assert_pair(&a, &b, "attention_first is");
    b.cell[3].attention_first = NAN;
    assert_pair(&a, &b, NULL);
    snprintf(b.protocol[1].name, NAME_SIZE, "others"); /* no dimension tells two protocols apart */
    for (size_t i = 2; i < 4; i++)
        b.cell[i].protocol = "others";
    assert_pair(&a, &b, "position_nll under two protocols");
    snprintf(b.protocol[1].kind, NAME_SIZE, "sliding");
    assert_pair(&a, &b, "of kind sliding, not per-position");
    trial_release(&b);

    synthetic_trial(&b, "alibi", "text", 1, 2); /* the floor belongs to the scored set */
    synthetic_arrays(&b);
    assert_pair(&a, &b, NULL);
    b.cell[2].position_floor[3] += 1;
    assert_pair(&a, &b, "different sets");
    trial_release(&a);
    trial_release(&b);
}

static void merging_depths(void **state)
{
    struct trial a, b;
    (void)state;
    synthetic_trial(&a, "rope", "recall", 1, 2);
    synthetic_trial(&b, "rope", "recall", 1, 2);
    assert_pair(&a, &b, NULL);
    synthetic_arrays(&a);
    synthetic_arrays(&b);
    assert_pair(&a, &b, NULL);
    b.cell[2].retrieval[2] += 1;
    assert_pair(&a, &b, "retrieval is");
    b.cell[2].retrieval[2] = a.cell[2].retrieval[2];
    b.depth[1] = 0.4;
    assert_pair(&a, &b, "depths do not go together");
    trial_release(&a);
    trial_release(&b);
}

/* Where scored sets differ there is no floor to speak of, but each keeps its losses. */
static void mixture(void **state)
{
    struct message message = {.text = ""};
    const struct merge_options options = {.allow_mixed = true};
    struct merger *merger;
    struct results results;
    struct trial a, b;
    (void)state;
    synthetic_trial(&a, "rope", "text", 1, 1);
    synthetic_trial(&b, "alibi", "text", 1, 1);
    synthetic_arrays(&a);
    synthetic_arrays(&b);
    b.cell[1].position_floor[3] += 1;
    assert_int_equal(merger_create(&merger, &options, &message), STATUS_OK);
    assert_int_equal(merger_add_trial(merger, &a, "one", &message), STATUS_OK);
    assert_int_equal(merger_add_trial(merger, &b, "other", &message), STATUS_OK);
    assert_int_equal(merger_finish(&results, merger, NULL, 0, &message), STATUS_OK);
    const struct cell *cell =
        results_find_cell(&results, results_index(&results, 1, 0, 0, 0, 0, 1, 0)); /* rope, positions */
    assert_string_equal(cell->scored_sha256, "mixed");
    assert_null(cell->position_floor);
    assert_true(isnan(cell->floor));
    assert_memory_equal(cell->position_nll, a.cell[1].position_nll, POSITION_BINS * sizeof(double));
    merger_release(merger);
    results_release(&results);
    trial_release(&a);
    trial_release(&b);
}

static void make(struct results *out)
{
    struct message message = {.text = ""};
    struct trial trial[2];
    const struct trial *pointer[2] = {&trial[0], &trial[1]};
    for (size_t i = 0; i < 2; i++) {
        synthetic_trial(&trial[i], "rope", i ? "recall" : "text", 1, 2);
        synthetic_arrays(&trial[i]);
    }
    assert_int_equal(synthetic_merge(out, pointer, 2, NULL, 0, &message), STATUS_OK);
    trial_release(&trial[0]);
    trial_release(&trial[1]);
}

static void assert_difference(const struct results *a, const struct results *b, const char *cell,
                              const char *other)
{
    struct message message;
    struct comparison comparison;
    assert_int_equal(results_compare(&comparison, a, "first.h5", b, "second.h5", &message), STATUS_OK);
    if (!strstr(comparison.cell, cell) || !strstr(comparison.other, other))
        fail_msg("`%s` / `%s` do not say `%s` / `%s`", comparison.cell, comparison.other, cell, other);
    assert_int_equal(comparison.differing, *cell != '\0');
    assert_int_equal(comparison.others, *other != '\0');
}

static void comparing(void **state)
{
    struct results a, b;
    (void)state;
    make(&a);
    make(&b);
    assert_difference(&a, &b, "", "");
    for (size_t i = 0; i < b.cells; i++) {
        if (b.cell[i].position_floor) {
            b.cell[i].position_floor[7] = nextafter(b.cell[i].position_floor[7], 9);
            assert_difference(&a, &b, "position_floor[7] of rope on text", "");
            b.cell[i].position_floor[7] = a.cell[i].position_floor[7];
        }
        if (b.cell[i].retrieval) {
            double *kept = b.cell[i].retrieval;
            b.cell[i].retrieval = NULL;
            assert_difference(&a, &b, "retrieval[0] of rope on recall", "");
            b.cell[i].retrieval = kept;
        }
    }
    b.depth[0] = 0.1;
    assert_difference(&a, &b, "", "depths");
    results_release(&a);
    results_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bins),           cmocka_unit_test(trial_file), cmocka_unit_test(merging),
        cmocka_unit_test(merging_depths), cmocka_unit_test(mixture),    cmocka_unit_test(comparing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
