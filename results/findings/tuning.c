/* tuning.c -- records of a sweep, and the choice among them. */
#include "results/findings/tuning.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/fields.h"

void tuning_take(struct tuning_record *out, const struct trial *trial)
{
    *out = (struct tuning_record){.candidate = trial->candidate,
                                  .seed = trial->seed,
                                  .steps = trial->steps,
                                  .status = CELL_MISSING,
                                  .nll = NAN,
                                  .accuracy = NAN,
                                  .exact_match = NAN};
    memcpy(out->dataset, trial->dataset.name, sizeof out->dataset);
    memcpy(out->configuration, trial->configuration.name, sizeof out->configuration);
    memcpy(out->variant, trial->variant.name, sizeof out->variant);
    memcpy(out->trained_as, trial->variant.trained_as, sizeof out->trained_as);
    memcpy(out->coordinates, trial->tuning, sizeof out->coordinates);
    memcpy(out->training_id, trial->training_id, sizeof out->training_id);
    if (trial->cells != 1) /* one protocol at one length */
        return;
    const struct cell *cell = &trial->cell[0];
    snprintf(out->protocol, sizeof out->protocol, "%s", cell->protocol);
    snprintf(out->reason, sizeof out->reason, "%s", cell->reason);
    out->length = cell->length;
    out->status = cell->status;
    if (cell->status != CELL_MEASURED)
        return;
    out->nll = cell->nll;
    out->accuracy = cell->accuracy;
    out->exact_match = cell->exact_match;
}

bool tuning_settled(const struct tuning_record *record)
{
    /* The words of training and evaluation for it: training again would end the same way. */
    return record->status == CELL_MEASURED || strstr(record->reason, "not finite") != NULL;
}

static int compare_groups(const struct tuning_record *a, const struct tuning_record *b)
{
    int order = strcmp(a->dataset, b->dataset);
    if (order == 0)
        order = strcmp(a->configuration, b->configuration);
    return order != 0 ? order : strcmp(a->variant, b->variant);
}

static int compare_records(const void *first, const void *second)
{
    const struct tuning_record *a = first, *b = second;
    int order = compare_groups(a, b);
    return order != 0 ? order : (a->candidate > b->candidate) - (a->candidate < b->candidate);
}

static bool is_better(const struct tuning_record *a, const struct tuning_record *b)
{
    if (a->status != CELL_MEASURED || isnan(a->nll))
        return false;
    if (b->status != CELL_MEASURED || isnan(b->nll))
        return true;
    if (!isnan(a->exact_match) && !isnan(b->exact_match) &&
        (a->exact_match > b->exact_match || a->exact_match < b->exact_match))
        return a->exact_match > b->exact_match;
    return a->nll < b->nll;
}

void tuning_choose(struct tuning_record *records, size_t count)
{
    if (count > 0)
        qsort(records, count, sizeof *records, compare_records);
    for (size_t first = 0, end; first < count; first = end) {
        size_t best = first;
        for (end = first; end < count && compare_groups(&records[first], &records[end]) == 0; end++) {
            records[end].chosen = 0;
            if (is_better(&records[end], &records[best]))
                best = end;
        }
        records[best].chosen = records[best].status == CELL_MEASURED;
    }
}

/* The first member in which two records differ; what is chosen follows from the others. */
static const struct field *difference(char one[200], char other[200], const struct tuning_record *a,
                                      const struct tuning_record *b)
{
    struct tuning_record same = *b;
    same.chosen = a->chosen;
    const struct field *field = fields_difference(tuning_fields, a, &same);
    if (field) {
        field_print(one, 200, field, a);
        field_print(other, 200, field, b);
    }
    return field;
}

enum status tuning_unite(struct tuning_record *records, size_t *count, struct message *message)
{
    size_t kept = 0;
    char one[200], other[200];
    if (*count > 0)
        qsort(records, *count, sizeof *records, compare_records);
    for (size_t i = 0; i < *count; i++) {
        if (kept == 0 || compare_records(&records[kept - 1], &records[i]) != 0) {
            records[kept++] = records[i];
            continue;
        }
        const struct tuning_record *first = &records[kept - 1];
        const struct field *field = difference(one, other, first, &records[i]);
        if (field)
            return message_set(
                message, STATUS_FAILED,
                "two tunings of dataset %s, configuration %s, variant %s disagree at `%s` (training "
                "%s) and `%s` (training %s): %s is %s and %s",
                first->dataset, first->configuration, first->variant, first->coordinates, first->training_id,
                records[i].coordinates, records[i].training_id, field->name, one, other);
    }
    *count = kept;
    tuning_choose(records, kept);
    return STATUS_OK;
}

bool tuning_difference(char *out, size_t size, const struct results *a, const char *name_a,
                       const struct results *b, const char *name_b)
{
    char one[200], other[200];
    for (size_t i = 0; i < a->tunings && i < b->tunings; i++) {
        const struct tuning_record *record = &a->tuning[i];
        const struct field *field = difference(one, other, record, &b->tuning[i]);
        if (!field)
            continue;
        snprintf(
            out, size,
            "the tuning of dataset %s, configuration %s, variant %s at `%s`: %s is %s in %s and %s in %s",
            record->dataset, record->configuration, record->variant, record->coordinates, field->name, one,
            name_a, other, name_b);
        return true;
    }
    snprintf(out, size, "%zu candidates of a tuning in %s and %zu in %s", a->tunings, name_a, b->tunings,
             name_b);
    return a->tunings != b->tunings;
}
