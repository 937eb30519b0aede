/* workspace.h -- the buffers for passes through a model, and the passes.
 *
 * The unit of work is a chunk: a few sequences padded to one length on one thread.  Pads are neither
 * attended nor scored and shift nobody's position.  Where there are fewer chunks than threads, as with one
 * very long sequence, several workers may share an evaluation pass: each takes blocks of tokens and parts
 * of the attention, which are the same whoever takes them, so the bits are the same too. */
#ifndef LEXBENCH_WORKSPACE_H
#define LEXBENCH_WORKSPACE_H

#include "kernels/attention_statistics.h"
#include "model/encoding.h"
#include "model/model.h"

enum {
    MODEL_ROWS = 256,           /* tokens that pass through the dense layers at once */
    MODEL_CHUNK = 16384,        /* a chunk holds about this many numbers of width * tokens */
    MODEL_ENCODINGS_LENGTH = 4096       /* up to this n every layer keeps its encoding */
};

struct chunk {
    size_t sequences, padded;           /* rows = sequences * padded */
    const size_t *count;                /* (sequences) tokens of each, <= padded */
    const int32_t *tokens, *targets;    /* (sequences, padded); pads: token 0, target UNSCORED (-1) */
    const struct key *dropout;          /* (sequences) one stream each; NULL = no dropout */
};

/* Activations of one layer.  In training every layer has its own; in evaluation they share. */
struct layer_activations {
    real *in;                           /* (rows, width) residual stream before the layer */
    real *attention_norm, *query_key_value, *attention, *middle, *feed_forward_norm;   /* middle: after attention */
    real *hidden, *active;              /* (rows, hidden); in evaluation each worker's scratch */
    real *attention_mean, *attention_inverse, *feed_forward_mean, *feed_forward_inverse;        /* (rows) */
    real *log_sum;                      /* (sequences, heads, padded) */
};

/* What a worker needs between two products. */
struct scratch {
    real *logits;                       /* (MODEL_ROWS, vocabulary rounded up) */
    real *branch;                       /* (MODEL_ROWS, width) */
    real *hidden, *active;              /* (MODEL_ROWS, hidden): in evaluation */
    real *bias_row;                     /* (heads, keys of a tile; of a strip: n) */
    struct attention_workspace *attention;
    void *strip;                        /* of strip hooks */
};

struct workspace {
    const struct model *model;
    bool training;
    size_t rows, longest, sequences;    /* what the buffers hold */
    struct layer_activations *layer;    /* (layers) */
    real *out, *out_norm, *out_mean, *out_inverse;      /* after the last layer */
    size_t workers;                     /* that share a pass; 1 in training */
    struct scratch *scratch;            /* (workers) */
    real *dhidden;                      /* (MODEL_ROWS, hidden): training */
    real *dx, *dnorm, *dattention, *dquery_key_value;   /* (rows, ...): training */
    struct encoding **encoding;         /* (layers), or one for all */
    size_t encodings;
    real *query[PLANES_MAX], *key[PLANES_MAX], *value;  /* (heads, n, head_width) */
    real *dquery[PLANES_MAX], *dkey[PLANES_MAX], *dvalue;
    real *raw_query, *raw_key, *draw_query, *draw_key;  /* before rotation: strips, learned scales */
    double *token, *dtoken, *token_part;                /* (heads, n) */
    struct attention_statistics *statistics;            /* (sequences); NULL = not kept */
    real *statistics_row;
};

/* How many sequences of n tokens make a chunk, of at most `most`: by width and n alone. */
size_t workspace_chunk(const struct model *model, size_t n, size_t most);

/* Buffers for chunks of up to `sequences` sequences of up to `longest` tokens, for `workers` workers (1 in
 * training). */
enum status workspace_create(struct workspace **out, const struct model *model, size_t sequences, size_t longest,
                             bool training, size_t workers, struct message *message);
void workspace_release(struct workspace *workspace);
/* From now on every pass adds to statistics[s] what the attention of sequence s does, in all layers and heads. */
enum status workspace_keep_statistics(struct workspace *workspace, struct message *message);
/* Before each pass: nothing that an earlier one left is to be read (memory_poison; the encodings stay). */
void workspace_poison(struct workspace *workspace);

/* Forward: nll (rows) in nats, 0 where unscored; hit (rows): the target was the most likely token. */
void model_forward(double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                   const struct chunk *chunk);

/* Forward and backward: adds the gradient of the sum of nll to dw (model->weights). */
void model_forward_backward(real *dw, double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                            const struct chunk *chunk);

/* The end of a slot: gradients that the encoders' tables still hold go to dw, and tables that depend on
 * weights are made anew at the next pass. */
void model_flush(real *dw, struct workspace *workspace);

#endif
