/* buffers.c -- a table of buffers: what is allocated, counted, poisoned and released. */
#include "tests/test.h"

#include <string.h>

#include "support/buffers.h"
#include "support/memory.h"
#include "support/real.h"

struct owner {
    real *pass, *absent;
    double *chunk;
    size_t *index;
    unsigned char *zeroed;
    struct buffers buffers;
};

static void describe(struct owner *owner, size_t n)
{
    const struct buffer rows[] = {
        BUFFER(owner->pass, 3 * n, BUFFER_PASS), BUFFER(owner->absent, 0, BUFFER_PASS),
        BUFFER(owner->chunk, 5, BUFFER_CHUNK),   BUFFER(owner->index, n, BUFFER_KEPT),
        BUFFER(owner->zeroed, 7, BUFFER_ZEROED),
    };
    memset(owner, 0xAB, offsetof(struct owner, buffers)); /* no pointer is taken for an allocated one */
    buffers_add(&owner->buffers, rows, sizeof rows / sizeof rows[0]);
}

static void allocated_counted_released(void **state)
{
    struct owner owner = {.pass = NULL};
    (void)state;
    describe(&owner, 11);
    size_t bytes = 33 * sizeof(real) + 5 * sizeof(double) + 11 * sizeof(size_t) + 7;
    assert_int_equal(buffers_bytes(&owner.buffers), bytes);
    assert_null(owner.pass);
    assert_int_equal(buffers_allocate(&owner.buffers, "test", NULL), STATUS_OK);
    assert_int_equal(buffers_bytes(&owner.buffers), bytes);
    assert_null(owner.absent);
    assert_non_null(owner.pass);
    owner.pass[32] = 1; /* to the last element of each: the address sanitizer is asked */
    owner.chunk[4] = 1;
    owner.index[10] = 1;
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(owner.zeroed[i], 0);
    buffers_release(&owner.buffers);
    assert_null(owner.pass);
    assert_null(owner.zeroed);
    assert_int_equal(owner.buffers.count, 0);
    assert_int_equal(buffers_bytes(&owner.buffers), 0);
    buffers_release(&owner.buffers);
}

/* More rows than fit at first; those that are there already keep what they hold. */
static void rows_may_come_later(void **state)
{
    struct owner owner = {.pass = NULL};
    int *later[40];
    (void)state;
    describe(&owner, 4);
    assert_int_equal(buffers_allocate(&owner.buffers, "test", NULL), STATUS_OK);
    real *before = owner.pass;
    owner.pass[0] = 42;
    for (size_t i = 0; i < 40; i++)
        buffers_add(&owner.buffers, &BUFFER(later[i], i + 1, BUFFER_KEPT), 1);
    assert_int_equal(owner.buffers.count, 45);
    assert_null(later[39]);
    assert_int_equal(buffers_allocate(&owner.buffers, "test", NULL), STATUS_OK);
    assert_ptr_equal(owner.pass, before);
    assert_true(owner.pass[0] == 42);
    for (size_t i = 0; i < 40; i++)
        later[i][i] = (int)i;
    buffers_release(&owner.buffers);
    assert_null(later[39]);
}

static void no_memory_is_said(void **state)
{
    struct owner owner = {.pass = NULL};
    struct message message = {""};
    (void)state;
    describe(&owner, SIZE_MAX / 16);
    assert_int_equal(buffers_bytes(&owner.buffers), SIZE_MAX);
    assert_int_equal(buffers_allocate(&owner.buffers, "activations", &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "activations"));
    buffers_release(&owner.buffers);
    describe(&owner, 3);
    buffers_add(&owner.buffers, &(struct buffer){&owner.absent, SIZE_MAX / 4, 8, BUFFER_PASS}, 1);
    assert_int_equal(buffers_bytes(&owner.buffers), SIZE_MAX);
    assert_int_equal(buffers_allocate(&owner.buffers, "activations", &message), STATUS_FAILED);
    assert_non_null(owner.zeroed); /* of before, and released with the rest */
    buffers_release(&owner.buffers);
    assert_null(owner.zeroed);
}

#ifdef LEXBENCH_HARD
/* Looked at as bits: to read the value would trap. */
static bool poisoned(const void *element, size_t size)
{
    const unsigned char pattern = size == 8 ? 0xf4 : 0xa0;
    return ((const unsigned char *)element)[size - 2] == pattern &&
           ((const unsigned char *)element)[size - 1] == 0x7f;
}

static void poison_by_life(void **state)
{
    struct owner owner = {.pass = NULL};
    (void)state;
    describe(&owner, 4);
    assert_int_equal(buffers_allocate(&owner.buffers, "test", NULL), STATUS_OK);
    assert_true(poisoned(&owner.pass[11], sizeof(real)));
    assert_true(poisoned(&owner.chunk[4], sizeof(double)));
    assert_true(owner.index[3] > PTRDIFF_MAX / 2);
    owner.pass[11] = 1;
    owner.chunk[4] = 1;
    owner.index[3] = 1;
    buffers_poison(&owner.buffers, BUFFER_PASS);
    assert_true(poisoned(&owner.pass[11], sizeof(real)));
    assert_true(owner.chunk[4] == 1);
    owner.pass[11] = 1;
    buffers_poison(&owner.buffers, BUFFER_CHUNK);
    assert_true(poisoned(&owner.pass[11], sizeof(real)));
    assert_true(poisoned(&owner.chunk[4], sizeof(double)));
    assert_int_equal(owner.index[3], 1);
    assert_int_equal(owner.zeroed[6], 0);
    buffers_release(&owner.buffers);
}

static void no_memory_for_the_table(void **state)
{
    struct owner owner = {.pass = NULL};
    struct message message = {""};
    (void)state;
    memory_fail_after(1, false);
    describe(&owner, 4);
    assert_int_equal(buffers_bytes(&owner.buffers), SIZE_MAX);
    assert_int_equal(buffers_allocate(&owner.buffers, "activations", &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "activations"));
    assert_null(owner.pass);
    buffers_release(&owner.buffers);
    for (unsigned long k = 2; k < 6; k++) { /* the table, then four buffers */
        memory_fail_after(k, false);
        describe(&owner, 4);
        assert_int_equal(buffers_allocate(&owner.buffers, "activations", &message), STATUS_FAILED);
        buffers_release(&owner.buffers);
    }
    memory_fail_after(0, false);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocated_counted_released),
        cmocka_unit_test(rows_may_come_later),
        cmocka_unit_test(no_memory_is_said),
#ifdef LEXBENCH_HARD
        cmocka_unit_test(poison_by_life),
        cmocka_unit_test(no_memory_for_the_table),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
