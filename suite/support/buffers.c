/* buffers.c -- a table of buffers. */
#include "support/buffers.h"

#include <stdint.h>
#include <string.h>

#include "support/memory.h"

/* The owner's pointers have different types, which memcpy need not know. */
static void *block_of(const struct buffer *row)
{
    void *block;
    memcpy(&block, row->at, sizeof block);
    return block;
}

static void set_block(const struct buffer *row, void *block)
{
    memcpy(row->at, &block, sizeof block);
}

void buffers_add(struct buffers *buffers, const struct buffer *rows, size_t count)
{
    void *grown = buffers->row;
    for (size_t i = 0; i < count; i++)
        set_block(&rows[i], NULL);
    if (memory_grow(&grown, &buffers->capacity, buffers->count + count, sizeof *rows, "a table of buffers",
                    NULL)) {
        buffers->incomplete = true;
        return;
    }
    buffers->row = grown;
    memcpy(buffers->row + buffers->count, rows, count * sizeof *rows);
    buffers->count += count;
}

size_t buffers_bytes(const struct buffers *buffers)
{
    size_t sum = 0, bytes;
    for (size_t i = 0; i < buffers->count; i++)
        if (__builtin_mul_overflow(buffers->row[i].count, buffers->row[i].size, &bytes) ||
            __builtin_add_overflow(sum, bytes, &sum))
            return SIZE_MAX;
    return buffers->incomplete ? SIZE_MAX : sum;
}

enum status buffers_allocate(struct buffers *buffers, const char *what, struct message *message)
{
    if (buffers->incomplete)
        return message_set(message, STATUS_FAILED, "no memory for the table of buffers of %s", what);
    for (size_t i = 0; i < buffers->count; i++) {
        const struct buffer *row = &buffers->row[i];
        if (row->count == 0 || block_of(row))
            continue;
        void *block = row->life == BUFFER_ZEROED ? memory_allocate(row->count, row->size, what, message)
                                                 : memory_workspace(row->count, row->size, what, message);
        if (!block)
            return STATUS_FAILED;
        set_block(row, block);
    }
    return STATUS_OK;
}

void buffers_poison(const struct buffers *buffers, enum buffer_life life)
{
    for (size_t i = 0; i < buffers->count; i++)
        if (buffers->row[i].life <= life)
            memory_poison(block_of(&buffers->row[i]), buffers->row[i].size);
}

void buffers_release(struct buffers *buffers)
{
    for (size_t i = 0; i < buffers->count; i++) {
        memory_release(block_of(&buffers->row[i]));
        set_block(&buffers->row[i], NULL);
    }
    memory_release(buffers->row);
    *buffers = (struct buffers){.row = NULL};
}
