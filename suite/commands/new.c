/* new.c -- lexbench new: the file of a new encoder or dataset, from a template that works as it is. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commandline/command.h"
#include "registry/registry.h"
#include "support/embedded.h"
#include "support/file.h"
#include "support/memory.h"

enum { NEW_NAME_MAX = 40 };

struct new_request {
    const char *out;
};

/* ---- the kind ---- */

/* commands/templates/KIND.c, for every kind: a complete file, in which NAME stands for the name and SYMBOL
 * for the name as an identifier. */
extern const struct embedded_file new_templates[];

static const struct kind {
    const char *name;
    const char *folder;   /* where the build finds files of this kind */
    const char *variable; /* which names files of this kind elsewhere */
} kinds[] = {
    {"encoder", "encoders", "EXTRA_ENCODERS"},
    {"dataset", "datasets/tasks", "EXTRA_DATASETS"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static enum status find_kind(const struct kind **out, const char *name, struct message *message)
{
    const char *names[KINDS];
    char suggestion[120];
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = kinds[i].name;
        if (strcmp(kinds[i].name, name) == 0) {
            *out = &kinds[i];
            return STATUS_OK;
        }
    }
    text_suggest(suggestion, sizeof suggestion, name, names, KINDS);
    return message_set(message, STATUS_WRONG, "new: there is no template of a `%.60s`: %s", name, suggestion);
}

/* ---- the name ---- */

/* A name is part of a symbol, a file name and a specification ("rope + window(width=1L)"). */
static enum status check_letters(const char *name, struct message *message)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz", others[] = "0123456789-";
    const size_t length = strlen(name);
    bool right = length > 0 && length <= NEW_NAME_MAX && strchr(letters, name[0]) && name[length - 1] != '-';
    for (size_t i = 0; right && i < length; i++)
        right =
            (strchr(letters, name[i]) || strchr(others, name[i])) && !(name[i] == '-' && name[i + 1] == '-');
    if (right)
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "new: `%.60s` is no name: 1 to %d small letters, digits and single hyphens, a letter "
                       "first (`my-bias2`)",
                       name, NEW_NAME_MAX);
}

/* What has this name; NULL = nothing. */
static const char *taken_by(const char *name)
{
    for (size_t i = 0; encoder_list[i]; i++)
        if (strcmp(encoder_list[i]->name, name) == 0)
            return "an encoder";
    for (size_t i = 0; position_maps[i]; i++)
        if (strcmp(position_maps[i]->name, name) == 0)
            return "a position map";
    for (size_t i = 0; dataset_list[i]; i++)
        if (strcmp(dataset_list[i]->name, name) == 0)
            return "a dataset";
    if (strcmp(name, "positions") == 0) /* encoders/positions.c is no encoder, and the build knows */
        return "the file of the position maps";
    return NULL;
}

static enum status check_name(const char *name, struct message *message)
{
    enum status status = check_letters(name, message);
    const char *taken = !status ? taken_by(name) : NULL;
    if (taken)
        status = message_set(message, STATUS_WRONG, "new: `%s` is taken: it is %s; choose another name", name,
                             taken);
    return status;
}

/* ---- the file ---- */

static bool is_folder(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* FOLDER/NAME.c, or the file that --out says: the build takes the symbol from the file's name. */
static enum status choose_path(struct text *path, const struct kind *kind, const char *name, const char *out,
                               struct message *message)
{
    const char *slash = out ? strrchr(out, '/') : NULL;
    const char *stem = slash ? slash + 1 : out;
    char file[NEW_NAME_MAX + 3];
    snprintf(file, sizeof file, "%s.c", name);
    if (!out && !is_folder(kind->folder))
        return message_set(message, STATUS_WRONG,
                           "new: there is no folder `%s` here: run it at the top of the source tree, or say "
                           "where with --out FILE",
                           kind->folder);
    if (!out)
        text_append(path, "%s/%s", kind->folder, file);
    else if (is_folder(out))
        text_append(path, "%s%s%s", out, out[strlen(out) - 1] == '/' ? "" : "/", file);
    else if (strcmp(stem, file) == 0)
        text_append(path, "%s", out);
    else
        return message_set(message, STATUS_WRONG,
                           "new: --out %.200s: the file must be called %s, because the build takes the name "
                           "from it",
                           out, file);
    if (path->failed)
        return message_set(message, STATUS_FAILED, "no memory for the path of the new file");
    if (file_exists(text_string(path)))
        return message_set(message, STATUS_WRONG, "new: %s is there already, and stays as it is",
                           text_string(path));
    return STATUS_OK;
}

/* Appends the template at `at`, its marks replaced. */
static void fill_in(struct text *out, const char *at, const char *name, const char *symbol)
{
    static const char name_mark[] = "NAME", symbol_mark[] = "SYMBOL";
    while (*at) {
        if (strncmp(at, name_mark, sizeof name_mark - 1) == 0) {
            text_append(out, "%s", name);
            at += sizeof name_mark - 1;
        } else if (strncmp(at, symbol_mark, sizeof symbol_mark - 1) == 0) {
            text_append(out, "%s", symbol);
            at += sizeof symbol_mark - 1;
        } else {
            text_append_bytes(out, at++, 1);
        }
    }
}

static enum status write_file(const char *path, const struct kind *kind, const char *name,
                              struct message *message)
{
    struct text text = {0};
    char symbol[NEW_NAME_MAX + 1];
    enum status status;
    snprintf(symbol, sizeof symbol, "%s", name);
    for (char *at = symbol; *at; at++)
        if (*at == '-')
            *at = '_';
    fill_in(&text, embedded_find(new_templates, kind->name)->text, name, symbol);
    status = text.failed ? message_set(message, STATUS_FAILED, "no memory for %s", path)
                         : file_publish(path, text_string(&text), text.length, message);
    text_release(&text);
    return status;
}

/* ---- command ---- */

static enum status new_run(const void *request, size_t count, const char *const *operand,
                           struct message *message)
{
    const struct new_request *wanted = request;
    const struct kind *kind = NULL;
    struct text path = {0};
    enum status status = find_kind(&kind, operand[0], message);
    (void)count;
    if (!status)
        status = check_name(operand[1], message);
    if (!status)
        status = choose_path(&path, kind, operand[1], wanted->out, message);
    if (!status)
        status = write_file(text_string(&path), kind, operand[1], message);
    if (!status) {
        printf("%s\n", text_string(&path));
        if (wanted->out)
            fprintf(stderr, "build it with: make %s=%s\n", kind->variable, text_string(&path));
        else
            fprintf(stderr, "build it with: make\n");
        fprintf(stderr, "try it with:   lexbench list %ss %s\n", kind->name, operand[1]);
    }
    text_release(&path);
    return status;
}

static const struct argument new_arguments[] = {
    {"out", ARGUMENT_TEXT, offsetof(struct new_request, out), "FILE",
     "where (default: encoders/NAME.c or datasets/tasks/NAME.c)"},
    {.name = NULL},
};

extern const struct command command_new;
const struct command command_new = {
    .name = "new",
    .operands = "encoder|dataset NAME",
    .summary = "write the file of a new encoder or dataset, to be changed",
    .examples = "lexbench new encoder decline\n"
                "lexbench new dataset copy --out ../mine/copy.c",
    .more = "The file is complete: it compiles and passes the tests as it is.  A file elsewhere is built\n"
            "with make EXTRA_ENCODERS=FILE or EXTRA_DATASETS=FILE.  Nothing that is there is written over.\n",
    .arguments = new_arguments,
    .request_size = sizeof(struct new_request),
    .least = 2,
    .most = 2,
    .run = new_run,
};
