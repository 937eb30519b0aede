/* tokens.h -- the loss of every token of some evaluations, as a file of its own (README.md: Losses per
 * token). */
#ifndef LEXBENCH_TOKENS_H
#define LEXBENCH_TOKENS_H

#include <stddef.h>
#include <stdint.h>

#include "support/names.h"
#include "support/status.h"

struct token_set { /* one protocol at one length: the same tokens for every variant */
    char protocol[NAME_SIZE];
    size_t length, items;    /* n; windows or examples */
    int64_t *item_key;       /* (items) first token of the window, index of the example */
    int32_t *token, *target; /* (items, length) target: negative where none was asked */
    double *loss;            /* (variants, items, length) nat; NAN where none was scored */
};

struct token_losses { /* one training, one dataset */
    char training_id[ID_SIZE], dataset[NAME_SIZE];
    size_t variants;
    char (*variant)[NAME_SIZE]; /* (variants) */
    size_t sets;
    struct token_set *set; /* (sets) */
};
void token_losses_release(struct token_losses *losses); /* what it points to */

/* netCDF-4 readable, published whole. */
enum status tokens_write(const char *path, const struct token_losses *losses, struct message *message);

#endif
