/* figures.c -- the figures inside the page: each in the width of a desk and in that of a phone, of which
 * the page shows one. */
#include "results/figures/figure.h"
#include "results/figures/gnuplot.h"
#include "results/figures/kinds.h"
#include "results/page/private.h"

static const struct figure_size wide = {"wide", NULL, 7.2, 9, true};
static const struct figure_size narrow = {"narrow", NULL, 3.3, 9, true};

static enum status make_all(struct figure_list *list, const struct results *results,
                            const struct figure_size *size, struct message *message)
{
    const struct figure_wish wish = {.results = results, .size = size};
    enum status status = STATUS_OK;
    for (size_t k = 0; figure_kinds[k] && !status; k++)
        status = figure_draw(list, figure_kinds[k], &wish, message);
    return status;
}

/* One drawing; what went wrong is said in its place. */
static void draw(struct text *out, const struct figure *figure, const char *look)
{
    struct text svg = {0};
    struct message message = {.text = ""};
    if (gnuplot_svg(&svg, &figure->script, &message)) {
        text_append(out, "<p>No figure: ");
        html_text(out, message.text);
        text_append(out, "</p>\n");
    } else {
        html_svg(out, &svg, text_string(&figure->caption), look);
    }
    text_carry(out, &svg);
    text_carry(out, &figure->caption);
    text_carry(out, &figure->script);
    text_release(&svg);
}

void html_figures(struct text *out, const struct results *results)
{
    struct figure_list desk = {.count = 0}, phone = {.count = 0};
    struct message message = {.text = ""};
    text_append(out, "<h2 id=\"figures\">Figures</h2>\n");
    if (make_all(&desk, results, &wide, &message) || make_all(&phone, results, &narrow, &message))
        out->failed = true;
    else if (desk.count == 0)
        text_append(out, "<p>The results hold no score to draw.</p>\n");
    for (size_t i = 0; i < desk.count && !out->failed; i++) {
        text_append(out, "<figure>\n");
        draw(out, &desk.figure[i], wide.name);
        if (i < phone.count)
            draw(out, &phone.figure[i], narrow.name);
        text_append(out, "<figcaption>%zu.  ", i + 1);
        html_text(out, text_string(&desk.figure[i].caption));
        text_append(out, " (<code>lexbench plot --kind %s</code>)</figcaption>\n</figure>\n",
                    desk.figure[i].kind);
    }
    figure_list_release(&desk);
    figure_list_release(&phone);
}
