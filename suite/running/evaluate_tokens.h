/* evaluate_tokens.h -- gathers the losses per token of an evaluation, cell by cell. */
#ifndef LEXBENCH_EVALUATE_TOKENS_H
#define LEXBENCH_EVALUATE_TOKENS_H

#include "evaluation/evaluation.h"
#include "experiment/plan.h"
#include "results/store/cell.h"
#include "results/store/tokens.h"
#include "support/status.h"

struct token_collector {
    struct token_losses losses;
    size_t variant;     /* whose cells come now: index into the plan's variants */
    enum status status; /* of the first failure, with its sentence */
    struct message message;
};

/* token_losses_release(&collector->losses) in any case. */
enum status token_collector_begin(struct token_collector *collector, const struct plan *plan,
                                  struct message *message);
/* For scoring_request.observe. */
void token_collector_add(void *collector, const struct cell *cell, const struct evaluation *evaluation);

#endif
