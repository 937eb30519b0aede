/* later.c -- options that came later: an id is the same with and without them, until one is not at its
 * default; and what an older program wrote into a weights file is read with the default of what it did not
 * know. */
#include "experiment/resolve/resolve.h"
#include "experiment/writings/trained.h"
#include "registry/registry.h"
#include "support/memory.h"
#include "tests/experiment/planned.h"

enum { ROWS_MAX = 32 };

static const char base_ini[] =
    "[experiment]\ndatasets = d\nvariants = v\n[evaluation]\nprotocols = p\n[dataset d]\nkind = recall\n"
    "[variant v]\nencoder = rope\npositions = interpolate\n[protocol p]\nkind = per-position\n";

/* ---- what stands in an id ---- */

static const struct option *as_it_is, *without, *later;

/* A table of the program: without one of its rows, and with that row as one that came later. */
static void rewrite(const struct option *table, const char *name)
{
    static struct option rows[2][ROWS_MAX];
    size_t count = 0, left = 0;
    for (; table[count].name; count++) {
        assert_true(count + 1 < ROWS_MAX);
        rows[1][count] = table[count];
        if (strcmp(table[count].name, name) == 0)
            rows[1][count].since = "0.2.0";
        else
            rows[0][left++] = table[count];
    }
    assert_int_equal(left + 1, count);
    rows[0][left] = rows[1][count] = (struct option){.name = NULL};
    as_it_is = table;
    without = rows[0];
    later = rows[1];
}

struct ids {
    char training[ID_SIZE], evaluation[ID_SIZE];
    char record[2 * SPEC_SIZE]; /* encoders and positions, as results and weights store them */
};

static struct ids ids_of(const struct plan *plan)
{
    struct ids ids;
    struct message message;
    struct text record = {0};
    char evaluation[1][ID_SIZE];
    struct planned_training training = plan->training[0];
    training.evaluation_id = evaluation;
    assert_int_equal(identity_fill(&training, plan, "plain", &message), STATUS_OK);
    memcpy(ids.training, training.id, ID_SIZE);
    memcpy(ids.evaluation, evaluation[0], ID_SIZE);
    memory_release(training.identity);
    composition_print_encoders(&record, &plan->variant[0].evaluated);
    text_append(&record, "; ");
    composition_print_positions(&record, &plan->variant[0].evaluated);
    snprintf(ids.record, sizeof ids.record, "%s", text_string(&record));
    text_release(&record);
    return ids;
}

static bool same_ids(const struct ids *a, const struct ids *b)
{
    return strcmp(a->training, b->training) == 0 && strcmp(a->evaluation, b->evaluation) == 0 &&
           strcmp(a->record, b->record) == 0;
}

/* Whose table it is, with another in its place, and the objects of it. */
typedef size_t replacer(void *objects[3], struct plan *plan, const struct option *table);

static size_t of_dataset(void *objects[3], struct plan *plan, const struct option *table)
{
    static struct dataset kind;
    kind = *plan->dataset[0].kind;
    kind.options = table;
    plan->dataset[0].kind = &kind;
    objects[0] = plan->dataset[0].state;
    return 1;
}

static size_t of_protocol(void *objects[3], struct plan *plan, const struct option *table)
{
    static struct protocol_kind kind;
    kind = *plan->dataset[0].protocol[0].kind;
    kind.options = table;
    plan->dataset[0].protocol[0].kind = &kind;
    objects[0] = &plan->dataset[0].protocol[0];
    return 1;
}

static size_t of_encoder(void *objects[3], struct plan *plan, const struct option *table)
{
    static struct encoder encoder;
    struct variant *variant = &plan->variant[0];
    struct composition *const parts[] = {&variant->first, &variant->trained, &variant->evaluated};
    encoder = *variant->first.at[0].encoder;
    encoder.options = table;
    for (size_t i = 0; i < 3; i++) {
        parts[i]->at[0].encoder = &encoder;
        objects[i] = parts[i]->at[0].state;
    }
    return 3;
}

static size_t of_map(void *objects[3], struct plan *plan, const struct option *table)
{
    static struct position_map map;
    struct variant *variant = &plan->variant[0];
    struct composition *const parts[] = {&variant->first, &variant->trained, &variant->evaluated};
    map = *variant->first.map;
    map.options = table;
    for (size_t i = 0; i < 3; i++) {
        parts[i]->map = &map;
        objects[i] = parts[i]->map_state;
    }
    return 3;
}

static void check_row(replacer *replace, const struct option *table, const char *name, const char *value)
{
    void *objects[3];
    struct plan plan;
    struct message message;
    make_sound(&plan, scratch_file("base.ini", base_ini), NULL);
    rewrite(table, name);
    const struct ids whole = ids_of(&plan);
    replace(objects, &plan, without);
    const struct ids older = ids_of(&plan);
    const size_t count = replace(objects, &plan, later);
    const struct ids newer = ids_of(&plan);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(option_set(later, objects[i], "later", name, value, &message), STATUS_OK);
    const struct ids changed = ids_of(&plan);
    replace(objects, &plan, as_it_is);
    const struct ids always = ids_of(&plan);
    if (same_ids(&whole, &older))
        fail_msg("`%s` stands nowhere", name);
    if (!same_ids(&older, &newer))
        fail_msg("`%s`, which came later, changes an id or a text at its default: `%s`, `%s`", name,
                 older.record, newer.record);
    if (strcmp(changed.evaluation, newer.evaluation) == 0)
        fail_msg("`%s = %s` does not change an id", name, value);
    if (!same_ids(&changed, &always))
        fail_msg("`%s = %s` stands otherwise than an option that was always there", name, value);
    plan_release(&plan);
}

static void later_rows_stand_in_ids_when_they_are_chosen(void **state)
{
    (void)state;
    const struct encoder *rope;
    const struct dataset *recall;
    const struct position_map *interpolate;
    const struct protocol_kind *kind = protocol_kind_find("per-position");
    assert_int_equal(encoder_find(&rope, "rope", NULL), STATUS_OK);
    assert_int_equal(dataset_find(&recall, "recall", NULL), STATUS_OK);
    assert_int_equal(position_map_find(&interpolate, "interpolate", NULL), STATUS_OK);
    check_row(of_dataset, recall->options, "pairs", "3");
    check_row(of_dataset, recall->options, "filler", "random");
    check_row(of_encoder, rope->options, "base", "500");
    check_row(of_encoder, rope->options, "scaling", "ntk");
    check_row(of_encoder, rope->options, "high", "3");
    check_row(of_map, interpolate->options, "factor", "2"); /* its only one */
    check_row(of_protocol, kind->options, "tokens", "512");
    check_row(of_protocol, kind->options, "examples", "5");
}

/* A file to read and change says them all the same. */
static void a_file_to_read_says_them_all(void **state)
{
    (void)state;
    void *objects[3];
    struct plan plan;
    struct text text = {0};
    make_sound(&plan, scratch_file("base.ini", base_ini), NULL);
    rewrite(plan.variant[0].first.map->options, "factor");
    of_map(objects, &plan, later);
    composition_print_positions(&text, &plan.variant[0].first);
    text_append(&text, " ");
    composition_print_all_positions(&text, &plan.variant[0].first);
    assert_string_equal(text_string(&text), "interpolate interpolate(factor=auto)");
    text_release(&text);
    plan_release(&plan);
}

/* ---- what an older program wrote ---- */

static const char family_ini[] =
    "[experiment]\ndatasets = d\nvariants = v\n[model]\ntied = on\ndropout = 0.25\n"
    "[training]\nrate = 0.5\nclip = 3\n[evaluation]\nlengths = 1L, 2L\nprotocols = p\nexamples = 7\nseed = "
    "4\n"
    "[dataset d]\nkind = recall\npairs = 3\nfiller = random\n[protocol p]\nkind = per-position\nexamples = "
    "5\n"
    "[variant v]\nencoder = rope\nfinetune.steps = 9\nfinetune.rate = 0.1\nfinetune.batch = 6\n";

/* A copy of a text without the line of a key. */
static char *without_line(const char *text, const char *key)
{
    struct text begin = {0};
    text_append(&begin, "\n%s=", key);
    const char *line = strstr(text, text_string(&begin));
    if (!line)
        fail_msg("`%s` does not stand in: %s", key, text);
    const char *end = line + 1 + strcspn(line + 1, "\n");
    char *copy = strdup(text);
    memmove(copy + (line - text), end, strlen(end) + 1);
    text_release(&begin);
    return copy;
}

/* The value of an option in a plan, as it is written. */
static void value_in(char *out, size_t size, const struct plan *plan, const char *section, const char *name)
{
    const struct planned_dataset *dataset = &plan->dataset[0];
    const struct {
        const char *section;
        const struct option *table;
        const void *object;
    } parts[] = {{"model", model_option_table, &dataset->model},
                 {"training", training_option_table, &dataset->training},
                 {"evaluation", evaluation_option_table, &dataset->evaluation},
                 {"dataset", dataset->kind->options, dataset->state},
                 {"protocol p", dataset->protocol[0].kind->options, &dataset->protocol[0]},
                 {"finetune", finetune_option_table, &plan->variant[0].finetune}};
    for (size_t i = 0; test_row("parts", i, sizeof parts / sizeof *parts); i++)
        if (strcmp(parts[i].section, section) == 0) {
            struct text text = {0};
            option_print(&text, option_find(parts[i].table, name), parts[i].object);
            snprintf(out, size, "%s", text_string(&text));
            text_release(&text);
            return;
        }
    fail_msg("no section %s", section);
}

static void what_a_weights_file_lacks_is_at_its_default(void **state)
{
    (void)state;
    static const struct {
        const char *section, *name, *written, *standard;
    } cases[] = {{"model", "tied", "on", "off"},         {"model", "dropout", "0.25", "0"},
                 {"training", "rate", "0.5", "0.006"},   {"training", "clip", "3", "1"},
                 {"evaluation", "examples", "7", "256"}, {"evaluation", "seed", "4", "1"},
                 {"dataset", "pairs", "3", "4"},         {"dataset", "filler", "random", "blank"},
                 {"protocol p", "examples", "5", "0"},   {"finetune", "rate", "0.1", "0"},
                 {"finetune", "batch", "6", "0"}};
    struct plan plan;
    struct text experiment = {0};
    make_sound(&plan, scratch_file("family.ini", family_ini), NULL);
    plan_describe(&experiment, &plan, 1);
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        const char *section = cases[i / 2].section, *name = cases[i / 2].name;
        const bool lacks = i % 2,
                   is_training = strcmp(section, "model") == 0 || strcmp(section, "training") == 0;
        struct plan trained;
        struct message message = {""};
        char key[64], value[64];
        snprintf(key, sizeof key, "%s.%s", section, name);
        char *identity = lacks && is_training ? without_line(plan.training[1].identity, key)
                                              : strdup(plan.training[1].identity);
        char *names = lacks && !is_training ? without_line(text_string(&experiment), key)
                                            : strdup(text_string(&experiment));
        const struct trained_request request = {.file = "weights.h5",
                                                .training_id = plan.training[1].id,
                                                .identity = identity,
                                                .experiment = names,
                                                .vocabulary = 1000};
        if (trained_plan(&trained, &request, &message))
            fail_msg("%s: %s", key, message.text);
        value_in(value, sizeof value, &trained, section, name);
        assert_string_equal(value, lacks ? cases[i / 2].standard : cases[i / 2].written);
        plan_release(&trained);
        free(identity);
        free(names);
    }
    text_release(&experiment);
    plan_release(&plan);
}

static void weights_of_another_version_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line, *sentence;
    } cases[] = {{"", ""},
                 {"version.attention=1\n", ""},
                 {"version.attention=2\n", "version 2 of `attention`; this program has version 1"},
                 {"version.alibi=9\n", "version 9 of `alibi`; this program has version 1"},
                 {"version.gone=1\n", "version 1 of `gone`; this program has version 0"}};
    struct plan plan;
    struct text experiment = {0};
    make_sound(&plan, scratch_file("family.ini", family_ini), NULL);
    plan_describe(&experiment, &plan, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text identity = {0};
        struct message message = {""};
        struct plan trained;
        text_append(&identity, "%s%s", plan.training[1].identity, cases[i].line);
        const struct trained_request request = {.file = "weights.h5",
                                                .training_id = plan.training[1].id,
                                                .identity = text_string(&identity),
                                                .experiment = text_string(&experiment),
                                                .vocabulary = 1000};
        assert_int_equal(trained_plan(&trained, &request, &message),
                         *cases[i].sentence ? STATUS_WRONG : STATUS_OK);
        assert_holds(message.text, cases[i].sentence);
        plan_release(&trained);
        text_release(&identity);
    }
    text_release(&experiment);
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_rows_stand_in_ids_when_they_are_chosen),
        cmocka_unit_test(a_file_to_read_says_them_all),
        cmocka_unit_test(what_a_weights_file_lacks_is_at_its_default),
        cmocka_unit_test(weights_of_another_version_are_refused),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
