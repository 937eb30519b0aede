/* traps.h -- floating-point traps around arithmetic that must be clean, in hard builds (make hard=1).
 *
 * Division by zero and invalid operations stop the program there and then, in the debugger at the line
 * where a NaN was born.  Overflow does not: the sigmoid of GELU is 1 / (1 + exp(-2u)), whose exponential is
 * meant to become infinite for an input below -9; what that would hide, inf - inf or inf / inf, is
 * invalid.  Masked logits of -inf raise nothing: -inf - x and exp(-inf) are exact. */
#ifndef LEXBENCH_TRAPS_H
#define LEXBENCH_TRAPS_H

#include <stdbool.h>

/* The traps of this thread are on until traps_end, which puts back what was before.  Pairs may nest. */
#ifdef LEXBENCH_HARD
int traps_begin(void);
void traps_end(int before);

/* Training that is meant to fail ends in NaN, and traps would not let it: whether traps_begin does anything,
 * in the whole program.  The environment can say so from outside: LEXBENCH_TRAPS=off. */
void traps_allow(bool allowed);
#else
static inline int traps_begin(void)
{
    return 0;
}

static inline void traps_end(int before)
{
    (void)before;
}

static inline void traps_allow(bool allowed)
{
    (void)allowed;
}
#endif

#endif
