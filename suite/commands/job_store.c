/* job_store.c -- trial files and weights, with one caller at a time. */
#include "commands/job.h"
#include "support/memory.h"
#include "support/threads.h"

struct call {
    const char *path, *manifest;
    const struct trial *written;
    struct trial *read;
    const struct weight_array *arrays;
    size_t count;
    float *const *buffers;
    struct message *message;
    enum status status;
};

static void write_trial(void *context)
{
    struct call *call = context;

    call->status = trial_write(call->path, call->written, call->message);
}

static void read_trial(void *context)
{
    struct call *call = context;

    call->status = trial_read(call->read, call->path, call->message);
}

static void write_weights(void *context)
{
    struct call *call = context;

    call->status = weights_write(call->path, call->arrays, call->count, call->manifest, call->message);
}

static void read_weights(void *context)
{
    struct call *call = context;

    call->status = weights_read(call->path, call->arrays, call->count, call->buffers, call->message);
}

enum status job_trial_write(const char *path, const struct trial *trial, struct message *message)
{
    struct call call = {.path = path, .written = trial, .message = message};

    threads_exclusive(&call, write_trial);
    return call.status;
}

enum status job_trial_read(struct trial *trial, const char *path, struct message *message)
{
    struct call call = {.path = path, .read = trial, .message = message};

    threads_exclusive(&call, read_trial);
    return call.status;
}

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

enum status job_weights_write(const char *path, const struct model *model, const real *weights,
                              const char *manifest, struct message *message)
{
    struct weight_view view;
    enum status status = view_create(&view, model, message);

    if (status == STATUS_OK) {
        struct call call = {.path = path,
                            .manifest = manifest,
                            .arrays = view.arrays,
                            .count = model->parameters,
                            .message = message};

        for (size_t i = 0; i < model->weights; i++)
            view.values[i] = (float)weights[i];
        threads_exclusive(&call, write_weights);
        status = call.status;
    }
    view_release(&view);
    return status;
}

enum status job_weights_read(const char *path, const struct model *model, real *weights,
                             struct message *message)
{
    struct weight_view view;
    enum status status = view_create(&view, model, message);

    if (status == STATUS_OK) {
        struct call call = {.path = path,
                            .arrays = view.arrays,
                            .count = model->parameters,
                            .buffers = view.buffers,
                            .message = message};

        threads_exclusive(&call, read_weights);
        status = call.status;
        for (size_t i = 0; status == STATUS_OK && i < model->weights; i++)
            weights[i] = (real)view.values[i];
    }
    view_release(&view);
    return status;
}
