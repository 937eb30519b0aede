/* workspace.h -- the buffers for passes through a model, and the passes.
 *
 * The unit of work is a chunk: a few sequences on one thread.  Their tokens stand one after the other, and
 * dense layers take them together; the mixer takes each sequence by itself, so nothing is padded.  Where
 * there are fewer chunks than threads, as with one very long sequence, several workers may share an
 * evaluation pass: each takes blocks of tokens and parts of what the mixer does, which are the same whoever
 * takes them, so the bits are the same too. */
#ifndef LEXBENCH_WORKSPACE_H
#define LEXBENCH_WORKSPACE_H

#include "batches/chunk.h"
#include "kernels/attention_statistics.h"
#include "model/encoding.h"
#include "model/model.h"
#include "support/buffers.h"
#include "support/profile.h"

enum {
    MODEL_ROWS = 256,             /* tokens that pass through the dense layers at once */
    MODEL_CHUNK = 32768,          /* a chunk holds about this many numbers of width * tokens */
    MODEL_ENCODINGS_LENGTH = 4096 /* up to this n every layer keeps its encoding */
};

/* Activations of one layer.  In training every layer has its own; in evaluation they share. */
struct layer_activations {
    real *in, *middle;                    /* (rows, width) the stream before the layer, after the mixer */
    real *mixer_norm, *projected, *mixed; /* (rows, width | projected | width) around the mixer */
    real *feed_forward_norm;              /* (rows, width) */
    real *hidden, *active;                /* (rows, hidden); in evaluation each worker's scratch */
    real *mixer_mean, *mixer_inverse;     /* (rows) */
    real *feed_forward_mean, *feed_forward_inverse; /* (rows) */
    /* mixed of the scored rows, moved together.  It lies in feed_forward_norm, whose blocks each take the
     * place of the one that they were made of. */
    real *scored_mixed;
};

/* What a worker needs between two products. */
struct scratch {
    real *logits;            /* (MODEL_ROWS, vocabulary rounded up) */
    real *branch;            /* (MODEL_ROWS, width) */
    real *hidden, *active;   /* (MODEL_ROWS, hidden): in evaluation */
    struct profile *profile; /* of the worker; NULL = not wanted */
};

/* Rows of a chunk that the last layer calculates, ascending; all that have a target. */
struct scored_rows {
    size_t *row, count; /* (rows), of which the first count are set */
    bool *wanted;       /* (rows) whether it is listed */
};

struct workspace {
    const struct model *model;
    bool training;
    struct buffers buffers;          /* a row for every pointer to numbers below, in layers and in scratch */
    size_t rows, longest, sequences; /* what the buffers hold */
    struct layer_activations *layer; /* (layers) */
    real *out, *out_norm, *out_mean, *out_inverse; /* after the last layer */
    size_t workers;                                /* that share a pass; 1 in training */
    struct scratch *scratch;                       /* (workers) */
    real *dhidden;                                 /* (MODEL_ROWS, hidden): training */
    real *dx, *dnorm, *dmixed, *dprojected;        /* (rows, ...): training */
    struct scored_rows scored;
    struct encoding **encoding; /* (layers), or one for all */
    size_t encodings;
    void *room;                              /* of the mixer */
    struct attention_statistics *statistics; /* (sequences); NULL = not kept */
    real *statistics_row;
};

/* How many sequences of n tokens make a chunk, of at most `most`: by width and n alone. */
size_t workspace_chunk(const struct model *model, size_t n, size_t most);

/* Buffers for chunks of up to `sequences` sequences of up to `longest` tokens, for `workers` workers (1 in
 * training). */
enum status workspace_create(struct workspace **out, const struct model *model, size_t sequences,
                             size_t longest, bool training, size_t workers, struct message *message);
void workspace_release(struct workspace *workspace);
/* What such a workspace takes, in bytes; SIZE_MAX when there is no memory even to count it. */
size_t workspace_bytes(const struct model *model, size_t sequences, size_t longest, bool training,
                       size_t workers);
/* From now on worker i of the workspace charges its time to profile[i]; NULL = nowhere. */
void workspace_profile(struct workspace *workspace, struct profile *profile);
/* From now on every pass adds to statistics[s] what the attention of sequence s does, in all layers and
 * heads. */
enum status workspace_keep_statistics(struct workspace *workspace, struct message *message);
/* task(context, t, worker) for t = 0..tasks-1 on the workers that share the pass. */
void workspace_share(struct workspace *workspace, size_t tasks, void *context,
                     void (*task)(void *context, size_t task, size_t worker));
/* Before each pass: nothing that an earlier one left is to be read (memory_poison; the encodings stay). */
void workspace_poison(struct workspace *workspace);

/* Forward: nll (rows) in nats, 0 where unscored; hit (rows): the target was the most likely token. */
void model_forward(double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                   const struct chunk *chunk);

/* The matrices that take part in products, each transposed to (out, in) at its own offset of `transposed`
 * (model->weights, the rest of which is not touched): products on the way back run faster with them.  For
 * parameter p of the model alone, so that workers can share the work. */
void model_transpose(real *transposed, const struct model *model, const real *w, size_t p);

/* Forward and backward: dw (model->weights) becomes the gradient of the sum of nll, which is added to it when
 * `accumulate`. */
void model_forward_backward(real *dw, bool accumulate, double *nll, unsigned char *hit,
                            struct workspace *workspace, const real *w, const real *transposed,
                            const struct chunk *chunk);

/* The end of a slot: gradients that the encoders' tables still hold go to dw, and tables that depend on
 * weights are made anew at the next pass. */
void model_flush(real *dw, struct workspace *workspace);

#endif
