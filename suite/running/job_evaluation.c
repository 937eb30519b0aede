/* job_evaluation.c -- one variant on trained weights: every protocol at every length, into a trial file. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evaluation/evaluation.h"
#include "running/job.h"
#include "running/signals.h"
#include "support/memory.h"

/* What is evaluated: the model as the variant has it, its weights, the trial that is being filled. */
struct evaluated {
    struct job *job;
    const struct variant *variant;
    struct model *model;
    real *weights;
    struct trial trial;
    char label[352];
};

/* Cut, if it must be, between two characters. */
static void copy_text(char *out, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) /* inside a UTF-8 sequence */
            length--;
    }
    memcpy(out, text, length);
    out[length] = '\0';
}

static enum status print_composition(struct variant_record *out, const struct composition *composition,
                                     struct message *message)
{
    struct text encoders = {0}, positions = {0};
    enum status status = STATUS_OK;
    composition_print_encoders(&encoders, composition);
    composition_print_positions(&positions, composition);
    copy_text(out->encoder, sizeof out->encoder, text_string(&encoders));
    copy_text(out->positions, sizeof out->positions, text_string(&positions));
    if (encoders.failed || positions.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the name of a variant");
    text_release(&encoders);
    text_release(&positions);
    return status;
}

/* ------------------------------------------------------------------------------------- the records */

static enum status fill_records(struct evaluated *evaluated, size_t e, struct message *message)
{
    const struct job *job = evaluated->job;
    const struct planned_dataset *dataset = job->dataset;
    const struct dataset *kind = dataset->kind;
    const struct model_options *model = &dataset->model;
    struct trial *trial = &evaluated->trial;
    struct text manifest = {0};
    copy_text(trial->training_id, sizeof trial->training_id, job->training->id);
    copy_text(trial->parent, sizeof trial->parent, job->training->parent_id);
    copy_text(trial->evaluation_id, sizeof trial->evaluation_id, job->training->evaluation_id[e]);
    copy_text(trial->experiment, sizeof trial->experiment, job->setting->plan->name);
    copy_text(trial->variant.name, sizeof trial->variant.name, evaluated->variant->name);
    copy_text(trial->variant.trained_as, sizeof trial->variant.trained_as, evaluated->variant->trained_text);
    trial->variant.evaluation_only = evaluated->variant->evaluation_only;
    copy_text(trial->dataset.name, sizeof trial->dataset.name, dataset->name);
    trial->dataset.version = kind->version;
    copy_text(trial->dataset.input_sha256, sizeof trial->dataset.input_sha256, dataset->input.sha256);
    trial->dataset.chance =
        kind->chance ? kind->chance(dataset->state) : 1.0 / (double)kind->vocabulary(dataset->state);
    trial->dataset.end_token = kind->end_token != NULL;
    trial->configuration =
        (struct configuration_record){.layers = (int64_t)model->layers,
                                      .heads = (int64_t)model->heads,
                                      .width = (int64_t)model->width,
                                      .training_length = (int64_t)dataset->training.length};
    trial->steps = (int64_t)job->training->options.steps;
    if (job->training->parent_id[0]) /* the budget is that of both */
        trial->steps += (int64_t)dataset->training.steps;
    trial->parameters = job->model ? (int64_t)job->model->weights : 0;
    copy_text(trial->configuration.name, sizeof trial->configuration.name, dataset->configuration);
    copy_text(trial->tuning, sizeof trial->tuning, dataset->tuning);
    trial->candidate = (int64_t)dataset->candidate;
    trial->seed = (int64_t)job->training->seed;
    trial->fold = (int64_t)dataset->fold;
    trial->numerics_revision = NUMERICS_REVISION;
    copy_text(trial->instruction_set, sizeof trial->instruction_set, isa_name(job->setting->isa));
    trial->training_wall_time = job->wall_time;
    trial->threads = (int64_t)job->setting->threads;
    gethostname(trial->host, sizeof trial->host - 1);
    trial->curve = (struct curve){.count = job->curve.count,
                                  .step = job->curve.step,
                                  .loss = job->curve.loss,
                                  .rate = job->curve.rate}; /* lent by the job, see release() */
    plan_manifest(&manifest, job->setting->plan, job->index);
    trial->manifest = manifest.bytes;
    if (manifest.failed)
        return message_set(message, STATUS_FAILED, "no memory for the manifest of a trial");
    return print_composition(&trial->variant, &evaluated->variant->evaluated, message);
}

static void fill_protocol(struct protocol_record *record, const struct protocol *protocol)
{
    copy_text(record->name, sizeof record->name, protocol->name);
    copy_text(record->kind, sizeof record->kind, protocol->kind->name);
    copy_text(record->targets, sizeof record->targets, protocol->kind->targets);
    record->stride = (int64_t)protocol->stride;
    record->bos = 0; /* windows are cut out of the text as it stands */
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

        fill_protocol(&trial->protocol[trial->protocols++], protocol);
        for (size_t i = 0; i < lengths->count; i++) {
            size_t n = length_tokens(lengths->at[i], trained);
            struct cell *cell = &trial->cell[trial->cells];

            if (!protocol_asked(protocol, trained, n))
                continue;
            cell_clear(cell);
            cell->length = (int64_t)n;
            copy_text(cell->protocol, sizeof cell->protocol, protocol->name);
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

/* --------------------------------------------------------------------------------------- the scores */

static void say_why(struct cell *cell, enum cell_status status, const char *reason)
{
    cell->status = status;
    copy_text(cell->reason, sizeof cell->reason, reason);
}

static void take_scores(struct cell *cell, struct evaluation *evaluation)
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
    copy_text(cell->scored_sha256, sizeof cell->scored_sha256, evaluation->scored_sha256);
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

/* Work as the plan counts it: tokens times the cost of one; nothing where there is no memory to count them. */
static double cell_work(const struct evaluated *evaluated, const struct cell *cell)
{
    const struct planned_dataset *dataset = evaluated->job->dataset;
    size_t n = (size_t)cell->length;
    size_t items;
    evaluation_items(&items, dataset->kind, dataset->state, &dataset->evaluation, protocol_of(dataset, cell),
                     dataset->training.length, n, NULL);
    return (double)items * (double)n * model_flop_per_token(evaluated->job->model, n, false);
}

static void score_cell(struct evaluated *evaluated, struct cell *cell)
{
    const struct job *job = evaluated->job;
    const struct evaluation_request request = {.model = evaluated->model,
                                               .weights = evaluated->weights,
                                               .dataset = job->dataset->kind,
                                               .dataset_state = job->dataset->state,
                                               .options = &job->dataset->evaluation,
                                               .protocol = protocol_of(job->dataset, cell),
                                               .length = (size_t)cell->length,
                                               .threads = job->setting->threads,
                                               .per_token = job->observe != NULL};
    struct evaluation evaluation = {0};
    struct message message = {""};
    enum status status = evaluation_run(&evaluation, &request, &message);
    char line[448];
    if (!status && job->observe)
        job->observe(job->observer, cell, &evaluation);
    if (!status)
        take_scores(cell, &evaluation);
    else
        say_why(cell, status == STATUS_WRONG ? CELL_REFUSED : CELL_FAILED, message.text);
    evaluation_release(&evaluation);
    snprintf(line, sizeof line, "%s: %s at %lld", evaluated->label, cell->protocol, (long long)cell->length);
    progress_add(job->setting->progress, cell_work(evaluated, cell), line);
}

/* The model as evaluated, with the weights of the one that was trained. */
static enum status adopt(struct evaluated *evaluated, struct message *message)
{
    const struct job *job = evaluated->job;
    const struct planned_dataset *dataset = job->dataset;
    enum status status =
        model_create(&evaluated->model, &dataset->model, &evaluated->variant->evaluated,
                     dataset->training.length, job->model->vocabulary, job->setting->isa, message);
    if (status)
        return status;
    evaluated->weights =
        memory_allocate(evaluated->model->weights, sizeof *evaluated->weights, "the weights", message);
    if (!evaluated->weights)
        return STATUS_FAILED;
    return model_adopt(evaluated->model, evaluated->weights, job->model, job->weights, message);
}

static void release(struct evaluated *evaluated)
{
    evaluated->trial.curve = (struct curve){.count = 0}; /* the job's */
    trial_release(&evaluated->trial);
    memory_release(evaluated->weights);
    if (evaluated->model)
        model_release(evaluated->model);
}

/* Fills the trial.  failure: as job_evaluate has it. */
static enum status score(struct evaluated *evaluated, size_t e, const char *failure, struct message *message)
{
    struct job *job = evaluated->job;
    struct message why = {""};
    enum status status = fill_records(evaluated, e, message);
    if (!status)
        status = fill_cells(&evaluated->trial, job->dataset, message);
    if (status)
        return status;
    if (!failure && adopt(evaluated, &why))
        failure = why.text;
    snprintf(evaluated->label, sizeof evaluated->label, "%s on %s, seed %zu", evaluated->variant->name,
             job->dataset->label, job->training->seed);
    for (size_t i = 0; i < evaluated->trial.cells; i++) {
        struct cell *cell = &evaluated->trial.cell[i];

        if (signals_stop())
            return message_set(message, STATUS_CHECKPOINTED, "stopped before %s at %lld tokens",
                               cell->protocol, (long long)cell->length);
        if (failure)
            say_why(cell, CELL_FAILED, failure);
        else
            score_cell(evaluated, cell);
        if (cell->status == CELL_FAILED && job->failed_cells++ == 0)
            message_set(message, STATUS_FAILED, "%s under %s at %lld tokens: %s", evaluated->variant->name,
                        cell->protocol, (long long)cell->length, cell->reason);
    }
    return STATUS_OK;
}

static struct evaluated begin_evaluation(struct job *job, size_t e)
{
    return (struct evaluated){.job = job,
                              .variant = &job->setting->plan->variant[job->training->evaluation[e]]};
}

enum status job_evaluate(struct job *job, size_t e, const char *failure, struct message *message)
{
    struct evaluated evaluated = begin_evaluation(job, e);
    struct text path = job_trial_path(job->setting->out, job->training, e);
    enum status status = score(&evaluated, e, failure, message);
    if (!status)
        status = job_path_check(&path, message);
    if (!status)
        status = trial_write(text_string(&path), &evaluated.trial, message);
    text_release(&path);
    release(&evaluated);
    return status;
}

enum status job_score(struct trial *trial, struct job *job, size_t e, struct message *message)
{
    struct evaluated evaluated = begin_evaluation(job, e);
    enum status status = score(&evaluated, e, NULL, message);
    if (!status) {
        *trial = evaluated.trial;
        trial->curve = (struct curve){.count = 0}; /* the job's: it goes with the training */
        evaluated.trial = (struct trial){.cells = 0};
    }
    release(&evaluated);
    return status;
}
