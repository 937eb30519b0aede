/* compare.c -- two builds, or two saved outputs, against each other.
 *
 * Builds are run in turn, one repetition each, and the order is turned round after every round: what else the
 * machine does falls on both.  A ratio is taken within a round, so that a slow hour is in neither. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands/bench/bench.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/text.h"

enum { NAME_SIZE = 200, ROUNDS_USUAL = 7 };

/* ---- what `bench --json` wrote ---- */

/* A shape with an encoder, as an output has it on a line of its own. */
struct entry {
    char shape[NAME_SIZE], encoder[NAME_SIZE];
    double rate; /* tokens per second, the median */
};

/* The text after  "key": "  up to the next quotation mark; false: there is none, or it is too long. */
static bool take_text(char out[NAME_SIZE], const char *line, const char *key)
{
    char wanted[40];
    snprintf(wanted, sizeof wanted, "\"%s\": \"", key);
    const char *at = strstr(line, wanted);
    if (!at)
        return false;
    at += strlen(wanted);
    const size_t length = strcspn(at, "\"\n");
    if (length >= NAME_SIZE || at[length] != '"')
        return false;
    memcpy(out, at, length);
    out[length] = '\0';
    return true;
}

/* The next shape of an output from *at on, which moves behind it; false: there is no other. */
static bool next_entry(struct entry *entry, const char **at)
{
    static const char rate[] = "\"tokens_per_second\": ";
    while ((*at = strstr(*at, "{\"name\": \""))) {
        const char *line = *at, *number = strstr(line, rate);
        *at += 1;
        if (!number || number > line + strcspn(line, "\n"))
            continue;
        entry->rate = strtod(number + sizeof rate - 1, NULL);
        if (take_text(entry->shape, line, "name") && take_text(entry->encoder, line, "encoder") &&
            entry->rate > 0)
            return true;
    }
    return false;
}

/* ---- running a build ---- */

/* What the program writes to its standard output. */
static enum status output_of(struct text *out, char *const *words, struct message *message)
{
    char bytes[4096];
    int ends[2];
    pid_t child;
    ssize_t got = 0;
    if (pipe2(ends, O_CLOEXEC))
        return message_set(message, STATUS_FAILED, "bench --compare: no pipe to %s can be made", words[0]);
    const int error = process_start(
        &child,
        &(struct process){.words = words, .input = STDIN_FILENO, .output = ends[1], .error = STDERR_FILENO});
    close(ends[1]);
    while (!error && (got = process_read(ends[0], bytes, sizeof bytes)) > 0)
        text_append_bytes(out, bytes, (size_t)got);
    close(ends[0]);
    if (error)
        return message_set(message, STATUS_FAILED, "%s cannot be run: %s", words[0], strerror(error));
    const int state = process_wait(child);
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0 || got < 0 || out->failed)
        return message_set(message, STATUS_FAILED, "%s bench ended without a result (status %d)", words[0],
                           WIFEXITED(state) ? WEXITSTATUS(state) : -1);
    return STATUS_OK;
}

/* Tokens per second of one repetition; STATUS_FAILED: the build says nothing of that shape, too. */
static enum status rate_of(double *rate, const char *program, const struct bench_comparison *asked,
                           const char *shape, struct message *message)
{
    char threads[24];
    const char *words[16] = {program, "bench", "--json", "--repetitions", "1", "--shape", shape};
    size_t count = 7;
    struct text out = {0};
    struct entry entry;
    snprintf(threads, sizeof threads, "%zu", asked->threads);
    if (asked->threads > 0)
        words[count++] = "--threads", words[count++] = threads;
    if (asked->encoder)
        words[count++] = "--encoder", words[count++] = asked->encoder;
    if (asked->isa)
        words[count++] = "--isa", words[count++] = asked->isa;
    enum status status = output_of(&out, (char *const *)words, message);
    const char *at = text_string(&out);
    *rate = !status && next_entry(&entry, &at) ? entry.rate : 0;
    if (!status && *rate == 0)
        status =
            message_set(message, STATUS_FAILED, "%s bench wrote no tokens per second of %s", program, shape);
    text_release(&out);
    return status;
}

/* ---- the comparison ---- */

static void print_head(const char *first, const char *second, bool runs)
{
    printf("A: %s\nB: %s\n\n", first, second);
    printf("%-18s %-12s %7s %12s %12s %8s %7s %7s\n", "shape", "encoder", "rounds", "A tokens/s",
           "B tokens/s", "B/A", "least", "most");
    printf("%-18s %-12s %7s %12s %12s %8s %7s %7s\n", "", "", "", "median", "median", runs ? "median" : "",
           "", "");
}

static enum status compare_shape(const char *const program[2], const struct bench_comparison *asked,
                                 const char *shape, struct message *message)
{
    const size_t rounds = asked->rounds > 0 ? asked->rounds : ROUNDS_USUAL;
    double *rate[2] = {memory_allocate(rounds, sizeof **rate, "rounds", message),
                       memory_allocate(rounds, sizeof **rate, "rounds", message)};
    double *ratio = memory_allocate(rounds, sizeof *ratio, "rounds", message);
    enum status status = rate[0] && rate[1] && ratio ? STATUS_OK : STATUS_FAILED;
    for (size_t i = 0; i < rounds && !status; i++) {
        for (size_t turn = 0; turn < 2 && !status; turn++) {
            const size_t which = (i + turn) % 2;
            status = rate_of(&rate[which][i], program[which], asked, shape, message);
        }
        ratio[i] = status ? 0 : rate[1][i] / rate[0][i];
    }
    if (!status) {
        const struct bench_rate between = bench_rate(ratio, rounds);
        printf("%-18s %-12s %7zu %12.0f %12.0f %8.3f %7.3f %7.3f\n", shape,
               asked->encoder ? asked->encoder : "rope", rounds, bench_rate(rate[0], rounds).median,
               bench_rate(rate[1], rounds).median, between.median, between.least, between.most);
        fflush(stdout);
    }
    memory_release(rate[0]);
    memory_release(rate[1]);
    memory_release(ratio);
    return status;
}

static enum status compare_programs(const char *const program[2], const struct bench_comparison *asked,
                                    struct message *message)
{
    enum status status = STATUS_OK;
    print_head(program[0], program[1], true);
    for (const struct bench_shape *shape = bench_shapes; shape->name && !status; shape++)
        if (!asked->shape || strcmp(shape->name, asked->shape) == 0)
            status = compare_shape(program, asked, shape->name, message);
    return status;
}

/* Two outputs were not made in turn: their ratio has no spread to show. */
static enum status compare_saved(const char *const path[2], const char *const text[2],
                                 const struct bench_comparison *asked, struct message *message)
{
    struct entry first, second;
    size_t both = 0;
    const char *at = text[0];
    print_head(path[0], path[1], false);
    while (next_entry(&first, &at)) {
        const char *other = text[1];
        if (asked->shape && strcmp(first.shape, asked->shape) != 0)
            continue;
        while (next_entry(&second, &other))
            if (strcmp(first.shape, second.shape) == 0 && strcmp(first.encoder, second.encoder) == 0) {
                printf("%-18s %-12s %7s %12.0f %12.0f %8.3f\n", first.shape, first.encoder, "", first.rate,
                       second.rate, second.rate / first.rate);
                both++;
                break;
            }
    }
    if (both == 0)
        return message_set(message, STATUS_FAILED, "%s and %s have no shape and encoder in common", path[0],
                           path[1]);
    printf("\nnot alternated: what else the machine did is in these ratios\n");
    return STATUS_OK;
}

/* saved: the file's text when it is an output of bench --json, else NULL: a program. */
static enum status open_operand(unsigned char **saved, const char *path, struct message *message)
{
    size_t size = 0;
    unsigned char *bytes = NULL;
    *saved = NULL;
    enum status status = file_read(&bytes, &size, path, message);
    if (status)
        return status;
    if (bytes[0] == '{' && strstr((const char *)bytes, "\"tokens_per_second\"")) {
        *saved = bytes;
        return STATUS_OK;
    }
    memory_release(bytes);
    if (access(path, X_OK) == 0)
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "bench --compare: %s is neither a program nor what `lexbench bench --json` wrote",
                       path);
}

enum status bench_compare(const char *const path[2], const struct bench_comparison *asked,
                          struct message *message)
{
    unsigned char *saved[2] = {NULL, NULL};
    enum status status = open_operand(&saved[0], path[0], message);
    if (!status)
        status = open_operand(&saved[1], path[1], message);
    if (!status && !saved[0] != !saved[1])
        status = message_set(message, STATUS_WRONG,
                             "bench --compare: %s is a saved output and %s a program; give two of a kind",
                             path[saved[0] ? 0 : 1], path[saved[0] ? 1 : 0]);
    if (!status && saved[0])
        status =
            compare_saved(path, (const char *const[2]){(char *)saved[0], (char *)saved[1]}, asked, message);
    else if (!status)
        status = compare_programs(path, asked, message);
    memory_release(saved[0]);
    memory_release(saved[1]);
    return status;
}
