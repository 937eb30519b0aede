/* prose.c -- the floor against a sum over all stories of the grammar; what the text promises over distances.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/dataset.h"
#include "datasets/prose/narrator.h"
#include "support/memory.h"
#include "tests/test.h"

extern const struct dataset dataset_prose;

struct setting {
    const char *name, *value;
};

/* A whole stream: training is all of it. */
struct stream {
    void *state;
    char *text; /* (count + 1) */
    double *nll;
    size_t count;
};

static void *open_prose(const struct setting *settings)
{
    struct message message = {""};
    void *state = memory_allocate(1, dataset_prose.state_size, "prose", &message);

    assert_non_null(state);
    assert_int_equal(option_defaults(dataset_prose.options, state, &message), STATUS_OK);
    for (; settings && settings->name; settings++)
        if (option_set(dataset_prose.options, state, "prose", settings->name, settings->value, &message) !=
            STATUS_OK)
            fail_msg("%s", message.text);
    if (dataset_prose.prepare(state, &message) != STATUS_OK)
        fail_msg("%s", message.text);
    return state;
}

static void close_prose(void *state)
{
    dataset_prose.release(state);
    memory_release(state);
}

static struct stream open_stream(struct narrator_options options, const char *bytes)
{
    char values[4][32];
    const struct setting settings[] = {{"sentences", values[0]},  {"cast", values[1]}, {"depth", values[2]},
                                       {"topicality", values[3]}, {"validation", "0"}, {"test", "0"},
                                       {"bytes", bytes},          {NULL, NULL}};
    struct stream stream = {.count = (size_t)atoi(bytes)};
    int32_t *tokens, *targets;

    snprintf(values[0], sizeof values[0], "%zu", options.sentences);
    snprintf(values[1], sizeof values[1], "%zu", options.cast);
    snprintf(values[2], sizeof values[2], "%zu", options.depth);
    snprintf(values[3], sizeof values[3], "%.17g", options.topicality);
    stream.state = open_prose(settings);
    stream.text = memory_allocate(stream.count + 1, 1, "text", NULL);
    stream.nll = memory_allocate(stream.count, sizeof *stream.nll, "losses", NULL);
    tokens = memory_allocate(stream.count, sizeof *tokens, "tokens", NULL);
    targets = memory_allocate(stream.count, sizeof *targets, "targets", NULL);
    assert_true(stream.text && stream.nll && tokens && targets);
    assert_int_equal(dataset_prose.extent(stream.state, SPLIT_TRAINING), stream.count - 1);
    dataset_prose.window(stream.state, SPLIT_TRAINING, 0, stream.count - 1, tokens, targets);
    dataset_prose.window_floor(stream.state, SPLIT_TRAINING, 0, stream.count - 1, stream.nll + 1);
    stream.text[0] = (char)tokens[0];
    for (size_t i = 1; i < stream.count; i++)
        stream.text[i] = (char)targets[i - 1];
    stream.nll[0] = 0; /* no window asks for the first byte, which is a T */
    assert_int_equal(stream.text[0], 'T');
    memory_release(tokens);
    memory_release(targets);
    return stream;
}

static void close_stream(struct stream *stream)
{
    close_prose(stream->state);
    memory_release(stream->text);
    memory_release(stream->nll);
}

static const struct narrator_options standard = {.sentences = 40, .cast = 4, .depth = 3, .topicality = 0.8};

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

/* ------------------------------------------------- what the text promises, read without the grammar */

struct told {
    char name[16], thing[16];
    bool woman;
};

static const char *read_cast(struct told *told, size_t cast, const char *at)
{
    for (size_t i = 0; i < cast; i++) {
        char kind[8];
        int read = 0;

        if (sscanf(at, " A %7s named %15s kept a %15[a-z].%n", kind, told[i].name, told[i].thing, &read) != 3)
            fail_msg("no introduction: %.60s", at);
        told[i].woman = strcmp(kind, "woman") == 0;
        at += read;
    }
    return at;
}

static const struct told *find_told(const struct told *told, size_t cast, const char *name)
{
    for (size_t i = 0; i < cast; i++)
        if (strncmp(told[i].name, name, strlen(told[i].name)) == 0)
            return &told[i];
    fail_msg("nobody is called %.8s", name);
    return NULL;
}

/* The word before the verb of "Name said: " is who speaks: a name, or a pronoun of the right gender. */
static void check_speaker(const struct told *told, size_t cast, const char *quote, const char *named)
{
    const char *speaker = quote - 3;

    while (isalpha((unsigned char)*speaker)) /* back over the verb */
        speaker--;
    while (isalpha((unsigned char)speaker[-1]))
        speaker--;
    if (strncmp(speaker, "He ", 3) == 0 || strncmp(speaker, "She ", 4) == 0)
        assert_int_equal(*speaker == 'S', find_told(told, cast, named)->woman);
    else
        assert_ptr_equal(find_told(told, cast, speaker), find_told(told, cast, named));
}

/* Openings and closings of a chapter's sentences.  Returns how deep they are nested. */
static size_t check_nesting(const struct told *told, size_t cast, const char *at, const char *end)
{
    const char *opened[16];
    size_t depth = 0, deepest = 0;

    for (; at < end; at++) {
        bool quote = *at == '"' || *at == '\'';

        if (*at == '(' || *at == '[' || (quote && at[-1] == ' ')) {
            assert_in_range(depth, 0, 15);
            opened[depth++] = at;
            deepest = depth > deepest ? depth : deepest;
        } else if (quote || *at == ')' || *at == ']') {
            assert_true(depth > 0);
            depth--;
            assert_int_equal(*at, *opened[depth] == '(' ? ')' : *opened[depth] == '[' ? ']' : *opened[depth]);
            if (!quote)
                continue;
            assert_memory_equal(at + 1, " So said ", 9);
            check_speaker(told, cast, opened[depth], at + 10);
        }
    }
    assert_int_equal(depth, 0);
    return deepest;
}

/* "her lantern" only in sentences of her who keeps the lantern. */
static size_t check_things(const struct told *told, size_t cast, const char *at, const char *end)
{
    size_t found = 0;

    for (; at < end; at++)
        for (int woman = 0; woman < 2; woman++) {
            const char *whose = woman ? " her " : " his ";
            size_t keeper;

            if (strncmp(at, whose, 5) != 0)
                continue;
            for (keeper = 0; keeper < cast; keeper++)
                if (strncmp(told[keeper].thing, at + 5, strlen(told[keeper].thing)) == 0)
                    break;
            assert_true(keeper < cast && told[keeper].woman == woman);
            found++;
        }
    return found;
}

static void promises_over_distances(void **unused)
{
    enum { CHAPTERS = 250 };
    struct stream stream = open_stream(standard, "1000000");
    const char *at = stream.text;
    size_t depth, deepest = 0, kept = 0, heading[26] = {0}, different = 0;
    struct told told[4];

    (void)unused;
    for (size_t chapter = 0; chapter < CHAPTERS; chapter++) {
        const char *body, *end;

        assert_memory_equal(at, "THE ", 4);
        heading[at[4] - 'A' + (at[4] == 'M' ? at[5] == 'A' : 0)]++; /* MOUNTAIN counts for M, MARKET for N */
        body = strstr(at, "\n\n");
        assert_memory_equal(body, "\n\n  A ", 6);
        body = read_cast(told, 4, body + 4);
        end = strstr(body, "\n\n");
        assert_non_null(end);
        depth = check_nesting(told, 4, body, end);
        deepest = depth > deepest ? depth : deepest;
        kept += check_things(told, 4, body, end);
        at = end + 2;
        for (size_t i = 0; i < 4; i++) {
            char farewell[80];
            int length = snprintf(farewell, sizeof farewell, "%s still had %s %s.%s", told[i].name,
                                  told[i].woman ? "her" : "his", told[i].thing, i < 3 ? " " : "\n\n");

            assert_memory_equal(at, farewell, (size_t)length);
            at += length;
        }
    }
    assert_int_equal(deepest, 3);
    assert_true(kept > 4 * CHAPTERS);
    for (size_t i = 0; i < 26; i++)
        if (heading[i] > 0) {
            assert_true(fabs((double)heading[i] - CHAPTERS / 8.0) < 5 * sqrt(CHAPTERS / 8.0));
            different++;
        }
    assert_int_equal(different, 7); /* S F C D M G N, and CITY and CASTLE share C */
    close_stream(&stream);
}

/* Chapters have as many sentences as asked for, in the mean: geometric, deviation about the mean itself. */
static void chapters_are_as_long_as_asked(void **unused)
{
    const struct narrator_options flat = {.sentences = 12, .cast = 2, .depth = 0, .topicality = 0.8};
    struct stream stream = open_stream(flat, "1000000");
    double sentences = 0, chapters = 0;
    const char *at = stream.text, *end;

    (void)unused;
    for (; (end = strstr(at, " still had ")) != NULL; at = strstr(end, "\n\n") + 2, chapters++) {
        for (const char *stop = at; stop < end; stop++)
            sentences += *stop == '.';
        sentences -= 2; /* the introductions */
        if (!strstr(end, "\n\n"))
            break;
    }
    assert_true(chapters > 500);
    assert_true(fabs(sentences / chapters - 12) < 5 * 12.5 / sqrt(chapters));
    close_stream(&stream);
}

/* ---------------------------------------------------------------------------- blocks, folds, windows */

static void streams_are_repeatable(void **unused)
{
    const struct setting first[] = {{"bytes", "50000"}, {NULL, NULL}};
    const struct setting second[] = {{"bytes", "50000"}, {"seed", "2"}, {NULL, NULL}};
    void *state = open_prose(first), *same = open_prose(first), *other = open_prose(second);
    static int32_t a[2][3000], b[2][3000], c[2][3000];
    double nll[100], again[100];

    (void)unused;
    dataset_prose.window(state, SPLIT_TEST, 700, 3000, a[0], a[1]);
    dataset_prose.window(same, SPLIT_TEST, 700, 3000, b[0], b[1]);
    dataset_prose.window(other, SPLIT_TEST, 700, 3000, c[0], c[1]);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    dataset_prose.window_floor(state, SPLIT_TEST, 700, 100, nll);
    dataset_prose.window_floor(same, SPLIT_TEST, 750, 50, again);
    assert_memory_equal(nll + 50, again, 50 * sizeof *again);
    close_prose(state);
    close_prose(same);
    close_prose(other);
}

/* Is this window in the stream, wholly inside [first, end)? */
static bool lies_in(const struct stream *stream, const int32_t *tokens, size_t n, size_t first, size_t end)
{
    char window[256];

    for (size_t i = 0; i < n; i++)
        window[i] = (char)tokens[i];
    return end >= first + n && memmem(stream->text + first, end - first, window, n) != NULL;
}

static void folds_are_contiguous_and_disjoint(void **unused)
{
    enum { BYTES = 20003, FOLDS = 5, SHARE = BYTES / FOLDS, N = 200 };
    struct stream stream = open_stream(standard, "20003");
    static int32_t tokens[BYTES], targets[BYTES];
    struct message message = {""};

    (void)unused;
    for (size_t fold = 0; fold < FOLDS; fold++) {
        size_t next = (fold + 1) % FOLDS, in_first = 0, in_second = 0;
        const size_t held[2] = {fold, next};

        assert_int_equal(dataset_prose.choose_fold(stream.state, fold, FOLDS, &message), STATUS_OK);
        for (size_t i = 0; i < 2; i++) {
            enum split split = i == 0 ? SPLIT_TEST : SPLIT_VALIDATION;
            size_t extent = dataset_prose.extent(stream.state, split), first = held[i] * SHARE;

            assert_int_equal(extent + 1, held[i] + 1 < FOLDS ? SHARE : BYTES - (FOLDS - 1) * SHARE);
            dataset_prose.window(stream.state, split, 0, extent, tokens, targets);
            for (size_t j = 0; j < extent; j++)
                assert_true(tokens[j] == stream.text[first + j] && targets[j] == stream.text[first + j + 1]);
        }
        /* What is left for training: [begin, end) before the test block, [after, BYTES) behind validation. */
        size_t begin = next == 0 ? SHARE : 0, end = fold * SHARE;
        size_t after = next == 0 || next + 1 == FOLDS ? BYTES : (next + 1) * SHARE;
        for (uint64_t e = 0; e < 400; e++) {
            bool first, second;

            dataset_prose.example(stream.state, key_with(key_named(1, "folds"), e), SPLIT_TRAINING, N, tokens,
                                  targets, NULL);
            first = lies_in(&stream, tokens, N, begin, end);
            second = lies_in(&stream, tokens, N, after, BYTES);
            if (!first && !second)
                fail_msg("fold %zu: a training window lies in neither of its blocks", fold);
            in_first += first;
            in_second += second;
        }
        /* Both sides are trained on, as much as they are long. */
        double share = (double)(end - begin) / (double)(before - begin + BYTES - after);
        assert_true(fabs((double)in_first - 400 * share) < 60 && in_first + in_second >= 400);
        assert_true(dataset_prose.extent(stream.state, SPLIT_TRAINING) + 1 ==
                    (size_t)fmax((double)(end - begin), (double)(BYTES - after)));
    }
    assert_int_equal(dataset_prose.choose_fold(stream.state, 5, 5, &message), STATUS_WRONG);
    assert_int_equal(dataset_prose.choose_fold(stream.state, 0, 2, &message), STATUS_WRONG);
    assert_string_equal(message.text,
                        "dataset prose: there is no fold 0 of 2 in 20003 bytes; from 3 folds on one is for "
                        "test, one for validation, and they are counted from 0");
    close_stream(&stream);
}

static void wrong_requests(void **unused)
{
    const struct setting small[] = {{"bytes", "2000"}, {NULL, NULL}};
    struct message message = {""};
    void *state = open_prose(small), *greedy;

    (void)unused;
    assert_int_equal(dataset_prose.refuses(state, SPLIT_TEST, 199, &message), STATUS_OK);
    assert_int_equal(dataset_prose.refuses(state, SPLIT_TEST, 200, &message), STATUS_WRONG);
    assert_string_equal(
        message.text,
        "dataset prose: its test block has 200 bytes, but a window of 200 tokens needs 201; raise "
        "`bytes`, use a shorter length or a larger share");
    greedy = memory_allocate(1, dataset_prose.state_size, "prose", NULL);
    assert_non_null(greedy);
    assert_int_equal(option_defaults(dataset_prose.options, greedy, &message), STATUS_OK);
    assert_int_equal(option_set(dataset_prose.options, greedy, "prose", "validation", "0.9", &message),
                     STATUS_OK);
    assert_int_equal(dataset_prose.prepare(greedy, &message), STATUS_WRONG);
    assert_string_equal(message.text,
                        "dataset prose: validation = 0.9 and test = 0.1 leave nothing to train on; "
                        "their sum must be less than 1");
    memory_release(greedy);
    close_prose(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floor_is_the_sum_over_all_stories),
        cmocka_unit_test(no_text_begins_another),
        cmocka_unit_test(mean_floor_is_the_entropy_of_the_choices),
        cmocka_unit_test(promises_over_distances),
        cmocka_unit_test(chapters_are_as_long_as_asked),
        cmocka_unit_test(streams_are_repeatable),
        cmocka_unit_test(folds_are_contiguous_and_disjoint),
        cmocka_unit_test(wrong_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
