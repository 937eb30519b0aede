/* inspect_print.h -- an encoder by itself, in words and numbers.  Private to inspect.c and its neighbour. */
#ifndef LEXBENCH_INSPECT_PRINT_H
#define LEXBENCH_INSPECT_PRINT_H

#include "results/store/inspected.h"
#include "support/text.h"

void inspect_print_text(struct text *out, const struct inspected *inspected);
/* One object: all that the text says, and the curves; maps stand in the file alone. */
void inspect_print_json(struct text *out, const struct inspected *inspected);

#endif
