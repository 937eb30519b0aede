/* pass_encoding.c -- the encoding of a layer for the sequence at hand, with the positions drawn for it. */
#include "model/pass.h"

/* The stream of the positions that are drawn for sequence s at this layer; zero when none are. */
static struct key draw_of(const struct chunk *chunk, size_t s, size_t layer, unsigned needs)
{
    struct key key = {0};
    if (needs & (MAP_DRAWS | MAP_DRAWS_SEQUENCES))
        key = key_with(chunk->draw, needs & MAP_DRAWS_SEQUENCES && chunk->number ? 1 + chunk->number[s] : 0);
    return needs & MAP_DRAWS_LAYERS ? key_with(key, layer) : key;
}

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
    unsigned needs = composition->map->needs ? composition->map->needs(composition->map_state, &site) : 0;
    const int32_t *marks = needs & MAP_MARKS && chunk->marks ? marks_of(chunk, s) : NULL;
    struct key key = draw_of(chunk, s, layer, needs);
    if (dw && encoding->built && !encoding_is_built(encoding, w, &site, key, marks))
        encoding_flush(encoding, dw);
    encoding_build(encoding, w, &site, key, marks);
    return encoding;
}
