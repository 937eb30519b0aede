/* merge.c -- many trials, one results: the union of their coordinates.
 *
 * Trials are taken in the order of their ids, so that the result does not depend on the order in
 * which files were found. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "results/axis.h"
#include "results/fields.h"
#include "results/store_private.h"
#include "support/memory.h"

/* A merge on its way. */
struct merge {
    struct results *results;
    struct message *message;
    size_t count;
    const struct trial **trial;  /* (count) by training id, evaluation id, variant */
    const struct trial **source; /* (cells) who brought the cell */
    struct axis variants, datasets, configurations, protocols;
    struct integer_axis seeds, folds, lengths;
};

/* The coordinates of one cell. */
struct place {
    size_t variant, dataset, configuration, seed, fold, protocol, length;
};

static int compare_trials(const void *a, const void *b)
{
    const struct trial *first = *(const struct trial *const *)a, *second = *(const struct trial *const *)b;
    int order = strcmp(first->training_id, second->training_id);
    if (order == 0)
        order = strcmp(first->evaluation_id, second->evaluation_id);
    if (order == 0)
        order = strcmp(first->variant.name, second->variant.name);
    return order;
}

static enum status check_provenance(const struct merge *merge)
{
    const struct trial *first = merge->trial[0];
    for (size_t i = 1; i < merge->count; i++) {
        const struct trial *other = merge->trial[i];
        if (other->numerics_revision != first->numerics_revision)
            return message_set(merge->message, STATUS_FAILED,
                               "trials of two numerics revisions do not mix: training %s (evaluation %s) has"
                               " %" PRId64 ", training %s (evaluation %s) has %" PRId64
                               "; run the older again",
                               first->training_id, first->evaluation_id, first->numerics_revision,
                               other->training_id, other->evaluation_id, other->numerics_revision);
        if (strcmp(other->instruction_set, first->instruction_set) != 0)
            return message_set(merge->message, STATUS_FAILED,
                               "trials of two instruction sets do not mix: training %s (evaluation %s) used"
                               " %s, training %s (evaluation %s) used %s; run all with the same one",
                               first->training_id, first->evaluation_id, first->instruction_set,
                               other->training_id, other->evaluation_id, other->instruction_set);
    }
    return STATUS_OK;
}

static enum status add_trial(struct merge *merge, const struct trial *trial)
{
    struct message *message = merge->message;
    enum status status = axis_add(&merge->variants, &trial->variant, trial, message);
    if (status == STATUS_OK)
        status = axis_add(&merge->datasets, &trial->dataset, trial, message);
    if (status == STATUS_OK)
        status = axis_add(&merge->configurations, &trial->configuration, trial, message);
    for (size_t i = 0; i < trial->protocols && status == STATUS_OK; i++)
        status = axis_add(&merge->protocols, &trial->protocol[i], trial, message);
    if (status == STATUS_OK)
        status = integer_axis_add(&merge->seeds, trial->seed, message);
    if (status == STATUS_OK)
        status = integer_axis_add(&merge->folds, trial->fold, message);
    for (size_t i = 0; i < trial->cells && status == STATUS_OK; i++)
        status = integer_axis_add(&merge->lengths, trial->cell[i].length, message);
    return status;
}

/* Gives the dimensions to the results, which own them from here on. */
static void hand_over(struct merge *merge)
{
    struct results *results = merge->results;
    results->variants = merge->variants.count;
    results->variant = merge->variants.records;
    results->datasets = merge->datasets.count;
    results->dataset = merge->datasets.records;
    results->configurations = merge->configurations.count;
    results->configuration = merge->configurations.records;
    results->protocols = merge->protocols.count;
    results->protocol = merge->protocols.records;
    results->seeds = merge->seeds.count;
    results->seed = merge->seeds.values;
    results->folds = merge->folds.count;
    results->fold = merge->folds.values;
    results->lengths = merge->lengths.count;
    results->length = merge->lengths.values;
}

static enum status collect_dimensions(struct merge *merge, const char *const *order, size_t order_count)
{
    enum status status = STATUS_OK;
    merge->variants =
        (struct axis){.what = "variant", .fields = variant_fields, .size = sizeof(struct variant_record)};
    merge->datasets = (struct axis){.what = "dataset",
                                    .fields = dataset_fields,
                                    .names_groups = true,
                                    .size = sizeof(struct dataset_record)};
    merge->configurations = (struct axis){
        .what = "configuration", .fields = configuration_fields, .size = sizeof(struct configuration_record)};
    merge->protocols = (struct axis){.what = "protocol",
                                     .fields = protocol_fields,
                                     .names_groups = true,
                                     .size = sizeof(struct protocol_record)};
    for (size_t i = 0; i < merge->count && status == STATUS_OK; i++)
        status = add_trial(merge, merge->trial[i]);
    axis_sort(&merge->variants, order, order_count);
    axis_sort(&merge->datasets, NULL, 0);
    axis_sort(&merge->configurations, NULL, 0);
    axis_sort(&merge->protocols, NULL, 0);
    hand_over(merge);
    memory_release(merge->variants.origin);
    memory_release(merge->datasets.origin);
    memory_release(merge->configurations.origin);
    memory_release(merge->protocols.origin);
    return status;
}

/* Says that two trials disagree about a cell, and in what. */
static enum status conflict(const struct merge *merge, const struct place *at, const char *what,
                            const char *first_value, const struct trial *first, const char *second_value,
                            const struct trial *second)
{
    const struct results *results = merge->results;
    return message_set(
        merge->message, STATUS_FAILED,
        "two trials disagree at dataset %s, configuration %s, seed %" PRId64 ", fold %" PRId64
        ", protocol %s, length %" PRId64 ": %s is %s for variant %s in training %s (evaluation %s)"
        " and %s for variant %s in training %s (evaluation %s)",
        results->dataset[at->dataset].name, results->configuration[at->configuration].name,
        results->seed[at->seed], results->fold[at->fold], results->protocol[at->protocol].name,
        results->length[at->length], what, first_value, first->variant.name, first->training_id,
        first->evaluation_id, second_value, second->variant.name, second->training_id, second->evaluation_id);
}

/* A cell as it is kept: what was not measured has no numbers and no items. */
static enum status take_cell(struct cell *out, const struct cell *in, struct message *message)
{
    const int64_t length = out->length;
    cell_clear(out);
    out->length = length;
    out->status = in->status;
    memcpy(out->reason, in->reason, sizeof out->reason);
    out->tokens_per_second = in->tokens_per_second;
    out->peak_memory = in->peak_memory;
    out->wall_time = in->wall_time;
    if (in->status != CELL_MEASURED)
        return STATUS_OK;
    out->nll = in->nll;
    out->accuracy = in->accuracy;
    out->exact_match = in->exact_match;
    out->scored_tokens = in->scored_tokens;
    memcpy(out->scored_sha256, in->scored_sha256, sizeof out->scored_sha256);
    if (in->items == 0)
        return STATUS_OK;
    out->score = store_copy(in->score, in->items, sizeof *in->score, "items", message);
    out->item_key = store_copy(in->item_key, in->items, sizeof *in->item_key, "items", message);
    out->items = in->items;
    return out->score && out->item_key ? STATUS_OK : STATUS_FAILED;
}

/* Are two cells of one place the same, outside what was measured? */
static enum status compare_cells(const struct merge *merge, const struct place *at, const struct cell *a,
                                 const struct trial *first, const struct cell *b, const struct trial *second)
{
    char one[REASON_SIZE + 8], other[REASON_SIZE + 8];
    if (strcmp(first->training_id, second->training_id) != 0)
        return conflict(merge, at, "the training", "one", first, "another", second);
    const struct field *field = fields_difference(cell_fields, a, b);
    if (!field && a->status == CELL_MEASURED)
        field = fields_difference(scored_fields, a, b);
    if (field) {
        field_print(one, sizeof one, field, a);
        field_print(other, sizeof other, field, b);
        return conflict(merge, at, field->name, one, first, other, second);
    }
    if (a->status != CELL_MEASURED)
        return STATUS_OK;
    if (a->items != b->items ||
        (a->items > 0 && (memcmp(a->score, b->score, a->items * sizeof *a->score) != 0 ||
                          memcmp(a->item_key, b->item_key, a->items * sizeof *a->item_key) != 0)))
        return conflict(merge, at, "the score of an item", "one", first, "another", second);
    return STATUS_OK;
}

static enum status place_cell(struct merge *merge, const struct trial *trial, const struct cell *cell)
{
    struct results *results = merge->results;
    const struct place at = {
        .variant =
            axis_find(results->variant, results->variants, sizeof *results->variant, trial->variant.name),
        .dataset =
            axis_find(results->dataset, results->datasets, sizeof *results->dataset, trial->dataset.name),
        .configuration = axis_find(results->configuration, results->configurations,
                                   sizeof *results->configuration, trial->configuration.name),
        .seed = integer_axis_find(results->seed, results->seeds, trial->seed),
        .fold = integer_axis_find(results->fold, results->folds, trial->fold),
        .protocol =
            axis_find(results->protocol, results->protocols, sizeof *results->protocol, cell->protocol),
        .length = integer_axis_find(results->length, results->lengths, cell->length),
    };
    if (at.protocol == results->protocols)
        return message_set(
            merge->message, STATUS_FAILED,
            "training %s (evaluation %s) has a cell of protocol `%s`, which it does not describe",
            trial->training_id, trial->evaluation_id, cell->protocol);
    size_t index = results_index(results, at.variant, at.dataset, at.configuration, at.seed, at.fold,
                                 at.protocol, at.length);
    size_t training = index / (results->protocols * results->lengths);
    struct cell *kept = &results->cell[index];
    if (cell->status == CELL_NOT_ASKED)
        return STATUS_OK;
    memcpy(results->training_id[training], trial->training_id, ID_SIZE);
    bool kept_says = kept->status != CELL_NOT_ASKED && kept->status != CELL_MISSING;
    if (kept_says && cell->status != CELL_MISSING)
        return compare_cells(merge, &at, kept, merge->source[index], cell, trial);
    if (kept_says)
        return STATUS_OK;
    merge->source[index] = trial;
    return take_cell(kept, cell, merge->message);
}

/* Trainings, one each; trials come sorted, so the trials of one training follow each other. */
static enum status add_training(struct merge *merge, const struct trial *trial)
{
    struct results *results = merge->results;
    struct training_record *last = results->trainings ? &results->training[results->trainings - 1] : NULL;
    if (!last || strcmp(last->id, trial->training_id) != 0) {
        last = &results->training[results->trainings++];
        memcpy(last->id, trial->training_id, ID_SIZE);
        const char *manifest = trial->manifest ? trial->manifest : "";
        last->manifest = store_copy(manifest, strlen(manifest) + 1, 1, "a manifest", merge->message);
        last->wall_time = trial->training_wall_time;
        last->threads = trial->threads;
        memcpy(last->host, trial->host, NAME_SIZE);
        return last->manifest ? curve_copy(&last->curve, &trial->curve, merge->message) : STATUS_FAILED;
    }
    /* An evaluation added later need not bring the curve again. */
    const struct curve *a = &last->curve, *b = &trial->curve;
    if (b->count == 0)
        return STATUS_OK;
    if (a->count == 0) {
        curve_release(&last->curve);
        return curve_copy(&last->curve, b, merge->message);
    }
    if (a->count != b->count || memcmp(a->step, b->step, a->count * sizeof *a->step) != 0 ||
        memcmp(a->loss, b->loss, a->count * sizeof *a->loss) != 0 ||
        memcmp(a->rate, b->rate, a->count * sizeof *a->rate) != 0)
        return message_set(
            merge->message, STATUS_FAILED,
            "two trainings have the id %s: their curves differ (evaluation %s is of the other)",
            trial->training_id, trial->evaluation_id);
    return STATUS_OK;
}

/* Did two measured cells score the same places? */
static bool same_scored_set(const struct cell *a, const struct cell *b)
{
    if (fields_difference(scored_fields, a, b) || a->items != b->items)
        return false;
    return a->items == 0 || memcmp(a->item_key, b->item_key, a->items * sizeof *a->item_key) == 0;
}

/* At one (dataset, fold, protocol, length) every training and variant must have scored the same
 * places, or their numbers are not comparable. */
static enum status check_scored_at(const struct merge *merge, struct place at)
{
    const struct results *results = merge->results;
    const struct cell *first = NULL;
    const struct trial *first_source = NULL;
    for (at.variant = 0; at.variant < results->variants; at.variant++)
        for (at.configuration = 0; at.configuration < results->configurations; at.configuration++)
            for (at.seed = 0; at.seed < results->seeds; at.seed++) {
                size_t index = results_index(results, at.variant, at.dataset, at.configuration, at.seed,
                                             at.fold, at.protocol, at.length);
                const struct cell *cell = &results->cell[index];
                if (cell->status != CELL_MEASURED)
                    continue;
                if (first && !same_scored_set(first, cell))
                    return conflict(merge, &at, "the scored set", "one", first_source, "another",
                                    merge->source[index]);
                first = cell;
                first_source = merge->source[index];
            }
    return STATUS_OK;
}

static enum status check_scored(const struct merge *merge)
{
    const struct results *results = merge->results;
    enum status status = STATUS_OK;
    struct place at = {.variant = 0};
    for (at.dataset = 0; at.dataset < results->datasets; at.dataset++)
        for (at.fold = 0; at.fold < results->folds; at.fold++)
            for (at.protocol = 0; at.protocol < results->protocols; at.protocol++)
                for (at.length = 0; at.length < results->lengths && status == STATUS_OK; at.length++)
                    status = check_scored_at(merge, at);
    return status;
}

static enum status fill(struct merge *merge)
{
    struct results *results = merge->results;
    size_t extent[CELL_RANK], cells = 0;
    enum status status = results_allocate_cells(results, merge->message);
    if (status != STATUS_OK)
        return status;
    results_extents(extent, results);
    store_product(&cells, extent, CELL_RANK);
    merge->source = memory_allocate(cells, sizeof *merge->source, "the cells of the results", merge->message);
    results->training =
        memory_allocate(merge->count, sizeof *results->training, "the trainings", merge->message);
    if (!merge->source || !results->training)
        return STATUS_FAILED;
    for (size_t i = 0; i < merge->count && status == STATUS_OK; i++) {
        const struct trial *trial = merge->trial[i];
        status = add_training(merge, trial);
        for (size_t c = 0; c < trial->cells && status == STATUS_OK; c++)
            status = place_cell(merge, trial, &trial->cell[c]);
    }
    return status == STATUS_OK ? check_scored(merge) : status;
}

enum status results_merge(struct results *results, const struct trial *const *trials, size_t count,
                          const char *const *order, size_t order_count, struct message *message)
{
    struct merge merge = {.results = results, .message = message, .count = count};
    enum status status = STATUS_FAILED;
    *results = (struct results){.variants = 0};
    if (count == 0)
        return message_set(message, STATUS_FAILED, "there is no finished trial to merge");
    merge.trial = store_copy(trials, count, sizeof *trials, "the trials of a merge", message);
    if (!merge.trial)
        goto done;
    qsort(merge.trial, count, sizeof *merge.trial, compare_trials);
    memcpy(results->title, merge.trial[0]->experiment, NAME_SIZE);
    for (size_t i = 1; i < count; i++)
        if (strcmp(merge.trial[i]->experiment, results->title) < 0)
            memcpy(results->title, merge.trial[i]->experiment, NAME_SIZE);
    results->numerics_revision = merge.trial[0]->numerics_revision;
    memcpy(results->instruction_set, merge.trial[0]->instruction_set, NAME_SIZE);
    status = check_provenance(&merge);
    if (status == STATUS_OK)
        status = collect_dimensions(&merge, order, order_count);
    if (status == STATUS_OK)
        status = fill(&merge);
done:
    if (status != STATUS_OK)
        results_release(results);
    memory_release(merge.trial);
    memory_release(merge.source);
    return status;
}
