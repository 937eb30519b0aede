/* alone.h -- one variant by itself, in the model of an experiment, without its datasets. */
#ifndef LEXBENCH_ALONE_H
#define LEXBENCH_ALONE_H

#include "experiment/plan.h"

struct alone_request {
    const char *variant;    /* NAME of a section, NAME-option=value of its grid, SPEC or NAME=SPEC */
    const char *positions;  /* SPEC of the map at evaluation; NULL = the variant's own */
    const char *experiment; /* whose variants and settings; NULL = the shipped variants and defaults */
    size_t sets;
    const char *const *set; /* of [model], [variant NAME] and training.length alone */
};
struct alone {
    struct variant variant; /* an inline SPEC is trained without the components that act at evaluation only */
    struct model_options model;
    struct shape shape;
};

/* STATUS_WRONG with a sentence when there is no such variant, or it does not fit the model.
 * alone_release() in any case. */
enum status alone_read(struct alone *out, const struct alone_request *request, struct message *message);
void alone_release(struct alone *alone);

#endif
