/* hooks.h -- the hooks of components, asked: what a hook that is NULL stands for is said here.
 *
 * w: the weights that first_parameter counts from; dw: gradients, laid out alike, which are added to. */
#ifndef LEXBENCH_HOOKS_H
#define LEXBENCH_HOOKS_H

#include "model/composition.h"

/* ---- one component ---- */

size_t hooks_parameters(const struct component *component, const struct shape *shape, struct parameter *out);
/* r when pairs are (t, t + r/2); 0: (2t, 2t + 1). */
size_t hooks_rotated(const struct component *component, const struct shape *shape);
/* Factor of cosines and sines. */
double hooks_magnitude(const struct component *component, const struct site *site);
/* Bytes of scratch of its strips. */
size_t hooks_strip_scratch(const struct component *component, const struct site *site, size_t rows,
                           size_t keys);
/* What strips look up: bytes of it for as many keys, and the table itself for these positions. */
size_t hooks_strip_table(const struct component *component, const struct site *site, size_t keys);
void hooks_strip_begin(void *table, const struct component *component, const struct site *site,
                       const struct positions *positions);
/* angle(count, head_width / 2), of a component that has angles. */
void hooks_angles(double *angle, const struct component *component, const real *w, const struct site *site,
                  const struct positions *positions);
/* b(heads, count), of one query position against count key positions.  false: it has no bias, b is left
 * alone. */
bool hooks_bias(real *b, const struct component *component, const real *w, const struct site *site,
                const double *query, const double *key, size_t count);
void hooks_bias_backward(real *dw, const struct component *component, const real *w, const struct site *site,
                         const double *query, const double *key, size_t count, const real *db);

/* ---- all components ---- */

/* How many planes: at least one. */
unsigned hooks_planes(const struct composition *composition);
/* out(count): the positions of a plane, of components that have more than one. */
void hooks_plane(double *out, const struct composition *composition, const struct site *site, unsigned plane,
                 enum side side, const struct positions *in);
/* x(count, width) += what is added to embeddings at these positions. */
void hooks_add(real *x, const struct composition *composition, const real *w, const struct site *site,
               const struct positions *positions);
void hooks_add_backward(real *dw, const struct composition *composition, const real *w,
                        const struct site *site, const struct positions *positions, const real *dx);
/* s(count) *= the query scales of one head by all components but one (NULL: by all).  part(count) is room. */
void hooks_scale(real *s, real *part, const struct composition *composition, const real *w,
                 const struct site *site, size_t head, const struct positions *query,
                 const struct component *but);

/* c(heads, n) = the running sums of all components over x(n, width).  part(heads, n) is room. */
void hooks_token(double *c, double *part, const struct composition *composition, const real *w,
                 const struct site *site, const real *x);
/* dx(n, width) is added to. */
void hooks_token_backward(real *dw, real *dx, const struct composition *composition, const real *w,
                          const struct site *site, const real *x, const double *dc);

/* ---- the position map ---- */

/* The stream of the positions drawn for this site; zero when none are.  draw: of the step or the evaluation;
 * sequence: 1 + its number, 0 = one draw for all. */
struct key hooks_draw(const struct composition *composition, const struct site *site, struct key draw,
                      uint64_t sequence);

#endif
