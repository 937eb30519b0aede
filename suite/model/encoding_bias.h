/* encoding_bias.h -- the bias part of an encoding (encoding_bias.c); private to model/. */
#ifndef LEXBENCH_ENCODING_BIAS_H
#define LEXBENCH_ENCODING_BIAS_H

#include "model/encoding.h"

enum status encoding_bias_create(struct encoding *encoding, struct message *message);
void encoding_bias_release(struct encoding *encoding);
void encoding_bias_build(struct encoding *encoding);
void encoding_bias_flush(struct encoding *encoding, real *dw);

#endif
