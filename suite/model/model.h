/* model.h -- a GPT-like causal decoder with a mixer and the encoders of one variant in it.
 *
 * Pre-norm blocks: x += W_o mixer(W_i norm(x)); x += W_2 gelu(W_1 norm(x)); a last norm; a head
 * (Radford et al. 2019).  Positions enter only through the
 * composition.  A model is read-only after model_create: weights are the caller's, one flat
 * array. */
#ifndef LEXBENCH_MODEL_H
#define LEXBENCH_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/isa.h"
#include "model/mixer.h"
#include "model/options.h"
#include "model/parameters.h"
#include "support/real.h"
#include "support/status.h"

/* Where a layer's weights lie: offsets in elements.  Matrices are (in, out), row-major. */
struct layer_places {
    size_t mixer_gain, mixer_bias;               /* norm before the mixer (width) */
    size_t projection, projection_bias;          /* (width, projected) */
    size_t output, output_bias;                  /* (width, width) */
    size_t own;                                  /* the mixer's own parameters, one after the other */
    size_t feed_forward_gain, feed_forward_bias; /* norm before the feed-forward part (width) */
    size_t expand, expand_bias;                  /* (width, hidden) */
    size_t contract, contract_bias;              /* (hidden, width) */
};

struct model {
    struct model_options options;
    struct shape shape;
    size_t vocabulary;
    struct chosen_mixer mixer;      /* prepared */
    struct composition composition; /* prepared; own copy */
    const struct kernels *kernels;
    size_t parameters, weights; /* weights: elements in all */
    struct model_parameter *parameter;
    struct layer_places *layer; /* (layers) */
    size_t token_embedding;     /* (vocabulary, width) */
    size_t final_gain, final_bias;
    size_t head;              /* (width, vocabulary); unused when tied */
    size_t projected, hidden; /* columns of the product before the mixer; width of the feed-forward part */
};

/* What a model with these options learns to predict. */
const struct objective *model_objective(const struct model_options *options);

/* What encoders and mixers are told of a model with such options, whose heads divide its width. */
struct shape model_shape(const struct model_options *options, size_t trained_length);

/* Writes the options' mixer with all of its own that are stored (option.h).  STATUS_WRONG when it is none. */
enum status model_options_complete(struct model_options *options, struct message *message);

/* The mixer of the options, prepared for this shape.  STATUS_WRONG when it is none or refuses. */
enum status model_mixer(struct chosen_mixer *out, const struct model_options *options,
                        const struct shape *shape, struct message *message);

/* STATUS_WRONG when options do not fit together (heads do not divide width, ...). */
enum status model_create(struct model **out, const struct model_options *options,
                         const struct composition *composition, size_t trained_length, size_t vocabulary,
                         enum isa isa, struct message *message);
void model_release(struct model *model);

/* w(weights): every parameter from its own stream, keyed by (seed, name, element): two models with
 * one seed share every parameter of the same name. */
void model_initialise(const struct model *model, uint64_t seed, real *w);

/* Weights of a model that is evaluated otherwise than it was trained: every parameter of `to` is
 * taken from the one of the same name in `from`.  STATUS_WRONG names what is missing. */
enum status model_adopt(const struct model *to, real *to_weights, const struct model *from,
                        const real *from_weights, struct message *message);

/* The weights a fine-tune begins with: every parameter of `to` is that of the same name in `from`, and where
 * `from` has none, what model_initialise gives.  STATUS_WRONG names one whose shapes differ. */
enum status model_inherit(const struct model *to, real *to_weights, uint64_t seed, const struct model *from,
                          const real *from_weights, struct message *message);

/* Counted floating-point operations of one token at length n, forward and backward or forward alone (a
 * third): 2 N + what the mixer counts, forward, N the weights that take part in a product; with attention 6
 * N + 12 layers width n in all.  Of the form a + b n.  NAN when no model can be made of the options. */
double model_cost(const struct model_options *options, size_t trained_length, size_t vocabulary, size_t n,
                  bool training);
/* The same of a model. */
double model_flop_per_token(const struct model *model, size_t n, bool training);

/* The forward pass in words, for whoever calculates with the weights: names and sentences. */
enum { MODEL_WORDS = 16 };
struct model_words { /* not to be moved */
    size_t count;
    struct mixer_words at[MODEL_WORDS];
    char block[160];
};
void model_describe(struct model_words *out, const struct model *model);

/* What is added to the variance where a row is normalised (kernels->normalise). */
#define MODEL_NORM_EPSILON 1e-5

#endif
