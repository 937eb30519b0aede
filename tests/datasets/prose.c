/* prose.c -- what the text of prose promises over distances, read without its grammar; blocks and folds. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "tests/datasets/stream.h"

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

/* Many gulls near the reef turn near the hut. / The gull near the reef turns. */
static size_t check_agreement(const char *at, const char *end)
{
    size_t checked = 0;
    for (; at < end; at++) {
        bool many = strncmp(at, "Many ", 5) == 0;
        const char *verb_end = strchr(at, '.'), *word;
        if (!many && strncmp(at, "The ", 4) != 0)
            continue;
        for (word = verb_end; word[-1] != ' '; word--)
            ;
        if (strncmp(word - 9, "near the ", 9) == 0)
            verb_end = word - 10;
        assert_int_equal(verb_end[-1] != 's', many);
        checked++;
    }
    return checked;
}

static void promises_over_distances(void **unused)
{
    enum { CHAPTERS = 250 };
    static const char *const topics[8] = {"SEA\n",      "FOREST\n", "CITY\n",   "DESERT\n",
                                          "MOUNTAIN\n", "GARDEN\n", "MARKET\n", "CASTLE\n"};
    struct stream stream = open_stream(standard, "1000000");
    const char *at = stream.text;
    size_t depth, deepest = 0, kept = 0, agreeing = 0, heading[8] = {0};
    struct told told[4];
    (void)unused;
    for (size_t chapter = 0; chapter < CHAPTERS; chapter++) {
        const char *body, *end;
        assert_memory_equal(at, "THE ", 4);
        for (size_t i = 0; i < 8; i++)
            heading[i] += strncmp(at + 4, topics[i], strlen(topics[i])) == 0;
        body = strstr(at, "\n\n");
        assert_memory_equal(body, "\n\n  A ", 6);
        body = read_cast(told, 4, body + 4);
        end = strstr(body, "\n\n");
        assert_non_null(end);
        depth = check_nesting(told, 4, body, end);
        deepest = depth > deepest ? depth : deepest;
        kept += check_things(told, 4, body, end);
        agreeing += check_agreement(body, end);
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
    assert_true(kept > 4 * CHAPTERS && agreeing > 8 * CHAPTERS);
    for (size_t i = 0; i < 8; i++)
        assert_true(fabs((double)heading[i] - CHAPTERS / 8.0) < 5 * sqrt(CHAPTERS / 8.0));
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

/* ---- blocks, folds, windows ---- */

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
        double share = (double)(end - begin) / (double)(end - begin + BYTES - after);
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
        cmocka_unit_test(promises_over_distances), cmocka_unit_test(chapters_are_as_long_as_asked),
        cmocka_unit_test(streams_are_repeatable),  cmocka_unit_test(folds_are_contiguous_and_disjoint),
        cmocka_unit_test(wrong_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
