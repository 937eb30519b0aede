/* Names are drawn as text, whatever they hold. */
#include "tests/test.h"

#include "results/figures/figure.h"
#include "results/figures/plot.h"
#include "results/figures/sheet.h"
#include "tests/results/figures.h"

/* Characters of XML back to themselves, for names in an SVG. */
static void assert_drawn(const char *svg, const char *name)
{
    struct text wanted = {0};
    for (; *name; name++)
        text_append(&wanted, *name == '&' ? "&amp;" : *name == '<' ? "&lt;" : "%c", *name);
    assert_has(svg, text_string(&wanted));
    text_release(&wanted);
}

/* Every kind, format and size with names that would be commands, markup or formats if they were not text. */
static void hostile_names(void **state)
{
    const char *const variants[] = {
        "\"; system('touch touched'); \"",
        "'; system('touch touched'); '",
        "`touch touched`",
        "$(touch touched) @x",
        "{/Symbol a} a_b^c",
        "\\n back\\slash \\",
        "line\nEOD\nsystem('touch touched')\n",
        "<script>alert(1)</script>",
        "%s %d %n %",
        "' . system(\"touch touched\") . '",
        "<a href='x'>\xc3\xa9\xff",
        "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6"
        "\xbc\xa2",
    };
    enum { COUNT = sizeof variants / sizeof *variants, MANY = 14 };
    const char *names[MANY], *kinds[] = {"score", "position", "retrieval", "ranks", "cost", "curves"};
    struct message message;
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        names[i] = i < COUNT ? variants[i] : i == COUNT ? "plain" : "other";
    for (size_t count = COUNT; count <= MANY; count += MANY - COUNT) { /* labelled, and small multiples */
        struct results results;
        assert_int_equal(synthetic_results(&results, names, count, 2, 3, &message), STATUS_OK);
        figures_fill(&results);
        snprintf(results.dataset[1].name, NAME_SIZE, "te{xt}_\\^@&~'%%; `touch touched`/../");
        snprintf(results.protocol[1].name, NAME_SIZE, "p{/:Bold q}'\\");
        snprintf(results.configuration[0].name, NAME_SIZE, "c\"`touch touched`");
        struct cell *cell = results_find_cell(&results, results_index(&results, 1, 1, 0, 0, 0, 1, 2));
        cell->status = CELL_FAILED;
        cell->reason = "\"; system('touch touched') `touch touched` {/:Bold x} \\";
        for (size_t k = 0; test_row("kinds", k, sizeof kinds / sizeof *kinds); k++)
            for (size_t s = 0; plot_size(s, NULL); s++) {
                const struct plot_request request = {
                    .kinds = kinds[k], .formats = "svg,png,pdf", .size = plot_size(s, NULL)};
                struct text written = {0};
                draw(&results, &request, &written);
                assert_null(strpbrk(text_string(&written), "`'\"\\{};<>$ %"));
                text_release(&written);
            }
        if (count > COUNT) { /* there long names are cut */
            results_release(&results);
            break;
        }
        struct text written = {0};
        draw(&results, &(struct plot_request){.kinds = "score", .formats = "svg"}, &written);
        text_release(&written);
        char *svg = contents("score-te_xt____________touch_touched__.._.svg");
        assert_null(strstr(svg, "<script"));
        for (size_t i = 0; i < 4; i++)
            assert_drawn(svg, variants[i]);
        assert_drawn(svg, "line\\x0AEOD\\x0A");
        assert_drawn(svg, variants[7]);
        assert_drawn(svg, variants[8]);
        assert_drawn(svg, "te{xt}_\\^@&~'%; `touch touched`/../: loss (nats per token)");
        assert_drawn(svg, "p{/:Bold q}'\\ (targets: all)");
        memory_release(svg);
        results_release(&results);
    }
    char *path = file_join(folder, "touched");
    assert_false(file_exists(path));
    assert_false(file_exists("touched"));
    memory_release(path);
}

/* Names that become the same name of a file do not overwrite each other's figures. */
static void names_of_files(void **state)
{
    const char *const variants[] = {"rope"};
    struct message message = {.text = ""};
    struct results results;
    struct figure_list list = {.kind = "score"};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 1, 1, 1, &message), STATUS_OK);
    snprintf(results.dataset[0].name, NAME_SIZE, "a/b");
    snprintf(results.dataset[1].name, NAME_SIZE, "a b");
    assert_string_equal(figure_add(&list, &results, 0, &message)->name, "score-a_b");
    assert_string_equal(figure_add(&list, &results, 1, &message)->name, "score-a_b-2");
    list.kind = "ranks";
    assert_string_equal(figure_add(&list, &results, 2, &message)->name, "ranks");
    figure_list_release(&list);
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hostile_names, figures_set_up, figures_tear_down),
        cmocka_unit_test(names_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
