/* segments.h -- the cuts of the keys that several encoders make.  Not an encoder itself.
 *
 * query and keys are places in the sequence; only keys 0..query are ever seen.  Each function writes
 * ascending, disjoint, non-empty segments and returns how many. */
#ifndef LEXBENCH_SEGMENTS_H
#define LEXBENCH_SEGMENTS_H

#include "encoders/encoder.h"

/* The last `width` keys, the query's own included, in plane 0. */
size_t segments_last(struct segment *out, size_t query, size_t keys, size_t width);

/* Keys at distances below `near` in plane 0, all others in plane 1. */
size_t segments_near_far(struct segment *out, size_t query, size_t keys, size_t near);

/* The last `width` keys in plane 0, and of those before them the first `first` in plane 1. */
size_t segments_first_last(struct segment *out, size_t query, size_t keys, size_t first, size_t width);

#endif
