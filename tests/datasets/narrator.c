/* narrator.c -- the floor of prose against a sum over all stories of its grammar, and the entropy of its
 * choices. */
#include <math.h>
#include <string.h>

#include "tests/datasets/stream.h"

static double total_weight(const struct offer *offer)
{
    double total = 0;
    for (size_t i = 0; i < offer->count; i++)
        total += offer->at[i].weight;
    return total;
}

/* The chance that a story goes on with these `count` bytes: over all alternatives that fit, whether they go
 * on beyond the bytes or end before, and all stories that follow them. */
static double likelihood(const struct narrator *narrator, const struct narrator_options *options,
                         const char *text, size_t count)
{
    struct offer offer;
    double sum = 0;
    if (count == 0)
        return 1;
    narrator_offer(&offer, narrator, options);
    for (size_t i = 0; i < offer.count; i++) {
        size_t length = strlen(offer.at[i].text), common = length < count ? length : count;
        struct narrator next = *narrator;
        if (memcmp(offer.at[i].text, text, common) != 0)
            continue;
        narrator_take(&next, &offer.at[i]);
        sum += offer.at[i].weight * likelihood(&next, options, text + common, count - common);
    }
    return sum / total_weight(&offer);
}

/* Reads the stream with the grammar alone.  Returns where the alternative that fits ends; there is exactly
 * one, and its place in the offer is left in *taken. */
static size_t read_on(size_t *taken, const struct offer *offer, const char *text)
{
    size_t fits = 0;
    *taken = 0;
    for (size_t i = 0; i < offer->count; i++)
        if (strncmp(offer->at[i].text, text, strlen(offer->at[i].text)) == 0) {
            *taken = i;
            fits++;
        }
    if (fits != 1)
        fail_msg("%zu of %zu alternatives fit \"%.30s\"", fits, offer->count, text);
    return strlen(offer->at[*taken].text);
}

static void check_by_enumeration(struct narrator_options options)
{
    enum { AHEAD = 30 };
    struct stream stream = open_stream(options, "20000");
    struct narrator narrator = {0};
    for (size_t at = 0, choice = 0; at + 100 < stream.count; choice++) {
        struct offer offer;
        size_t taken, length;
        double before = 1;
        narrator_offer(&offer, &narrator, &options);
        length = read_on(&taken, &offer, stream.text + at);
        for (size_t i = 0; i < AHEAD && choice % 7 == 0; i++) {
            double after = likelihood(&narrator, &options, stream.text + at, i + 1);
            if (at + i > 0 && fabs(stream.nll[at + i] - log(before / after)) > 1e-5)
                fail_msg("byte %zu behind \"%.*s\": floor %g, over all stories %g", at + i, (int)i,
                         stream.text + at, stream.nll[at + i], log(before / after));
            before = after;
        }
        narrator_take(&narrator, &offer.at[taken]);
        at += length;
    }
    close_stream(&stream);
}

static void floor_is_the_sum_over_all_stories(void **unused)
{
    (void)unused;
    check_by_enumeration(standard);
    check_by_enumeration((struct narrator_options){.sentences = 5, .cast = 8, .depth = 8, .topicality = 0});
    check_by_enumeration((struct narrator_options){.sentences = 1, .cast = 2, .depth = 0, .topicality = 1});
}

/* What makes the floor exact: no text is the beginning of another of its offer. */
static void no_text_begins_another(void **unused)
{
    const struct narrator_options deep = {.sentences = 10, .cast = 8, .depth = 8, .topicality = 0.5};
    struct stream stream = open_stream(deep, "100000");
    struct narrator narrator = {0};
    bool seen[FAREWELL + 1] = {false};
    (void)unused;
    for (size_t at = 0; at + 100 < stream.count;) {
        struct offer offer;
        size_t taken;
        seen[narrator.part] = true;
        narrator_offer(&offer, &narrator, &deep);
        assert_in_range(offer.count, 1, OFFER_MAX);
        for (size_t i = 0; i < offer.count; i++) {
            assert_true(offer.at[i].weight > 0);
            assert_in_range(strlen(offer.at[i].text), 1, OFFER_TEXT - 1);
            for (size_t j = 0; j < offer.count; j++)
                if (i != j && strncmp(offer.at[i].text, offer.at[j].text, strlen(offer.at[i].text)) == 0)
                    fail_msg("\"%s\" begins \"%s\"", offer.at[i].text, offer.at[j].text);
        }
        at += read_on(&taken, &offer, stream.text + at);
        narrator_take(&narrator, &offer.at[taken]);
    }
    for (size_t part = 0; part <= FAREWELL; part++)
        assert_true(seen[part]);
    close_stream(&stream);
}

/* A name that someone has is not made again, and no thing is kept twice: else the text would not decide who
 * is meant. */
static void nobody_is_confused(void **unused)
{
    struct narrator narrator = {.part = SYLLABLE, .cast = 2};
    struct offer offer;
    (void)unused;
    strcpy(narrator.person[0].name, "Tosemi");
    strcpy(narrator.person[1].name, "Rekalu");
    strcpy(narrator.person[2].name, "Tose");
    narrator_offer(&offer, &narrator, &standard);
    assert_int_equal(offer.count, 14 * 5 - 1);
    for (size_t i = 0; i < offer.count; i++)
        assert_string_not_equal(offer.at[i].text, "mi");
    narrator.part = THING;
    narrator.person[0].thing = 3;
    narrator.person[1].thing = 7;
    narrator_offer(&offer, &narrator, &standard);
    assert_int_equal(offer.count, 16 - 2);
    for (size_t i = 0; i < offer.count; i++)
        assert_true(offer.at[i].value != 3 && offer.at[i].value != 7);
}

/* The loss of a choice minus the entropy of its offer has mean 0 whatever went before, so the sum over the
 * stream strays from 0 by the root of the summed variances, and the mean floor is the mean entropy. */
static void mean_floor_is_the_entropy_of_the_choices(void **unused)
{
    struct stream stream = open_stream(standard, "1000000");
    struct narrator narrator = {0};
    double surplus = 0, variance = 0, entropy = 0, floor = 0;
    size_t at = 0;
    (void)unused;
    while (at + 100 < stream.count) {
        struct offer offer;
        size_t taken, length;
        double total, mean = 0, square = 0, loss = 0;
        narrator_offer(&offer, &narrator, &standard);
        total = total_weight(&offer);
        for (size_t i = 0; i < offer.count; i++) {
            double p = offer.at[i].weight / total;
            mean -= p * log(p);
            square += p * log(p) * log(p);
        }
        length = read_on(&taken, &offer, stream.text + at);
        for (size_t i = 0; i < length; i++)
            loss += stream.nll[at + i];
        if (fabs(loss + log(offer.at[taken].weight / total)) > 1e-4 && at > 0)
            fail_msg("\"%s\": bytes lose %g, the choice %g", offer.at[taken].text, loss,
                     -log(offer.at[taken].weight / total));
        surplus += loss - mean;
        variance += square - mean * mean;
        entropy += mean;
        floor += loss;
        narrator_take(&narrator, &offer.at[taken]);
        at += length;
    }
    if (fabs(surplus) > 5 * sqrt(variance))
        fail_msg("floor %g, entropy %g nat per byte; deviation %g", floor / (double)at, entropy / (double)at,
                 sqrt(variance) / (double)at);
    assert_true(floor / (double)at > 0.25 && floor / (double)at < 0.4); /* datasets/README.md says 0.31 */
    close_stream(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floor_is_the_sum_over_all_stories),
        cmocka_unit_test(no_text_begins_another),
        cmocka_unit_test(nobody_is_confused),
        cmocka_unit_test(mean_floor_is_the_entropy_of_the_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
