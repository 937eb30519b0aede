/* Ids against every option table of the program: a row that decides the weights changes the id, and a row of
 * [evaluation] changes the evaluation's alone.  A row that is added next year is tested with the others. */
#include "experiment/plan.h"
#include "experiment/resolve/resolve.h"
#include "experiment/settings.h"
#include "registry/registry.h"
#include "support/memory.h"
#include "tests/experiment/scratch.h"

enum { VALUES_MAX = 24, VALUE_SIZE = 64 };

struct ids {
    char training[ID_SIZE], evaluation[ID_SIZE];
};

static const char *write_base(const char *dataset, const char *encoder, const char *positions)
{
    struct text text = {0};
    text_append(&text,
                "[experiment]\ndatasets = d\nvariants = v\n[dataset d]\nkind = %s\n"
                "[variant v]\nencoder = %s\npositions = %s\n",
                dataset, encoder, positions);
    const char *path = scratch_file("tables.ini", text_string(&text));
    text_release(&text);
    return path;
}

/* false: this setting is refused. */
static bool ids_of(struct ids *out, const char *experiment, const char *set)
{
    struct plan plan;
    struct message message;
    const char *sets[] = {set};
    struct plan_request request = {
        .experiment = experiment, .sets = set ? 1 : 0, .set = sets, .instruction_set = "plain"};
    if (plan_make(&plan, &request, &message))
        return false;
    memcpy(out->training, plan.training[0].id, ID_SIZE);
    memcpy(out->evaluation, plan.training[0].evaluation_id[0], ID_SIZE);
    plan_release(&plan);
    return true;
}

/* Values that such an option may take, in the order in which they are tried. */
static size_t values_of(char out[VALUES_MAX][VALUE_SIZE], const struct option *option)
{
    static const char *const lengths[] = {"0.5L", "2L", "16", "0.125L"};
    const double standard = option->standard ? atof(option->standard) : 0;
    const double numbers[] = {standard + 1, standard * 2, standard - 1, 2, 3, 8, 1};
    const double reals[] = {standard * 0.9, standard * 1.5, 0.3, 0.01, 2, 1, 100};
    size_t count = 0;
    for (size_t i = 0; i < 7 && option->type == OPTION_SIZE; i++)
        snprintf(out[count++], VALUE_SIZE, "%.0f", numbers[i]);
    for (size_t i = 0; i < 7 && (option->type == OPTION_REAL || option->type == OPTION_FACTOR); i++)
        snprintf(out[count++], VALUE_SIZE, "%.6g", reals[i]);
    for (size_t i = 0; i < 2 && option->type == OPTION_BOOLEAN; i++)
        snprintf(out[count++], VALUE_SIZE, "%s", i ? "on" : "off");
    for (size_t i = 0; option->type == OPTION_CHOICE && option->choices[i] && count < VALUES_MAX; i++)
        snprintf(out[count++], VALUE_SIZE, "%s", option->choices[i]);
    for (size_t i = 0; i < 4 && (option->type == OPTION_LENGTH || option->type == OPTION_LENGTHS); i++)
        snprintf(out[count++], VALUE_SIZE, "%s", lengths[i]);
    if (option->type == OPTION_TEXT)
        snprintf(out[count++], VALUE_SIZE, "other");
    return count;
}

enum changes { TRAINING, EVALUATION };

/* Tries values until one is taken that is not the default; then the ids must say so.  format: the setting,
 * with name and value. */
static void try_option(const char *base, const struct option *option, const char *format,
                       enum changes changes)
{
    char values[VALUES_MAX][VALUE_SIZE], set[256];
    struct ids before, after;
    assert_true(ids_of(&before, base, NULL));
    const size_t count = values_of(values, option);
    if (option->type == OPTION_CHOICE && count == 1)
        return; /* so far there is no other */
    for (size_t i = 0; i < count; i++) {
        snprintf(set, sizeof set, format, option->name, values[i]);
        if (strcmp(values[i], option->standard) == 0 || !ids_of(&after, base, set))
            continue;
        if (strcmp(before.evaluation, after.evaluation) == 0)
            continue; /* the default in other words, perhaps: another value must do */
        if ((strcmp(before.training, after.training) != 0) != (changes == TRAINING))
            fail_msg("`%s` %s the id of the training", set,
                     changes == TRAINING ? "does not change" : "changes");
        return;
    }
    fail_msg("no value of `%s` changes the evaluation's id; %zu were tried", option->name, count);
}

static void model_and_training(void **state)
{
    (void)state;
    const char *base = write_base("recall", "rope", "identity");
    for (const struct option *option = model_option_table; option->name; option++)
        if (option->type != OPTION_TEXT) /* `mixer`: below */
            try_option(base, option, "model.%s=%s", TRAINING);
    for (const struct option *option = training_option_table; option->name; option++)
        try_option(base, option, "training.%s=%s", TRAINING);
}

/* No two mixers of this build have one id.  It may have but one: the line of another is looked at too. */
static void mixers(void **state)
{
    (void)state;
    const char *base = write_base("recall", "none", "identity");
    struct ids ids[64];
    char set[64];
    for (size_t m = 0; mixer_list[m] && m < 64; m++) {
        snprintf(set, sizeof set, "model.mixer=%s", mixer_list[m]->name);
        assert_true(ids_of(&ids[m], base, set));
        for (size_t other = 0; other < m; other++)
            assert_string_not_equal(ids[m].training, ids[other].training);
    }
    struct model_options options;
    struct settings rows = {0};
    assert_int_equal(option_defaults(model_option_table, &options, NULL), STATUS_OK);
    settings_add_options(&rows, "model", model_option_table, &options, NULL);
    assert_null(settings_find(&rows, "model", "mixer"));
    snprintf(options.mixer, sizeof options.mixer, "other(window=3)");
    settings_add_options(&rows, "model", model_option_table, &options, NULL);
    assert_string_equal(settings_value(&rows, "model", "mixer"), "other(window=3)");
    settings_release(&rows);
}

/* Texts are no rows to try: `protocols` has its own test below. */
static void evaluation(void **state)
{
    (void)state;
    const char *base = write_base("text", "rope", "identity");
    struct ids before, after;
    for (const struct option *option = evaluation_option_table; option->name; option++)
        if (option->type != OPTION_TEXT)
            try_option(base, option, "evaluation.%s=%s", EVALUATION);
    assert_true(ids_of(&before, base, NULL));
    assert_true(ids_of(&after, base, "evaluation.protocols=nonoverlap"));
    assert_string_equal(before.training, after.training);
    assert_string_not_equal(before.evaluation, after.evaluation);
}

/* Every option of every kind of protocol, on a dataset that it is for. */
static void protocols(void **state)
{
    (void)state;
    for (const struct protocol_kind *kind = protocol_kinds; kind->name; kind++)
        for (const struct dataset *const *dataset = dataset_list; *dataset; dataset++) {
            struct text text = {0};
            struct ids ids;
            text_append(&text,
                        "[experiment]\ndatasets = %s\nvariants = rope\n[evaluation %s]\nprotocols = p\n"
                        "[protocol p]\nkind = %s\n",
                        (*dataset)->name, (*dataset)->name, kind->name);
            const char *base = scratch_file("protocols.ini", text_string(&text));
            text_release(&text);
            if (!ids_of(&ids, base, NULL)) /* it is not for this one */
                continue;
            for (const struct option *option = kind->options; option->name; option++)
                if (option->type != OPTION_TEXT)
                    try_option(base, option, "protocol p.%s=%s", EVALUATION);
            break;
        }
}

/* The path of a file is a label: its SHA-256 stands for it (identity.c). */
static void datasets(void **state)
{
    (void)state;
    for (const struct dataset *const *kind = dataset_list; *kind; kind++) {
        const char *base = write_base((*kind)->name, "rope", "identity");
        for (const struct option *option = (*kind)->options; option && option->name; option++)
            if (strcmp(option->name, "path") != 0)
                try_option(base, option, "dataset d.%s=%s", TRAINING);
    }
}

static void encoders(void **state)
{
    (void)state;
    struct ids ids;
    for (const struct encoder *const *encoder = encoder_list; *encoder; encoder++) {
        const bool trained = !((*encoder)->flags & ENCODER_EVALUATION_ONLY);
        char format[160];
        if (trained)
            snprintf(format, sizeof format, "variant v.encoder=%s(%%s=%%s)", (*encoder)->name);
        else
            snprintf(format, sizeof format, "variant v.evaluate.encoder=rope + %s(%%s=%%s)",
                     (*encoder)->name);
        const char *base = write_base("recall", trained ? (*encoder)->name : "rope", "identity");
        if (!ids_of(&ids, base, NULL)) { /* one that is no encoder by itself */
            snprintf(format, sizeof format, "variant v.encoder=rope + %s(%%s=%%s)", (*encoder)->name);
            char pair[NAME_SIZE + 8];
            snprintf(pair, sizeof pair, "rope + %s", (*encoder)->name);
            base = write_base("recall", pair, "identity");
        }
        for (const struct option *option = (*encoder)->options; option && option->name; option++)
            if (option->type != OPTION_TEXT)
                try_option(base, option, format, trained ? TRAINING : EVALUATION);
    }
}

/* The identity of a plan's first training, with its kind or encoder replaced. */
static void id_with(char id[ID_SIZE], struct plan *plan, const struct dataset *kind,
                    const struct encoder *encoder)
{
    struct message message;
    struct planned_training training = {.dataset = plan->training[0].dataset,
                                        .variant = plan->training[0].variant,
                                        .seed = plan->training[0].seed};
    const struct dataset *old_kind = plan->dataset[0].kind;
    const struct encoder *old_encoder = plan->variant[0].first.at[0].encoder;
    if (kind)
        plan->dataset[0].kind = kind;
    if (encoder)
        plan->variant[0].first.at[0].encoder = encoder;
    assert_int_equal(identity_fill(&training, plan, "plain", &message), STATUS_OK);
    memcpy(id, training.id, ID_SIZE);
    plan->dataset[0].kind = old_kind;
    plan->variant[0].first.at[0].encoder = old_encoder;
    memory_release(training.identity);
}

static void versions(void **state)
{
    (void)state;
    struct plan plan;
    struct message message;
    char id[4][ID_SIZE], line[64];
    struct plan_request request = {.experiment = write_base("text", "rope", "identity"),
                                   .instruction_set = "plain"};
    assert_int_equal(plan_make(&plan, &request, &message), STATUS_OK);
    struct dataset kind = *plan.dataset[0].kind;
    struct encoder encoder = *plan.variant[0].trained.at[0].encoder;
    kind.version++;
    encoder.version++;
    id_with(id[0], &plan, NULL, NULL);
    assert_string_equal(id[0], plan.training[0].id);
    id_with(id[1], &plan, &kind, NULL);
    id_with(id[2], &plan, NULL, &encoder);
    plan.dataset[0].input.sha256[0] ^= 1;
    id_with(id[3], &plan, NULL, NULL);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(id[i], id[j]);
    snprintf(line, sizeof line, "numerics_revision=%d\n", (int)NUMERICS_REVISION);
    assert_holds(plan.training[0].identity, line);
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model_and_training), cmocka_unit_test(mixers),   cmocka_unit_test(evaluation),
        cmocka_unit_test(protocols),          cmocka_unit_test(datasets), cmocka_unit_test(encoders),
        cmocka_unit_test(versions),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
