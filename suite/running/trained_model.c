/* trained_model.c -- a model and its weights. */
#include "running/trained_model.h"

#include <string.h>

#include "running/weights_file.h"
#include "support/memory.h"

static enum status create_model(struct trained_model *out, const struct planned_dataset *dataset,
                                const struct composition *composition, size_t vocabulary, enum isa isa,
                                struct message *message)
{
    *out = (struct trained_model){.model = NULL};
    return model_create(&out->model, &dataset->model, composition, dataset->training.length, vocabulary, isa,
                        message);
}

static enum status create_weights(struct trained_model *out, struct message *message)
{
    out->weights = memory_allocate(out->model->weights, sizeof *out->weights, "the weights", message);
    return out->weights ? STATUS_OK : STATUS_FAILED;
}

enum status trained_model_create(struct trained_model *out, const struct planned_dataset *dataset,
                                 const struct composition *composition, size_t vocabulary, enum isa isa,
                                 struct message *message)
{
    enum status status = create_model(out, dataset, composition, vocabulary, isa, message);
    return status ? status : create_weights(out, message);
}

enum status trained_model_open(struct trained_model *out, const char *path,
                               const struct planned_dataset *dataset, const struct composition *composition,
                               size_t vocabulary, enum isa isa, struct message *message)
{
    enum status status = trained_model_create(out, dataset, composition, vocabulary, isa, message);
    return status ? status : weights_file_read(path, out->model, out->weights, message);
}

/* Are the weights of one those of the other as they stand? */
static bool same_places(const struct model *a, const struct model *b)
{
    if (a->parameters != b->parameters || a->weights != b->weights)
        return false;
    for (size_t p = 0; p < a->parameters; p++) {
        const struct model_parameter *one = &a->parameter[p], *other = &b->parameter[p];
        if (strcmp(one->name, other->name) != 0 || one->offset != other->offset || one->rank != other->rank ||
            memcmp(one->extent, other->extent, one->rank * sizeof *one->extent) != 0)
            return false;
    }
    return true;
}

enum status trained_model_adopt(struct trained_model *out, const struct trained_model *from,
                                const struct planned_dataset *dataset, const struct composition *composition,
                                enum isa isa, struct message *message)
{
    enum status status = create_model(out, dataset, composition, from->model->vocabulary, isa, message);
    if (status)
        return status;
    out->borrowed = same_places(out->model, from->model);
    if (out->borrowed) {
        out->weights = from->weights;
        return STATUS_OK;
    }
    status = create_weights(out, message);
    return status ? status : model_adopt(out->model, out->weights, from->model, from->weights, message);
}

void trained_model_release(struct trained_model *trained)
{
    if (!trained->borrowed)
        memory_release(trained->weights);
    if (trained->model)
        model_release(trained->model);
    *trained = (struct trained_model){.model = NULL};
}
