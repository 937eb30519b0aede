/* protocol.c -- the kinds of protocols, a row each.
 *
 *   nonoverlap      windows of n that follow each other, every target scored.  Short contexts abound in short
 *                   windows, so the loss falls with n although nothing longer is used: the early-token curse
 *                   (Press, Smith, Lewis 2022, arXiv:2108.12409, appendix B)
 *   sliding         windows of n, S tokens apart, the last S targets scored (Baevski and Auli 2019): every target
 *                   has at least n - S tokens before it, with S = 1 all n.  The targets are the same at every n
 *   fixed-targets   the last L/4 targets of windows of n that end at fixed places: the same targets at
 *                   every n, so what changes is the context alone (Kazemnejad et al. 2023, appendix F)
 *   per-position    loss by position in the window (Chi et al. 2022, arXiv:2205.09921, figure 5)
 *   exact-match     examples of a task; right when every scored target is the most likely token, which
 *                   under teacher forcing is the same as under greedy decoding
 *   per-token       the share of single targets that are right, each after the true ones: far above what a
 *                   model reaches that reads its own answers
 *   retrieval       exact match against length and depth of the needle (Kamradt 2023, "needle in a haystack")
 *   attention       no score, but what attention does: entropy, distance, share on the first token */
#include "evaluation/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(struct protocol, field)
#define COUNT_MAX 1099511627776.0

/* ------------------------------------------------------------------------------------------ options */

static const char as_evaluation_tokens[] = "at most this many targets scored; 0: tokens of [evaluation]";
static const char as_evaluation_examples[] = "examples per length; 0: examples of [evaluation]";

static const struct option tokens_options[] = {
    {"tokens", OPTION_SIZE, AT(tokens), "0", 0, COUNT_MAX, NULL, as_evaluation_tokens},
    {.name = NULL},
};
static const struct option examples_options[] = {
    {"examples", OPTION_SIZE, AT(examples), "0", 0, 1073741824, NULL, as_evaluation_examples},
    {.name = NULL},
};
static const struct option position_options[] = {
    {"tokens", OPTION_SIZE, AT(tokens), "0", 0, COUNT_MAX, NULL, as_evaluation_tokens},
    {"examples", OPTION_SIZE, AT(examples), "0", 0, 1073741824, NULL, as_evaluation_examples},
    {.name = NULL},
};
static const struct option sliding_options[] = {
    {"stride", OPTION_SIZE, AT(stride), "1", 1, 16777216, NULL, "tokens from one window to the next"},
    {"targets", OPTION_SIZE, AT(targets), "2000", 1, COUNT_MAX, NULL,
     "stride 1: so many places are drawn, the same for every n and variant"},
    {"tokens", OPTION_SIZE, AT(tokens), "0", 0, COUNT_MAX, NULL,
     "other strides: at most this many targets scored; 0: tokens of [evaluation]"},
    {.name = NULL},
};
static const struct option fixed_options[] = {
    {"targets", OPTION_SIZE, AT(targets), "0", 0, COUNT_MAX, NULL,
     "at most this many targets scored; 0: targets of [evaluation]"},
    {.name = NULL},
};
static const struct option retrieval_options[] = {
    {"depths", OPTION_TEXT, AT(depths_text), "0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1", 0, 0, NULL,
     "places of the needle, ascending, 0 the beginning and 1 the end"},
    {"examples", OPTION_SIZE, AT(examples), "0", 0, 1073741824, NULL,
     "examples per length and depth; 0: examples of [evaluation]"},
    {.name = NULL},
};
static const struct option attention_options[] = {
    {"examples", OPTION_SIZE, AT(examples), "4", 1, 1073741824, NULL, "windows or examples per length"},
    {.name = NULL},
};

/* ------------------------------------------------------------------------------------------ windows */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Of every asked length they cover the same targets, where the lengths divide the longest. */
static void windows_nonoverlap(struct windows *windows, const struct windows_request *request)
{
    size_t most = request->protocol->tokens, longest = request->longest;
    size_t covered = smaller(request->extent, most > longest ? most : longest);
    covered -= covered % longest;
    windows->count = covered / request->length;
    windows->stride = request->length;
    windows->scored = request->length;
}

/* They end at the same places for every n, and the first leaves room for the longest. */
static void windows_sliding(struct windows *windows, const struct windows_request *request)
{
    size_t stride = request->protocol->stride, room;
    if (request->extent < request->longest || request->length < stride)
        return;
    room = 1 + (request->extent - request->longest) / stride;
    windows->first = request->longest - request->length;
    windows->stride = stride;
    windows->scored = stride;
    if (stride == 1) {
        windows->room = room;
        windows->count = smaller(room, request->protocol->targets);
    } else {
        size_t most = request->protocol->tokens / stride;
        windows->count = smaller(room, most > 0 ? most : 1);
    }
}

/* Windows that end at fixed places, spread over the whole block. */
static void windows_fixed_targets(struct windows *windows, const struct windows_request *request)
{
    size_t scored = request->trained_length >= 4 ? request->trained_length / 4 : 1, most, room;
    if (request->extent < request->longest || request->length < scored)
        return;
    most = request->protocol->targets / scored;
    room = 1 + (request->extent - request->longest) /
                   scored; /* windows whose last targets lie one after the other */
    windows->count = smaller(room, most > 0 ? most : 1);
    windows->stride = scored * (room / windows->count);
    windows->first = request->longest - request->length;
    windows->scored = scored;
}

/* A few windows, spread; they end at the same places for every n. */
static void windows_attention(struct windows *windows, const struct windows_request *request)
{
    if (request->extent < request->longest)
        return;
    windows->count = smaller(1 + request->extent - request->longest, request->protocol->examples);
    windows->stride = (1 + request->extent - request->longest) / windows->count;
    windows->first = request->longest - request->length;
    windows->scored = request->length;
}

static bool asked_from_trained_length(const struct protocol *protocol, size_t trained_length, size_t n)
{
    (void)protocol;
    return n >= trained_length;
}

static bool asked_from_stride(const struct protocol *protocol, size_t trained_length, size_t n)
{
    (void)trained_length;
    return n >= protocol->stride;
}

/* -------------------------------------------------------------------------------------------- kinds */

const struct protocol_kind protocol_kinds[] = {
    {"nonoverlap", "windows of n tokens side by side, every token scored", "all", SUBJECT_TEXT, 0,
     tokens_options, windows_nonoverlap, NULL},
    {"sliding", "windows of n tokens, S apart, the last S tokens scored: with S = 1 after n - 1 others, each",
     "last S of a window, the same at every n", SUBJECT_TEXT, 0, sliding_options, windows_sliding,
     asked_from_stride},
    {"fixed-targets", "the last L/4 tokens of windows that end at fixed places, for every n from L",
     "last L/4 of a window", SUBJECT_TEXT, 0, fixed_options, windows_fixed_targets,
     asked_from_trained_length},
    {"per-position", "loss by position in windows of n tokens side by side, or in examples",
     "all, by position", SUBJECT_TEXT | SUBJECT_TASK, GIVES_POSITIONS, position_options, windows_nonoverlap,
     NULL},
    {"exact-match", "examples of n tokens, every asked token right, and without the one that ends the answer",
     "asked places", SUBJECT_TASK, GIVES_EXACT_MATCH, examples_options, NULL, NULL},
    {"per-token", "examples of n tokens, each asked token by itself: teacher-forced",
     "asked places, teacher-forced", SUBJECT_TASK, 0, examples_options, NULL, NULL},
    {"retrieval", "examples of n tokens with the needle at given depths, every asked token right",
     "asked places, by depth", SUBJECT_NEEDLE, GIVES_EXACT_MATCH | GIVES_RETRIEVAL, retrieval_options, NULL,
     NULL},
    {"attention", "entropy, distance and share on the first token of attention, in a few windows or examples",
     "all of a few windows or examples", SUBJECT_TEXT | SUBJECT_TASK, GIVES_ATTENTION, attention_options,
     windows_attention, NULL},
    {.name = NULL},
};

const struct protocol_kind *protocol_kind_find(const char *name)
{
    for (const struct protocol_kind *kind = protocol_kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

enum status protocol_begin(struct protocol *out, const char *name, const struct protocol_kind *kind,
                           struct message *message)
{
    *out = (struct protocol){.kind = kind};
    if (strlen(name) >= sizeof out->name)
        return message_set(message, STATUS_WRONG,
                           "the name of the protocol `%.80s` has more than %zu characters", name,
                           sizeof out->name - 1);
    snprintf(out->name, sizeof out->name, "%s", name);
    return option_defaults(kind->options, out, message);
}

/* "0, 0.1, 1" */
static enum status read_depths(struct protocol *protocol, struct message *message)
{
    const char *at = protocol->depths_text;
    double last = -1;
    for (protocol->depths = 0;; at++) {
        char *end;
        double depth = strtod(at, &end);

        end += strspn(end, " ");
        if (end == at || (*end && *end != ',') || !(depth > last) || depth > 1 || depth < 0 ||
            protocol->depths == DEPTHS_MAX)
            return message_set(
                message, STATUS_WRONG,
                "depths = %.120s: at most %d numbers from 0 to 1, ascending: depths = 0, 0.5, 1",
                protocol->depths_text, DEPTHS_MAX);
        protocol->depth[protocol->depths++] = last = depth;
        at = end;
        if (!*at)
            return STATUS_OK;
    }
}

enum status protocol_finish(struct protocol *protocol, struct message *message)
{
    return protocol->kind->gives & GIVES_RETRIEVAL ? read_depths(protocol, message) : STATUS_OK;
}

bool protocol_asked(const struct protocol *protocol, size_t trained_length, size_t n)
{
    return !protocol->kind->asked || protocol->kind->asked(protocol, trained_length, n);
}
