/* settings.h -- what is resolved, as rows of a section, a key and a value.
 *
 * Everything that is written of an experiment is a writing of such rows: the texts that ids are hashes of,
 * manifests, what weights files say of their training, and experiment files that are printed.  Weights files
 * are read again as rows. */
#ifndef LEXBENCH_SETTINGS_H
#define LEXBENCH_SETTINGS_H

#include "model/composition.h"
#include "support/option.h"
#include "support/text.h"

struct setting {
    char *section, *key, *value; /* section "": in none */
};
/* Begins as {0}.  When memory is lacking, settings have failed and take no more, so that a builder checks
 * once. */
struct settings {
    size_t count, capacity;
    struct setting *at;
    bool failed;
};
void settings_release(struct settings *settings);

/* Adds a row behind the others. */
void settings_add(struct settings *settings, const char *section, const char *key, const char *value);
void settings_add_count(struct settings *settings, const char *section, const char *key, size_t value);
/* The same; the value is released. */
void settings_add_text(struct settings *settings, const char *section, const char *key, struct text *value);
/* The options of a table that are stored (option.h), but for that called `skipped` (NULL = none). */
void settings_add_options(struct settings *settings, const char *section, const struct option *table,
                          const void *object, const char *skipped);
/* Rows `encoders` and `positions`. */
void settings_add_composition(struct settings *settings, const char *section,
                              const struct composition *composition);

/* The value of the first row of that name, NULL = there is none. */
const char *settings_find(const struct settings *settings, const char *section, const char *key);
/* The same, "" = there is none. */
const char *settings_value(const struct settings *settings, const char *section, const char *key);

/* A line section.key=value for each row, key=value for one in no section. */
void settings_write(struct text *out, const struct settings *settings);
/* Reads such lines; one without = is left out.  settings_release() in any case. */
enum status settings_read(struct settings *out, const char *text, struct message *message);

#endif
