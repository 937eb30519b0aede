/* scores.c -- from the losses of single tokens to items, from items to numbers. */
#include <math.h>
#include <string.h>

#include "evaluation/items.h"
#include "support/memory.h"

/* ---- one item ---- */

static void digest_item(struct item_score *score, const int32_t *target, int64_t item_key, size_t n)
{
    struct sha256 hash;
    sha256_begin(&hash);
    for (size_t i = 0; i < n; i++)
        if (target[i] != UNSCORED) {
            int64_t place = item_key + (int64_t)i;
            unsigned char bytes[12];
            for (size_t b = 0; b < 8; b++)
                bytes[b] = (unsigned char)(place >> (8 * b));
            for (size_t b = 0; b < 4; b++)
                bytes[8 + b] = (unsigned char)(target[i] >> (8 * b));
            sha256_add(&hash, bytes, sizeof bytes);
        }
    sha256_end(&hash, score->digest);
}

/* The last scored place, when what is asked there is the token that ends an answer; n = there is none. */
static size_t end_of_answer(const struct evaluation_request *request, const int32_t *targets)
{
    const struct dataset *dataset = request->dataset;
    size_t n = request->length, last = n;
    if (!dataset->end_token)
        return n;
    for (size_t i = 0; i < n; i++)
        if (targets[i] != UNSCORED)
            last = i;
    return last < n && targets[last] == dataset->end_token(request->dataset_state) ? last : n;
}

void score_item(struct item_score *score, struct bin_score *bin, const struct evaluation_request *request,
                const int32_t *targets, const double *nll, const unsigned char *hit, const double *floor,
                int64_t key)
{
    size_t n = request->length, end = end_of_answer(request, targets), which = 0, forced_hits = 0;
    for (size_t i = 0; i < n; i++) {
        if (targets[i] == UNSCORED)
            continue;
        score->nll += nll[i];
        score->floor += floor ? floor[i] : 0;
        score->hits += hit[i];
        score->scored++;
        forced_hits += i != end && hit[i];
        if (!bin)
            continue;
        while (which + 1 < POSITION_BINS && position_bin_first(which + 1) <= (int64_t)i + 1)
            which++;
        bin[which].nll += nll[i];
        bin[which].floor += floor ? floor[i] : 0;
        bin[which].scored++;
    }
    score->exact = score->hits == score->scored;
    score->exact_forced = forced_hits == score->scored - (end < n);
    digest_item(score, targets, key, n);
}

/* ---- all items ---- */

static void sum_bins(struct evaluation *out, const struct scored *scored)
{
    for (size_t b = 0; b < POSITION_BINS; b++) {
        struct bin_score sum = {0};
        for (size_t i = 0; i < scored->plan->count; i++) {
            const struct bin_score *bin = &scored->bin[i * POSITION_BINS + b];
            sum.nll += bin->nll;
            sum.floor += bin->floor;
            sum.scored += bin->scored;
        }
        out->position_nll[b] = sum.scored > 0 ? sum.nll / (double)sum.scored : (double)NAN;
        if (out->position_floor)
            out->position_floor[b] = sum.scored > 0 ? sum.floor / (double)sum.scored : (double)NAN;
    }
}

static void sum_depths(struct evaluation *out, const struct scored *scored)
{
    for (size_t d = 0; d < scored->request->protocol->depths; d++) {
        size_t exact = 0, count = 0;
        for (size_t i = 0; i < scored->plan->examples; i++) {
            const struct item_score *score = &scored->item[d * scored->plan->examples + i];
            exact += !score->left_out && score->exact;
            count += !score->left_out;
        }
        out->retrieval[d] = count > 0 ? (double)exact / (double)count : (double)NAN;
    }
}

/* Of every query of every head and layer, in item order. */
static void sum_attention(struct evaluation *out, const struct scored *scored)
{
    struct attention_statistics sum = {0};
    for (size_t i = 0; i < scored->plan->count; i++) {
        const struct attention_statistics *own = &scored->item[i].attention;
        sum.entropy += own->entropy;
        sum.distance += own->distance;
        sum.first += own->first;
        sum.queries += own->queries;
    }
    if (sum.queries == 0)
        return;
    out->attention_entropy = sum.entropy / (double)sum.queries;
    out->attention_distance = sum.distance / (double)sum.queries;
    out->attention_first = sum.first / (double)sum.queries;
}

static enum status allocate(struct evaluation *out, const struct scored *scored, size_t items,
                            struct message *message)
{
    const unsigned gives = scored->request->protocol->kind->gives;
    out->items = items;
    out->score = memory_allocate(items, sizeof(float), "scores", message);
    out->item_key = memory_allocate(items, sizeof(int64_t), "scores", message);
    if (!out->score || !out->item_key)
        return STATUS_FAILED;
    if (gives & GIVES_POSITIONS) {
        out->position_nll = memory_allocate(POSITION_BINS, sizeof(double), "scores", message);
        if (scored->floor)
            out->position_floor = memory_allocate(POSITION_BINS, sizeof(double), "scores", message);
        if (!out->position_nll || (scored->floor && !out->position_floor))
            return STATUS_FAILED;
    }
    if (gives & GIVES_RETRIEVAL) {
        out->retrieval =
            memory_allocate(scored->request->protocol->depths, sizeof(double), "scores", message);
        if (!out->retrieval)
            return STATUS_FAILED;
    }
    return STATUS_OK;
}

/* Loss, accuracy, exact match, the hash of what was scored. */
static void sum_items(struct evaluation *out, const struct scored *scored)
{
    const struct evaluation_request *request = scored->request;
    const bool exact_match = request->protocol->kind->gives & GIVES_EXACT_MATCH;
    size_t tokens = 0, hits = 0, exact = 0, forced = 0, kept = 0;
    unsigned char digest[SHA256_SIZE];
    struct sha256 hash;
    double nll = 0, floor = 0;
    sha256_begin(&hash);
    for (size_t i = 0; i < scored->plan->count; i++) {
        const struct item_score *score = &scored->item[i];
        if (score->left_out)
            continue;
        nll += score->nll;
        floor += score->floor;
        tokens += score->scored;
        hits += score->hits;
        exact += score->exact;
        forced += score->exact_forced;
        out->score[kept] = (float)(score->nll / (double)score->scored);
        out->item_key[kept++] = items_key(scored->plan, i);
        sha256_add(&hash, score->digest, sizeof score->digest);
    }
    sha256_end(&hash, digest);
    sha256_hex(out->scored_sha256, digest);
    out->scored_tokens = (int64_t)tokens;
    out->nll = nll / (double)tokens;
    out->accuracy = (double)hits / (double)tokens;
    if (scored->floor)
        out->floor = floor / (double)tokens;
    if (exact_match)
        out->exact_match = (double)exact / (double)kept;
    if (exact_match && request->dataset->end_token)
        out->exact_match_forced = (double)forced / (double)kept;
}

enum status scores_sum(struct evaluation *out, const struct scored *scored, struct message *message)
{
    size_t n = scored->request->length, left_out = 0, count = scored->plan->count;
    enum status status;
    for (size_t i = 0; i < count; i++)
        left_out += scored->item[i].left_out;
    out->left_out = (int64_t)left_out;
    if (left_out == count)
        return message_set(
            message, STATUS_WRONG,
            "all %zu examples of %zu tokens were left out: none of so few different ones is for the "
            "test alone",
            count, n);
    status = allocate(out, scored, count - left_out, message);
    if (status)
        return status;
    out->exact_match = out->exact_match_forced = out->floor = NAN;
    out->attention_entropy = out->attention_distance = out->attention_first = NAN;
    sum_items(out, scored);
    if (out->position_nll)
        sum_bins(out, scored);
    if (out->retrieval)
        sum_depths(out, scored);
    sum_attention(out, scored);
    if (!isfinite(out->nll))
        return message_set(message, STATUS_FAILED, "the loss is not finite at n = %zu", n);
    return STATUS_OK;
}
