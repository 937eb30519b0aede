/* claims.c -- [claim NAME]: what an experiment says beforehand.
 *
 *     statement = words
 *     test      = PROTOCOL METRIC, VARIANT [at LENGTH] < VARIANT [at LENGTH]      (findings/claim_kinds.c: all forms)
 *     at        = 2L, 4L          the lengths of the sides that have none of their own
 *     direction = less | greater  may be left out: the sign of the test says it, and they must agree
 *     datasets  = text            all that are scored under the protocol, when left out
 *
 * What is wrong is said when the experiment is planned, not after days of training. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "results/findings/claim_kinds.h"
#include "results/findings/claims.h"
#include "support/memory.h"
#include "support/text.h"

enum { NAMES_MAX = 256 };

static const char *const keys[] = {"statement", "test", "at", "direction", "datasets"};
enum { KEYS = sizeof keys / sizeof *keys };

/* Copies a part of a value without the blanks around it; STATUS_WRONG when it is empty or too long. */
static enum status take(char *out, size_t size, const char *bytes, size_t count, const char *what,
                        struct message *message)
{
    while (count > 0 && bytes[0] == ' ') {
        bytes++;
        count--;
    }
    while (count > 0 && bytes[count - 1] == ' ')
        count--;
    if (count == 0)
        return message_set(message, STATUS_WRONG, "the %s is missing", what);
    if (count >= size)
        return message_set(message, STATUS_WRONG, "the %s has more than %zu bytes: `%.60s...`", what,
                           size - 1, bytes);
    memcpy(out, bytes, count);
    out[count] = '\0';
    return STATUS_OK;
}

/* ---- the test ---- */

static bool is_sign(char byte)
{
    for (const struct claim_kind *kind = claim_kinds; kind->direction; kind++)
        if (kind->sign == byte)
            return true;
    return false;
}

/* The first sign of a kind outside of parentheses, or the end. */
static const char *find_sign(const char *text)
{
    size_t depth = 0;
    for (; *text; text++) {
        if (*text == '(')
            depth++;
        else if (*text == ')' && depth > 0)
            depth--;
        else if (depth == 0 && is_sign(*text))
            break;
    }
    return text;
}

/* The kind of what stands behind the comma; NULL = there is none. */
static const struct claim_kind *kind_of(const char *text)
{
    const char *first = find_sign(text);
    size_t operands = 1;
    for (const char *sign = first; *sign; sign = find_sign(sign + 1)) {
        if (*sign != *first)
            return NULL;
        operands++;
    }
    return claim_kind_written(*first, operands);
}

static const char *suggest_variant(char *out, size_t size, const struct plan *plan, const char *name)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t v = 0; v < plan->variants && count < NAMES_MAX; v++)
        names[count++] = plan->variant[v].name;
    text_suggest(out, size, name, names, count);
    return out;
}

/* "VARIANT" or "VARIANT at LENGTH". */
static enum status read_side(char variant[NAME_SIZE], char at[NAME_SIZE], const char *bytes, size_t count,
                             const struct plan *plan, struct message *message)
{
    static const char word[] = " at ";
    char side[2 * NAME_SIZE], suggestion[512], *last = NULL;
    struct length length;
    enum status status = take(side, sizeof side, bytes, count, "variant", message);
    if (status)
        return status;
    for (char *found = strstr(side, word); found; found = strstr(found + 1, word))
        last = found;
    if (last) {
        status = take(at, NAME_SIZE, last + strlen(word), strlen(last + strlen(word)), "length", message);
        if (!status)
            status = length_parse(&length, at, "the length", message);
        *last = '\0';
    }
    if (!status)
        status = take(variant, NAME_SIZE, side, strlen(side), "variant", message);
    for (size_t v = 0; !status && v < plan->variants; v++)
        if (strcmp(plan->variant[v].name, variant) == 0)
            return STATUS_OK;
    return status ? status
                  : message_set(message, STATUS_WRONG, "the experiment has no variant `%s`: %s", variant,
                                suggest_variant(suggestion, sizeof suggestion, plan, variant));
}

static enum status check_metric(const char *metric, struct message *message)
{
    const char *names[NAMES_MAX];
    char suggestion[256];
    const size_t count = claims_metrics(names, NAMES_MAX);
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], metric) == 0)
            return STATUS_OK;
    text_suggest(suggestion, sizeof suggestion, metric, names, count);
    return message_set(message, STATUS_WRONG, "there is no metric `%s`: %s", metric, suggestion);
}

static enum status say_forms(struct message *message)
{
    char forms[300] = "";
    size_t used = 0;
    for (const struct claim_kind *kind = claim_kinds; kind->direction && used < sizeof forms; kind++)
        used +=
            (size_t)snprintf(forms + used, sizeof forms - used, "%s`%s`", used > 0 ? " or " : "", kind->form);
    return message_set(message, STATUS_WRONG,
                       "it is written %s, as in `fixed-targets nll, alibi at 4L < rope at 4L`", forms);
}

static enum status read_operands(struct claim_record *out, const char *text, size_t count,
                                 const struct plan *plan, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t o = 0; o < count && !status; o++) {
        struct claim_operand *operand = &out->operand[o];
        const char *end = find_sign(text);
        status = read_side(operand->variant, operand->at, text, (size_t)(end - text), plan, message);
        for (size_t before = 0; before < o && !status; before++)
            if (strcmp(out->operand[before].variant, operand->variant) == 0 &&
                strcmp(out->operand[before].at, operand->at) == 0)
                status = message_set(message, STATUS_WRONG,
                                     "`%s` is compared with itself; give the two sides different lengths",
                                     operand->variant);
        text = *end ? end + 1 : end;
    }
    return status;
}

static enum status read_test(struct claim_record *out, const char *value, const struct plan *plan,
                             struct message *message)
{
    const char *comma = strchr(value, ','), *blank = strchr(value, ' ');
    const struct claim_kind *kind = comma ? kind_of(comma + 1) : NULL;
    if (!kind || !blank || blank > comma)
        return say_forms(message);
    enum status status = take(out->protocol, NAME_SIZE, value, (size_t)(blank - value), "protocol", message);
    if (!status)
        status = take(out->metric, NAME_SIZE, blank, (size_t)(comma - blank), "metric", message);
    if (!status)
        status = check_metric(out->metric, message);
    if (!status)
        status = read_operands(out, comma + 1, kind->operands, plan, message);
    if (!status && out->direction[0] && strcmp(out->direction, kind->direction) != 0)
        return message_set(message, STATUS_WRONG, "`%c` says %s, but direction = %s", kind->sign,
                           kind->direction, out->direction);
    snprintf(out->direction, NAME_SIZE, "%s", kind->direction);
    return status;
}

/* ---- one claim ---- */

/* A list, written anew with one blank behind each comma.  lengths: each must be one. */
static enum status read_list(char out[TUNING_SIZE], const char *value, const char *what, bool lengths,
                             struct message *message)
{
    struct list list;
    struct length length;
    size_t used = 0;
    enum status status = list_split(&list, value, what, message);
    for (size_t i = 0; !status && i < list.count; i++) {
        if (lengths)
            status = length_parse(&length, list.item[i], what, message);
        const int added = snprintf(out + used, TUNING_SIZE - used, "%s%s", i > 0 ? ", " : "", list.item[i]);
        used += added > 0 ? (size_t)added : 0;
        if (!status && used >= TUNING_SIZE)
            status = message_set(message, STATUS_WRONG, "%s has more than %d bytes", what, TUNING_SIZE - 1);
    }
    list_release(&list);
    return status;
}

static enum status check_direction(const char *direction, struct message *message)
{
    char all[200] = "";
    size_t used = 0;
    for (const struct claim_kind *kind = claim_kinds; kind->direction && used < sizeof all; kind++) {
        if (strcmp(kind->direction, direction) == 0)
            return STATUS_OK;
        used +=
            (size_t)snprintf(all + used, sizeof all - used, "%s%s", used > 0 ? " or " : "", kind->direction);
    }
    return message_set(message, STATUS_WRONG, "direction = %.60s: it is %s", direction, all);
}

static enum status read_key(struct claim_record *out, const struct ini_entry *entry, struct message *message)
{
    const char *key = entry->key, *value = entry->value;
    char suggestion[256];
    if (strcmp(key, "statement") == 0)
        return take(out->statement, REASON_SIZE, value, strlen(value), "statement", message);
    if (strcmp(key, "at") == 0)
        return read_list(out->at, value, "at", true, message);
    if (strcmp(key, "datasets") == 0)
        return read_list(out->datasets, value, "datasets", false, message);
    if (strcmp(key, "test") == 0)
        return STATUS_OK; /* read when the direction is known */
    if (strcmp(key, "direction") == 0) {
        snprintf(out->direction, NAME_SIZE, "%.60s", value);
        return check_direction(out->direction, message);
    }
    text_suggest(suggestion, sizeof suggestion, key, keys, KEYS);
    return message_set(message, STATUS_WRONG, "there is no key `%s`: %s", key, suggestion);
}

/* A sentence about an entry, or the section. */
static enum status locate(const struct ini_section *section, const struct ini_entry *entry,
                          struct message *message)
{
    message_prefix(message, entry ? "[%s]: %s" : "[%s]", section->name, entry ? entry->key : "");
    ini_locate(message, entry ? entry->place : section->place);
    return STATUS_WRONG;
}

static enum status read_claim(struct claim_record *out, const struct ini_section *section,
                              const struct plan *plan, struct message *message)
{
    const struct ini_entry *test = ini_entry(section, "test");
    *out = (struct claim_record){.name = ""};
    snprintf(out->name, NAME_SIZE, "%s", ini_argument(section, "claim"));
    for (size_t i = 0; i < section->count; i++)
        if (read_key(out, &section->entry[i], message))
            return locate(section, &section->entry[i], message);
    if (!test || !out->statement[0]) {
        message_set(message, STATUS_WRONG, "needs `%s = ...`", test ? "statement" : "test");
        return locate(section, NULL, message);
    }
    if (read_test(out, test->value, plan, message))
        return locate(section, test, message);
    bool own = true;
    for (size_t o = 0; o < CLAIM_OPERANDS; o++)
        own = own && (out->operand[o].at[0] || !out->operand[o].variant[0]);
    if (own == (out->at[0] != '\0')) {
        message_set(message, STATUS_WRONG,
                    own ? "`at` says nothing here: both sides have a length of their own"
                        : "needs `at = ...`: the lengths at which it is tested");
        return locate(section, own ? ini_entry(section, "at") : NULL, message);
    }
    return STATUS_OK;
}

enum status claims_read(struct plan *plan, const struct ini *ini, struct message *message)
{
    size_t capacity = 0;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < ini->count && !status; i++) {
        void *block = plan->claim;
        if (!ini_argument(&ini->section[i], "claim"))
            continue;
        status = memory_grow(&block, &capacity, plan->claims + 1, sizeof *plan->claim, "the claims", message);
        plan->claim = block;
        if (!status)
            status = read_claim(&plan->claim[plan->claims], &ini->section[i], plan, message);
        plan->claims += !status;
    }
    return status;
}

/* ---- what is evaluated ---- */

static const struct protocol *find_protocol(const struct planned_dataset *dataset, const char *name)
{
    for (size_t i = 0; i < dataset->protocols; i++)
        if (strcmp(dataset->protocol[i].name, name) == 0)
            return &dataset->protocol[i];
    return NULL;
}

static enum status check_length(const struct planned_dataset *dataset, const struct protocol *protocol,
                                const char *written, struct message *message)
{
    struct length length;
    enum status status = length_parse(&length, written, "a length", message);
    if (status)
        return status;
    const size_t trained = dataset->training.length;
    const size_t wanted = length_tokens(length, trained);
    for (size_t i = 0; i < dataset->evaluation.lengths.count; i++)
        if (length_tokens(dataset->evaluation.lengths.at[i], trained) == wanted &&
            protocol_asked(protocol, trained, wanted))
            return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "`%s` is not evaluated at %s (n = %zu) under %s: [evaluation] lengths says where it is",
        dataset->label, written, wanted, protocol->name);
}

/* Does the protocol give the metric? */
static enum status check_gives(const struct protocol *protocol, const char *metric, struct message *message)
{
    const bool exact = strncmp(metric, "exact_match", 11) == 0,
               attention = strncmp(metric, "attention", 9) == 0;
    const unsigned needed = exact ? GIVES_EXACT_MATCH : attention ? GIVES_ATTENTION : 0;
    if ((protocol->kind->gives & needed) == needed)
        return STATUS_OK;
    return message_set(message, STATUS_WRONG, "the protocol %s does not give %s", protocol->name, metric);
}

static enum status check_dataset(const struct claim_record *claim, const struct planned_dataset *dataset,
                                 const struct protocol *protocol, struct message *message)
{
    struct list at = {0};
    enum status status = check_gives(protocol, claim->metric, message);
    for (size_t o = 0; o < CLAIM_OPERANDS && !status; o++)
        if (claim->operand[o].at[0])
            status = check_length(dataset, protocol, claim->operand[o].at, message);
    if (!status && claim->at[0])
        status = list_split(&at, claim->at, "at", message);
    for (size_t i = 0; !status && i < at.count; i++)
        status = check_length(dataset, protocol, at.item[i], message);
    list_release(&at);
    return status;
}

static bool has(const struct list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->item[i], name) == 0)
            return true;
    return false;
}

/* Every dataset that a claim names is one of the experiment, and scored under its protocol. */
static enum status check_named(const struct plan *plan, const struct claim_record *claim,
                               const struct list *named, struct message *message)
{
    for (size_t i = 0; i < named->count; i++) {
        const char *names[NAMES_MAX];
        char suggestion[512];
        size_t count = 0;
        const struct planned_dataset *found = NULL;
        for (size_t d = 0; d < plan->datasets && count < NAMES_MAX; d++) {
            names[count++] = plan->dataset[d].name;
            found = strcmp(plan->dataset[d].name, named->item[i]) == 0 ? &plan->dataset[d] : found;
        }
        text_suggest(suggestion, sizeof suggestion, named->item[i], names, count);
        if (!found)
            return message_set(message, STATUS_WRONG, "the experiment has no dataset `%s`: %s",
                               named->item[i], suggestion);
        if (!find_protocol(found, claim->protocol))
            return message_set(message, STATUS_WRONG, "`%s` is not scored under %s", found->name,
                               claim->protocol);
    }
    return STATUS_OK;
}

static enum status check_claim(const struct plan *plan, const struct claim_record *claim,
                               struct message *message)
{
    const char *names[NAMES_MAX];
    char suggestion[256];
    struct list named = {0};
    size_t found = 0, count = 0;
    enum status status =
        claim->datasets[0] ? list_split(&named, claim->datasets, "datasets", message) : STATUS_OK;
    if (!status)
        status = check_named(plan, claim, &named, message);
    for (size_t d = 0; !status && d < plan->datasets; d++) {
        const struct planned_dataset *dataset = &plan->dataset[d];
        const struct protocol *protocol = find_protocol(dataset, claim->protocol);
        for (size_t i = 0; i < dataset->protocols && count < NAMES_MAX; i++)
            names[count++] = dataset->protocol[i].name;
        if (!protocol || (claim->datasets[0] && !has(&named, dataset->name)))
            continue;
        status = check_dataset(claim, dataset, protocol, message);
        found++;
    }
    text_suggest(suggestion, sizeof suggestion, claim->protocol, names, count);
    if (!status && found == 0)
        status = message_set(message, STATUS_WRONG, "no dataset is scored under `%s`: %s", claim->protocol,
                             suggestion);
    list_release(&named);
    return status;
}

enum status claims_check(const struct plan *plan, const struct ini *ini, struct message *message)
{
    for (size_t i = 0; i < plan->claims; i++) {
        char name[INI_SECTION_MAX + NAME_SIZE];
        snprintf(name, sizeof name, "claim %s", plan->claim[i].name);
        if (check_claim(plan, &plan->claim[i], message)) {
            const struct ini_section *section = ini_find(ini, name);
            return locate(section, ini_entry(section, "test"), message);
        }
    }
    return STATUS_OK;
}
