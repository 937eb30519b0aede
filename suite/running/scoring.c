/* scoring.c -- one variant on trained weights, protocol by protocol and length by length. */
#include "running/scoring.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "running/signals.h"
#include "support/memory.h"

/* ---- the records ---- */

/* All of it: a name that is cut is another's. */
static enum status copy(char *out, size_t size, const char *text, const char *what, struct message *message)
{
    const size_t length = strlen(text);
    if (length >= size)
        return message_set(message, STATUS_FAILED,
                           "%s is too long for a trial, %zu bytes of at most %zu: `%.200s...`", what, length,
                           size - 1, text);
    memcpy(out, text, length + 1);
    return STATUS_OK;
}

static enum status fill_variant(struct variant_record *out, const struct variant *variant,
                                struct message *message)
{
    struct text encoders = {0}, positions = {0};
    enum status status = STATUS_OK;
    memcpy(out->name, variant->name, sizeof out->name);
    memcpy(out->trained_as, variant->trained_text, sizeof out->trained_as);
    out->evaluation_only = variant->evaluation_only;
    composition_print_encoders(&encoders, &variant->evaluated);
    composition_print_positions(&positions, &variant->evaluated);
    if (encoders.failed || positions.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the name of a variant");
    if (!status)
        status = copy(out->encoder, sizeof out->encoder, text_string(&encoders), "the encoder of a variant",
                      message);
    if (!status)
        status = copy(out->positions, sizeof out->positions, text_string(&positions),
                      "the position map of a variant", message);
    text_release(&encoders);
    text_release(&positions);
    return status;
}

static void fill_dataset(struct dataset_record *out, const struct planned_dataset *dataset)
{
    const struct dataset *kind = dataset->kind;
    memcpy(out->name, dataset->name, sizeof out->name);
    memcpy(out->input_sha256, dataset->input.sha256, sizeof out->input_sha256);
    out->version = kind->version;
    out->chance =
        kind->chance ? kind->chance(dataset->state) : 1.0 / (double)kind->vocabulary(dataset->state);
    out->end_token = kind->end_token != NULL;
    out->begin_token = kind->begin_token && kind->begin_token(dataset->state);
}

static void fill_configuration(struct configuration_record *out, const struct planned_dataset *dataset)
{
    memcpy(out->name, dataset->configuration, sizeof out->name);
    out->layers = (int64_t)dataset->model.layers;
    out->heads = (int64_t)dataset->model.heads;
    out->width = (int64_t)dataset->model.width;
    out->training_length = (int64_t)dataset->training.length;
}

static enum status fill_records(struct trial *trial, const struct scoring_request *request, size_t e,
                                struct message *message)
{
    const struct plan *plan = request->plan;
    const struct planned_training *training = &plan->training[request->training];
    const struct planned_dataset *dataset = &plan->dataset[training->dataset];
    struct text manifest = {0};
    memcpy(trial->training_id, training->id, sizeof trial->training_id);
    memcpy(trial->parent, training->parent_id, sizeof trial->parent);
    memcpy(trial->evaluation_id, training->evaluation_id[e], sizeof trial->evaluation_id);
    memcpy(trial->experiment, plan->name, sizeof trial->experiment);
    fill_dataset(&trial->dataset, dataset);
    fill_configuration(&trial->configuration, dataset);
    trial->steps = (int64_t)training->options.steps;
    if (training->parent_id[0]) /* the budget is that of both */
        trial->steps += (int64_t)dataset->training.steps;
    trial->parameters = request->trained->model ? (int64_t)request->trained->model->weights : 0;
    memcpy(trial->tuning, dataset->tuning, sizeof trial->tuning);
    trial->candidate = (int64_t)dataset->candidate;
    trial->seed = (int64_t)training->seed;
    trial->fold = (int64_t)dataset->fold;
    trial->numerics_revision = NUMERICS_REVISION;
    trial->training_wall_time = NAN;
    trial->threads = (int64_t)request->threads;
    gethostname(trial->host, sizeof trial->host - 1);
    plan_manifest(&manifest, plan, request->training);
    trial->manifest = manifest.bytes;
    if (manifest.failed)
        return message_set(message, STATUS_FAILED, "no memory for the manifest of a trial");
    enum status status = copy(trial->instruction_set, sizeof trial->instruction_set, isa_name(request->isa),
                              "an instruction set", message);
    return status ? status : fill_variant(&trial->variant, &plan->variant[training->evaluation[e]], message);
}

static enum status fill_protocol(struct protocol_record *record, const struct protocol *protocol,
                                 struct message *message)
{
    const struct protocol_kind *kind = protocol->kind;
    enum status status = copy(record->name, sizeof record->name, protocol->name, "a protocol", message);
    if (!status)
        status = copy(record->kind, sizeof record->kind, kind->name, "a kind of protocol", message);
    if (!status)
        status =
            copy(record->targets, sizeof record->targets, kind->targets, "targets of a protocol", message);
    record->stride = (int64_t)protocol->stride;
    return status;
}

/* The depths of the needle, if any protocol has them; at most one does. */
static enum status fill_depths(struct trial *trial, const struct planned_dataset *dataset,
                               struct message *message)
{
    for (size_t p = 0; p < dataset->protocols; p++) {
        const struct protocol *protocol = &dataset->protocol[p];
        if (protocol->depths == 0)
            continue;
        trial->depth = memory_allocate(protocol->depths, sizeof *trial->depth, "depths", message);
        if (!trial->depth)
            return STATUS_FAILED;
        memcpy(trial->depth, protocol->depth, protocol->depths * sizeof *trial->depth);
        trial->depths = protocol->depths;
    }
    return STATUS_OK;
}

/* One protocol record and one empty cell per length for each protocol that the plan asks for. */
static enum status fill_cells(struct trial *trial, const struct planned_dataset *dataset,
                              struct message *message)
{
    const struct length_list *lengths = &dataset->evaluation.lengths;
    size_t trained = dataset->training.length;
    trial->protocol = memory_allocate(dataset->protocols, sizeof *trial->protocol, "protocols", message);
    trial->cell = memory_allocate(dataset->protocols * lengths->count, sizeof *trial->cell, "cells", message);
    if (!trial->protocol || !trial->cell)
        return STATUS_FAILED;
    for (size_t p = 0; p < dataset->protocols; p++) {
        const struct protocol *protocol = &dataset->protocol[p];
        struct protocol_record *record = &trial->protocol[trial->protocols++];
        if (fill_protocol(record, protocol, message))
            return STATUS_FAILED;
        for (size_t i = 0; i < lengths->count; i++) {
            size_t n = length_tokens(lengths->at[i], trained);
            struct cell *cell = &trial->cell[trial->cells];
            if (!protocol_asked(protocol, trained, n))
                continue;
            cell_clear(cell);
            cell->length = (int64_t)n;
            cell->protocol = record->name;
            trial->cells++;
        }
    }
    return fill_depths(trial, dataset, message);
}

static const struct protocol *protocol_of(const struct planned_dataset *dataset, const struct cell *cell)
{
    size_t p = 0;
    while (strcmp(dataset->protocol[p].name, cell->protocol) != 0)
        p++;
    return &dataset->protocol[p];
}

/* ---- the scores ---- */

/* A reason that is too long is cut between two characters, and ends in "..." then. */
static void say_why(struct trial *trial, struct cell *cell, enum cell_status status, const char *reason)
{
    char cut[REASON_SIZE];
    size_t length = strlen(reason), room = sizeof cut - 1;
    cell->status = status;
    if (length > room) {
        length = room - strlen("...");
        while (length > 0 && ((unsigned char)reason[length] & 0xC0) == 0x80) /* inside a UTF-8 sequence */
            length--;
    }
    snprintf(cut, sizeof cut, "%.*s%s", (int)length, reason, reason[length] ? "..." : "");
    const char *kept = texts_keep(&trial->texts, cut, NULL);
    cell->reason = kept ? kept : "no memory for the reason";
}

/* scored: the SHA-256 of what was scored, kept by the trial. */
static void take_scores(struct cell *cell, struct evaluation *evaluation, const char *scored)
{
    cell->status = CELL_MEASURED;
    cell->nll = evaluation->nll;
    cell->accuracy = evaluation->accuracy;
    cell->exact_match = evaluation->exact_match;
    cell->exact_match_forced = evaluation->exact_match_forced;
    cell->attention_entropy = evaluation->attention_entropy;
    cell->attention_distance = evaluation->attention_distance;
    cell->attention_first = evaluation->attention_first;
    cell->floor = evaluation->floor;
    cell->left_out = evaluation->left_out;
    cell->scored_tokens = evaluation->scored_tokens;
    cell->scored_sha256 = scored;
    cell->items = evaluation->items;
    cell->score = evaluation->score; /* the cell owns them from here on */
    cell->item_key = evaluation->item_key;
    cell->position_nll = evaluation->position_nll;
    cell->position_floor = evaluation->position_floor;
    cell->retrieval = evaluation->retrieval;
    evaluation->score = NULL;
    evaluation->item_key = NULL;
    evaluation->position_nll = evaluation->position_floor = evaluation->retrieval = NULL;
    cell->wall_time = evaluation->seconds;
    cell->tokens_per_second = (double)cell->items * (double)cell->length / evaluation->seconds;
    cell->peak_memory = (double)memory_peak();
}

/* A variant under way. */
struct scoring {
    const struct scoring_request *request;
    const struct planned_dataset *dataset;
    struct trained_model evaluated; /* the model as the variant has it */
    char label[352];
    double work; /* that the progress has seen, as the plan counts it: FLOP */
};

static void score_cell(struct scoring *scoring, struct trial *trial, struct cell *cell)
{
    const struct scoring_request *asked = scoring->request;
    const struct planned_dataset *dataset = scoring->dataset;
    const struct evaluation_request request = {.model = scoring->evaluated.model,
                                               .weights = scoring->evaluated.weights,
                                               .dataset = dataset->kind,
                                               .dataset_state = dataset->state,
                                               .options = &dataset->evaluation,
                                               .protocol = protocol_of(dataset, cell),
                                               .length = (size_t)cell->length,
                                               .threads = asked->threads,
                                               .per_token = asked->observe != NULL};
    struct evaluation evaluation = {0};
    struct message message = {""};
    enum status status = evaluation_run(&evaluation, &request, &message);
    const char *scored = NULL;
    double work = 0;
    char line[448];
    if (!status) {
        scored = texts_keep(&trial->texts, evaluation.scored_sha256, &message);
        status = scored ? STATUS_OK : STATUS_FAILED;
    }
    if (!status && asked->observe)
        asked->observe(asked->observer, cell, &evaluation);
    if (!status) {
        take_scores(cell, &evaluation, scored);
        work = (double)cell->items * (double)cell->length *
               model_flop_per_token(asked->trained->model, (size_t)cell->length, false);
    } else {
        say_why(trial, cell, status == STATUS_WRONG ? CELL_REFUSED : CELL_FAILED, message.text);
    }
    evaluation_release(&evaluation);
    snprintf(line, sizeof line, "%s: %s at %lld", scoring->label, cell->protocol, (long long)cell->length);
    progress_add(asked->progress, work, line);
    scoring->work += work;
}

/* What was trained, where it is evaluated as it was trained; else the variant's own model with those weights. */
static enum status make_evaluated(struct scoring *scoring, const struct variant *variant,
                                  struct message *message)
{
    const struct trained_model *trained = scoring->request->trained;
    if (variant->evaluation_only)
        return trained_model_adopt(&scoring->evaluated, trained, scoring->dataset, &variant->evaluated,
                                   scoring->request->isa, message);
    scoring->evaluated = *trained;
    return STATUS_OK;
}

static enum status score_cells(struct trial *trial, size_t *failed, struct scoring *scoring,
                               const struct variant *variant, struct message *message)
{
    struct message why = {""};
    const char *failure = scoring->request->failure;
    if (!failure && make_evaluated(scoring, variant, &why))
        failure = why.text;
    for (size_t i = 0; i < trial->cells; i++) {
        struct cell *cell = &trial->cell[i];
        if (signals_stop())
            return message_set(message, STATUS_CHECKPOINTED, "stopped before %s at %lld tokens",
                               cell->protocol, (long long)cell->length);
        if (failure)
            say_why(trial, cell, CELL_FAILED, failure);
        else
            score_cell(scoring, trial, cell);
        if (cell->status == CELL_FAILED && (*failed)++ == 0)
            message_set(message, STATUS_FAILED, "%s under %s at %lld tokens: %s", variant->name,
                        cell->protocol, (long long)cell->length, cell->reason);
    }
    return STATUS_OK;
}

enum status scoring_run(struct trial *trial, size_t *failed, const struct scoring_request *request, size_t e,
                        struct message *message)
{
    const struct planned_training *training = &request->plan->training[request->training];
    const struct variant *variant = &request->plan->variant[training->evaluation[e]];
    struct scoring scoring = {.request = request, .dataset = &request->plan->dataset[training->dataset]};
    *trial = (struct trial){.cells = 0};
    *failed = 0;
    snprintf(scoring.label, sizeof scoring.label, "%s on %s, seed %zu", variant->name, scoring.dataset->label,
             training->seed);
    enum status status = fill_records(trial, request, e, message);
    if (!status)
        status = fill_cells(trial, scoring.dataset, message);
    if (!status)
        status = score_cells(trial, failed, &scoring, variant, message);
    if (!status) /* what refused and failed cells would have taken */
        progress_add(request->progress,
                     training->evaluation_flop / (double)training->evaluations - scoring.work, scoring.label);
    if (variant->evaluation_only) /* else it is the request's */
        trained_model_release(&scoring.evaluated);
    if (status)
        trial_release(trial);
    return status;
}
