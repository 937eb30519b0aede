/* trained_private.h -- what trained.c and trained_variants.c share. */
#ifndef LEXBENCH_TRAINED_PRIVATE_H
#define LEXBENCH_TRAINED_PRIVATE_H

#include <stdbool.h>

#include "experiment/file/ini.h"
#include "experiment/resolve/resolve.h"
#include "experiment/settings.h"
#include "experiment/writings/trained.h"

/* A weights file on its way to a plan. */
struct reading {
    const struct trained_request *request;
    struct settings identity, experiment;
    struct ini ini;
    struct ini_place place; /* the weights file */
    const char *dataset;    /* the name of the one to evaluate on */
    bool same_dataset;      /* it is the one of the training */
};

/* Fills the variants of a plan with those asked for. */
enum status trained_variants(struct plan *plan, const struct reading *reading, struct message *message);

#endif
