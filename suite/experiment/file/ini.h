/* ini.h -- experiment files, as sections of key = value.
 *
 * Read by inih behind a check of each line, because inih cuts lines at 200 bytes and section names
 * at 50 without a word, takes any indented line for a continuation, and lets keys repeat.
 *
 *     # comment            ; comment, also behind a value
 *     include = FILE       first, if at all: relative to this file, or a shipped name
 *     [section]            or [section NAME]
 *     key = a, b,          a list goes on in an indented line
 *           c              after a trailing comma
 *     key = a | b | c      alternatives (grid.h)
 *     section.key = value  in a [preset NAME]
 *
 * Files and the settings of the command line are layers: an included file lies under the one that
 * includes it, then come presets, the settings lie on top.  A key of a higher layer replaces that of a
 * lower one.
 * [variant NAME] and [dataset NAME] define a thing: in a higher file they replace it whole. */
#ifndef LEXBENCH_INI_H
#define LEXBENCH_INI_H

#include <stddef.h>

#include "support/status.h"

enum { INI_LINE_MAX = 190, INI_SECTION_MAX = 48, INI_DEPTH_MAX = 16, INI_FILE_MAX = 1 << 20 };

struct ini_place {
    const char *file; /* or the setting itself; owned by the ini */
    size_t line;      /* 0 = no file */
};
struct ini_entry {
    char *key, *value;
    struct ini_place place;
    size_t layer;
};
struct ini_section {
    char name[INI_SECTION_MAX + 1];
    struct ini_place place;
    size_t layer; /* the highest that opened it */
    size_t count, capacity;
    struct ini_entry *entry;
};
struct ini {
    size_t count, capacity;
    struct ini_section *section;
    size_t files, files_capacity;
    char **file; /* names that places point to */
    size_t layers;
};

/* Reads an experiment: a shipped name, or the path of a file; and what it includes.  STATUS_WRONG
 * with a sentence that names file and line.  ini_release() in any case. */
enum status ini_read(struct ini *ini, const char *experiment, struct message *message);

/* The lines `section.key = value` of [preset NAME], as a layer above all that is there. */
enum status ini_preset(struct ini *ini, const char *name, struct message *message);
/* `section.key=value` of the command line, in a layer above all files and presets. */
enum status ini_set(struct ini *ini, const char *setting, struct message *message);
/* Has every [preset NAME] the right shape?  (What it sets is checked where it is applied.) */
enum status ini_check_presets(const struct ini *ini, struct message *message);
void ini_release(struct ini *ini);

const struct ini_section *ini_find(const struct ini *ini, const char *name); /* or NULL */
const struct ini_entry *ini_entry(const struct ini_section *section, const char *key);

/* [kind NAME]: the NAME, or NULL when the section is of another kind. */
const char *ini_argument(const struct ini_section *section, const char *kind);
const struct ini_section *ini_named(const struct ini *ini, const char *kind, const char *name); /* or NULL */
/* Adds the NAME of each [kind NAME] to `count` names, up to `most`; returns how many there are then. */
size_t ini_names(const char **names, size_t count, size_t most, const struct ini *ini, const char *kind);

/* Puts "file:line: " before a sentence. */
void ini_locate(struct message *message, struct ini_place place);

/* ---- between the files of this reader ---- */

/* Checks every line of a file.  *include: the name behind `include =`, in new memory, or NULL. */
enum status ini_check_lines(char **include, size_t *include_line, const char *file, const char *bytes,
                            size_t size, struct message *message);
/* Cuts a comment (a `;` behind a blank, as inih has it) and the blanks before it. */
void ini_cut_comment(char *line);
/* key = value in a section of the highest layer; the section is made when it is not there, so pointers
 * to sections and entries do not outlive it. */
enum status ini_put(struct ini *ini, const char *section, const char *key, const char *value,
                    struct ini_place place, struct message *message);
/* A name for places: a copy that lives as long as the ini. */
enum status ini_add_file(const char **out, struct ini *ini, const char *name, struct message *message);
/* Adds the sections of a checked file as a new layer.  `file` is the name for places. */
enum status ini_parse_checked(struct ini *ini, const char *file, const char *bytes, struct message *message);

#endif
