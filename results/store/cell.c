/* cell.c -- what a cell without a score holds, and what a cell owns. */
#include "results/store/cell.h"

#include <math.h>
#include <string.h>

#include "results/store/cell_arrays.h"
#include "support/memory.h"

const char *cell_status_name(enum cell_status status)
{
    static const char *const names[] = {"not asked", "measured", "refused", "failed", "missing"};
    return names[status];
}

const struct cell cell_not_asked = {.protocol = "",
                                    .reason = "",
                                    .scored_sha256 = "",
                                    .status = CELL_NOT_ASKED,
                                    .nll = NAN,
                                    .accuracy = NAN,
                                    .exact_match = NAN,
                                    .exact_match_forced = NAN,
                                    .attention_entropy = NAN,
                                    .attention_distance = NAN,
                                    .attention_first = NAN,
                                    .floor = NAN,
                                    .tokens_per_second = NAN,
                                    .peak_memory = NAN,
                                    .wall_time = NAN};

void cell_clear(struct cell *cell)
{
    *cell = cell_not_asked;
}

void cell_share_scored(struct cell *out, const struct cell *in)
{
    out->scored_tokens = in->scored_tokens;
    out->scored_sha256 = in->scored_sha256;
    out->floor = in->floor;
    out->left_out = in->left_out;
}

void cell_release_items(struct cell *cell)
{
    memory_release(cell->score);
    memory_release(cell->item_key);
    cell->score = NULL;
    cell->item_key = NULL;
    cell->items = 0;
}

void cell_release(struct cell *cell)
{
    cell_release_items(cell);
    cell_arrays_release(cell);
}
