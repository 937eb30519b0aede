/* synthetic.h -- made-up trials for the tests of results/; every number follows from the coordinates. */
#ifndef LEXBENCH_TESTS_SYNTHETIC_H
#define LEXBENCH_TESTS_SYNTHETIC_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/merge/merge.h"
#include "results/store/cell.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/trial.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/names.h"
#include "support/text.h"

enum { SYNTHETIC_ITEMS = 3, SYNTHETIC_STEPS = 4 };

/* A number between 0 and 1 from a name and three integers. */
static inline double synthetic_noise(const char *name, int64_t a, int64_t b, int64_t c)
{
    uint64_t x = 1469598103934665603u;
    for (; *name; name++)
        x = (x ^ (uint64_t)(unsigned char)*name) * 1099511628211u;
    const int64_t parts[] = {a, b, c};
    for (size_t i = 0; i < 3; i++) {
        x = (x ^ (uint64_t)parts[i]) * 0x9E3779B97F4A7C15u;
        x ^= x >> 29;
    }
    return (double)(x >> 11) / 9007199254740992.0;
}

/* texts: of the trial. */
static inline void synthetic_cell(struct texts *texts, struct cell *cell, const char *variant, bool task,
                                  int64_t seed, int64_t length)
{
    double growth = synthetic_noise(variant, 1, 2, 3) * log2((double)length / 64);
    double noise = 0.05 * synthetic_noise(variant, seed, length, task);
    cell_clear(cell);
    cell->length = length;
    cell->status = CELL_MEASURED;
    cell->accuracy = 0.25 + noise;
    cell->floor = task ? 0 : NAN;
    cell->left_out = task ? length / 64 : 0;
    cell->exact_match_forced = task ? 0.5 + noise : NAN;
    cell->protocol = task ? "exact-match" : "nonoverlap";
    cell->nll = 1.9 + growth + noise;
    cell->exact_match = task ? exp(-growth) * (1 - noise) : NAN;
    cell->scored_tokens = 4 * length;
    char hash[SHA256_HEX_SIZE];
    snprintf(hash, sizeof hash, "%064llx", (unsigned long long)length * 2654435761u);
    cell->scored_sha256 = texts_keep(texts, hash, NULL);
    cell->items = SYNTHETIC_ITEMS;
    cell->score = memory_allocate(SYNTHETIC_ITEMS, sizeof(float), "test", NULL);
    cell->item_key = memory_allocate(SYNTHETIC_ITEMS, sizeof(int64_t), "test", NULL);
    for (size_t i = 0; i < SYNTHETIC_ITEMS; i++) {
        cell->score[i] = (float)(cell->nll + 0.001 * (double)i);
        cell->item_key[i] = (int64_t)i * length;
    }
    cell->tokens_per_second = 1000 + noise;
    cell->peak_memory = 1e6;
    cell->wall_time = 0.5;
}

/* One variant on `text` (nonoverlap) or `recall` (exact-match), lengths 64 * 2^k for k < count. */
static inline void synthetic_trial(struct trial *trial, const char *variant, const char *dataset,
                                   int64_t seed, size_t count)
{
    bool task = strcmp(dataset, "recall") == 0;
    *trial = (struct trial){.seed = seed, .numerics_revision = 1, .threads = 2, .training_wall_time = 12.5};
    snprintf(trial->experiment, NAME_SIZE, "quick");
    snprintf(trial->training_id, ID_SIZE, "%016llx",
             (unsigned long long)(synthetic_noise(variant, seed, task, 7) * 9e15));
    snprintf(trial->evaluation_id, ID_SIZE, "%016llx",
             (unsigned long long)(synthetic_noise(variant, seed, task, 8) * 9e15));
    if (seed == 2) /* a fine-tune: both kinds go through every file */
        snprintf(trial->parent, ID_SIZE, "%016llx",
                 (unsigned long long)(synthetic_noise(variant, seed, task, 9) * 9e15));
    snprintf(trial->variant.name, NAME_SIZE, "%s", variant);
    snprintf(trial->variant.encoder, SPEC_SIZE, "encoder of %s", variant);
    snprintf(trial->variant.positions, SPEC_SIZE, "identity()");
    snprintf(trial->variant.trained_as, SPEC_SIZE, "encoder of %s; identity()", variant);
    snprintf(trial->dataset.name, NAME_SIZE, "%s", dataset);
    trial->dataset.version = 3;
    trial->dataset.chance = 1.0 / 256;
    if (!task)
        snprintf(trial->dataset.input_sha256, SHA256_HEX_SIZE, "%064d", 5);
    trial->configuration = (struct configuration_record){
        .name = "2x64-L64", .layers = 2, .heads = 4, .width = 64, .training_length = 64};
    trial->steps = task ? 900 : 600;
    trial->parameters = 100000;
    snprintf(trial->instruction_set, NAME_SIZE, "avx2");
    snprintf(trial->host, NAME_SIZE, "somewhere");
    trial->protocols = 1;
    trial->protocol = memory_allocate(1, sizeof *trial->protocol, "test", NULL);
    snprintf(trial->protocol->name, NAME_SIZE, "%s", task ? "exact-match" : "nonoverlap");
    snprintf(trial->protocol->kind, NAME_SIZE, "%s", trial->protocol->name);
    snprintf(trial->protocol->targets, NAME_SIZE, "all");
    trial->cells = count;
    trial->cell = memory_allocate(count, sizeof *trial->cell, "test", NULL);
    for (size_t i = 0; i < count; i++)
        synthetic_cell(&trial->texts, &trial->cell[i], variant, task, seed, (int64_t)64 << i);
    struct text manifest = {0};
    text_append(&manifest, "{\"seed\": %lld, \"note\": \"\xce\xb1=\xc2\xbd\"}", (long long)seed);
    trial->manifest = manifest.bytes;
    trial->curve.count = SYNTHETIC_STEPS;
    trial->curve.step = memory_allocate(SYNTHETIC_STEPS, sizeof(int64_t), "test", NULL);
    trial->curve.loss = memory_allocate(SYNTHETIC_STEPS, sizeof(double), "test", NULL);
    trial->curve.rate = memory_allocate(SYNTHETIC_STEPS, sizeof(double), "test", NULL);
    for (size_t i = 0; i < SYNTHETIC_STEPS; i++) {
        trial->curve.step[i] = (int64_t)(i + 1) * 100;
        trial->curve.loss[i] = 5 - (double)i + 0.1 * (double)seed;
        trial->curve.rate[i] = 0.001 / (double)(i + 1);
    }
}

enum { SYNTHETIC_DEPTHS = 3 };

/* A cell more at each length: on text with losses by position, on recall with retrieval by depth. */
static inline void synthetic_arrays(struct trial *trial)
{
    bool task = strcmp(trial->dataset.name, "recall") == 0;
    size_t cells = trial->cells;
    struct cell *cell = memory_allocate(2 * cells, sizeof *cell, "test", NULL);
    struct protocol_record *protocol = memory_allocate(2, sizeof *protocol, "test", NULL);
    memcpy(cell, trial->cell, cells * sizeof *cell);
    protocol[0] = trial->protocol[0];
    snprintf(protocol[1].name, NAME_SIZE, "%s", task ? "needle" : "positions");
    snprintf(protocol[1].kind, NAME_SIZE, "%s", task ? "retrieval" : "per-position");
    protocol[1].stride = task ? 0 : 64;
    for (size_t i = 0; i < cells; i++) {
        struct cell *more = &cell[cells + i];
        size_t extent = task ? SYNTHETIC_DEPTHS : POSITION_BINS;
        synthetic_cell(&trial->texts, more, trial->variant.name, task, trial->seed, cell[i].length);
        more->protocol = protocol[1].name;
        double *values = memory_allocate(extent, sizeof *values, "test", NULL);
        for (size_t k = 0; k < extent; k++)
            values[k] = synthetic_noise(trial->variant.name, trial->seed, more->length, (int64_t)k);
        *(task ? &more->retrieval : &more->position_nll) = values;
        if (!task) {
            values[POSITION_BINS - 1] = NAN;
            more->position_floor = memory_allocate(extent, sizeof *values, "test", NULL);
            for (size_t k = 0; k < extent; k++)
                more->position_floor[k] = 1 / ((double)k + (double)more->length);
        }
    }
    if (task) {
        trial->depths = SYNTHETIC_DEPTHS;
        trial->depth = memory_allocate(SYNTHETIC_DEPTHS, sizeof *trial->depth, "test", NULL);
        for (size_t k = 0; k < SYNTHETIC_DEPTHS; k++)
            trial->depth[k] = 0.5 * (double)k;
    }
    memory_release(trial->cell);
    memory_release(trial->protocol);
    trial->cell = cell;
    trial->cells = 2 * cells;
    trial->protocol = protocol;
    trial->protocols = 2;
}

/* Turns a cell into a refusal, for a reason that the caller keeps. */
static inline void synthetic_refuse(struct cell *cell, enum cell_status status, const char *reason)
{
    memory_release(cell->score);
    memory_release(cell->item_key);
    struct cell refused;
    cell_clear(&refused);
    refused.length = cell->length;
    refused.status = status;
    refused.protocol = cell->protocol;
    refused.reason = reason;
    *cell = refused;
}

static inline int synthetic_order(const void *a, const void *b)
{
    const struct trial *first = *(const struct trial *const *)a, *second = *(const struct trial *const *)b;
    int order = strcmp(first->training_id, second->training_id);
    if (order == 0)
        order = strcmp(first->evaluation_id, second->evaluation_id);
    return order != 0 ? order : strcmp(first->variant.name, second->variant.name);
}

/* Trials in memory, merged under all rules of merge.h. */
static inline enum status synthetic_merge(struct results *results, const struct trial *const *trials,
                                          size_t count, const char *const *order, size_t order_count,
                                          struct message *message)
{
    const struct merge_options options = {.allow_mixed = false};
    struct merger *merger = NULL;
    const struct trial **sorted = memory_allocate(count, sizeof *trials, "the trials of a merge", message);
    *results = (struct results){.variants = 0};
    enum status status = sorted ? merger_create(&merger, &options, message) : STATUS_FAILED;
    for (size_t i = 0; i < count && sorted; i++)
        sorted[i] = trials[i];
    if (!status && count > 0)
        qsort(sorted, count, sizeof *sorted, synthetic_order);
    for (size_t i = 0; i < count && !status; i++) {
        char name[80];
        snprintf(name, sizeof name, "training %s (evaluation %s)", sorted[i]->training_id,
                 sorted[i]->evaluation_id);
        status = merger_add_trial(merger, sorted[i], name, message);
    }
    if (!status)
        status = merger_finish(results, merger, order, order_count, message);
    merger_release(merger);
    memory_release(sorted);
    return status;
}

/* variants x {text, recall} x seeds, merged in the order of the names; the trials are released. */
static inline enum status synthetic_results(struct results *results, const char *const *variants,
                                            size_t count, size_t seeds, size_t lengths,
                                            struct message *message)
{
    size_t trials = count * 2 * seeds;
    struct trial *trial = memory_allocate(trials, sizeof *trial, "test", NULL);
    const struct trial **pointer = memory_allocate(trials, sizeof *pointer, "test", NULL);
    for (size_t i = 0; i < trials; i++) {
        bool task = i / seeds % 2 == 1;
        synthetic_trial(&trial[i], variants[i / seeds / 2], task ? "recall" : "text",
                        (int64_t)(i % seeds) + 1, task && lengths > 3 ? 3 : lengths);
        pointer[i] = &trial[i];
    }
    enum status status = synthetic_merge(results, pointer, trials, variants, count, message);
    for (size_t i = 0; i < trials; i++)
        trial_release(&trial[i]);
    memory_release(pointer);
    memory_release(trial);
    return status;
}

/* A folder of this process's own under build/ or /tmp, empty; and its removal (flat folders only). */
static inline void synthetic_folder(char *path, size_t size)
{
    const char *base = getenv("TMPDIR");
    snprintf(path, size, "%s/lexbench-test-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(path))
        abort();
}
static inline void synthetic_remove(const char *path)
{
    struct message message;
    char **names = NULL;
    size_t count = 0;
    if (!file_list(&names, &count, path, "", &message))
        for (size_t i = 0; i < count; i++) {
            char *file = file_join(path, names[i]);
            remove(file);
            memory_release(file);
            memory_release(names[i]);
        }
    memory_release(names);
    rmdir(path);
}

#endif
