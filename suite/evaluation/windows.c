/* windows.c -- which windows of a text a protocol takes. */
#include "evaluation/windows.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Of every asked length they cover the same targets, where the lengths divide the longest. */
void windows_nonoverlap(struct windows *windows, const struct windows_request *request)
{
    size_t most = request->protocol->tokens, longest = request->longest;
    size_t covered = smaller(request->extent, most > longest ? most : longest);
    covered -= covered % longest;
    windows->count = covered / request->length;
    windows->stride = request->length;
    windows->scored = request->length;
}

/* They end at the same places for every n, and the first leaves room for the longest. */
void windows_sliding(struct windows *windows, const struct windows_request *request)
{
    size_t stride = request->protocol->stride, room;
    if (request->extent < request->longest || request->length < stride)
        return;
    room = 1 + (request->extent - request->longest) / stride;
    windows->first = request->longest - request->length;
    windows->stride = stride;
    windows->scored = stride;
    if (stride == 1) {
        windows->room = room;
        windows->count = smaller(room, request->protocol->targets);
    } else {
        size_t most = request->protocol->tokens / stride;
        windows->count = smaller(room, most > 0 ? most : 1);
    }
}

/* Windows that end at fixed places, spread over the whole block. */
void windows_fixed_targets(struct windows *windows, const struct windows_request *request)
{
    size_t scored = request->trained_length >= 4 ? request->trained_length / 4 : 1, most, room;
    if (request->extent < request->longest || request->length < scored)
        return;
    most = request->protocol->targets / scored;
    room = 1 + (request->extent - request->longest) /
                   scored; /* windows whose last targets lie one after the other */
    windows->count = smaller(room, most > 0 ? most : 1);
    windows->stride = scored * (room / windows->count);
    windows->first = request->longest - request->length;
    windows->scored = scored;
}

/* A few windows, spread; they end at the same places for every n. */
void windows_attention(struct windows *windows, const struct windows_request *request)
{
    if (request->extent < request->longest)
        return;
    windows->count = smaller(1 + request->extent - request->longest, request->protocol->examples);
    windows->stride = (1 + request->extent - request->longest) / windows->count;
    windows->first = request->longest - request->length;
    windows->scored = request->length;
}
