/* batch.c -- whole sequences, and what the model is given of them. */
#include "batches/batch.h"

#include <string.h>

/* ---- life ---- */

static void describe_rows(struct buffers *buffers, struct batch_rows *rows, size_t count, bool marks)
{
    const struct buffer row[] = {
        BUFFER(rows->tokens, count, BUFFER_CHUNK),
        BUFFER(rows->targets, count, BUFFER_CHUNK),
        BUFFER(rows->marks, marks ? count : 0, BUFFER_CHUNK),
        BUFFER(rows->nll, count, BUFFER_CHUNK),
        BUFFER(rows->hit, count, BUFFER_CHUNK),
    };
    buffers_add(buffers, row, sizeof row / sizeof row[0]);
}

static bool is_cut(const struct batch *batch)
{
    return batch->size.seen < batch->size.length;
}

static void describe(struct batch *batch, const struct batch_size *size)
{
    *batch = (struct batch){.size = *size};
    const struct buffer row[] = {
        BUFFER(batch->count, size->sequences, BUFFER_CHUNK),
        BUFFER(batch->given_count, size->sequences, BUFFER_CHUNK),
        BUFFER(batch->number, size->sequences, BUFFER_CHUNK),
        BUFFER(batch->dropout, size->dropout ? size->sequences : 0, BUFFER_CHUNK),
    };
    buffers_add(&batch->buffers, row, sizeof row / sizeof row[0]);
    describe_rows(&batch->buffers, &batch->whole, size->sequences * size->length, size->marks);
    if (is_cut(batch))
        describe_rows(&batch->buffers, &batch->given, size->sequences * size->seen, size->marks);
}

enum status batch_create(struct batch *batch, const struct batch_size *size, struct message *message)
{
    describe(batch, size);
    enum status status = buffers_allocate(&batch->buffers, "a chunk", message);
    if (!is_cut(batch))
        batch->given = batch->whole;
    return status;
}

void batch_release(struct batch *batch)
{
    buffers_release(&batch->buffers);
}

size_t batch_bytes(const struct batch_size *size)
{
    struct batch batch;
    describe(&batch, size);
    size_t bytes = buffers_bytes(&batch.buffers);
    buffers_release(&batch.buffers);
    return bytes;
}

/* ---- filling ---- */

void batch_begin(struct batch *batch, struct key draw)
{
    buffers_poison(&batch->buffers, BUFFER_CHUNK);
    batch->sequences = batch->rows = 0;
    batch->chunk = (struct chunk){.count = batch->given_count,
                                  .tokens = batch->given.tokens,
                                  .targets = batch->given.targets,
                                  .dropout = batch->dropout,
                                  .draw = draw,
                                  .number = batch->number,
                                  .marks = batch->given.marks};
}

struct example batch_add(struct batch *batch, size_t n, size_t number, struct key dropout)
{
    const struct batch_rows *whole = &batch->whole;
    const struct example example = {.n = n,
                                    .tokens = whole->tokens + batch->rows,
                                    .targets = whole->targets + batch->rows,
                                    .marks = whole->marks ? whole->marks + batch->rows : NULL};
    size_t s = batch->sequences++;
    batch->rows += n;
    batch->count[s] = n;
    batch->given_count[s] = n < batch->size.seen ? n : batch->size.seen;
    batch->number[s] = number;
    if (batch->dropout)
        batch->dropout[s] = dropout;
    return example;
}

void batch_repeat(struct batch *batch, size_t number)
{
    const struct key none = {0};
    const struct batch_rows *whole = &batch->whole;
    const struct example copy =
        batch_add(batch, batch->count[0], number, batch->dropout ? batch->dropout[0] : none);
    memcpy(copy.tokens, whole->tokens, copy.n * sizeof *copy.tokens);
    memcpy(copy.targets, whole->targets, copy.n * sizeof *copy.targets);
    if (copy.marks)
        memcpy(copy.marks, whole->marks, copy.n * sizeof *copy.marks);
}

/* ---- what the model is given ---- */

const struct chunk *batch_chunk(struct batch *batch)
{
    const struct batch_rows *whole = &batch->whole, *given = &batch->given;
    size_t from = 0, to = 0;
    batch->chunk.sequences = batch->sequences;
    for (size_t s = 0; is_cut(batch) && s < batch->sequences; s++) {
        size_t count = batch->given_count[s], hidden = batch->count[s] - count;
        memcpy(given->tokens + to, whole->tokens + from + hidden, count * sizeof *given->tokens);
        memcpy(given->targets + to, whole->targets + from + hidden, count * sizeof *given->targets);
        if (given->marks)
            memcpy(given->marks + to, whole->marks + from + hidden, count * sizeof *given->marks);
        from += batch->count[s];
        to += count;
    }
    return &batch->chunk;
}

void batch_paste(struct batch *batch)
{
    const struct batch_rows *whole = &batch->whole, *given = &batch->given;
    size_t from = 0, to = 0;
    for (size_t s = 0; is_cut(batch) && s < batch->sequences; s++) {
        size_t count = batch->given_count[s], hidden = batch->count[s] - count;
        memset(whole->nll + to, 0, hidden * sizeof *whole->nll);
        memset(whole->hit + to, 0, hidden);
        memcpy(whole->nll + to + hidden, given->nll + from, count * sizeof *whole->nll);
        memcpy(whole->hit + to + hidden, given->hit + from, count);
        from += count;
        to += batch->count[s];
    }
}

enum status batch_check_marks(const struct batch *batch, const char *positions, const char *dataset,
                              struct message *message)
{
    if (!batch->given.marks)
        return STATUS_OK;
    for (size_t i = 0; i < batch->given_count[0]; i++)
        if (batch->given.marks[i] != 0)
            return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "the positions `%s` need the significance of tokens, which the dataset `%s` does not "
                       "give; choose a dataset with numbers, or other positions",
                       positions, dataset);
}
