/* ids.c -- the ids of every shipped experiment, and of some that have what those lack, against ids.txt, which
 * stays as it is: stored trainings and scores are found by their ids, so a program that calculates the same
 * must give the same.
 *
 *     ids           the test
 *     ids --print   ids.txt anew, on standard output */
#include "experiment/file/shipped.h"
#include "experiment/plan.h"
#include "support/real.h"
#include "tests/experiment/planned.h"

static const char pinned_path[] = "tests/experiment/ids.txt";

static const char head[] =
    "# The ids of the trainings and evaluations of each shipped experiment and of those in "
    "tests/experiment/ids.c, in\n"
    "# float, for the instruction set `plain`, on a text that the test writes.  Lines are added to this file "
    "and\n"
    "# never changed: with another id nothing that is stored would be found again.  Made by\n"
    "#     build/float/tests/experiment/ids --print >tests/experiment/ids.txt\n";

/* Grids, settings of one dataset, protocols with options, fine-tunes. */
static const char many_ini[] =
    "include = variants.ini\n"
    "[experiment]\ndatasets = text, near, copy\nseeds = 2\nfirst_seed = 3\n"
    "variants = rope, rope-ntk, rope-log-n, spec, tuned, halved, dropped, wide, rope(base=500) + log-n\n"
    "[model]\ntied = on\ndropout = 0.125\nembedding_scale = 2\nfeed_forward = 2 | 3\n"
    "[training]\nsteps = 60 | 90\nrate = 0.006 | 0.003\nzip = steps, rate\nbatch = 8\nclip = 0\n"
    "[evaluation]\nlengths = 1L, 100, 2L\nprotocols = nonoverlap, far, places, exact-match\ntokens = 4096\n"
    "[dataset near]\nkind = recall\npairs = 3\nfiller = random\n"
    "[training near]\nsteps = 30\nwarmup = 0.25\nbeta2 = 0.98\n"
    "[evaluation near]\nlengths = 1L\nprotocols = exact-match, places\nexamples = 7\nseed = 9\n"
    "[dataset copy]\nkind = repeat-copy\nsymbols = 4\n"
    "[protocol far]\nkind = sliding\nstride = 16\ntokens = 512\n"
    "[protocol places]\nkind = per-position\nexamples = 5\n"
    "[variant spec]\nencoder = rope + alibi | fire\npositions = shift\n"
    "evaluate.positions = interpolate(factor=2)\n"
    "[variant tuned]\nlike = rope\nfinetune.steps = 20\nfinetune.length = 2L\nfinetune.rate = 0.001\n"
    "finetune.positions = interpolate(factor=2)\n"
    "[variant halved]\nlike = tuned\nevaluate.positions = identity\n"
    "[variant dropped]\nlike = rope\nfinetune.steps = 20\nfinetune.batch = 4\nfinetune.encoder = none\n"
    "[variant wide]\nlike = rope\nevaluate.encoder = rope + window(width=0.5L | 1L)\n";

static const char folds_ini[] =
    "[experiment]\ndatasets = text, prose, passkey, markov\nfolds = 3\nvariants = t5\n"
    "[evaluation passkey]\nprotocols = retrieval\nlengths = 2L\n[evaluation]\nlengths = 2L, 4L\n";

static const char digits_ini[] = "[experiment]\ndatasets = addition\nvariants = abacus\n";

/* Every kind of dataset, and both plans of a tuning. */
static const char tuning_ini[] =
    "[experiment]\nvariants = rope, tuned, alibi\n"
    "datasets = addition, gap-recall, hidden-markov, markov, needle, passkey, prose, recall, repeat-copy,\n"
    "           selective-copy, sort, text, unique-copy\n"
    "[evaluation]\nlengths = 1L, 2L\nprotocols = nonoverlap, exact-match, per-token\n"
    "[variant tuned]\nencoder = rope\nfinetune.steps = 9\n"
    "[tuning]\ngrid.training.rate = 0.1 | 0.2\ngrid.model.dropout = 0 | 0.1\n"
    "zip = grid.training.rate, grid.model.dropout\ngrid.training.warmup = 0 | 0.5\nseed = 77\nsteps = 9\n";

static void write_plan(struct text *out, const struct plan *plan)
{
    for (size_t t = 0; t < plan->trainings; t++) {
        const struct planned_training *training = &plan->training[t];
        text_append(out, "%s %s %s, %s, seed %zu", training->parent_id[0] ? "finetune" : "train",
                    training->id, plan->variant[training->variant].name,
                    plan->dataset[training->dataset].label, training->seed);
        if (plan->dataset[training->dataset].fold > 0)
            text_append(out, ", fold %zu", plan->dataset[training->dataset].fold);
        text_append(out, "\n");
        for (size_t e = 0; e < training->evaluations; e++)
            text_append(out, "    evaluate %s %s\n", training->evaluation_id[e],
                        plan->variant[training->evaluation[e]].name);
    }
}

/* The experiment that comes after a search, with a choice of its own for each group. */
static void choose(struct plan *plan)
{
    enum { GROUPS_MAX = 256 };
    size_t choice[GROUPS_MAX];
    const struct search *search = plan->search;
    assert_true(search->pairs * search->parts <= GROUPS_MAX);
    for (size_t g = 0; g < search->pairs * search->parts; g++)
        choice[g] = g % search->candidates;
    end_round(plan, choice);
}

static void write_experiment(struct text *out, const char *name, const char *experiment, const char *text)
{
    char path[300];
    const char *const sets[SETS_MAX] = {path};
    struct plan plan;
    snprintf(path, sizeof path, "dataset text.path=%s", text);
    make_sound(&plan, experiment, sets);
    text_append(out, "\n[%s]\n", name);
    write_plan(out, &plan);
    if (search_goes_on(&plan)) {
        text_append(out, "\n[%s, chosen]\n", name);
        choose(&plan);
        write_plan(out, &plan);
    }
    plan_release(&plan);
}

/* 1, 2, 3, ... a line each: the same everywhere. */
static const char *write_numbers(void)
{
    struct text numbers = {0};
    for (int i = 1; i <= 40000; i++)
        text_append(&numbers, "%d\n", i);
    const char *path = strdup(scratch_file("numbers.txt", text_string(&numbers)));
    text_release(&numbers);
    return path;
}

static bool is_experiment(const struct embedded_file *shipped)
{
    return strstr(shipped->text, "[experiment]") != NULL;
}

static void write_all(struct text *out)
{
    const char *numbers = write_numbers();
    for (const struct embedded_file *shipped = shipped_experiments; shipped->name; shipped++)
        if (is_experiment(shipped))
            write_experiment(out, shipped->name, shipped->name, numbers);
    write_experiment(out, "many", scratch_file("many.ini", many_ini), numbers);
    write_experiment(out, "folds", scratch_file("folds.ini", folds_ini), numbers);
    write_experiment(out, "digits", scratch_file("digits.ini", digits_ini), numbers);
    write_experiment(out, "tuning", scratch_file("tuning.ini", tuning_ini), numbers);
    assert_false(out->failed);
    free((void *)numbers);
}

/* The next line of a text that is neither empty nor a comment, without its end; NULL = there is none. */
static const char *next_line(size_t *length, const char **text)
{
    while (**text) {
        const char *line = *text;
        *length = strcspn(line, "\n");
        *text += *length + (line[*length] == '\n');
        if (*length > 0 && *line != '#')
            return line;
    }
    return NULL;
}

static void read_pinned(struct text *out)
{
    char block[4096];
    FILE *file = fopen(pinned_path, "r");
    if (!file)
        fail_msg("%s: cannot be read; tests run in the root of the source tree", pinned_path);
    for (size_t count; (count = fread(block, 1, sizeof block, file)) > 0;)
        text_append_bytes(out, block, count);
    assert_int_equal(fclose(file), 0);
}

static void ids_are_as_they_were(void **state)
{
    (void)state;
    struct text pinned = {0}, now = {0};
    if (strcmp(REAL_NAME, "float") != 0)
        skip();
    read_pinned(&pinned);
    write_all(&now);
    const char *a = text_string(&pinned), *b = text_string(&now), *was, *is, *part = "";
    size_t was_length = 0, is_length = 0, part_length = 0, lines = 0;
    while (was = next_line(&was_length, &a), is = next_line(&is_length, &b), was && is) {
        if (was_length != is_length || strncmp(was, is, is_length) != 0)
            fail_msg("%.*s: `%.*s` was `%.*s` in %s", (int)part_length, part, (int)is_length, is,
                     (int)was_length, was, pinned_path);
        if (*is == '[') {
            part = is;
            part_length = is_length;
        }
        lines++;
    }
    if (was || is)
        fail_msg("`%.*s` stands %s", (int)(was ? was_length : is_length), was ? was : is,
                 was ? "in ids.txt alone" : "not in ids.txt: add it as its head says");
    assert_true(lines > 1000);
    text_release(&pinned);
    text_release(&now);
}

static int print(void)
{
    struct text now = {0};
    if (scratch_begin(NULL))
        return 1;
    write_all(&now);
    printf("%s%s", head, text_string(&now));
    text_release(&now);
    return scratch_end(NULL);
}

int main(int count, char **argument)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ids_are_as_they_were)};
    if (count > 1 && strcmp(argument[1], "--print") == 0)
        return print();
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
