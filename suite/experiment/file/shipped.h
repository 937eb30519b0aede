/* shipped.h -- the experiments that ship: the files of suite/experiments, compiled in. */
#ifndef LEXBENCH_SHIPPED_H
#define LEXBENCH_SHIPPED_H

struct shipped_experiment {
    const char *name, *text;
};
extern const struct shipped_experiment shipped_experiments[]; /* ends with name = NULL */

#endif
