/* training_options.c -- options of [training] as manifests have them: lines `"training.rate": "0.003"`. */
#include "results/findings/training_options.h"

#include <string.h>

#include "support/memory.h"

/* An option with one of its values, pointing into the manifest that has it; value "" = not named there. */
struct choice {
    const char *key, *value;
    size_t key_bytes, value_bytes;
};

struct choices {
    size_t count, capacity;
    struct choice *at;
    bool failed;
};

/* The next option behind *from, which moves on; false = there are no more. */
static bool next_choice(struct choice *out, const char **from)
{
    static const char begin[] = "\"training.", between[] = "\": \"";
    const char *key = strstr(*from, begin);
    const char *end = key ? strstr(key + 1, between) : NULL;
    const char *value = end ? end + strlen(between) : NULL;
    const char *last = value ? strchr(value, '"') : NULL;
    if (!last)
        return false;
    *out = (struct choice){key + 1, value, (size_t)(end - key - 1), (size_t)(last - value)};
    *from = last;
    return true;
}

static bool same_key(const struct choice *a, const struct choice *b)
{
    return a->key_bytes == b->key_bytes && memcmp(a->key, b->key, a->key_bytes) == 0;
}

static bool same_value(const struct choice *a, const struct choice *b)
{
    return a->value_bytes == b->value_bytes && memcmp(a->value, b->value, a->value_bytes) == 0;
}

/* What a training says of an option. */
static struct choice choice_of(const char *manifest, const struct choice *option)
{
    struct choice found;
    while (next_choice(&found, &manifest))
        if (same_key(&found, option))
            return found;
    return (struct choice){option->key, "", option->key_bytes, 0};
}

static void add_choice(struct choices *choices, const struct choice *choice)
{
    void *block = choices->at;
    for (size_t i = 0; i < choices->count; i++)
        if (same_key(&choices->at[i], choice) && same_value(&choices->at[i], choice))
            return;
    choices->failed = choices->failed || memory_grow(&block, &choices->capacity, choices->count + 1,
                                                     sizeof *choices->at, "options", NULL);
    choices->at = block;
    if (!choices->failed)
        choices->at[choices->count++] = *choice;
}

/* The manifests of one dataset and configuration, by (variant, seed and fold). */
struct group {
    const struct results *results;
    size_t dataset, configuration, replicates;
};

static const char *manifest_at(const struct group *group, size_t variant, size_t replicate)
{
    const struct results *results = group->results;
    const struct training_record *training = results_training(
        results,
        results->training_id[results_training_index(results, variant, group->dataset, group->configuration,
                                                    replicate / results->folds, replicate % results->folds)]);
    return training ? training->manifest : NULL;
}

static bool has_choice(const struct group *group, size_t variant, const struct choice *choice)
{
    for (size_t r = 0; r < group->replicates; r++) {
        const char *manifest = manifest_at(group, variant, r);
        const struct choice own = manifest ? choice_of(manifest, choice) : (struct choice){0};
        if (manifest && same_value(&own, choice))
            return true;
    }
    return false;
}

static size_t variants_with(const struct group *group, const struct choice *choice)
{
    size_t count = 0;
    for (size_t v = 0; v < group->results->variants; v++)
        count += has_choice(group, v, choice) ? 1 : 0;
    return count;
}

static void print_bytes(struct text *out, const char *bytes, size_t count,
                        void (*name)(struct text *out, const char *name))
{
    struct text copy = {0};
    text_append_bytes(&copy, bytes, count);
    name(out, count > 0 ? text_string(&copy) : "its default");
    text_carry(out, &copy);
    text_release(&copy);
}

/* "0.003 in alibi" */
static void print_choice(struct text *out, const struct group *group, const struct choice *choice,
                         void (*name)(struct text *out, const char *name))
{
    const char *before = " in ";
    print_bytes(out, choice->value, choice->value_bytes, name);
    for (size_t v = 0; v < group->results->variants; v++) {
        if (!has_choice(group, v, choice))
            continue;
        text_append(out, "%s", before);
        name(out, group->results->variant[v].name);
        before = ", ";
    }
}

/* "training.rate is 0.003 in alibi; else 0.006": many variants of one value are not named. */
static void print_option(struct text *out, const struct group *group, const struct choices *choices,
                         const struct choice *option, void (*name)(struct text *out, const char *name))
{
    enum { NAMED = 3 };
    const struct choice *most = NULL;
    size_t many = NAMED, values = 0;
    for (size_t i = 0; i < choices->count; i++) {
        const size_t count = same_key(&choices->at[i], option) ? variants_with(group, &choices->at[i]) : 0;
        values += count > 0 ? 1 : 0;
        most = count > many ? &choices->at[i] : most;
        many = count > many ? count : many;
    }
    if (values < 2)
        return;
    print_bytes(out, option->key, option->key_bytes, name);
    const char *before = " is ";
    for (size_t i = 0; i < choices->count; i++) {
        const struct choice *choice = &choices->at[i];
        if (choice == most || !same_key(choice, option) || variants_with(group, choice) == 0)
            continue;
        text_append(out, "%s", before);
        print_choice(out, group, choice, name);
        before = "; ";
    }
    if (most) {
        text_append(out, "; else ");
        print_bytes(out, most->value, most->value_bytes, name);
    }
    text_append(out, "\n");
}

/* Every value of every option; where a training does not name one that another names, that too. */
static void collect(struct choices *choices, const struct group *group)
{
    for (size_t v = 0; v < group->results->variants; v++)
        for (size_t r = 0; r < group->replicates; r++) {
            const char *from = manifest_at(group, v, r);
            struct choice choice;
            while (from && next_choice(&choice, &from))
                add_choice(choices, &choice);
        }
    for (size_t i = 0, named = choices->count; i < named && !choices->failed; i++)
        add_choice(choices, &(struct choice){choices->at[i].key, "", choices->at[i].key_bytes, 0});
}

void training_options_unequal(struct text *out, const struct results *results, size_t dataset,
                              size_t configuration, void (*name)(struct text *out, const char *name))
{
    const struct group group = {results, dataset, configuration, results->seeds * results->folds};
    struct choices choices = {0};
    collect(&choices, &group);
    for (size_t i = 0; i < choices.count && !choices.failed; i++) {
        bool first = true;
        for (size_t j = 0; j < i && first; j++)
            first = !same_key(&choices.at[j], &choices.at[i]);
        if (first)
            print_option(out, &group, &choices, &choices.at[i], name);
    }
    out->failed = out->failed || choices.failed;
    memory_release(choices.at);
}
