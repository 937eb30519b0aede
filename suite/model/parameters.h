/* parameters.h -- the table of a model's weights: what each is called, where it lies, how it begins and
 * whose it is.  Private to model/ but for struct model_parameter. */
#ifndef LEXBENCH_MODEL_PARAMETERS_H
#define LEXBENCH_MODEL_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

#include "support/real.h"
#include "support/rng.h"
#include "support/status.h"

struct model;
struct shape;

enum beginning {
    BEGINS_NORMAL, /* normal, of the model's initial deviation */
    BEGINS_RESIDUAL, /* smaller by sqrt(2 layers): it ends a residual branch (Radford et al. 2019, section 2.3) */
    BEGINS_ONE,
    BEGINS_ZERO,
    BEGINS_OWN /* as its owner says */
};

struct model_parameter {
    char name[96]; /* "token_embedding", "layer0.attention.query_key_value.weight", "t5.bias" */
    size_t rank, extent[3];
    size_t offset, size; /* in weights, in elements */
    bool decayed;        /* weight decay applies */
    bool product;        /* a matrix product gives its gradient, before anything else adds to it */
    enum beginning begins;

    /* BEGINS_OWN: the hook of its owner, that owner's state, and which of the owner's parameters this is. */
    void (*initialise)(const void *state, const struct shape *, size_t parameter, struct key, real *w);
    const void *state;
    size_t number;
};

/* Fills model->parameter and everything that follows from it: places, weights.  The options, shape, mixer and
 * composition are there.  What it allocates, model_release() releases. */
enum status parameters_lay_out(struct model *model, struct message *message);

/* The first values of a parameter, w(parameter->size), from its own stream. */
void parameter_begin(real *w, const struct model_parameter *parameter, const struct model *model,
                     struct key key);

#endif
