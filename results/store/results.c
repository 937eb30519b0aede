/* results.c -- results in memory: where a cell lies, and what its dimensions hold. */
#include "results/store/results.h"

#include <stdlib.h>
#include <string.h>

#include "results/store/store_private.h"
#include "support/memory.h"

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

void results_coordinates(size_t at[CELL_RANK], const struct results *results, size_t index, size_t rank)
{
    size_t extent[CELL_RANK];
    results_extents(extent, results);
    for (size_t d = rank; d-- > 0; index /= extent[d])
        at[d] = index % extent[d];
}

struct cell *results_find_cell(const struct results *results, size_t place)
{
    size_t first = 0, end = results->cells;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (results->place[middle] == place)
            return &results->cell[middle];
        if (results->place[middle] < place)
            first = middle + 1;
        else
            end = middle;
    }
    return NULL;
}

const struct cell *results_cell(const struct results *results, size_t place)
{
    const struct cell *cell = results_find_cell(results, place);
    return cell ? cell : &cell_not_asked;
}

size_t results_scored_index(const struct results *results, size_t place)
{
    const size_t inner = results->protocols * results->lengths, training = place / inner;
    const size_t fold = training % results->folds, outer = training / (results->folds * results->seeds);
    const size_t pair = outer % (results->datasets * results->configurations);
    return (pair * results->folds + fold) * inner + place % inner;
}

static int compare_ids(const void *id, const void *training)
{
    return strcmp(id, ((const struct training_record *)training)->id);
}

const struct training_record *results_training(const struct results *results, const char *id)
{
    return bsearch(id, results->training, results->trainings, sizeof *results->training, compare_ids);
}

enum status results_allocate_trainings(struct results *results, struct message *message)
{
    size_t extent[CELL_RANK], places, trainings, budgets;
    results_extents(extent, results);
    if (!store_product(&places, extent, CELL_RANK) || !store_product(&trainings, extent, TRAINING_RANK) ||
        !store_product(&budgets, extent, BUDGET_RANK))
        return message_set(message, STATUS_FAILED,
                           "the product of all dimensions of the results is too large");
    results->training_id =
        memory_allocate(trainings, sizeof *results->training_id, "the training ids of the results", message);
    results->budget =
        memory_allocate(budgets, sizeof *results->budget, "the budgets of the results", message);
    return results->training_id && results->budget ? STATUS_OK : STATUS_FAILED;
}

enum status results_allocate_cells(struct results *results, size_t cells, struct message *message)
{
    results->cell = memory_allocate(cells, sizeof *results->cell, "the cells of the results", message);
    results->place = memory_allocate(cells, sizeof *results->place, "the cells of the results", message);
    results->cells = results->cell && results->place ? cells : 0;
    return results->cell && results->place ? STATUS_OK : STATUS_FAILED;
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
    for (size_t i = 0; i < results->cells; i++)
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
    texts_release(&results->texts);
    memory_release(results->place);
    memory_release(results->cell);
    memory_release(results->budget);
    memory_release(results->mixed);
    memory_release(results->training_id);
    memory_release(results->training);
    memory_release(results->tuning);
    memory_release(results->claim);
    *results = (struct results){.variants = 0};
}
