/* about.c -- what this binary knows of its own making. */
#include "build.h"
#include "commandline/command.h"
#include "kernels/product.h"
#include "results/store/libraries.h"
#include "support/real.h"

const char command_purpose[] = "how Transformers with different positional encoders do on inputs longer than "
                               "any in training";

const struct exit_meaning command_exits[] = {{STATUS_OK, "done"},
                                             {STATUS_FAILED, "something asked for could not be done"},
                                             {STATUS_WRONG, "the request was wrong, nothing was started"},
                                             {STATUS_DIFFERENT, "compare found a difference"},
                                             {STATUS_CHECKPOINTED, "stopped at a checkpoint: run me again"},
                                             {0, NULL}};

#define QUOTE(x)  #x
#define STRING(x) QUOTE(x)
#ifdef _OPENMP
#define OPENMP "OpenMP " STRING(_OPENMP)
#else
#define OPENMP "none"
#endif

void about_facts(struct fact fact[ABOUT_FACTS])
{
    static const struct fact build[ABOUT_FACTS] = {{"version", LEXBENCH_VERSION}, {"commit", BUILD_COMMIT},
                                                   {"compiler", BUILD_COMPILER},  {"flags", BUILD_FLAGS},
                                                   {"precision", REAL_NAME},      {"threads", OPENMP}};
    for (size_t i = 0; i < ABOUT_FACTS; i++)
        fact[i] = build[i];
    fact[ABOUT_FACTS - 1] = (struct fact){"products", product_library()};
}

void about_print(struct text *out)
{
    struct fact fact[ABOUT_FACTS];
    char hdf5[LIBRARY_SIZE];
    about_facts(fact);
    libraries_hdf5(hdf5);
    text_append(out, "lexbench %s\n", fact[0].value);
    for (size_t i = 1; i < ABOUT_FACTS; i++)
        text_append(out, "%-10s %s\n", fact[i].name, fact[i].value);
    text_append(out, "results    %s\n", hdf5);
}
