/* spec.h -- reads  component { "+" component },  component = name [ "(" option = value, ... ")" ]. */
#ifndef LEXBENCH_SPEC_H
#define LEXBENCH_SPEC_H

#include "model/composition.h"

/* Encoders of a composition (its map is left alone).  STATUS_WRONG with a sentence. */
enum status spec_encoders(struct composition *out, const char *spec, struct message *message);
/* The position map of a composition. */
enum status spec_positions(struct composition *out, const char *spec, struct message *message);

#endif
