/* encoder.h -- the contract of a positional encoder.  Read this first; then any file beside it.
 *
 * An encoder is one file that ends in one exported  const struct encoder encoder_<name>  (a
 * hyphen in the name is an underscore in the symbol); everything else in the file is static.
 * The build finds the file; nothing else is edited.
 *
 * Every member is one of these; what is not written in a struct is 0 or NULL:
 *   REQUIRED      the program does not start without it
 *   OPTIONAL      may be left out; what then happens stands behind the word, and is done in model/hooks.c or
 *                 model/composition.c
 * A forward hook (add, angle, ...) is OPTIONAL: the encoder does not act there.  Its _backward is REQUIRED
 * with it where the encoder has parameters, and for token and strip always: x, q and k pass through them.
 *
 * After prepare() a state is read-only: every hook is a pure function, called on any thread, at
 * several lengths at once.  Hooks allocate nothing.  Gradients add.
 * real = float (double when gradients are checked).  w points to the first parameter of this
 * encoder: its parameters lie one after the other in the order of parameters().
 *
 * A variant may name several encoders ("rope + window"): additions, biases and token terms sum;
 * scales multiply; segments intersect; strips run in the order written; angle, planes and decay
 * have one owner at most. */
#ifndef LEXBENCH_ENCODER_H
#define LEXBENCH_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/option.h"
#include "support/real.h"
#include "support/rng.h"
#include "support/status.h"

/* Bits, of which an encoder names a set.  CROSS: keys of another sequence, so that no distance between a
 * query and a key has a meaning. */
enum attention_kind { CAUSAL = 1, BIDIRECTIONAL = 2, CROSS = 4 };
enum { AXES_ANY = 255 }; /* of an encoder that reads no positions: those of any number of axes */
enum side { QUERY, KEY };
enum { SEGMENTS_MAX = 8, PLANES_MAX = 4 };

struct shape {                                     /* constant in a training */
    size_t layers, heads, head_width, width, axes; /* axes: 1 text, 2 images */
    size_t trained_length;                         /* L of the first training; a fine-tune keeps it */
    enum attention_kind attention;
};
struct site { /* where and when a hook is called */
    const struct shape *shape;
    size_t layer;
    size_t length; /* n of this pass */
    bool training;
};
struct positions {    /* of one sequence, for this layer */
    const double *at; /* (count, axes) */
    size_t count;
    bool regular; /* one axis, at[i] = at[0] + i * step */
    double step;
};
struct segment { /* keys first..end-1, seen through a plane */
    size_t first, end;
    unsigned plane;
};
struct strip {                           /* queries first..first+rows-1 against all keys, of all heads */
    const struct positions *query, *key; /* of the sequence (n) */
    size_t first, rows;
    const real *q, *k;          /* (heads, n, head_width) before rotation and scaling */
    const real *content, *bias; /* (heads, rows, keys); content was divided by sqrt(head_width) */
    real *logits;               /* (heads, rows, keys) written by the way forward */
    const real *dlogits;        /* (heads, rows, keys) the way back: given */
    real *dq, *dk;              /* (heads, n, head_width) the way back adds to them */
    real *dcontent, *dbias;     /* (heads, rows, keys) the way back writes them */
    const void *table;          /* what strip_begin() wrote */
    void *scratch;              /* as many bytes as strip_scratch() says; nothing in it is to be trusted */
};
struct parameter { /* one named array of weights */
    char name[48]; /* "bias", "layer1.gate": unique within the encoder */
    size_t rank, extent[3];
    bool decayed; /* weight decay applies (matrices: yes; gains, biases, tables: no) */
};

enum {
    ENCODER_RELATIVE = 1,       /* logits depend on positions only through differences */
    ENCODER_EVALUATION_ONLY = 2 /* never part of what is trained */
};

struct encoder {
    const char *name, *summary, *citation; /* REQUIRED */
    unsigned version;                      /* REQUIRED: from 1; enters the training id */
    unsigned attentions;          /* REQUIRED: a set of enum attention_kind: what formula and hooks can do */
    unsigned axes;                /* OPTIONAL, 1: of the positions that it reads */
    unsigned flags;               /* OPTIONAL, none */
    size_t state_size;            /* OPTIONAL, 0: no interior pointers, copied by memcpy */
    const struct option *options; /* OPTIONAL, none: offsets into the state */

    /* OPTIONAL, nothing to do.  Checks options against the shape, derives what hooks need. */
    enum status (*prepare)(void *state, const struct shape *shape, struct message *message);

    /* OPTIONAL, never.  NULL = will do it; else why not, a clause like "its table has 64 rows".  positions are
     * those that the pass will use, after the position map. */
    const char *(*refuses)(const void *state, const struct site *, const struct positions *);

    /* OPTIONAL, none.  The parameters: how many, and (out not NULL) which. */
    size_t (*parameters)(const void *state, const struct shape *, struct parameter *out);
    /* REQUIRED with parameters.  w: that parameter. */
    void (*initialise)(const void *state, const struct shape *, size_t parameter, struct key, real *w);

    /* 1  x(count, width) += P(position).  Called once, before the first layer (layer = 0). */
    void (*add)(const void *state, const real *w, const struct site *, const struct positions *, real *x);
    void (*add_backward)(const void *state, const real *w, const struct site *, const struct positions *,
                         const real *dx, real *dw);

    /* 2  rotation: the angle of each pair at each position, in double; the engine rotates.
     *    pairs are (2t, 2t+1), or (t, t+r/2) of the r rotated dimensions; angle 0 = not rotated.
     *    rotated: OPTIONAL, 0: pairs are (2t, 2t+1); r, even, when they are (t, t+r/2).
     *    magnitude: OPTIONAL, 1: multiplies cos and sin.
     *    decay: OPTIONAL, none: exp(-rate (p_i - p_j)).  All three go with angle. */
    void (*angle)(const void *state, const real *w, const struct site *, const struct positions *,
                  double *angle /* (count, head_width/2) */);
    void (*angle_backward)(const void *state, const real *w, const struct site *, const struct positions *,
                           const double *dangle, real *dw);
    size_t (*rotated)(const void *state, const struct shape *);
    double (*magnitude)(const void *state, const struct site *);
    void (*decay)(const void *state, const struct shape *, double *rate /* (head_width/2) */);

    /* 3  which keys a query sees, and with which pair of positions.  Disjoint, ascending;
     *    keys in no segment are masked.  OPTIONAL, all that attention allows, in plane 0.  query
     *    and keys are indices into the sequence, not positions. */
    size_t (*segments)(const void *state, const struct site *, size_t query, size_t keys,
                       struct segment out[SEGMENTS_MAX]);
    /* OPTIONAL, 1: a plane whose positions are the sequence's own.  plane: REQUIRED with two or more. */
    unsigned planes;
    void (*plane)(const void *state, const struct site *, unsigned plane, enum side,
                  const struct positions *in, double *out /* (count, axes) */);

    /* 4  q_i *= s_i per head, on the content term, before any bias.  Writes s(count). */
    void (*scale)(const void *state, const real *w, const struct site *, size_t head,
                  const struct positions *query, real *s);
    void (*scale_backward)(const void *state, const real *w, const struct site *, size_t head,
                           const struct positions *query, const real *ds, real *dw);

    /* 5  b(heads, count) = bias of one query position against count key positions (written, not
     *    added); it is added after the content term was divided by sqrt(head_width).
     *    RELATIVE: called on distinct distances only and tabulated by the engine when
     *    positions are regular or integers; dbias is summed per distance in fixed order */
    void (*bias)(const void *state, const real *w, const struct site *, const double *query,
                 const double *key, size_t count, real *b);
    void (*bias_backward)(const void *state, const real *w, const struct site *, const double *query,
                          const double *key, size_t count, const real *db, real *dw);

    /* 6  terms from the layer's input: logit_ij += c_i - c_j.  c is a running sum, in double;
     *    the engine forms differences per tile.  x: the normalised input of the attention.
     *    Writes c; adds to dx. */
    void (*token)(const void *state, const real *w, const struct site *, const real *x /* (n, width) */,
                  double *c /* (heads, n) */);
    void (*token_backward)(const void *state, const real *w, const struct site *, const real *x,
                           const double *dc, real *dx, real *dw);

    /* 7  the escape hatch: logits of a strip of query rows.  Keys that attention does not allow are masked
     *    afterwards, but a causal strip must not read them.  strip_scratch: OPTIONAL, 0.
     *    strip_begin: OPTIONAL, none: writes, once for all strips over these positions, a table of
     *    strip_table() bytes, which is REQUIRED with it. */
    size_t (*strip_scratch)(const void *state, const struct site *, size_t rows, size_t keys); /* bytes */
    size_t (*strip_table)(const void *state, const struct site *, size_t keys);                /* bytes */
    void (*strip_begin)(const void *state, const struct site *, const struct positions *query,
                        const struct positions *key, void *table);
    void (*strip)(const void *state, const real *w, const struct site *, const struct strip *);
    void (*strip_backward)(const void *state, const real *w, const struct site *, const struct strip *,
                           real *dw);
};

/* What the positions of a map depend on besides n; each is a bit of needs(). */
enum {
    MAP_DRAWS = 1,           /* the key: one draw for all sequences of a step, or of one evaluation at n */
    MAP_DRAWS_SEQUENCES = 2, /* ... instead, each sequence has a draw of its own */
    MAP_DRAWS_LAYERS = 4,    /* ... and each layer; without it layers share the draw */
    MAP_MARKS = 8            /* the marks of the sequence */
};

/* Which position each token is given before the encoder sees it; composes with every encoder. */
struct position_map {
    const char *name, *summary, *citation; /* REQUIRED */
    unsigned version;                      /* REQUIRED: from 1; enters the training id */
    unsigned axes;                         /* OPTIONAL, 1: of the positions that it gives */
    bool regular;                          /* OPTIONAL, false: equally spaced at any n, whatever is drawn */
    size_t state_size;                     /* OPTIONAL, 0 */
    const struct option *options;          /* OPTIONAL, none */

    /* OPTIONAL, never. */
    const char *(*refuses)(const void *state, const struct site *);
    /* OPTIONAL, all.  How many of the last tokens the pass is given, at most n.  A map that has it acts at
     * evaluation only, and its other hooks are asked about the pass of those tokens. */
    size_t (*seen)(const void *state, const struct site *);
    /* OPTIONAL, 0: positions depend on n alone. */
    unsigned (*needs)(const void *state, const struct site *);
    /* OPTIONAL, what map() gives is all there is.  The least and the greatest position that any draw can
     * give. */
    void (*range)(const void *state, const struct site *, double out[2]);
    /* REQUIRED.  The key is zero unless needs() asks for draws; mark is NULL unless it asks for marks. */
    void (*map)(const void *state, const struct site *, struct key,
                const int32_t *mark /* (count) significance from the dataset, or NULL */, size_t count,
                double *at /* (count, axes) */);
};

/* All position maps (encoders/positions*.c); ends with NULL. */
extern const struct position_map *const position_maps[];

#endif
