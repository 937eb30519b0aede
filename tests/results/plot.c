/* Figures: the script holds the numbers, labels never touch, names are drawn as plain text. */
#include "tests/test.h"

#include "results/panel.h"
#include "results/plot.h"
#include "tests/results/synthetic.h"

static char folder[256];

static int set_up(void **state)
{
    (void)state;
    synthetic_folder(folder, sizeof folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    synthetic_remove(folder);
    return 0;
}

static char *contents(const char *name)
{
    struct message message;
    unsigned char *bytes = NULL;
    size_t size;
    char *path = file_join(folder, name);
    if (file_read(&bytes, &size, path, &message) != STATUS_OK)
        fail_msg("%s", message.text);
    memory_release(path);
    return (char *)bytes;
}

static bool have_gnuplot(void)
{
    return system("gnuplot --version >/dev/null 2>&1") == 0;
}

/* Draws; skips the rest of a test where there is no gnuplot. */
static void draw(const struct results *results, const char *formats, struct text *written)
{
    struct message message = {.text = ""};
    if (!have_gnuplot())
        skip();
    if (plot_score(results, folder, NULL, formats, written, &message) != STATUS_OK)
        fail_msg("%s", message.text);
}

static void assert_has(const char *script, const char *words)
{
    if (!strstr(script, words))
        fail_msg("no `%s` in the script or figure:\n%.3000s", words, script);
}

static void figure_and_script(void **state)
{
    const char *const variants[] = {"rope", "alibi"};
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 2, 2, 4, &message), STATUS_OK);
    results.cell[results_index(&results, 1, 1, 0, 0, 0, 1, 1)].status = CELL_REFUSED;
    results.cell[results_index(&results, 1, 1, 0, 1, 0, 1, 1)].status = CELL_REFUSED;
    draw(&results, "png,svg, pdf", &written);

    char expected[1200];
    snprintf(expected, sizeof expected, "%s/score.gp\n%s/score.png\n%s/score.svg\n%s/score.pdf\n", folder,
             folder, folder, folder);
    assert_string_equal(text_string(&written), expected);
    char *bytes = contents("score.png");
    assert_memory_equal(bytes, "\x89PNG", 4);
    memory_release(bytes);
    bytes = contents("score.pdf");
    assert_memory_equal(bytes, "%PDF", 4);
    memory_release(bytes);

    char *script = contents("score.gp");
    double first = results.cell[results_index(&results, 0, 1, 0, 0, 0, 1, 0)].nll;
    double second = results.cell[results_index(&results, 0, 1, 0, 1, 0, 1, 0)].nll;
    char line[100];
    snprintf(line, sizeof line, "$mean_2_1 << EOD\n1 %.10g\n", (first + second) / 2);
    assert_has(script, line);
    snprintf(line, sizeof line, "$seed_2_1 << EOD\n1 %.10g\n1 %.10g\n2 ", first, second);
    assert_has(script, line);
    /* Refused at 2x: the line is broken there. */
    first = results.cell[results_index(&results, 1, 1, 0, 0, 0, 1, 0)].nll;
    second = results.cell[results_index(&results, 1, 1, 0, 1, 0, 1, 0)].nll;
    snprintf(line, sizeof line, "$mean_2_2 << EOD\n1 %.10g\n\n4 ", (first + second) / 2);
    assert_has(script, line);
    double exact = results.cell[results_index(&results, 0, 0, 0, 0, 0, 0, 0)].exact_match;
    snprintf(line, sizeof line, "$seed_1_1 << EOD\n1 %.10g\n", 100 * exact);
    assert_has(script, line);
    assert_has(script, "text: loss (nats per token)");
    assert_has(script, "recall: exact match (%)");
    assert_has(script, "2 seeds");
    memory_release(script);

    /* The script draws the same figure again by itself. */
    char command[700];
    char *before = contents("score.svg");
    snprintf(command, sizeof command,
             "cd %s && rm score.svg && gnuplot -e \"fmt='svg'\" score.gp && test -s score.svg", folder);
    assert_int_equal(system(command), 0);
    char *after = contents("score.svg");
    assert_string_equal(before, after);
    memory_release(before);
    memory_release(after);
    snprintf(command, sizeof command, "cd %s && rm score.png && gnuplot score.gp && test -s score.png",
             folder);
    assert_int_equal(system(command), 0);
    text_release(&written);
    results_release(&results);
}

/* Characters of XML back to themselves, for names in an SVG. */
static void assert_drawn(const char *svg, const char *name)
{
    struct text wanted = {0};
    for (; *name; name++)
        text_append(&wanted, *name == '&' ? "&amp;" : *name == '<' ? "&lt;" : "%c", *name);
    assert_has(svg, text_string(&wanted));
    text_release(&wanted);
}

static void hostile_names(void **state)
{
    const char *const variants[] = {
        "\"; system('touch touched'); \"",
        "'; system('touch touched'); '",
        "`touch touched`",
        "$(touch touched) @x",
        "{/:Bold x} a_b^c",
        "\\n back\\slash \\",
        "line\nEOD\nsystem('touch touched')\n",
        "<b>&amp;</b> &{x}",
        "%s %d %n",
        "' . system(\"touch touched\") . '",
        "<a href='x'>\xc3\xa9\xff",
    };
    const char *const drawn[] = {
        variants[0],
        variants[1],
        variants[2],
        variants[3],
        variants[4],
        variants[5],
        "line\\x0AEOD\\x0Asystem('touch touched')",
        variants[7],
        variants[8],
        variants[9],
        "<a href='x'>\xc3\xa9\\xFF",
    };
    enum { COUNT = sizeof variants / sizeof *variants };
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    assert_int_equal(sizeof drawn, sizeof variants);
    assert_int_equal(synthetic_results(&results, variants, COUNT, 2, 2, &message), STATUS_OK);
    snprintf(results.dataset[1].name, NAME_SIZE, "te{xt}_\\^@&~'%%; `touch touched`");
    snprintf(results.protocol[1].name, NAME_SIZE, "p{/:Bold q}'\\");
    draw(&results, "svg,png,pdf", &written);
    char *svg = contents("score.svg");
    for (size_t i = 0; i < COUNT; i++)
        assert_drawn(svg, drawn[i]);
    assert_drawn(svg, "te{xt}_\\^@&~'%; `touch touched`: loss (nats per token)");
    assert_drawn(svg, "protocol p{/:Bold q}'\\, configuration");
    memory_release(svg);
    char *path = file_join(folder, "touched");
    assert_false(file_exists(path));
    assert_false(file_exists("touched"));
    memory_release(path);
    text_release(&written);
    results_release(&results);
}

static void labels_apart(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 30; count++)
        for (size_t pattern = 0; pattern < 4; pattern++) {
            const double gap = 0.04;
            double wanted[30], at[30];
            size_t order[30];
            for (size_t i = 0; i < count; i++)
                wanted[i] = at[i] = pattern == 0   ? 0.0
                                    : pattern == 1 ? 1.0
                                    : pattern == 2 ? synthetic_noise("label", (int64_t)i, (int64_t)count, 0)
                                                   : 0.5 + 0.001 * (double)(i % 3);
            panel_push_apart(at, order, count, gap);
            double least = gap * (double)(count - 1) > 1 ? 1 / (double)(count - 1) : gap;
            for (size_t i = 0; i < count; i++) {
                assert_true(at[order[i]] > -1e-9 && at[order[i]] < 1 + 1e-9);
                if (i > 0) {
                    assert_true(at[order[i]] - at[order[i - 1]] > least - 1e-9);
                    assert_true(wanted[order[i]] >= wanted[order[i - 1]]);
                }
            }
        }
    /* Labels that do not touch stay; a pair moves half way each. */
    double at[4] = {0.9, 0.5, 0.5, 0.1};
    size_t order[4];
    panel_push_apart(at, order, 4, 0.1);
    assert_true(fabs(at[0] - 0.9) < 1e-12 && fabs(at[3] - 0.1) < 1e-12);
    assert_true(fabs(at[1] - 0.45) < 1e-12 && fabs(at[2] - 0.55) < 1e-12);
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
    draw(&results, "png", &written);
    results_release(&results);
    assert_int_equal(synthetic_results(&results, variants, 40, 1, 3, &message), STATUS_OK);
    results.cell[results_index(&results, 0, 1, 0, 0, 0, 1, 0)].nll = 300;
    results.cell[results_index(&results, 1, 1, 0, 0, 0, 1, 0)].nll = INFINITY;
    draw(&results, "svg", &written);
    char *script = contents("score.gp");
    assert_has(script, "set logscale y\nset ytics (\"2\" 2");
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
    assert_int_equal(plot_score(&results, folder, NULL, "png,gif", &written, &message), STATUS_WRONG);
    assert_has(message.text, "`gif`");
    assert_int_equal(plot_score(&results, folder, NULL, "", &written, &message), STATUS_WRONG);
    assert_int_equal(plot_score(&results, folder, "sliding", "png", &written, &message), STATUS_WRONG);
    assert_has(message.text, "sliding");
    assert_int_not_equal(plot_score(&results, "/nonexistent", NULL, "png", &written, &message), STATUS_OK);
    assert_has(message.text, "/nonexistent");
    assert_string_equal(text_string(&written), "");
    for (size_t i = 0; i < 4; i++)
        results.cell[i].status = CELL_FAILED;
    assert_int_equal(plot_score(&results, folder, NULL, "png", &written, &message), STATUS_WRONG);
    assert_has(message.text, "no score");
    results_release(&results);
}

/* Without gnuplot, and with one that fails, the sentence says so; no half figure stays. */
static void gnuplot_fails(void **state)
{
    const char *const variants[] = {"rope"};
    struct message message = {.text = ""};
    struct results results;
    struct text written = {0};
    char path[300], *kept = strdup(getenv("PATH") ? getenv("PATH") : "");
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 1, 1, 1, &message), STATUS_OK);
    setenv("PATH", folder, 1);
    assert_int_equal(plot_score(&results, folder, NULL, "png", &written, &message), STATUS_FAILED);
    assert_has(message.text, "gnuplot was not found");
    snprintf(path, sizeof path, "%s/gnuplot", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("#!/bin/sh\necho half >score.new.png\necho 'line 3: it hurts' >&2\nexit 4\n", file);
    fclose(file);
    chmod(path, 0755);
    assert_int_equal(plot_score(&results, folder, NULL, "png", &written, &message), STATUS_FAILED);
    setenv("PATH", kept, 1);
    assert_has(message.text, "exit status 4");
    assert_has(message.text, "line 3: it hurts");
    snprintf(path, sizeof path, "%s/score.new.png", folder);
    assert_false(file_exists(path));
    snprintf(path, sizeof path, "%s/score.png", folder);
    assert_false(file_exists(path));
    free(kept);
    text_release(&written);
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figure_and_script, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile_names, set_up, tear_down),
        cmocka_unit_test(labels_apart),
        cmocka_unit_test_setup_teardown(extremes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_requests, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gnuplot_fails, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
