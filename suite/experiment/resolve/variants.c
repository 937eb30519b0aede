/* variants.c -- what a variant is trained with, and what it is evaluated with.
 *
 *     [variant NAME]
 *     like      = OTHER                     begins as a copy of OTHER, or
 *     encoder   = SPEC                      as these components, position map identity
 *     positions = SPEC                      of training and evaluation
 *     finetune.steps = 200                  a second training, from the weights of the first, for so many steps,
 *     finetune.length = 4L                  of sequences of this length (default 1L),
 *     finetune.rate, finetune.batch         where the first training's are not kept
 *     finetune.encoder   = SPEC             instead of the first training's, in the second and at evaluation
 *     finetune.positions = SPEC
 *     finetune.COMPONENT.OPTION = value     one option of it
 *     evaluate.encoder   = SPEC             instead of the trained ones, at evaluation
 *     evaluate.positions = SPEC
 *     evaluate.COMPONENT.OPTION = value     one option of an evaluated component or position map
 *
 * read from top to bottom of this list, whatever the order in the file. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "registry/registry.h"
#include "registry/spec.h"
#include "support/memory.h"
#include "support/text.h"

enum { NAMES_MAX = 1024 };

static const char *const variant_keys[] = {"like",
                                           "encoder",
                                           "positions",
                                           "finetune.steps",
                                           "finetune.length",
                                           "finetune.rate",
                                           "finetune.batch",
                                           "finetune.encoder",
                                           "finetune.positions",
                                           "evaluate.encoder",
                                           "evaluate.positions"};
enum { VARIANT_KEYS = sizeof variant_keys / sizeof *variant_keys };

/* A variant is read stage by stage: the first training, the second, the evaluation. */
enum stage { STAGE_TRAINING, STAGE_FINETUNE, STAGE_EVALUATION, STAGES };

/* ---- names ---- */

bool variant_known(const struct ini *ini, const char *name)
{
    const struct encoder *encoder;
    return strpbrk(name, "(+") || ini_named(ini, "variant", name) || !encoder_find(&encoder, name, NULL);
}

enum status variant_unknown(const struct ini *ini, const char *name, const struct plan *plan, bool encoders,
                            struct message *message)
{
    const char *names[NAMES_MAX];
    char suggestion[768];
    size_t count = 0;
    for (size_t v = 0; plan && v < plan->variants && count < NAMES_MAX; v++)
        if (!variant_known(ini, plan->variant[v].name))
            names[count++] = plan->variant[v].name;
    count = ini_names(names, count, NAMES_MAX, ini, "variant");
    for (size_t i = 0; encoders && encoder_list[i] && count < NAMES_MAX; i++)
        if (!ini_named(ini, "variant", encoder_list[i]->name))
            names[count++] = encoder_list[i]->name;
    text_suggest(suggestion, sizeof suggestion, name, names, count);
    return message_set(message, STATUS_WRONG, "unknown variant `%.100s`: %s", name, suggestion);
}

enum status variant_split(char name[NAME_SIZE], const char **spec, const char *asked, const char *positions,
                          struct message *message)
{
    const char *mark = strpbrk(asked, "(+=");
    const bool named = mark && *mark == '=';
    struct text text = {0};
    *spec = named ? mark + 1 : asked;
    text_append_bytes(&text, asked, named ? (size_t)(mark - asked) : strlen(asked));
    if (positions && !named)
        text_append(&text, "; %s", positions);
    enum status status = text_check(&text, "the name of a variant", message);
    const char *stripped = status ? "" : text_strip(text.bytes);
    if (!status && !*stripped)
        status =
            message_set(message, STATUS_WRONG, "the variant `%.100s` has no name: write NAME=SPEC", asked);
    else if (!status && strlen(stripped) >= NAME_SIZE)
        status = message_set(message, STATUS_WRONG,
                             "the variant `%.100s` has more than %d characters: give it a name, NAME=SPEC",
                             stripped, NAME_SIZE - 1);
    if (!status)
        snprintf(name, NAME_SIZE, "%s", stripped);
    text_release(&text);
    return status;
}

/* ---- keys ---- */

static enum stage stage_of(const char *key)
{
    return text_begins(key, "finetune.")   ? STAGE_FINETUNE
           : text_begins(key, "evaluate.") ? STAGE_EVALUATION
                                           : STAGE_TRAINING;
}

/* STAGE.COMPONENT.OPTION. */
static enum status set_component(struct composition *composition, const char *key, const char *value,
                                 struct message *message)
{
    const char *names[COMPONENTS_MAX + 1], *at = strchr(key, '.') + 1, *point = strchr(at, '.');
    char name[INI_LINE_MAX + 1], suggestion[256];
    if (!point || point == at || !point[1])
        return message_set(
            message, STATUS_WRONG, "%.100s: write %s", key,
            stage_of(key) == STAGE_FINETUNE
                ? "finetune.steps, finetune.length, finetune.rate, finetune.batch, finetune.encoder, "
                  "finetune.positions or finetune.COMPONENT.OPTION"
                : "evaluate.encoder, evaluate.positions or evaluate.COMPONENT.OPTION");
    snprintf(name, sizeof name, "%.*s", (int)(point - at), at);
    for (size_t i = 0; i < composition->count; i++) {
        const struct component *component = &composition->at[i];
        if (strcmp(component->encoder->name, name) == 0)
            return option_set(component->encoder->options, component->state, name, point + 1, value, message);
        names[i] = component->encoder->name;
    }
    if (strcmp(composition->map->name, name) == 0)
        return option_set(composition->map->options, composition->map_state, name, point + 1, value, message);
    names[composition->count] = composition->map->name;
    text_suggest(suggestion, sizeof suggestion, name, names, composition->count + 1);
    return message_set(message, STATUS_WRONG, "%.100s: `%.60s` is no component of this variant: %s", key,
                       name, suggestion);
}

/* What the fine-tune has is evaluated too: the evaluated part, if it has the component. */
static enum status set_finetuned(struct variant *variant, const char *key, const char *value,
                                 struct message *message)
{
    enum status status = set_component(&variant->trained, key, value, message);
    if (!status)
        set_component(&variant->evaluated, key, value, NULL);
    return status;
}

static enum status set_finetune(struct variant *variant, const char *key, const char *value,
                                struct message *message)
{
    const char *name = key + strlen("finetune.");
    enum status status;
    if (option_find(finetune_option_table, name))
        return option_set(finetune_option_table, &variant->finetune, "finetune", name, value, message);
    if (strcmp(name, "encoder") == 0) {
        status = spec_encoders(&variant->trained, value, message);
        return status ? status : spec_encoders(&variant->evaluated, value, message);
    }
    if (strcmp(name, "positions") == 0) {
        status = spec_positions(&variant->trained, value, message);
        return status ? status : spec_positions(&variant->evaluated, value, message);
    }
    return set_finetuned(variant, key, value, message);
}

/* One key of a variant whose parts are there already. */
static enum status apply_key(struct variant *variant, const char *key, const char *value,
                             struct message *message)
{
    char suggestion[256];
    enum status status;
    if (strcmp(key, "like") == 0 || strcmp(key, "encoder") == 0 || strcmp(key, "zip") == 0)
        return STATUS_OK; /* was the beginning, or is the grid's */
    if (strcmp(key, "positions") == 0) {
        status = spec_positions(&variant->first, value, message);
        if (!status)
            status = spec_positions(&variant->trained, value, message);
        return status ? status : spec_positions(&variant->evaluated, value, message);
    }
    if (text_begins(key, "finetune."))
        return set_finetune(variant, key, value, message);
    if (strcmp(key, "evaluate.encoder") == 0)
        return spec_encoders(&variant->evaluated, value, message);
    if (strcmp(key, "evaluate.positions") == 0)
        return spec_positions(&variant->evaluated, value, message);
    if (text_begins(key, "training."))
        return message_set(message, STATUS_WRONG, "%.100s in a variant is not built yet", key);
    if (text_begins(key, "evaluate."))
        return set_component(&variant->evaluated, key, value, message);
    text_suggest(suggestion, sizeof suggestion, key, variant_keys, VARIANT_KEYS);
    return message_set(message, STATUS_WRONG, "a variant has no key `%.100s`: %s", key, suggestion);
}

static bool is_option_key(const char *key)
{
    for (size_t i = 0; i < VARIANT_KEYS; i++)
        if (strcmp(key, variant_keys[i]) == 0)
            return false;
    return true;
}

static enum status begin_with(struct variant *variant, const char *spec, struct message *message)
{
    enum status status = option_defaults(finetune_option_table, &variant->finetune, message);
    if (!status)
        status = spec_encoders(&variant->first, spec, message);
    if (!status)
        status = spec_positions(&variant->first, "identity", message);
    if (!status)
        status = composition_copy(&variant->trained, &variant->first, message);
    return status ? status : composition_copy(&variant->evaluated, &variant->first, message);
}

static enum status apply_section(struct variant *variant, const struct view *view,
                                 const struct ini_section *section, size_t depth, struct message *message);

static enum status begin(struct variant *variant, const struct view *view, const struct ini_section *section,
                         size_t depth, struct message *message)
{
    const struct ini_entry *like = ini_entry(section, "like"), *encoder = ini_entry(section, "encoder");
    enum status status;
    if (!like == !encoder) {
        status =
            message_set(message, STATUS_WRONG, "[%s] has %s: it begins with one of them", section->name,
                        like ? "both `like` and `encoder`" : "neither `encoder = SPEC` nor `like = VARIANT`");
        ini_locate(message, like ? like->place : section->place);
        return status;
    }
    if (encoder) {
        status = begin_with(variant, view_value(view, encoder), message);
        if (status)
            ini_locate(message, encoder->place);
        return status;
    }
    const struct ini_section *other = ini_named(view->ini, "variant", like->value);
    if (other && depth < view->ini->count)
        return apply_section(variant, view, other, depth + 1, message);
    status = other ? message_set(message, STATUS_WRONG, "[%s]: `like = %s` leads back to itself",
                                 section->name, like->value)
                   : variant_unknown(view->ini, like->value, NULL, false, message);
    ini_locate(message, like->place);
    return status;
}

/* The keys with names first, in the order of the table, then options of components. */
static enum status apply_stage(struct variant *variant, const struct view *view,
                               const struct ini_section *section, enum stage stage, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t k = 0; !status && k < VARIANT_KEYS; k++) {
        const struct ini_entry *entry = ini_entry(section, variant_keys[k]);
        if (!entry || stage_of(entry->key) != stage)
            continue;
        status = apply_key(variant, entry->key, view_value(view, entry), message);
        if (status)
            ini_locate(message, entry->place);
    }
    for (size_t i = 0; !status && i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        if (!is_option_key(entry->key) || stage_of(entry->key) != stage)
            continue;
        status = apply_key(variant, entry->key, view_value(view, entry), message);
        if (status)
            ini_locate(message, entry->place);
    }
    return status;
}

static enum status apply_section(struct variant *variant, const struct view *view,
                                 const struct ini_section *section, size_t depth, struct message *message)
{
    enum status status = begin(variant, view, section, depth, message);
    for (enum stage stage = STAGE_TRAINING; !status && stage < STAGES; stage++)
        status = apply_stage(variant, view, section, stage, message);
    return status;
}

/* ---- whole ---- */

/* A text of a variant into the room that results have for it.  `when` begins the sentence about one that is
 * longer. */
static enum status keep_text(char *out, size_t size, const struct text *text, const char *when,
                             struct message *message)
{
    enum status status = text_check(text, "the text of a variant", message);
    if (status)
        return status;
    if (text->length >= size)
        return message_set(message, STATUS_WRONG, "%s it has more than %zu characters: use fewer components",
                           when, size - 1);
    memcpy(out, text_string(text), text->length + 1);
    return STATUS_OK;
}

/* The canonical text of a composition: "encoders; positions". */
static enum status print_parts(char out[SPEC_SIZE], const struct composition *composition,
                               struct message *message)
{
    struct text text = {0};
    composition_print_encoders(&text, composition);
    text_append(&text, "; ");
    composition_print_positions(&text, composition);
    enum status status = keep_text(out, SPEC_SIZE, &text, "with all its options", message);
    text_release(&text);
    return status;
}

/* A fine-tune has a number of steps; what is said of one without them would be lost. */
static enum status check_finetune(const struct variant *variant, const char *last, struct message *message)
{
    const struct finetune_options *finetune = &variant->finetune;
    const bool plain = strcmp(variant->first_text, last) == 0 && finetune->rate <= 0 &&
                       finetune->batch == 0 && finetune->length.relative && !(finetune->length.value < 1) &&
                       !(finetune->length.value > 1);
    if (finetune->steps > 0 || plain)
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "it has keys finetune.KEY and no finetune.steps: say how long the fine-tune is, "
                       "finetune.steps = 200");
}

/* Of a fine-tune "FIRST, then finetune(steps=200, ...) of LAST". */
static enum status print_trained(struct variant *variant, const char *last, struct message *message)
{
    struct text text = {0};
    if (variant->finetune.steps > 0) {
        text_append(&text, "%s, then finetune(", variant->first_text);
        option_print_stored(&text, finetune_option_table, &variant->finetune);
        text_append(&text, ") of ");
    }
    text_append(&text, "%s", last);
    enum status status = keep_text(variant->trained_text, sizeof variant->trained_text, &text,
                                   "with its fine-tune and all options", message);
    text_release(&text);
    return status;
}

enum status variant_finish(struct variant *variant, struct message *message)
{
    char last[SPEC_SIZE], evaluated[SPEC_SIZE];
    enum status status = composition_check(&variant->first, true, message);
    if (!status)
        status = composition_check(&variant->trained, true, message);
    if (!status)
        status = composition_check(&variant->evaluated, false, message);
    if (!status)
        status = print_parts(variant->first_text, &variant->first, message);
    if (!status)
        status = print_parts(last, &variant->trained, message);
    if (!status)
        status = check_finetune(variant, last, message);
    if (!status)
        status = print_trained(variant, last, message);
    if (!status)
        status = print_parts(evaluated, &variant->evaluated, message);
    if (!status)
        variant->evaluation_only = strcmp(last, evaluated) != 0;
    return status;
}

enum status variant_read(struct variant *out, const struct view *view, const char *name,
                         struct message *message)
{
    const struct ini_section *section = ini_named(view->ini, "variant", name);
    enum status status;
    *out = (struct variant){0};
    if (strlen(name) >= NAME_SIZE)
        return message_set(message, STATUS_WRONG,
                           "the variant `%.100s` has more than %d characters: give it a name in a section "
                           "[variant NAME]",
                           name, NAME_SIZE - 1);
    snprintf(out->name, sizeof out->name, "%s", name);
    snprintf(out->listed, sizeof out->listed, "%s", name);
    if (section)
        status = apply_section(out, view, section, 0, message);
    else if (!variant_known(view->ini, name))
        status = variant_unknown(view->ini, name, NULL, true, message);
    else
        status = begin_with(out, name, message);
    if (!status) {
        status = variant_finish(out, message);
        if (status)
            message_prefix(message, "variant `%s`", name);
        if (status && section)
            ini_locate(message, section->place);
    }
    if (status)
        variant_release(out);
    return status;
}

void variant_release(struct variant *variant)
{
    composition_release(&variant->first);
    composition_release(&variant->trained);
    composition_release(&variant->evaluated);
}
