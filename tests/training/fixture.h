/* fixture.h -- a small training in a folder of its own. */
#ifndef LEXBENCH_TESTS_TRAINING_FIXTURE_H
#define LEXBENCH_TESTS_TRAINING_FIXTURE_H

#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "registry/registry.h"
#include "registry/spec.h"
#include "support/memory.h"
#include "training/training.h"

struct setting {
    struct composition composition;
    struct model *model;
    const struct dataset *dataset;
    void *dataset_state;
    struct training_options training;
    char folder[64], path[96];
};

static inline void create_of(struct setting *s, const char *encoders, const char *width)
{
    struct model_options options;
    struct message message;
    *s = (struct setting){.folder = "/tmp/lexbench-checkpoint-XXXXXX"};
    assert_non_null(mkdtemp(s->folder));
    snprintf(s->path, sizeof s->path, "%s/checkpoint", s->folder);
    assert_int_equal(option_defaults(model_option_table, &options, &message), STATUS_OK);
    assert_int_equal(option_defaults(training_option_table, &s->training, &message), STATUS_OK);
    assert_int_equal(option_set(model_option_table, &options, "model", "width", width, &message), STATUS_OK);
    s->training.length = 16;
    s->training.steps = 37;
    s->training.batch = 5;
    assert_int_equal(dataset_find(&s->dataset, "recall", &message), STATUS_OK);
    s->dataset_state = memory_allocate(1, s->dataset->state_size, "dataset", &message);
    assert_int_equal(option_defaults(s->dataset->options, s->dataset_state, &message), STATUS_OK);
    assert_int_equal(s->dataset->prepare(s->dataset_state, &message), STATUS_OK);
    assert_int_equal(spec_encoders(&s->composition, encoders, &message), STATUS_OK);
    assert_int_equal(spec_positions(&s->composition, "identity", &message), STATUS_OK);
    assert_int_equal(model_create(&s->model, &options, &s->composition, s->training.length,
                                  s->dataset->vocabulary(s->dataset_state), ISA_PLAIN, &message),
                     STATUS_OK);
}

static inline void release(struct setting *s)
{
    model_release(s->model);
    composition_release(&s->composition);
    if (s->dataset->release)
        s->dataset->release(s->dataset_state);
    memory_release(s->dataset_state);
    remove(s->path);
    assert_int_equal(rmdir(s->folder), 0); /* nothing half-written is left either */
}

static inline real *weights_for(const struct setting *s)
{
    return memory_allocate(s->model->weights, sizeof(real), "w", NULL);
}

#endif
