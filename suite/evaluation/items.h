/* items.h -- which windows or examples a protocol takes, and what each scored; private to evaluation/. */
#ifndef LEXBENCH_ITEMS_H
#define LEXBENCH_ITEMS_H

#include "batches/chunk.h"
#include "evaluation/evaluation.h"
#include "kernels/attention_statistics.h"

struct item_piece { /* the windows in one document; all of a text when it has no documents */
    size_t begin;   /* of the document */
    size_t item;    /* the first window's number */
    struct windows windows;
};
struct item_plan {
    size_t count;
    bool text;
    size_t pieces; /* text */
    struct item_piece *piece;
    size_t examples;   /* tasks: for each depth */
    struct key places; /* text: of places that are drawn */
};
/* count 0: no document has room for the longest n that is asked.  STATUS_FAILED: no memory. */
enum status items_plan(struct item_plan *plan, const struct dataset *dataset, const void *dataset_state,
                       const struct evaluation_options *options, const struct protocol *protocol,
                       size_t trained_length, size_t length, struct message *message);
void items_release(struct item_plan *plan);

/* Fills room for n tokens; what is not scored is UNSCORED.  false: there is no such example, it is left out. */
bool items_make(struct example *out, const struct item_plan *plan, const struct evaluation_request *request,
                size_t item);
/* Is every target of every item among its last `seen` places?  room: for n tokens. */
bool items_are_seen(const struct item_plan *plan, const struct evaluation_request *request, size_t seen,
                    struct example *room);
/* floor(n): the optimal predictor's loss at the scored places of the item that was made; false = not known. */
bool items_floor(double *floor, const int32_t *tokens, const int32_t *targets, const struct item_plan *plan,
                 const struct evaluation_request *request, size_t item);

/* The first token of the window; the index of the example. */
int64_t items_key(const struct item_plan *plan, size_t item);

/* ---- scores.c ---- */

struct item_score {
    bool left_out;
    bool exact, exact_forced; /* every scored target is right; but for the end token */
    double nll, floor;
    size_t scored, hits;
    unsigned char digest[SHA256_SIZE]; /* of the places and targets scored */
    struct attention_statistics attention;
};
struct bin_score {
    double nll, floor;
    size_t scored;
};

/* An item from its losses; floor: (n) or NULL; bin: (POSITION_BINS), or NULL = not asked. */
void score_item(struct item_score *score, struct bin_score *bin, const struct evaluation_request *request,
                const int32_t *targets, const double *nll, const unsigned char *hit, const double *floor,
                int64_t key);

struct scored { /* all items */
    const struct evaluation_request *request;
    const struct item_plan *plan;
    const struct item_score *item; /* (plan->count) */
    const struct bin_score *bin;   /* (plan->count, POSITION_BINS), or NULL */
    bool floor;                    /* is known */
};
/* Summed in item order; what was left out counts as nothing. */
enum status scores_sum(struct evaluation *out, const struct scored *scored, struct message *message);

#endif
