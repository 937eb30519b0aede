/* narrator.h -- the grammar of the dataset prose, one choice at a time.
 *
 * A narrator offers alternatives, texts with weights; the one that is taken decides the next state.  No text
 * of an offer is the beginning of another one of it, so what was taken can be read off the text: the grammar
 * has no hidden state.  Pure functions; nothing is allocated. */
#ifndef LEXBENCH_NARRATOR_H
#define LEXBENCH_NARRATOR_H

#include <stdbool.h>
#include <stddef.h>

enum {
    NARRATOR_NAME = 6,
    NARRATOR_CAST_MAX = 8,
    NARRATOR_DEPTH_MAX = 8,
    NARRATOR_NOBODY = NARRATOR_CAST_MAX
};
enum { OFFER_MAX = 96, OFFER_TEXT = 40 };

struct narrator_options {
    size_t sentences;  /* of a chapter, in the mean: a speech or a bracket with all in it counts once */
    size_t cast;       /* people of a chapter, 2..NARRATOR_CAST_MAX */
    size_t depth;      /* of nested speeches and brackets, 0..NARRATOR_DEPTH_MAX */
    double topicality; /* share of nouns and places that comes from the chapter's topic alone */
};

/* What the narrator is about to say, and what it remembers of it beside. */
enum narrator_part {
    HEADING,
    PERSON,
    SYLLABLE,
    THING,
    SENTENCE,
    ACTION,
    OBJECT,
    OTHER,
    END,
    PLACE,
    NOUN,
    PLAIN_NOUN,
    NOUN_PLACE,
    VERB,
    PLAIN_VERB,
    SPEAKER,
    FAREWELL
};
enum narrator_effect {
    NOTHING,
    TOPIC,
    GENDER,
    NAME,
    OWNED,
    SUBJECT,
    NUMBER,
    OPENED,
    CLOSED,
    PARAGRAPH,
    LEFT
};

struct alternative {
    char text[OFFER_TEXT];
    double weight; /* > 0, relative to the others of its offer */
    enum narrator_part next;
    enum narrator_effect effect;
    size_t value;
};

struct offer {
    size_t count; /* at least one */
    struct alternative at[OFFER_MAX];
};

struct narrator { /* all zeros: at the beginning of a stream */
    enum narrator_part part;
    size_t topic;
    size_t cast, left; /* people told of so far in this chapter; and at its end */
    size_t subject;    /* he or she */
    size_t plural;     /* the noun that waits for its verb */
    bool fresh;        /* nothing was said since the last opening or paragraph */
    struct {
        char name[NARRATOR_NAME + 1];
        size_t woman, thing;
    } person[NARRATOR_CAST_MAX];
    size_t open;
    struct {
        char close;
        size_t speaker; /* NARRATOR_NOBODY in a bracket */
    } level[NARRATOR_DEPTH_MAX];
};

void narrator_offer(struct offer *out, const struct narrator *narrator,
                    const struct narrator_options *options);
void narrator_take(struct narrator *narrator, const struct alternative *taken);

#endif
