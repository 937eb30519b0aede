/* items.c -- windows of running text and examples of tasks. */
#include "evaluation/items.h"

#include <math.h>
#include <string.h>

#include "batches/split.h"
#include "support/memory.h"

/* The longest n that is asked of this dataset, in tokens. */
static size_t longest_length(const struct evaluation_options *options, size_t trained_length)
{
    size_t longest = 1;
    for (size_t i = 0; i < options->lengths.count; i++) {
        size_t n = length_tokens(options->lengths.at[i], trained_length);
        longest = n > longest ? n : longest;
    }
    return longest;
}

static enum split asked_split(const struct evaluation_options *options)
{
    return options->validation ? SPLIT_VALIDATION : SPLIT_TEST;
}

/* A task has no blocks: other keys give other examples. */
static struct key items_stream(const struct evaluation_options *options)
{
    return key_named(options->seed, options->validation ? "validation" : "evaluation");
}

/* ---- documents ---- */

struct document {
    size_t begin, length;
};

static bool document_at(struct document *out, const struct dataset *dataset, const void *state,
                        enum split split, size_t index)
{
    if (dataset->document)
        return dataset->document(state, split, index, &out->begin, &out->length);
    *out = (struct document){.length = dataset->extent(state, split)};
    return index == 0;
}

/* Those in which the longest window has room, all of them when out is NULL; how many. */
static size_t long_documents(struct document *out, const struct dataset *dataset, const void *state,
                             enum split split, size_t longest)
{
    struct document document;
    size_t count = 0;
    for (size_t i = 0; document_at(&document, dataset, state, split, i); i++)
        if (document.length >= longest) {
            if (out)
                out[count] = document;
            count++;
        }
    return count;
}

static size_t total_length(const struct document *document, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += document[i].length;
    return total;
}

/* No more documents than the protocol takes windows of the longest n: evenly spaced ones stay. */
static size_t thin_out(struct document *document, size_t count, struct windows_request request)
{
    struct windows windows = {0};
    size_t kept;
    request.extent = total_length(document, count);
    request.length = request.longest;
    request.protocol->kind->windows(&windows, &request);
    kept = count < windows.count ? count : windows.count;
    for (size_t i = 0; i < kept; i++)
        document[i] = document[i * count / kept];
    return kept;
}

static size_t share(size_t whole, size_t part, size_t total)
{
    return (size_t)ceil((double)whole * (double)part / (double)total);
}

/* Every document gets its windows as if it were the text, and its share of what is to be scored. */
static void plan_pieces(struct item_plan *plan, const struct document *document, size_t count,
                        struct windows_request request)
{
    const struct protocol *whole = request.protocol;
    size_t total = total_length(document, count);
    for (size_t i = 0; i < count; i++) {
        struct item_piece piece = {.begin = document[i].begin, .item = plan->count};
        struct protocol own = *whole;
        own.tokens = share(whole->tokens, document[i].length, total);
        own.targets = share(whole->targets, document[i].length, total);
        own.examples = share(whole->examples, document[i].length, total);
        request.protocol = &own;
        request.extent = document[i].length;
        whole->kind->windows(&piece.windows, &request);
        if (piece.windows.count == 0)
            continue;
        plan->count += piece.windows.count;
        plan->piece[plan->pieces++] = piece;
    }
}

static enum status plan_text(struct item_plan *plan, const struct dataset *dataset, const void *state,
                             enum split split, struct windows_request request, struct message *message)
{
    size_t count = long_documents(NULL, dataset, state, split, request.longest);
    struct document *document = memory_allocate(count, sizeof *document, "documents", message);
    enum status status = STATUS_FAILED;
    if (document) {
        long_documents(document, dataset, state, split, request.longest);
        count = thin_out(document, count, request);
        plan->piece = memory_allocate(count, sizeof *plan->piece, "windows", message);
    }
    if (plan->piece) {
        plan_pieces(plan, document, count, request);
        status = STATUS_OK;
    }
    memory_release(document);
    return status;
}

/* ---- plan ---- */

enum status items_plan(struct item_plan *plan, const struct dataset *dataset, const void *dataset_state,
                       const struct evaluation_options *options, const struct protocol *protocol,
                       size_t trained_length, size_t length, struct message *message)
{
    size_t longest = longest_length(options, trained_length);
    struct protocol resolved = *protocol;
    struct windows_request request = {.protocol = &resolved,
                                      .length = length,
                                      .longest = length > longest ? length : longest,
                                      .trained_length = trained_length};
    *plan = (struct item_plan){.text = dataset->window != NULL};
    if (resolved.tokens == 0)
        resolved.tokens = options->tokens;
    if (resolved.targets == 0)
        resolved.targets = options->targets;
    if (plan->text) {
        plan->places = key_named(options->seed, "places");
        return plan_text(plan, dataset, dataset_state, asked_split(options), request, message);
    }
    plan->examples = resolved.examples > 0 ? resolved.examples : options->examples;
    plan->count = plan->examples * (resolved.depths > 0 ? resolved.depths : 1);
    return STATUS_OK;
}

void items_release(struct item_plan *plan)
{
    memory_release(plan->piece);
    *plan = (struct item_plan){0};
}

static const struct item_piece *piece_of(const struct item_plan *plan, size_t item)
{
    size_t low = 0, high = plan->pieces;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (plan->piece[middle].item <= item)
            low = middle;
        else
            high = middle;
    }
    return &plan->piece[low];
}

/* A place for each item, one in each of `count` equal parts of the room: a sample without repeats, sorted. */
static size_t drawn_place(const struct item_plan *plan, const struct item_piece *piece, size_t item)
{
    const struct windows *windows = &piece->windows;
    size_t whole = windows->room / windows->count, rest = windows->room % windows->count,
           own = item - piece->item;
    size_t begin = own * whole + own * rest / windows->count;
    size_t end = (own + 1) * whole + (own + 1) * rest / windows->count;
    return begin + random_below(plan->places, item, end - begin);
}

int64_t items_key(const struct item_plan *plan, size_t item)
{
    const struct item_piece *piece;
    size_t place;
    if (!plan->text)
        return (int64_t)item;
    piece = piece_of(plan, item);
    place = piece->windows.room > 0 ? drawn_place(plan, piece, item)
                                    : (item - piece->item) * piece->windows.stride;
    return (int64_t)(piece->begin + piece->windows.first + place);
}

/* The same examples at every depth, but for where the needle lies. */
static bool make_example(struct example *out, const struct item_plan *plan,
                         const struct evaluation_request *request, size_t item)
{
    const struct protocol *protocol = request->protocol;
    double depth = protocol->depths > 0 ? protocol->depth[item / plan->examples] : (double)NAN;
    struct key key = key_with(items_stream(request->options), out->n);
    return split_draw(request->dataset, request->dataset_state, key_with(key, item % plan->examples),
                      asked_split(request->options), out->n, depth, out->tokens, out->targets, out->marks);
}

static void make_window(struct example *out, const struct item_plan *plan,
                        const struct evaluation_request *request, size_t item)
{
    size_t scored = piece_of(plan, item)->windows.scored;
    request->dataset->window(request->dataset_state, asked_split(request->options),
                             (size_t)items_key(plan, item), out->n, out->tokens, out->targets);
    for (size_t i = 0; i + scored < out->n; i++)
        out->targets[i] = UNSCORED;
    if (out->marks)
        memset(out->marks, 0, out->n * sizeof *out->marks);
}

bool items_make(struct example *out, const struct item_plan *plan, const struct evaluation_request *request,
                size_t item)
{
    const struct model *model = request->model;
    struct key key = key_with(key_named(request->options->seed, "objective"), out->n);
    bool found = true;
    if (plan->text)
        make_window(out, plan, request, item);
    else
        found = make_example(out, plan, request, item);
    objective_form(out, model_objective(&model->options), model->vocabulary, key_with(key, item));
    return found;
}

bool items_are_seen(const struct item_plan *plan, const struct evaluation_request *request, size_t seen,
                    struct example *room)
{
    for (size_t item = 0; item < plan->count; item++) {
        items_make(room, plan, request, item);
        for (size_t i = 0; i + seen < room->n; i++)
            if (room->targets[i] != UNSCORED)
                return false;
    }
    return true;
}

bool items_floor(double *floor, const int32_t *tokens, const int32_t *targets, const struct item_plan *plan,
                 const struct evaluation_request *request, size_t item)
{
    const struct dataset *dataset = request->dataset;
    if (plan->text && dataset->window_floor)
        dataset->window_floor(request->dataset_state, asked_split(request->options),
                              (size_t)items_key(plan, item), request->length, floor);
    else if (!plan->text && dataset->floor)
        dataset->floor(request->dataset_state, request->length, tokens, targets, floor);
    else
        return false;
    return true;
}
