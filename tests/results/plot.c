/* Figures: the scripts hold the numbers, every kind draws few and many variants, labels never touch, what is
 * missing is said, names are drawn as text. */
#include "tests/test.h"

#include "results/figure.h"
#include "results/page.h"
#include "results/plot.h"
#include "tests/results/figures.h"

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
static void draw(const struct results *results, const struct plot_request *request, struct text *written)
{
    struct message message = {.text = ""};
    if (!have_gnuplot())
        skip();
    if (plot_draw(results, folder, request, written, &message) != STATUS_OK)
        fail_msg("%s", message.text);
}

static void assert_has(const char *script, const char *words)
{
    if (!strstr(script, words))
        fail_msg("no `%s` in the script or figure:\n%.3000s", words, script);
}

static void assert_file_has(const char *name, const char *words)
{
    char *bytes = contents(name);
    assert_has(bytes, words);
    memory_release(bytes);
}

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
        struct cell *cell = &results.cell[results_index(&results, 1, 1, 0, s, 0, 1, 1)];
        cell->status = CELL_REFUSED;
        snprintf(cell->reason, REASON_SIZE, "too long for a table");
    }
    draw(&results, &request, &written);

    struct text expected = {0};
    for (const char *const *name = (const char *const[]){"recall", "text", NULL}; *name; name++)
        for (const char *const *ending = (const char *const[]){"gp", "png", "svg", "pdf", NULL}; *ending; ending++)
            text_append(&expected, "%s/score-%s.%s\n", folder, *name, *ending);
    assert_string_equal(text_string(&written), text_string(&expected));
    char *bytes = contents("score-text.png");
    assert_memory_equal(bytes, "\x89PNG", 4);
    memory_release(bytes);
    bytes = contents("score-text.pdf");
    assert_memory_equal(bytes, "%PDF", 4);
    memory_release(bytes);

    char *script = contents("score-text.gp");
    double first = results.cell[results_index(&results, 0, 1, 0, 0, 0, 1, 0)].nll;
    double second = results.cell[results_index(&results, 0, 1, 0, 1, 0, 1, 0)].nll;
    char line[200];
    snprintf(line, sizeof line, "$curve_1_1 << EOD\n1 %.10g %.10g %.10g\n", (first + second) / 2, fmin(first, second),
             fmax(first, second));
    assert_has(script, line);
    snprintf(line, sizeof line, "$dots_1_1 << EOD\n1 %.10g\n1 %.10g\n2 ", first, second);
    assert_has(script, line);
    /* Refused at 2x: the line is broken there, and the figure says so. */
    first = results.cell[results_index(&results, 1, 1, 0, 0, 0, 1, 0)].nll;
    second = results.cell[results_index(&results, 1, 1, 0, 1, 0, 1, 0)].nll;
    snprintf(line, sizeof line, "$curve_1_2 << EOD\n1 %.10g %.10g %.10g\n\n4 ", (first + second) / 2,
             fmin(first, second), fmax(first, second));
    assert_has(script, line);
    assert_has(script, "Refused: 2 of 8 cells of alibi (too long for a table).");
    assert_has(script, "text: loss (nats per token)");
    assert_has(script, "mean and range of 2 seeds");
    assert_has(script, "protocol nonoverlap (targets: all), configuration 2x64-L64");
    memory_release(script);
    double exact = results.cell[results_index(&results, 0, 0, 0, 0, 0, 0, 0)].exact_match;
    snprintf(line, sizeof line, "$dots_1_1 << EOD\n1 %.10g\n", 100 * exact);
    assert_file_has("score-recall.gp", line);
    assert_file_has("score-recall.gp", "recall: exact match (%)");

    /* The script draws the same figure again by itself. */
    char command[700];
    char *before = contents("score-text.svg");
    snprintf(command, sizeof command,
             "cd %s && rm score-text.svg && gnuplot -e \"fmt='svg'\" score-text.gp && test -s score-text.svg", folder);
    assert_int_equal(system(command), 0);
    char *after = contents("score-text.svg");
    assert_string_equal(before, after);
    memory_release(before);
    memory_release(after);
    snprintf(command, sizeof command, "cd %s && rm score-text.png && gnuplot score-text.gp && test -s score-text.png",
             folder);
    assert_int_equal(system(command), 0);
    text_release(&written);
    text_release(&expected);
    results_release(&results);
}

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
    static const char *const files[] = {"score-text",       "score-recall", "position-text", "retrieval-recall",
                                        "ranks",            "cost-text",    "cost-recall",   "curves-text",
                                        "curves-recall"};
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
            for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
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
            assert_file_has("retrieval-recall.svg", "training length");
            text_release(&written);
        }
        results_release(&results);
    }
}

/* What is drawn for papers has their width to the point, and text of 8 points at least. */
static void paper(void **state)
{
    const char *const variants[] = {"rope", "alibi"};
    const struct plot_request request = {.kinds = "score", .dataset = "text", .formats = "pdf", .size = "column"};
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
        assert_true(!figure_sizes[s].fixed ||
                    figure_sizes[s].points * fmin(PAGE_NOTE, PAGE_LABEL) >= 7.9);
    text_release(&written);
    results_release(&results);
}

/* Ranks: ties share, no score is last; the critical difference is drawn where it tells. */
static void ranks(void **state)
{
    const char *const variants[] = {"low", "high", "absent"};
    const struct plot_request request = {.kinds = "ranks", .dataset = "text"};
    struct message message;
    struct results results;
    struct text written = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 3, 30, 2, &message), STATUS_OK);
    for (size_t s = 0; s < 30; s++) {
        results.cell[results_index(&results, 0, 1, 0, s, 0, 1, 1)].nll = 1;
        results.cell[results_index(&results, 1, 1, 0, s, 0, 1, 1)].nll = s == 0 ? 1 : 2;
        results.cell[results_index(&results, 2, 1, 0, s, 0, 1, 1)].status = CELL_REFUSED;
    }
    draw(&results, &request, &written);
    char *script = contents("ranks.gp");
    char line[100];
    snprintf(line, sizeof line, "$means << EOD\n%.10g 1\n%.10g 2\n3 3\n", (1.5 + 29) / 30, (1.5 + 2 * 29) / 30);
    assert_has(script, line);
    /* q(0.05, 3, inf) / sqrt 2 = 2.343 (Demsar 2006, table 5); times sqrt(3 * 4 / (6 * 30)). */
    const double critical = figure_critical_difference(3, 30);
    assert_true(fabs(critical - 2.343 * sqrt(12.0 / 180)) < 1e-3);
    snprintf(line, sizeof line, "to first %.6g, graph 1", (1.5 + 29) / 30 + critical);
    assert_has(script, line);
    assert_has(script, "Shaded");
    assert_null(strstr(script, "No critical difference"));
    memory_release(script);
    assert_true(isnan(figure_critical_difference(10, 2)));
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
        struct cell *cell = &results.cell[results_index(&results, v, 1, 0, 0, 0, 1, 1)];
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
    memcpy(results.training_id[3], results.training_id[1], ID_SIZE); /* (variant 1, text) of (variant 0, text) */
    draw(&results, &request, &written);
    char *script = contents("curves-text.gp");
    assert_has(script, "rope is also the training of rope-ntk");
    assert_has(script, "$curve_1_1 << EOD\n100 5.1");
    assert_null(strstr(script, "$curve_1_2 "));
    memory_release(script);
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
        "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2",
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
        struct cell *cell = &results.cell[results_index(&results, 1, 1, 0, 0, 0, 1, 2)];
        cell->status = CELL_FAILED;
        snprintf(cell->reason, REASON_SIZE, "\"; system('touch touched') `touch touched` {/:Bold x} \\");
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            for (size_t s = 0; plot_size(s, NULL); s++) {
                const struct plot_request request = {.kinds = kinds[k], .formats = "svg,png,pdf", .size = plot_size(s, NULL)};
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
    struct figure_list list = {.count = 0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 1, 1, 1, &message), STATUS_OK);
    snprintf(results.dataset[0].name, NAME_SIZE, "a/b");
    snprintf(results.dataset[1].name, NAME_SIZE, "a b");
    assert_string_equal(figure_add(&list, "score", &results, 0, &message)->name, "score-a_b");
    assert_string_equal(figure_add(&list, "score", &results, 1, &message)->name, "score-a_b-2");
    assert_string_equal(figure_add(&list, "ranks", &results, 2, &message)->name, "ranks");
    figure_list_release(&list);
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
            page_push_apart(at, order, count, gap);
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
    page_push_apart(at, order, 4, 0.1);
    assert_true(fabs(at[0] - 0.9) < 1e-12 && fabs(at[3] - 0.1) < 1e-12);
    assert_true(fabs(at[1] - 0.45) < 1e-12 && fabs(at[2] - 0.55) < 1e-12);
}

/* A paragraph keeps to its width, also where a word is wider than that. */
static void paragraphs(void **state)
{
    struct page page = page_of(&figure_sizes[1]);
    struct text out = {0}, words = {0};
    (void)state;
    page.height = 5;
    for (size_t i = 0; i < 60; i++)
        text_append(&words, i % 20 == 7 ? "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW " : "word ");
    const double height = page_paragraph(&out, &page, text_string(&words), 0.1, 4, 3, 1, false);
    assert_true(height == page_paragraph(NULL, &page, text_string(&words), 0.1, 4, 3, 1, false));
    size_t lines = 0;
    for (const char *at = text_string(&out); (at = strstr(at, "set label \"")) != NULL; lines++) {
        char line[400];
        at += strlen("set label \"");
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\""), at);
        assert_true(page_inches(&page, line, 1) <= 3);
    }
    assert_true(fabs(height - (double)lines * PAGE_LINE * page.em) < 1e-9);
    text_release(&out);
    text_release(&words);
}

/* Ticks: round, inside, two at least and not too many. */
static void ticks(void **state)
{
    (void)state;
    for (size_t i = 0; i < 300; i++) {
        const double low = 10 * synthetic_noise("low", (int64_t)i, 0, 0);
        const double span = exp(8 * synthetic_noise("span", (int64_t)i, 0, 0) - 4);
        const size_t most = 2 + i % 8;
        struct text out = {0};
        size_t count = 0;
        page_ticks(&out, "y", low, low + span, most, true);
        for (const char *at = text_string(&out); (at = strstr(at, "\" ")) != NULL; at += 2, count++) {
            const double value = strtod(at + 2, NULL);
            assert_true(value >= low - 1e-9 && value <= low + span + 1e-9);
        }
        if (count < 2 || count > most + 2)
            fail_msg("%zu ticks for at most %zu between %g and %g: %s", count, most, low, low + span, out.bytes);
        text_release(&out);
    }
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
    results.cell[results_index(&results, 0, 1, 0, 0, 0, 1, 0)].nll = 300;
    results.cell[results_index(&results, 1, 1, 0, 0, 0, 1, 0)].nll = INFINITY;
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
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(plot_draw(&results, folder, &cases[i].request, &written, &message), STATUS_WRONG);
        assert_has(message.text, cases[i].words);
    }
    assert_int_not_equal(plot_draw(&results, "/nonexistent", &(struct plot_request){0}, &written, &message), STATUS_OK);
    assert_has(message.text, "/nonexistent");
    assert_string_equal(text_string(&written), "");
    for (size_t i = 0; i < 4; i++)
        results.cell[i].status = CELL_FAILED;
    results.trainings = 0;
    assert_int_equal(plot_draw(&results, folder, &(struct plot_request){0}, &written, &message), STATUS_WRONG);
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
        cmocka_unit_test_setup_teardown(figure_and_script, set_up, tear_down),
        cmocka_unit_test(intervals),
        cmocka_unit_test_setup_teardown(kinds_and_sizes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(paper, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ranks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pareto, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shared_trainings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile_names, set_up, tear_down),
        cmocka_unit_test(names_of_files),
        cmocka_unit_test(labels_apart),
        cmocka_unit_test(paragraphs),
        cmocka_unit_test(ticks),
        cmocka_unit_test_setup_teardown(extremes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_requests, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gnuplot_fails, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
