/* The matrix of scores: the order of its rows, its colours and numbers, which blocks it has, and that all of
 * it stands on the page. */
#include "tests/test.h"

#include "results/figures/figure.h"
#include "results/figures/plot.h"
#include "results/figures/sheet.h"
#include "tests/results/figures.h"

enum { CELLS_MAX = 2000, TRIALS_MAX = 200 };

/* A line of $scores_BAND. */
struct shown {
    double left, right, shade, mean;
    size_t row;
    char ink[16], number[16];
};

static size_t read_scores(struct shown out[CELLS_MAX], const char *script, size_t band)
{
    char head[40];
    size_t count = 0;
    snprintf(head, sizeof head, "$scores_%zu << EOD\n", band);
    const char *at = strstr(script, head);
    if (!at)
        return 0;
    at += strlen(head);
    for (; strncmp(at, "EOD", 3) != 0; at = strchr(at, '\n') + 1) {
        struct shown *cell = &out[count++];
        assert_true(count <= CELLS_MAX);
        assert_int_equal(sscanf(at, "%lf %lf %zu %lf %15s %15s %lf", &cell->left, &cell->right, &cell->row,
                                &cell->shade, cell->ink, cell->number, &cell->mean),
                         7);
    }
    return count;
}

/* The only cell that shows this number in this row. */
static const struct shown *find(const struct shown *cells, size_t count, size_t row, const char *number)
{
    const struct shown *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (cells[i].row == row && strcmp(cells[i].number, number) == 0) {
            assert_null(found);
            found = &cells[i];
        }
    if (!found)
        fail_msg("no `%s` in row %zu", number, row);
    return found;
}

/* Texts that stand in this order in a script. */
static void assert_order(const char *script, const char *const *words, size_t count)
{
    const char *at = script;
    for (size_t i = 0; i < count; i++) {
        at = strstr(at, words[i]);
        if (!at)
            fail_msg("no `%s` after `%s`", words[i], i > 0 ? words[i - 1] : "the beginning");
        at += strlen(words[i]);
    }
}

/* One seed of each variant on `datasets` texts in `configurations`, lengths 64 * 2^k; a second protocol,
 * which is ranked before the first, when `second` is set. */
static void texts(struct results *results, const char *const *variants, size_t count, size_t datasets,
                  size_t configurations, size_t lengths, bool second)
{
    static struct trial trial[TRIALS_MAX];
    const struct trial *pointer[TRIALS_MAX];
    struct message message;
    const size_t trials = count * datasets * configurations;
    assert_true(trials <= TRIALS_MAX);
    for (size_t i = 0; i < trials; i++) {
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "text-%02zu", i % datasets);
        synthetic_trial(&trial[i], variants[i / datasets % count], name, (int64_t)(1 + i), lengths);
        trial[i].seed = 1;
        if (second) {
            synthetic_arrays(&trial[i]);
            snprintf(trial[i].protocol[1].name, NAME_SIZE, "targets");
            snprintf(trial[i].protocol[1].kind, NAME_SIZE, "fixed-targets");
            for (size_t c = lengths; c < 2 * lengths; c++) {
                trial[i].cell[c].protocol = "targets";
                memory_release(trial[i].cell[c].position_nll);
                memory_release(trial[i].cell[c].position_floor);
                trial[i].cell[c].position_nll = trial[i].cell[c].position_floor = NULL;
            }
        }
        if (i >= count * datasets) {
            snprintf(trial[i].configuration.name, NAME_SIZE, "2x64-L128");
            trial[i].configuration.training_length = 128;
        }
        pointer[i] = &trial[i];
    }
    if (synthetic_merge(results, pointer, trials, variants, count, &message))
        fail_msg("%s", message.text);
    for (size_t i = 0; i < trials; i++)
        trial_release(&trial[i]);
}

static char *matrix_of(const struct results *results, struct plot_request request, const char *name)
{
    struct text written = {0};
    request.kinds = "matrix";
    request.formats = "svg";
    draw(results, &request, &written);
    text_release(&written);
    return contents(name);
}

/* One dataset: rows by the score at the longest length; what was refused is a dash, and last. */
static void one_dataset(void **state)
{
    const char *const variants[] = {"middle", "absent", "worst", "best"};
    static struct shown cell[CELLS_MAX];
    struct results results;
    (void)state;
    texts(&results, variants, 4, 1, 1, 2, false);
    const double loss[] = {2.25, NAN, 3.5, 1.25};
    for (size_t v = 0; v < 4; v++) {
        results_find_cell(&results, results_index(&results, v, 0, 0, 0, 0, 0, 0))->nll = 4 - loss[v] / 10;
        results_find_cell(&results, results_index(&results, v, 0, 0, 0, 0, 0, 1))->nll = loss[v];
    }
    struct cell *refused = results_find_cell(&results, results_index(&results, 1, 0, 0, 0, 0, 0, 1));
    refused->status = CELL_REFUSED;
    refused->reason = "it has no row";
    results_find_cell(&results, results_index(&results, 1, 0, 0, 0, 0, 0, 0))->nll = 4.25;
    char *script = matrix_of(&results, (struct plot_request){.dataset = "text-00"}, "matrix-text-00.gp");
    assert_order(
        script,
        (const char *const[]){"label \"best\"", "label \"middle\"", "label \"worst\"", "label \"absent\""},
        4);
    assert_int_equal(read_scores(cell, script, 1), 7);
    assert_true(find(cell, 7, 1, "1.25")->shade == 1);
    assert_true(find(cell, 7, 4, "4.25")->shade == 0);
    assert_true(find(cell, 7, 2, "2.25")->left == find(cell, 7, 3, "3.50")->left);
    assert_true(find(cell, 7, 2, "2.25")->left == find(cell, 7, 2, "3.77")->right);
    assert_has(script, "$none_1 << EOD\n0.");
    assert_has(script, "Refused: 1 of 2 cells");
    assert_has(script, "(it has no row)");
    assert_has(script, "Grey: no score.");
    assert_null(strstr(script, "≥"));
    assert_has(script, "1 seed");
    memory_release(script);
    results_release(&results);
}

/* Shares: from 0 to 100 whatever there is, and the larger is the better. */
static void shares(void **state)
{
    const char *const variants[] = {"low", "high"};
    static struct shown cell[CELLS_MAX];
    struct message message;
    struct results results;
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 2, 1, 2, &message), STATUS_OK);
    results_find_cell(&results, results_index(&results, 0, 0, 0, 0, 0, 0, 1))->exact_match = 0.2;
    results_find_cell(&results, results_index(&results, 1, 0, 0, 0, 0, 0, 1))->exact_match = 0.444;
    char *script = matrix_of(&results, (struct plot_request){.dataset = "recall"}, "matrix-recall.gp");
    const size_t count = read_scores(cell, script, 1);
    assert_order(script, (const char *const[]){"label \"high\"", "label \"low\""}, 2);
    assert_true(fabs(find(cell, count, 1, "44")->shade - 0.444) < 1e-4);
    assert_true(fabs(find(cell, count, 2, "20")->shade - 0.2) < 1e-4);
    memory_release(script);
    results_release(&results);
}

/* Quartiles of 1, 1.5, 2, 2.5, 100 are 1.5 and 2.5 (R's quantile, type 7), so the upper fence is 4. */
static void scale(void **state)
{
    const char *const variants[] = {"a", "b", "c", "d", "e"};
    const double diverged[] = {1, 1.5, 2, 2.5, 123456}, ahead[] = {-9, 2, 2.5, 3, 3.5},
                 alike[] = {2, 2, 2, 2, 2.01};
    static struct shown cell[CELLS_MAX];
    struct results results;
    (void)state;
    texts(&results, variants, 5, 1, 1, 1, false);
    for (size_t v = 0; v < 5; v++)
        results_find_cell(&results, results_index(&results, v, 0, 0, 0, 0, 0, 0))->nll = diverged[v];
    char *script = matrix_of(&results, (struct plot_request){.kinds = NULL}, "matrix.gp");
    assert_int_equal(read_scores(cell, script, 1), 5);
    assert_true(fabs(find(cell, 5, 1, "1.00")->shade - 1) < 1e-4);
    assert_true(fabs(find(cell, 5, 2, "1.50")->shade - 2.5 / 3) < 1e-4);
    assert_true(fabs(find(cell, 5, 4, "2.50")->shade - 0.5) < 1e-4);
    assert_true(find(cell, 5, 5, "1e5")->shade == 0);
    assert_true(find(cell, 5, 5, "1e5")->mean == 123456);
    assert_has(script, "\"≥4.00\"");
    assert_has(script, "\"1.00\"");
    memory_release(script);
    for (size_t v = 0; v < 5; v++)
        results_find_cell(&results, results_index(&results, v, 0, 0, 0, 0, 0, 0))->nll = ahead[v];
    script = matrix_of(&results, (struct plot_request){.kinds = NULL}, "matrix.gp");
    read_scores(cell, script, 1);
    assert_has(script, "\"≤0.50\""); /* 2 - 1.5 (3 - 2) */
    assert_true(fabs(find(cell, 5, 2, "2.00")->shade - 0.5) < 1e-4);
    memory_release(script);
    for (size_t v = 0; v < 5; v++)
        results_find_cell(&results, results_index(&results, v, 0, 0, 0, 0, 0, 0))->nll = alike[v];
    script = matrix_of(&results, (struct plot_request){.kinds = NULL}, "matrix.gp");
    read_scores(cell, script, 1);
    assert_true(fabs(find(cell, 5, 5, "2.01")->shade - 0.9) < 1e-4);
    memory_release(script);
    results_release(&results);
}

/* Contrast of #2c728e (0.38) is 5.4 to white and 3.9 to black, of #21918c (0.5) 3.8 and 5.5. */
static void ink(void **state)
{
    static struct shown cell[CELLS_MAX];
    const char *const variants[] = {"a", "b"};
    struct results results;
    (void)state;
    assert_false(sheet_palette_light(0) || sheet_palette_light(0.25) || sheet_palette_light(0.38));
    assert_true(sheet_palette_light(0.5) && sheet_palette_light(0.75) && sheet_palette_light(1));
    for (double place = 0; place < 1; place += 0.01)
        assert_true(!sheet_palette_light(place) || sheet_palette_light(place + 0.01));
    texts(&results, variants, 2, 1, 1, 4, false);
    char *script = matrix_of(&results, (struct plot_request){.kinds = NULL}, "matrix.gp");
    const size_t count = read_scores(cell, script, 1);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(cell[i].ink, cell[i].shade < 0.4    ? "0xffffff"
                                         : cell[i].shade > 0.49 ? "0x000000"
                                                                : cell[i].ink);
    memory_release(script);
    results_release(&results);
}

/* Several datasets: by the mean rank at the longest length that all have, as the figure of ranks. */
static void several_datasets(void **state)
{
    const char *const variants[] = {"second", "first"};
    struct results results;
    (void)state;
    texts(&results, variants, 2, 3, 1, 2, false);
    for (size_t d = 0; d < 3; d++) /* first: ranks 1, 1, 2 but the larger mean loss */
        for (size_t v = 0; v < 2; v++)
            results_find_cell(&results, results_index(&results, v, d, 0, 0, 0, 0, 1))->nll =
                d < 2 ? (v == 1 ? 2 : 2.1) : (v == 1 ? 9 : 1);
    for (size_t d = 0; d < 2; d++)
        results_find_cell(&results, results_index(&results, 0, d, 0, 0, 0, 0, 0))->status = CELL_REFUSED;
    char *script = matrix_of(&results, (struct plot_request){.kinds = NULL}, "matrix.gp");
    assert_order(script, (const char *const[]){"label \"first\"", "label \"second\""}, 2);
    assert_has(script, "text-00");
    assert_has(script, "text-02");
    assert_has(script, "Refused: 2 of 6 cells"); /* said once for all */
    memory_release(script);
    results_release(&results);
}

/* Up to 16 columns all protocols are there, in a narrow figure up to 8; beyond, the one that is ranked. */
static void protocols(void **state)
{
    const char *const variants[] = {"a", "b"};
    static struct shown cell[CELLS_MAX];
    static const struct {
        size_t lengths, columns;
        const char *size, *protocol;
    } cases[] = {{8, 16, "screen", NULL}, {9, 9, "screen", NULL},         {4, 8, "column", NULL},
                 {5, 5, "column", NULL},  {9, 9, "screen", "nonoverlap"}, {2, 2, "screen", "targets"}};
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        struct results results;
        texts(&results, variants, 2, 1, 1, cases[i].lengths, true);
        char *script =
            matrix_of(&results, (struct plot_request){.size = cases[i].size, .protocol = cases[i].protocol},
                      "matrix.gp");
        const bool both = cases[i].columns > cases[i].lengths;
        size_t count = 0;
        for (size_t band = 1; band <= 2; band++)
            count += read_scores(cell, script, band);
        assert_int_equal(count, 2 * cases[i].columns);
        const char *only = both ? NULL : cases[i].protocol ? cases[i].protocol : "targets";
        assert_true((strstr(script, "\"targets\"") != NULL) == (both || strcmp(only, "targets") == 0));
        assert_true((strstr(script, "\"nonoverlap\"") != NULL) == (both || strcmp(only, "nonoverlap") == 0));
        memory_release(script);
        results_release(&results);
    }
}

/* A figure for each configuration. */
static void configurations(void **state)
{
    const char *const variants[] = {"a", "b"};
    static struct shown cell[CELLS_MAX];
    struct results results;
    (void)state;
    texts(&results, variants, 2, 1, 2, 3, false);
    char *script = matrix_of(&results, (struct plot_request){.kinds = NULL}, "matrix.gp");
    char *second = contents("matrix-2.gp");
    assert_true((strstr(script, "L64") != NULL) != (strstr(second, "L64") != NULL));
    assert_true((strstr(script, "L128") != NULL) != (strstr(second, "L128") != NULL));
    assert_int_equal(read_scores(cell, script, 1), 6);
    assert_int_equal(read_scores(cell, second, 1), 6);
    memory_release(script);
    memory_release(second);
    results_release(&results);
}

/* Labels, cells and scales of a script stand on its sheet, cells of a row do not overlap, and numbers are
 * there only where a cell is as wide as one in the smallest size (2.12 in 6.5 points: 0.18 inches). */
static void assert_on_page(const char *script)
{
    static struct shown cell[CELLS_MAX];
    double x, y;
    for (const char *at = script; (at = strstr(at, " screen ")) != NULL; at++) {
        if (sscanf(at, " screen %lf, screen %lf", &x, &y) == 2)
            assert_true(x > 0 && x < 1 && y > 0 && y < 1);
    }
    const char *range = script;
    const double least = strstr(script, "stringcolumn(6)") ? 0.18 : 0;
    for (size_t band = 1; (range = strstr(range, "set xrange [0:")) != NULL; band++, range++) {
        const double width = atof(range + strlen("set xrange [0:"));
        const size_t count = read_scores(cell, script, band);
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++) {
            assert_true(cell[i].left >= 0 && cell[i].right - cell[i].left > least && cell[i].right <= width);
            for (size_t j = 0; j < i; j++)
                assert_true(cell[i].row != cell[j].row || cell[i].left >= cell[j].right - 1e-3);
        }
    }
}

/* Every size, one and many datasets, few and many lengths, few and many variants, long names. */
static void on_the_page(void **state)
{
    enum { VARIANTS = 40 };
    static char names[VARIANTS][NAME_SIZE];
    const char *variants[VARIANTS];
    static const struct {
        size_t variants, datasets, lengths;
    } cases[] = {{3, 1, 2}, {3, 12, 4}, {2, 1, 18}, {40, 1, 5}, {40, 3, 5}};
    (void)state;
    for (size_t v = 0; v < VARIANTS; v++) {
        snprintf(names[v], NAME_SIZE, "a-variant-with-a-name-that-goes-on-and-on-%02zu", v);
        variants[v] = names[v];
    }
    for (size_t c = 0; test_row("cases", c, sizeof cases / sizeof *cases); c++)
        for (size_t s = 0; plot_size(s, NULL); s++) {
            struct results results;
            texts(&results, variants, cases[c].variants, cases[c].datasets, 1, cases[c].lengths, false);
            char *script =
                matrix_of(&results, (struct plot_request){.size = plot_size(s, NULL)}, "matrix.gp");
            assert_on_page(script);
            memory_release(script);
            results_release(&results);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_dataset, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(shares, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(scale, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(ink, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(several_datasets, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(protocols, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(configurations, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(on_the_page, figures_set_up, figures_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
