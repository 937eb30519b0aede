/* model.c -- the life of a model, the first values of its weights, and what a token costs. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/kernels.h"
#include "support/memory.h"

/* ---- life ---- */

const struct objective *model_objective(const struct model_options *options)
{
    return objective_list[options->objective];
}

struct shape model_shape(const struct model_options *options, size_t trained_length)
{
    return (struct shape){.layers = options->layers,
                          .heads = options->heads,
                          .head_width = options->width / options->heads,
                          .width = options->width,
                          .axes = 1,
                          .trained_length = trained_length,
                          .attention = model_objective(options)->attention};
}

enum status model_options_complete(struct model_options *options, struct message *message)
{
    struct chosen_mixer mixer;
    struct text whole = {0};
    enum status status = mixer_read(&mixer, options->mixer, message);
    if (status)
        return status;
    mixer_print(&whole, &mixer);
    if (whole.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the mixer of a model");
    else if (whole.length >= sizeof options->mixer)
        status = message_set(message, STATUS_WRONG, "the mixer `%s` has options of more than %zu characters",
                             mixer.kind->name, sizeof options->mixer - 1);
    else
        memcpy(options->mixer, text_string(&whole), whole.length + 1);
    text_release(&whole);
    return status;
}

enum status model_mixer(struct chosen_mixer *out, const struct model_options *options,
                        const struct shape *shape, struct message *message)
{
    enum status status = mixer_read(out, options->mixer, message);
    if (!status && out->kind->prepare && (status = out->kind->prepare(out->state, shape, message)))
        message_prefix(message, "mixer `%s`", out->kind->name);
    return status;
}

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
    model->shape = model_shape(options, trained_length);
    if ((status = model_mixer(&model->mixer, options, &model->shape, message)))
        goto failed;
    model->projected = model->mixer.kind->projected(model->mixer.state, &model->shape);
    if ((status = mixer_honours(model->mixer.kind, composition, &model->shape, message)))
        goto failed;
    if ((status = composition_copy(&model->composition, composition, message)))
        goto failed;
    if ((status = composition_prepare(&model->composition, &model->shape, message)))
        goto failed;
    if ((status = parameters_lay_out(model, message)))
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

/* ---- initial values ---- */

void model_initialise(const struct model *model, uint64_t seed, real *w)
{
    for (size_t p = 0; p < model->parameters; p++) {
        const struct model_parameter *parameter = &model->parameter[p];
        parameter_begin(w + parameter->offset, parameter, model, key_named(seed, parameter->name));
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

/* ---- cost ---- */

double model_cost(const struct model_options *options, size_t trained_length, size_t vocabulary, size_t n,
                  bool training)
{
    const struct shape shape = model_shape(options, trained_length);
    struct chosen_mixer mixer;
    if (model_mixer(&mixer, options, &shape, NULL))
        return NAN;
    double width = (double)shape.width, layers = (double)shape.layers;
    double hidden = (double)options->feed_forward * width;
    double projected = (double)mixer.kind->projected(mixer.state, &shape);
    double products = layers * width * (projected + width + 2 * hidden) + (double)vocabulary * width;
    double forward = 2 * products + layers * mixer.kind->flop(mixer.state, &shape, n);
    return training ? 3 * forward : forward;
}

double model_flop_per_token(const struct model *model, size_t n, bool training)
{
    return model_cost(&model->options, model->shape.trained_length, model->vocabulary, n, training);
}

/* ---- in words ---- */

static void say(struct model_words *out, const char *name, const char *text)
{
    out->at[out->count++] = (struct mixer_words){name, text};
}

void model_describe(struct model_words *out, const struct model *model)
{
    const struct mixer *mixer = model->mixer.kind;
    out->count = 0;
    snprintf(out->block, sizeof out->block, "x += output(%s(norm(x))); x += contract(gelu(expand(norm(x))))",
             mixer->name);
    say(out, "matrices", "(in, out): y = x W + b");
    say(out, "embedding", "x = embedding_scale token_embedding[token], and what additive encoders add");
    say(out, "block", out->block);
    say(out, "norm", "(x - mean) / sqrt(variance + norm_epsilon) gain + bias, over the width");
    for (const struct mixer_words *words = mixer->words; words->name; words++)
        say(out, words->name, words->text);
    say(out, "gelu", "x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))");
    say(out, "head",
        model->options.tied ? "logits = norm(x) token_embedding^T" : "logits = norm(x) head.weight");
    say(out, "first_position", "0");
}
