/* prose.c -- text from a grammar: English-like bytes with structure over long distances and known entropy.
 *
 *   THE SEA
 *
 *     A woman named Rekalu kept a lantern. A man named Tosemi kept a drum. Many grey gulls near the harbour
 *     turn. Tosemi said: "The wave shines. He lifted his drum." So said Tosemi. (Rekalu met Tosemi.) ...
 *
 *   Rekalu still had her lantern. Tosemi still had his drum.
 *
 * Over a few bytes: spelling.  Over a sentence: nouns and verbs agree in number, across a place.  Over
 * several: what was opened closes with its own sign, nested up to `depth`, and a speech ends with the name
 * of its speaker.  Over a chapter: names are invented in it and come again, with the gender and the thing
 * that were told once; the heading decides which words are frequent; the end tells all names and things.
 * Chapters are independent.  prose/narrator.c has the grammar.
 *
 * A state of the narrator offers alternatives, texts w with chances P(w | state); the one that is taken
 * decides the next state.  No offered text is the beginning of another, so the text read so far decides
 * which were taken, and with them the state.  Hence the loss of the Bayes-optimal predictor is exact:
 *
 *   p(b | all bytes before) = sum of P(w | state) over w that go on with b
 *                           / sum of P(w | state) over w that begin as read        floor = -ln p, nat
 *
 * Marginalised are the alternatives that are the same so far, and nothing else: there is no hidden state.
 * The past is all of the stream before, the blocks of other splits too.  Whoever does not know the grammar or
 * sees only a window has a higher expected loss; so a model's mean loss may come near the mean floor, but lie
 * below it only by chance.  (With folds, training may go on in the chapter in which a block ends, and so know
 * of the few names of that one chapter.)
 *
 * Stochastic grammars as sources of known entropy, nested dependencies as a test of what is learnt of them:
 * Shannon 1948; Chomsky and Schuetzenberger 1963; Hewitt et al. 2020, arXiv:2010.07515. */
#include <math.h>
#include <string.h>

#include "datasets/dataset.h"
#include "datasets/text/prose/narrator.h"
#include "support/memory.h"

struct block {
    size_t first, size;
};

struct prose {
    struct narrator_options grammar;
    size_t bytes, seed;
    double validation, test;
    unsigned char *text;
    float *nll;             /* (bytes) of each byte, given all before */
    struct block block[3];  /* by split */
    struct block remainder; /* of training, on the other side of the test block */
};

static const char *const split_names[] = {"training", "validation", "test"};

static const struct option prose_options[] = {
    {"bytes", OPTION_SIZE, offsetof(struct prose, bytes), "4000000", 1000, 1 << 28, NULL,
     "length of the stream"},
    {"seed", OPTION_SIZE, offsetof(struct prose, seed), "1", 0, 4294967295, NULL, "which stream is written"},
    {"sentences", OPTION_SIZE, offsetof(struct prose, grammar.sentences), "40", 1, 1000000, NULL,
     "of a chapter, in the mean; a speech or a bracket with all that is in it counts once"},
    {"cast", OPTION_SIZE, offsetof(struct prose, grammar.cast), "4", 2, NARRATOR_CAST_MAX, NULL,
     "people of a chapter"},
    {"depth", OPTION_SIZE, offsetof(struct prose, grammar.depth), "3", 0, NARRATOR_DEPTH_MAX, NULL,
     "how deep speeches and brackets may be nested"},
    {"topicality", OPTION_REAL, offsetof(struct prose, grammar.topicality), "0.8", 0, 1, NULL,
     "share of nouns and places that are drawn from the chapter's topic alone"},
    {"validation", OPTION_REAL, offsetof(struct prose, validation), "0.1", 0, 0.9, NULL,
     "share of the bytes in the validation block"},
    {"test", OPTION_REAL, offsetof(struct prose, test), "0.1", 0, 0.9, NULL,
     "share of the bytes in the test block, at the end of the stream"},
    {.name = NULL},
};

static size_t choose(const struct offer *offer, double u)
{
    double total = 0;
    size_t i = 0;
    for (size_t j = 0; j < offer->count; j++)
        total += offer->at[j].weight;
    for (u *= total; i + 1 < offer->count && u >= offer->at[i].weight; i++)
        u -= offer->at[i].weight;
    return i;
}

/* The bytes of one alternative, each with its loss given those before it.  Returns how many fitted. */
static size_t write(unsigned char *text, float *nll, size_t room, const struct offer *offer, size_t chosen)
{
    const char *word = offer->at[chosen].text;
    size_t same[OFFER_MAX], count = offer->count, i = 0;
    double weight = 0;
    for (size_t j = 0; j < count; j++) {
        same[j] = j;
        weight += offer->at[j].weight;
    }
    for (; i < room && word[i]; i++) {
        size_t kept = 0;
        double left = 0;
        for (size_t j = 0; j < count; j++)
            if (offer->at[same[j]].text[i] == word[i]) {
                left += offer->at[same[j]].weight;
                same[kept++] = same[j];
            }
        text[i] = (unsigned char)word[i];
        nll[i] = (float)log(weight / left);
        weight = left;
        count = kept;
    }
    return i;
}

static void narrate(struct prose *prose)
{
    struct narrator narrator = {0};
    struct key key = key_named(prose->seed, "prose");
    struct offer offer;
    uint64_t draw = 0;
    for (size_t used = 0; used < prose->bytes;) {
        size_t chosen;
        narrator_offer(&offer, &narrator, &prose->grammar);
        chosen = choose(&offer, random_uniform(key, draw++));
        used += write(prose->text + used, prose->nll + used, prose->bytes - used, &offer, chosen);
        narrator_take(&narrator, &offer.at[chosen]);
    }
}

static void split_by_shares(struct prose *prose)
{
    size_t validation = (size_t)(prose->validation * (double)prose->bytes);
    size_t test = (size_t)(prose->test * (double)prose->bytes), training = prose->bytes - validation - test;
    prose->block[SPLIT_TRAINING] = (struct block){0, training};
    prose->block[SPLIT_VALIDATION] = (struct block){training, validation};
    prose->block[SPLIT_TEST] = (struct block){training + validation, test};
}

static enum status prose_prepare(void *state, struct message *message)
{
    struct prose *prose = state;
    if (prose->validation + prose->test >= 1)
        return message_set(
            message, STATUS_WRONG,
            "dataset prose: validation = %g and test = %g leave nothing to train on; their sum must "
            "be less than 1",
            prose->validation, prose->test);
    prose->text = memory_allocate(prose->bytes, 1, "the text of dataset prose", message);
    prose->nll = memory_allocate(prose->bytes, sizeof *prose->nll, "the floor of dataset prose", message);
    if (!prose->text || !prose->nll) {
        memory_release(prose->text);
        memory_release(prose->nll);
        prose->text = NULL;
        prose->nll = NULL;
        return STATUS_FAILED;
    }
    narrate(prose);
    split_by_shares(prose);
    return STATUS_OK;
}

static void prose_release(void *state)
{
    struct prose *prose = state;
    memory_release(prose->text);
    memory_release(prose->nll);
    prose->text = NULL;
    prose->nll = NULL;
}

/* Training lies on both sides of the test and validation blocks; windows of it are taken from the longer
 * side, examples from both, and none across. */
static enum status prose_choose_fold(void *state, size_t fold, size_t folds, struct message *message)
{
    struct prose *prose = state;
    size_t share, next = fold + 1 < folds ? fold + 1 : 0;
    struct block *training = &prose->block[SPLIT_TRAINING], other;
    if (folds < 3 || fold >= folds || folds > prose->bytes)
        return message_set(
            message, STATUS_WRONG,
            "dataset prose: there is no fold %zu of %zu in %zu bytes; from 3 folds on one is for "
            "test, one for validation, and they are counted from 0",
            fold, folds, prose->bytes);
    share = prose->bytes / folds; /* the last one has what is left over */
    prose->block[SPLIT_TEST] = (struct block){fold * share, share};
    prose->block[SPLIT_VALIDATION] = (struct block){next * share, share};
    if (fold + 1 == folds)
        prose->block[SPLIT_TEST].size = prose->bytes - fold * share;
    if (next + 1 == folds)
        prose->block[SPLIT_VALIDATION].size = prose->bytes - next * share;
    *training = next == 0 ? (struct block){share, (fold - 1) * share} : (struct block){0, fold * share};
    other.first =
        next == 0 ? prose->bytes : prose->block[SPLIT_VALIDATION].first + prose->block[SPLIT_VALIDATION].size;
    other.size = prose->bytes - other.first;
    prose->remainder = training->size < other.size ? *training : other;
    *training = training->size < other.size ? other : *training;
    return STATUS_OK;
}

static size_t prose_vocabulary(const void *state)
{
    (void)state;
    return 256;
}

static size_t prose_minimum(const void *state)
{
    (void)state;
    return 1;
}

static enum status prose_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct prose *prose = state;
    if (prose->block[split].size > n)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset prose: its %s block has %zu bytes, but a window of %zu tokens needs %zu; raise "
        "`bytes`, use a shorter length or a larger share",
        split_names[split], prose->block[split].size, n, n + 1);
}

static void copy(const struct prose *prose, size_t first, size_t n, int32_t *tokens, int32_t *targets)
{
    for (size_t i = 0; i < n; i++) {
        tokens[i] = prose->text[first + i];
        targets[i] = prose->text[first + i + 1];
    }
}

static void prose_window(const void *state, enum split split, size_t first, size_t n, int32_t *tokens,
                         int32_t *targets)
{
    const struct prose *prose = state;
    copy(prose, prose->block[split].first + first, n, tokens, targets);
}

static void prose_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                          int32_t *targets, int32_t *marks)
{
    const struct prose *prose = state;
    const struct block *block = &prose->block[split], *other = &prose->remainder;
    size_t here = block->size - n, there = split == SPLIT_TRAINING && other->size > n ? other->size - n : 0;
    size_t start = random_below(key_with(key, split), 0, here + there);
    copy(prose, start < here ? block->first + start : other->first + start - here, n, tokens, targets);
    if (marks)
        memset(marks, 0, n * sizeof *marks);
}

/* One prediction per byte of the block but its last. */
static size_t prose_extent(const void *state, enum split split)
{
    const struct prose *prose = state;
    return prose->block[split].size > 0 ? prose->block[split].size - 1 : 0;
}

/* Each target is the token that follows; that the last one follows is seen by looking for the whole window
 * in the stream. */
static bool prose_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct prose *prose = state;
    for (size_t i = 0; i + 1 < n; i++)
        if (targets[i] != tokens[i + 1])
            return false;
    for (size_t first = 0; first + n < prose->bytes; first++) {
        size_t same = 0;
        while (same < n && prose->text[first + same] == tokens[same])
            same++;
        if (same == n && prose->text[first + n] == targets[n - 1])
            return true;
    }
    return false;
}

static void prose_window_floor(const void *state, enum split split, size_t first, size_t n, double *nll)
{
    const struct prose *prose = state;
    for (size_t i = 0; i < n; i++)
        nll[i] = (double)prose->nll[prose->block[split].first + first + i + 1];
}

const struct dataset dataset_prose = {
    .name = "prose",
    .summary = "text from a grammar: English-like bytes, structure over long distances, known entropy",
    .citation = "grammars with nested dependencies: Hewitt et al. 2020, arXiv:2010.07515",
    .version = 1,
    .state_size = sizeof(struct prose),
    .options = prose_options,
    .prepare = prose_prepare,
    .release = prose_release,
    .vocabulary = prose_vocabulary,
    .minimum = prose_minimum,
    .refuses = prose_refuses,
    .example = prose_example,
    .extent = prose_extent,
    .window = prose_window,
    .verify = prose_verify,
    .window_floor = prose_window_floor,
    .choose_fold = prose_choose_fold,
};
