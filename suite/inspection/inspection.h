/* inspection.h -- an encoder by itself, untrained: what it makes of positions at any length.
 *
 * Hooks are asked at single positions, so no pass is built: memory is a few numbers for each position, and maps
 * are taken at up to 256 places, curves at distances that are spaced by their logarithm.  What is counted over
 * all keys (alikeness, turns, constant biases) is counted for the last query. */
#ifndef LEXBENCH_INSPECTION_H
#define LEXBENCH_INSPECTION_H

#include "model/composition.h"
#include "results/store/inspected.h"

enum { INSPECTION_PLACES = 256 }; /* at most, along a side of a map */

struct inspection_request {
    const struct composition *trained,
        *evaluated;     /* looked at: evaluated; trained says which angles were met */
    struct shape shape; /* trained_length: L */
    size_t layer, seed; /* layer from 0; seed of the initial weights */
    size_t lengths;
    const size_t *length; /* (lengths) ascending, each at least 2 */
};

/* Fills all of `out` but the name of the variant.  A length that is refused is no failure: out says so.
 * STATUS_WRONG: options do not fit the shape.  inspected_release() in any case. */
enum status inspection_make(struct inspected *out, const struct inspection_request *request,
                            struct message *message);

#endif
