/* compare.c -- lexbench compare: are two results equal, outside what was measured? */
#include <stdio.h>

#include "commandline/command.h"
#include "results/merge/compare.h"
#include "running/collection.h"

/* What can't be read is no results file: the request was wrong, and nothing was compared. */
static enum status open_side(struct results *results, const char *path, struct message *message)
{
    return !collection_open_results(results, path, message) ? STATUS_OK : STATUS_WRONG;
}

static void print_comparison(const struct comparison *comparison)
{
    if (comparison->note[0])
        fprintf(stderr, "note: %s\n", comparison->note);
    if (comparison->differing == 0 && comparison->others == 0) {
        printf("equal: %zu cell%s\n", comparison->cells, comparison->cells == 1 ? "" : "s");
        return;
    }
    if (comparison->other[0])
        printf("differs: %s\n", comparison->other);
    if (comparison->cell[0])
        printf("differs: %s\n", comparison->cell);
    printf("%zu of %zu cell%s differ%s", comparison->differing, comparison->cells,
           comparison->cells == 1 ? "" : "s", comparison->differing == 1 ? "s" : "");
    if (comparison->others > 0)
        printf(", and %zu other thing%s", comparison->others, comparison->others == 1 ? "" : "s");
    printf("\n");
}

static enum status compare_run(const void *request, size_t count, const char *const *operand,
                               struct message *message)
{
    struct results a = {.variants = 0}, b = {.variants = 0};
    struct comparison comparison;
    enum status status;
    (void)request;
    (void)count;
    status = open_side(&a, operand[0], message);
    if (!status)
        status = open_side(&b, operand[1], message);
    if (!status)
        status = results_compare(&comparison, &a, operand[0], &b, operand[1], message);
    if (!status) {
        print_comparison(&comparison);
        if (comparison.differing > 0 || comparison.others > 0)
            status = STATUS_DIFFERENT;
    }
    results_release(&a);
    results_release(&b);
    return status;
}

extern const struct command command_compare;
const struct command command_compare = {
    .name = "compare",
    .operands = "A B",
    .summary = "are two results equal, and where do they differ?",
    .examples = "lexbench compare runs/quick runs/again\n"
                "lexbench compare before.h5 after.h5 && echo equal",
    .more = "A and B are results files or folders of runs.  Every number is compared bit for bit, place by "
            "place;\n"
            "times, hosts, threads, labels of the experiment and manifests are not.  Exit status 0: equal,\n"
            "3: they differ, 2: one is no results file.\n",
    .least = 2,
    .most = 2,
    .run = compare_run,
};
