/* trainings.c -- which trainings there are, which variants are evaluated on each, what it costs.
 *
 * Variants whose trained parts are equal share one training.  Cost in floating-point operations: a
 * token at length T counts 6N + 12 layers width T forward and backward, and a third of it forward
 * alone, with N = layers (4 width^2 + 2 feed_forward width^2) + vocabulary width. */
#include <string.h>

#include "evaluation/evaluation.h"
#include "experiment/resolve.h"
#include "support/memory.h"

static double token_flop(const struct planned_dataset *dataset, double length)
{
    const struct model_options *model = &dataset->model;
    double width = (double)model->width, layers = (double)model->layers;
    double products = layers * (4 + 2 * (double)model->feed_forward) * width * width +
                      (double)dataset->kind->vocabulary(dataset->state) * width;
    return 6 * products + 12 * layers * width * length;
}

/* Lengths are L, or uniform from the minimum to L: the cost of an example is a + b n per token, so
 * the mean over n needs the means of n and of n^2 alone. */
static double training_flop(const struct planned_dataset *dataset)
{
    const struct training_options *training = &dataset->training;
    double last = (double)training->length, mean = last, square = last * last;
    if (dataset->kind->uniform_length) {
        double first = (double)dataset->kind->minimum(dataset->state), count = last - first + 1;
        mean = (first + last) / 2;
        square = (count * count - 1) / 12 + mean * mean;
    }
    double fixed = token_flop(dataset, 0), per_length = token_flop(dataset, 1) - fixed;
    return (double)training->steps * (double)training->batch * (fixed * mean + per_length * square);
}

void planned_protocol_cost(struct protocol_cost *out, const struct planned_dataset *dataset,
                           const struct protocol *protocol)
{
    const size_t length = dataset->training.length;
    *out = (struct protocol_cost){0};
    for (size_t i = 0; i < dataset->evaluation.lengths.count; i++) {
        size_t n = length_tokens(dataset->evaluation.lengths.at[i], length);
        if (!protocol_asked(protocol, length, n))
            continue;
        size_t items =
            evaluation_items(dataset->kind, dataset->state, &dataset->evaluation, protocol, length, n);
        out->items += items;
        out->flop += (double)items * (double)n * token_flop(dataset, (double)n) / 3;
        out->cells++;
        if (items == 0)
            out->empty = n;
    }
}

enum status planned_dataset_flop(double *out, const struct planned_dataset *dataset, struct message *message)
{
    size_t cells = 0;
    *out = 0;
    for (size_t p = 0; p < dataset->protocols; p++) {
        struct protocol_cost cost;
        planned_protocol_cost(&cost, dataset, &dataset->protocol[p]);
        if (cost.empty > 0)
            return message_set(message, STATUS_WRONG, "dataset `%s` has nothing to score under %s at %zu tokens",
                               dataset->name, dataset->protocol[p].name, cost.empty);
        *out += cost.flop;
        cells += cost.cells;
    }
    if (cells > 0)
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "nothing is evaluated on dataset `%s`: fixed-targets needs lengths of at least "
                       "the training length, %zu, and sliding of at least its stride",
                       dataset->name, dataset->training.length);
}

/* The variants that share the trained part of this one, which comes first; 0 = another comes before. */
static size_t sharers_of(size_t *out, const struct plan *plan, size_t variant)
{
    const char *text = plan->variant[variant].trained_text;
    size_t count = 0;
    for (size_t v = 0; v < plan->variants; v++) {
        if (strcmp(plan->variant[v].trained_text, text) != 0)
            continue;
        if (v < variant)
            return 0;
        out[count++] = v;
    }
    return count;
}

static enum status plan_training(struct planned_training *training, const struct plan *plan,
                                 const size_t *sharers, size_t count, const char *instruction_set,
                                 struct message *message)
{
    training->evaluation = memory_allocate(count, sizeof *training->evaluation, "the evaluations", message);
    training->evaluation_id =
        memory_allocate(count, sizeof *training->evaluation_id, "the evaluations", message);
    if (!training->evaluation || !training->evaluation_id)
        return STATUS_FAILED;
    memcpy(training->evaluation, sharers, count * sizeof *sharers);
    training->evaluations = count;
    return identity_fill(training, plan, instruction_set, message);
}

/* sharers(plan->variants) is room. */
static enum status plan_dataset(struct plan *plan, size_t dataset, size_t *sharers,
                                const char *instruction_set, struct message *message)
{
    const struct planned_dataset *planned = &plan->dataset[dataset];
    double flop;
    enum status status = planned_dataset_flop(&flop, planned, message);
    for (size_t v = 0; !status && v < plan->variants; v++) {
        const bool wanted =
            !planned->trained_as || strcmp(planned->trained_as, plan->variant[v].trained_text) == 0;
        const size_t count = wanted ? sharers_of(sharers, plan, v) : 0;
        status = variant_fits(&plan->variant[v], &planned->model, planned->training.length, message);
        for (size_t s = 0; !status && s < plan->seeds && count > 0; s++) {
            struct planned_training *training = &plan->training[plan->trainings++];
            training->dataset = dataset;
            training->variant = v;
            training->seed = plan->first_seed + s;
            status = plan_training(training, plan, sharers, count, instruction_set, message);
            training->training_flop = training_flop(planned);
            training->evaluation_flop = flop * (double)count;
        }
    }
    return status;
}

enum status trainings_plan(struct plan *plan, const char *instruction_set, struct message *message)
{
    enum status status = STATUS_OK;
    plan->training = memory_allocate(plan->datasets * plan->variants * plan->seeds, sizeof *plan->training,
                                     "the trainings", message);
    size_t *sharers = memory_allocate(plan->variants, sizeof *sharers, "the trainings", message);
    if (!plan->training || !sharers)
        status = STATUS_FAILED;
    for (size_t d = 0; !status && d < plan->datasets; d++)
        status = plan_dataset(plan, d, sharers, instruction_set, message);
    memory_release(sharers);
    return status;
}
