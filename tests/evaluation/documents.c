/* documents.c -- no window of a protocol leaves its document, and every n scores the same targets. */
#include <stdlib.h>
#include <string.h>

#include "evaluation/items.h"
#include "support/memory.h"
#include "tests/test.h"

enum { DOCUMENTS = 40, LONGEST = 64, TRAINED = 16 };

/* Documents of 5, 18, 31, ... targets; a token is its place. */
static size_t document_length(size_t index)
{
    return 5 + 13 * index % 200;
}

static bool document(const void *state, enum split split, size_t index, size_t *begin, size_t *length)
{
    (void)state, (void)split;
    *begin = 0;
    for (size_t i = 0; i < index && i < DOCUMENTS; i++)
        *begin += document_length(i);
    *length = index < DOCUMENTS ? document_length(index) : 0;
    return index < DOCUMENTS;
}

static size_t extent(const void *state, enum split split)
{
    size_t begin, length;
    document(state, split, DOCUMENTS, &begin, &length);
    return begin;
}

static void window(const void *state, enum split split, size_t first, size_t n, int32_t *tokens,
                   int32_t *targets)
{
    (void)state, (void)split;
    for (size_t i = 0; i < n; i++) {
        tokens[i] = (int32_t)(first + i);
        targets[i] = (int32_t)(first + i + 1);
    }
}

static const struct dataset pages = {
    .name = "pages", .extent = extent, .window = window, .document = document};

static size_t document_of(size_t place)
{
    size_t begin, length, index = 0;
    while (document(NULL, SPLIT_TEST, index, &begin, &length) && place >= begin + length)
        index++;
    return index;
}

static void plan_of(struct item_plan *plan, struct evaluation_options *options, struct protocol *protocol,
                    const char *kind, size_t n)
{
    struct message message = {""};
    assert_int_equal(option_defaults(evaluation_option_table, options, &message), STATUS_OK);
    options->lengths = (struct length_list){.count = 3};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(length_parse(&options->lengths.at[i],
                                      i == 0   ? "16"
                                      : i == 1 ? "32"
                                               : "64",
                                      "lengths", &message),
                         STATUS_OK);
    assert_int_equal(protocol_begin(protocol, kind, protocol_kind_find(kind), &message), STATUS_OK);
    assert_int_equal(protocol_finish(protocol, &message), STATUS_OK);
    assert_int_equal(items_plan(plan, &pages, NULL, options, protocol, TRAINED, n, &message), STATUS_OK);
    assert_true(plan->count > 0);
}

/* The targets that are scored at n, summed up by place: seen(extent). */
static void mark_scored(unsigned char *seen, const char *kind, size_t n)
{
    struct evaluation_options options = {.validation = false};
    struct protocol protocol;
    struct item_plan plan;
    int32_t tokens[LONGEST], targets[LONGEST];
    struct example made = {.n = n, .tokens = tokens, .targets = targets};
    int64_t before = -1;
    plan_of(&plan, &options, &protocol, kind, n);
    const struct model model = {.vocabulary = 2};
    struct evaluation_request request = {
        .model = &model, .dataset = &pages, .options = &options, .protocol = &protocol, .length = n};
    for (size_t item = 0; item < plan.count; item++) {
        size_t first = (size_t)items_key(&plan, item);
        assert_true((int64_t)first > before);
        before = (int64_t)first;
        assert_int_equal(document_of(first), document_of(first + n - 1));
        assert_true(items_make(&made, &plan, &request, item));
        for (size_t i = 0; i < n; i++)
            if (targets[i] != UNSCORED)
                seen[first + i]++;
    }
    items_release(&plan);
}

static void test_windows_stay_in_documents(void **state)
{
    static const char *const kinds[] = {"nonoverlap", "sliding", "fixed-targets"};
    size_t size = extent(NULL, SPLIT_TEST);
    unsigned char *longest = calloc(size, 1), *shorter = calloc(size, 1);
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        memset(longest, 0, size);
        mark_scored(longest, kinds[k], LONGEST);
        for (size_t n = TRAINED; n < LONGEST; n *= 2) {
            memset(shorter, 0, size);
            mark_scored(shorter, kinds[k], n);
            assert_memory_equal(shorter, longest, size);
        }
        for (size_t i = 0; i < size; i++) { /* each target once, in documents with room for the longest n */
            size_t begin, length;
            document(NULL, SPLIT_TEST, document_of(i), &begin, &length);
            assert_true(longest[i] <= 1 && (longest[i] == 0 || length >= LONGEST));
        }
    }
    free(longest);
    free(shorter);
}

static void windows_are_counted(void **state)
{
    struct evaluation_options options = {.validation = false};
    struct protocol protocol;
    struct item_plan plan;
    struct message message = {""};
    size_t items;
    (void)state;
    plan_of(&plan, &options, &protocol, "nonoverlap", 16);
    assert_int_equal(evaluation_items(&items, &pages, NULL, &options, &protocol, TRAINED, 16, &message),
                     STATUS_OK);
    assert_int_equal(items, plan.count);
    items_release(&plan);
#ifdef LEXBENCH_HARD
    for (unsigned long k = 1; k <= 2; k++) {
        memory_fail_after(k, false);
        assert_int_equal(evaluation_items(&items, &pages, NULL, &options, &protocol, TRAINED, 16, &message),
                         STATUS_FAILED);
        assert_int_equal(items, 0);
        assert_non_null(strstr(message.text, "memory"));
    }
    memory_fail_after(0, false);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_stay_in_documents),
        cmocka_unit_test(windows_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
