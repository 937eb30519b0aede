/* store_private.h -- what the files of the store share (private to results/). */
#ifndef LEXBENCH_STORE_PRIVATE_H
#define LEXBENCH_STORE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "results/store/store.h"

/* "not asked", "measured", "refused", "failed", "missing" */
const char *store_status_name(enum cell_status status);

/* Can the name stand in the path of an object: not empty, not ".", without "/"? */
bool store_name_fits(const char *name);

/* a * b * ... of count factors; false on overflow. */
bool store_product(size_t *product, const size_t *factors, size_t count);

/* The dimensions of C, outermost first. */
enum { CELL_RANK = 7, TRAINING_RANK = 5, BUDGET_RANK = 3, SCORED_RANK = 5 };
void results_extents(size_t extent[CELL_RANK], const struct results *results);

/* A training among those in C order of (variant, dataset, configuration, seed, fold). */
size_t results_training_index(const struct results *results, size_t variant, size_t dataset,
                              size_t configuration, size_t seed, size_t fold);

/* The scored set of a cell among those in C order of (dataset, configuration, fold, protocol, length). */
size_t results_scored_index(const struct results *results, size_t cell);

/* Cells (each empty), budgets and training ids for the dimensions that stand in results. */
enum status results_allocate_cells(struct results *results, struct message *message);

/* What a cell knows of the set that was scored, but for position_floor. */
void cell_share_scored(struct cell *out, const struct cell *in);
void cell_release_items(struct cell *cell);
void cell_release(struct cell *cell); /* its items and arrays */

/* New memory with a copy; NULL and a sentence when there is none. */
void *store_copy(const void *bytes, size_t count, size_t size, const char *what, struct message *message);
enum status curve_copy(struct curve *out, const struct curve *in, struct message *message);
void curve_release(struct curve *curve);

#endif
