/* inspection_private.h -- the measures of one length, each a file (private to the room). */
#ifndef LEXBENCH_INSPECTION_PRIVATE_H
#define LEXBENCH_INSPECTION_PRIVATE_H

#include "inspection/inspection.h"
#include "inspection/subject.h"

/* Where the measures of one length are taken. */
struct grid_of_places {
    size_t places, *place;       /* (places) in the sequence: first and last, evenly between */
    size_t distances, *distance; /* (distances) 0..n-1: all that are small, then spaced by their logarithm */
};

/* Up to so many pairs stand for the distances first..end-1: distances evenly, and over the whole sequence. */
enum { PAIRS_MAX = 64 };
struct pairs {
    size_t count, query[PAIRS_MAX], key[PAIRS_MAX];
};
struct pairs inspection_pairs(size_t n, size_t first, size_t end);
/* Where the k-th distance of a grid ends: there the next begins. */
size_t inspection_distance_end(const struct grid_of_places *grid, size_t k);

/* How many positions are worked through at once, each of `size` numbers: memory stays small. */
size_t inspection_chunk(size_t size);

/* mean, lowest and highest over the pairs of some distances, as a row (distance, 3); values NAN do not count. */
void inspection_spread(double out[3], const double *values, size_t count);
/* The dimensions of such rows and of maps. */
struct inspected_array inspection_curve(const struct grid_of_places *grid, const char *name,
                                        const char *units, const char *description);
struct inspected_array inspection_map(const struct grid_of_places *grid, const char *name, const char *units,
                                      const char *description);

/* ---- alikeness of the last query's position with those before it, from near to far ---- */

struct alikeness {
    double sum;
    size_t count;
    double previous;
    bool risen;           /* past the first minimum */
    double again;         /* the highest since */
    size_t again_at;      /* its distance */
    size_t negative;      /* the first distance with a negative value; 0 = none */
    double neighbours;    /* the highest of two that stand side by side */
    size_t neighbours_at; /* the first place of such a pair */
};
struct alikeness alikeness_begin(void);
void alikeness_add(struct alikeness *alikeness, size_t distance, double value);
void alikeness_neighbours(struct alikeness *alikeness, size_t place, double value);

/* ---- the measures: each adds arrays and facts, nothing where it does not apply ---- */

enum status inspection_keys(struct inspected_length *out, const struct subject *subject,
                            const struct grid_of_places *grid, struct message *message);
enum status inspection_additive(struct inspected_length *out, const struct subject *subject,
                                const struct grid_of_places *grid, struct message *message);
/* trained: the same encoder as trained, placed at n = L; NULL = its training knows no rotation. */
enum status inspection_rotation(struct inspected_length *out, const struct subject *subject,
                                const struct subject *trained, const struct grid_of_places *grid,
                                struct message *message);
enum status inspection_bias(struct inspected_length *out, const struct subject *subject,
                            const struct grid_of_places *grid, struct message *message);
enum status inspection_scale(struct inspected_length *out, const struct subject *subject,
                             const struct grid_of_places *grid, struct message *message);

#endif
