/* validate.c -- lexbench validate: is this experiment one that can run; is this file whole, and are its
 * results fit to be reported? */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commandline/command.h"
#include "experiment/plan.h"
#include "experiment/search/search.h"
#include "kernels/isa.h"
#include "results/findings/validity.h"
#include "results/store/examine.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/trial.h"
#include "support/file.h"
#include "support/label.h"
#include "support/memory.h"

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* Notes first; the last line says it all; STATUS_FAILED without a sentence of its own is INVALID. */
static enum status pronounce(struct validity *validity, const char *path, struct message *message)
{
    const size_t hidden = validity->count > VALIDITY_REASONS ? validity->count - VALIDITY_REASONS : 0;
    enum status status = STATUS_OK;
    for (const char *line = text_string(&validity->notes); *line;) {
        const size_t bytes = strcspn(line, "\n");
        printf("note: %.*s\n", (int)bytes, line);
        line += bytes + (line[bytes] == '\n');
    }
    if (validity->reasons.failed || validity->notes.failed) {
        status = message_set(message, STATUS_FAILED, "no memory for the reasons");
    } else if (validity->count == 0) {
        printf("VALID\n");
    } else {
        printf("INVALID\n%s", text_string(&validity->reasons));
        if (hidden > 0)
            printf("    and %zu more\n", hidden);
        status = message_set(message, STATUS_FAILED, "%s is INVALID: %zu reason%s above", path,
                             validity->count, plural(validity->count));
    }
    validity_release(validity);
    return status;
}

static void print_tally(const struct validity *validity)
{
    printf("cells: %zu measured", validity->status[CELL_MEASURED]);
    if (validity->not_finite > 0)
        printf(" (%zu not finite)", validity->not_finite);
    printf(", %zu refused, %zu failed, %zu missing\n", validity->status[CELL_REFUSED],
           validity->status[CELL_FAILED], validity->status[CELL_MISSING]);
}

/* ---- a trial, and results ---- */

static enum status validate_trial(const char *path, struct message *message)
{
    struct trial trial;
    struct text name = {0};
    struct validity validity;
    enum status status = trial_read(&trial, path, message);
    if (status)
        return status;
    label_plain(&name, trial.variant.name);
    text_append(&name, " on ");
    label_plain(&name, trial.dataset.name);
    printf("variant %s, seed %lld, training %s, evaluation %s\n", text_string(&name), (long long)trial.seed,
           trial.training_id, trial.evaluation_id);
    text_release(&name);
    validity_of_trial(&validity, &trial);
    print_tally(&validity);
    trial_release(&trial);
    return pronounce(&validity, path, message);
}

static enum status validate_results(const char *path, struct message *message)
{
    struct results results = {.variants = 0};
    struct validity validity;
    enum status status = results_read(&results, path, message);
    if (status)
        return status;
    printf("%zu variant%s, %zu dataset%s, %zu configuration%s, %zu seed%s, %zu training%s\n",
           results.variants, plural(results.variants), results.datasets, plural(results.datasets),
           results.configurations, plural(results.configurations), results.seeds, plural(results.seeds),
           results.trainings, plural(results.trainings));
    validity_of_results(&validity, &results);
    print_tally(&validity);
    results_release(&results);
    return pronounce(&validity, path, message);
}

/* ---- weights, and any other ---- */

static enum status validate_arrays(const struct examined *found, const char *path, struct message *message)
{
    struct validity validity = {.count = 0};
    char reason[160];
    printf("%zu array%s, %zu numbers\n", found->arrays, plural(found->arrays), found->values);
    if (strcmp(found->kind, "weights") == 0 && found->values == 0)
        validity_object(&validity, "it holds no weights");
    if (strcmp(found->kind, "weights") == 0 && found->not_finite > 0) {
        snprintf(reason, sizeof reason, "not finite: %zu of %zu weights", found->not_finite, found->values);
        validity_object(&validity, reason);
    }
    return pronounce(&validity, path, message);
}

static enum status validate_stored(const char *path, struct message *message)
{
    struct examined found;
    enum status status = store_examine(&found, path, message);
    if (status)
        return status;
    printf("%s: %s file, whole, %zu bytes\n", path, found.kind, found.bytes);
    if (strcmp(found.kind, "trial") == 0)
        return validate_trial(path, message);
    if (strcmp(found.kind, "results") == 0)
        return validate_results(path, message);
    return validate_arrays(&found, path, message);
}

/* ---- experiments ---- */

static enum status validate_experiment(const char *name, const struct argument_list *preset,
                                       struct message *message)
{
    struct plan plan;
    struct plan_request request = {.experiment = name, .presets = preset->count, .preset = preset->at};
    double flop = 0;
    size_t evaluations = 0;
    enum isa isa;
    enum status status = isa_choose(&isa, "auto", message);
    if (status)
        return status;
    request.instruction_set = isa_name(isa);
    status = plan_make(&plan, &request, message);
    if (status)
        return status;
    for (size_t t = 0; t < plan.trainings; t++) {
        evaluations += plan.training[t].evaluations;
        flop += plan.training[t].training_flop + plan.training[t].evaluation_flop;
    }
    if (search_goes_on(&plan))
        printf("%s: first the tuning, then %zu training%s with the options it chooses\n", name,
               plan.search->experiment->trainings, plural(plan.search->experiment->trainings));
    printf("%s: experiment %s, %zu variant%s, %zu dataset%s with their configurations, %zu seed%s\n"
           "%zu training%s and %zu evaluation%s, %.4f TFLOP\nVALID\n",
           name, plan.name, plan.variants, plural(plan.variants), plan.datasets, plural(plan.datasets),
           plan.seeds, plural(plan.seeds), plan.trainings, plural(plan.trainings), evaluations,
           plural(evaluations), flop / 1e12);
    plan_release(&plan);
    return STATUS_OK;
}

/* ---- command ---- */

/* By name, or by how it begins: an experiment is text. */
static bool is_stored(const char *path)
{
    static const unsigned char signature[] = {0x89, 'H', 'D', 'F'};
    const size_t length = strlen(path);
    unsigned char first[sizeof signature] = {0};
    FILE *file;
    if (length > 3 && strcmp(path + length - 3, ".h5") == 0)
        return true;
    file = fopen(path, "rbe");
    if (file) {
        if (fread(first, 1, sizeof first, file) != sizeof first)
            first[0] = 0;
        fclose(file);
    }
    return memcmp(first, signature, sizeof signature) == 0;
}

struct validate_request {
    struct argument_list preset;
};

static enum status validate_run(const void *given, size_t count, const char *const *operand,
                                struct message *message)
{
    const struct validate_request *request = given;
    struct stat facts;
    char *inside;
    enum status status;
    (void)count;
    if (stat(operand[0], &facts) != 0 || !S_ISDIR(facts.st_mode))
        return is_stored(operand[0]) ? validate_stored(operand[0], message)
                                     : validate_experiment(operand[0], &request->preset, message);
    inside = file_join(operand[0], "results.h5");
    if (!inside)
        return message_set(message, STATUS_FAILED, "no memory for the path of the results in %s", operand[0]);
    status = validate_stored(inside, message);
    memory_release(inside);
    return status;
}

static const struct argument validate_arguments[] = {
    {"preset", ARGUMENT_LIST, offsetof(struct validate_request, preset), "NAME",
     "of an experiment: with the settings of [preset NAME]; may be repeated"},
    {.name = NULL},
};

extern const struct command command_validate;
const struct command command_validate = {
    .name = "validate",
    .operands = "FILE",
    .summary = "is an experiment right, is a results file whole and fit to be reported?",
    .examples = "lexbench validate mine.ini\n"
                "lexbench validate runs/quick\n"
                "lexbench validate runs/quick/trials/0123456789abcdef/weights.h5",
    .more = "FILE is an experiment (or the name of a shipped one), a file of results, a trial or weights,\n"
            "or the folder of a run.  Nothing is trained.\n"
            "\n"
            "An experiment is read and checked as by run, and what it would do is counted.  Of a stored\n"
            "file the trailer, the schema and every number are read.  Results are INVALID when a cell\n"
            "failed, is missing for one seed and there for another, or its loss is not finite, when a task\n"
            "was not learnt (no seed of a variant has 90 % right at n = L), when nothing was measured, when\n"
            "two seeds agree in every bit, or when they were merged from sources that do not go together.\n"
            "A refused cell is an answer: an encoder that does not do that length.\n"
            "\n"
            "Exit status 0: VALID; 1: INVALID, or a stored file is cut short, altered, or of another\n"
            "program or schema; 2: the experiment is wrong, or there is no such file.\n",
    .arguments = validate_arguments,
    .request_size = sizeof(struct validate_request),
    .least = 1,
    .most = 1,
    .run = validate_run,
};
