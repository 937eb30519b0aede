/* fits.c -- can a variant be built in a model, and are its weights trained? */
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "model/hooks.h"
#include "model/model.h"
#include "support/memory.h"

/* The parameters of one prepared component, in new memory. */
static enum status parameters_of(struct parameter **out, size_t *count, const struct component *component,
                                 const struct shape *shape, struct message *message)
{
    *out = NULL;
    *count = hooks_parameters(component, shape, NULL);
    if (*count == 0)
        return STATUS_OK;
    *out = memory_allocate(*count, sizeof **out, "the parameters of an encoder", message);
    if (!*out)
        return STATUS_FAILED;
    hooks_parameters(component, shape, *out);
    return STATUS_OK;
}

static bool same_extents(const struct parameter *a, const struct parameter *b)
{
    bool same = strcmp(a->name, b->name) == 0 && a->rank == b->rank;
    for (size_t i = 0; same && i < a->rank; i++)
        same = a->extent[i] == b->extent[i];
    return same;
}

static const struct component *component_of(const struct composition *composition,
                                            const struct encoder *encoder)
{
    for (size_t i = 0; i < composition->count; i++)
        if (composition->at[i].encoder == encoder)
            return &composition->at[i];
    return NULL;
}

/* Every parameter of a component is one of the component of its name in `from`; fresh: or is of no name
 * there, and begins with values of its own. */
static enum status check_component(const struct component *component, const struct composition *from,
                                   bool fresh, const struct shape *shape, struct message *message)
{
    struct parameter *wanted = NULL, *there = NULL;
    size_t wanted_count = 0, there_count = 0;
    const char *name = component->encoder->name;
    const struct component *origin = component_of(from, component->encoder);
    enum status status = parameters_of(&wanted, &wanted_count, component, shape, message);
    if (!status && origin)
        status = parameters_of(&there, &there_count, origin, shape, message);
    for (size_t i = 0; !status && i < wanted_count; i++) {
        bool found = fresh;
        for (size_t j = 0; j < there_count; j++)
            found = strcmp(wanted[i].name, there[j].name) == 0 ? same_extents(&wanted[i], &there[j]) : found;
        if (!found)
            status = message_set(message, STATUS_WRONG,
                                 "%s uses weights `%s` of `%s` that the %s does not have in this shape",
                                 fresh ? "the fine-tune" : "evaluation", wanted[i].name, name,
                                 fresh ? "first training" : "trained part");
    }
    memory_release(wanted);
    memory_release(there);
    return status;
}

static enum status check_all(const struct composition *composition, const struct composition *from,
                             bool fresh, const struct shape *shape, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < composition->count; i++)
        status = check_component(&composition->at[i], from, fresh, shape, message);
    return status;
}

static enum status copy_prepared(struct composition *out, const struct composition *in,
                                 const struct shape *shape, struct message *message)
{
    enum status status = composition_copy(out, in, message);
    return status ? status : composition_prepare(out, shape, message);
}

/* Does the model's mixer honour what every part of the variant asks for? */
static enum status check_mixer(const struct variant *variant, const struct model_options *model,
                               const struct shape *shape, struct message *message)
{
    const struct composition *const parts[] = {&variant->first, &variant->trained, &variant->evaluated};
    struct chosen_mixer mixer;
    enum status status = model_mixer(&mixer, model, shape, message);
    for (size_t i = 0; !status && i < sizeof parts / sizeof *parts; i++)
        status = mixer_honours(mixer.kind, parts[i], shape, message);
    return status;
}

enum status variant_fits(const struct variant *variant, const struct model_options *model,
                         size_t trained_length, struct message *message)
{
    const struct shape shape = model_shape(model, trained_length);
    const struct site tuned = {
        .shape = &shape, .length = length_tokens(variant->finetune.length, trained_length), .training = true};
    struct composition first = {0}, trained = {0}, evaluated = {0};
    enum status status = check_mixer(variant, model, &shape, message);
    if (!status)
        status = copy_prepared(&first, &variant->first, &shape, message);
    if (!status)
        status = copy_prepared(&trained, &variant->trained, &shape, message);
    if (!status)
        status = copy_prepared(&evaluated, &variant->evaluated, &shape, message);
    if (!status && variant->finetune.steps > 0) {
        status = check_all(&trained, &first, true, &shape, message);
        if (!status && (status = composition_accepts(&trained, &tuned, message)))
            message_prefix(message, "fine-tuned at %zu tokens", tuned.length);
    }
    if (!status)
        status = check_all(&evaluated, &trained, false, &shape, message);
    if (status)
        message_prefix(message, "variant `%s`", variant->name);
    composition_release(&first);
    composition_release(&trained);
    composition_release(&evaluated);
    return status;
}
