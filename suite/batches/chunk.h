/* chunk.h -- an example as it is made, and what a model takes at once: a few of them, one after the other. */
#ifndef LEXBENCH_CHUNK_H
#define LEXBENCH_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include "support/rng.h"

struct example {
    size_t n;
    int32_t *tokens, *targets; /* (n) target: UNSCORED = not asked */
    int32_t *marks;            /* (n) significance; NULL = not wanted */
};

struct chunk {
    size_t sequences;
    const size_t *count;             /* (sequences) tokens of each; their sum is the chunk's rows */
    const int32_t *tokens, *targets; /* (rows) one sequence after the other; target: UNSCORED = not asked */
    const struct key *dropout;       /* (sequences) one stream each; NULL = no dropout */
    struct key draw;                 /* of positions, for the whole step or evaluation */
    const size_t *number;            /* (sequences) which sequence of it; NULL unless each has its own draw */
    const int32_t *marks;            /* (rows); NULL unless the position map reads them */
};

static inline size_t chunk_rows(const struct chunk *chunk)
{
    size_t rows = 0;
    for (size_t s = 0; s < chunk->sequences; s++)
        rows += chunk->count[s];
    return rows;
}

#endif
