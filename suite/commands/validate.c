/* validate.c -- lexbench validate: is this experiment one that can run; is this file whole, and are its
 * results fit to be reported? */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/command.h"
#include "experiment/plan.h"
#include "kernels/isa.h"
#include "results/inspect.h"
#include "results/store.h"
#include "support/file.h"
#include "support/memory.h"

enum { REASONS_MAX = 12, PLACE_SIZE = 320 };

/* What is wrong, a line each; at most REASONS_MAX lines are printed. */
struct verdict {
    struct text reasons;
    size_t count;
};

/* Names and reasons come from a file: a control character in them does nothing to a terminal. */
static void append_plain(struct text *out, const char *text)
{
    for (; *text; text++)
        text_append_bytes(out, (unsigned char)*text < ' ' || *text == 127 ? "?" : text, 1);
}

static void object(struct verdict *verdict, const char *reason)
{
    if (verdict->count++ >= REASONS_MAX)
        return;
    text_append(&verdict->reasons, "    ");
    append_plain(&verdict->reasons, reason);
    text_append(&verdict->reasons, "\n");
}

/* The last line says it all; STATUS_FAILED without a sentence of its own is INVALID. */
static enum status pronounce(struct verdict *verdict, const char *path, struct message *message)
{
    const size_t hidden = verdict->count > REASONS_MAX ? verdict->count - REASONS_MAX : 0;
    enum status status = STATUS_OK;

    if (verdict->reasons.failed) {
        status = message_set(message, STATUS_FAILED, "no memory for the reasons");
    } else if (verdict->count == 0) {
        printf("VALID\n");
    } else {
        printf("INVALID\n%s", text_string(&verdict->reasons));
        if (hidden > 0)
            printf("    and %zu more\n", hidden);
        status = message_set(message, STATUS_FAILED, "%s is INVALID: %zu reason%s above", path,
                             verdict->count, verdict->count == 1 ? "" : "s");
    }
    text_release(&verdict->reasons);
    return status;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* --------------------------------------------------------------------------------------------- cells */

struct tally {
    size_t status[CELL_MISSING + 1]; /* by status */
    size_t not_finite;               /* of the measured ones */
};

static bool has_number(const struct cell *cell)
{
    return isfinite(cell->nll) || isfinite(cell->accuracy) || isfinite(cell->exact_match);
}

/* A refusal is an answer: this encoder does not do that length.  Nothing else without a number is. */
static void count_cell(struct tally *tally, struct verdict *verdict, const struct cell *cell,
                       const char *place)
{
    char reason[PLACE_SIZE + REASON_SIZE + 40];
    const bool number = has_number(cell);

    tally->status[cell->status]++;
    if (cell->status == CELL_FAILED)
        snprintf(reason, sizeof reason, "failed: %s: %s", place, cell->reason);
    else if (cell->status == CELL_MISSING)
        snprintf(reason, sizeof reason, "missing: %s", place);
    else if (cell->status == CELL_MEASURED && !number)
        snprintf(reason, sizeof reason, "not finite: %s", place);
    else
        return;
    tally->not_finite += cell->status == CELL_MEASURED;
    object(verdict, reason);
}

static void print_tally(struct verdict *verdict, const struct tally *tally)
{
    printf("cells: %zu measured", tally->status[CELL_MEASURED]);
    if (tally->not_finite > 0)
        printf(" (%zu not finite)", tally->not_finite);
    printf(", %zu refused, %zu failed, %zu missing\n", tally->status[CELL_REFUSED],
           tally->status[CELL_FAILED], tally->status[CELL_MISSING]);
    if (tally->status[CELL_MEASURED] == 0)
        object(verdict, "nothing was measured");
}

/* ------------------------------------------------------------------------------------------- a trial */

static enum status validate_trial(const char *path, struct message *message)
{
    struct trial trial;
    struct text name = {0};
    struct tally tally = {.not_finite = 0};
    struct verdict verdict = {.count = 0};
    enum status status = trial_read(&trial, path, message);

    if (status != STATUS_OK)
        return status;
    append_plain(&name, trial.variant.name);
    text_append(&name, " on ");
    append_plain(&name, trial.dataset.name);
    printf("variant %s, seed %lld, training %s, evaluation %s\n", text_string(&name), (long long)trial.seed,
           trial.training_id, trial.evaluation_id);
    text_release(&name);
    for (size_t i = 0; i < trial.cells; i++) {
        char place[PLACE_SIZE];

        snprintf(place, sizeof place, "%s at n = %lld", trial.cell[i].protocol,
                 (long long)trial.cell[i].length);
        count_cell(&tally, &verdict, &trial.cell[i], place);
    }
    print_tally(&verdict, &tally);
    trial_release(&trial);
    return pronounce(&verdict, path, message);
}

/* ------------------------------------------------------------------------------------------- results */

/* All of a cell's coordinates but those of its replicate. */
struct place {
    size_t variant, dataset, configuration, protocol, length;
};

static const struct cell *cell_at(const struct results *results, const struct place *at, size_t replicate)
{
    return &results->cell[results_index(results, at->variant, at->dataset, at->configuration,
                                        replicate / results->folds, replicate % results->folds, at->protocol,
                                        at->length)];
}

static void name_place(char out[PLACE_SIZE], const struct results *results, const struct place *at,
                       size_t replicate)
{
    char fold[40] = "";

    if (results->folds > 1)
        snprintf(fold, sizeof fold, ", fold %lld", (long long)results->fold[replicate % results->folds]);
    snprintf(out, PLACE_SIZE, "%s on %s, %s, seed %lld%s, %s at n = %lld", results->variant[at->variant].name,
             results->dataset[at->dataset].name, results->configuration[at->configuration].name,
             (long long)results->seed[replicate / results->folds], fold, results->protocol[at->protocol].name,
             (long long)results->length[at->length]);
}

/* The cells of one place over all replicates.  What some seed was asked and another was not is missing. */
static void validate_place(struct tally *tally, struct verdict *verdict, const struct results *results,
                           const struct place *at)
{
    const size_t replicates = results->seeds * results->folds;
    size_t asked = 0;

    for (size_t r = 0; r < replicates; r++)
        asked += cell_at(results, at, r)->status != CELL_NOT_ASKED;
    for (size_t r = 0; asked > 0 && r < replicates; r++) {
        struct cell cell = *cell_at(results, at, r);
        char name[PLACE_SIZE];

        if (cell.status == CELL_NOT_ASKED && !results_has_fold(results, at->dataset, r % results->folds))
            continue;
        if (cell.status == CELL_NOT_ASKED)
            cell.status = CELL_MISSING;
        name_place(name, results, at, r);
        count_cell(tally, verdict, &cell, name);
    }
}

/* Two replicates that agree in every bit of every loss are one, counted twice. */
static bool same_bits(const struct results *results, struct place at, size_t a, size_t b)
{
    size_t measured = 0;

    for (at.protocol = 0; at.protocol < results->protocols; at.protocol++)
        for (at.length = 0; at.length < results->lengths; at.length++) {
            const struct cell *left = cell_at(results, &at, a), *right = cell_at(results, &at, b);

            if (left->status != right->status)
                return false;
            if (left->status != CELL_MEASURED)
                continue;
            if (!(left->nll == right->nll))
                return false;
            measured++;
        }
    return measured > 0;
}

static void validate_replicates(struct verdict *verdict, const struct results *results,
                                const struct place *at)
{
    const size_t replicates = results->seeds * results->folds;

    for (size_t a = 0; a < replicates; a++)
        for (size_t b = a + 1; b < replicates; b++) {
            char reason[PLACE_SIZE];

            if (!same_bits(results, *at, a, b))
                continue;
            snprintf(reason, sizeof reason, "identical to the bit: %s on %s, %s, seeds %lld and %lld",
                     results->variant[at->variant].name, results->dataset[at->dataset].name,
                     results->configuration[at->configuration].name,
                     (long long)results->seed[a / results->folds],
                     (long long)results->seed[b / results->folds]);
            object(verdict, reason);
        }
}

static enum status validate_results(const char *path, struct message *message)
{
    struct results results = {.variants = 0};
    struct tally tally = {.not_finite = 0};
    struct verdict verdict = {.count = 0};
    struct place at;
    enum status status = results_read(&results, path, message);

    if (status != STATUS_OK)
        return status;
    printf("%zu variant%s, %zu dataset%s, %zu configuration%s, %zu seed%s, %zu training%s\n",
           results.variants, plural(results.variants), results.datasets, plural(results.datasets),
           results.configurations, plural(results.configurations), results.seeds, plural(results.seeds),
           results.trainings, plural(results.trainings));
    if (results.mixed)
        object(&verdict, "it was merged from sources that do not go together (--allow-mixed)");
    for (at.dataset = 0; at.dataset < results.datasets; at.dataset++)
        for (at.configuration = 0; at.configuration < results.configurations; at.configuration++)
            for (at.variant = 0; at.variant < results.variants; at.variant++) {
                for (at.protocol = 0; at.protocol < results.protocols; at.protocol++)
                    for (at.length = 0; at.length < results.lengths; at.length++)
                        validate_place(&tally, &verdict, &results, &at);
                validate_replicates(&verdict, &results, &at);
            }
    print_tally(&verdict, &tally);
    results_release(&results);
    return pronounce(&verdict, path, message);
}

/* --------------------------------------------------------------------------- weights, and any other */

static enum status validate_arrays(const struct inspection *found, const char *path, struct message *message)
{
    struct verdict verdict = {.count = 0};
    char reason[PLACE_SIZE];

    printf("%zu array%s, %zu numbers\n", found->arrays, plural(found->arrays), found->values);
    if (strcmp(found->kind, "weights") == 0 && found->values == 0)
        object(&verdict, "it holds no weights");
    if (strcmp(found->kind, "weights") == 0 && found->not_finite > 0) {
        snprintf(reason, sizeof reason, "not finite: %zu of %zu weights", found->not_finite, found->values);
        object(&verdict, reason);
    }
    return pronounce(&verdict, path, message);
}

static enum status validate_stored(const char *path, struct message *message)
{
    struct inspection found;
    enum status status = store_inspect(&found, path, message);

    if (status != STATUS_OK)
        return status;
    printf("%s: %s file, whole, %zu bytes\n", path, found.kind, found.bytes);
    if (strcmp(found.kind, "trial") == 0)
        return validate_trial(path, message);
    if (strcmp(found.kind, "results") == 0)
        return validate_results(path, message);
    return validate_arrays(&found, path, message);
}

/* -------------------------------------------------------------------------------------- experiments */

static enum status validate_experiment(const char *name, const struct argument_list *preset,
                                       struct message *message)
{
    struct plan plan;
    struct plan_request request = {.experiment = name, .presets = preset->count, .preset = preset->at};
    double flop = 0;
    size_t evaluations = 0;
    enum isa isa;
    enum status status = isa_choose(&isa, "auto", message);

    if (status != STATUS_OK)
        return status;
    request.instruction_set = isa_name(isa);
    status = plan_make(&plan, &request, message);
    if (status != STATUS_OK)
        return status;
    for (size_t t = 0; t < plan.trainings; t++) {
        evaluations += plan.training[t].evaluations;
        flop += plan.training[t].training_flop + plan.training[t].evaluation_flop;
    }
    if (plan.next)
        printf("%s: first the tuning, then %zu training%s with the options it chooses\n", name,
               plan.next->trainings, plural(plan.next->trainings));
    printf("%s: experiment %s, %zu variant%s, %zu dataset%s with their configurations, %zu seed%s\n"
           "%zu training%s and %zu evaluation%s, %.4f TFLOP\nVALID\n",
           name, plan.name, plan.variants, plural(plan.variants), plan.datasets, plural(plan.datasets),
           plan.seeds, plural(plan.seeds), plan.trainings, plural(plan.trainings), evaluations,
           plural(evaluations), flop / 1e12);
    plan_release(&plan);
    return STATUS_OK;
}

/* ------------------------------------------------------------------------------------------ command */

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
    {.name = NULL}};

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
            "failed, is missing for one seed and there for another, or is not finite, when nothing was\n"
            "measured, when two seeds agree in every bit, or when they were merged from sources that do\n"
            "not go together.  A refused cell is an answer: an encoder that does not do that length.\n"
            "\n"
            "Exit status 0: VALID; 1: INVALID, or a stored file is cut short, altered, or of another\n"
            "program or schema; 2: the experiment is wrong, or there is no such file.\n",
    .arguments = validate_arguments,
    .request_size = sizeof(struct validate_request),
    .least = 1,
    .most = 1,
    .run = validate_run,
};
