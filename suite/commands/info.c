/* info.c -- lexbench info: the build, the libraries and the machine, for a report of a fault or a speed. */
#include <stdio.h>

#include "commandline/command.h"
#include "kernels/isa.h"
#include "registry/registry.h"
#include "results/store/libraries.h"
#include "support/machine.h"
#include "support/memory.h"
#include "support/threads.h"

enum { VALUE_SIZE = 1200 };

struct info_request {
    bool json;
};

/* What is found out at run time, in the order of print. */
struct found {
    char hdf5[LIBRARY_SIZE], gnuplot[LIBRARY_SIZE], processor[128];
    const char *isa;
    char text[VALUE_SIZE]; /* where the built-in text is, or why not */
    bool has_gnuplot, has_text;
    size_t processors, threads, memory, available; /* memory in bytes, 0 = not known */
};

/* The dataset `text` says itself which file it would read. */
static bool find_text(char out[VALUE_SIZE])
{
    const struct dataset *text;
    struct message message = {"this build has no dataset `text`"};
    struct dataset_input input;
    void *state = NULL;
    bool found = false;
    if (!dataset_find(&text, "text", &message) && text->input && text->prepare)
        state = memory_allocate(1, text->state_size, "the built-in text", &message);
    if (state && !option_defaults(text->options, state, &message) && !text->prepare(state, &message)) {
        text->input(state, &input);
        snprintf(out, VALUE_SIZE, "%s", input.path);
        if (text->release)
            text->release(state);
        found = true;
    }
    if (!found)
        snprintf(out, VALUE_SIZE, "not found: %s", message.text);
    memory_release(state);
    return found;
}

static enum status find_out(struct found *found, struct message *message)
{
    enum isa isa;
    enum status status = isa_choose(&isa, "auto", message);
    if (status)
        return status;
    found->isa = isa_name(isa);
    libraries_hdf5(found->hdf5);
    found->has_gnuplot = libraries_gnuplot(found->gnuplot);
    if (!found->has_gnuplot)
        snprintf(found->gnuplot, sizeof found->gnuplot, "not found: there will be no figures");
    machine_processor(found->processor, sizeof found->processor);
    found->processors = machine_processors();
    found->threads = threads_available();
    found->memory = machine_memory();
    found->available = machine_memory_available();
    found->has_text = find_text(found->text);
    return STATUS_OK;
}

/* ---- as text ---- */

static void print_row(struct text *out, const char *name, const char *value)
{
    text_append(out, "    %-16s %s\n", name, value);
}

static void print_bytes(struct text *out, const char *name, size_t bytes)
{
    if (bytes == 0)
        print_row(out, name, "not known");
    else
        text_append(out, "    %-16s %.1f GiB\n", name, (double)bytes / 1073741824.0);
}

static void print_text(struct text *out, const struct fact *fact, const struct found *found)
{
    text_append(out, "build\n");
    for (size_t i = 0; i < ABOUT_FACTS; i++)
        print_row(out, fact[i].name, fact[i].value);
    text_append(out, "\nlibraries and programs\n");
    print_row(out, "results", found->hdf5);
    print_row(out, "figures", found->gnuplot);
    print_row(out, "built-in text", found->text);
    text_append(out, "\nmachine\n");
    print_row(out, "processor", found->processor);
    print_row(out, "instruction set", found->isa);
    text_append(out, "    %-16s %zu\n    %-16s %zu\n", "processors", found->processors, "threads in use",
                found->threads);
    print_bytes(out, "memory", found->memory);
    print_bytes(out, "available", found->available);
}

/* ---- as JSON ---- */

static void json_text(struct text *out, const char *name, const char *value)
{
    text_append(out, ",\n  \"%s\": ", name);
    if (value)
        text_append_json(out, value);
    else
        text_append(out, "null");
}

static void json_count(struct text *out, const char *name, size_t value)
{
    if (value == 0)
        json_text(out, name, NULL);
    else
        text_append(out, ",\n  \"%s\": %zu", name, value);
}

static void print_json(struct text *out, const struct fact *fact, const struct found *found)
{
    text_append(out, "{\n  \"program\": \"lexbench\"");
    for (size_t i = 0; i < ABOUT_FACTS; i++)
        json_text(out, fact[i].name, fact[i].value);
    json_text(out, "hdf5", found->hdf5);
    json_text(out, "gnuplot", found->has_gnuplot ? found->gnuplot : NULL);
    json_text(out, "built_in_text", found->has_text ? found->text : NULL);
    json_text(out, "processor", found->processor);
    json_text(out, "instruction_set", found->isa);
    json_count(out, "processors", found->processors);
    json_count(out, "threads_in_use", found->threads);
    json_count(out, "memory_bytes", found->memory);
    json_count(out, "memory_available_bytes", found->available);
    text_append(out, "\n}\n");
}

/* ---- command ---- */

static enum status info_run(const void *request, size_t count, const char *const *operand,
                            struct message *message)
{
    const struct info_request *info = request;
    struct fact fact[ABOUT_FACTS];
    struct found found = {.isa = NULL};
    struct text text = {0};
    enum status status = find_out(&found, message);
    (void)count, (void)operand;
    if (status)
        return status;
    about_facts(fact);
    (info->json ? print_json : print_text)(&text, fact, &found);
    if (text.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the text to print");
    else
        fputs(text_string(&text), stdout);
    text_release(&text);
    return status;
}

static const struct argument info_arguments[] = {
    {"json", ARGUMENT_SWITCH, offsetof(struct info_request, json), NULL, "as JSON; null = not known"},
    {.name = NULL},
};

extern const struct command command_info;
const struct command command_info = {
    .name = "info",
    .operands = "",
    .summary = "the build, the libraries and the machine",
    .examples = "lexbench info\n"
                "lexbench info --json",
    .arguments = info_arguments,
    .request_size = sizeof(struct info_request),
    .least = 0,
    .most = 0,
    .run = info_run,
};
