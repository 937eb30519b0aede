/* parameters.c -- which weights a model has, where they lie, and how they begin. */
#include "model/parameters.h"

#include <math.h>
#include <stdio.h>

#include "model/model.h"
#include "support/memory.h"

/* ---- layout ---- */

/* One of the decoder's own weights. */
struct row {
    size_t *place; /* becomes its offset */
    const char *name;
    size_t rows, columns; /* columns 0: a vector, which is not decayed */
    enum beginning begins;
    bool product;
};

struct layout {
    struct model *model;
    size_t capacity; /* of model->parameter */
    struct message *message;
};

/* The next parameter, at the end of the weights; its size is left to add().  NULL = no memory. */
static struct model_parameter *next(struct layout *layout)
{
    struct model *model = layout->model;
    if (memory_grow((void **)&model->parameter, &layout->capacity, model->parameters + 1,
                    sizeof *model->parameter, "parameters", layout->message))
        return NULL;
    struct model_parameter *parameter = &model->parameter[model->parameters];
    *parameter = (struct model_parameter){.offset = model->weights, .extent = {1, 1, 1}};
    return parameter;
}

static void add(struct layout *layout, struct model_parameter *parameter)
{
    struct model *model = layout->model;
    parameter->size = parameter->extent[0] * parameter->extent[1] * parameter->extent[2];
    model->weights += parameter->size;
    model->parameters++;
}

static enum status add_rows(struct layout *layout, const char *prefix, const struct row *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct model_parameter *parameter = next(layout);
        if (!parameter)
            return STATUS_FAILED;
        snprintf(parameter->name, sizeof parameter->name, "%s%s", prefix, row[i].name);
        parameter->rank = row[i].columns > 0 ? 2 : 1;
        parameter->extent[0] = row[i].rows;
        parameter->extent[1] = row[i].columns > 0 ? row[i].columns : 1;
        parameter->decayed = row[i].columns > 0;
        parameter->product = row[i].product;
        parameter->begins = row[i].begins;
        *row[i].place = parameter->offset;
        add(layout, parameter);
    }
    return STATUS_OK;
}

/* The weights of an owner that describes and initialises them itself. */
struct owner {
    size_t (*parameters)(const void *state, const struct shape *, struct parameter *out); /* NULL = none */
    void (*initialise)(const void *state, const struct shape *, size_t parameter, struct key, real *w);
    const void *state;
};

static enum status add_own(struct layout *layout, const char *prefix, const struct owner *owner)
{
    const struct shape *shape = &layout->model->shape;
    size_t count = owner->parameters ? owner->parameters(owner->state, shape, NULL) : 0;
    if (count == 0)
        return STATUS_OK;
    struct parameter *own = memory_allocate(count, sizeof *own, "parameters", layout->message);
    if (!own)
        return STATUS_FAILED;
    owner->parameters(owner->state, shape, own);
    struct model_parameter *parameter = NULL;
    for (size_t i = 0; i < count && (parameter = next(layout)); i++) {
        snprintf(parameter->name, sizeof parameter->name, "%s%s", prefix, own[i].name);
        parameter->rank = own[i].rank;
        for (size_t axis = 0; axis < own[i].rank; axis++)
            parameter->extent[axis] = own[i].extent[axis];
        parameter->decayed = own[i].decayed;
        parameter->begins = BEGINS_OWN;
        parameter->initialise = owner->initialise;
        parameter->state = owner->state;
        parameter->number = i;
        add(layout, parameter);
    }
    memory_release(own);
    return parameter ? STATUS_OK : STATUS_FAILED;
}

/* The norm before the mixer, the products around it, and what is its own. */
static enum status add_mixer(struct layout *layout, size_t layer)
{
    struct model *model = layout->model;
    struct layer_places *place = &model->layer[layer];
    const struct mixer *mixer = model->mixer.kind;
    size_t width = model->shape.width, projected = model->projected;
    char prefix[80], weight[64], bias[64];
    const struct row rows[] = {
        {&place->mixer_gain, "norm.gain", width, 0, BEGINS_ONE, false},
        {&place->mixer_bias, "norm.bias", width, 0, BEGINS_ZERO, false},
        {&place->projection, weight, width, projected, BEGINS_NORMAL, true},
        {&place->projection_bias, bias, projected, 0, BEGINS_ZERO, false},
        {&place->output, "output.weight", width, width, BEGINS_RESIDUAL, true},
        {&place->output_bias, "output.bias", width, 0, BEGINS_ZERO, false},
    };
    const struct owner owner = {mixer->parameters, mixer->initialise, model->mixer.state};
    snprintf(prefix, sizeof prefix, "layer%zu.%s.", layer, mixer->name);
    snprintf(weight, sizeof weight, "%s.weight", mixer->projection);
    snprintf(bias, sizeof bias, "%s.bias", mixer->projection);
    enum status status = add_rows(layout, prefix, rows, sizeof rows / sizeof *rows);
    place->own = model->weights;
    return status ? status : add_own(layout, prefix, &owner);
}

static enum status add_feed_forward(struct layout *layout, size_t layer)
{
    struct layer_places *place = &layout->model->layer[layer];
    size_t width = layout->model->shape.width, hidden = layout->model->hidden;
    char prefix[48];
    const struct row rows[] = {
        {&place->feed_forward_gain, "norm.gain", width, 0, BEGINS_ONE, false},
        {&place->feed_forward_bias, "norm.bias", width, 0, BEGINS_ZERO, false},
        {&place->expand, "expand.weight", width, hidden, BEGINS_NORMAL, true},
        {&place->expand_bias, "expand.bias", hidden, 0, BEGINS_ZERO, false},
        {&place->contract, "contract.weight", hidden, width, BEGINS_RESIDUAL, true},
        {&place->contract_bias, "contract.bias", width, 0, BEGINS_ZERO, false},
    };
    snprintf(prefix, sizeof prefix, "layer%zu.feed_forward.", layer);
    return add_rows(layout, prefix, rows, sizeof rows / sizeof *rows);
}

static enum status add_component(struct layout *layout, struct component *component)
{
    const struct encoder *encoder = component->encoder;
    const struct owner owner = {encoder->parameters, encoder->initialise, component->state};
    char prefix[48];
    snprintf(prefix, sizeof prefix, "%s.", encoder->name);
    component->first_parameter = layout->model->weights;
    return add_own(layout, prefix, &owner);
}

enum status parameters_lay_out(struct model *model, struct message *message)
{
    struct layout layout = {.model = model, .message = message};
    size_t width = model->shape.width, vocabulary = model->vocabulary;
    bool tied = model->options.tied;
    const struct row before[] = {
        {&model->token_embedding, "token_embedding", vocabulary, width, BEGINS_NORMAL, tied}};
    const struct row after[] = {{&model->final_gain, "final.norm.gain", width, 0, BEGINS_ONE, false},
                                {&model->final_bias, "final.norm.bias", width, 0, BEGINS_ZERO, false},
                                {&model->head, "head.weight", width, vocabulary, BEGINS_NORMAL, true}};
    model->layer = memory_allocate(model->shape.layers, sizeof *model->layer, "layers", message);
    enum status status = model->layer ? add_rows(&layout, "", before, 1) : STATUS_FAILED;
    for (size_t l = 0; !status && l < model->shape.layers; l++)
        if (!(status = add_mixer(&layout, l)))
            status = add_feed_forward(&layout, l);
    if (!status)
        status = add_rows(&layout, "", after, tied ? 2 : 3);
    for (size_t i = 0; !status && i < model->composition.count; i++)
        status = add_component(&layout, &model->composition.at[i]);
    return status;
}

/* ---- first values ---- */

static void normal(real *w, size_t count, double deviation, struct key key)
{
    for (size_t i = 0; i < count; i++)
        w[i] = (real)(deviation * random_normal(key, i));
}

static void constant(real *w, size_t count, real value)
{
    for (size_t i = 0; i < count; i++)
        w[i] = value;
}

void parameter_begin(real *w, const struct model_parameter *parameter, const struct model *model,
                     struct key key)
{
    const double deviation = model->options.initial_deviation;
    switch (parameter->begins) {
    case BEGINS_NORMAL:
        normal(w, parameter->size, deviation, key);
        return;
    case BEGINS_RESIDUAL:
        normal(w, parameter->size, deviation / sqrt(2.0 * (double)model->shape.layers), key);
        return;
    case BEGINS_ONE:
        constant(w, parameter->size, 1);
        return;
    case BEGINS_ZERO:
        constant(w, parameter->size, 0);
        return;
    case BEGINS_OWN:
        parameter->initialise(parameter->state, &model->shape, parameter->number, key, w);
        return;
    }
}
