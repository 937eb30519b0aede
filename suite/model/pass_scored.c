/* pass_scored.c -- the rows that the last layer has to calculate: those whose target is scored.
 *
 * After the last mixer a token acts on nothing but its own loss, so what follows is needed of the scored
 * tokens alone: their rows are moved together, and the gradients back to their places among zeros. */
#include <string.h>

#include "model/pass.h"

/* Rows that are calculated at least: a library's product of one row is another algorithm. */
enum { ROWS_LEAST = 8 };

void pass_scored(struct workspace *workspace, const struct chunk *chunk)
{
    struct scored_rows *scored = &workspace->scored;
    size_t rows = chunk_rows(chunk), count = 0;
    for (size_t r = 0; r < rows; r++) {
        scored->wanted[r] = chunk->targets[r] >= 0;
        count += scored->wanted[r];
    }
    for (size_t r = 0; r < rows && count < ROWS_LEAST; r++) {
        count += !scored->wanted[r];
        scored->wanted[r] = true;
    }
    scored->count = 0;
    for (size_t r = 0; r < rows; r++)
        if (scored->wanted[r])
            scored->row[scored->count++] = r;
}

void pass_gather(real *out, const real *in, const struct scored_rows *scored, size_t first, size_t rows,
                 size_t width)
{
    for (size_t i = 0; i < rows; i++)
        memmove(out + i * width, in + scored->row[first + i] * width, width * sizeof(real));
}

void pass_scatter(real *x, const struct scored_rows *scored, size_t rows, size_t width)
{
    size_t left = scored->count;
    while (rows-- > 0) {
        if (left > 0 && scored->row[left - 1] == rows)
            memmove(x + rows * width, x + --left * width, width * sizeof(real));
        else
            memset(x + rows * width, 0, width * sizeof(real));
    }
}
