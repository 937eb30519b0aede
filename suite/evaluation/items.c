/* items.c -- windows of running text and examples of tasks. */
#include "evaluation/items.h"

#include <math.h>

#include "datasets/draw.h"

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

static enum split split_of(const struct evaluation_options *options)
{
    return options->validation ? SPLIT_VALIDATION : SPLIT_TEST;
}

/* A task has no blocks: other keys give other examples. */
static struct key items_stream(const struct evaluation_options *options)
{
    return key_named(options->seed, options->validation ? "validation" : "evaluation");
}

void items_plan(struct item_plan *plan, const struct dataset *dataset, const void *dataset_state,
                const struct evaluation_options *options, const struct protocol *protocol, size_t trained_length,
                size_t length)
{
    size_t longest = longest_length(options, trained_length);
    struct protocol resolved = *protocol;
    struct windows_request request = {
        .protocol = &resolved, .length = length, .longest = length > longest ? length : longest,
        .trained_length = trained_length};

    *plan = (struct item_plan){.text = dataset->window != NULL};
    if (resolved.tokens == 0)
        resolved.tokens = options->tokens;
    if (resolved.targets == 0)
        resolved.targets = options->targets;
    if (!plan->text) {
        plan->examples = resolved.examples > 0 ? resolved.examples : options->examples;
        plan->count = plan->examples * (resolved.depths > 0 ? resolved.depths : 1);
        return;
    }
    request.extent = dataset->extent(dataset_state, split_of(options));
    resolved.kind->windows(&plan->windows, &request);
    plan->count = plan->windows.count;
    plan->places = key_named(options->seed, "places");
}

/* A place for each item, one in each of `count` equal parts of the room: a sample without repeats, sorted. */
static size_t drawn_place(const struct item_plan *plan, size_t item)
{
    const struct windows *windows = &plan->windows;
    size_t whole = windows->room / windows->count, rest = windows->room % windows->count;
    size_t begin = item * whole + item * rest / windows->count;
    size_t end = (item + 1) * whole + (item + 1) * rest / windows->count;

    return begin + random_below(plan->places, item, end - begin);
}

int64_t items_key(const struct item_plan *plan, size_t item)
{
    const struct windows *windows = &plan->windows;

    if (!plan->text)
        return (int64_t)item;
    return (int64_t)(windows->first + (windows->room > 0 ? drawn_place(plan, item) : item * windows->stride));
}

/* The same examples at every depth, but for where the needle lies. */
static bool make_example(int32_t *tokens, int32_t *targets, const struct item_plan *plan,
                         const struct evaluation_request *request, size_t item)
{
    const struct protocol *protocol = request->protocol;
    double depth = protocol->depths > 0 ? protocol->depth[item / plan->examples] : (double)NAN;
    struct key key = key_with(items_stream(request->options), request->length);

    return draw_example(request->dataset, request->dataset_state, key_with(key, item % plan->examples),
                        split_of(request->options), request->length, depth, tokens, targets, NULL);
}

bool items_make(int32_t *tokens, int32_t *targets, const struct item_plan *plan,
                const struct evaluation_request *request, size_t item)
{
    size_t n = request->length;

    if (!plan->text)
        return make_example(tokens, targets, plan, request, item);
    request->dataset->window(request->dataset_state, split_of(request->options), (size_t)items_key(plan, item), n,
                             tokens, targets);
    for (size_t i = 0; i + plan->windows.scored < n; i++)
        targets[i] = UNSCORED;
    return true;
}

bool items_floor(double *floor, const int32_t *tokens, const int32_t *targets, const struct item_plan *plan,
                 const struct evaluation_request *request, size_t item)
{
    const struct dataset *dataset = request->dataset;

    if (plan->text && dataset->window_floor)
        dataset->window_floor(request->dataset_state, split_of(request->options), (size_t)items_key(plan, item),
                              request->length, floor);
    else if (!plan->text && dataset->floor)
        dataset->floor(request->dataset_state, request->length, tokens, targets, floor);
    else
        return false;
    return true;
}
