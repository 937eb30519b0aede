/* memory.c -- alignment, zeros, overflow, growth; and sentences (status.h). */
#include "tests/test.h"

#include <string.h>

#include "support/memory.h"
#include "support/status.h"

static void aligned_and_zero(void **state)
{
    (void)state;
    for (size_t count = 0; count < 300; count += 7)
        for (int again = 0; again < 3; again++) {
            unsigned char *block = memory_allocate(count, 3, "test", NULL);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % MEMORY_ALIGNMENT, 0);
            for (size_t i = 0; i < 3 * count; i++)
                assert_int_equal(block[i], 0);
            memset(block, 0xAB, 3 * count); /* dirty, for whoever gets it next */
            memory_release(block);
        }
    memory_release(NULL);
}

static void overflow_is_caught(void **state)
{
    struct message message = {""};
    (void)state;
    assert_null(memory_allocate(SIZE_MAX / 2, 3, "weights", &message));
    assert_non_null(strstr(message.text, "weights"));
    assert_null(memory_allocate(SIZE_MAX, 1, "weights", &message));
    assert_null(memory_allocate(SIZE_MAX - 70, 1, "weights", NULL));
    message.text[0] = '\0';
    assert_null(memory_allocate(PTRDIFF_MAX / 4, 2, "activations", &message));
    assert_non_null(strstr(message.text, "activations"));
    assert_non_null(strstr(message.text, "bytes"));
}

static void growth_keeps_and_clears(void **state)
{
    size_t capacity = 0, before;
    void *block = NULL;
    (void)state;
    for (size_t wanted = 1; wanted < 2000; wanted++) {
        before = capacity;
        assert_int_equal(memory_grow(&block, &capacity, wanted, sizeof(size_t), "test", NULL), STATUS_OK);
        assert_true(capacity >= wanted);
        for (size_t i = before; i < capacity; i++)
            assert_int_equal(((size_t *)block)[i], 0);
        for (size_t i = 0; i < before; i++)
            assert_int_equal(((size_t *)block)[i], i + 1);
        for (size_t i = 0; i < capacity; i++)
            ((size_t *)block)[i] = i + 1;
    }
    before = capacity;
    assert_int_equal(memory_grow(&block, &capacity, SIZE_MAX / 4, 8, "test", NULL), STATUS_FAILED);
    assert_int_equal(capacity, before);
    assert_int_equal(((size_t *)block)[before - 1], before);
    memory_release(block);
}

static void rounding(void **state)
{
    (void)state;
    assert_int_equal(memory_round_up(0, 64), 0);
    assert_int_equal(memory_round_up(1, 64), 64);
    assert_int_equal(memory_round_up(64, 64), 64);
    assert_int_equal(memory_round_up(65, 12), 72);
}

static void peak_grows(void **state)
{
    size_t before = memory_peak(), size = before + 16777216;
    void *block = memory_allocate(size, 1, "test", NULL);
    (void)state;
    assert_true(before > 100000);
    assert_non_null(block);
    assert_true(memory_peak() >= before + 8388608);
    memory_release(block);
}

static void sentences(void **state)
{
    struct message message = {""};
    char large[3000];
    (void)state;
    assert_int_equal(message_set(&message, STATUS_WRONG, "line %d", 7), STATUS_WRONG);
    assert_string_equal(message.text, "line 7");
    message_prefix(&message, "%s:%d", "a.ini", 3);
    assert_string_equal(message.text, "a.ini:3: line 7");
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    message_set(&message, STATUS_FAILED, "%s", large);
    assert_int_equal(strlen(message.text), sizeof message.text - 1);
    message_prefix(&message, "here");
    assert_int_equal(strncmp(message.text, "here: xxx", 9), 0);
    assert_int_equal(message_set(NULL, STATUS_FAILED, "nobody listens"), STATUS_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned_and_zero),
        cmocka_unit_test(overflow_is_caught),
        cmocka_unit_test(growth_keeps_and_clears),
        cmocka_unit_test(rounding),
        cmocka_unit_test(peak_grows),
        cmocka_unit_test(sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
