/* composition.h -- the components of a variant: encoders in the order written, one position map. */
#ifndef LEXBENCH_COMPOSITION_H
#define LEXBENCH_COMPOSITION_H

#include "model/places.h"

/* Cut lists of m and k stretches intersect in m + k - 1 at most: SPANS_MAX is what all components together
 * can make. */
enum { COMPONENTS_MAX = 8, SPANS_MAX = COMPONENTS_MAX * (SEGMENTS_MAX - 1) + 1 };

struct component {
    const struct encoder *encoder;
    void *state;            /* options set; owned by the composition (memory_release) */
    size_t first_parameter; /* offset of its weights among the model's, set by the model */
};

struct composition {
    size_t count;
    struct component at[COMPONENTS_MAX];
    const struct position_map *map; /* never NULL in a finished composition */
    void *map_state;
};

void composition_release(struct composition *composition);
enum status composition_copy(struct composition *out, const struct composition *in,
                             struct message *message); /* deep: states are copied */

/* The hooks that some component has (bits of places.h). */
unsigned composition_hooks(const struct composition *composition);
/* The first component that has this hook: the only one of rotation, decay and planes.  NULL = none. */
const struct component *composition_owner(const struct composition *composition, unsigned hook);

/* What can be said without a shape: none stands twice, angle, planes and decay have one owner at most, and
 * some attention is served by all.  STATUS_WRONG names both.  trained: it is to be trained, so evaluation-only
 * ones are refused. */
enum status composition_check(const struct composition *composition, bool trained, struct message *message);

/* prepare() of every component, once, for this shape.  STATUS_WRONG names what does not fit: a component that
 * does not serve the shape's attention or axes, or its options; two that leave a query of the training length
 * no key. */
enum status composition_prepare(struct composition *composition, const struct shape *shape,
                                struct message *message);

/* "rope(base=10000, ...) + log-n" with the options that are stored (option.h): goes into ids and records. */
void composition_print_encoders(struct text *out, const struct composition *composition);
void composition_print_positions(struct text *out, const struct composition *composition);
/* The same with every option: for people, and for files to change. */
void composition_print_all_encoders(struct text *out, const struct composition *composition);
void composition_print_all_positions(struct text *out, const struct composition *composition);

/* STATUS_OK; STATUS_WRONG when a pass of this length cannot be done, and why: a clause, preceded by the
 * component's name, or two components that leave a query no key.  STATUS_FAILED without memory: that is no
 * refusal. */
enum status composition_accepts(const struct composition *composition, const struct site *site,
                                struct message *message);
/* What the positions of such a pass depend on besides its length: bits of the contract, MAP_... */
unsigned composition_needs(const struct composition *composition, const struct site *site);
/* Does the position map read marks in such a pass? */
bool composition_reads_marks(const struct composition *composition, const struct site *site);

/* Of a sequence of site->length tokens, how many of the last ones the pass is given. */
size_t composition_seen(const struct composition *composition, const struct site *site);
/* What a query sees: segments of all components, intersected, within what causality allows. */
size_t composition_segments(const struct composition *composition, const struct site *site, size_t query,
                            size_t keys, struct segment out[SPANS_MAX]);

#endif
