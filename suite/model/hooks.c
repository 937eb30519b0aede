/* hooks.c -- the hooks of components, with what stands for one that is missing. */
#include "model/hooks.h"

#include <string.h>

/* ---- one component ---- */

size_t hooks_parameters(const struct component *component, const struct shape *shape, struct parameter *out)
{
    const struct encoder *encoder = component->encoder;
    return encoder->parameters ? encoder->parameters(component->state, shape, out) : 0;
}

size_t hooks_rotated(const struct component *component, const struct shape *shape)
{
    const struct encoder *encoder = component->encoder;
    return encoder->rotated ? encoder->rotated(component->state, shape) : 0;
}

double hooks_magnitude(const struct component *component, const struct site *site)
{
    const struct encoder *encoder = component->encoder;
    return encoder->magnitude ? encoder->magnitude(component->state, site) : 1;
}

size_t hooks_strip_scratch(const struct component *component, const struct site *site, size_t rows,
                           size_t keys)
{
    const struct encoder *encoder = component->encoder;
    return encoder->strip_scratch ? encoder->strip_scratch(component->state, site, rows, keys) : 0;
}

size_t hooks_strip_table(const struct component *component, const struct site *site, size_t keys)
{
    const struct encoder *encoder = component->encoder;
    return encoder->strip_table ? encoder->strip_table(component->state, site, keys) : 0;
}

void hooks_strip_begin(void *table, const struct component *component, const struct site *site,
                       const struct positions *positions)
{
    const struct encoder *encoder = component->encoder;
    if (encoder->strip_begin)
        encoder->strip_begin(component->state, site, positions, positions, table);
}

void hooks_angles(double *angle, const struct component *component, const real *w, const struct site *site,
                  const struct positions *positions)
{
    component->encoder->angle(component->state, w + component->first_parameter, site, positions, angle);
}

bool hooks_bias(real *b, const struct component *component, const real *w, const struct site *site,
                const double *query, const double *key, size_t count)
{
    const struct encoder *encoder = component->encoder;
    if (encoder->bias)
        encoder->bias(component->state, w + component->first_parameter, site, query, key, count, b);
    return encoder->bias;
}

void hooks_bias_backward(real *dw, const struct component *component, const real *w, const struct site *site,
                         const double *query, const double *key, size_t count, const real *db)
{
    const size_t first = component->first_parameter;
    if (component->encoder->bias_backward)
        component->encoder->bias_backward(component->state, w + first, site, query, key, count, db,
                                          dw + first);
}

/* ---- all components ---- */

unsigned hooks_planes(const struct composition *composition)
{
    const struct component *owner = composition_owner(composition, HOOK_PLANES);
    return owner ? owner->encoder->planes : 1;
}

void hooks_plane(double *out, const struct composition *composition, const struct site *site, unsigned plane,
                 enum side side, const struct positions *in)
{
    const struct component *owner = composition_owner(composition, HOOK_PLANES);
    owner->encoder->plane(owner->state, site, plane, side, in, out);
}

void hooks_add(real *x, const struct composition *composition, const real *w, const struct site *site,
               const struct positions *positions)
{
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (component->encoder->add)
            component->encoder->add(component->state, w + component->first_parameter, site, positions, x);
    }
}

void hooks_add_backward(real *dw, const struct composition *composition, const real *w,
                        const struct site *site, const struct positions *positions, const real *dx)
{
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        const size_t first = component->first_parameter;
        if (component->encoder->add_backward)
            component->encoder->add_backward(component->state, w + first, site, positions, dx, dw + first);
    }
}

void hooks_scale(real *s, real *part, const struct composition *composition, const real *w,
                 const struct site *site, size_t head, const struct positions *query,
                 const struct component *but)
{
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (component == but || !component->encoder->scale)
            continue;
        component->encoder->scale(component->state, w + component->first_parameter, site, head, query, part);
        for (size_t i = 0; i < query->count; i++)
            s[i] *= part[i];
    }
}

void hooks_token(double *c, double *part, const struct composition *composition, const real *w,
                 const struct site *site, const real *x)
{
    const size_t size = site->shape->heads * site->length;
    memset(c, 0, size * sizeof *c);
    for (size_t k = 0; k < composition->count; k++) {
        const struct component *component = &composition->at[k];
        if (!component->encoder->token)
            continue;
        component->encoder->token(component->state, w + component->first_parameter, site, x, part);
        for (size_t i = 0; i < size; i++)
            c[i] += part[i];
    }
}

void hooks_token_backward(real *dw, real *dx, const struct composition *composition, const real *w,
                          const struct site *site, const real *x, const double *dc)
{
    for (size_t k = 0; k < composition->count; k++) {
        const struct component *component = &composition->at[k];
        const size_t first = component->first_parameter;
        if (component->encoder->token)
            component->encoder->token_backward(component->state, w + first, site, x, dc, dx, dw + first);
    }
}

/* ---- the position map ---- */

struct key hooks_draw(const struct composition *composition, const struct site *site, struct key draw,
                      uint64_t sequence)
{
    const unsigned needs = composition_needs(composition, site);
    struct key key = {0};
    if (needs & (MAP_DRAWS | MAP_DRAWS_SEQUENCES))
        key = key_with(draw, needs & MAP_DRAWS_SEQUENCES ? sequence : 0);
    return needs & MAP_DRAWS_LAYERS ? key_with(key, site->layer) : key;
}
