/* real.h -- the number type of weights and activations.
 *
 * float; double in `make precision=double`, where gradients are checked by differences. */
#ifndef LEXBENCH_REAL_H
#define LEXBENCH_REAL_H

#include <float.h>

#ifdef LEXBENCH_DOUBLE
typedef double real;
#define REAL_EPSILON DBL_EPSILON
#define REAL_NAME    "double"
#else
typedef float real;
#define REAL_EPSILON FLT_EPSILON
#define REAL_NAME    "float"
#endif

#endif
