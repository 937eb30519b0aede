/* validate.c -- verdicts on results that no run brings about: seeds that are one, sources that do not go
 * together, numbers that are none. */
#include "tests/test.h"

#include "commandline/command.h"
#include "tests/results/synthetic.h"

extern const struct command command_validate;

static char folder[256];

static int make_folder(void **state)
{
    (void)state;
    synthetic_folder(folder, sizeof folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    synthetic_remove(folder);
    return 0;
}

static void make(struct results *results)
{
    static const char *const variants[] = {"rope", "alibi"};
    struct message message = {""};
    if (synthetic_results(results, variants, 2, 2, 2, &message))
        fail_msg("%s", message.text);
}

/* Writes and releases the results, validates the file. */
static enum status verdict(struct results *results, struct message *message)
{
    char *path = file_join(folder, "results.h5");
    const char *const operand[] = {path};
    enum status status = results_write(path, results, message);
    results_release(results);
    if (status)
        fail_msg("%s", message->text);
    status = command_validate.run(NULL, 1, operand, message);
    fflush(stdout);
    memory_release(path);
    return status;
}

static void assert_invalid(struct results *results, const char *reasons)
{
    struct message message = {""};
    assert_int_equal(verdict(results, &message), STATUS_FAILED);
    if (!strstr(message.text, reasons))
        fail_msg("no `%s` in: %s", reasons, message.text);
}

static void good_results(void **state)
{
    struct results results;
    struct message message = {""};
    (void)state;
    make(&results);
    assert_int_equal(verdict(&results, &message), STATUS_OK);
}

/* All losses of seed 2 of rope on text are those of seed 1; one of alibi's is. */
static void seeds_that_are_one(void **state)
{
    struct results results;
    (void)state;
    make(&results);
    for (size_t p = 0; p < results.protocols; p++)
        for (size_t n = 0; n < results.lengths; n++) {
            struct cell *seed2 = results_find_cell(&results, results_index(&results, 0, 1, 0, 1, 0, p, n));
            if (seed2)
                seed2->nll = results_cell(&results, results_index(&results, 0, 1, 0, 0, 0, p, n))->nll;
        }
    results_find_cell(&results, results_index(&results, 1, 1, 0, 1, 0, 1, 0))->nll =
        results_find_cell(&results, results_index(&results, 1, 1, 0, 0, 0, 1, 0))->nll;
    assert_invalid(&results, "is INVALID: 1 reason above");
}

static void sources_that_do_not_go_together(void **state)
{
    static const char mixed[] = "numerics revision 1 and 2";
    struct results results;
    (void)state;
    make(&results);
    results.mixed = memory_allocate(sizeof mixed, 1, "test", NULL);
    memcpy(results.mixed, mixed, sizeof mixed);
    assert_invalid(&results, "is INVALID: 1 reason above");
}

static void no_numbers(void **state)
{
    struct results results;
    (void)state;
    make(&results);
    struct cell *cell = results_find_cell(&results, results_index(&results, 0, 1, 0, 0, 0, 1, 0));
    cell->nll = INFINITY;
    cell->accuracy = NAN;
    struct cell *failed = results_find_cell(&results, results_index(&results, 0, 1, 0, 1, 0, 1, 0));
    failed->status = CELL_FAILED;
    failed->nll = failed->accuracy = NAN;
    struct cell *missing = results_find_cell(&results, results_index(&results, 1, 1, 0, 1, 0, 1, 0));
    missing->status = CELL_NOT_ASKED;
    missing->nll = missing->accuracy = NAN;
    assert_invalid(&results, "is INVALID: 3 reasons above");
}

/* A refusal of everything is an answer, but nothing to report. */
static void nothing_measured(void **state)
{
    struct results results;
    (void)state;
    make(&results);
    for (size_t i = 0; i < results.cells; i++)
        if (results.cell[i].status == CELL_MEASURED) {
            results.cell[i].status = CELL_REFUSED;
            results.cell[i].nll = results.cell[i].accuracy = results.cell[i].exact_match = NAN;
        }
    assert_invalid(&results, "is INVALID: 1 reason above");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_results),
        cmocka_unit_test(seeds_that_are_one),
        cmocka_unit_test(sources_that_do_not_go_together),
        cmocka_unit_test(no_numbers),
        cmocka_unit_test(nothing_measured),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
