/* list_print.h -- what there is, in words and as JSON.  Private to list.c and its neighbour. */
#ifndef LEXBENCH_LIST_PRINT_H
#define LEXBENCH_LIST_PRINT_H

#include "encoders/encoder.h"
#include "experiment/file/ini.h"
#include "support/text.h"

enum { ENTRIES_MAX = 1024 };

/* One thing of any kind; NULL where the kind has none. */
struct entry {
    const char *name, *summary, *citation, *body; /* body: the text of an experiment */
    unsigned version;
    const struct option *options;
    size_t state_size;
    const struct ini_section *section; /* of a variant */
    const struct encoder *encoder;
};

struct catalogue {
    size_t count;
    struct entry entry[ENTRIES_MAX];
    struct ini ini; /* variants point into it */
};

/* One by one with a line each; encoders with where and when they act, options and citation. */
void list_print_all(struct text *out, const struct catalogue *catalogue);
/* All about one. */
void list_print_one(struct text *out, const struct entry *entry);
void list_print_json(struct text *out, const struct catalogue *catalogue);

#endif
