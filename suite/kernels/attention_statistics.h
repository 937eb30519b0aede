/* attention_statistics.h -- what attention does: how spread it is, how far it looks, how much of it lies on the
 * first token (an attention sink: Xiao et al. 2024, arXiv:2309.17453). */
#ifndef LEXBENCH_ATTENTION_STATISTICS_H
#define LEXBENCH_ATTENTION_STATISTICS_H

#include "kernels/attention.h"

/* Sums over `queries` queries of single heads; with p_j the attention of query i on key j:
 *   entropy  -sum_j p_j log p_j  nat      distance  sum_j p_j |i - j|  tokens      first  p_0
 * i the query's place among the keys; where it has none (ATTENTION_CROSS) the distance is 0. */
struct attention_statistics {
    double entropy, distance, first;
    size_t queries;
};

/* At most so many queries of a sequence, evenly spaced up to the last, are looked at: the cost is linear in
 * n. */
enum { ATTENTION_STATISTICS_QUERIES = 1024 };

/* Reals that the scratch of attention_statistics_add() holds, for up to `keys` keys. */
size_t attention_statistics_scratch(size_t heads, size_t keys);

/* Adds those of one attention, a row of logits at a time, straight from the definition. */
void attention_statistics_add(struct attention_statistics *out, const struct attention *attention,
                              real *scratch);

#endif
