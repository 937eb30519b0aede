/* alone.c -- one variant by itself: by name from an experiment, or written out. */
#include "experiment/resolve/alone.h"

#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "model/model.h"
#include "registry/registry.h"
#include "registry/spec.h"
#include "support/memory.h"
#include "support/text.h"

void alone_release(struct alone *alone)
{
    variant_release(&alone->variant);
    *alone = (struct alone){.variant = {.name = ""}};
}

/* ---- settings ---- */

static enum status check_set(const char *set, struct message *message)
{
    if (text_begins(set, "model.") || text_begins(set, "training.length=") ||
        text_begins(set, "training.length ") || text_begins(set, "variant "))
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "--set %.100s: nothing is trained or evaluated here; what counts is model.KEY, training.length "
        "and \"variant NAME.KEY\"",
        set);
}

static enum status read_ini(struct ini *ini, const struct alone_request *request, struct message *message)
{
    enum status status = ini_read(ini, request->experiment ? request->experiment : "variants", message);
    for (size_t i = 0; !status && i < request->sets; i++) {
        status = check_set(request->set[i], message);
        if (!status)
            status = ini_set(ini, request->set[i], message);
    }
    return !status ? sections_check(ini, message) : status;
}

static enum status read_shape(struct alone *out, const struct ini *ini, struct message *message)
{
    const struct view view = {.ini = ini};
    struct training_options training;
    enum status status = layers_read(&out->model, model_option_table, &view, "model", NULL, message);
    if (!status)
        status = layers_read(&training, training_option_table, &view, "training", NULL, message);
    if (status)
        return status;
    if (out->model.width % out->model.heads != 0)
        return message_set(message, STATUS_WRONG, "width = %zu is not a multiple of heads = %zu",
                           out->model.width, out->model.heads);
    out->shape = model_shape(&out->model, training.length);
    return STATUS_OK;
}

/* ---- variants ---- */

/* Takes out what acts at evaluation only; where nothing is left it was trained with nothing. */
static enum status leave_trained(struct composition *trained, struct message *message)
{
    size_t kept = 0;
    for (size_t c = 0; c < trained->count; c++)
        if (trained->at[c].encoder->flags & ENCODER_EVALUATION_ONLY)
            memory_release(trained->at[c].state);
        else
            trained->at[kept++] = trained->at[c];
    trained->count = kept;
    return kept > 0 ? STATUS_OK : spec_encoders(trained, "none", message);
}

static enum status read_inline(struct variant *out, const char *asked, struct message *message)
{
    const char *spec;
    enum status status = variant_split(out->name, &spec, asked, NULL, message);
    if (status)
        return status;
    status = option_defaults(finetune_option_table, &out->finetune, message);
    if (!status)
        status = spec_encoders(&out->evaluated, spec, message);
    if (!status)
        status = spec_positions(&out->evaluated, "identity", message);
    if (!status)
        status = composition_copy(&out->trained, &out->evaluated, message);
    if (!status)
        status = leave_trained(&out->trained, message);
    if (!status)
        status = composition_copy(&out->first, &out->trained, message);
    if (!status)
        status = variant_finish(out, message);
    if (status)
        message_prefix(message, "variant `%.100s`", asked);
    return status;
}

/* A section, or one combination of it. */
static enum status read_named(struct variant *out, const struct ini *ini, const char *name,
                              struct message *message)
{
    struct plan plan = {.variants = 0};
    char *copy = list_copy(name, strlen(name), message);
    if (!copy)
        return STATUS_FAILED;
    const struct experiment experiment = {.variants = {1, &copy}, .variants_place = {"inspect", 0}};
    enum status status = variants_read(&plan, ini, &experiment, message);
    if (!status && plan.variants > 1)
        status = message_set(message, STATUS_WRONG, "`%.60s` is %zu variants: name one of them, like `%s`",
                             name, plan.variants, plan.variant[0].name);
    if (!status) {
        *out = plan.variant[0];
        plan.variants = 0;
    }
    plan_release(&plan);
    memory_release(copy);
    return status;
}

/* One that stands in no section, but is an encoder or is written out. */
static bool is_inline(const struct ini *ini, const char *name)
{
    const struct encoder *encoder;
    if (ini_named(ini, "variant", name))
        return false;
    if (strpbrk(name, "(+"))
        return true;
    for (size_t i = 0; i < ini->count; i++)
        if (variant_grid_may_make(&ini->section[i], name))
            return false;
    return strchr(name, '=') || !encoder_find(&encoder, name, NULL);
}

enum status alone_read(struct alone *out, const struct alone_request *request, struct message *message)
{
    struct ini ini = {0};
    enum status status;
    *out = (struct alone){.variant = {.name = ""}};
    status = read_ini(&ini, request, message);
    if (!status)
        status = read_shape(out, &ini, message);
    if (!status)
        status = is_inline(&ini, request->variant)
                     ? read_inline(&out->variant, request->variant, message)
                     : read_named(&out->variant, &ini, request->variant, message);
    if (!status && request->positions)
        status = spec_positions(&out->variant.evaluated, request->positions, message);
    if (!status)
        status = variant_fits(&out->variant, &out->model, out->shape.trained_length, message);
    ini_release(&ini);
    return status;
}
