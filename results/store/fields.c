/* fields.c -- the tables of members, and walking them. */
#include "results/store/fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "results/store/cell.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/trial.h"
#include "support/memory.h"

#define FIELD(record, member, type, unit, description)                                                       \
    {                                                                                                        \
#member, type, offsetof(struct record, member), sizeof(((struct record *)0)->member), unit,          \
            description                                                                                      \
    }

const struct field variant_fields[] = {
    FIELD(variant_record, name, FIELD_TEXT, NULL, "variant"),
    FIELD(variant_record, encoder, FIELD_TEXT, NULL, "positional encoder as evaluated"),
    FIELD(variant_record, positions, FIELD_TEXT, NULL, "position map as evaluated"),
    FIELD(
        variant_record, trained_as, FIELD_TEXT, NULL,
        "encoder and positions as trained; of a fine-tune, rate=0 and batch=0: those of the first training"),
    FIELD(variant_record, evaluation_only, FIELD_FLAG, "1", "1: shares the training of another variant"),
    {.name = NULL},
};

const struct field dataset_fields[] = {
    FIELD(dataset_record, name, FIELD_TEXT, NULL, "dataset"),
    {"dataset_version", FIELD_INTEGER, offsetof(struct dataset_record, version), sizeof(int64_t), "1",
     "version of the dataset"},
    FIELD(dataset_record, input_sha256, FIELD_TEXT, NULL, "SHA-256 of the file read; empty: no file"),
    FIELD(dataset_record, chance, FIELD_REAL, "1", "accuracy of guessing at a scored place"),
    FIELD(dataset_record, end_token, FIELD_FLAG, "1", "1: an answer ends in a token that is scored, too"),
    {"begin_token", FIELD_FLAG, offsetof(struct dataset_record, begin_token), sizeof(int), "1",
     "1: every window begins with a token that is not of the text", .later = true},
    {.name = NULL},
};

const struct field configuration_fields[] = {
    FIELD(configuration_record, name, FIELD_TEXT, NULL, "model and training length"),
    FIELD(configuration_record, layers, FIELD_INTEGER, "1", "layers"),
    FIELD(configuration_record, heads, FIELD_INTEGER, "1", "attention heads of a layer"),
    FIELD(configuration_record, width, FIELD_INTEGER, "1", "width of the residual stream"),
    FIELD(configuration_record, training_length, FIELD_INTEGER, "token", "training length L"),
    {.name = NULL},
};

const struct field budget_fields[] = {
    FIELD(budget, steps, FIELD_INTEGER, "1", "training steps; 0: no such training"),
    FIELD(budget, parameters, FIELD_INTEGER, "1", "trained parameters; 0: not known"),
    {.name = NULL},
};

const struct field protocol_fields[] = {
    FIELD(protocol_record, name, FIELD_TEXT, NULL, "protocol"),
    FIELD(protocol_record, kind, FIELD_TEXT, NULL, "kind of protocol"),
    FIELD(protocol_record, targets, FIELD_TEXT, NULL, "which targets are scored"),
    FIELD(protocol_record, stride, FIELD_INTEGER, "token",
          "from one window to the next; 0: not of this kind"),
    {.name = NULL},
};

const struct field cell_fields[] = {
    FIELD(cell, nll, FIELD_REAL, "nat", "mean loss per scored token"),
    FIELD(cell, accuracy, FIELD_REAL, "1", "share of scored tokens whose target was the most likely"),
    FIELD(cell, exact_match, FIELD_REAL, "1", "share of examples with every target right"),
    FIELD(cell, exact_match_forced, FIELD_REAL, "1", "the same without the token that ends an answer"),
    FIELD(cell, attention_entropy, FIELD_REAL, "nat", "mean entropy of an attention"),
    FIELD(cell, attention_distance, FIELD_REAL, "token", "mean distance that an attention looks back"),
    FIELD(cell, attention_first, FIELD_REAL, "1", "mean share of an attention on the first token"),
    FIELD(cell, status, FIELD_STATUS, "1", "what became of this evaluation"),
    FIELD(cell, reason, FIELD_LENT, NULL, "why it was refused or failed"),
    {.name = NULL},
};

const struct field scored_fields[] = {
    FIELD(cell, scored_tokens, FIELD_INTEGER, "token", "tokens scored, the same for every variant"),
    FIELD(cell, scored_sha256, FIELD_LENT, NULL, "SHA-256 of the places and targets scored"),
    FIELD(cell, floor, FIELD_REAL, "nat", "mean loss of the Bayes-optimal predictor on the targets scored"),
    FIELD(cell, left_out, FIELD_INTEGER, "1", "examples left out, which may occur in training"),
    {.name = NULL},
};

const struct field measured_fields[] = {
    FIELD(cell, tokens_per_second, FIELD_REAL, "token s-1", "tokens evaluated per second"),
    FIELD(cell, peak_memory, FIELD_REAL, "byte", "highest resident set of the process so far"),
    {"evaluation_wall_time", FIELD_REAL, offsetof(struct cell, wall_time), sizeof(double), "s",
     "time that the evaluation took"},
    {.name = NULL},
};

const struct field place_fields[] = {
    FIELD(cell, protocol, FIELD_LENT, NULL, "protocol"),
    FIELD(cell, length, FIELD_INTEGER, "token", "evaluation length n"),
    FIELD(cell, items, FIELD_COUNT, "1", "items scored"),
    {.name = NULL},
};

const struct field training_id_field = {
    "training_id", FIELD_TEXT, 0, ID_SIZE, NULL, "training that the cells were measured on; empty: none"};

const struct field training_record_id = {"training", FIELD_TEXT, offsetof(struct training_record, id),
                                         ID_SIZE,    NULL,       "id of the training"};

const struct field training_fields[] = {
    {"training_wall_time", FIELD_REAL, offsetof(struct training_record, wall_time), sizeof(double), "s",
     "time that the training took"},
    FIELD(training_record, host, FIELD_TEXT, NULL, "host that trained"),
    FIELD(training_record, threads, FIELD_INTEGER, "1", "threads of the training"),
    {.name = NULL},
};

const struct field trial_fields[] = {
    FIELD(trial, training_id, FIELD_TEXT, NULL, "id of the training"),
    FIELD(trial, evaluation_id, FIELD_TEXT, NULL, "id of the evaluation"),
    FIELD(trial, experiment, FIELD_TEXT, NULL, "experiment"),
    FIELD(trial, seed, FIELD_INTEGER, "1", "seed"),
    FIELD(trial, fold, FIELD_INTEGER, "1", "fold"),
    FIELD(trial, numerics_revision, FIELD_INTEGER, "1", "numerics revision"),
    FIELD(trial, steps, FIELD_INTEGER, "1", "training steps"),
    FIELD(trial, parameters, FIELD_INTEGER, "1", "trained parameters; 0: not known"),
    FIELD(trial, instruction_set, FIELD_TEXT, NULL, "instruction set"),
    FIELD(trial, tuning, FIELD_TEXT, NULL, "values of a tuning; empty: none"),
    FIELD(trial, candidate, FIELD_INTEGER, "1", "number of these values"),
    {.name = NULL},
};

const struct field trial_measured_fields[] = {
    FIELD(trial, training_wall_time, FIELD_REAL, "s", "time that the training took"),
    FIELD(trial, host, FIELD_TEXT, NULL, "host that trained"),
    FIELD(trial, threads, FIELD_INTEGER, "1", "threads of the training"),
    {.name = NULL},
};

const struct field tuning_fields[] = {
    FIELD(tuning_record, dataset, FIELD_TEXT, NULL, "dataset"),
    FIELD(tuning_record, configuration, FIELD_TEXT, NULL, "configuration"),
    FIELD(tuning_record, variant, FIELD_TEXT, NULL, "first variant with this trained part"),
    FIELD(tuning_record, trained_as, FIELD_TEXT, NULL, "encoder and positions as trained"),
    FIELD(tuning_record, candidate, FIELD_INTEGER, "1", "number of the combination, from 0"),
    FIELD(tuning_record, coordinates, FIELD_TEXT, NULL, "values of the combination"),
    FIELD(tuning_record, training_id, FIELD_TEXT, NULL, "id of the training"),
    FIELD(tuning_record, seed, FIELD_INTEGER, "1", "seed of the tuning"),
    FIELD(tuning_record, steps, FIELD_INTEGER, "1", "training steps"),
    FIELD(tuning_record, protocol, FIELD_TEXT, NULL, "protocol"),
    FIELD(tuning_record, length, FIELD_INTEGER, "token", "evaluation length n = L"),
    FIELD(tuning_record, status, FIELD_STATUS, "1", "what became of the evaluation"),
    FIELD(tuning_record, reason, FIELD_TEXT, NULL, "why it was refused or failed"),
    FIELD(tuning_record, nll, FIELD_REAL, "nat", "mean loss per scored token of the validation block"),
    FIELD(tuning_record, accuracy, FIELD_REAL, "1",
          "share of scored tokens whose target was the most likely"),
    FIELD(tuning_record, exact_match, FIELD_REAL, "1", "share of examples with every target right"),
    FIELD(tuning_record, chosen, FIELD_FLAG, "1", "1: the values that the experiment's trainings have"),
    {.name = NULL},
};

const struct field claim_fields[] = {
    FIELD(claim_record, name, FIELD_TEXT, NULL, "claim"),
    FIELD(claim_record, statement, FIELD_TEXT, NULL, "what is claimed, in words"),
    FIELD(claim_record, protocol, FIELD_TEXT, NULL, "protocol"),
    FIELD(claim_record, metric, FIELD_TEXT, NULL, "metric"),
    {"left", FIELD_TEXT, offsetof(struct claim_record, operand[0].variant), NAME_SIZE, NULL,
     "variant on the left"},
    {"left_at", FIELD_TEXT, offsetof(struct claim_record, operand[0].at), NAME_SIZE, NULL,
     "its length; empty: at"},
    FIELD(claim_record, direction, FIELD_TEXT, NULL, "less or greater: left than right"),
    {"right", FIELD_TEXT, offsetof(struct claim_record, operand[1].variant), NAME_SIZE, NULL,
     "variant on the right"},
    {"right_at", FIELD_TEXT, offsetof(struct claim_record, operand[1].at), NAME_SIZE, NULL,
     "its length; empty: at"},
    FIELD(claim_record, at, FIELD_TEXT, NULL, "lengths, in tokens or as multiples of L"),
    FIELD(claim_record, datasets, FIELD_TEXT, NULL, "datasets; empty: all that have the protocol"),
    {.name = NULL},
};

static enum hdf5_type type_in_file(const struct field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_LENT:
        return HDF5_TEXT;
    case FIELD_REAL:
        return HDF5_REAL64;
    case FIELD_FLAG:
    case FIELD_STATUS:
        return HDF5_BYTE;
    case FIELD_INTEGER:
    case FIELD_COUNT:
        break;
    }
    return HDF5_INTEGER;
}

static const char *lent_text(const void *member)
{
    const char *text = *(const char *const *)member;
    return text ? text : "";
}

/* Column element i from the member at `member`. */
static void gather(void *column, size_t i, const struct field *field, const unsigned char *member)
{
    switch (field->type) {
    case FIELD_TEXT:
        ((const char **)column)[i] = (const char *)member;
        break;
    case FIELD_LENT:
        ((const char **)column)[i] = lent_text(member);
        break;
    case FIELD_INTEGER:
        memcpy((int64_t *)column + i, member, sizeof(int64_t));
        break;
    case FIELD_REAL:
        memcpy((double *)column + i, member, sizeof(double));
        break;
    case FIELD_FLAG:
        ((uint8_t *)column)[i] = *(const int *)(const void *)member != 0;
        break;
    case FIELD_STATUS:
        ((uint8_t *)column)[i] = (uint8_t) * (const enum cell_status *)(const void *)member;
        break;
    case FIELD_COUNT:
        ((int64_t *)column)[i] = (int64_t) * (const size_t *)(const void *)member;
        break;
    }
}

/* The text at `member`; false when it does not fit. */
static bool scatter_text(unsigned char *member, const struct field *field, const char *text)
{
    const size_t length = text ? strlen(text) : 0;
    if (length >= field->size)
        return false;
    memcpy(member, text ? text : "", length + 1);
    return true;
}

/* The text at `member`, kept; false when there is no memory for it. */
static bool keep_text(unsigned char *member, struct texts *texts, const char *text)
{
    const char *kept = text && text[0] ? texts_keep(texts, text, NULL) : "";
    *(const char **)(void *)member = kept ? kept : "";
    return kept != NULL;
}

/* The member at `member` from column element i; false when the value cannot be. */
static bool scatter(unsigned char *member, const struct field *field, struct texts *texts, const void *column,
                    size_t i)
{
    const uint8_t byte =
        field->type == FIELD_FLAG || field->type == FIELD_STATUS ? ((const uint8_t *)column)[i] : 0;
    switch (field->type) {
    case FIELD_TEXT:
        return scatter_text(member, field, ((const char *const *)column)[i]);
    case FIELD_LENT:
        return keep_text(member, texts, ((const char *const *)column)[i]);
    case FIELD_INTEGER:
        memcpy(member, (const int64_t *)column + i, sizeof(int64_t));
        break;
    case FIELD_REAL:
        memcpy(member, (const double *)column + i, sizeof(double));
        break;
    case FIELD_FLAG:
        *(int *)(void *)member = byte;
        return byte <= 1;
    case FIELD_STATUS:
        *(enum cell_status *)(void *)member = (enum cell_status)byte;
        return byte <= CELL_MISSING;
    case FIELD_COUNT:
        *(size_t *)(void *)member = (size_t)((const int64_t *)column)[i];
        return ((const int64_t *)column)[i] >= 0;
    }
    return true;
}

/* A column on its way: elements are asked for in ascending order, and records stand in it. */
struct column {
    struct hdf5_file *file;
    const char *path;
    const struct field *field;
    const struct records *records;
    size_t next; /* the first record that had no turn yet */
};

/* The member of the next record, and *element, where it stands among those from first on; NULL = no record
 * before `end` is left. */
static unsigned char *next_member(struct column *column, size_t *element, size_t first, size_t end)
{
    const struct records *records = column->records;
    if (column->next == records->count)
        return NULL;
    const size_t place = records->place ? records->place[column->next] : column->next;
    if (place >= end)
        return NULL;
    *element = place - first;
    return (unsigned char *)records->at + column->next++ * records->stride + column->field->offset;
}

static void fill_column(void *context, void *values, size_t first, size_t count)
{
    struct column *column = context;
    const unsigned char *empty = column->records->empty;
    const unsigned char *member;
    size_t i = 0;
    for (size_t e = 0; empty && e < count; e++)
        gather(values, e, column->field, empty + column->field->offset);
    while ((member = next_member(column, &i, first, first + count)))
        gather(values, i, column->field, member);
}

static void take_column(void *context, const void *values, size_t first, size_t count)
{
    struct column *column = context;
    unsigned char *member;
    size_t i = 0;
    while ((member = next_member(column, &i, first, first + count))) {
        if (scatter(member, column->field, column->records->texts, values, i))
            continue;
        if (column->field->type == FIELD_TEXT)
            hdf5_fail(column->file, "a text in %s has more than the %zu bytes that were expected at most",
                      column->path, column->field->size - 1);
        else if (column->field->type == FIELD_LENT)
            hdf5_fail(column->file, "no memory for the texts of %s", column->path);
        else
            hdf5_fail(column->file, "dataset %s holds a value that cannot be", column->path);
    }
}

void records_put(struct hdf5_file *file, const char *path, const struct field *field,
                 const struct records *records, size_t rank, const size_t *extent)
{
    struct column column = {file, path, field, records, 0};
    hdf5_put_slabs(file, path, type_in_file(field), rank, extent, fill_column, &column);
}

void records_get(struct hdf5_file *file, const struct records *records, const char *path,
                 const struct field *field, size_t rank, const size_t *extent)
{
    struct column column = {file, path, field, records, 0};
    if (field->later && !hdf5_failed(file) && !hdf5_has(file, path))
        return;
    hdf5_get_slabs(file, path, type_in_file(field), rank, extent, take_column, &column);
}

static size_t product(size_t rank, const size_t *extent)
{
    size_t count = 1;
    for (size_t d = 0; d < rank; d++)
        count *= extent[d];
    return count;
}

void field_put(struct hdf5_file *file, const char *path, const struct field *field, const void *records,
               size_t stride, size_t rank, const size_t *extent)
{
    const struct records all = {.at = (void *)records, .stride = stride, .count = product(rank, extent)};
    records_put(file, path, field, &all, rank, extent);
}

void field_get(struct hdf5_file *file, void *records, const char *path, const struct field *field,
               size_t stride, size_t rank, const size_t *extent)
{
    const struct records all = {.at = records, .stride = stride, .count = product(rank, extent)};
    records_get(file, &all, path, field, rank, extent);
}

void fields_put(struct hdf5_file *file, const char *group, const struct field *fields, const void *records,
                size_t stride, size_t count)
{
    char path[HDF5_PATH_SIZE];
    for (const struct field *field = fields; field->name; field++) {
        snprintf(path, sizeof path, "%s/%s", group, field->name);
        field_put(file, path, field, records, stride, 1, &count);
    }
}

void all_records_get(struct hdf5_file *file, const struct records *records, const char *group,
                     const struct field *fields)
{
    char path[HDF5_PATH_SIZE];
    for (const struct field *field = fields; field->name; field++) {
        snprintf(path, sizeof path, "%s/%s", group, field->name);
        records_get(file, records, path, field, 1, &records->count);
    }
}

void fields_get(struct hdf5_file *file, void *records, const char *group, const struct field *fields,
                size_t stride, size_t count)
{
    const struct records all = {.at = records, .stride = stride, .count = count};
    all_records_get(file, &all, group, fields);
}

bool field_equal(const struct field *field, const void *a, const void *b)
{
    const char *first = (const char *)a + field->offset, *second = (const char *)b + field->offset;
    if (field->type == FIELD_TEXT)
        return strncmp(first, second, field->size) == 0;
    if (field->type == FIELD_LENT)
        return strcmp(lent_text(first), lent_text(second)) == 0;
    return memcmp(first, second, field->size) == 0;
}

const struct field *fields_difference(const struct field *fields, const void *a, const void *b)
{
    for (const struct field *field = fields; field->name; field++)
        if (!field_equal(field, a, b))
            return field;
    return NULL;
}

void field_print(char *out, size_t size, const struct field *field, const void *record)
{
    const void *member = (const char *)record + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
        snprintf(out, size, "`%s`", (const char *)member);
        break;
    case FIELD_LENT:
        snprintf(out, size, "`%s`", lent_text(member));
        break;
    case FIELD_INTEGER:
        snprintf(out, size, "%" PRId64, *(const int64_t *)member);
        break;
    case FIELD_REAL:
        snprintf(out, size, "%.17g", *(const double *)member);
        break;
    case FIELD_FLAG:
        snprintf(out, size, "%d", *(const int *)member);
        break;
    case FIELD_STATUS:
        snprintf(out, size, "%s", cell_status_name(*(const enum cell_status *)member));
        break;
    case FIELD_COUNT:
        snprintf(out, size, "%zu", *(const size_t *)member);
        break;
    }
}
