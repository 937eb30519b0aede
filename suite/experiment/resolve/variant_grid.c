/* variant_grid.c -- the variants that alternatives in [variant NAME] make, and which of them are wanted.
 *
 * They are called NAME-option=value: `encoder = rope(base=10000 | 50000)` in [variant rope] makes
 * rope-base=10000 and rope-base=50000; `evaluate.rope.scaling = none | ntk` makes rope-scaling=none
 * and rope-scaling=ntk.  A variant that is `like` one with alternatives has them too, but for the keys
 * it sets itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "support/memory.h"
#include "support/text.h"

/* ---- grids ---- */

struct nearer { /* the sections between a variant and one it is like */
    const struct ini_section *section;
    const struct nearer *next;
};

/* A key that a nearer section sets does not count, nor does `like`. */
static bool is_kept(const void *context, const struct ini_entry *entry)
{
    for (const struct nearer *at = context; at; at = at->next)
        if (ini_entry(at->section, entry->key))
            return false;
    return true;
}

static enum status add_chain(struct grid *grid, const struct ini *ini, const char *name,
                             const struct nearer *nearer, size_t depth, struct message *message)
{
    const struct ini_section *section = ini_named(ini, "variant", name);
    const struct ini_entry *like = section ? ini_entry(section, "like") : NULL;
    const struct nearer here = {.section = section, .next = nearer};
    const struct grid_filter filter = {.takes = is_kept, .context = nearer};
    enum status status = STATUS_OK;
    if (!section || depth > ini->count) /* variant_read() says what is wrong */
        return STATUS_OK;
    if (like && strchr(like->value, '|')) {
        status =
            message_set(message, STATUS_WRONG,
                        "[%s]: like = %.100s: a variant is like one other; list several variants instead",
                        section->name, like->value);
        ini_locate(message, like->place);
    } else if (like && strlen(like->value) < NAME_SIZE) {
        status = add_chain(grid, ini, like->value, &here, depth + 1, message);
    }
    return status ? status : grid_add(grid, section, &filter, true, message);
}

/* The alternatives of [variant NAME] and of those it is like.  grid_release() in any case. */
static enum status read_grid(struct grid *grid, const struct ini *ini, const char *name,
                             struct message *message)
{
    grid_begin(grid);
    return strlen(name) < NAME_SIZE ? add_chain(grid, ini, name, NULL, 0, message) : STATUS_OK;
}

/* NAME, or NAME-label-label. */
static enum status combination_name(char out[NAME_SIZE], const struct grid *grid, const char *name,
                                    size_t index, struct message *message)
{
    struct text whole = {0};
    text_append(&whole, "%s", name);
    for (size_t k = 0; k < grid->keys; k++)
        if (!grid->key[k].passive)
            text_append(&whole, "-%s", grid->key[k].label.item[grid_choice(grid, k, index)]);
    enum status status = text_check(&whole, "the name of a variant", message);
    if (!status)
        grid_name(out, NAME_SIZE, text_string(&whole));
    text_release(&whole);
    return status;
}

bool variant_grid_may_make(const struct ini_section *section, const char *name)
{
    const char *own = ini_argument(section, "variant");
    return own && text_begins(name, own) && name[strlen(own)] == '-';
}

static enum status check_combinations(const struct ini *ini, const char *name, struct message *message)
{
    struct grid grid;
    struct variant variant;
    enum status status = read_grid(&grid, ini, name, message);
    for (size_t i = 0; !status && i < grid.count; i++) {
        status = variant_read(&variant, &(struct view){ini, &grid, i}, name, message);
        if (!status)
            variant_release(&variant);
    }
    grid_release(&grid);
    return status;
}

enum status variants_check(const struct ini *ini, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < ini->count; i++) {
        const char *name = ini_argument(&ini->section[i], "variant");
        if (name)
            status = check_combinations(ini, name, message);
    }
    return status;
}

/* ---- reading ---- */

struct reader {
    struct plan *plan;
    size_t capacity;
    const struct ini *ini;
    struct message *message;
};

static enum status add_variant(struct reader *reader, const struct view *view, const char *section,
                               const char *name, const char *listed)
{
    void *block = reader->plan->variant;
    struct variant variant;
    enum status status = variant_read(&variant, view, section, reader->message);
    if (status)
        return status;
    status = memory_grow(&block, &reader->capacity, reader->plan->variants + 1, sizeof variant,
                         "the variants", reader->message);
    reader->plan->variant = block;
    if (status) {
        variant_release(&variant);
        return status;
    }
    snprintf(variant.name, sizeof variant.name, "%s", name);
    snprintf(variant.listed, sizeof variant.listed, "%s", listed);
    reader->plan->variant[reader->plan->variants++] = variant;
    return STATUS_OK;
}

/* The combinations of a section: all, or the one called `wanted`.  *found: that one was there. */
static enum status add_combinations(struct reader *reader, bool *found, const char *section,
                                    const char *wanted)
{
    struct grid grid;
    char name[NAME_SIZE];
    enum status status = read_grid(&grid, reader->ini, section, reader->message);
    for (size_t i = 0; !status && i < grid.count; i++) {
        status = combination_name(name, &grid, section, i, reader->message);
        if (status || (wanted && strcmp(name, wanted) != 0))
            continue;
        status = add_variant(reader, &(struct view){reader->ini, &grid, i}, section, name,
                             wanted ? wanted : section);
        *found = true;
    }
    grid_release(&grid);
    return status;
}

/* NAME-option=value, one of the combinations of [variant NAME]? */
static enum status add_combination(struct reader *reader, bool *found, const char *wanted)
{
    enum status status = STATUS_OK;
    *found = false;
    for (size_t i = 0; !status && !*found && i < reader->ini->count; i++) {
        const struct ini_section *section = &reader->ini->section[i];
        if (variant_grid_may_make(section, wanted))
            status = add_combinations(reader, found, ini_argument(section, "variant"), wanted);
    }
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum status check_names(const struct plan *plan, struct message *message)
{
    const char **names = memory_allocate(plan->variants, sizeof *names, "names of variants", message);
    enum status status = names ? STATUS_OK : STATUS_FAILED;
    for (size_t v = 0; names && v < plan->variants; v++)
        names[v] = plan->variant[v].name;
    if (names)
        qsort(names, plan->variants, sizeof *names, by_name);
    for (size_t v = 1; !status && v < plan->variants; v++)
        if (strcmp(names[v - 1], names[v]) == 0)
            status = message_set(message, STATUS_WRONG,
                                 "two variants of this experiment are called `%s`: give one another name",
                                 names[v]);
    memory_release(names);
    return status;
}

static enum status read_listed(struct reader *reader, const char *name)
{
    enum status status;
    bool found = false;
    if (ini_named(reader->ini, "variant", name))
        status = add_combinations(reader, &found, name, NULL);
    else
        status = add_combination(reader, &found, name);
    return status || found ? status
                           : add_variant(reader, &(struct view){.ini = reader->ini}, name, name, name);
}

enum status variants_read(struct plan *plan, const struct ini *ini, const struct experiment *experiment,
                          struct message *message)
{
    struct reader reader = {.plan = plan, .ini = ini, .message = message};
    const struct list *names = &experiment->variants;
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < names->count; i++)
        status = read_listed(&reader, names->item[i]);
    if (!status)
        status = check_names(plan, message);
    if (status) /* sections were checked: this is a name or a SPEC in the list */
        ini_locate(message, experiment->variants_place);
    return status;
}

/* ----------------------------------------------------------------------------------------- --only */

static bool is_wanted(const struct list *wanted, const struct variant *variant)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (strcmp(wanted->item[i], variant->name) == 0 || strcmp(wanted->item[i], variant->listed) == 0)
            return true;
    return false;
}

/* What the experiment does not list is read as if it did, behind the others. */
static enum status add_wanted(struct reader *reader, const struct list *wanted)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < wanted->count; i++) {
        const struct list one = {.count = 1, .item = &wanted->item[i]};
        bool there = false;
        for (size_t v = 0; !there && v < reader->plan->variants; v++)
            there = is_wanted(&one, &reader->plan->variant[v]);
        if (!there)
            status = read_listed(reader, wanted->item[i]);
        if (status == STATUS_WRONG && !variant_known(reader->ini, wanted->item[i]))
            status = variant_unknown(reader->ini, wanted->item[i], reader->plan, true, reader->message);
    }
    if (!status)
        status = check_names(reader->plan, reader->message);
    if (status)
        message_prefix(reader->message, "--only");
    return status;
}

enum status variants_keep(struct plan *plan, const struct ini *ini, const char *only, struct message *message)
{
    struct reader reader = {.plan = plan, .capacity = plan->variants, .ini = ini, .message = message};
    struct list wanted = {0};
    size_t kept = 0;
    if (!only)
        return STATUS_OK;
    enum status status = list_split(&wanted, only, "variants of --only", message);
    if (!status)
        status = add_wanted(&reader, &wanted);
    for (size_t v = 0; !status && v < plan->variants; v++) {
        if (is_wanted(&wanted, &plan->variant[v]))
            plan->variant[kept++] = plan->variant[v];
        else
            variant_release(&plan->variant[v]);
    }
    if (!status)
        plan->variants = kept;
    list_release(&wanted);
    return status;
}
