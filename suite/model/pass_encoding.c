/* pass_encoding.c -- the encoding of a layer for the sequence at hand, with the positions drawn for it. */
#include "model/hooks.h"
#include "model/pass.h"

static const int32_t *marks_of(const struct chunk *chunk, size_t s)
{
    const struct chunk before = {.sequences = s, .count = chunk->count};
    return chunk->marks + chunk_rows(&before);
}

struct encoding *pass_encoding(struct workspace *workspace, const real *w, real *dw,
                               const struct chunk *chunk, size_t s, size_t layer)
{
    const struct composition *composition = &workspace->model->composition;
    struct encoding *encoding = workspace->encoding[workspace->encodings == 1 ? 0 : layer];
    struct site site = {.shape = &workspace->model->shape,
                        .layer = layer,
                        .length = chunk->count[s],
                        .training = workspace->training};
    const int32_t *marks =
        composition_reads_marks(composition, &site) && chunk->marks ? marks_of(chunk, s) : NULL;
    struct key key = hooks_draw(composition, &site, chunk->draw, chunk->number ? 1 + chunk->number[s] : 0);
    if (dw && encoding->built && !encoding_is_built(encoding, w, &site, key, marks))
        encoding_flush(encoding, dw);
    encoding_build(encoding, w, &site, key, marks);
    return encoding;
}
