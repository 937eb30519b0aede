/* Ten thousand trials.  With a folder as argument the program writes a trial file for each there, for
 * merge.sh; alone it merges them in memory. */
#include "tests/test.h"

#include "results/merge/compare.h"
#include "results/merge/merge.h"
#include "tests/results/synthetic.h"

enum { VARIANTS = 40, SEEDS = 125, TRIALS = VARIANTS * SEEDS * 2, LENGTHS = 5, ITEMS = 32 };

/* A variant, one of two datasets and a seed, with the items and the manifest of a small experiment. */
static void make(struct trial *trial, size_t i)
{
    char variant[NAME_SIZE];
    struct text manifest = {0};
    snprintf(variant, sizeof variant, "variant-%02zu", i % VARIANTS);
    synthetic_trial(trial, variant, i / VARIANTS % 2 ? "recall" : "text", (int64_t)(i / VARIANTS / 2) + 1,
                    LENGTHS);
    for (size_t c = 0; c < LENGTHS; c++) {
        struct cell *cell = &trial->cell[c];
        memory_release(cell->score);
        memory_release(cell->item_key);
        cell->items = ITEMS;
        cell->score = memory_allocate(ITEMS, sizeof(float), "test", NULL);
        cell->item_key = memory_allocate(ITEMS, sizeof(int64_t), "test", NULL);
        for (size_t k = 0; k < ITEMS; k++) {
            cell->score[k] = (float)synthetic_noise(variant, trial->seed, cell->length, (int64_t)k);
            cell->item_key[k] = (int64_t)k;
        }
    }
    for (size_t line = 0; line < 40; line++)
        text_append(&manifest, "  \"key %zu\": \"value %zu of %s\",\n", line, i, variant);
    memory_release(trial->manifest);
    trial->manifest = manifest.bytes;
}

static enum status add_all(struct merger *merger, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < TRIALS && !status; i++) {
        struct trial trial;
        char source[40];
        make(&trial, i);
        snprintf(source, sizeof source, "trial %zu", i);
        status = merger_add_trial(merger, &trial, source, message);
        trial_release(&trial);
    }
    return status;
}

/* The same trials once more take no memory but for their names. */
static void memory_is_that_of_the_result(void **state)
{
    const struct merge_options options = {.allow_mixed = false};
    struct message message = {.text = ""};
    struct comparison comparison;
    struct merger *merger;
    struct results once, twice;
    (void)state;
    assert_int_equal(merger_create(&merger, &options, &message), STATUS_OK);
    assert_int_equal(add_all(merger, &message), STATUS_OK);
    assert_int_equal(merger_finish(&once, merger, NULL, 0, &message), STATUS_OK);
    merger_release(merger);
    assert_int_equal(once.trainings, TRIALS);

    assert_int_equal(merger_create(&merger, &options, &message), STATUS_OK);
    assert_int_equal(add_all(merger, &message), STATUS_OK);
    const size_t before = memory_peak();
    assert_int_equal(add_all(merger, &message), STATUS_OK);
    const size_t after = memory_peak();
    assert_int_equal(merger_finish(&twice, merger, NULL, 0, &message), STATUS_OK);
    merger_release(merger);
    if (after - before > (size_t)8 << 20)
        fail_msg("the second time took %zu bytes", after - before);
    assert_int_equal(results_compare(&comparison, &once, "once", &twice, "twice", &message), STATUS_OK);
    assert_int_equal(comparison.cells, TRIALS * LENGTHS);
    assert_int_equal(comparison.differing + comparison.others, 0);
    results_release(&once);
    results_release(&twice);
}

/* 100 files a folder, as trainings have theirs. */
static int write_files(const char *target)
{
    struct message message = {.text = ""};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < TRIALS && !status; i++) {
        struct trial trial;
        char path[512];
        make(&trial, i);
        snprintf(path, sizeof path, "%s/trials/%03zu", target, i / 100);
        status = file_make_folders(path, &message);
        snprintf(path, sizeof path, "%s/trials/%03zu/%s.h5", target, i / 100, trial.evaluation_id);
        if (!status)
            status = trial_write(path, &trial, &message);
        trial_release(&trial);
    }
    if (status)
        fprintf(stderr, "%s\n", message.text);
    return status;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_is_that_of_the_result)};
    if (count == 2)
        return write_files(arguments[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
