/* text.c -- running text: the bytes of a file, one token each (vocabulary 256).
 *
 *   tokens  b[f], b[f + 1], ..., b[f + n - 1]
 *   targets b[f + 1], ...,       b[f + n]
 *
 * f: first byte of a window.  The file is cut into three contiguous blocks, in this order: training,
 * validation, test.  A window never leaves its block, so no byte that is scored was trained on.
 * Bytes need no tokeniser, and byte models are the usual small-scale test of language modelling
 * (Graves 2013, "Generating sequences with recurrent neural networks", section 3.2).
 *
 * The text at hand on every machine is gnuplot's own manual (gnuplot*.gih, 0.8 MB of English). */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/dataset.h"
#include "support/file.h"
#include "support/memory.h"

struct corpus {
    char path[OPTION_TEXT_SIZE]; /* as written in the experiment */
    double validation, test;     /* shares of the bytes */
    struct dataset_input input;
    unsigned char *bytes;
    size_t first[3], size[3]; /* of the blocks, by split */
};

static const char manual[] = "gnuplot-manual";
static const char *const split_names[] = {"training", "validation", "test"};

static const struct option text_options[] = {
    {"path", OPTION_TEXT, offsetof(struct corpus, path), manual, 0, 0, NULL,
     "any file; gnuplot-manual finds the one that gnuplot brings"},
    {"validation", OPTION_REAL, offsetof(struct corpus, validation), "0.1", 0, 0.9, NULL,
     "share of the bytes in the validation block"},
    {"test", OPTION_REAL, offsetof(struct corpus, test), "0.1", 0, 0.9, NULL,
     "share of the bytes in the test block, at the end of the file"},
    {.name = NULL}};

/* Where packages put the manual.  glob() sorts its matches, so the choice is the same every time. */
static const char *const manual_patterns[] = {
    "/usr/share/gnuplot/gnuplot*.gih",         "/usr/share/gnuplot/*/gnuplot*.gih",
    "/usr/share/gnuplot/*/*/gnuplot*.gih",     "/usr/local/share/gnuplot/gnuplot*.gih",
    "/usr/local/share/gnuplot/*/gnuplot*.gih", "/opt/homebrew/share/gnuplot/*/gnuplot*.gih",
    "/opt/local/share/gnuplot/*/gnuplot*.gih", "/usr/lib*/gnuplot/gnuplot*.gih",
    "/usr/lib*/gnuplot/*/gnuplot*.gih",        "/usr/libexec/gnuplot/*/gnuplot*.gih"};

static enum status keep_path(char out[OPTION_TEXT_SIZE], const char *path, struct message *message)
{
    if (snprintf(out, OPTION_TEXT_SIZE, "%s", path) >= OPTION_TEXT_SIZE)
        return message_set(message, STATUS_WRONG, "dataset text: the path %.80s... is longer than %d bytes",
                           path, OPTION_TEXT_SIZE - 1);
    return STATUS_OK;
}

static enum status find_manual(char out[OPTION_TEXT_SIZE], struct message *message)
{
    const char *named = getenv("GNUHELP");

    if (named && named[0]) /* gnuplot's own variable for the same file */
        return keep_path(out, named, message);
    for (size_t i = 0; i < sizeof manual_patterns / sizeof *manual_patterns; i++) {
        glob_t matches;
        bool found = false;

        if (glob(manual_patterns[i], 0, NULL, &matches) != 0)
            continue;
        for (size_t j = 0; j < matches.gl_pathc && !found; j++) /* a dangling link is passed over */
            found = access(matches.gl_pathv[j], R_OK) == 0 &&
                    keep_path(out, matches.gl_pathv[j], message) == STATUS_OK;
        globfree(&matches);
        if (found)
            return STATUS_OK;
    }
    return message_set(
        message, STATUS_WRONG,
        "dataset text: no gnuplot manual (gnuplot*.gih) in the usual folders; install gnuplot, set "
        "GNUHELP to the file, or give any other text by `path = FILE`");
}

static enum status text_prepare(void *state, struct message *message)
{
    struct corpus *corpus = state;
    struct dataset_input *input = &corpus->input;
    enum status status;

    if (corpus->validation + corpus->test >= 1)
        return message_set(
            message, STATUS_WRONG,
            "dataset text: validation = %g and test = %g leave nothing to train on; their sum must be "
            "less than 1",
            corpus->validation, corpus->test);
    status = strcmp(corpus->path, manual) == 0 ? find_manual(input->path, message)
                                               : keep_path(input->path, corpus->path, message);
    if (status != STATUS_OK)
        return status;
    status = file_read(&corpus->bytes, &input->bytes, input->path, message);
    if (status != STATUS_OK) {
        message_prefix(message, "dataset text");
        return status;
    }
    if (input->bytes == 0) {
        memory_release(corpus->bytes);
        corpus->bytes = NULL;
        return message_set(message, STATUS_WRONG,
                           "dataset text: %s is empty; a text of some thousand bytes is needed", input->path);
    }
    sha256_of(input->sha256, corpus->bytes, input->bytes);
    corpus->size[SPLIT_VALIDATION] = (size_t)(corpus->validation * (double)input->bytes);
    corpus->size[SPLIT_TEST] = (size_t)(corpus->test * (double)input->bytes);
    corpus->size[SPLIT_TRAINING] = input->bytes - corpus->size[SPLIT_VALIDATION] - corpus->size[SPLIT_TEST];
    corpus->first[SPLIT_TRAINING] = 0;
    corpus->first[SPLIT_VALIDATION] = corpus->size[SPLIT_TRAINING];
    corpus->first[SPLIT_TEST] = corpus->first[SPLIT_VALIDATION] + corpus->size[SPLIT_VALIDATION];
    return STATUS_OK;
}

static void text_release_bytes(void *state)
{
    struct corpus *corpus = state;

    memory_release(corpus->bytes);
    corpus->bytes = NULL;
}

static size_t text_vocabulary(const void *state)
{
    (void)state;
    return 256;
}

static size_t text_minimum(const void *state)
{
    (void)state;
    return 1;
}

static enum status text_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct corpus *corpus = state;

    if (corpus->size[split] > n)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "%s: its %s block has %zu bytes, but a window of %zu tokens needs %zu; use a longer text, a "
        "shorter length or a larger share",
        corpus->input.path, split_names[split], corpus->size[split], n, n + 1);
}

static void text_window(const void *state, enum split split, size_t first, size_t n, int32_t *tokens,
                        int32_t *targets)
{
    const struct corpus *corpus = state;
    const unsigned char *bytes = corpus->bytes + corpus->first[split] + first;

    for (size_t i = 0; i < n; i++) {
        tokens[i] = bytes[i];
        targets[i] = bytes[i + 1];
    }
}

static void text_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                         int32_t *targets, int32_t *marks)
{
    const struct corpus *corpus = state;
    size_t first = random_below(key_with(key, split), 0, corpus->size[split] - n);

    text_window(state, split, first, n, tokens, targets);
    if (marks)
        memset(marks, 0, n * sizeof *marks);
}

/* One prediction per byte of the block but its last. */
static size_t text_extent(const void *state, enum split split)
{
    const struct corpus *corpus = state;

    return corpus->size[split] > 0 ? corpus->size[split] - 1 : 0;
}

/* Each target is the token that follows; that the last one follows in the file is seen by looking
 * for the whole window there. */
static bool text_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct corpus *corpus = state;

    for (size_t i = 0; i + 1 < n; i++)
        if (targets[i] != tokens[i + 1])
            return false;
    for (size_t first = 0; first + n < corpus->input.bytes; first++) {
        size_t same = 0;

        while (same < n && corpus->bytes[first + same] == tokens[same])
            same++;
        if (same == n && corpus->bytes[first + n] == targets[n - 1])
            return true;
    }
    return false;
}

static void text_input(const void *state, struct dataset_input *out)
{
    const struct corpus *corpus = state;

    *out = corpus->input;
}

const struct dataset dataset_text = {
    .name = "text",
    .summary = "bytes of any file; without a path, gnuplot's own manual",
    .citation = "Graves 2013, arXiv:1308.0850 (text by bytes)",
    .version = 1,
    .state_size = sizeof(struct corpus),
    .options = text_options,
    .prepare = text_prepare,
    .release = text_release_bytes,
    .vocabulary = text_vocabulary,
    .minimum = text_minimum,
    .refuses = text_refuses,
    .example = text_example,
    .extent = text_extent,
    .window = text_window,
    .verify = text_verify,
    .input = text_input,
};
