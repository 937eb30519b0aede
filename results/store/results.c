/* results.c -- results in memory: where a cell lies, what a cell without a score holds. */
#include <math.h>
#include <string.h>

#include "results/store/cell.h"
#include "results/store/cell_arrays.h"
#include "results/store/curve.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/store_private.h"
#include "support/memory.h"

bool store_name_fits(const char *name)
{
    return name[0] != '\0' && strcmp(name, ".") != 0 && !strchr(name, '/');
}

bool store_product(size_t *product, const size_t *factors, size_t count)
{
    *product = 1;
    for (size_t i = 0; i < count; i++)
        if (__builtin_mul_overflow(*product, factors[i], product))
            return false;
    return true;
}

void results_extents(size_t extent[CELL_RANK], const struct results *results)
{
    extent[0] = results->variants;
    extent[1] = results->datasets;
    extent[2] = results->configurations;
    extent[3] = results->seeds;
    extent[4] = results->folds;
    extent[5] = results->protocols;
    extent[6] = results->lengths;
}

size_t results_training_index(const struct results *results, size_t variant, size_t dataset,
                              size_t configuration, size_t seed, size_t fold)
{
    size_t index = (variant * results->datasets + dataset) * results->configurations + configuration;
    return (index * results->seeds + seed) * results->folds + fold;
}

size_t results_index(const struct results *results, size_t variant, size_t dataset, size_t configuration,
                     size_t seed, size_t fold, size_t protocol, size_t length)
{
    size_t index = results_training_index(results, variant, dataset, configuration, seed, fold);
    return (index * results->protocols + protocol) * results->lengths + length;
}

bool results_has_fold(const struct results *results, size_t dataset, size_t fold)
{
    const size_t inner = results->protocols * results->lengths, place = results->seeds * results->folds;
    const size_t pairs = results->datasets * results->configurations;
    for (size_t t = fold; t < results->variants * pairs * place; t += results->folds)
        for (size_t i = 0; i < inner && t / place / results->configurations % results->datasets == dataset;
             i++)
            if (results->cell[t * inner + i].status != CELL_NOT_ASKED)
                return true;
    return false;
}

size_t results_scored_index(const struct results *results, size_t cell)
{
    const size_t inner = results->protocols * results->lengths, training = cell / inner;
    const size_t fold = training % results->folds, place = training / (results->folds * results->seeds);
    const size_t pair = place % (results->datasets * results->configurations);
    return (pair * results->folds + fold) * inner + cell % inner;
}

enum status results_allocate_cells(struct results *results, struct message *message)
{
    size_t extent[CELL_RANK], cells, trainings, budgets;
    results_extents(extent, results);
    if (!store_product(&cells, extent, CELL_RANK) || !store_product(&trainings, extent, TRAINING_RANK) ||
        !store_product(&budgets, extent, BUDGET_RANK))
        return message_set(message, STATUS_FAILED,
                           "the product of all dimensions of the results is too large");
    results->cell = memory_allocate(cells, sizeof *results->cell, "the cells of the results", message);
    results->training_id =
        memory_allocate(trainings, sizeof *results->training_id, "the training ids of the results", message);
    results->budget =
        memory_allocate(budgets, sizeof *results->budget, "the budgets of the results", message);
    if (!results->cell || !results->training_id || !results->budget)
        return STATUS_FAILED;
    for (size_t i = 0; i < cells; i++) {
        cell_clear(&results->cell[i]);
        results->cell[i].length = results->length[i % results->lengths];
    }
    return STATUS_OK;
}

void *store_copy(const void *bytes, size_t count, size_t size, const char *what, struct message *message)
{
    void *copy = memory_allocate(count, size, what, message);
    if (copy && count > 0)
        memcpy(copy, bytes, count * size);
    return copy;
}

enum status results_set_claims(struct results *results, const struct claim_record *claims, size_t count,
                               struct message *message)
{
    struct claim_record *copy = memory_allocate(count, sizeof *copy, "claims", message);
    if (!copy) {
        results_release(results);
        return STATUS_FAILED;
    }
    if (count > 0)
        memcpy(copy, claims, count * sizeof *copy);
    memory_release(results->claim);
    results->claim = copy;
    results->claims = count;
    return STATUS_OK;
}

void results_release(struct results *results)
{
    size_t extent[CELL_RANK], cells;
    results_extents(extent, results);
    if (results->cell && store_product(&cells, extent, CELL_RANK))
        for (size_t i = 0; i < cells; i++)
            cell_release(&results->cell[i]);
    for (size_t i = 0; i < results->trainings; i++) {
        memory_release(results->training[i].manifest);
        curve_release(&results->training[i].curve);
    }
    memory_release(results->variant);
    memory_release(results->dataset);
    memory_release(results->configuration);
    memory_release(results->seed);
    memory_release(results->fold);
    memory_release(results->length);
    memory_release(results->depth);
    memory_release(results->protocol);
    memory_release(results->cell);
    memory_release(results->budget);
    memory_release(results->mixed);
    memory_release(results->training_id);
    memory_release(results->training);
    memory_release(results->tuning);
    memory_release(results->claim);
    *results = (struct results){.variants = 0};
}
