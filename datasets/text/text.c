/* text.c -- running text: the bytes of a file, one token each (vocabulary 256).
 *
 *   tokens  b[f], b[f + 1], ..., b[f + n - 1]
 *   targets b[f + 1], ...,       b[f + n]
 *
 * f: first byte of a window.  The file is cut into three contiguous blocks, in this order: training,
 * validation, test; or into k blocks, of which one is tested, the next one (after the last the first)
 * validated and the rest trained on.  A window never leaves its block, nor runs over the hole that the two
 * leave in the rest, so no byte that is scored was trained on.
 * begin_token = on: token 0 of every window is 256 instead of b[f]; the targets stay the same ones.
 * documents = separate: the separators between documents belong to none of them, and a window lies within
 * one; a document that an edge of a block cuts is two.
 *
 * Bytes need no tokeniser, and byte models are the usual small-scale test of language modelling
 * (Graves 2013, "Generating sequences with recurrent neural networks", section 3.2).
 * The text at hand on every machine is gnuplot's own manual (gnuplot*.gih, 0.8 MB of English). */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/dataset.h"
#include "datasets/shared/stretches.h"
#include "support/file.h"
#include "support/memory.h"

enum { BYTES = 256, BEGIN_TOKEN = BYTES, SPLITS = 3 };
enum documents { DOCUMENTS_JOIN, DOCUMENTS_SEPARATE };

struct corpus {
    char path[OPTION_TEXT_SIZE]; /* as written in the experiment */
    double validation, test;     /* shares of the bytes */
    bool begin_token;
    int documents;
    char separator[OPTION_TEXT_SIZE]; /* as written; then its bytes */
    unsigned char mark[OPTION_TEXT_SIZE];
    size_t mark_size;
    struct dataset_input input;
    unsigned char *bytes;
    struct stretches block[SPLITS]; /* by split: its documents, or what one part of it is */
};

static const char manual[] = "gnuplot-manual";
static const char *const split_names[] = {"training", "validation", "test"};
static const char *const documents_names[] = {"join", "separate", NULL};

static const struct option text_options[] = {
    {"path", OPTION_TEXT, offsetof(struct corpus, path), manual, 0, 0, NULL,
     "any file; gnuplot-manual finds the one that gnuplot brings"},
    {"validation", OPTION_REAL, offsetof(struct corpus, validation), "0.1", 0, 0.9, NULL,
     "share of the bytes in the validation block"},
    {"test", OPTION_REAL, offsetof(struct corpus, test), "0.1", 0, 0.9, NULL,
     "share of the bytes in the test block, at the end of the file"},
    {"begin_token", OPTION_BOOLEAN, offsetof(struct corpus, begin_token), "off", 0, 0, NULL,
     "token 256 stands first in every window, in place of a byte"},
    {"documents", OPTION_CHOICE, offsetof(struct corpus, documents), "join", 0, 0, documents_names,
     "a window may run from one document into the next, or lies within one"},
    {"separator", OPTION_TEXT, offsetof(struct corpus, separator), "\\n\\n", 0, 0, NULL,
     "bytes between documents, for separate: \\n, \\t, \\f, \\r, \\\\ and \\xHH are single ones; default: a "
     "blank line"},
    {.name = NULL},
};

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
            found = access(matches.gl_pathv[j], R_OK) == 0 && !keep_path(out, matches.gl_pathv[j], message);
        globfree(&matches);
        if (found)
            return STATUS_OK;
    }
    return message_set(
        message, STATUS_WRONG,
        "dataset text: no gnuplot manual (gnuplot*.gih) in the usual folders; install gnuplot, set "
        "GNUHELP to the file, or give any other text by `path = FILE`");
}

/* ---- blocks and documents ---- */

static void text_close(void *state)
{
    struct corpus *corpus = state;
    for (size_t split = 0; split < SPLITS; split++)
        stretches_release(&corpus->block[split]);
    memory_release(corpus->bytes);
    corpus->bytes = NULL;
}

static enum status read_separator(struct corpus *corpus, struct message *message)
{
    if (!text_unescape(corpus->mark, &corpus->mark_size, corpus->separator) || corpus->mark_size == 0)
        return message_set(
            message, STATUS_WRONG,
            "dataset text: separator = %.80s: it must not be empty, and behind a \\ stands n, t, f, "
            "r, \\, or x and two hexadecimal digits",
            corpus->separator);
    return STATUS_OK;
}

/* What lies of each document in the bytes from first to end.  One of a single byte holds no prediction. */
static enum status add_bytes(struct corpus *corpus, enum split split, size_t first, size_t end,
                             struct message *message)
{
    size_t size = corpus->input.bytes, next;
    for (size_t at = 0; at < end; at = next + corpus->mark_size) {
        const unsigned char *mark =
            corpus->documents == DOCUMENTS_JOIN
                ? NULL
                : memmem(corpus->bytes + at, size - at, corpus->mark, corpus->mark_size);
        size_t from = at > first ? at : first, to;
        next = mark ? (size_t)(mark - corpus->bytes) : size;
        to = next < end ? next : end;
        if (to > from + (corpus->documents == DOCUMENTS_SEPARATE) &&
            stretches_add(&corpus->block[split], from, to - from, message))
            return STATUS_FAILED;
    }
    return STATUS_OK;
}

/* Where blocks begin and end.  The hole is what is not trained on; it may go around the end of the file. */
static enum status cut(struct corpus *corpus, const size_t validation[2], const size_t test[2],
                       const size_t hole[2], struct message *message)
{
    bool around = hole[1] < hole[0];
    enum status status;
    for (size_t split = 0; split < SPLITS; split++)
        stretches_release(&corpus->block[split]);
    status = add_bytes(corpus, SPLIT_TRAINING, around ? hole[1] : 0, hole[0], message);
    if (!status && !around)
        status = add_bytes(corpus, SPLIT_TRAINING, hole[1], corpus->input.bytes, message);
    if (!status)
        status = add_bytes(corpus, SPLIT_VALIDATION, validation[0], validation[1], message);
    if (!status)
        status = add_bytes(corpus, SPLIT_TEST, test[0], test[1], message);
    for (size_t split = 0; !status && split < SPLITS; split++)
        status = stretches_rank(&corpus->block[split], message);
    return status;
}

static enum status cut_by_shares(struct corpus *corpus, struct message *message)
{
    size_t bytes = corpus->input.bytes, test = bytes - (size_t)(corpus->test * (double)bytes);
    size_t validation = test - (size_t)(corpus->validation * (double)bytes);
    return cut(corpus, (size_t[]){validation, test}, (size_t[]){test, bytes}, (size_t[]){validation, bytes},
               message);
}

/* The blocks of test and validation follow each other, also around the end of the file. */
static enum status text_choose_fold(void *state, size_t fold, size_t folds, struct message *message)
{
    struct corpus *corpus = state;
    size_t bytes = corpus->input.bytes, next = (fold + 1) % (folds > 0 ? folds : 1);
    size_t test[2], validation[2];
    if (folds < 3 || fold >= folds || folds > bytes / 2)
        return message_set(
            message, STATUS_WRONG,
            "dataset text: fold %zu of %zu cannot be had from the %zu bytes of %s; there must be at "
            "least 3 folds (test, validation, training) of 2 bytes, counted from 0",
            fold, folds, bytes, corpus->input.path);
    for (size_t side = 0; side < 2; side++) {
        test[side] = bytes / folds * (fold + side) + bytes % folds * (fold + side) / folds;
        validation[side] = bytes / folds * (next + side) + bytes % folds * (next + side) / folds;
    }
    return cut(corpus, validation, test, (size_t[]){test[0], validation[1]}, message);
}

static enum status check_options(struct corpus *corpus, struct message *message)
{
    if (corpus->validation + corpus->test >= 1)
        return message_set(
            message, STATUS_WRONG,
            "dataset text: validation = %g and test = %g leave nothing to train on; their sum must be "
            "less than 1",
            corpus->validation, corpus->test);
    return read_separator(corpus, message);
}

static enum status text_prepare(void *state, struct message *message)
{
    struct corpus *corpus = state;
    struct dataset_input *input = &corpus->input;
    enum status status = check_options(corpus, message);
    if (!status)
        status = strcmp(corpus->path, manual) == 0 ? find_manual(input->path, message)
                                                   : keep_path(input->path, corpus->path, message);
    if (status)
        return status;
    status = file_read(&corpus->bytes, &input->bytes, input->path, message);
    if (status) {
        message_prefix(message, "dataset text");
        return status;
    }
    if (input->bytes == 0)
        status =
            message_set(message, STATUS_WRONG,
                        "dataset text: %s is empty; a text of some thousand bytes is needed", input->path);
    if (!status)
        status = cut_by_shares(corpus, message);
    if (status) {
        text_close(corpus);
        return status;
    }
    sha256_of(input->sha256, corpus->bytes, input->bytes);
    return STATUS_OK;
}

static size_t text_vocabulary(const void *state)
{
    const struct corpus *corpus = state;
    return BYTES + corpus->begin_token;
}

static size_t text_minimum(const void *state)
{
    (void)state;
    return 1;
}

/* ---- windows ---- */

static enum status text_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct corpus *corpus = state;
    const struct stretches *block = &corpus->block[split];
    size_t longest = stretches_longest(block);
    if (longest > n)
        return STATUS_OK;
    if (corpus->documents == DOCUMENTS_SEPARATE)
        return message_set(
            message, STATUS_WRONG,
            "%s: 0 of the %zu documents of its %s block are long enough for a window of %zu tokens, which "
            "needs %zu bytes: the longest has %zu; use shorter lengths, longer documents (separator = %.80s) "
            "or documents = join",
            corpus->input.path, block->count, split_names[split], n, n + 1, longest, corpus->separator);
    return message_set(
        message, STATUS_WRONG,
        "%s: its %s block has %zu bytes, but a window of %zu tokens needs %zu; use a longer text, a "
        "shorter length or a larger share",
        corpus->input.path, split_names[split], longest, n, n + 1);
}

/* Where it leaves the stretch that it begins in, tokens go on in the next one, and targets are not scored. */
static void text_window(const void *state, enum split split, size_t first, size_t n, int32_t *tokens,
                        int32_t *targets)
{
    const struct corpus *corpus = state;
    const struct stretches *block = &corpus->block[split];
    size_t own = stretches_find(block, first), offset = first - block->at[own].before, done = 0;
    for (size_t which = own; done < n; which++) {
        const struct stretch *stretch = &block->at[which];
        const unsigned char *bytes = corpus->bytes + stretch->first + offset;
        size_t room = stretch->size - 1 - offset, here = n - done < room ? n - done : room;
        for (size_t i = 0; i < here; i++) {
            tokens[done + i] = bytes[i];
            targets[done + i] = which == own ? bytes[i + 1] : UNSCORED;
        }
        done += here;
        offset = 0;
    }
    if (corpus->begin_token)
        tokens[0] = BEGIN_TOKEN;
}

/* Every window that lies in one stretch is equally likely. */
static void text_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                         int32_t *targets, int32_t *marks)
{
    const struct corpus *corpus = state;
    const struct stretches *block = &corpus->block[split];
    size_t index = random_below(key_with(key, split), 0, stretches_windows(block, n));
    const unsigned char *bytes = corpus->bytes + stretches_window(block, n, index);
    for (size_t i = 0; i < n; i++) {
        tokens[i] = bytes[i];
        targets[i] = bytes[i + 1];
    }
    if (corpus->begin_token)
        tokens[0] = BEGIN_TOKEN;
    if (marks)
        memset(marks, 0, n * sizeof *marks);
}

static bool text_document(const void *state, enum split split, size_t index, size_t *begin, size_t *length)
{
    const struct corpus *corpus = state;
    const struct stretches *block = &corpus->block[split];
    if (index >= block->count)
        return false;
    *begin = block->at[index].before;
    *length = block->at[index].size - 1;
    return true;
}

static size_t text_extent(const void *state, enum split split)
{
    const struct corpus *corpus = state;
    return stretches_predictions(&corpus->block[split]);
}

/* Whether the window is the one at this byte: the first token need not be. */
static bool is_window(const struct corpus *corpus, size_t first, size_t n, const int32_t *tokens,
                      const int32_t *targets)
{
    size_t same = corpus->begin_token;
    while (same < n && corpus->bytes[first + same] == tokens[same])
        same++;
    return same == n && corpus->bytes[first + n] == targets[n - 1];
}

/* Each target is the token that follows; that the last one follows in the file is seen by looking
 * for the whole window in every stretch. */
static bool text_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct corpus *corpus = state;
    if (corpus->begin_token && tokens[0] != BEGIN_TOKEN)
        return false;
    for (size_t i = 0; i + 1 < n; i++)
        if (targets[i] != tokens[i + 1])
            return false;
    for (size_t split = 0; split < SPLITS; split++)
        for (size_t i = 0; i < corpus->block[split].count; i++) {
            const struct stretch *stretch = &corpus->block[split].at[i];
            for (size_t first = stretch->first; first + n < stretch->first + stretch->size; first++)
                if (is_window(corpus, first, n, tokens, targets))
                    return true;
        }
    return false;
}

static bool text_begin_token(const void *state)
{
    const struct corpus *corpus = state;
    return corpus->begin_token;
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
    .release = text_close,
    .vocabulary = text_vocabulary,
    .minimum = text_minimum,
    .refuses = text_refuses,
    .example = text_example,
    .extent = text_extent,
    .window = text_window,
    .begin_token = text_begin_token,
    .document = text_document,
    .verify = text_verify,
    .choose_fold = text_choose_fold,
    .input = text_input,
};
