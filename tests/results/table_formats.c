/* The formats that programs read: every number comes back, names are only data, and what has no number
 * says why. */
#include "tests/test.h"

#include "results/tables/table.h"
#include "tests/results/synthetic.h"

static void assert_has(const char *table, const char *line)
{
    if (!strstr(table, line))
        fail_msg("no `%s` in:\n%s", line, table);
}

static void assert_lacks(const char *table, const char *line)
{
    if (strstr(table, line))
        fail_msg("`%s` is in:\n%s", line, table);
}

static void set_status(struct results *results, size_t variant, size_t seed, size_t length,
                       enum cell_status status, const char *reason)
{
    struct cell *cell = results_find_cell(results, results_index(results, variant, 0, 0, seed, 0, 0, length));
    cell->status = status;
    cell->reason = reason;
}

/* Two variants on text, lengths 64 and 128, two seeds; one refusal of both seeds, one failure. */
static void make(struct results *results, const char *const *names)
{
    static const double loss[] = {2.25, 2.5, 1.0 / 3, 1.75};
    struct message message = {""};
    struct trial trial[4];
    const struct trial *pointer[4];
    for (size_t i = 0; i < 4; i++) {
        synthetic_trial(&trial[i], names[i / 2], "text", (int64_t)(i % 2) + 1, 2);
        trial[i].cell[0].nll = loss[i];
        trial[i].cell[1].nll = loss[i] + 1;
        pointer[i] = &trial[i];
    }
    if (synthetic_merge(results, pointer, 4, names, 2, &message))
        fail_msg("%s", message.text);
    for (size_t i = 0; i < 4; i++)
        trial_release(&trial[i]);
    set_status(results, 0, 0, 0, CELL_FAILED, "loss is not finite");
    set_status(results, 1, 0, 1, CELL_REFUSED, "its table has 64 rows, \"full\"");
    set_status(results, 1, 1, 1, CELL_REFUSED, "its table has 64 rows, \"full\"");
}

static const char *const plain[] = {"rope", "alibi"};
static const char *const hostile[] = {"a,b \"c\"", "100%_$#&~^{}\\<|>--x"};

static const char *written(struct text *text, const char *const *names,
                           void (*write)(struct text *, const struct results *))
{
    struct results results;
    text_release(text);
    *text = (struct text){0};
    make(&results, names);
    write(text, &results);
    results_release(&results);
    return text_string(text);
}

static void comma_separated(void **state)
{
    struct text text = {0};
    const char *table = written(&text, plain, table_csv);
    (void)state;
    assert_has(table,
               "dataset,configuration,protocol,metric,variant,length,n_over_L,mean,minimum,maximum,"
               "low,high,seeds,status,asked,reason,trained_on\n"
               "text,2x64-L64,nonoverlap,nll,rope,64,1,2.5,2.5,2.5,,,1,failed,2,loss is not finite,64\n"
               "text,2x64-L64,nonoverlap,nll,rope,128,2,3.375,3.25,3.5,,,2,measured,2,,64\n");
    assert_has(table, "\ntext,2x64-L64,nonoverlap,nll,alibi,128,2,,,,,,0,refused,2,"
                      "\"its table has 64 rows, \"\"full\"\"\",64\n");
    assert_has(table, ",0.3333333333333333,"); /* a minimum with every digit */
    table = written(&text, hostile, table_csv);
    assert_has(table, ",nll,\"a,b \"\"c\"\"\",64,");
    assert_has(table, ",nll,100%_$#&~^{}\\<|>--x,64,");
    text_release(&text);
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void every_seed(void **state)
{
    struct text text = {0};
    const char *table = written(&text, plain, table_long);
    (void)state;
    assert_int_equal(count_lines(table), 1 + 2 * 2 * 2);
    assert_has(table, "dataset,configuration,protocol,variant,seed,fold,length,training_length,n_over_L,nll,"
                      "exact_match,exact_match_forced,accuracy,attention_entropy,attention_distance,"
                      "attention_first,scored_tokens,status,reason,encoder,positions,trained_as,"
                      "trained_on,training_id\n");
    assert_has(table, "\ntext,2x64-L64,nonoverlap,rope,1,0,64,64,1,,,,,,,,256,failed,loss is not finite,"
                      "encoder of rope,identity(),encoder of rope; identity(),64,");
    assert_has(table, "\ntext,2x64-L64,nonoverlap,rope,2,0,64,64,1,2.5,,,0.");
    assert_has(table, "\ntext,2x64-L64,nonoverlap,alibi,1,0,64,64,1,0.3333333333333333,,,0.");
    assert_has(table, "refused,\"its table has 64 rows, \"\"full\"\"\",");
    text_release(&text);
}

/* A measured cell without a number is none of the measured ones. */
static void not_finite(void **state)
{
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results, plain);
    struct cell *cell = results_find_cell(&results, results_index(&results, 0, 0, 0, 1, 0, 0, 0));
    cell->nll = INFINITY;
    cell->accuracy = NAN;
    table_long(&text, &results);
    assert_has(text_string(&text), "rope,2,0,64,64,1,,,,,,,,256,not finite,,");
    text_release(&text);
    results_release(&results);
}

static void json(void **state)
{
    struct text text = {0};
    const char *table = written(&text, hostile, table_json);
    (void)state;
    assert_has(table, "\"metric\": \"nll\", \"unit\": \"nat\", \"lower_is_better\": true");
    assert_has(table, "{\"variant\": \"a,b \\\"c\\\"\", \"trained_on\": 64, \"cells\": [");
    assert_has(table, "\"minimum\": 0.3333333333333333,");
    assert_has(
        table,
        "\"mean\": null, \"minimum\": null, \"maximum\": null, \"deviation\": null, \"low\": "
        "null, \"high\": null, "
        "\"bootstrap_low\": null, \"bootstrap_high\": null, "
        "\"seeds\": 0, \"asked\": 2, \"best\": false, \"trained_on_it\": false, \"status\": \"refused\", "
        "\"reason\": \"its table has 64 rows, \\\"full\\\"\"}");
    text_release(&text);
}

/* Every { has its }, and no command is cut off. */
static void assert_balanced(const char *table)
{
    long depth = 0;
    for (const char *at = table; *at; at++) {
        if (*at == '\\' && at[1] && strchr("_&%#${}\\", at[1]))
            at++;
        else if (*at == '{' || *at == '}')
            depth += *at == '{' ? 1 : -1;
        assert_true(depth >= 0);
    }
    assert_int_equal(depth, 0);
}

static void latex(void **state)
{
    struct text text = {0};
    const char *table = written(&text, plain, table_latex);
    (void)state;
    assert_balanced(table);
    assert_has(table, "\\begin{tabular}{lrr}\n\\toprule\nvariant & $1L$ (64) & $2L$ (128) \\\\\n\\midrule\n"
                      "{rope} & 2.500 & 3.375 $\\pm$ 0.125 \\\\\n");
    assert_has(table, "\n{alibi} & \\textbf{1.042} $\\pm$ 0.708 & \\textit{refused} \\\\\n\\bottomrule\n");
    assert_has(table, "rope at $1L$ (64): failed in 1 of 2 (loss is not finite)}\n");
    table = written(&text, hostile, table_latex);
    assert_balanced(table);
    assert_has(table, "\n{100\\%\\_\\$\\#\\&\\textasciitilde{}\\textasciicircum{}\\{\\}\\textbackslash{}"
                      "\\textless{}\\textbar{}\\textgreater{}-{}-x} & ");
    text_release(&text);
}

/* Shares are from 0 to 1 for programs, in per cent for people. */
static void shares(void **state)
{
    const char *const variants[] = {"rope", "alibi"};
    struct message message;
    struct results results;
    struct text text = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 2, 1, 2, &message), STATUS_OK);
    results_find_cell(&results, results_index(&results, 0, 0, 0, 0, 0, 0, 1))->exact_match = 0.5;
    table_csv(&text, &results);
    assert_has(text_string(&text), "\nrecall,2x64-L64,exact-match,exact_match,rope,128,2,0.5,0.5,0.5,,,1,");
    assert_has(text_string(&text), ",exact-match,accuracy,");
    assert_lacks(text_string(&text), ",exact-match,nll,");
    table_latex(&text, &results);
    assert_has(text_string(&text), "exact match, per cent (higher is better)");
    assert_has(text_string(&text), "50.0");
    text_release(&text);
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comma_separated), cmocka_unit_test(every_seed),
        cmocka_unit_test(not_finite),      cmocka_unit_test(json),
        cmocka_unit_test(latex),           cmocka_unit_test(shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
