/* model.c -- which weights a model has, where they lie, and how they start. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/kernels.h"
#include "support/memory.h"

enum { LAYER_PARAMETERS = 12 };

/* --- layout ----------------------------------------------------------------------------------------- */

static struct model_parameter *append(struct model *model, size_t rank, size_t first, size_t second,
                                      bool decayed)
{
    struct model_parameter *parameter = &model->parameter[model->parameters++];
    parameter->rank = rank;
    parameter->extent[0] = first;
    parameter->extent[1] = rank > 1 ? second : 1;
    parameter->extent[2] = 1;
    parameter->decayed = decayed;
    parameter->offset = model->weights;
    parameter->size = parameter->extent[0] * parameter->extent[1];
    model->weights += parameter->size;
    return parameter;
}

static size_t append_vector(struct model *model, const char *prefix, const char *name, size_t width)
{
    struct model_parameter *parameter = append(model, 1, width, 1, false);
    snprintf(parameter->name, sizeof parameter->name, "%s%s", prefix, name);
    return parameter->offset;
}

static size_t append_matrix(struct model *model, const char *prefix, const char *name, size_t rows,
                            size_t columns)
{
    struct model_parameter *parameter = append(model, 2, rows, columns, true);
    snprintf(parameter->name, sizeof parameter->name, "%s%s", prefix, name);
    parameter->product = true;
    model->product_weights += parameter->size;
    return parameter->offset;
}

static void layout_layer(struct model *model, size_t layer)
{
    struct layer_places *place = &model->layer[layer];
    size_t width = model->shape.width;
    char prefix[32];
    snprintf(prefix, sizeof prefix, "layer%zu.", layer);
    place->attention_gain = append_vector(model, prefix, "attention.norm.gain", width);
    place->attention_bias = append_vector(model, prefix, "attention.norm.bias", width);
    place->query_key_value =
        append_matrix(model, prefix, "attention.query_key_value.weight", width, 3 * width);
    place->query_key_value_bias = append_vector(model, prefix, "attention.query_key_value.bias", 3 * width);
    place->output = append_matrix(model, prefix, "attention.output.weight", width, width);
    place->output_bias = append_vector(model, prefix, "attention.output.bias", width);
    place->feed_forward_gain = append_vector(model, prefix, "feed_forward.norm.gain", width);
    place->feed_forward_bias = append_vector(model, prefix, "feed_forward.norm.bias", width);
    place->expand = append_matrix(model, prefix, "feed_forward.expand.weight", width, model->hidden);
    place->expand_bias = append_vector(model, prefix, "feed_forward.expand.bias", model->hidden);
    place->contract = append_matrix(model, prefix, "feed_forward.contract.weight", model->hidden, width);
    place->contract_bias = append_vector(model, prefix, "feed_forward.contract.bias", width);
}

static size_t encoder_parameters(const struct component *component, const struct shape *shape)
{
    return component->encoder->parameters ? component->encoder->parameters(component->state, shape, NULL) : 0;
}

static enum status layout_encoder(struct model *model, struct component *component, struct message *message)
{
    size_t count = encoder_parameters(component, &model->shape);
    struct parameter *described = memory_allocate(count, sizeof *described, "encoder parameters", message);
    if (!described)
        return STATUS_FAILED;
    component->first_parameter = model->weights;
    if (count > 0)
        component->encoder->parameters(component->state, &model->shape, described);
    for (size_t i = 0; i < count; i++) {
        struct model_parameter *parameter = append(model, described[i].rank, described[i].extent[0],
                                                   described[i].extent[1], described[i].decayed);
        if (described[i].rank > 2) {
            parameter->extent[2] = described[i].extent[2];
            model->weights += parameter->size * (parameter->extent[2] - 1);
            parameter->size *= parameter->extent[2];
        }
        snprintf(parameter->name, sizeof parameter->name, "%s.%s", component->encoder->name,
                 described[i].name);
    }
    memory_release(described);
    return STATUS_OK;
}

static enum status layout(struct model *model, struct message *message)
{
    size_t width = model->shape.width, count = 4 + LAYER_PARAMETERS * model->shape.layers;
    struct model_parameter *embedding;
    for (size_t i = 0; i < model->composition.count; i++)
        count += encoder_parameters(&model->composition.at[i], &model->shape);
    model->parameter = memory_allocate(count, sizeof *model->parameter, "parameters", message);
    model->layer = memory_allocate(model->shape.layers, sizeof *model->layer, "layers", message);
    if (!model->parameter || !model->layer)
        return STATUS_FAILED;
    embedding = append(model, 2, model->vocabulary, width, true);
    snprintf(embedding->name, sizeof embedding->name, "token_embedding");
    model->token_embedding = embedding->offset;
    for (size_t l = 0; l < model->shape.layers; l++)
        layout_layer(model, l);
    model->final_gain = append_vector(model, "", "final.norm.gain", width);
    model->final_bias = append_vector(model, "", "final.norm.bias", width);
    embedding->product = model->options.tied;
    if (model->options.tied)
        model->product_weights += embedding->size;
    else
        model->head = append_matrix(model, "", "head.weight", width, model->vocabulary);
    for (size_t i = 0; i < model->composition.count; i++)
        if (layout_encoder(model, &model->composition.at[i], message))
            return STATUS_FAILED;
    return STATUS_OK;
}

/* --- life ------------------------------------------------------------------------------------------- */

enum status model_create(struct model **out, const struct model_options *options,
                         const struct composition *composition, size_t trained_length, size_t vocabulary,
                         enum isa isa, struct message *message)
{
    struct model *model;
    enum status status = STATUS_FAILED;
    if (options->width % options->heads != 0)
        return message_set(message, STATUS_WRONG, "width = %zu is not a multiple of heads = %zu",
                           options->width, options->heads);
    model = memory_allocate(1, sizeof *model, "a model", message);
    if (!model)
        return STATUS_FAILED;
    model->options = *options;
    if (options->embedding_scale <= 0)
        model->options.embedding_scale = sqrt((double)options->width);
    if (options->initial_deviation <= 0)
        model->options.initial_deviation = 0.02 * sqrt(768.0 / (double)options->width);
    model->vocabulary = vocabulary;
    model->hidden = options->feed_forward * options->width;
    model->kernels = kernels_for(isa);
    model->shape = (struct shape){.layers = options->layers,
                                  .heads = options->heads,
                                  .head_width = options->width / options->heads,
                                  .width = options->width,
                                  .axes = 1,
                                  .trained_length = trained_length,
                                  .attention = CAUSAL};
    if ((status = composition_copy(&model->composition, composition, message)))
        goto failed;
    if ((status = composition_prepare(&model->composition, &model->shape, message)))
        goto failed;
    if ((status = layout(model, message)))
        goto failed;
    *out = model;
    return STATUS_OK;
failed:
    model_release(model);
    return status;
}

void model_release(struct model *model)
{
    if (!model)
        return;
    composition_release(&model->composition);
    memory_release(model->parameter);
    memory_release(model->layer);
    memory_release(model);
}

/* --- initial values --------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);
    return length >= tail && strcmp(name + length - tail, ending) == 0;
}

/* Matrices normal; those that end a residual branch smaller by sqrt(2 layers) (Radford et al. 2019,
 * section 2.3); gains one; biases zero. */
static void initialise_own(const struct model *model, const struct model_parameter *parameter, struct key key,
                           real *w)
{
    double deviation = model->options.initial_deviation;
    if (ends_with(parameter->name, "output.weight") || ends_with(parameter->name, "contract.weight"))
        deviation /= sqrt(2.0 * (double)model->shape.layers);
    for (size_t i = 0; i < parameter->size; i++) {
        if (parameter->rank > 1)
            w[i] = (real)(deviation * random_normal(key, i));
        else
            w[i] = ends_with(parameter->name, "gain") ? 1 : 0;
    }
}

void model_initialise(const struct model *model, uint64_t seed, real *w)
{
    for (size_t p = 0; p < model->parameters; p++) {
        const struct model_parameter *parameter = &model->parameter[p];
        struct key key = key_named(seed, parameter->name);
        const struct component *owner = NULL;
        size_t first = 0;
        for (size_t i = 0; i < model->composition.count; i++) {
            const struct component *component = &model->composition.at[i];
            if (encoder_parameters(component, &model->shape) > 0 &&
                parameter->offset >= component->first_parameter)
                owner = component;
        }
        if (!owner) {
            initialise_own(model, parameter, key, w + parameter->offset);
            continue;
        }
        while (model->parameter[first].offset != owner->first_parameter)
            first++;
        owner->encoder->initialise(owner->state, &model->shape, p - first, key, w + parameter->offset);
    }
}

static const struct model_parameter *parameter_of(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->parameters; i++)
        if (strcmp(model->parameter[i].name, name) == 0)
            return &model->parameter[i];
    return NULL;
}

/* to(wanted) = from(found).  when: "at evaluation" */
static enum status take_parameter(const struct model_parameter *wanted, real *to,
                                  const struct model_parameter *found, const real *from, const char *when,
                                  struct message *message)
{
    if (memcmp(wanted->extent, found->extent, sizeof wanted->extent) != 0)
        return message_set(message, STATUS_WRONG, "the parameter `%s` has another shape %s than in training",
                           wanted->name, when);
    memcpy(to + wanted->offset, from + found->offset, wanted->size * sizeof(real));
    return STATUS_OK;
}

enum status model_adopt(const struct model *to, real *to_weights, const struct model *from,
                        const real *from_weights, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < to->parameters; i++) {
        const struct model_parameter *wanted = &to->parameter[i], *found = parameter_of(from, wanted->name);
        if (!found)
            return message_set(message, STATUS_WRONG,
                               "the evaluation needs the parameter `%s`, which the training did not have",
                               wanted->name);
        status = take_parameter(wanted, to_weights, found, from_weights, "at evaluation", message);
    }
    return status;
}

enum status model_inherit(const struct model *to, real *to_weights, uint64_t seed, const struct model *from,
                          const real *from_weights, struct message *message)
{
    enum status status = STATUS_OK;
    model_initialise(to, seed, to_weights);
    for (size_t i = 0; !status && i < to->parameters; i++) {
        const struct model_parameter *wanted = &to->parameter[i], *found = parameter_of(from, wanted->name);
        if (found)
            status = take_parameter(wanted, to_weights, found, from_weights, "in the fine-tune", message);
    }
    return status;
}

double model_flop_per_token(const struct model *model, size_t n, bool training)
{
    double forward = 2.0 * (double)model->product_weights +
                     4.0 * (double)model->shape.layers * (double)model->shape.width * (double)n;
    return training ? 3 * forward : forward;
}
