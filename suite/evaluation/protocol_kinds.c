/* protocol_kinds.c -- the kinds of protocols, a row each.
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
#include "evaluation/windows.h"

#define AT(field) offsetof(struct protocol, field)
#define COUNT_MAX 1099511627776.0

/* ---- options ---- */

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

/* ---- lengths ---- */

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

/* ---- kinds ---- */

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
