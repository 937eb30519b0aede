/* narrator.c -- the grammar of the dataset prose.  Parts and what may follow each, brackets for options:
 *
 *   chapter    HEADING, (PERSON SYLLABLE SYLLABLE SYLLABLE THING) for each of the cast, sentences, FAREWELLs
 *   SENTENCE   name ACTION | He or She ACTION | The or Many NOUN | opening bracket | its closing
 *              | paragraph | end of the chapter
 *   ACTION     verb END | verb OBJECT END | verb OTHER END | said: and an opening quote
 *   NOUN       [adjective] noun VERB             VERB   [near the NOUN_PLACE] verb END
 *   END        . | near the PLACE                after a closing quote   SPEAKER
 *
 * What holds it together over distances: a noun and its verb (plural), an opening, its sign and its speaker
 * (level), a name, its gender and its thing (person), and the words of a topic.  Adding a word: no word may
 * be the beginning of another of its list, nor of one that is offered beside it; the tests look. */
#include "datasets/text/prose/narrator.h"

#include <string.h>

enum { TOPICS = 8, NOUNS = 6, PLACES = 3, THINGS = 16 };

static const char *const topics[TOPICS] = {"SEA",      "FOREST", "CITY",   "DESERT",
                                           "MOUNTAIN", "GARDEN", "MARKET", "CASTLE"};
static const char *const nouns[TOPICS * NOUNS] = {
    "wave",    "ship",     "gull",   "anchor", "net",      "sailor",  "oak",    "owl",
    "fern",    "hunter",   "path",   "raven",  "tram",     "tower",   "clock",  "baker",
    "street",  "bridge",   "dune",   "camel",  "scorpion", "caravan", "well",   "trader",
    "glacier", "goat",     "peak",   "stone",  "eagle",    "climber", "rose",   "bee",
    "hedge",   "gardener", "apple",  "spider", "stall",    "coin",    "basket", "merchant",
    "barrel",  "carpet",   "knight", "gate",   "banner",   "guard",   "horse",  "wall"};
static const char *const places[TOPICS * PLACES] = {
    "harbour", "lighthouse", "reef",     "clearing", "stream", "hut",     "station", "square",
    "museum",  "oasis",      "ruin",     "camp",     "summit", "cave",    "ridge",   "pond",
    "arbour",  "fence",      "fountain", "arcade",   "corner", "dungeon", "chapel",  "courtyard"};
static const char *const things[THINGS] = {"lantern", "rope", "compass", "letter",  "ring",   "mirror",
                                           "violin",  "map",  "knife",   "feather", "candle", "drum",
                                           "helmet",  "book", "bell",    "key"};
static const char *const adjectives[] = {"old",   "grey",    "quiet", "bright",
                                         "small", "strange", "heavy", "last"};
static const char *const happenings[] = {"turn",  "fall",    "wait",   "sleep",
                                         "shine", "tremble", "return", "disappear"};
static const char *const idling[] = {"waited", "slept",  "sang",    "laughed",
                                     "wept",   "rested", "dreamed", "vanished"};
static const char *const handling[] = {"lifted", "cleaned", "hid", "dropped", "found", "watched"};
static const char *const meeting[] = {"met", "followed", "greeted", "missed"};
static const char consonants[] = "bdfgklmnprstvz", vowels[] = "aeiou";

#define COUNT(list) (sizeof list / sizeof *(list))

/* One more alternative: lead, word and tail together, which fit. */
static void add(struct offer *offer, double weight, const char *lead, const char *word, const char *tail,
                enum narrator_part next)
{
    struct alternative *out = &offer->at[offer->count++];
    *out = (struct alternative){.weight = weight, .next = next};
    stpcpy(stpcpy(stpcpy(out->text, lead), word), tail);
}

/* Of the last alternative. */
static void remember(struct offer *offer, enum narrator_effect effect, size_t value)
{
    offer->at[offer->count - 1].effect = effect;
    offer->at[offer->count - 1].value = value;
}

static void add_words(struct offer *offer, double weight, const char *lead, const char *const *words,
                      size_t count, const char *tail, enum narrator_part next)
{
    for (size_t i = 0; i < count; i++)
        add(offer, weight / (double)count, lead, words[i], tail, next);
}

/* Words of all topics, `count` of each.  A share of 1 - topicality is even among all; the rest goes to the
 * chapter's topic, to its r-th word ~ 1 / r. */
static void add_topical(struct offer *offer, double weight, const char *lead, const char *const *words,
                        size_t count, const char *tail, enum narrator_part next, size_t topic,
                        double topicality)
{
    double harmonic = 0;
    for (size_t i = 0; i < count; i++)
        harmonic += 1 / (double)(i + 1);
    for (size_t i = 0; i < TOPICS * count; i++) {
        double chance = (1 - topicality) / (double)(TOPICS * count);
        if (i / count == topic)
            chance += topicality / (double)(i % count + 1) / harmonic;
        if (chance > 0)
            add(offer, weight * chance, lead, words[i], tail, next);
    }
}

/* Two letters more; the last two make no name that someone has already. */
static void offer_syllables(struct offer *offer, const struct narrator *narrator)
{
    const char *name = narrator->person[narrator->cast].name;
    size_t length = strlen(name);
    for (const char *c = consonants; *c; c++)
        for (const char *v = vowels; *v; v++) {
            const char syllable[3] = {(char)(length == 0 ? *c - 'a' + 'A' : *c), *v, 0};
            char whole[NARRATOR_NAME + 1];
            bool taken = false;
            strcat(strcpy(whole, name), syllable);
            for (size_t i = 0; i < narrator->cast; i++)
                taken = taken || strcmp(whole, narrator->person[i].name) == 0;
            if (taken)
                continue;
            add(offer, 1, syllable, "", "", length + 2 < NARRATOR_NAME ? SYLLABLE : THING);
            remember(offer, NAME, 0);
        }
}

static void offer_things(struct offer *offer, const struct narrator *narrator, size_t cast)
{
    for (size_t i = 0; i < THINGS; i++) {
        bool taken = false;
        for (size_t p = 0; p < narrator->cast; p++)
            taken = taken || narrator->person[p].thing == i;
        if (taken)
            continue;
        add(offer, 1, " kept a ", things[i], ".", narrator->cast + 1 < cast ? PERSON : SENTENCE);
        remember(offer, OWNED, i);
    }
}

static void add_opening(struct offer *offer, double weight, const char *lead, const char *sign,
                        size_t speaker)
{
    add(offer, weight, lead, sign, "", SENTENCE);
    remember(offer, OPENED, speaker);
}

/* What may end before a sentence begins.  The chance of the chapter's end is 1 / (sentences + 1). */
static void add_endings(struct offer *offer, const struct narrator *narrator, size_t sentences)
{
    double others = 0;
    if (narrator->open > 0) {
        const char close[2] = {narrator->level[narrator->open - 1].close, 0};
        bool speech = narrator->level[narrator->open - 1].speaker != NARRATOR_NOBODY;
        add(offer, 0.3, close, "", "", speech ? SPEAKER : SENTENCE);
        remember(offer, CLOSED, 0);
        return;
    }
    add(offer, 0.05, "\n  ", "", "", SENTENCE);
    remember(offer, PARAGRAPH, 0);
    for (size_t i = 0; i < offer->count; i++)
        others += offer->at[i].weight;
    add(offer, others / (double)sentences, "\n\n", "", "", FAREWELL);
}

static void offer_sentence(struct offer *offer, const struct narrator *narrator,
                           const struct narrator_options *options)
{
    const char *lead = narrator->fresh ? "" : " ";
    for (size_t i = 0; i < narrator->cast; i++) {
        add(offer, 0.35 / (double)narrator->cast, lead, narrator->person[i].name, " ", ACTION);
        remember(offer, SUBJECT, i);
    }
    add(offer, 0.2, lead, narrator->person[narrator->subject].woman ? "She" : "He", " ", ACTION);
    remember(offer, SUBJECT, narrator->subject);
    add(offer, 0.15, lead, "The", " ", NOUN);
    remember(offer, NUMBER, 0);
    add(offer, 0.15, lead, "Many", " ", NOUN);
    remember(offer, NUMBER, 1);
    if (narrator->open < options->depth)
        add_opening(offer, 0.05, lead, narrator->open % 2 == 0 ? "(" : "[", NARRATOR_NOBODY);
    if (!narrator->fresh)
        add_endings(offer, narrator, options->sentences);
}

static void offer_action(struct offer *offer, const struct narrator *narrator, size_t depth)
{
    static const char *const saying[] = {"said: ", "asked: ", "whispered: "};
    add_words(offer, 0.3, "", idling, COUNT(idling), "", END);
    add_words(offer, 0.3, "", handling, COUNT(handling), " ", OBJECT);
    add_words(offer, 0.2, "", meeting, COUNT(meeting), " ", OTHER);
    for (size_t i = 0; i < COUNT(saying) && narrator->open < depth; i++)
        add_opening(offer, 0.2 / COUNT(saying), saying[i], narrator->open % 2 == 0 ? "\"" : "'",
                    narrator->subject);
}

/* Someone of the cast other than the subject. */
static void offer_other(struct offer *offer, const struct narrator *narrator)
{
    for (size_t i = 0; i < narrator->cast; i++)
        if (i != narrator->subject)
            add(offer, 1, narrator->person[i].name, "", "", END);
}

/* The end of a chapter tells once more who has what. */
static void offer_farewell(struct offer *offer, const struct narrator *narrator)
{
    size_t who = narrator->left;
    bool last = who + 1 == narrator->cast;
    char whole[OFFER_TEXT];
    strcat(strcpy(whole, narrator->person[who].name),
           narrator->person[who].woman ? " still had her " : " still had his ");
    add(offer, 1, whole, things[narrator->person[who].thing], last ? ".\n\n" : ". ",
        last ? HEADING : FAREWELL);
    remember(offer, LEFT, 0);
}

/* The parts of a chapter's beginning. */
static void offer_introduction(struct offer *offer, const struct narrator *narrator,
                               const struct narrator_options *options)
{
    const char *lead = narrator->cast > 0 ? " " : "";
    if (narrator->part == HEADING)
        for (size_t i = 0; i < TOPICS; i++) {
            add(offer, 1, "THE ", topics[i], "\n\n  ", PERSON);
            remember(offer, TOPIC, i);
        }
    else if (narrator->part == PERSON)
        for (size_t woman = 0; woman < 2; woman++) {
            add(offer, 1, lead, woman ? "A woman" : "A man", " named ", SYLLABLE);
            remember(offer, GENDER, woman);
        }
    else if (narrator->part == SYLLABLE)
        offer_syllables(offer, narrator);
    else
        offer_things(offer, narrator, options->cast);
}

/* The parts of a sentence that are about nouns. */
static void offer_words(struct offer *offer, const struct narrator *narrator, double topicality)
{
    const size_t topic = narrator->topic, subject = narrator->subject;
    const char *many = narrator->plural ? "s" : "", *one = narrator->plural ? "" : "s";
    switch (narrator->part) {
    case OBJECT:
        add(offer, 0.7, narrator->person[subject].woman ? "her " : "his ",
            things[narrator->person[subject].thing], "", END);
        add_topical(offer, 0.3, "the ", nouns, NOUNS, "", END, topic, topicality);
        break;
    case PLACE:
        add_topical(offer, 1, "", places, PLACES, ".", SENTENCE, topic, topicality);
        break;
    case NOUN:
        add_words(offer, 0.4, "", adjectives, COUNT(adjectives), " ", PLAIN_NOUN);
        add_topical(offer, 0.6, "", nouns, NOUNS, many, VERB, topic, topicality);
        break;
    case PLAIN_NOUN:
        add_topical(offer, 1, "", nouns, NOUNS, many, VERB, topic, topicality);
        break;
    case NOUN_PLACE:
        add_topical(offer, 1, "", places, PLACES, "", PLAIN_VERB, topic, topicality);
        break;
    case VERB:
        add(offer, 0.3, " near the ", "", "", NOUN_PLACE);
        add_words(offer, 0.7, " ", happenings, COUNT(happenings), one, END);
        break;
    default: /* PLAIN_VERB */
        add_words(offer, 1, " ", happenings, COUNT(happenings), one, END);
    }
}

void narrator_offer(struct offer *out, const struct narrator *narrator,
                    const struct narrator_options *options)
{
    out->count = 0;
    switch (narrator->part) {
    case HEADING:
    case PERSON:
    case SYLLABLE:
    case THING:
        offer_introduction(out, narrator, options);
        break;
    case SENTENCE:
        offer_sentence(out, narrator, options);
        break;
    case ACTION:
        offer_action(out, narrator, options->depth);
        break;
    case OTHER:
        offer_other(out, narrator);
        break;
    case END:
        add(out, 0.8, ".", "", "", SENTENCE);
        add(out, 0.2, " near the ", "", "", PLACE);
        break;
    case SPEAKER:
        add(out, 1, " So said ", narrator->person[narrator->subject].name, ".", SENTENCE);
        break;
    case FAREWELL:
        offer_farewell(out, narrator);
        break;
    default:
        offer_words(out, narrator, options->topicality);
    }
}

static void open_level(struct narrator *narrator, char sign, size_t speaker)
{
    narrator->level[narrator->open].close = (char)(sign == '(' ? ')' : sign == '[' ? ']' : sign);
    narrator->level[narrator->open].speaker = speaker;
    narrator->open++;
    narrator->fresh = true;
}

static void close_level(struct narrator *narrator)
{
    size_t speaker = narrator->level[--narrator->open].speaker;
    if (speaker != NARRATOR_NOBODY)
        narrator->subject = speaker;
}

void narrator_take(struct narrator *narrator, const struct alternative *taken)
{
    switch (taken->effect) {
    case NOTHING:
        break;
    case TOPIC:
        *narrator = (struct narrator){.topic = taken->value};
        break;
    case GENDER:
        narrator->person[narrator->cast].woman = taken->value;
        break;
    case NAME:
        strcat(narrator->person[narrator->cast].name, taken->text);
        break;
    case OWNED:
        narrator->person[narrator->cast].thing = taken->value;
        narrator->subject = narrator->cast++;
        break;
    case SUBJECT:
        narrator->subject = taken->value;
        narrator->fresh = false;
        break;
    case NUMBER:
        narrator->plural = taken->value;
        narrator->fresh = false;
        break;
    case OPENED:
        open_level(narrator, taken->text[strlen(taken->text) - 1], taken->value);
        break;
    case CLOSED:
        close_level(narrator);
        break;
    case PARAGRAPH:
        narrator->fresh = true;
        break;
    case LEFT:
        narrator->left++;
    }
    narrator->part = taken->next;
}
