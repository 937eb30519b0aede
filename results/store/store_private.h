/* store_private.h -- what the files of the store share with merging (private to results/). */
#ifndef LEXBENCH_STORE_PRIVATE_H
#define LEXBENCH_STORE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "support/status.h"

/* Can the name stand in the path of an object: not empty, not ".", without "/"? */
bool store_name_fits(const char *name);

/* a * b * ... of count factors; false on overflow. */
bool store_product(size_t *product, const size_t *factors, size_t count);

/* New memory with a copy; NULL and a sentence when there is none. */
void *store_copy(const void *bytes, size_t count, size_t size, const char *what, struct message *message);

#endif
