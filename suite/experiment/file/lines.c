/* lines.c -- the check of each line of an experiment file, before inih reads it. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "experiment/file/ini.h"
#include "support/list.h"
#include "support/text.h"

struct check {
    const char *file;
    size_t line;
    bool section_seen, in_preset;
    size_t list_line; /* the line whose list goes on, 0 = none */
    char *include;
    size_t include_line;
    struct message *message;
};

static enum status wrong(struct check *check, const char *sentence)
{
    return message_set(check->message, STATUS_WRONG, "%s:%zu: %s", check->file, check->line, sentence);
}

void ini_cut_comment(char *line)
{
    for (char *at = line; *at; at++)
        if (*at == ';' && at > line && isspace((unsigned char)at[-1])) {
            *at = '\0';
            break;
        }
    for (size_t n = strlen(line); n > 0 && isspace((unsigned char)line[n - 1]); n--)
        line[n - 1] = '\0';
}

static enum status check_bytes(struct check *check, const char *bytes, size_t size)
{
    char sentence[160];
    if (size > INI_LINE_MAX) {
        snprintf(sentence, sizeof sentence,
                 "the line has %zu bytes; at most %d are read (a list goes on in an indented line after "
                 "a trailing comma)",
                 size, INI_LINE_MAX);
        return wrong(check, sentence);
    }
    if (!text_is_utf8(bytes, size))
        return wrong(check, "the line holds a NUL or bytes that are no UTF-8: this is no experiment file");
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\t')
            return wrong(check, "the line holds a control character: this is no experiment file");
    return STATUS_OK;
}

/* A name of one word, or two with one blank between them. */
static bool is_section_name(const char *name)
{
    const char *blank = strpbrk(name, " \t");
    return *name && !isspace((unsigned char)*name) && !isspace((unsigned char)name[strlen(name) - 1]) &&
           (!blank || (*blank == ' ' && !strpbrk(blank + 1, " \t")));
}

static enum status check_section(struct check *check, char *line)
{
    char *end = strchr(line, ']');
    char sentence[160];
    if (!end)
        return wrong(check, "the section name has no closing `]`");
    if (end[1])
        return wrong(check, "something stands behind the `]` of a section name");
    *end = '\0';
    if (strlen(line + 1) > INI_SECTION_MAX) {
        snprintf(sentence, sizeof sentence, "the section name has %zu bytes; at most %d are read",
                 strlen(line + 1), INI_SECTION_MAX);
        return wrong(check, sentence);
    }
    if (!is_section_name(line + 1))
        return wrong(check, "a section is written [word] or [word NAME], with one blank");
    check->section_seen = true;
    check->in_preset = strncmp(line + 1, "preset ", strlen("preset ")) == 0;
    return STATUS_OK;
}

static enum status check_include(struct check *check, const char *value)
{
    if (check->section_seen)
        return wrong(check, "`include` must stand before the first section");
    if (check->include)
        return wrong(check, "`include` stands twice; a file includes one other, which may include the next");
    if (!*value)
        return wrong(check, "`include` names no file");
    check->include = list_copy(value, strlen(value), check->message);
    check->include_line = check->line;
    return check->include ? STATUS_OK : STATUS_FAILED;
}

static enum status check_pair(struct check *check, char *line)
{
    char *equals = strpbrk(line, "=:");
    if (!equals)
        return wrong(check, "the line is neither a [section] nor key = value");
    if (*equals == ':')
        return wrong(check, "a key is followed by `=`, not by `:`");
    *equals = '\0';
    char *key = text_strip(line), *value = text_strip(equals + 1);
    if (!*key)
        return wrong(check, "no key stands before the `=`");
    if (strpbrk(key, " \t") && !check->in_preset) /* there it is `training text.steps` */
        return wrong(check, "a key has no blanks in it");
    if (strcmp(key, "include") == 0)
        return check_include(check, value);
    if (!check->section_seen)
        return wrong(check, "a key stands before the first [section]; only `include` may");
    if (*value && value[strlen(value) - 1] == ',')
        check->list_line = check->line;
    return STATUS_OK;
}

static enum status check_indented(struct check *check, const char *line)
{
    const char *equals = strchr(line, '=');
    bool pair = equals && (equals == line || isspace((unsigned char)equals[-1]) || !check->list_line);
    if (pair || strchr(line, '[')) /* rope(base=100) may stand in a list */
        return wrong(check, "an indented line goes on with a list and holds no ` = ` and no `[`: "
                            "begin keys and sections at the start of the line");
    if (!check->list_line)
        return wrong(check, "an indented line goes on with a list, but the line above ends in no comma");
    check->list_line = line[strlen(line) - 1] == ',' ? check->line : 0;
    return STATUS_OK;
}

static enum status check_line(struct check *check, const char *bytes, size_t size)
{
    char line[INI_LINE_MAX + 1];
    if (size > 0 && bytes[size - 1] == '\r')
        size--;
    enum status status = check_bytes(check, bytes, size);
    if (status)
        return status;
    memcpy(line, bytes, size);
    line[size] = '\0';
    const char *first = line + strspn(line, " \t");
    if (!*first || *first == ';' || *first == '#')
        return STATUS_OK;
    ini_cut_comment(line);
    if (first > line)
        return check_indented(check, first);
    if (check->list_line) {
        check->line = check->list_line;
        return wrong(check, "the list ends in a comma, and no indented line goes on with it");
    }
    return *line == '[' ? check_section(check, line) : check_pair(check, line);
}

enum status ini_check_lines(char **include, size_t *include_line, const char *file, const char *bytes,
                            size_t size, struct message *message)
{
    struct check check = {.file = file, .message = message};
    enum status status = STATUS_OK;
    for (size_t at = 0; !status && at < size;) {
        const char *newline = memchr(bytes + at, '\n', size - at);
        size_t length = newline ? (size_t)(newline - (bytes + at)) : size - at;
        check.line++;
        status = check_line(&check, bytes + at, length);
        at += length + 1;
    }
    if (!status && check.list_line) {
        check.line = check.list_line;
        status = wrong(&check, "the list ends in a comma, and no indented line goes on with it");
    }
    *include = check.include;
    *include_line = check.include_line;
    return status;
}
