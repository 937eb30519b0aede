/* protocols.c -- [protocol NAME], and which protocols a dataset is scored under.
 *
 * A protocol of a list is a section [protocol NAME], whose kind is that of its key `kind` or else the one of
 * its name, or a kind with every default. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "support/memory.h"
#include "support/text.h"

enum { NAMES_MAX = 256 };

/* ---- one protocol ---- */

/* sections: those of the file are names too. */
static enum status unknown(const struct ini *ini, const char *what, const char *name, bool sections,
                           struct message *message)
{
    const char *names[NAMES_MAX];
    char suggestion[256];
    size_t count = 0;
    for (const struct protocol_kind *kind = protocol_kinds; kind->name; kind++)
        names[count++] = kind->name;
    if (sections)
        count = ini_names(names, count, NAMES_MAX, ini, "protocol");
    text_suggest(suggestion, sizeof suggestion, name, names, count);
    return message_set(message, STATUS_WRONG, "unknown %s `%.100s`: %s", what, name, suggestion);
}

static enum status read_section(struct protocol *out, const struct ini *ini,
                                const struct ini_section *section, struct message *message)
{
    const char *name = ini_argument(section, "protocol");
    const struct ini_entry *entry = ini_entry(section, "kind");
    const struct protocol_kind *kind = protocol_kind_find(entry ? entry->value : name);
    enum status status = STATUS_OK;
    if (!kind && entry)
        status = unknown(ini, "kind of protocol", entry->value, false, message);
    else if (!kind)
        status = message_set(message, STATUS_WRONG,
                             "[%s] needs `kind = ...`: `%s` is not the name of a kind itself (lexbench list "
                             "protocols)",
                             section->name, name);
    if (status) {
        ini_locate(message, entry ? entry->place : section->place);
        return status;
    }
    status = protocol_begin(out, name, kind, message);
    for (size_t i = 0; !status && i < section->count; i++) {
        const struct ini_entry *own = &section->entry[i];
        if (strcmp(own->key, "kind") == 0)
            continue;
        status = grid_refuse(section, own, own->value, message);
        if (!status)
            status = layers_set(kind->options, out, section, own, own->value, message);
    }
    if (status)
        return status;
    status = protocol_finish(out, message);
    if (status) {
        message_prefix(message, "[%s]", section->name);
        ini_locate(message, section->place);
    }
    return status;
}

enum status protocol_check(const struct ini *ini, const struct ini_section *section, struct message *message)
{
    struct protocol protocol;
    return read_section(&protocol, ini, section, message);
}

static enum status read_protocol(struct protocol *out, const struct ini *ini, const char *name,
                                 struct message *message)
{
    const struct ini_section *section = ini_named(ini, "protocol", name);
    const struct protocol_kind *kind = protocol_kind_find(name);
    if (section)
        return read_section(out, ini, section, message);
    if (!kind)
        return unknown(ini, "protocol", name, true, message);
    enum status status = protocol_begin(out, name, kind, message);
    return status ? status : protocol_finish(out, message);
}

/* ---- those of a dataset ---- */

static unsigned subjects_of(const struct dataset *kind)
{
    return kind->window ? SUBJECT_TEXT : SUBJECT_TASK | (kind->example_at ? SUBJECT_NEEDLE : 0);
}

static const char *subject_words(unsigned subjects)
{
    return subjects & SUBJECT_NEEDLE ? "tasks with a needle"
           : subjects & SUBJECT_TASK ? "tasks"
                                     : "running text";
}

/* Losses by position and retrieval have no dimension of protocols in the results. */
static enum status check_arrays(const struct planned_dataset *dataset, struct message *message)
{
    for (size_t i = 0; i < dataset->protocols; i++)
        for (size_t j = 0; j < i; j++) {
            const struct protocol *a = &dataset->protocol[j], *b = &dataset->protocol[i];
            if (a->kind->gives & b->kind->gives & (GIVES_POSITIONS | GIVES_RETRIEVAL))
                return message_set(
                    message, STATUS_WRONG,
                    "the protocols `%s` and `%s` of dataset `%s` are both of kind %s; results hold one "
                    "of them: keep one, or run two experiments",
                    a->name, b->name, dataset->name, a->kind->name);
        }
    return STATUS_OK;
}

/* Keeps the protocols that fit the dataset.  own: they were written for this dataset, so each of them must
 * fit; else one is enough. */
static enum status fit_protocols(struct planned_dataset *out, const struct ini *ini, const struct list *list,
                                 bool own, struct message *message)
{
    const unsigned subjects = subjects_of(out->kind);
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < list->count; i++) {
        struct protocol *protocol = &out->protocol[out->protocols];
        status = read_protocol(protocol, ini, list->item[i], message);
        if (!status && (protocol->kind->subjects & subjects))
            out->protocols++;
        else if (!status && own)
            status = message_set(message, STATUS_WRONG, "the protocol `%s` is for %s, and `%s` is %s",
                                 protocol->name, subject_words(protocol->kind->subjects), out->name,
                                 subjects & SUBJECT_TEXT     ? "running text"
                                 : subjects & SUBJECT_NEEDLE ? "a task with a needle"
                                                             : "a task");
    }
    if (!status && out->protocols == 0)
        status = message_set(message, STATUS_WRONG, "none of the protocols %s is for %s, which `%s` is",
                             out->evaluation.protocols, subjects & SUBJECT_TEXT ? "running text" : "tasks",
                             out->name);
    return status ? status : check_arrays(out, message);
}

/* evaluation.protocols becomes the names of those that are kept. */
static enum status name_protocols(struct planned_dataset *out, struct message *message)
{
    struct text names = {0};
    for (size_t p = 0; p < out->protocols; p++)
        text_append(&names, "%s%s", p > 0 ? ", " : "", out->protocol[p].name);
    enum status status = text_check(&names, "the protocols", message);
    if (!status)
        snprintf(out->evaluation.protocols, sizeof out->evaluation.protocols, "%s", text_string(&names));
    text_release(&names);
    return status;
}

enum status protocols_read(struct planned_dataset *out, const struct ini *ini, struct message *message)
{
    bool own;
    struct list list = {0};
    const struct ini_entry *source = layers_source(&own, ini, "evaluation", out->name, "protocols");
    /* Nobody chose: all that fit. */
    if (!source && !out->kind->window)
        snprintf(out->evaluation.protocols, sizeof out->evaluation.protocols, "exact-match");
    enum status status = list_split(&list, out->evaluation.protocols, "protocols", message);
    if (!status && list.count > PROTOCOLS_MAX)
        status = message_set(message, STATUS_WRONG, "%zu protocols; at most %d are possible", list.count,
                             PROTOCOLS_MAX);
    if (!status) {
        out->protocol = memory_allocate(list.count, sizeof *out->protocol, "the protocols", message);
        status = out->protocol ? fit_protocols(out, ini, &list, own, message) : STATUS_FAILED;
    }
    if (!status)
        status = name_protocols(out, message);
    if (status && source)
        ini_locate(message, source->place);
    list_release(&list);
    return status;
}

enum status protocols_single(struct planned_dataset *out, const char *name, struct message *message)
{
    out->protocols_shared = false;
    out->protocols = 1;
    out->protocol = memory_allocate(1, sizeof *out->protocol, "the protocols", message);
    if (!out->protocol)
        return STATUS_FAILED;
    enum status status = protocol_begin(out->protocol, name, protocol_kind_find(name), message);
    if (!status)
        status = protocol_finish(out->protocol, message);
    return status ? status : name_protocols(out, message);
}

/* ---- all of them ---- */

static const struct protocol *with_depths(const struct planned_dataset *dataset)
{
    for (size_t p = 0; p < dataset->protocols; p++)
        if (dataset->protocol[p].depths > 0)
            return &dataset->protocol[p];
    return NULL;
}

enum status protocols_check_depths(const struct plan *plan, struct message *message)
{
    const struct protocol *first = NULL;
    for (size_t d = 0; d < plan->datasets; d++) {
        const struct protocol *protocol = with_depths(&plan->dataset[d]);
        if (!protocol)
            continue;
        first = first ? first : protocol;
        if (first->depths != protocol->depths ||
            memcmp(first->depth, protocol->depth, first->depths * sizeof *first->depth) != 0)
            return message_set(
                message, STATUS_WRONG,
                "the protocols `%s` and `%s` have two lists of depths, which are one dimension of the "
                "results: give both the same, or run two experiments",
                first->name, protocol->name);
    }
    return STATUS_OK;
}
