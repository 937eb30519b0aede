/* conformance.c -- what every registered dataset promises in datasets/dataset.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "registry/registry.h"
#include "support/memory.h"
#include "tests/test.h"

enum { LONGEST = 300, EXAMPLES = 200 };

struct example {
    int32_t tokens[LONGEST], targets[LONGEST], marks[LONGEST];
};

static char text_path[] = "/tmp/lexbench-test-XXXXXX";

/* A text of our own, so that the test needs no package: words drawn at random. */
static int write_text(void **state)
{
    static const char *const words[] = {"length", "of",     "the", "window", "and",
                                        "a",      "longer", "one", ".\n",    "position"};
    int descriptor = mkstemp(text_path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    struct key key = key_named(1, "text of the conformance test");
    (void)state;
    if (!file)
        return -1;
    for (uint64_t i = 0; i < 20000; i++)
        fprintf(file, "%s ", words[random_below(key, i, 10)]);
    return fclose(file);
}

static int remove_text(void **state)
{
    (void)state;
    return unlink(text_path);
}

/* Default options; a dataset that reads a file gets the test's. */
static void *open_dataset(const struct dataset *dataset)
{
    struct message message = {""};
    void *state = memory_allocate(1, dataset->state_size, "a dataset", &message);
    assert_non_null(state);
    assert_int_equal(option_defaults(dataset->options, state, &message), STATUS_OK);
    if (dataset->options && option_find(dataset->options, "path"))
        assert_int_equal(option_set(dataset->options, state, dataset->name, "path", text_path, &message),
                         STATUS_OK);
    if (dataset->prepare && dataset->prepare(state, &message))
        fail_msg("%s: %s", dataset->name, message.text);
    return state;
}

static void close_dataset(const struct dataset *dataset, void *state)
{
    if (dataset->release)
        dataset->release(state);
    memory_release(state);
}

static struct key nth_key(uint64_t index)
{
    return key_with(key_named(7, "conformance"), index);
}

static void draw(struct example *out, const struct dataset *dataset, const void *state, uint64_t index,
                 enum split split, size_t n)
{
    memset(out, 0x5a, sizeof *out);
    dataset->example(state, nth_key(index), split, n, out->tokens, out->targets, out->marks);
}

static void check_values(const struct dataset *dataset, const void *state, const struct example *example,
                         size_t n)
{
    int32_t vocabulary = (int32_t)dataset->vocabulary(state);
    size_t scored = 0;
    for (size_t i = 0; i < n; i++) {
        if (example->tokens[i] < 0 || example->tokens[i] >= vocabulary)
            fail_msg("%s: token %d at place %zu of %zu, vocabulary %d", dataset->name, example->tokens[i], i,
                     n, vocabulary);
        if (example->targets[i] != UNSCORED) {
            scored++;
            if (example->targets[i] < 0 || example->targets[i] >= vocabulary)
                fail_msg("%s: target %d at place %zu", dataset->name, example->targets[i], i);
        }
        if (example->marks[i] < 0)
            fail_msg("%s: mark %d at place %zu", dataset->name, example->marks[i], i);
    }
    if (scored == 0)
        fail_msg("%s: nothing is scored at n = %zu", dataset->name, n);
    for (size_t i = n; i < LONGEST; i++) /* nothing is written beyond n */
        if (example->tokens[i] != 0x5a5a5a5a || example->targets[i] != 0x5a5a5a5a ||
            example->marks[i] != 0x5a5a5a5a)
            fail_msg("%s: writes place %zu of an example of %zu tokens", dataset->name, i, n);
}

/* Any other target at any one place must be noticed. */
static void check_corruption(const struct dataset *dataset, const void *state, struct example *example,
                             size_t n)
{
    int32_t vocabulary = (int32_t)dataset->vocabulary(state);
    for (size_t i = 0; i < n; i += 1 + n / 16) {
        int32_t kept = example->targets[i];
        example->targets[i] = (kept + 1) % vocabulary;
        if (dataset->verify(state, n, example->tokens, example->targets))
            fail_msg("%s: verify does not notice target %d in place of %d at %zu of %zu", dataset->name,
                     example->targets[i], kept, i, n);
        example->targets[i] = kept;
    }
}

static void every_length(void **unused)
{
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        const struct dataset *dataset = *entry;
        void *state = open_dataset(dataset);
        size_t minimum = dataset->minimum(state);
        assert_in_range(minimum, 1, LONGEST);
        for (size_t n = minimum; n <= LONGEST; n += n < minimum + 20 ? 1 : 37) {
            struct message message = {""};
            struct example example;
            for (enum split split = SPLIT_TRAINING; split <= SPLIT_TEST; split++) {
                if (dataset->refuses && dataset->refuses(state, split, n, &message))
                    fail_msg("%s refuses %zu: %s", dataset->name, n, message.text);
                draw(&example, dataset, state, n, split, n);
                check_values(dataset, state, &example, n);
                if (!dataset->verify(state, n, example.tokens, example.targets))
                    fail_msg("%s: verify disagrees at n = %zu", dataset->name, n);
            }
            if (n > minimum + 40) /* a few tokens of text may go on in several ways */
                check_corruption(dataset, state, &example, n);
        }
        close_dataset(dataset, state);
    }
}

static void below_the_minimum_is_refused(void **unused)
{
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        void *state = open_dataset(*entry);
        size_t minimum = (*entry)->minimum(state);
        struct message message = {""};
        if (minimum > 1) {
            assert_non_null((*entry)->refuses);
            assert_int_equal((*entry)->refuses(state, SPLIT_TRAINING, minimum - 1, &message), STATUS_WRONG);
            assert_true(strlen(message.text) > 20);
        }
        close_dataset(*entry, state);
    }
}

static void same_key_same_example(void **unused)
{
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        void *state = open_dataset(*entry), *other = open_dataset(*entry);
        size_t n = (*entry)->minimum(state) + 50, differ = 0;
        struct example first, again, next;
        for (uint64_t i = 0; i < EXAMPLES; i++) {
            draw(&first, *entry, state, i, SPLIT_TRAINING, n);
            draw(&next, *entry, state, i + 1, SPLIT_TRAINING, n);
            draw(&again, *entry, other, i, SPLIT_TRAINING, n);
            assert_memory_equal(&first, &again, sizeof first);
            memset(again.tokens, 0, sizeof again.tokens);
            (*entry)->example(state, nth_key(i), SPLIT_TRAINING, n, again.tokens, again.targets, NULL);
            assert_memory_equal(first.tokens, again.tokens, n * sizeof *first.tokens);
            differ += memcmp(first.tokens, next.tokens, n * sizeof *first.tokens) != 0;
        }
        assert_true(differ > EXAMPLES * 9 / 10); /* other keys, other examples */
        close_dataset(*entry, state);
        close_dataset(*entry, other);
    }
}

static void splits_never_coincide(void **unused)
{
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        void *state = open_dataset(*entry);
        size_t n = (*entry)->minimum(state) + 50;
        struct example *drawn = memory_allocate(3 * EXAMPLES, sizeof *drawn, "examples", NULL);
        assert_non_null(drawn);
        for (uint64_t i = 0; i < 3 * EXAMPLES; i++)
            draw(&drawn[i], *entry, state, i / 3, (enum split)(i % 3), n);
        for (size_t i = 0; i < 3 * EXAMPLES; i++)
            for (size_t j = 0; j < i; j++)
                if (i % 3 != j % 3 &&
                    memcmp(drawn[i].tokens, drawn[j].tokens, n * sizeof *drawn->tokens) == 0)
                    fail_msg("%s: splits %zu and %zu share an example", (*entry)->name, i % 3, j % 3);
        memory_release(drawn);
        close_dataset(*entry, state);
    }
}

static void windows_and_extents(void **unused)
{
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        const struct dataset *dataset = *entry;
        void *state = open_dataset(dataset);
        assert_int_equal(dataset->extent == NULL, dataset->window == NULL);
        for (enum split split = SPLIT_TRAINING; dataset->extent && split <= SPLIT_TEST; split++) {
            size_t extent = dataset->extent(state, split), n = 64;
            struct example left, right;
            assert_true(extent > 2 * n);
            dataset->window(state, split, extent - n, n, left.tokens, left.targets); /* the last one */
            assert_true(dataset->verify(state, n, left.tokens, left.targets));
            dataset->window(state, split, 5, n, left.tokens, left.targets);
            dataset->window(state, split, 6, n, right.tokens, right.targets);
            assert_memory_equal(left.targets, right.tokens, n * sizeof *left.tokens);
        }
        close_dataset(dataset, state);
    }
}

/* At every scored place, and only there. */
static void floor_is_a_loss(const struct dataset *dataset, void *state)
{
    double nll[LONGEST];
    struct example example;
    for (size_t i = 0; i < LONGEST; i++)
        nll[i] = NAN;
    draw(&example, dataset, state, 0, SPLIT_TEST, LONGEST);
    dataset->floor(state, LONGEST, example.tokens, example.targets, nll);
    for (size_t i = 0; i < LONGEST; i++)
        assert_true(example.targets[i] == UNSCORED ? isnan(nll[i]) : nll[i] >= 0 && isfinite(nll[i]));
}

static void numbers_make_sense(void **unused)
{
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        void *state = open_dataset(*entry);
        size_t vocabulary = (*entry)->vocabulary(state);
        assert_true(vocabulary >= 2);
        if ((*entry)->chance)
            assert_true((*entry)->chance(state) > 0 && (*entry)->chance(state) < 1);
        if ((*entry)->floor)
            floor_is_a_loss(*entry, state);
        if ((*entry)->input) {
            struct dataset_input input;
            (*entry)->input(state, &input);
            assert_true(input.bytes > 0);
            assert_int_equal(strlen(input.sha256), SHA256_HEX_SIZE - 1);
        }
        close_dataset(*entry, state);
    }
}

/* ------------------------------------------------------------------------------------- end tokens, needles
 */

/* The end token is the last scored target, and no other target is. */
static void answers_end_in_the_end_token(void **unused)
{
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        void *state = open_dataset(*entry);
        size_t minimum = (*entry)->minimum(state);
        for (size_t n = minimum; (*entry)->end_token && n <= LONGEST; n += n < minimum + 20 ? 1 : 37) {
            int32_t end = (*entry)->end_token(state), last = UNSCORED;
            struct example example;
            size_t ends = 0;
            draw(&example, *entry, state, n, SPLIT_TEST, n);
            for (size_t i = 0; i < n; i++) {
                last = example.targets[i] != UNSCORED ? example.targets[i] : last;
                ends += example.targets[i] == end;
            }
            if (last != end || ends != 1)
                fail_msg("%s: the last target of %zu tokens is %d, and %zu are the end token %d",
                         (*entry)->name, n, last, ends, end);
        }
        close_dataset(*entry, state);
    }
}

/* The first token asked for stands somewhere before the question; how far is the nearest such place from
 * the depth?  In tokens. */
static double distance_from_depth(const struct example *example, double depth)
{
    size_t question = 0;
    double nearest = INFINITY;
    while (example->targets[question] == UNSCORED)
        question++;
    for (size_t i = 0; i < question; i++)
        if (example->tokens[i] == example->targets[question])
            nearest = fmin(nearest, fabs((double)i - depth * (double)question));
    return nearest;
}

static void needles_lie_at_the_depth_asked(void **unused)
{
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        const struct dataset *dataset = *entry;
        void *state = open_dataset(dataset);
        struct example example, again;
        size_t n = LONGEST, minimum = dataset->minimum(state);
        for (uint64_t i = 0; dataset->example_at && i <= 100; i++) {
            double depth = (double)i / 100;
            for (size_t j = 0; j < 2; j++) {
                struct example *out = j == 0 ? &example : &again;
                memset(out, 0x5a, sizeof *out);
                dataset->example_at(state, nth_key(i), SPLIT_TEST, n, depth, out->tokens, out->targets,
                                    out->marks);
            }
            assert_memory_equal(&example, &again, sizeof example);
            check_values(dataset, state, &example, n);
            assert_true(dataset->verify(state, n, example.tokens, example.targets));
            if (distance_from_depth(&example, depth) > (double)minimum)
                fail_msg("%s: no needle within %zu tokens of depth %g: %g away", dataset->name, minimum,
                         depth, distance_from_depth(&example, depth));
            dataset->example_at(state, nth_key(i), SPLIT_TEST, minimum, depth, example.tokens,
                                example.targets, NULL);
            assert_true(dataset->verify(state, minimum, example.tokens, example.targets));
        }
        close_dataset(dataset, state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length),
        cmocka_unit_test(below_the_minimum_is_refused),
        cmocka_unit_test(same_key_same_example),
        cmocka_unit_test(splits_never_coincide),
        cmocka_unit_test(windows_and_extents),
        cmocka_unit_test(numbers_make_sense),
        cmocka_unit_test(answers_end_in_the_end_token),
        cmocka_unit_test(needles_lie_at_the_depth_asked),
    };
    return cmocka_run_group_tests(tests, write_text, remove_text);
}
