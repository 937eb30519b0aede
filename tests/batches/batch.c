/* The sequences of a chunk: where they lie, what the model is given of them, and where its losses go. */
#include "tests/test.h"

#include <string.h>

#include "batches/batch.h"
#include "datasets/dataset.h"

enum { SEQUENCES = 3, LENGTH = 5 };
static const size_t count[SEQUENCES] = {5, 2, 4};

/* Token i of sequence s is 10 s + i, its target 100 more, its mark 200 more. */
static void fill(struct batch *batch)
{
    batch_begin(batch, key_named(1, "draw"));
    for (size_t s = 0; s < SEQUENCES; s++) {
        struct example room = batch_add(batch, count[s], 7 + s, key_with(key_named(1, "dropout"), s));
        assert_int_equal(room.n, count[s]);
        for (size_t i = 0; i < room.n; i++) {
            room.tokens[i] = (int32_t)(10 * s + i);
            room.targets[i] = room.tokens[i] + 100;
            if (room.marks)
                room.marks[i] = room.tokens[i] + 200;
        }
    }
}

static void create(struct batch *batch, size_t seen, bool marks, bool dropout)
{
    const struct batch_size size = {
        .sequences = SEQUENCES + 1, .length = LENGTH, .seen = seen, .marks = marks, .dropout = dropout};
    assert_int_equal(batch_create(batch, &size, NULL), STATUS_OK);
    assert_int_equal(batch_bytes(&size), buffers_bytes(&batch->buffers));
}

static void side_by_side(void **state)
{
    static const int32_t expected[] = {0, 1, 2, 3, 4, 10, 11, 20, 21, 22, 23, 0, 1, 2, 3, 4};
    struct batch batch;
    (void)state;
    create(&batch, LENGTH, false, true);
    for (size_t round = 0; round < 2; round++) { /* the second finds nothing of the first */
        fill(&batch);
        batch_repeat(&batch, 10);
        const struct chunk *chunk = batch_chunk(&batch);
        assert_int_equal(chunk->sequences, SEQUENCES + 1);
        assert_int_equal(chunk_rows(chunk), sizeof expected / sizeof expected[0]);
        assert_memory_equal(chunk->tokens, expected, sizeof expected);
        assert_int_equal(chunk->targets[8], 121);
        assert_int_equal(chunk->targets[15], 104);
        assert_null(chunk->marks);
        for (size_t s = 0; s < SEQUENCES; s++) {
            struct key stream = key_with(key_named(1, "dropout"), s);
            assert_int_equal(chunk->count[s], count[s]);
            assert_int_equal(chunk->number[s], 7 + s);
            assert_memory_equal(&chunk->dropout[s], &stream, sizeof stream);
        }
        assert_int_equal(chunk->number[SEQUENCES], 10);
        assert_ptr_equal(batch.given.nll, batch.whole.nll); /* nothing is copied */
        batch_paste(&batch);
    }
    batch_release(&batch);
}

/* The last three tokens of each, with the targets and marks that are theirs. */
static void the_last_tokens_alone(void **state)
{
    static const int32_t expected[] = {2, 3, 4, 10, 11, 21, 22, 23};
    enum { ROWS = sizeof expected / sizeof expected[0] };
    struct batch batch;
    (void)state;
    create(&batch, 3, true, false);
    fill(&batch);
    const struct chunk *chunk = batch_chunk(&batch);
    assert_null(chunk->dropout);
    assert_int_equal(chunk_rows(chunk), ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(chunk->tokens[i], expected[i]);
        assert_int_equal(chunk->targets[i], expected[i] + 100);
        assert_int_equal(chunk->marks[i], expected[i] + 200);
        batch.given.nll[i] = expected[i];
        batch.given.hit[i] = (unsigned char)(expected[i] % 2);
    }
    batch_paste(&batch);
    for (size_t s = 0, row = 0; s < SEQUENCES; s++)
        for (size_t i = 0; i < count[s]; i++, row++) {
            bool hidden = i + 3 < count[s];
            assert_int_equal(batch.whole.tokens[row], 10 * s + i); /* as they were */
            assert_true(batch.whole.nll[row] == (hidden ? 0 : (double)(10 * s + i)));
            assert_int_equal(batch.whole.hit[row], !hidden && i % 2);
        }
    batch_release(&batch);
}

/* Marks that the model is not given do not count. */
static void marks_must_be_seen(void **state)
{
    struct message message = {""};
    struct batch batch;
    (void)state;
    create(&batch, 3, true, false);
    fill(&batch);
    batch_chunk(&batch);
    assert_int_equal(batch_check_marks(&batch, "map", "data", &message), STATUS_OK);
    memset(batch.whole.marks + 2, 0, 3 * sizeof *batch.whole.marks);
    batch_chunk(&batch);
    assert_int_equal(batch_check_marks(&batch, "map", "data", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "the positions `map` need the significance of tokens"));
    assert_non_null(strstr(message.text, "`data`"));
    batch_release(&batch);
    create(&batch, 3, false, false);
    fill(&batch);
    batch_chunk(&batch);
    assert_int_equal(batch_check_marks(&batch, "map", "data", &message), STATUS_OK); /* none are read */
    batch_release(&batch);
}

static void too_large_is_said(void **state)
{
    const struct batch_size size = {.sequences = SIZE_MAX / 16, .length = 2, .seen = 2};
    struct message message = {""};
    struct batch batch;
    (void)state;
    assert_int_equal(batch_bytes(&size), SIZE_MAX);
    assert_int_equal(batch_create(&batch, &size, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "a chunk"));
    batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(side_by_side),
        cmocka_unit_test(the_last_tokens_alone),
        cmocka_unit_test(marks_must_be_seen),
        cmocka_unit_test(too_large_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
