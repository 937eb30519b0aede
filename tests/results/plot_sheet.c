/* Sheets: labels and ticks that stand apart, paragraphs that keep to their width. */
#include "tests/test.h"

#include "results/figures/panels.h"
#include "results/figures/sheet.h"
#include "tests/results/synthetic.h"

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
            sheet_push_apart(at, order, count, gap);
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
    sheet_push_apart(at, order, 4, 0.1);
    assert_true(fabs(at[0] - 0.9) < 1e-12 && fabs(at[3] - 0.1) < 1e-12);
    assert_true(fabs(at[1] - 0.45) < 1e-12 && fabs(at[2] - 0.55) < 1e-12);
}

/* A paragraph keeps to its width, also where a word is wider than that. */
static void paragraphs(void **state)
{
    struct sheet sheet = sheet_of(&figure_sizes[1]);
    struct text out = {0}, words = {0};
    (void)state;
    sheet.height = 5;
    for (size_t i = 0; i < 60; i++)
        text_append(&words,
                    i % 20 == 7 ? "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW " : "word ");
    const double height = sheet_paragraph(&out, &sheet, text_string(&words), 0.1, 4, 3, 1, false);
    assert_true(height == sheet_paragraph(NULL, &sheet, text_string(&words), 0.1, 4, 3, 1, false));
    size_t lines = 0;
    for (const char *at = text_string(&out); (at = strstr(at, "set label \"")) != NULL; lines++) {
        char line[400];
        at += strlen("set label \"");
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\""), at);
        assert_true(sheet_inches(&sheet, line, 1) <= 3);
    }
    assert_true(fabs(height - (double)lines * SHEET_LINE * sheet.em) < 1e-9);
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
        sheet_ticks(&out, "y", low, low + span, most, true);
        for (const char *at = text_string(&out); (at = strstr(at, "\" ")) != NULL; at += 2, count++) {
            const double value = strtod(at + 2, NULL);
            assert_true(value >= low - 1e-9 && value <= low + span + 1e-9);
        }
        if (count < 2 || count > most + 2)
            fail_msg("%zu ticks for at most %zu between %g and %g: %s", count, most, low, low + span,
                     out.bytes);
        text_release(&out);
    }
}

/* A block as high as it says; where it was drawn. */
struct block {
    double height, top;
};

static double draw_block(struct text *out, void *given, size_t p, const struct sheet *sheet, double top)
{
    struct block *block = given;
    (void)p;
    (void)sheet;
    if (out)
        block->top = top;
    return block->height;
}

/* Blocks stand one under the other, apart, and the sheet is as high as they need: margins of half an em,
 * gaps of 1.6. */
static void blocks(void **state)
{
    const struct panels panels = {.about = "blocks", .draw = draw_block, .size = sizeof(struct block)};
    struct block block[3] = {{1, 0}, {2, 0}, {0.5, 0}};
    struct sheet sheet = sheet_of(figure_sizes);
    struct text out = {0};
    char height[40];
    (void)state;
    panels_script(&out, &sheet, "name", &panels, block, 3);
    assert_true(fabs(sheet.height - (3.5 + 2 * 0.5 * sheet.em + 2 * 1.6 * sheet.em)) < 1e-12);
    assert_true(fabs(block[0].top - (sheet.height - 0.5 * sheet.em)) < 1e-12);
    assert_true(fabs(block[1].top - (block[0].top - 1 - 1.6 * sheet.em)) < 1e-12);
    assert_true(fabs(block[2].top - (block[1].top - 2 - 1.6 * sheet.em)) < 1e-12);
    assert_true(fabs(block[2].top - 0.5 - 0.5 * sheet.em) < 1e-12);
    snprintf(height, sizeof height, "\nH = %.3f\n", sheet.height);
    assert_non_null(strstr(text_string(&out), height));
    text_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_apart),
        cmocka_unit_test(paragraphs),
        cmocka_unit_test(ticks),
        cmocka_unit_test(blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
