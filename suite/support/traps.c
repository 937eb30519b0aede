/* traps.c -- floating-point traps of hard builds. */
#include "support/traps.h"

#ifdef LEXBENCH_HARD
#include <fenv.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { TRAPPED = FE_INVALID | FE_DIVBYZERO };

static atomic_bool forgiven;

__attribute__((constructor)) static void read_environment(void)
{
    const char *traps = getenv("LEXBENCH_TRAPS");
    traps_allow(!traps || strcmp(traps, "off") != 0);
}

void traps_allow(bool allowed)
{
    atomic_store(&forgiven, !allowed);
}

int traps_begin(void)
{
    int before = fegetexcept();
    if (!atomic_load(&forgiven)) {
        feclearexcept(FE_ALL_EXCEPT); /* a flag that was up already would trap on x87 */
        feenableexcept(TRAPPED);
    }
    return before;
}

void traps_end(int before)
{
    fedisableexcept(FE_ALL_EXCEPT);
    feclearexcept(FE_ALL_EXCEPT);
    feenableexcept(before);
}
#endif
