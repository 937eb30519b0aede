/* subject.h -- an encoder that is looked at by itself: its hooks, asked at single positions (private to the
 * room).
 *
 * A pass is not built: of n positions only the positions themselves, one array per plane and side, are held. */
#ifndef LEXBENCH_SUBJECT_H
#define LEXBENCH_SUBJECT_H

#include "model/composition.h"

struct subject {
    struct composition composition; /* prepared; own copy */
    struct shape shape;
    struct site site;
    struct key key;                   /* of drawn positions, refined by n and layer */
    real *weights;                    /* of the encoders alone, as a model of this seed begins */
    const struct component *rotation; /* who turns; NULL = none */
    unsigned hooks;                   /* of all components (model/places.h) */
    bool moves; /* positions are others than places: planes, or another map than identity */
    unsigned planes;
    double *at;                   /* (n) positions of the sequence */
    double *plane[PLANES_MAX][2]; /* (n) by side; all `at` where there is one plane */
    double *rate;                 /* (head_width / 2) decay; NULL = none */
};

/* subject_release() in any case. */
enum status subject_create(struct subject *subject, const struct composition *composition,
                           const struct shape *shape, size_t layer, uint64_t seed, struct message *message);
void subject_release(struct subject *subject);

/* The positions of a pass of n tokens.  STATUS_WRONG: such a pass is refused, and why. */
enum status subject_place(struct subject *subject, size_t n, struct message *message);

/* The plane through which a query sees a key, -1 when it does not; both are places in the sequence. */
int subject_plane(const struct subject *subject, size_t query, size_t key);

/* x(count, width) = what is added to embeddings at these positions. */
void subject_vectors(const struct subject *subject, real *x, const double *at, size_t count);
/* angle(count, head_width / 2). */
void subject_angles(const struct subject *subject, double *angle, const double *at, size_t count);
/* b(heads, count) = sum of biases; part(heads, count) is room. */
void subject_bias(const struct subject *subject, double *b, real *part, double query, const double *key,
                  size_t count);
/* s(n) = product of the query scales of one head; part(n) is room. */
void subject_scale(const struct subject *subject, real *s, real *part, size_t head);

#endif
