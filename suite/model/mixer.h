/* mixer.h -- the contract of a mixer: what mixes the tokens of a sequence within a layer.
 *
 * A layer is  x += output(mixer(projection(norm(x)))),  x += contract(gelu(expand(norm(x)))).  It owns the norm, the
 * two products around the mixer, dropout and the feed-forward part; the mixer makes (n, width) of (n,
 * projected).
 *
 * A mixer is one file in model/mixers/ that ends in one exported  const struct mixer mixer_<name>  (a hyphen in the
 * name is an underscore in the symbol); everything else in the file is static.  The build finds the file;
 * nothing else is edited.  [model] mixer = name(option=value, ...) chooses it.
 *
 * After prepare() a state is read-only.  forward and backward run on any thread, one at a time in a
 * workspace; they allocate nothing, and their bits are the same for any number of workers.  Gradients add
 * unless it is said that they are written. */
#ifndef LEXBENCH_MIXER_H
#define LEXBENCH_MIXER_H

#include <stddef.h>

#include "model/composition.h"

struct workspace;
struct encoding;

/* One sequence in one layer. */
struct mixing {
    struct workspace
        *workspace;            /* model/workspace.h: workspace->model has shape, kernels and the mixer's state
                                    (mixer.state), and its workers may share the work */
    struct encoding *encoding; /* what encoders ask for at this layer and length */
    size_t layer, sequence;    /* sequence: of the chunk */
    size_t row, n;             /* of the chunk's rows, the first of the sequence; its tokens */
    const real *w;             /* the mixer's own parameters of this layer, in the order of parameters() */
    const real *norm;          /* (n, width) the layer's normalised input, for HOOK_TOKEN alone */
    const real *projected;     /* (n, projected) */
    const bool *wanted;        /* (n) rows of out that somebody reads; NULL = all.  dout of others is 0 */
    real *out;                 /* (n, width) written by forward, there when backward is called */

    /* NULL in evaluation */
    real *dw;         /* as w */
    real *model_dw;   /* of all weights of the model, for the hooks of encoders */
    const real *dout; /* backward: (n, width) */
    real *dprojected; /* backward: (n, projected), written */
    real *dnorm;      /* backward: (n, width) */
};

/* What a mixer does, for a file of weights: a name and a sentence. */
struct mixer_words {
    const char *name, *text;
};

struct mixer {
    const char *name, *summary, *citation;
    unsigned version;    /* from 2 on it enters the training id */
    unsigned attentions; /* a set of enum attention_kind: which tokens may see which */
    unsigned hooks;      /* of encoders that it honours: a set of bits of model/places.h, HOOK_ADD included,
                                     which is done before the first layer and asks nothing of a mixer */
    size_t state_size;   /* at most MIXER_STATE_MAX; no interior pointers */
    const struct option *options; /* offsets into the state */

    /* Checks options against the shape, derives what hooks need.  NULL = nothing to do. */
    enum status (*prepare)(void *state, const struct shape *, struct message *message);

    /* The product before it: how many columns it has, and what they are, which is in the names of its weights
     * ("query_key_value"). */
    size_t (*projected)(const void *state, const struct shape *);
    const char *projection;

    /* Parameters of its own in every layer: as those of an encoder.  NULL = none. */
    size_t (*parameters)(const void *state, const struct shape *, struct parameter *out);
    void (*initialise)(const void *state, const struct shape *, size_t parameter, struct key, real *w);

    /* Counted operations of one token in one layer at length n, forward, beside the two products: exactly a
     * + b n, because plans average over lengths.  What is the same at every n (a window of k tokens) is
     * counted in a. */
    double (*flop)(const void *state, const struct shape *, size_t n);

    /* What it keeps in a workspace (workspace->room): open() makes it and adds its buffers to
     * workspace->buffers, which allocates, counts, poisons and releases them; create() makes what is no
     * plain buffer, once they are there, and created() says in bytes how much, or SIZE_MAX.  close() takes a
     * room that is only half made, too.  All NULL = nothing. */
    enum status (*open)(void **room, struct workspace *workspace, struct message *message);
    enum status (*create)(void *room, struct message *message);
    size_t (*created)(const void *room);
    void (*close)(void *room);

    void (*forward)(const struct mixing *mixing);
    void (*backward)(const struct mixing *mixing);

    const struct mixer_words *words; /* ends with name = NULL */
};

enum { MIXER_STATE_MAX = 1024 };

/* A mixer with its options. */
struct chosen_mixer {
    const struct mixer *kind;
    _Alignas(max_align_t) unsigned char state[MIXER_STATE_MAX];
};

extern const struct mixer *const mixer_list[]; /* alphabetical, ends with NULL */

/* Reads  name [ "(" option = value, ... ")" ].  STATUS_WRONG names what is wrong and what would be right. */
enum status mixer_read(struct chosen_mixer *out, const char *spec, struct message *message);
/* The same back, with the options that are stored (option.h). */
void mixer_print(struct text *out, const struct chosen_mixer *mixer);

/* Does it honour what these encoders do, and the attention of the shape?  STATUS_WRONG names it and the
 * encoder. */
enum status mixer_honours(const struct mixer *mixer, const struct composition *composition,
                          const struct shape *shape, struct message *message);

#endif
