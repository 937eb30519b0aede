/* grid.h -- alternatives of keys (a | b | c) and the product over them.  Private to the room.
 *
 * A key with alternatives is an axis; keys that a section's `zip = key, key` names share one, and a
 * key of one value goes with each.  Readers get a view: the file under one combination. */
#ifndef LEXBENCH_GRID_H
#define LEXBENCH_GRID_H

#include <stdbool.h>

#include "experiment/file/ini.h"
#include "support/list.h"

enum { ALTERNATIVES_MAX = 10000, PRODUCT_MAX = 1000000 };

struct grid_key {
    const struct ini_section *section;
    const struct ini_entry *entry;
    struct list alternative; /* as the key takes them */
    struct list label;       /* each in a few words, for names: "rate=0.006", "base=10000" */
    bool passive;            /* another section decides: no axis, the first alternative stands for all */
    size_t axis;
};
struct grid {
    size_t count; /* combinations; 1 without alternatives */
    size_t keys, capacity;
    struct grid_key *key; /* those with two alternatives or more, in the order written */
    size_t axes;
};

/* Which keys of a section are axes; NULL = all. */
struct grid_filter {
    bool (*takes)(const void *context, const struct ini_entry *entry);
    const void *context;
};

/* Adds a section's keys and its zip.  inner: alternatives may also stand in the parentheses of a
 * SPEC.  The ini must not grow while the grid lives.  STATUS_WRONG with file and line: a zip of
 * keys that are not there or do not go together, an alternative that is empty or stands twice, a
 * product beyond PRODUCT_MAX.  grid_release() in any case. */
enum status grid_add(struct grid *grid, const struct ini_section *section, const struct grid_filter *filter,
                     bool inner, struct message *message);
void grid_begin(struct grid *grid);
void grid_release(struct grid *grid);

/* Refuses alternatives (a | b) and the key `zip`, where a section takes none, with file and line.  value: of
 * the entry. */
enum status grid_refuse(const struct ini_section *section, const struct ini_entry *entry, const char *value,
                        struct message *message);

/* Which alternative of a key combination `index` has; the last axis moves fastest. */
size_t grid_choice(const struct grid *grid, size_t key, size_t index);

/* An experiment file under combination `index` of a grid; grid NULL: as it is written. */
struct view {
    const struct ini *ini;
    const struct grid *grid;
    size_t index;
};
/* What an entry of the file says there. */
const char *view_value(const struct view *view, const struct ini_entry *entry);

/* "NAME-label-label": what is longer than a name can be is cut and ends in a hash of the whole. */
void grid_name(char *out, size_t size, const char *whole);

/* ---- alternatives.c ---- */

/* "a | b" -> a, b.  `inner`: "x(o=1 | 2)" -> x(o=1), x(o=2) too, labels "o=1", "o=2"; else they are
 * key=value.  Both lists are released by the caller, in any case. */
enum status alternatives_split(struct list *out, struct list *labels, const char *key, const char *value,
                               bool inner, struct message *message);

#endif
