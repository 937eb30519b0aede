/* The page: in order, with intervals, nothing dropped; names are text whatever they hold; figures are images
 * that the page holds. */
#include "tests/test.h"

#include "results/findings/claims.h"
#include "results/page/html.h"
#include "results/page/private.h"
#include "results/tables/table.h"
#include "tests/results/figures.h"

static void assert_order(const char *page, const char *const *words)
{
    for (; *words; words++) {
        assert_has(page, *words);
        page = strstr(page, *words);
    }
}

/* All numbers of figures, a refusal and a failure. */
static void make(struct results *results, const char *const *variants, size_t count, size_t seeds)
{
    struct message message;
    if (synthetic_results(results, variants, count, seeds, 3, &message))
        fail_msg("%s", message.text);
    for (size_t s = 0; s < seeds; s++) {
        struct cell *cell = results_find_cell(results, results_index(results, 1, 1, 0, s, 0, 1, 2));
        cell->status = CELL_REFUSED;
        cell->reason = "no position beyond <L> & 64";
    }
    results_find_cell(results, results_index(results, 0, 0, 0, 0, 0, 0, 1))->status = CELL_FAILED;
    figures_fill(results);
}

static void order_and_numbers(void **state)
{
    const char *const variants[] = {"rope", "learned", "alibi"};
    struct results results;
    struct text page = {0};
    (void)state;
    make(&results, variants, 3, 5);
    const struct claim_record claim = {.name = "flat",
                                       .statement = "<b>first & third</b>",
                                       .protocol = "nonoverlap",
                                       .metric = "nll",
                                       .operand = {{.variant = "rope"}, {.variant = "alibi"}},
                                       .direction = "less",
                                       .at = "1L"};
    struct message message;
    assert_int_equal(results_set_claims(&results, &claim, 1, &message), STATUS_OK);
    html_write(&page, &results);
    assert_false(page.failed);
    const char *text = text_string(&page);
    assert_order(
        text, (const char *const[]){
                  "What was run</h2>", "3 variants on 2 datasets", "encoder of rope", "Verdicts</h2>",
                  "INVALID", "&lt;b&gt;first &amp; third&lt;/b&gt;",
                  "flat: nll under nonoverlap, rope &lt; alibi; text 2x64-L64, n = 64: mean difference",
                  "over 5 seeds, p = ", "Tables</h2>", "95 % interval over 5 seeds", "floor", "Figures</h2>",
                  "What is missing, and why</h2>", "How to repeat it</h2>", "lexbench run quick",
                  "Training ids", "Manifest of training", "&quot;seed&quot;: 1", NULL});
    char cell[200];
    double sum = 0, squares = 0;
    for (size_t s = 0; s < 5; s++)
        sum += results_find_cell(&results, results_index(&results, 0, 1, 0, s, 0, 1, 0))->nll / 5;
    for (size_t s = 0; s < 5; s++)
        squares +=
            pow(results_find_cell(&results, results_index(&results, 0, 1, 0, s, 0, 1, 0))->nll - sum, 2);
    const double half = 2.776445 * sqrt(squares / 4) / sqrt(5);
    snprintf(cell, sizeof cell, "%.3f<small>%.3f to %.3f</small>", sum, sum - half, sum + half);
    assert_has(text, cell);
    assert_has(text, "title=\"no position beyond &lt;L&gt; &amp; 64\">refused</td>");
    assert_has(text, "<td class=\"none\">refused</td><td class=\"number\">5 of 15</td>");
    assert_has(text, "<td class=\"none\">failed</td><td class=\"number\">1 of 15</td>");
    text_release(&page);
    results_release(&results);
}

/* Each verdict can be said. */
static void verdicts(void **state)
{
    const struct html_verdict said[] = {{"flat", "alibi < rope & \"flat\"", "holds", "p = 0.03 <b>"},
                                        {"other", "rope is flat", "does not hold", "p = 0.9"},
                                        {"third", "few seeds", "undecided: needs 6 seeds", "p > 0.05"}};
    struct text page = {0};
    (void)state;
    for (size_t i = 0; i < 3; i++)
        html_verdict(&page, &said[i]);
    assert_order(text_string(&page),
                 (const char *const[]){"<b>holds</b> alibi &lt; rope &amp; &quot;flat&quot;",
                                       "flat: p = 0.03 &lt;b&gt;", "<b>does not hold</b>",
                                       "<b>undecided: needs 6 seeds</b>", NULL});
    text_release(&page);
}

static void nothing_missing(void **state)
{
    const char *const variants[] = {"rope"};
    struct message message;
    struct results results;
    struct text page = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 1, 1, 1, &message), STATUS_OK);
    html_write(&page, &results);
    assert_has(text_string(&page), "Nothing: every cell that was asked for has a score.");
    assert_has(text_string(&page), "The experiment makes no claims.");
    text_release(&page);
    results_release(&results);
}

/* Anything that a name or a reason could try stays text, also in the command line to copy. */
static void hostile_names(void **state)
{
    const char *const variants[] = {"<script>alert(1)</script>",
                                    "\"; system('touch x')",
                                    "' onload='alert(1)",
                                    "{/Symbol a} %s `touch x` \\",
                                    "a\nb<!-- ",
                                    "]]></style><img src=x onerror=alert(1)>"};
    struct results results;
    struct text page = {0};
    (void)state;
    make(&results, variants, 6, 2);
    snprintf(results.title, NAME_SIZE, "</title><script>'; touch x");
    snprintf(results.dataset[1].name, NAME_SIZE, "<svg onload=alert(1)>");
    snprintf(results.protocol[1].name, NAME_SIZE, "url(http://example.org)");
    snprintf(results.instruction_set, NAME_SIZE, "</code><script>");
    memory_release(results.training[0].manifest);
    struct text manifest = {0};
    text_append(&manifest, "{\"a\": \"</pre><script>alert(1)</script>\"}");
    results.training[0].manifest = manifest.bytes;
    html_write(&page, &results);
    const char *text = text_string(&page);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "<img src"));
    assert_null(strstr(text, "onerror=alert(1)>"));
    assert_null(strstr(text, "<svg"));
    for (const char *at = text; (at = strstr(at, "<img")) != NULL; at++) /* figures alone */
        assert_memory_equal(at, "<img class=\"", strlen("<img class=\""));
    assert_null(strstr(text, "<!--"));
    assert_has(text, "&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_has(text, "lexbench run &#39;&lt;/title&gt;&lt;script&gt;&#39;\\&#39;&#39;; touch x&#39;\n");
    assert_false(file_exists("x"));
    text_release(&page);
    results_release(&results);
}

/* SVG stands in the page byte for byte, in digits that are no markup (values of RFC 4648, section 10): even
 * one that would run is an image, in which browsers run nothing. */
static void svg_is_an_image(void **state)
{
    static const char *const cases[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xff\xfe\xfd>", "//79Pg=="},
                                           {"<svg onload='alert(1)'/>", "PHN2ZyBvbmxvYWQ9J2FsZXJ0KDEpJy8+"}};
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        struct text svg = {0}, page = {0}, wanted = {0};
        text_append(&svg, "%s", cases[i][0]);
        html_svg(&page, &svg, "a <b> \" onerror='alert(1)'", "look");
        text_append(&wanted,
                    "<img class=\"look\" alt=\"a &lt;b&gt; &quot; onerror=&#39;alert(1)&#39;\" "
                    "src=\"data:image/svg+xml;base64,%s\"/>\n",
                    cases[i][1]);
        assert_string_equal(text_string(&page), text_string(&wanted));
        text_release(&svg);
        text_release(&page);
        text_release(&wanted);
    }
}

/* Without gnuplot the page is whole and says what it lacks. */
static void without_gnuplot(void **state)
{
    const char *const variants[] = {"rope", "learned"};
    struct results results;
    struct text page = {0};
    char *kept = strdup(getenv("PATH") ? getenv("PATH") : "");
    (void)state;
    make(&results, variants, 2, 1);
    setenv("PATH", "/nonexistent", 1);
    html_write(&page, &results);
    setenv("PATH", kept, 1);
    assert_has(text_string(&page), "No figure: gnuplot was not found");
    assert_has(text_string(&page), "</html>");
    free(kept);
    text_release(&page);
    results_release(&results);
}

/* `html FILE COUNT` writes a page of COUNT variants, for html.sh beside this file. */
static int write_page(const char *path, size_t count)
{
    char names[64][NAME_SIZE];
    const char *variants[64];
    struct results results;
    struct text page = {0};
    for (size_t i = 0; i < count && i < 64; i++) {
        snprintf(names[i], NAME_SIZE,
                 i % 3 == 2 ? "sinusoidal-interpolated-with-a-very-long-name-%02zu" : "<variant> & %02zu", i);
        variants[i] = names[i];
    }
    make(&results, variants, count, 5);
    html_write(&page, &results);
    struct message message;
    const enum status status = file_publish(path, text_string(&page), page.length, &message);
    text_release(&page);
    results_release(&results);
    return !status ? 0 : 1;
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_numbers), cmocka_unit_test(verdicts),
        cmocka_unit_test(nothing_missing),   cmocka_unit_test(hostile_names),
        cmocka_unit_test(svg_is_an_image),   cmocka_unit_test(without_gnuplot),
    };
    if (count == 3)
        return write_page(words[1], (size_t)atoi(words[2]));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
