/* fits.c -- can a variant be built in a model, and are its weights trained? */
#include <string.h>

#include "experiment/resolve.h"
#include "support/memory.h"

/* The parameters of one prepared component, in new memory. */
static enum status parameters_of(struct parameter **out, size_t *count, const struct component *component,
                                 const struct shape *shape, struct message *message)
{
    const struct encoder *encoder = component->encoder;
    *out = NULL;
    *count = encoder->parameters ? encoder->parameters(component->state, shape, NULL) : 0;
    if (*count == 0)
        return STATUS_OK;
    *out = memory_allocate(*count, sizeof **out, "the parameters of an encoder", message);
    if (!*out)
        return STATUS_FAILED;
    encoder->parameters(component->state, shape, *out);
    return STATUS_OK;
}

static bool same_extents(const struct parameter *a, const struct parameter *b)
{
    bool same = strcmp(a->name, b->name) == 0 && a->rank == b->rank;
    for (size_t i = 0; same && i < a->rank; i++)
        same = a->extent[i] == b->extent[i];
    return same;
}

/* Every parameter of an evaluated component is one of the trained component of its name. */
static enum status check_component(const struct component *evaluated, const struct composition *trained,
                                   const struct shape *shape, struct message *message)
{
    struct parameter *wanted = NULL, *there = NULL;
    size_t wanted_count = 0, there_count = 0;
    const char *name = evaluated->encoder->name;
    enum status status = parameters_of(&wanted, &wanted_count, evaluated, shape, message);
    for (size_t i = 0; !status && i < trained->count; i++)
        if (trained->at[i].encoder == evaluated->encoder)
            status = parameters_of(&there, &there_count, &trained->at[i], shape, message);
    for (size_t i = 0; !status && i < wanted_count; i++) {
        bool found = false;
        for (size_t j = 0; j < there_count; j++)
            found = found || same_extents(&wanted[i], &there[j]);
        if (!found)
            status = message_set(message, STATUS_WRONG,
                                 "evaluation uses weights `%s` of `%s` that the trained part does not have "
                                 "in this shape",
                                 wanted[i].name, name);
    }
    memory_release(wanted);
    memory_release(there);
    return status;
}

enum status variant_fits(const struct variant *variant, const struct model_options *model,
                         size_t trained_length, struct message *message)
{
    const struct shape shape = {.layers = model->layers,
                                .heads = model->heads,
                                .head_width = model->width / model->heads,
                                .width = model->width,
                                .axes = 1,
                                .trained_length = trained_length,
                                .attention = CAUSAL};
    struct composition trained = {0}, evaluated = {0};
    enum status status = composition_copy(&trained, &variant->trained, message);
    if (!status)
        status = composition_copy(&evaluated, &variant->evaluated, message);
    if (!status)
        status = composition_prepare(&trained, &shape, message);
    if (!status)
        status = composition_prepare(&evaluated, &shape, message);
    for (size_t i = 0; !status && i < evaluated.count; i++)
        status = check_component(&evaluated.at[i], &trained, &shape, message);
    if (status)
        message_prefix(message, "variant `%s`", variant->name);
    composition_release(&trained);
    composition_release(&evaluated);
    return status;
}
