/* evaluation.h -- scores a trained model under one protocol at one length. */
#ifndef LEXBENCH_EVALUATION_H
#define LEXBENCH_EVALUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datasets/dataset.h"
#include "evaluation/options.h"
#include "evaluation/protocol.h"
#include "model/model.h"
#include "support/position_bin.h"
#include "support/profile.h"
#include "support/sha256.h"

struct evaluation_request {
    const struct model *model; /* with the composition as evaluated */
    const real *weights;
    const struct dataset *dataset;
    const void *dataset_state;
    const struct evaluation_options *options;
    const struct protocol *protocol;
    size_t length; /* n, tokens */
    size_t threads;
    struct profile *profile; /* (threads) zeroed, for where the time goes; NULL = not wanted */
    bool per_token;          /* the loss of every token is wanted */
};

struct evaluation {
    double nll;                /* nat per scored token */
    double accuracy;           /* share of scored tokens whose target was the most likely */
    double exact_match;        /* share of examples with every target right; NAN: not of this protocol */
    double exact_match_forced; /* without the token that ends an answer; NAN: there is none */
    double floor;              /* nat per scored token of the optimal predictor; NAN: not known */
    double attention_entropy, attention_distance, attention_first; /* nat; tokens; share; NAN: not asked */
    int64_t left_out;                      /* examples of another split than that which is scored (split.h) */
    double *position_nll, *position_floor; /* (POSITION_BINS) nat, NAN in empty bins; or NULL */
    double *retrieval;                     /* (protocol->depths) exact match, or NULL */
    int64_t scored_tokens;
    char scored_sha256[SHA256_HEX_SIZE]; /* of the places and targets scored */
    size_t items;
    float *score;      /* (items) mean nll */
    int64_t *item_key; /* (items) */
    /* Per token, NULL unless asked for: */
    int32_t *token, *target; /* (items, length) target: UNSCORED where none was asked */
    double *loss;            /* (items, length) nat; NAN where unscored */
    double seconds;
};

/* STATUS_OK; STATUS_WRONG when the variant refuses this length (the message is a clause with the
 * reason: a refused cell, not an error); STATUS_FAILED otherwise. */
enum status evaluation_run(struct evaluation *out, const struct evaluation_request *request,
                           struct message *message);
void evaluation_release(struct evaluation *evaluation);

/* How many windows or examples a protocol takes at length n; 0: there is nothing to score.  STATUS_FAILED
 * (and 0) without memory. */
enum status evaluation_items(size_t *out, const struct dataset *dataset, const void *dataset_state,
                             const struct evaluation_options *options, const struct protocol *protocol,
                             size_t trained_length, size_t length, struct message *message);

#endif
