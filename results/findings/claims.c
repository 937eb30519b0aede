/* claims.c -- claims, judged. */
#include "results/findings/claims.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/findings/claim_kinds.h"
#include "results/findings/selection.h"
#include "support/memory.h"
#include "support/option.h"

static const double level = 0.05;

size_t claims_metrics(const char **names, size_t most)
{
    size_t count = 0;
    for (int measure = 0; measure < MEASURES && count < most; measure++)
        names[count++] = measure_key((enum measure)measure);
    return count;
}

/* ---- where ---- */

/* Index of a name in records that begin with it, or their number. */
static size_t find(const void *records, size_t count, size_t size, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp((const char *)records + i * size, name) != 0)
        i++;
    return i;
}

/* Is a name one of a comma-separated list? */
static bool lists(const char *list, const char *name)
{
    while (*list) {
        const size_t bytes = strcspn(list, ",");
        if (bytes == strlen(name) && memcmp(list, name, bytes) == 0)
            return true;
        list += bytes + strspn(list + bytes, ", ");
    }
    return false;
}

/* A length as written, in tokens; 0 when it is none. */
static int64_t tokens_of(const char *written, size_t bytes, int64_t trained)
{
    char one[NAME_SIZE];
    struct length length;
    snprintf(one, sizeof one, "%.*s", (int)bytes, written);
    if (length_parse(&length, one, "at", NULL))
        return 0;
    return (int64_t)length_tokens(length, (size_t)trained);
}

struct judge {
    const struct results *results;
    const struct claim_record *claim;
    struct judgement *out;
    size_t capacity;
    struct selection of;
    const struct claim_kind *kind;
    size_t variant[CLAIM_OPERANDS]; /* indices */
    double *difference;             /* (seeds) the statistic */
    struct message *message;
};

static enum status add_place(struct judge *judge, const char *at, size_t bytes)
{
    const struct claim_record *claim = judge->claim;
    const int64_t trained = judge->results->configuration[judge->of.configuration].training_length;
    void *block = judge->out->place;
    if (memory_grow(&block, &judge->capacity, judge->out->places + 1, sizeof *judge->out->place,
                    "the places of a claim", judge->message))
        return STATUS_FAILED;
    judge->out->place = block;
    struct claim_place *place = &judge->out->place[judge->out->places++];
    *place = (struct claim_place){
        .dataset = judge->of.dataset, .configuration = judge->of.configuration, .p = NAN, .adjusted = NAN};
    for (size_t o = 0; o < judge->kind->operands; o++) {
        const char *own = claim->operand[o].at;
        place->length[o] = own[0] ? tokens_of(own, strlen(own), trained) : tokens_of(at, bytes, trained);
    }
    return STATUS_OK;
}

/* All lengths of one dataset and configuration. */
static enum status add_places(struct judge *judge)
{
    const char *at = judge->claim->at;
    if (!*at)
        return add_place(judge, "", 0);
    enum status status = STATUS_OK;
    while (*at && !status) {
        const size_t bytes = strcspn(at, ",");
        status = add_place(judge, at, bytes);
        at += bytes + strspn(at + bytes, ", ");
    }
    return status;
}

static enum status find_places(struct judge *judge)
{
    enum status status = STATUS_OK;
    struct selection *of = &judge->of;
    for (of->dataset = 0; of->dataset < judge->results->datasets; of->dataset++)
        for (of->configuration = 0; of->configuration < judge->results->configurations; of->configuration++) {
            const char *name = judge->results->dataset[of->dataset].name;
            if (status || !selection_asked(of) ||
                (judge->claim->datasets[0] && !lists(judge->claim->datasets, name)))
                continue;
            status = add_places(judge);
        }
    return status;
}

/* ---- one place ---- */

static void object(struct judge *judge, const struct claim_place *place, size_t variant, int64_t length,
                   const char *why)
{
    const struct results *results = judge->results;
    struct text *reason = &judge->out->reason;
    text_append(reason, "%s%s at n = %" PRId64 " on %s", reason->length > 0 ? "; " : "",
                results->variant[variant].name, length, results->dataset[place->dataset].name);
    if (results->configurations > 1)
        text_append(reason, ", %s", results->configuration[place->configuration].name);
    text_append(reason, ": %s", why);
}

/* The index of a length at which a variant has all its scores, or the number of lengths and an objection. */
static size_t complete_at(struct judge *judge, const struct claim_place *place, size_t variant,
                          int64_t length)
{
    const struct results *results = judge->results;
    struct outcome outcome = {.asked = 0};
    char why[80] = "not evaluated";
    size_t n = 0;
    while (n < results->lengths && results->length[n] != length)
        n++;
    if (n < results->lengths)
        outcome = selection_outcome(&judge->of, variant, n, judge->difference);
    if (outcome.asked > 0 && !outcome.unmeasured)
        return n;
    if (outcome.asked > 0)
        snprintf(why, sizeof why, "%s in %zu of %zu seeds", outcome_word(&outcome, judge->of.measure),
                 outcome.asked - outcome.measured, outcome.asked);
    object(judge, place, variant, length, why);
    return results->lengths;
}

/* A stream of the place's own, by its names, for the test that draws. */
static struct key key_of(const struct judge *judge, const struct claim_place *place)
{
    char names[4 * NAME_SIZE];
    snprintf(names, sizeof names, "claim\n%s\n%s\n%s\n%" PRId64, judge->claim->name,
             judge->results->dataset[place->dataset].name,
             judge->results->configuration[place->configuration].name, place->length[0]);
    return key_named(0, names);
}

/* The scores of a seed; false: there are none, or one is missing that another operand has, which is objected
 * to. */
static bool scores_of(struct judge *judge, const struct claim_place *place, double *score, const size_t *n,
                      size_t seed)
{
    size_t none = 0, missing = 0;
    for (size_t o = judge->kind->operands; o-- > 0;) {
        score[o] = selection_seed_value(&judge->of, judge->variant[o], n[o], seed);
        missing = isnan(score[o]) ? o : missing;
        none += isnan(score[o]) ? 1 : 0;
    }
    if (none > 0 && none < judge->kind->operands)
        object(judge, place, judge->variant[missing], place->length[missing],
               "a seed is missing that the other side has");
    return none == 0;
}

static void test_place(struct judge *judge, struct claim_place *place)
{
    const struct claim_kind *kind = judge->kind;
    const struct results *results = judge->results;
    const size_t objections = judge->out->reason.length;
    size_t pairs = 0, n[CLAIM_OPERANDS];
    bool complete = true;
    judge->of.dataset = place->dataset;
    judge->of.configuration = place->configuration;
    for (size_t o = 0; o < kind->operands; o++) {
        n[o] = complete_at(judge, place, judge->variant[o], place->length[o]);
        complete = complete && n[o] < results->lengths;
    }
    place->paired = statistics_paired(NULL, 0);
    for (size_t s = 0; complete && s < results->seeds; s++) {
        double score[CLAIM_OPERANDS];
        if (scores_of(judge, place, score, n, s))
            judge->difference[pairs++] = kind->statistic(score);
        complete = judge->out->reason.length == objections;
    }
    if (!complete)
        return;
    place->paired = statistics_paired(judge->difference, pairs);
    for (size_t s = 0; !kind->below && s < pairs; s++)
        judge->difference[s] = -judge->difference[s];
    place->p = statistics_sign_flip(judge->difference, pairs, key_of(judge, place));
}

/* ---- the verdict ---- */

static enum status decide(struct judge *judge)
{
    struct judgement *out = judge->out;
    size_t fewest = SIZE_MAX;
    bool all = true;
    double *p = memory_allocate(out->places, sizeof *p, "a claim", judge->message);
    size_t *order = memory_allocate(out->places, sizeof *order, "a claim", judge->message);
    if (!p || !order) {
        memory_release(p);
        memory_release(order);
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < out->places; i++)
        p[i] = out->place[i].p;
    statistics_holm(p, p, order, out->places);
    for (size_t i = 0; i < out->places; i++) {
        struct claim_place *place = &out->place[i];
        place->adjusted = p[i];
        all = all && p[i] <= level;
        fewest = place->paired.count < fewest ? place->paired.count : fewest;
    }
    memory_release(p);
    memory_release(order);
    out->verdict = CLAIM_UNDECIDED;
    if (out->reason.length > 0)
        return STATUS_OK;
    const size_t needed = statistics_seeds_needed(out->places, level);
    if (fewest < needed)
        out->seeds_needed = needed;
    else
        out->verdict = all ? CLAIM_HOLDS : CLAIM_DOES_NOT_HOLD;
    return STATUS_OK;
}

enum status claims_judge(struct judgement *out, const struct results *results,
                         const struct claim_record *claim, struct message *message)
{
    struct judge judge = {.results = results, .claim = claim, .out = out, .message = message};
    *out = (struct judgement){.verdict = CLAIM_UNDECIDED};
    judge.of = (struct selection){.results = results};
    judge.of.protocol =
        find(results->protocol, results->protocols, sizeof *results->protocol, claim->protocol);
    judge.kind = claim_kind_of(claim);
    size_t absent = 0;
    for (size_t o = 0; judge.kind && o < judge.kind->operands; o++) {
        judge.variant[o] =
            find(results->variant, results->variants, sizeof *results->variant, claim->operand[o].variant);
        absent += absent == o && judge.variant[o] < results->variants;
    }
    if (!judge.kind)
        text_append(&out->reason, "no kind of claim has the direction `%s` here", claim->direction);
    else if (absent < judge.kind->operands)
        text_append(&out->reason, "variant %s is not in these results", claim->operand[absent].variant);
    else if (judge.of.protocol == results->protocols)
        text_append(&out->reason, "protocol %s is not in these results", claim->protocol);
    else if (!measure_find(&judge.of.measure, claim->metric))
        text_append(&out->reason, "metric %s is not known", claim->metric);
    if (out->reason.length > 0)
        return STATUS_OK;
    judge.difference =
        memory_allocate(selection_replicates(&judge.of), sizeof *judge.difference, "a claim", message);
    enum status status = judge.difference ? find_places(&judge) : STATUS_FAILED;
    for (size_t i = 0; !status && i < out->places; i++)
        test_place(&judge, &out->place[i]);
    if (!status && out->places == 0)
        text_append(&out->reason, "no dataset of these results has it");
    if (!status)
        status = decide(&judge);
    memory_release(judge.difference);
    return status;
}

void judgement_release(struct judgement *judgement)
{
    text_release(&judgement->reason);
    memory_release(judgement->place);
    *judgement = (struct judgement){.verdict = CLAIM_UNDECIDED};
}

void judgement_print(struct text *out, const struct judgement *judgement)
{
    switch (judgement->verdict) {
    case CLAIM_HOLDS:
        text_append(out, "holds");
        return;
    case CLAIM_DOES_NOT_HOLD:
        text_append(out, "does not hold");
        return;
    case CLAIM_UNDECIDED:
        break;
    }
    if (judgement->seeds_needed > 0)
        text_append(out, "undecided: needs %zu seeds", judgement->seeds_needed);
    else
        text_append(out, "undecided: %s", text_string(&judgement->reason));
    text_carry(out, &judgement->reason);
}
