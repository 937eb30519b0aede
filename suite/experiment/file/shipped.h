/* shipped.h -- the experiments that ship: the files of suite/experiments, compiled in. */
#ifndef LEXBENCH_SHIPPED_H
#define LEXBENCH_SHIPPED_H

#include "support/embedded.h"

extern const struct embedded_file shipped_experiments[];

#endif
