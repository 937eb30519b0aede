/* check.c -- is every registered class coherent?  Asked once at start, so that a file that forgot a
 * hook stops the program with a sentence and not in the middle of a training. */
#include <stdbool.h>
#include <string.h>

#include "model/model.h"
#include "registry/registry.h"
#include "support/memory.h"

enum { CLASS_NAME_MAX = 40 };

static bool is_name(const char *name)
{
    return name && *name >= 'a' && *name <= 'z' && strlen(name) <= CLASS_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static bool is_empty(const char *s)
{
    return !s || !*s;
}

/* What every class has: a name, a line about it, where it comes from, a version. */
static enum status check_names(const char *what, const char *name, const char *summary, const char *citation,
                               unsigned version, struct message *message)
{
    if (!is_name(name))
        return message_set(message, STATUS_FAILED,
                           "%s `%.60s`: a name has small letters, digits and hyphens, at most %d", what,
                           name ? name : "", CLASS_NAME_MAX);
    if (is_empty(summary))
        return message_set(message, STATUS_FAILED, "%s `%s` has no summary", what, name);
    if (is_empty(citation))
        return message_set(message, STATUS_FAILED, "%s `%s` has no citation", what, name);
    if (version == 0)
        return message_set(message, STATUS_FAILED, "%s `%s` has no version: the first is 1", what, name);
    return STATUS_OK;
}

/* Every option has a name of its own and a help text and lies in the state; defaults parse.  *state: the
 * defaults, in new memory. */
static enum status check_options(void **state, const char *name, const struct option *options,
                                 size_t state_size, struct message *message)
{
    *state = memory_allocate(state_size > 0 ? state_size : 1, 1, "the state of a class", message);
    if (!*state)
        return STATUS_FAILED;
    for (const struct option *option = options; option && option->name; option++) {
        if (is_empty(option->help))
            return message_set(message, STATUS_FAILED, "`%s`: the option `%s` has no help text", name,
                               option->name);
        if (option->offset >= state_size)
            return message_set(message, STATUS_FAILED, "`%s`: the option `%s` lies outside of the state",
                               name, option->name);
        for (const struct option *other = options; other < option; other++)
            if (strcmp(other->name, option->name) == 0)
                return message_set(message, STATUS_FAILED, "`%s`: the option `%s` stands twice", name,
                                   option->name);
    }
    enum status status = option_defaults(options, *state, message);
    if (status)
        message_prefix(message, "`%s`", name);
    return status;
}

/* ---- encoders ---- */

/* Has a forward hook, and must then have its backward. */
struct hook_pair {
    const char *name;
    bool forward, backward;
    bool always; /* sees x, q or k: its backward is needed without parameters too */
};

static enum status check_pairs(const struct encoder *encoder, size_t parameters, struct message *message)
{
    const struct hook_pair pairs[] = {
        {"add", encoder->add, encoder->add_backward, false},
        {"angle", encoder->angle, encoder->angle_backward, false},
        {"scale", encoder->scale, encoder->scale_backward, false},
        {"bias", encoder->bias, encoder->bias_backward, false},
        {"token", encoder->token, encoder->token_backward, true},
        {"strip", encoder->strip, encoder->strip_backward, true},
    };
    bool used = false;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct hook_pair *pair = &pairs[i];
        used = used || pair->forward;
        if (pair->forward && !pair->backward && (parameters > 0 || pair->always))
            return message_set(message, STATUS_FAILED, "encoder `%s` has %s without %s_backward%s",
                               encoder->name, pair->name, pair->name,
                               pair->always ? "" : ", though it has parameters");
        if (pair->backward && !pair->forward)
            return message_set(message, STATUS_FAILED, "encoder `%s` has %s_backward without %s",
                               encoder->name, pair->name, pair->name);
    }
    if (parameters > 0 && !used)
        return message_set(message, STATUS_FAILED, "encoder `%s` has parameters and no hook that uses them",
                           encoder->name);
    if (parameters > 0 && !encoder->initialise)
        return message_set(message, STATUS_FAILED, "encoder `%s` has parameters and no initialise",
                           encoder->name);
    return STATUS_OK;
}

static enum status check_hooks(const struct encoder *encoder, struct message *message)
{
    const unsigned known = ENCODER_RELATIVE | ENCODER_EVALUATION_ONLY;
    const unsigned attentions = CAUSAL | BIDIRECTIONAL | CROSS;
    const char *name = encoder->name;
    if (encoder->flags & ~known)
        return message_set(message, STATUS_FAILED, "encoder `%s` has a flag that is not one of the contract",
                           name);
    if (!encoder->attentions || encoder->attentions & ~attentions)
        return message_set(message, STATUS_FAILED,
                           "encoder `%s` says not which attentions it serves: some of CAUSAL, BIDIRECTIONAL, "
                           "CROSS",
                           name);
    if ((encoder->flags & ENCODER_RELATIVE) && encoder->add)
        return message_set(message, STATUS_FAILED,
                           "encoder `%s` is called relative, but its add hook gives each position a vector",
                           name);
    if (encoder->planes > PLANES_MAX)
        return message_set(message, STATUS_FAILED, "encoder `%s` has %u planes; at most %d are possible",
                           name, encoder->planes, PLANES_MAX);
    if ((encoder->planes > 1) != (encoder->plane != NULL))
        return message_set(message, STATUS_FAILED,
                           "encoder `%s` has %u planes and %s plane hook: the hook goes with two or more",
                           name, encoder->planes, encoder->plane ? "a" : "no");
    if (!encoder->angle && (encoder->rotated || encoder->magnitude || encoder->decay))
        return message_set(message, STATUS_FAILED, "encoder `%s` has %s without angle", name,
                           encoder->rotated     ? "rotated"
                           : encoder->magnitude ? "magnitude"
                                                : "decay");
    if (!encoder->strip_begin != !encoder->strip_table || (encoder->strip_begin && !encoder->strip))
        return message_set(
            message, STATUS_FAILED,
            "encoder `%s` has not all of strip, strip_begin and strip_table: a table goes with the three",
            name);
    if (encoder->strip_scratch && !encoder->strip)
        return message_set(message, STATUS_FAILED, "encoder `%s` has strip_scratch without strip", name);
    return STATUS_OK;
}

/* Every encoder and mixer fits the model that one gets without a word. */
static enum status standard_shape(struct shape *out, struct message *message)
{
    struct model_options model;
    enum status status = option_defaults(model_option_table, &model, message);
    if (!status)
        *out = model_shape(&model, 64);
    return status;
}

enum status encoder_check(const struct encoder *encoder, struct message *message)
{
    struct shape shape;
    void *state = NULL;
    enum status status =
        check_names("encoder", encoder->name, encoder->summary, encoder->citation, encoder->version, message);
    if (!status)
        status = check_hooks(encoder, message);
    if (!status)
        status = check_options(&state, encoder->name, encoder->options, encoder->state_size, message);
    if (!status)
        status = standard_shape(&shape, message);
    if (!status && encoder->prepare) {
        status = encoder->prepare(state, &shape, message);
        if (status)
            message_prefix(message, "encoder `%s` refuses its own defaults", encoder->name);
    }
    if (!status)
        status =
            check_pairs(encoder, encoder->parameters ? encoder->parameters(state, &shape, NULL) : 0, message);
    memory_release(state);
    return status;
}

/* ---- position maps, datasets, objectives ---- */

enum status position_map_check(const struct position_map *map, struct message *message)
{
    void *state = NULL;
    enum status status =
        check_names("position map", map->name, map->summary, map->citation, map->version, message);
    if (!status && !map->map)
        status = message_set(message, STATUS_FAILED, "position map `%s` has no map hook", map->name);
    if (!status)
        status = check_options(&state, map->name, map->options, map->state_size, message);
    memory_release(state);
    return status;
}

enum status dataset_check(const struct dataset *dataset, struct message *message)
{
    void *state = NULL;
    enum status status =
        check_names("dataset", dataset->name, dataset->summary, dataset->citation, dataset->version, message);
    if (!status && !(dataset->vocabulary && dataset->minimum && dataset->example && dataset->verify))
        status =
            message_set(message, STATUS_FAILED,
                        "dataset `%s` lacks one of vocabulary, minimum, example and verify", dataset->name);
    if (!status && !dataset->extent != !dataset->window)
        status = message_set(message, STATUS_FAILED,
                             "dataset `%s` has one of extent and window: text has both", dataset->name);
    if (!status)
        status = check_options(&state, dataset->name, dataset->options, dataset->state_size, message);
    memory_release(state);
    return status;
}

/* The row of [model] has the names of the files; attention is one kind. */
enum status objective_check(size_t index, struct message *message)
{
    const struct objective *objective = objective_list[index];
    enum status status = check_names("objective", objective->name, objective->summary, objective->citation,
                                     objective->version, message);
    if (!status && strcmp(objective->name, objective_names[index]) != 0)
        status = message_set(message, STATUS_FAILED, "the objective `%s` is in a file of another name, `%s`",
                             objective->name, objective_names[index]);
    if (!status && objective->attention != CAUSAL && objective->attention != BIDIRECTIONAL &&
        objective->attention != CROSS)
        status = message_set(message, STATUS_FAILED, "objective `%s` does not say which attention it needs",
                             objective->name);
    return status;
}

static enum status check_mixer_hooks(const struct mixer *mixer, struct message *message)
{
    const char *name = mixer->name;
    if (!mixer->attentions || !mixer->projected || !mixer->flop || !mixer->forward || !mixer->backward)
        return message_set(message, STATUS_FAILED,
                           "mixer `%s` lacks one of attentions, projected, flop, forward and backward", name);
    if (is_empty(mixer->projection) || !mixer->words || !mixer->words->name)
        return message_set(message, STATUS_FAILED,
                           "mixer `%s` does not say what its projection is, or in words what it does", name);
    if (!mixer->open != !mixer->close)
        return message_set(message, STATUS_FAILED, "mixer `%s` has one of open and close", name);
    if (!mixer->create != !mixer->created)
        return message_set(message, STATUS_FAILED, "mixer `%s` has one of create and created", name);
    if (!mixer->parameters != !mixer->initialise)
        return message_set(message, STATUS_FAILED, "mixer `%s` has one of parameters and initialise", name);
    if (mixer->state_size > MIXER_STATE_MAX)
        return message_set(message, STATUS_FAILED, "mixer `%s` has a state of %zu bytes; %d are possible",
                           name, mixer->state_size, MIXER_STATE_MAX);
    return STATUS_OK;
}

enum status mixer_check(const struct mixer *mixer, struct message *message)
{
    struct shape shape;
    void *state = NULL;
    enum status status =
        check_names("mixer", mixer->name, mixer->summary, mixer->citation, mixer->version, message);
    if (!status)
        status = check_mixer_hooks(mixer, message);
    if (!status)
        status = check_options(&state, mixer->name, mixer->options, mixer->state_size, message);
    if (!status)
        status = standard_shape(&shape, message);
    if (!status && mixer->prepare && (status = mixer->prepare(state, &shape, message)))
        message_prefix(message, "mixer `%s` refuses its own defaults", mixer->name);
    memory_release(state);
    return status;
}
