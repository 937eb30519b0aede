/* Figures: the scripts hold the numbers and draw again by themselves; wrong requests, a gnuplot that fails.
 */
#include "tests/test.h"

#include "results/figures/figure.h"
#include "results/figures/plot.h"
#include "results/figures/sheet.h"
#include "tests/results/figures.h"

static void figure_and_script(void **state)
{
    const char *const variants[] = {"rope", "alibi"};
    const struct plot_request request = {.kinds = "score", .formats = "png,svg, pdf"};
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 2, 2, 4, &message), STATUS_OK);
    for (size_t s = 0; s < 2; s++) {
        struct cell *cell = results_find_cell(&results, results_index(&results, 1, 1, 0, s, 0, 1, 1));
        cell->status = CELL_REFUSED;
        cell->reason = "too long for a table";
    }
    draw(&results, &request, &written);

    struct text expected = {0};
    for (const char *const *name = (const char *const[]){"recall", "text", NULL}; *name; name++)
        for (const char *const *ending = (const char *const[]){"gp", "png", "svg", "pdf", NULL}; *ending;
             ending++)
            text_append(&expected, "%s/score-%s.%s\n", folder, *name, *ending);
    assert_string_equal(text_string(&written), text_string(&expected));
    char *bytes = contents("score-text.png");
    assert_memory_equal(bytes, "\x89PNG", 4);
    memory_release(bytes);
    bytes = contents("score-text.pdf");
    assert_memory_equal(bytes, "%PDF", 4);
    memory_release(bytes);

    char *script = contents("score-text.gp");
    double first = results_find_cell(&results, results_index(&results, 0, 1, 0, 0, 0, 1, 0))->nll;
    double second = results_find_cell(&results, results_index(&results, 0, 1, 0, 1, 0, 1, 0))->nll;
    char line[200];
    snprintf(line, sizeof line, "$curve_1_1 << EOD\n1 %.10g %.10g %.10g\n", (first + second) / 2,
             fmin(first, second), fmax(first, second));
    assert_has(script, line);
    snprintf(line, sizeof line, "$dots_1_1 << EOD\n1 %.10g\n1 %.10g\n2 ", first, second);
    assert_has(script, line);
    /* Refused at 2x: the line is broken there, and the figure says so. */
    first = results_find_cell(&results, results_index(&results, 1, 1, 0, 0, 0, 1, 0))->nll;
    second = results_find_cell(&results, results_index(&results, 1, 1, 0, 1, 0, 1, 0))->nll;
    snprintf(line, sizeof line, "$curve_1_2 << EOD\n1 %.10g %.10g %.10g\n\n4 ", (first + second) / 2,
             fmin(first, second), fmax(first, second));
    assert_has(script, line);
    assert_has(script, "Refused: 2 of 8 cells of alibi (too long for a table).");
    assert_has(script, "text: loss (nats per token)");
    assert_has(script, "mean and range of 2 seeds");
    assert_has(script, "protocol nonoverlap (targets: all), configuration 2x64-L64");
    memory_release(script);
    double exact = results_find_cell(&results, results_index(&results, 0, 0, 0, 0, 0, 0, 0))->exact_match;
    snprintf(line, sizeof line, "$dots_1_1 << EOD\n1 %.10g\n", 100 * exact);
    assert_file_has("score-recall.gp", line);
    assert_file_has("score-recall.gp", "recall: exact match (%)");

    /* The script draws the same figure again by itself. */
    char command[700];
    char *before = contents("score-text.svg");
    snprintf(command, sizeof command,
             "cd %s && rm score-text.svg && gnuplot -e \"fmt='svg'\" score-text.gp && test -s score-text.svg",
             folder);
    assert_int_equal(system(command), 0);
    char *after = contents("score-text.svg");
    assert_string_equal(before, after);
    memory_release(before);
    memory_release(after);
    snprintf(command, sizeof command,
             "cd %s && rm score-text.png && gnuplot score-text.gp && test -s score-text.png", folder);
    assert_int_equal(system(command), 0);
    text_release(&written);
    text_release(&expected);
    results_release(&results);
}

/* What is drawn for papers has their width to the point, and text of 8 points at least. */
static void paper(void **state)
{
    const char *const variants[] = {"rope", "alibi"};
    const struct plot_request request = {
        .kinds = "score", .dataset = "text", .formats = "pdf", .size = "column"};
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 2, 2, 3, &message), STATUS_OK);
    draw(&results, &request, &written);
    char command[700];
    snprintf(command, sizeof command, "grep -aq 'MediaBox *\\[ *0 0 23[78]' %s/score-text.pdf", folder);
    assert_int_equal(system(command), 0); /* 3.3 in = 237.6 points */
    assert_null(strstr(text_string(&written), "recall"));
    char *script = contents("score-text.gp");
    assert_has(script, "W = 3.300");
    assert_has(script, "base = 9 *");
    memory_release(script);
    for (size_t s = 0; figure_sizes[s].name; s++)
        assert_true(!figure_sizes[s].fixed || figure_sizes[s].points * fmin(SHEET_NOTE, SHEET_LABEL) >= 7.9);
    text_release(&written);
    results_release(&results);
}

/* One variant, one length, one seed; forty variants; losses over two decades; names of 63 bytes. */
static void extremes(void **state)
{
    char names[40][NAME_SIZE];
    const char *variants[40];
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    for (size_t i = 0; i < 40; i++) {
        memset(names[i], 'W', NAME_SIZE - 1);
        names[i][NAME_SIZE - 1] = '\0';
        snprintf(names[i], 12, "variant %02zu", i);
        names[i][10] = 'W';
        names[i][11] = 'W';
        variants[i] = names[i];
    }
    assert_int_equal(synthetic_results(&results, variants, 1, 1, 1, &message), STATUS_OK);
    draw(&results, &(struct plot_request){.formats = "png"}, &written);
    assert_null(strstr(text_string(&written), "ranks")); /* of one variant there are none */
    results_release(&results);
    assert_int_equal(synthetic_results(&results, variants, 40, 1, 3, &message), STATUS_OK);
    results_find_cell(&results, results_index(&results, 0, 1, 0, 0, 0, 1, 0))->nll = 300;
    results_find_cell(&results, results_index(&results, 1, 1, 0, 0, 0, 1, 0))->nll = INFINITY;
    draw(&results, &(struct plot_request){.formats = "svg"}, &written);
    char *script = contents("score-text.gp");
    assert_has(script, "set logscale y 10");
    assert_has(script, "Without a finite score: 1 of 3 cells of variant 01");
    assert_has(script, "\xe2\x80\xa6"); /* a long name is cut, and says so */
    memory_release(script);
    results_release(&results);
    text_release(&written);
}

static void wrong_requests(void **state)
{
    const char *const variants[] = {"rope"};
    struct message message = {.text = ""};
    struct results results;
    struct text written = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 1, 1, 1, &message), STATUS_OK);
    static const struct {
        struct plot_request request;
        const char *words;
    } cases[] = {{{.formats = "png,gif"}, "`gif`"},
                 {{.formats = ""}, "no format"},
                 {{.kinds = "scores"}, "did you mean `score`"},
                 {{.size = "poster"}, "unknown size"},
                 {{.kinds = "score", .protocol = "sliding"}, "sliding"},
                 {{.dataset = "prose"}, "prose"},
                 {{.kinds = "retrieval"}, "no numbers for figures of kind retrieval"}};
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        assert_int_equal(plot_draw(&results, folder, &cases[i].request, &written, &message), STATUS_WRONG);
        assert_has(message.text, cases[i].words);
    }
    assert_int_not_equal(plot_draw(&results, "/nonexistent", &(struct plot_request){0}, &written, &message),
                         STATUS_OK);
    assert_has(message.text, "/nonexistent");
    assert_string_equal(text_string(&written), "");
    for (size_t i = 0; i < results.cells; i++)
        results.cell[i].status = CELL_FAILED;
    const size_t trainings = results.trainings;
    results.trainings = 0;
    assert_int_equal(plot_draw(&results, folder, &(struct plot_request){0}, &written, &message),
                     STATUS_WRONG);
    results.trainings = trainings;
    assert_has(message.text, "no score");
    results_release(&results);
}

/* Without gnuplot, and with one that fails, the sentence says so; no half figure stays. */
static void gnuplot_fails(void **state)
{
    const char *const variants[] = {"rope"};
    const struct plot_request request = {.kinds = "score", .dataset = "text"};
    struct message message = {.text = ""};
    struct results results;
    struct text written = {0};
    char path[300], *kept = strdup(getenv("PATH") ? getenv("PATH") : "");
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 1, 1, 1, &message), STATUS_OK);
    setenv("PATH", folder, 1);
    assert_int_equal(plot_draw(&results, folder, &request, &written, &message), STATUS_FAILED);
    assert_has(message.text, "gnuplot was not found");
    snprintf(path, sizeof path, "%s/gnuplot", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("#!/bin/sh\necho half >score-text.new.png\necho 'line 3: it hurts' >&2\nexit 4\n", file);
    fclose(file);
    chmod(path, 0755);
    assert_int_equal(plot_draw(&results, folder, &request, &written, &message), STATUS_FAILED);
    setenv("PATH", kept, 1);
    assert_has(message.text, "exit status 4");
    assert_has(message.text, "line 3: it hurts");
    snprintf(path, sizeof path, "%s/score-text.new.png", folder);
    assert_false(file_exists(path));
    snprintf(path, sizeof path, "%s/score-text.png", folder);
    assert_false(file_exists(path));
    free(kept);
    text_release(&written);
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figure_and_script, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(paper, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(extremes, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(wrong_requests, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(gnuplot_fails, figures_set_up, figures_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
