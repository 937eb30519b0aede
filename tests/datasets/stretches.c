/* stretches.c -- windows of every length against a search by hand. */
#include "datasets/shared/stretches.h"

#include <stdbool.h>

#include "tests/test.h"

enum { THINGS = 100 };

/* Four stretches with gaps, two of one size: 10..16, 20..20, 30..49, 50..56. */
static const size_t first[] = {10, 20, 30, 50}, size[] = {7, 1, 20, 7};

static void make(struct stretches *stretches)
{
    struct message message = {""};
    *stretches = (struct stretches){0};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(stretches_add(stretches, first[i], size[i], &message), STATUS_OK);
    assert_int_equal(stretches_rank(stretches, &message), STATUS_OK);
}

static void predictions(void **unused)
{
    struct stretches stretches;
    size_t prediction = 0;
    (void)unused;
    make(&stretches);
    assert_int_equal(stretches_longest(&stretches), 20);
    assert_int_equal(stretches_predictions(&stretches), 6 + 0 + 19 + 6);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j + 1 < size[i]; j++, prediction++) {
            assert_int_equal(stretches_find(&stretches, prediction), i);
            assert_int_equal(stretches.at[i].before + j, prediction);
        }
    stretches_release(&stretches);
    assert_int_equal(stretches_predictions(&stretches), 0);
    assert_int_equal(stretches_longest(&stretches), 0);
    assert_int_equal(stretches_windows(&stretches, 1), 0);
}

/* Each window that fits once, and no other. */
static void windows(void **unused)
{
    struct stretches stretches;
    (void)unused;
    make(&stretches);
    for (size_t n = 1; n < 25; n++) {
        size_t expected = 0, seen[THINGS] = {0};
        for (size_t i = 0; i < 4; i++)
            expected += size[i] > n ? size[i] - n : 0;
        assert_int_equal(stretches_windows(&stretches, n), expected);
        for (size_t index = 0; index < expected; index++)
            seen[stretches_window(&stretches, n, index)]++;
        for (size_t at = 0; at < THINGS; at++) {
            bool fits = false;
            for (size_t i = 0; i < 4; i++)
                fits = fits || (at >= first[i] && at + n < first[i] + size[i]);
            assert_int_equal(seen[at], fits);
        }
    }
    stretches_release(&stretches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predictions),
        cmocka_unit_test(windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
