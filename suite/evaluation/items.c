/* items.c -- windows of running text and examples of tasks. */
#include "evaluation/items.h"

#include <string.h>

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

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void plan_nonoverlap(struct item_plan *plan, size_t extent, size_t most, size_t longest, size_t length)
{
    size_t covered = smaller(extent, most > longest ? most : longest);

    covered -= covered % longest;
    plan->count = covered / length;
    plan->stride = length;
    plan->scored = length;
}

static void plan_fixed_targets(struct item_plan *plan, size_t extent, size_t most, size_t longest, size_t length,
                               size_t trained_length)
{
    size_t scored = trained_length >= 4 ? trained_length / 4 : 1, room;

    if (extent < longest || length < scored)
        return;
    room = 1 + (extent - longest) / scored;     /* windows whose last targets lie one after the other */
    plan->count = smaller(room, most / scored > 0 ? most / scored : 1);
    plan->stride = scored * (room / plan->count);       /* spread over the whole block */
    plan->first = longest - length;
    plan->scored = scored;
}

void items_plan(struct item_plan *plan, const struct dataset *dataset, const void *dataset_state,
                const struct evaluation_options *options, const struct protocol *protocol, size_t trained_length,
                size_t length)
{
    size_t longest = longest_length(options, trained_length), extent;

    *plan = (struct item_plan){.text = protocol->text};
    if (!protocol->text) {
        plan->count = options->examples;
        return;
    }
    longest = length > longest ? length : longest;
    extent = dataset->extent(dataset_state, split_of(options));
    if (strcmp(protocol->name, "nonoverlap") == 0)
        plan_nonoverlap(plan, extent, options->tokens, longest, length);
    else
        plan_fixed_targets(plan, extent, options->targets, longest, length, trained_length);
}

int64_t items_key(const struct item_plan *plan, size_t item)
{
    return (int64_t)(plan->text ? plan->first + item * plan->stride : item);
}

void items_make(int32_t *tokens, int32_t *targets, int32_t *marks, const struct item_plan *plan,
                const struct evaluation_request *request, size_t item)
{
    size_t n = request->length;
    struct key key;

    if (plan->text) {
        request->dataset->window(request->dataset_state, split_of(request->options), (size_t)items_key(plan, item), n,
                                 tokens, targets);
        for (size_t i = 0; i + plan->scored < n; i++)
            targets[i] = UNSCORED;
        if (marks)
            memset(marks, 0, n * sizeof *marks);
        return;
    }
    /* A task has no blocks: other keys give other examples. */
    key = key_named(request->options->seed, request->options->validation ? "validation" : "evaluation");
    request->dataset->example(request->dataset_state, key_with(key_with(key, n), item), split_of(request->options), n,
                              tokens, targets, marks);
}
