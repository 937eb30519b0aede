/* Every kind of figure with few and many variants, and what each of them works out. */
#include "tests/test.h"

#include "results/figures/figure.h"
#include "results/figures/plot.h"
#include "results/figures/sheet.h"
#include "tests/results/figures.h"

/* From five seeds on what is drawn around the mean is Student's interval: t(0.975, 4) = 2.776445, R's
 * qt(0.975, 4). */
static void intervals(void **state)
{
    const double values[] = {1, 2, 3, 4, 5};
    (void)state;
    struct spread spread = figure_spread(values, 5);
    assert_true(fabs(spread.high - (3 + 2.776445 * sqrt(2.5) / sqrt(5))) < 1e-5);
    assert_true(fabs(spread.high - 3 - (3 - spread.low)) < 1e-12);
    spread = figure_spread(values, 4);
    assert_true(spread.low == 1 && spread.high == 4 && spread.mean == 2.5);
    assert_true(isnan(figure_spread(values, 0).mean));
}

/* Names of many variants. */
static void name_variants(char names[][NAME_SIZE], const char *variants[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], NAME_SIZE, "variant-%02zu", i);
        variants[i] = names[i];
    }
}

/* Every kind, of few and of many variants, in every size: gnuplot draws it, and it names its variants. */
static void kinds_and_sizes(void **state)
{
    enum { MANY = 40 };
    static const size_t counts[] = {3, MANY};
    static const char *const files[] = {"matrix",           "score-text",   "score-recall", "position-text",
                                        "retrieval-recall", "ranks",        "cost-text",    "cost-recall",
                                        "curves-text",      "curves-recall"};
    char names[MANY][NAME_SIZE];
    const char *variants[MANY];
    struct message message;
    (void)state;
    name_variants(names, variants, MANY);
    for (size_t c = 0; c < 2; c++) {
        struct results results;
        assert_int_equal(synthetic_results(&results, variants, counts[c], 5, 3, &message), STATUS_OK);
        figures_fill(&results);
        for (size_t s = 0; plot_size(s, NULL); s++) {
            struct text written = {0};
            const struct plot_request request = {.formats = "svg", .size = plot_size(s, NULL)};
            draw(&results, &request, &written);
            for (size_t f = 0; test_row("files", f, sizeof files / sizeof *files); f++) {
                char name[64];
                snprintf(name, sizeof name, "/%s.svg\n", files[f]);
                assert_has(text_string(&written), name);
                snprintf(name, sizeof name, "%s.svg", files[f]);
                if (strncmp(files[f], "cost", 4) != 0) /* of many, only the front is named there */
                    for (size_t v = 0; v < counts[c]; v++)
                        assert_file_has(name, variants[v]);
                assert_file_has(name, "seeds"); /* a line may end before it */
            }
            assert_file_has("score-text.svg", "95 % interval over 5 seeds");
            assert_file_has("score-text.svg", "floor");
            assert_file_has("position-text.svg", "windows of 256 tokens");
            assert_file_has("retrieval-recall.svg", "red line");
            text_release(&written);
        }
        results_release(&results);
    }
}

/* variants on `datasets` texts, one seed, lengths 64 and 128. */
static void many_datasets(struct results *results, const char *const *variants, size_t count, size_t datasets)
{
    struct trial trial[64];
    const struct trial *pointer[64];
    struct message message;
    assert_true(count * datasets <= 64);
    for (size_t i = 0; i < count * datasets; i++) {
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "text-%zu", i % datasets);
        synthetic_trial(&trial[i], variants[i / datasets], name, (int64_t)(1 + i % datasets), 2);
        trial[i].seed = 1;
        pointer[i] = &trial[i];
    }
    if (synthetic_merge(results, pointer, count * datasets, variants, count, &message))
        fail_msg("%s", message.text);
    for (size_t i = 0; i < count * datasets; i++)
        trial_release(&trial[i]);
}

/* Ranks over datasets: ties share, no score is last; the critical difference is drawn where it tells. */
static void ranks(void **state)
{
    enum { DATASETS = 20 };
    const char *const variants[] = {"low", "high", "absent"};
    const struct plot_request request = {.kinds = "ranks"};
    struct results results;
    struct text written = {0};
    (void)state;
    many_datasets(&results, variants, 3, DATASETS);
    for (size_t d = 0; d < DATASETS; d++) {
        results_find_cell(&results, results_index(&results, 0, d, 0, 0, 0, 0, 1))->nll = 1;
        results_find_cell(&results, results_index(&results, 1, d, 0, 0, 0, 0, 1))->nll = d == 0 ? 1 : 2;
        results_find_cell(&results, results_index(&results, 2, d, 0, 0, 0, 0, 1))->status = CELL_REFUSED;
    }
    draw(&results, &request, &written);
    char *script = contents("ranks.gp");
    char line[100];
    snprintf(line, sizeof line, "$means << EOD\n%.10g 1\n%.10g 2\n3 3\n", (1.5 + 19) / 20,
             (1.5 + 2 * 19) / 20);
    assert_has(script, line);
    /* q(0.05, 3, inf) / sqrt 2 = 2.343 (Demsar 2006, table 5); times sqrt(3 * 4 / (6 * 20)). */
    const double critical = figure_critical_difference(3, DATASETS);
    assert_true(fabs(critical - 2.343 * sqrt(12.0 / 120)) < 1e-3);
    snprintf(line, sizeof line, "to first %.6g, graph 1", (1.5 + 19) / 20 + critical);
    assert_has(script, line);
    assert_has(script, "Shaded");
    assert_has(script, "absent");
    assert_null(strstr(script, "No critical difference"));
    memory_release(script);
    results_release(&results);
    many_datasets(&results, variants, 3, 4);
    draw(&results, &request, &written);
    assert_file_has("ranks.gp", "No critical difference is drawn");
    results_release(&results);
    assert_true(isnan(figure_critical_difference(10, 2)));
    text_release(&written);
}

/* The best has the least loss on one dataset and the largest share on the other. */
static void ranks_of_losses_and_shares(void **state)
{
    const char *const variants[] = {"worse", "better"};
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 2, 1, 3, &message), STATUS_OK);
    for (size_t v = 0; v < 2; v++) {
        results_find_cell(&results, results_index(&results, v, 0, 0, 0, 0, 0, 2))->exact_match =
            v == 1 ? 0.9 : 0.1;
        results_find_cell(&results, results_index(&results, v, 1, 0, 0, 0, 1, 2))->nll = v == 1 ? 1 : 2;
    }
    draw(&results, &(struct plot_request){.kinds = "ranks"}, &written);
    assert_file_has("ranks.gp", "$means << EOD\n1 1\n2 2\nEOD\n");
    text_release(&written);
    results_release(&results);
}

/* The Pareto front: a variant that another equals in speed and beats in loss is not on it. */
static void pareto(void **state)
{
    const char *const variants[] = {"quick", "good", "beaten"};
    const struct plot_request request = {.kinds = "cost", .dataset = "text"};
    const double speed[] = {3000, 1000, 1000}, loss[] = {3, 2, 2.5};
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 3, 1, 2, &message), STATUS_OK);
    for (size_t v = 0; v < 3; v++) {
        struct cell *cell = results_find_cell(&results, results_index(&results, v, 1, 0, 0, 0, 1, 1));
        cell->tokens_per_second = speed[v];
        cell->nll = loss[v];
        cell->peak_memory = NAN;
    }
    draw(&results, &request, &written);
    assert_file_has("cost-text.gp", "$best_1 << EOD\n3 3 1\n1 2 2\nEOD\n");
    assert_file_has("cost-text.gp", "$others_1 << EOD\n1 2.5 3\nEOD\n");
    text_release(&written);
    results_release(&results);
}

/* Variants of one place in speed and loss have one label; costs that differ much have a logarithmic axis. */
static void costs_of_many(void **state)
{
    enum { MANY = 40 };
    char names[MANY][NAME_SIZE];
    const char *variants[MANY];
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    name_variants(names, variants, MANY);
    assert_int_equal(synthetic_results(&results, variants, MANY, 1, 2, &message), STATUS_OK);
    for (size_t v = 0; v < MANY; v++) {
        struct cell *cell = results_find_cell(&results, results_index(&results, v, 1, 0, 0, 0, 1, 1));
        cell->tokens_per_second = v == 7 ? 90000 : 1000;
        cell->nll = v == 7 ? 3 : 2;
        cell->peak_memory = NAN;
    }
    draw(&results, &(struct plot_request){.kinds = "cost", .dataset = "text"}, &written);
    char *script = contents("cost-text.gp");
    assert_has(script, "set label \"variant-00 and 38 more\"");
    assert_has(script, "set label \"variant-07\"");
    assert_null(strstr(script, "set label \"variant-01"));
    assert_has(script, "set logscale x");
    assert_has(script, "set xtics (1, 2, 5, 10, 20, 50, 100)");
    memory_release(script);
    results_release(&results);
    text_release(&written);
}

/* Variants that share a training are one curve, and the figure says whose. */
static void shared_trainings(void **state)
{
    const char *const variants[] = {"rope", "rope-ntk"};
    const struct plot_request request = {.kinds = "curves", .dataset = "text"};
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 2, 1, 2, &message), STATUS_OK);
    memcpy(results.training_id[3], results.training_id[1],
           ID_SIZE); /* (variant 1, text) of (variant 0, text) */
    draw(&results, &request, &written);
    char *script = contents("curves-text.gp");
    assert_has(script, "rope is also the training of rope-ntk");
    assert_has(script, "$curve_1_1 << EOD\n100 5.1");
    assert_null(strstr(script, "$curve_1_2 "));
    memory_release(script);
    text_release(&written);
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals),
        cmocka_unit_test_setup_teardown(kinds_and_sizes, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(ranks, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(ranks_of_losses_and_shares, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(pareto, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(costs_of_many, figures_set_up, figures_tear_down),
        cmocka_unit_test_setup_teardown(shared_trainings, figures_set_up, figures_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
