/* job_weights.c -- weights.h5: the arrays of a model, and everything that another program needs to know to
 * calculate with them.  results/README.md shows how. */
#include <string.h>

#include "running/job.h"
#include "support/memory.h"

/* The arrays of a model, and the floats they lie in: the file holds float whatever the build calculates
 * with.  Release values, arrays and buffers. */
struct weight_view {
    float *values;
    float **buffers;
    struct weight_array *arrays;
};

static enum status view_create(struct weight_view *view, const struct model *model, struct message *message)
{
    *view = (struct weight_view){
        .values = memory_allocate(model->weights, sizeof(float), "weights", message),
        .buffers = memory_allocate(model->parameters, sizeof(float *), "weights", message),
        .arrays = memory_allocate(model->parameters, sizeof(struct weight_array), "weights", message)};
    if (!view->values || !view->buffers || !view->arrays)
        return STATUS_FAILED;
    for (size_t p = 0; p < model->parameters; p++) {
        const struct model_parameter *parameter = &model->parameter[p];
        struct weight_array *array = &view->arrays[p];

        view->buffers[p] = view->values + parameter->offset;
        array->name = parameter->name;
        array->rank = parameter->rank;
        array->values = view->buffers[p];
        for (size_t d = 0; d < parameter->rank; d++)
            array->extent[d] = parameter->extent[d];
    }
    return STATUS_OK;
}

static void view_release(struct weight_view *view)
{
    memory_release(view->values);
    memory_release(view->buffers);
    memory_release(view->arrays);
}

/* ------------------------------------------------------------------------------------------ what they are */

enum { ATTRIBUTES_MAX = 40 };

struct description {
    struct text experiment, manifest, encoders, positions, components;
    size_t count;
    struct weight_attribute attribute[ATTRIBUTES_MAX];
};

static void add_text(struct description *out, const char *name, const char *text)
{
    out->attribute[out->count++] = (struct weight_attribute){.name = name, .type = WEIGHT_TEXT, .text = text};
}

static void add_integer(struct description *out, const char *name, size_t value)
{
    out->attribute[out->count++] =
        (struct weight_attribute){.name = name, .type = WEIGHT_INTEGER, .integer = (int64_t)value};
}

static void add_real(struct description *out, const char *name, double value)
{
    out->attribute[out->count++] =
        (struct weight_attribute){.name = name, .type = WEIGHT_REAL, .real = value};
}

static void describe_options(struct text *out, const char *name, const struct option *options,
                             const void *state)
{
    for (const struct option *option = options; option && option->name; option++) {
        text_append(out, "%s.%s=", name, option->name);
        option_print(out, option, state);
        text_append(out, "  (%s)\n", option->help);
    }
}

/* What each component and each of its options means, in words. */
static void describe_components(struct text *out, const struct composition *composition)
{
    for (size_t i = 0; i < composition->count; i++) {
        const struct encoder *encoder = composition->at[i].encoder;

        text_append(out, "%s: %s (%s)\n", encoder->name, encoder->summary, encoder->citation);
        describe_options(out, encoder->name, encoder->options, composition->at[i].state);
    }
    text_append(out, "%s: %s (%s)\n", composition->map->name, composition->map->summary,
                composition->map->citation);
    describe_options(out, composition->map->name, composition->map->options, composition->map_state);
}

static void describe_shape(struct description *out, const struct model *model)
{
    add_integer(out, "layers", model->shape.layers);
    add_integer(out, "width", model->shape.width);
    add_integer(out, "heads", model->shape.heads);
    add_integer(out, "head_width", model->shape.head_width);
    add_integer(out, "hidden", model->hidden);
    add_integer(out, "vocabulary", model->vocabulary);
    add_integer(out, "training_length", model->shape.trained_length);
    add_integer(out, "tied", model->options.tied);
    add_real(out, "embedding_scale", model->options.embedding_scale);
    add_real(out, "norm_epsilon", 1e-5); /* tests/commands/recompute.sh compares it with what is calculated */
}

/* The forward pass in words. */
static void describe_pass(struct description *out, const struct model *model)
{
    add_text(out, "matrices", "(in, out): y = x W + b");
    add_text(out, "embedding", "x = embedding_scale token_embedding[token], and what additive encoders add");
    add_text(out, "block", "x += output(attention(norm(x))); x += contract(gelu(expand(norm(x))))");
    add_text(out, "norm", "(x - mean) / sqrt(variance + norm_epsilon) gain + bias, over the width");
    add_text(out, "query_key_value",
             "columns: queries of all heads, then keys, then values; head h has head_width of each from h "
             "head_width on");
    add_text(
        out, "attention",
        "softmax over keys j <= i of (q_i . k_j) / sqrt(head_width) + bias; q and k are rotated and scaled "
        "before");
    add_text(out, "gelu", "x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))");
    add_text(out, "head",
             model->options.tied ? "logits = norm(x) token_embedding^T" : "logits = norm(x) head.weight");
    add_text(out, "first_position", "0");
}

static enum status describe(struct description *out, const struct job *job, struct message *message)
{
    const struct planned_training *training = job->training;
    const struct model *model = job->model;
    *out = (struct description){.count = 0};
    plan_manifest(&out->manifest, job->setting->plan, job->index);
    plan_describe(&out->experiment, job->setting->plan, job->index);
    composition_print_all_encoders(&out->encoders, &model->composition);
    composition_print_all_positions(&out->positions, &model->composition);
    describe_components(&out->components, &model->composition);
    if (out->manifest.failed || out->experiment.failed || out->encoders.failed || out->positions.failed ||
        out->components.failed)
        return message_set(message, STATUS_FAILED, "no memory for the description of trained weights");
    add_text(out, "training_id", training->id);
    if (training->parent_id[0])
        add_text(out, "parent", training->parent_id);
    add_integer(out, "seed", training->seed);
    add_integer(out, "numerics_revision", NUMERICS_REVISION);
    add_text(out, "precision", REAL_NAME);
    add_text(out, "instruction_set", isa_name(job->setting->isa));
    describe_shape(out, model);
    add_text(out, "encoders", text_string(&out->encoders));
    add_text(out, "positions", text_string(&out->positions));
    add_text(out, "components", text_string(&out->components));
    describe_pass(out, model);
    add_text(out, "identity", training->identity);
    add_text(out, "experiment", text_string(&out->experiment));
    add_text(out, "manifest", text_string(&out->manifest));
    return STATUS_OK;
}

static void description_release(struct description *description)
{
    text_release(&description->manifest);
    text_release(&description->experiment);
    text_release(&description->encoders);
    text_release(&description->positions);
    text_release(&description->components);
}

/* ------------------------------------------------------------------------------------------- to the disk */

enum status job_weights_write(const char *path, const struct job *job, struct message *message)
{
    const struct model *model = job->model;
    struct weight_view view;
    struct description description;
    enum status status = describe(&description, job, message);
    enum status made = view_create(&view, model, message);
    if (!status)
        status = made;
    if (!status) {
        for (size_t i = 0; i < model->weights; i++)
            view.values[i] = (float)job->weights[i];
        status = weights_write(path, view.arrays, model->parameters, description.attribute, description.count,
                               message);
    }
    view_release(&view);
    description_release(&description);
    return status;
}

enum status job_weights_read(const char *path, const struct model *model, real *weights,
                             struct message *message)
{
    struct weight_view view;
    enum status status = view_create(&view, model, message);
    if (!status)
        status = weights_read(path, view.arrays, model->parameters, view.buffers, message);
    for (size_t i = 0; !status && i < model->weights; i++)
        weights[i] = (real)view.values[i];
    view_release(&view);
    return status;
}
