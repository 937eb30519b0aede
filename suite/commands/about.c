/* about.c -- what this binary knows of its own making. */
#include "build.h"
#include "commands/command.h"
#include "kernels/isa.h"
#include "support/real.h"

void about_print(struct text *out)
{
    text_append(out, "lexbench %s\n", LEXBENCH_VERSION);
    text_append(out, "commit     %s\n", BUILD_COMMIT);
    text_append(out, "compiler   %s\n", BUILD_COMPILER);
    text_append(out, "flags      %s\n", BUILD_FLAGS);
    text_append(out, "precision  %s\n", REAL_NAME);
    text_append(out, "products   %s\n", isa_product_library());
#ifdef _OPENMP
    text_append(out, "threads    OpenMP %d\n", _OPENMP);
#else
    text_append(out, "threads    none\n");
#endif
}
