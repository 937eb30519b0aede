/* trained_length.h -- the longest sequences that a variant was trained on: the one place that knows it.
 *
 * All variants of a configuration are trained on sequences of L.  A fine-tune goes on from there, on sequences of
 * its own length: `trained_as` of results says so.  What such a variant scores beyond L and up to that length is no
 * extrapolation: tables and figures mark it, and nothing is ranked or called the best for it. */
#ifndef LEXBENCH_TRAINED_LENGTH_H
#define LEXBENCH_TRAINED_LENGTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/store/results.h"
#include "support/text.h"

/* Tokens: L, or where the variant was fine-tuned on longer sequences, their length. */
int64_t trained_length(const struct results *results, size_t variant, size_t configuration);

/* What stands behind the name of a fine-tuned variant, wherever it stands: "†4L", the length of the sequences it was
 * fine-tuned on as the experiment has it; nothing for others. */
void trained_mark(struct text *out, const struct results *results, size_t variant);

/* `trained_as` for people: rate=0 and batch=0 of a fine-tune, which stand for those of the first training, say so. */
void trained_print(struct text *out, const struct results *results, size_t variant);

#endif
