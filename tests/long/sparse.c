/* Results of 4.7 million places, a quarter of which was asked.  With a path as argument the program writes such
 * a file, to be merged and reported; alone it merges trials, writes, reads, and looks at its memory. */
#include "tests/test.h"

#include "results/merge/compare.h"
#include "results/merge/merge.h"
#include "tests/results/synthetic.h"

enum { VARIANTS = 61, DATASETS = 30, CONFIGURATIONS = 4, SEEDS = 10, PROTOCOLS = 8, LENGTHS = 8 };
enum { TRIALS = VARIANTS * DATASETS * CONFIGURATIONS * SEEDS, ASKED = 2 };
enum { PLACES = TRIALS * PROTOCOLS * LENGTHS };

/* The cells once more, for a second protocol. */
static void double_cells(struct trial *trial)
{
    struct cell *cell = memory_allocate(ASKED * LENGTHS, sizeof *cell, "test", NULL);
    struct protocol_record *protocol = memory_allocate(ASKED, sizeof *protocol, "test", NULL);
    for (size_t p = 0; p < ASKED; p++)
        protocol[p] = *trial->protocol;
    for (size_t c = 0; c < LENGTHS; c++) {
        cell_release_items(&trial->cell[c]);
        cell[c] = cell[LENGTHS + c] = trial->cell[c];
    }
    memory_release(trial->cell);
    memory_release(trial->protocol);
    trial->cell = cell;
    trial->cells = ASKED * LENGTHS;
    trial->protocol = protocol;
    trial->protocols = ASKED;
}

/* Each dataset has two protocols of the eight. */
static void make(struct trial *trial, size_t i)
{
    const size_t dataset = i % DATASETS, configuration = i / DATASETS % CONFIGURATIONS;
    const size_t seed = i / (DATASETS * CONFIGURATIONS) % SEEDS;
    char variant[NAME_SIZE];
    snprintf(variant, sizeof variant, "variant-%02zu", i / (DATASETS * CONFIGURATIONS * SEEDS));
    synthetic_trial(trial, variant, "text", (int64_t)seed + 1, LENGTHS);
    double_cells(trial);
    snprintf(trial->dataset.name, NAME_SIZE, "dataset-%02zu", dataset);
    trial->configuration.layers = (int64_t)configuration + 1;
    snprintf(trial->configuration.name, NAME_SIZE, "%zux64-L64", configuration + 1);
    snprintf(trial->training_id, ID_SIZE, "%016zx", i);
    for (size_t p = 0; p < ASKED; p++) {
        snprintf(trial->protocol[p].name, NAME_SIZE, "protocol-%zu",
                 dataset % (PROTOCOLS / ASKED) * ASKED + p);
        for (size_t c = 0; c < LENGTHS; c++) {
            struct cell *cell = &trial->cell[p * LENGTHS + c];
            cell->protocol = trial->protocol[p].name;
        }
    }
}

static enum status merge(struct results *results, struct message *message)
{
    const struct merge_options options = {.no_items = true};
    struct merger *merger;
    enum status status = merger_create(&merger, &options, message);
    for (size_t i = 0; i < TRIALS && !status; i++) {
        struct trial trial;
        make(&trial, i);
        status = merger_add_trial(merger, &trial, "a trial", message);
        trial_release(&trial);
    }
    if (!status)
        status = merger_finish(results, merger, NULL, 0, message);
    merger_release(merger);
    return status;
}

static size_t mebibytes(void)
{
    return memory_peak() >> 20;
}

static void memory_is_that_of_what_was_asked(void **state)
{
    char folder[] = "/tmp/lexbench-test-XXXXXX", path[64];
    struct message message = {.text = ""};
    struct results results, read;
    struct comparison comparison;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/results.h5", folder);
    assert_int_equal(merge(&results, &message), STATUS_OK);
    const size_t merged = mebibytes();
    assert_int_equal(results.cells, PLACES / (PROTOCOLS / ASKED));
    assert_int_equal(results_write(path, &results, &message), STATUS_OK);
    const size_t written = mebibytes();
    assert_int_equal(results_read(&read, path, &message), STATUS_OK);
    const size_t both = mebibytes();
    assert_int_equal(results_compare(&comparison, &results, "merged", &read, "read", &message), STATUS_OK);
    assert_int_equal(comparison.cells, results.cells);
    assert_int_equal(comparison.differing + comparison.others, 0);
    printf("MiB at most: %zu merged, %zu written, %zu with what was read\n", merged, written, both);
    assert_in_range(merged, 1, 900);
    results_release(&results);
    results_release(&read);
    unlink(path);
    rmdir(folder);
}

static int write_file(const char *path)
{
    struct message message = {.text = ""};
    struct results results;
    enum status status = merge(&results, &message);
    if (!status)
        status = results_write(path, &results, &message);
    results_release(&results);
    if (status)
        fprintf(stderr, "%s\n", message.text);
    return status;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_is_that_of_what_was_asked)};
    if (count == 2)
        return write_file(arguments[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
