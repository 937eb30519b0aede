/* A variant that was fine-tuned on 4L: wherever it stands it carries its mark, and no score at a length that it was
 * trained on is shown, ranked or called the best as extrapolation. */
#include "tests/test.h"

#include "results/findings/ranks.h"
#include "results/findings/trained_length.h"
#include "results/page/html.h"
#include "results/tables/table.h"
#include "tests/results/figures.h"

enum { ALIBI, TUNED, DROPPED, ROPE, VARIANTS };
static const char *const names[] = {
    [ALIBI] = "alibi", [TUNED] = "rope-tuned", [DROPPED] = "drope", [ROPE] = "rope"};

/* Lengths of text 1L to 8L, of recall 1L to 4L; the tuned variant is the best of every column. */
static void make(struct results *results)
{
    struct message message = {""};
    if (synthetic_results(results, names, VARIANTS, 2, 4, &message))
        fail_msg("%s", message.text);
    for (size_t i = 0; i < results->cells; i++) {
        size_t at[CELL_RANK];
        results_coordinates(at, results, results->place[i], CELL_RANK);
        struct cell *cell = &results->cell[i];
        cell->nll = at[0] == TUNED ? 1 + 0.0625 * (double)at[6] : cell->nll + 1;
        if (at[0] == TUNED && !isnan(cell->exact_match))
            cell->exact_match = 1;
    }
    for (size_t p = 0; p < results->protocols; p++)
        if (strcmp(results->protocol[p].kind, "nonoverlap") == 0)
            snprintf(results->protocol[p].kind, NAME_SIZE, "fixed-targets");
    snprintf(results->variant[TUNED].trained_as, TRAINED_SIZE,
             "rope(base=10000); identity, then finetune(steps=100, length=4L, rate=0, batch=8) of "
             "rope(base=10000); "
             "identity");
    snprintf(
        results->variant[DROPPED].trained_as, TRAINED_SIZE,
        "rope(base=10000); identity, then finetune(steps=100, length=1L, rate=0, batch=0) of none; identity");
    figures_fill(results);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("`%s` is in:\n%s", part, text);
}

/* A note that was broken between words is one line again. */
static void join_lines(char *text)
{
    for (char *at = text; (at = strstr(at, "\n    ")); at++)
        memmove(at + 1, at + 5, strlen(at + 5) + 1), *at = ' ';
}

static char *written(const struct results *results, void (*write)(struct text *, const struct results *))
{
    static struct text text;
    text_release(&text);
    text = (struct text){0};
    write(&text, results);
    assert_false(text.failed);
    return text.bytes;
}

static void lengths(void **state)
{
    static const struct {
        const char *trained_as, *mark;
        int64_t length;
    } rows[] = {
        {"rope; identity", "", 64},
        {"rope; identity, then finetune(steps=1, length=4L, rate=0) of rope; identity", "†4L", 256},
        {"rope; identity, then finetune(steps=1, length=200) of rope; identity", "†200", 200},
        {"rope; identity, then finetune(steps=1, length=L) of rope; identity", "†L", 64},
        {"rope; identity, then finetune(steps=1, length=0.5L) of rope; identity", "†0.5L", 64},
        {"rope; identity, then finetune(steps=1) of pose(length=9L); identity", "†1L", 64},
        {"learned(length=7L); identity, then finetune(length=2L, steps=1) of rope; identity", "†2L", 128},
        {"rope, then finetune(length=\x1b[31m) of rope", "†?", 64},
        {"rope, then finetune(", "†1L", 64},
    };
    struct results results;
    (void)state;
    make(&results);
    for (size_t i = 0; test_row("rows", i, sizeof rows / sizeof *rows); i++) {
        struct text mark = {0};
        snprintf(results.variant[0].trained_as, TRAINED_SIZE, "%s", rows[i].trained_as);
        assert_int_equal(trained_length(&results, 0, 0), rows[i].length);
        trained_mark(&mark, &results, 0);
        assert_string_equal(text_string(&mark), rows[i].mark);
        text_release(&mark);
    }
    results_release(&results);
}

/* What 0 stands for is said. */
static void words(void **state)
{
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results);
    trained_print(&text, &results, DROPPED);
    assert_string_equal(
        text_string(&text),
        "rope(base=10000); identity, then finetune(steps=100, length=1L, rate=0 (that of the first "
        "training), batch=0 (that of the first training)) of none; identity");
    text.length = 0;
    trained_print(&text, &results, TUNED);
    assert_has(text_string(&text), "rate=0 (that of the first training), batch=8) of");
    text.length = 0;
    trained_print(&text, &results, ROPE);
    assert_string_equal(text_string(&text), "encoder of rope; identity()");
    text_release(&text);
    results_release(&results);
}

static void tables(void **state)
{
    struct results results;
    (void)state;
    make(&results);
    char *text = written(&results, table_text);
    assert_lacks(text, "rope-tuned  ");
    assert_has(text, "\nrope-tuned †4L  *1.000 ±0.000  †1.062 ±0.000  †1.125 ±0.000  *1.188 ±0.000\n");
    join_lines(text);
    assert_has(text, "†4L: fine-tuned, trained on 4L (256 tokens)");
    assert_has(text, "†1L: fine-tuned, trained on 1L (64 tokens)");
    assert_has(text, "† before a score: the variant was trained on this length");
    text = written(&results, table_markdown);
    assert_has(text,
               "| rope-tuned †4L | **1.000** ±0.000 | †1.062 ±0.000 | †1.125 ±0.000 | **1.188** ±0.000 |");
    text = written(&results, table_latex);
    assert_has(text, "{rope-tuned \\textdagger{}4L} & \\textbf{1.000} $\\pm$ 0.000 & \\textdagger{}1.062");
    text = written(&results, table_csv);
    assert_has(text, ",rope-tuned,128,2,1.0625,1.0625,1.0625,,,2,measured,2,,256\n");
    assert_has(text, ",drope,128,2,");
    text = written(&results, table_long);
    assert_has(text, "of rope(base=10000); identity\",256,");
    text = written(&results, table_json);
    assert_has(text, "{\"variant\": \"rope-tuned\", \"trained_on\": 256, \"cells\": [");
    assert_has(
        text,
        "\"mean\": 1.0625, \"minimum\": 1.0625, \"maximum\": 1.0625, \"deviation\": 0, \"low\": null, "
        "\"high\": null, \"bootstrap_low\": null, \"bootstrap_high\": null, \"seeds\": 2, \"asked\": 2, "
        "\"best\": false, \"trained_on_it\": true");
    assert_has(
        text,
        "\"mean\": 1.1875, \"minimum\": 1.1875, \"maximum\": 1.1875, \"deviation\": 0, \"low\": null, "
        "\"high\": null, \"bootstrap_low\": null, \"bootstrap_high\": null, \"seeds\": 2, \"asked\": 2, "
        "\"best\": true, \"trained_on_it\": false");
    results_release(&results);
}

/* n* stands last and says that it is no further than the training; ranks at 4L come without the variant. */
static void lengths_and_ranks(void **state)
{
    struct results results;
    struct ranks ranks;
    (void)state;
    make(&results);
    char *text = written(&results, table_text);
    const char *effective = strstr(text, "effective length n*"), *row = strstr(effective, "\nrope-tuned †4L");
    assert_true(row > strstr(effective, "\nrope "));
    assert_has(row, "†256+");
    join_lines(text);
    assert_has(row, "† before n*: not beyond what the variant was trained on");
    text = written(&results, table_text);
    const char *ranked = strstr(text, "ranks at n = 4L"), *apart = strstr(ranked, "\nrope-tuned †4L");
    assert_true(apart > strstr(ranked, "\nalibi") && apart > strstr(ranked, "\ndrope †1L"));
    assert_true(strncmp(apart + strlen("\nrope-tuned †4L") + 4, "apart", 5) == 0 ||
                strstr(apart, " apart ") < apart + 40);
    assert_has(apart, "†100.0");
    join_lines(text);
    assert_has(apart, "apart: trained on this length (†), so without a rank.");
    assert_true(ranks_make(&ranks, &results, NULL, NULL));
    assert_int_equal(ranks.variants, VARIANTS - 1);
    assert_int_equal(ranks.aside, 1);
    assert_int_equal(ranks.apart[0], TUNED);
    ranks_release(&ranks);
    results_release(&results);
}

static void compared(void **state)
{
    struct results results;
    struct text text = {0};
    struct message message;
    (void)state;
    make(&results);
    assert_int_equal(table_comparison_text(&text, &results, "rope", &message), STATUS_OK);
    const char *row = strstr(strstr(text_string(&text), "text: loss"), "rope-tuned †4L");
    assert_true(row && strstr(row, "†-") && strstr(row, "†-") < strchr(row, '\n'));
    join_lines(text.bytes);
    assert_has(text_string(&text), "† before a difference: one of the two was trained on this length");
    text.length = 0;
    assert_int_equal(table_comparison_text(&text, &results, "rope-tuned", &message), STATUS_OK);
    assert_has(text_string(&text), "loss less that of rope-tuned †4L");
    assert_has(text_string(&text), "†+");
    text_release(&text);
    results_release(&results);
}

static void page(void **state)
{
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results);
    html_write(&text, &results);
    assert_has(text_string(&text), ">rope-tuned †4L</th>");
    assert_has(text_string(&text),
               "then finetune(steps=100, length=4L, rate=0 (that of the first training), batch=8)");
    assert_has(text_string(&text), "<td class=\"number\">†1.062");
    assert_has(text_string(&text), "<td class=\"number best\">1.188");
    assert_has(text_string(&text), "†4L: fine-tuned, trained on 4L (256 tokens)");
    text_release(&text);
    results_release(&results);
}

/* Every kind, labelled and as small multiples. */
static void figures(void **state)
{
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results);
    draw(&results, &(struct plot_request){.formats = "svg"}, &text);
    static const char *const kinds[] = {"matrix",           "score-text", "score-recall", "position-text",
                                        "retrieval-recall", "ranks",      "cost-recall",  "curves-text"};
    for (size_t i = 0; test_row("kinds", i, sizeof kinds / sizeof *kinds); i++) {
        char name[60];
        snprintf(name, sizeof name, "%s.svg", kinds[i]);
        assert_file_has(name, "rope-tuned †4L");
        assert_file_has(name, "†4L:");
    }
    char *script = contents("score-text.gp");
    assert_has(script, "to first 1, graph 1 fc rgb shade");
    assert_has(script, "set arrow from first 4, first 1.125 length character 0.8 angle 90 nohead lt 2");
    assert_lacks(script, "set arrow from first 1, first");
    memory_release(script);
    script = contents("position-text.gp");
    assert_has(script, "set arrow from first 256, first ");
    memory_release(script);
    script = contents("ranks.gp");
    assert_has(script, "Trained on this length");
    assert_has(script, "of 3)");
    memory_release(script);
    /* all of recall's lengths were seen: no line; the other rows have theirs */
    script = contents("retrieval-recall.gp");
    size_t lines = 0, maps = 0;
    for (const char *at = script; (at = strstr(at, "nohead lc rgb '#d4001a'")); at++)
        lines++;
    for (const char *at = script; (at = strstr(at, "with image pixels")); at++)
        maps++;
    assert_int_equal(maps, VARIANTS);
    assert_int_equal(lines, VARIANTS - 1);
    memory_release(script);
    text_release(&text);
    snprintf(results.variant[ALIBI].name, NAME_SIZE, "a-name-that-leaves-no-room-for-labels");
    draw(&results, &(struct plot_request){.formats = "svg", .size = "column", .kinds = "score,matrix"},
         &text);
    script = contents("score-text.gp");
    assert_has(script, "to first 1, graph 1 fc rgb shade");
    assert_has(script, "to first 4, graph 1 fc rgb shade"); /* its own panel */
    memory_release(script);
    text_release(&text);
    results_release(&results);
}

/* On the front of cost stands nobody who was trained on the length. */
static void front(void **state)
{
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results);
    for (size_t i = 0; i < results.cells; i++) {
        size_t at[CELL_RANK];
        results_coordinates(at, &results, results.place[i], CELL_RANK);
        results.cell[i].tokens_per_second = at[0] == TUNED ? 9e5 : 1e5;
    }
    draw(&results, &(struct plot_request){.formats = "svg", .kinds = "cost"}, &text);
    static const struct {
        const char *file, *best;
        bool front;
    } rows[] = {{"cost-recall.gp", "\n900 100 2\n", false},
                {"cost-text.gp", "\n900 1.1875 2\n", true}}; /* 4L, 8L */
    for (size_t i = 0; test_row("rows", i, 2); i++) {
        char *script = contents(rows[i].file);
        const char *found = strstr(script, rows[i].best), *begin = strstr(script, "$best_1 << EOD");
        assert_true(found && begin);
        assert_int_equal(found > begin, rows[i].front); /* the others stand before it */
        assert_int_equal(strstr(script, "Variants trained on this length (†) are not on") != NULL,
                         !rows[i].front);
        memory_release(script);
    }
    text_release(&text);
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths),
        cmocka_unit_test(words),
        cmocka_unit_test(tables),
        cmocka_unit_test(lengths_and_ranks),
        cmocka_unit_test(compared),
        cmocka_unit_test(page),
        cmocka_unit_test_setup_teardown(figures, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(front, figures_set_up, figures_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
