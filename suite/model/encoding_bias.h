/* encoding_bias.h -- the bias part of an encoding (encoding_bias.c); private to model/. */
#ifndef LEXBENCH_ENCODING_BIAS_H
#define LEXBENCH_ENCODING_BIAS_H

#include "model/encoding.h"

void encoding_bias_describe(struct encoding *encoding); /* adds its buffers */
void encoding_bias_build(struct encoding *encoding);
void encoding_bias_flush(struct encoding *encoding, real *dw);

#endif
