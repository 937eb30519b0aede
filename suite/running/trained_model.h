/* trained_model.h -- a model and its weights, of which memory holds one copy. */
#ifndef LEXBENCH_TRAINED_MODEL_H
#define LEXBENCH_TRAINED_MODEL_H

#include <stdbool.h>

#include "experiment/plan.h"
#include "kernels/isa.h"
#include "model/model.h"

struct trained_model { /* begin with {.model = NULL} */
    struct model *model;
    real *weights; /* (model->weights) */
    bool borrowed; /* the weights are another's, which outlives this one */
};

/* The model of a dataset with one composition, and zeroed weights.  The model is there also when there was
 * no memory for the weights.  trained_model_release() in any case, as after the next two. */
enum status trained_model_create(struct trained_model *out, const struct planned_dataset *dataset,
                                 const struct composition *composition, size_t vocabulary, enum isa isa,
                                 struct message *message);
/* The same with the weights of a file.  STATUS_FAILED names the file when they are not those of this model. */
enum status trained_model_open(struct trained_model *out, const char *path,
                               const struct planned_dataset *dataset, const struct composition *composition,
                               size_t vocabulary, enum isa isa, struct message *message);
/* The same with the weights of another model, by their names; borrowed where all lie at the same places.
 * STATUS_WRONG names one that is missing. */
enum status trained_model_adopt(struct trained_model *out, const struct trained_model *from,
                                const struct planned_dataset *dataset, const struct composition *composition,
                                enum isa isa, struct message *message);
void trained_model_release(struct trained_model *trained);

#endif
