/* weights_file.c -- weights.h5, to the disk and back. */
#include "running/weights_file.h"

#include <string.h>

#include "results/store/weights.h"
#include "support/memory.h"

/* The arrays of a model, and where in one block of floats each lies: the file holds float whatever the build
 * calculates with.  Release arrays and buffers. */
struct weight_view {
    float **buffers;             /* (model->parameters) */
    struct weight_array *arrays; /* (model->parameters) */
};

static enum status view_create(struct weight_view *view, const struct model *model, float *values,
                               struct message *message)
{
    *view = (struct weight_view){
        .buffers = memory_allocate(model->parameters, sizeof(float *), "weights", message),
        .arrays = memory_allocate(model->parameters, sizeof(struct weight_array), "weights", message)};
    if (!view->buffers || !view->arrays)
        return STATUS_FAILED;
    for (size_t p = 0; p < model->parameters; p++) {
        const struct model_parameter *parameter = &model->parameter[p];
        struct weight_array *array = &view->arrays[p];
        view->buffers[p] = values + parameter->offset;
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
    memory_release(view->buffers);
    memory_release(view->arrays);
}

/* ---- what they are ---- */

enum { ATTRIBUTES_MAX = 40 };

struct description {
    struct text experiment, manifest, encoders, positions, components;
    struct model_words words;
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
    add_real(out, "norm_epsilon",
             MODEL_NORM_EPSILON); /* tests/commands/recompute.sh compares it with what is calculated */
}

static enum status describe(struct description *out, const struct plan *plan, size_t index, enum isa isa,
                            const struct model *model, struct message *message)
{
    const struct planned_training *training = &plan->training[index];
    *out = (struct description){.count = 0};
    plan_manifest(&out->manifest, plan, index);
    plan_describe(&out->experiment, plan, index);
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
    add_text(out, "instruction_set", isa_name(isa));
    describe_shape(out, model);
    add_text(out, "encoders", text_string(&out->encoders));
    add_text(out, "positions", text_string(&out->positions));
    add_text(out, "components", text_string(&out->components));
    model_describe(&out->words, model);
    for (size_t i = 0; i < out->words.count; i++)
        add_text(out, out->words.at[i].name, out->words.at[i].text);
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

/* ---- to the disk ---- */

enum status weights_file_write(const char *path, const struct plan *plan, size_t training, enum isa isa,
                               const struct model *model, const real *w, struct message *message)
{
    struct weight_view view = {.arrays = NULL};
    struct description description;
    float *values = memory_allocate(model->weights, sizeof *values, "weights", message);
    enum status status = describe(&description, plan, training, isa, model, message);
    if (!values)
        status = STATUS_FAILED;
    if (!status)
        status = view_create(&view, model, values, message);
    if (!status) {
        for (size_t i = 0; i < model->weights; i++)
            values[i] = (float)w[i];
        status = weights_write(path, view.arrays, model->parameters, description.attribute, description.count,
                               message);
    }
    view_release(&view);
    description_release(&description);
    memory_release(values);
    return status;
}

enum status weights_file_read(const char *path, const struct model *model, real *w, struct message *message)
{
    /* The floats come to the end of the room of the reals and are widened from the beginning on: one copy. */
    const size_t room = (sizeof(real) - sizeof(float)) / sizeof(float) * model->weights;
    float *values = (float *)(void *)w + room;
    struct weight_view view;
    enum status status = view_create(&view, model, values, message);
    if (!status)
        status = weights_read(path, view.arrays, model->parameters, view.buffers, message);
    for (size_t i = 0; !status && i < model->weights; i++) {
        float value;
        memcpy(&value, &values[i], sizeof value);
        w[i] = (real)value;
    }
    view_release(&view);
    return status;
}
