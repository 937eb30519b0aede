/* fixture.h -- a model that nobody trained. */
#ifndef LEXBENCH_TESTS_EVALUATION_FIXTURE_H
#define LEXBENCH_TESTS_EVALUATION_FIXTURE_H

#include "tests/test.h"

#include "model/model.h"
#include "registry/spec.h"
#include "support/memory.h"

enum { TRAINED_LENGTH = 16 };

struct untrained {
    struct composition composition;
    struct model *model;
    real *weights;
};

static inline void untrained_create(struct untrained *untrained, const struct model_options *options,
                                    const char *encoders, const char *positions, size_t vocabulary)
{
    struct message message = {""};
    assert_int_equal(spec_encoders(&untrained->composition, encoders, &message), STATUS_OK);
    assert_int_equal(spec_positions(&untrained->composition, positions, &message), STATUS_OK);
    assert_int_equal(model_create(&untrained->model, options, &untrained->composition, TRAINED_LENGTH,
                                  vocabulary, ISA_PLAIN, &message),
                     STATUS_OK);
    untrained->weights = memory_allocate(untrained->model->weights, sizeof(real), "weights", &message);
    model_initialise(untrained->model, 3, untrained->weights);
}

static inline void untrained_release(struct untrained *untrained)
{
    memory_release(untrained->weights);
    model_release(untrained->model);
    composition_release(&untrained->composition);
}

#endif
