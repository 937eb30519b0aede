/* profile.h -- where a worker's time goes: one stopwatch for each, switched from part to part.
 *
 * A profile is an array of `struct profile`, one for each worker and touched by it alone; NULL where nobody
 * asked, which costs a comparison. */
#ifndef LEXBENCH_PROFILE_H
#define LEXBENCH_PROFILE_H

#include <stddef.h>

enum profile_part {
    PROFILE_WAITING,  /* for other workers, and whatever is not named below */
    PROFILE_DATA,     /* examples and their scores */
    PROFILE_PRODUCTS, /* dense layers and head */
    PROFILE_ATTENTION_PRODUCTS,
    PROFILE_ATTENTION, /* softmax, biases, masks, the way in and out of heads */
    PROFILE_ROWS,      /* normalisation, activations, embedding, cross-entropy */
    PROFILE_OPTIMISER, /* summing gradients, AdamW */
    PROFILE_PARTS
};
extern const char *const profile_part_names[PROFILE_PARTS];

struct profile {
    double seconds[PROFILE_PARTS];
    double operations[PROFILE_PARTS]; /* of products, floating-point */
    double since;                     /* when part began, 0 = not yet */
    enum profile_part part;
};

/* From now on time goes to part; returns the one it went to. */
enum profile_part profile_switch(struct profile *profile, enum profile_part part);
void profile_count(struct profile *profile, double operations); /* done in the part under way */

#endif
