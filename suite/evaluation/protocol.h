/* protocol.h -- how a score is taken: which targets of which windows or examples, under how much context.
 *
 * A new kind is one row of protocol_kinds.c; where it takes other windows of a text than the kinds that are
 * there, a file beside windows.c has its rule.  Others name kinds as defaults alone; what they do with one
 * follows from its row: `subjects`, `gives`.  A number that no kind gives so far needs a bit of `gives` and
 * a field of struct evaluation. */
#ifndef LEXBENCH_PROTOCOL_H
#define LEXBENCH_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

#include "support/option.h"

enum { PROTOCOLS_MAX = 8, PROTOCOL_NAME_SIZE = 64, DEPTHS_MAX = 64 };

/* What a kind is for, and what it gives beside loss and accuracy. */
enum { SUBJECT_TEXT = 1, SUBJECT_TASK = 2, SUBJECT_NEEDLE = 4 /* tasks with one, dataset->example_at */ };
enum { GIVES_EXACT_MATCH = 1, GIVES_POSITIONS = 2, GIVES_RETRIEVAL = 4, GIVES_ATTENTION = 8 };

struct protocol;

/* The windows of a text: item i starts at first + i * stride, or where places are drawn, at first + its
 * place. */
struct windows {
    size_t count;
    size_t first, stride;
    size_t scored; /* the last so many targets of a window */
    size_t room;   /* places are drawn from 0..room-1, one in each of count equal parts; 0 = none drawn */
};
struct windows_request {
    const struct protocol *protocol;
    size_t extent;          /* targets of the block: target t follows token t */
    size_t length, longest; /* n, and the longest n that is asked */
    size_t trained_length;
};

struct protocol_kind {
    const char *name, *summary;
    const char *targets; /* which are scored, in words */
    unsigned subjects, gives;
    const struct option *options; /* offsets into struct protocol */
    /* Text: fills windows, which is zero; count 0 = there is nothing to score. */
    void (*windows)(struct windows *windows, const struct windows_request *request);
    bool (*asked)(const struct protocol *protocol, size_t trained_length, size_t n); /* NULL = at every n */
};
extern const struct protocol_kind protocol_kinds[];               /* ends with name = NULL */
const struct protocol_kind *protocol_kind_find(const char *name); /* or NULL */

/* A kind with options, under a name of its own or that of the kind. */
struct protocol {
    char name[PROTOCOL_NAME_SIZE];
    const struct protocol_kind *kind;
    size_t stride;
    size_t tokens, targets, examples; /* 0 = as [evaluation] says */
    char depths_text[OPTION_TEXT_SIZE];
    size_t depths;            /* of the needle */
    double depth[DEPTHS_MAX]; /* 0 the beginning, 1 the end; ascending */
};

/* Every default; then protocol_finish() once all options are set: STATUS_WRONG when they do not go together. */
enum status protocol_begin(struct protocol *out, const char *name, const struct protocol_kind *kind,
                           struct message *message);
enum status protocol_finish(struct protocol *protocol, struct message *message);

/* Is it asked at n?  (fixed-targets scores what a window of L holds: not below L.) */
bool protocol_asked(const struct protocol *protocol, size_t trained_length, size_t n);

#endif
