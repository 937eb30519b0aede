/* pass_embedding.c -- what enters the first layer, and dropout. */
#include <string.h>

#include "model/hooks.h"
#include "model/pass.h"

void pass_dropout(real *x, const struct workspace *workspace, const struct chunk *chunk, size_t layer,
                  enum dropout_place place, const size_t *row, size_t first, size_t rows)
{
    size_t width = workspace->model->shape.width;
    double rate = workspace->model->options.dropout;
    real kept = (real)(1 / (1 - rate));
    if (!chunk->dropout || rate <= 0)
        return;
    for (size_t r = 0, s = 0, begin = 0; r < rows; r++) {
        size_t at = row ? row[first + r] : first + r;
        while (at >= begin + chunk->count[s])
            begin += chunk->count[s++];
        struct key key = key_with(key_with(chunk->dropout[s], layer), place);
        for (size_t i = 0; i < width; i++)
            x[r * width + i] *= random_uniform(key, (at - begin) * width + i) < rate ? 0 : kept;
    }
}

void pass_embedding(struct workspace *workspace, const real *w, real *dw, const struct chunk *chunk)
{
    const struct model *model = workspace->model;
    size_t width = model->shape.width;
    size_t rows = chunk_rows(chunk);
    const bool adds = composition_hooks(&model->composition) & HOOK_ADD;
    real *x = workspace->layer[0].in, scale = (real)model->options.embedding_scale;
    for (size_t r = 0; r < rows; r++) {
        const real *row = w + model->token_embedding + (size_t)chunk->tokens[r] * width;
        for (size_t i = 0; i < width; i++)
            x[r * width + i] = scale * row[i];
    }
    for (size_t s = 0, row = 0; adds && s < chunk->sequences; row += chunk->count[s++]) {
        const struct encoding *encoding = pass_encoding(workspace, w, dw, chunk, s, 0);
        hooks_add(x + row * width, &model->composition, w, &encoding->site, &encoding->positions);
    }
    pass_dropout(x, workspace, chunk, 0, DROPOUT_EMBEDDING, NULL, 0, rows);
}

void pass_embedding_backward(real *dw, struct workspace *workspace, const real *w, const struct chunk *chunk)
{
    const struct model *model = workspace->model;
    size_t width = model->shape.width;
    size_t rows = chunk_rows(chunk);
    const bool adds = composition_hooks(&model->composition) & HOOK_ADD;
    real *dx = workspace->dx, scale = (real)model->options.embedding_scale;
    pass_dropout(dx, workspace, chunk, 0, DROPOUT_EMBEDDING, NULL, 0, rows);
    for (size_t s = 0, row = 0; adds && s < chunk->sequences; row += chunk->count[s++]) {
        const struct encoding *encoding = pass_encoding(workspace, w, dw, chunk, s, 0);
        hooks_add_backward(dw, &model->composition, w, &encoding->site, &encoding->positions,
                           dx + row * width);
    }
    for (size_t r = 0; r < rows; r++) {
        real *row = dw + model->token_embedding + (size_t)chunk->tokens[r] * width;
        for (size_t i = 0; i < width; i++)
            row[i] += scale * dx[r * width + i];
    }
}
