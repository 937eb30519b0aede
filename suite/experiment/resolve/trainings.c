/* trainings.c -- which trainings there are, which variants are evaluated on each, what it costs.
 *
 * Variants whose trained parts are equal share one training, and fine-tunes whose first parts are equal
 * share the training that they begin with: a family, the first training before its fine-tunes. */
#include <string.h>

#include "evaluation/evaluation.h"
#include "experiment/resolve/resolve.h"
#include "model/model.h"
#include "support/memory.h"

static double token_cost(const struct planned_dataset *dataset, size_t n, bool training)
{
    return model_cost(&dataset->model, dataset->training.length, planned_vocabulary(dataset), n, training);
}

/* Lengths are L, or uniform from the minimum to L: the cost of an example is a + b n per token, so
 * the mean over n needs the means of n and of n^2 alone. */
static double training_flop(const struct planned_dataset *dataset, const struct training_options *training)
{
    double last = (double)training->length, mean = last, square = last * last;
    if (dataset->kind->uniform_length) {
        double first = (double)dataset->kind->minimum(dataset->state), count = last - first + 1;
        mean = (first + last) / 2;
        square = (count * count - 1) / 12 + mean * mean;
    }
    double fixed = token_cost(dataset, 0, true), per_length = token_cost(dataset, 1, true) - fixed;
    return (double)training->steps * (double)training->batch * (fixed * mean + per_length * square);
}

enum status planned_protocol_cost(struct protocol_cost *out, const struct planned_dataset *dataset,
                                  const struct protocol *protocol, struct message *message)
{
    const size_t length = dataset->training.length;
    *out = (struct protocol_cost){0};
    for (size_t i = 0; i < dataset->evaluation.lengths.count; i++) {
        size_t n = length_tokens(dataset->evaluation.lengths.at[i], length);
        if (!protocol_asked(protocol, length, n))
            continue;
        size_t items;
        enum status status = evaluation_items(&items, dataset->kind, dataset->state, &dataset->evaluation,
                                              protocol, length, n, message);
        if (status)
            return status;
        out->items += items;
        out->flop += (double)items * (double)n * token_cost(dataset, n, false);
        out->cells++;
        if (items == 0)
            out->empty = n;
    }
    return STATUS_OK;
}

enum status planned_dataset_flop(double *out, const struct planned_dataset *dataset, struct message *message)
{
    size_t cells = 0;
    *out = 0;
    for (size_t p = 0; p < dataset->protocols; p++) {
        struct protocol_cost cost;
        enum status status = planned_protocol_cost(&cost, dataset, &dataset->protocol[p], message);
        if (status)
            return status;
        if (cost.empty > 0)
            return message_set(message, STATUS_WRONG,
                               "dataset `%s` has nothing to score under %s at %zu tokens", dataset->name,
                               dataset->protocol[p].name, cost.empty);
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

/* The variants with this trained part. */
static size_t sharers_of(size_t *out, const struct plan *plan, const char *text)
{
    size_t count = 0;
    for (size_t v = 0; v < plan->variants; v++)
        if (strcmp(plan->variant[v].trained_text, text) == 0)
            out[count++] = v;
    return count;
}

struct family { /* of trainings: one dataset and seed, one first training */
    struct plan *plan;
    const char *instruction_set;
    size_t *sharers; /* (plan->variants) room */
    size_t dataset, seed;
    double flop; /* of one variant's evaluation */
};

/* The training of a variant: the first, or with a parent its fine-tune. */
static enum status add_training(struct family *family, size_t variant, size_t parent, struct message *message)
{
    struct plan *plan = family->plan;
    const struct planned_dataset *dataset = &plan->dataset[family->dataset];
    const struct variant *of = &plan->variant[variant];
    struct planned_training *training = &plan->training[plan->trainings++];
    const size_t count =
        sharers_of(family->sharers, plan, parent == NO_PARENT ? of->first_text : of->trained_text);
    training->dataset = family->dataset;
    training->seed = family->seed;
    training->variant = count > 0 ? family->sharers[0] : variant;
    training->parent = parent;
    training->options =
        parent == NO_PARENT ? dataset->training : finetune_training(&of->finetune, &dataset->training);
    if (parent != NO_PARENT)
        memcpy(training->parent_id, plan->training[parent].id, sizeof training->parent_id);
    training->evaluation = memory_allocate(count, sizeof *training->evaluation, "the evaluations", message);
    training->evaluation_id =
        memory_allocate(count, sizeof *training->evaluation_id, "the evaluations", message);
    if (!training->evaluation || !training->evaluation_id)
        return STATUS_FAILED;
    memcpy(training->evaluation, family->sharers, count * sizeof *family->sharers);
    training->evaluations = count;
    training->training_flop = training_flop(dataset, &training->options);
    training->evaluation_flop = family->flop * (double)count;
    return identity_fill(training, plan, family->instruction_set, message);
}

/* The first variant of a family, or of a fine-tune in it. */
static bool is_first(const struct plan *plan, size_t variant, bool finetune)
{
    const struct variant *of = &plan->variant[variant];
    for (size_t v = 0; v < variant; v++)
        if (finetune ? strcmp(plan->variant[v].trained_text, of->trained_text) == 0
                     : strcmp(plan->variant[v].first_text, of->first_text) == 0)
            return false;
    return true;
}

static enum status add_family(struct family *family, size_t first, struct message *message)
{
    const struct plan *plan = family->plan;
    const size_t parent = plan->trainings;
    enum status status = add_training(family, first, NO_PARENT, message);
    for (size_t v = first; !status && v < plan->variants; v++)
        if (plan->variant[v].finetune.steps > 0 && is_first(plan, v, true) &&
            strcmp(plan->variant[v].first_text, plan->variant[first].first_text) == 0)
            status = add_training(family, v, parent, message);
    return status;
}

/* Can it be built, and trained on sequences of the lengths of its fine-tune? */
static enum status check_variant(const struct variant *variant, const struct planned_dataset *dataset,
                                 struct message *message)
{
    enum status status = variant_fits(variant, &dataset->model, dataset->training.length, message);
    if (status || variant->finetune.steps == 0)
        return status;
    status = planned_dataset_trains(dataset, finetune_training(&variant->finetune, &dataset->training).length,
                                    message);
    if (status)
        message_prefix(message, "fine-tune of variant `%s` on dataset `%s`", variant->name, dataset->name);
    return status;
}

static enum status plan_dataset(struct family *family, struct message *message)
{
    const struct plan *plan = family->plan;
    const struct planned_dataset *dataset = &plan->dataset[family->dataset];
    enum status status = planned_dataset_flop(&family->flop, dataset, message);
    for (size_t v = 0; !status && v < plan->variants; v++) {
        const char *text = plan->variant[v].first_text;
        const bool wanted = !dataset->trained_as || strcmp(dataset->trained_as, text) == 0;
        status = check_variant(&plan->variant[v], dataset, message);
        for (size_t s = 0; !status && s < plan->seeds && wanted && is_first(plan, v, false); s++) {
            family->seed = plan->first_seed + s;
            status = add_family(family, v, message);
        }
    }
    return status;
}

void trainings_release(struct plan *plan)
{
    for (size_t i = 0; i < plan->trainings; i++) {
        memory_release(plan->training[i].evaluation);
        memory_release(plan->training[i].evaluation_id);
        memory_release(plan->training[i].identity);
    }
    memory_release(plan->training);
    plan->training = NULL;
    plan->trainings = 0;
}

enum status trainings_plan(struct plan *plan, const char *instruction_set, struct message *message)
{
    struct family family = {.plan = plan, .instruction_set = instruction_set};
    enum status status = STATUS_OK;
    trainings_release(plan);
    /* Each variant has a first training and a fine-tune at most. */
    plan->training = memory_allocate(2 * plan->datasets * plan->variants * plan->seeds,
                                     sizeof *plan->training, "the trainings", message);
    family.sharers = memory_allocate(plan->variants, sizeof *family.sharers, "the trainings", message);
    if (!plan->training || !family.sharers)
        status = STATUS_FAILED;
    for (; !status && family.dataset < plan->datasets; family.dataset++)
        status = plan_dataset(&family, message);
    memory_release(family.sharers);
    return status;
}
