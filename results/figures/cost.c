/* cost.c -- quality at the longest length against what it costs: evaluation speed and memory.
 *
 * On the Pareto front stand the variants that no other equals or beats in both and beats in one; those that were
 * trained on this length stand beside it and beat nobody. */
#include <math.h>

#include "results/figures/cost.h"
#include "results/figures/kinds.h"
#include "results/figures/panels.h"
#include "results/figures/plot_text.h"
#include "support/memory.h"

enum { LABELLED = 12, COSTS = 2, LOGARITHMIC = 8 }; /* so many times the least */

static const double left_em = 4.6, gap_em = 5.5;

static const struct cost costs[COSTS] = {{"evaluation speed (thousand tokens per second) →", 1000, true},
                                         {"← peak memory of the evaluation (MiB)", 1048576, false}};

static double cost_of(const struct cost *cost, const struct cell *cell)
{
    const double value = cost == &costs[0] ? cell->tokens_per_second : cell->peak_memory;
    return isfinite(value) && value > 0 ? value / cost->unit : NAN;
}

/* Means over the replicates that have both; false when none has. */
static bool measure_dot(struct scatter *scatter, size_t variant, struct dot *dot)
{
    double x = 0, y = 0;
    size_t count = 0, scores = 0;
    for (size_t r = 0; r < selection_replicates(&scatter->of); r++) {
        const struct cell *cell = selection_cell(&scatter->of, variant, scatter->length, r);
        const double score = measure_value(scatter->of.measure, cell), cost = cost_of(scatter->cost, cell);
        if (isfinite(score))
            scores++;
        if (!isfinite(score) || isnan(cost))
            continue;
        x += cost;
        y += score;
        count++;
    }
    scatter->skipped += scores > 0 && count == 0;
    *dot = (struct dot){.variant = variant,
                        .x = x / (double)count,
                        .y = y / (double)count,
                        .seen = selection_saw(&scatter->of, variant, scatter->length)};
    return count > 0;
}

static bool beats(const struct scatter *scatter, const struct dot *a, const struct dot *b)
{
    const double x = (scatter->cost->more_is_better ? 1 : -1) * (a->x - b->x);
    const double y = (measure_lower_is_better(scatter->of.measure) ? -1 : 1) * (a->y - b->y);
    return x >= 0 && y >= 0 && (x > 0 || y > 0);
}

static void find_front(struct scatter *scatter)
{
    for (size_t i = 0; i < scatter->count; i++) {
        scatter->dot[i].front = !scatter->dot[i].seen;
        for (size_t j = 0; j < scatter->count; j++)
            if (!scatter->dot[j].seen && beats(scatter, &scatter->dot[j], &scatter->dot[i]))
                scatter->dot[i].front = false;
    }
}

static void find_ranges(struct scatter *scatter)
{
    double low = INFINITY, high = -INFINITY, least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < scatter->count; i++) {
        low = fmin(low, scatter->dot[i].x);
        high = fmax(high, scatter->dot[i].x);
        least = fmin(least, scatter->dot[i].y);
        most = fmax(most, scatter->dot[i].y);
    }
    const double wide = fmax(high - low, 0.05 * high);
    scatter->x_logarithmic = high > LOGARITHMIC * low; /* costs are positive */
    scatter->x_minimum = scatter->x_logarithmic ? low / pow(high / low, 0.15) : fmax(0, low - 0.15 * wide);
    scatter->x_maximum = scatter->x_logarithmic ? high * pow(high / low, 0.15) : high + 0.15 * wide;
    scatter->y_logarithmic = scatter->of.measure == MEASURE_NLL && least > 0 && most > LOGARITHMIC * least;
    if (scatter->of.measure != MEASURE_NLL) {
        scatter->y_minimum = -6;
        scatter->y_maximum = 106;
    } else if (scatter->y_logarithmic) {
        scatter->y_minimum = least / pow(most / least, 0.08);
        scatter->y_maximum = most * pow(most / least, 0.08);
    } else {
        const double edge = fmax(0.1 * (most - least), (0.1 - (most - least)) / 2);
        scatter->y_minimum = least - edge;
        scatter->y_maximum = most + edge;
    }
}

static enum status measure(struct scatter *scatter, const struct selection *of, const struct cost *cost,
                           struct message *message)
{
    const struct results *results = of->results;
    *scatter = (struct scatter){.of = *of, .cost = cost};
    for (size_t n = 0; n < results->lengths; n++)
        if (selection_uses_length(of, n))
            scatter->length = n;
    scatter->dot = memory_allocate(results->variants, sizeof *scatter->dot, "a figure", message);
    scatter->box = memory_allocate(4 * results->variants, sizeof *scatter->box, "a figure", message);
    if (!scatter->dot || !scatter->box)
        return STATUS_FAILED;
    for (size_t v = 0; v < results->variants; v++)
        scatter->count += measure_dot(scatter, v, &scatter->dot[scatter->count]);
    find_front(scatter);
    find_ranges(scatter);
    return STATUS_OK;
}

static enum status begin(void *block, bool *any, const struct selection *of, struct message *message)
{
    struct scatter *scatters = block;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < COSTS && !status && selection_has(of, of->measure); c++)
        status = measure(&scatters[c], of, &costs[c], message);
    *any = scatters[0].count + scatters[1].count > 0;
    return status;
}

static void end(void *block)
{
    struct scatter *scatters = block;
    for (size_t c = 0; c < COSTS; c++) {
        memory_release(scatters[c].dot);
        memory_release(scatters[c].box);
    }
}

/* ---- panels ---- */

/* The next of the front to the right of x; NULL = none. */
static const struct dot *next_of_front(const struct scatter *scatter, double x)
{
    const struct dot *next = NULL;
    for (size_t i = 0; i < scatter->count; i++)
        if (scatter->dot[i].front && scatter->dot[i].x > x && (!next || scatter->dot[i].x < next->x))
            next = &scatter->dot[i];
    return next;
}

/* The front as a staircase: the best score that can be had at each cost.  Where speed is the cost, what a
 * variant gives can be had at all lower speeds; where memory is, at all larger ones. */
static void write_front(struct text *out, struct scatter *scatter, size_t p)
{
    const struct dot *last = NULL, *next;
    const double thin = 0.02;
    text_append(out, "$front_%zu << EOD\n", p);
    while ((next = next_of_front(scatter, last ? last->x : -INFINITY)) != NULL) {
        if (last) {
            const struct dot corner = {.x = scatter->cost->more_is_better ? last->x : next->x,
                                       .y = scatter->cost->more_is_better ? next->y : last->y};
            const double x[] = {cost_x(scatter, last), cost_x(scatter, &corner), cost_x(scatter, next)};
            const double y[] = {cost_y(scatter, last), cost_y(scatter, &corner), cost_y(scatter, next)};
            text_append(out, "%.10g %.10g\n", corner.x, corner.y);
            for (size_t i = 0; i < 2; i++)
                scatter->box[scatter->boxes++] =
                    (struct box){fmin(x[i], x[i + 1]) - thin, fmin(y[i], y[i + 1]) - thin,
                                 fmax(x[i], x[i + 1]) + thin, fmax(y[i], y[i + 1]) + thin};
        }
        text_append(out, "%.10g %.10g\n", next->x, next->y);
        last = next;
    }
    text_append(out, "EOD\n");
}

static size_t front_size(const struct scatter *scatter)
{
    size_t size = 0;
    for (size_t i = 0; i < scatter->count; i++)
        if (scatter->dot[i].front)
            size++;
    return size;
}

/* x, score and number of each variant: the front in a block of its own. */
static void write_data(struct text *out, const struct scatter *scatter, size_t p)
{
    for (size_t front = 0; front < 2; front++) {
        text_append(out, "%s_%zu << EOD\n", front ? "$best" : "$others", p);
        for (size_t i = 0; i < scatter->count; i++)
            if (scatter->dot[i].front == (front == 1))
                text_append(out, "%.10g %.10g %zu\n", scatter->dot[i].x, scatter->dot[i].y,
                            scatter->dot[i].variant + 1);
        text_append(out, "EOD\n");
    }
}

static void write_axes(struct text *out, const struct scatter *scatter, size_t ticks)
{
    text_append(out, "set xrange [%.8g:%.8g]; set yrange [%.8g:%.8g]; %s logscale x; %s logscale y\n",
                scatter->x_minimum, scatter->x_maximum, scatter->y_minimum, scatter->y_maximum,
                scatter->x_logarithmic ? "set" : "unset", scatter->y_logarithmic ? "set" : "unset");
    if (scatter->x_logarithmic)
        sheet_ticks_logarithmic(out, "x", scatter->x_minimum, scatter->x_maximum, ticks + 2);
    else
        sheet_ticks(out, "x", scatter->x_minimum, scatter->x_maximum, ticks, true);
    if (scatter->y_logarithmic)
        sheet_ticks_logarithmic(out, "y", scatter->y_minimum, scatter->y_maximum, 9);
    else if (scatter->of.measure != MEASURE_NLL)
        text_append(out, "set ytics 0,20,100; set format y '%%g'\n");
    else
        sheet_ticks(out, "y", scatter->y_minimum, scatter->y_maximum, 7, true);
}

/* How many more dots have this place; *labelled: one before has the label of them all. */
static size_t same_place(const struct scatter *scatter, size_t dot, bool *labelled)
{
    size_t more = 0;
    *labelled = false;
    for (size_t i = 0; i < scatter->count; i++)
        if (i != dot && scatter->dot[i].x == scatter->dot[dot].x &&
            scatter->dot[i].y == scatter->dot[dot].y) {
            *labelled = *labelled || i < dot;
            more++;
        }
    return more;
}

static void write_labels(struct text *out, struct scatter *scatter, const struct sheet *sheet)
{
    for (size_t pass = 0; pass < 2; pass++) /* the front first */
        for (size_t i = 0; i < scatter->count; i++) {
            bool labelled;
            const size_t more = same_place(scatter, i, &labelled);
            if (!labelled && scatter->dot[i].front == (pass == 0) &&
                (pass == 0 || scatter->count <= LABELLED))
                cost_label(out, scatter, &scatter->dot[i], more, sheet);
        }
}

static void write_scatter(struct text *out, struct scatter *scatter, size_t p, const struct sheet *sheet)
{
    const double em = sheet->em;
    const size_t ticks = (size_t)fmax(2, (scatter->right - scatter->left) / (5.5 * em));
    const char *command = "plot ";
    write_front(out, scatter, p);
    write_data(out, scatter, p);
    sheet_axes(out, sheet, scatter->left, scatter->right, scatter->bottom, scatter->top);
    write_axes(out, scatter, ticks);
    sheet_centred(out, sheet, scatter->cost->title, (scatter->left + scatter->right) / 2,
                  scatter->bottom - 2.6 * em);
    for (size_t i = 0; i < scatter->count; i++) {
        const double x = cost_x(scatter, &scatter->dot[i]), y = cost_y(scatter, &scatter->dot[i]),
                     half = 0.4 * em;
        scatter->box[scatter->boxes++] = (struct box){x - half, y - half, x + half, y + half};
    }
    write_labels(out, scatter, sheet);
    text_append(out, "%s$front_%zu using 1:2 with lines lc rgb '#9cc8e3' lw 1 dt solid", command, p);
    command = ", \\\n     ";
    if (front_size(scatter) < scatter->count)
        text_append(out, "%s$others_%zu using 1:2 with points pt 6 ps 0.8*mark lc rgb grey", command, p);
    text_append(out, "%s$best_%zu using 1:2 with points pt 7 ps 1.1*mark lc rgb '#0072B2'\n", command, p);
    text_append(out, "unset label; unset arrow; unset object\n");
}

static void make_words(struct sheet_words *words, const struct scatter *scatters)
{
    const struct selection *of = &scatters->of;
    size_t skipped = 0;
    bool seen = false;
    sheet_words_title(words, of,
                      of->measure == MEASURE_NLL ? "loss (nats per token) against cost"
                                                 : "exact match (%) against cost");
    text_append(&words->subtitle, "at ");
    plot_text_ratio(&words->subtitle, selection_ratio(of, scatters->length));
    text_append(&words->subtitle, " the training length; ");
    sheet_words_place(words, of);
    text_append(&words->subtitle, "means of ");
    selection_print_replicates(&words->subtitle, of);
    text_append(&words->subtitle, ".  Blue: the Pareto front, which no other variant beats in both%s.",
                scatters->count > LABELLED ? "; grey: all others, not named here" : "");
    for (size_t c = 0; c < COSTS; c++)
        skipped += scatters[c].skipped;
    figure_note(&words->note, of, 1);
    text_append(&words->note, "%sCosts are of the machine that evaluated, and differ from run to run.",
                words->note.length > 0 ? "  " : "");
    for (size_t c = 0; c < COSTS && !seen; c++)
        for (size_t i = 0; i < scatters[c].count; i++)
            seen = seen || scatters[c].dot[i].seen;
    if (seen)
        text_append(&words->note, "  Variants trained on this length (†) are not on the front.");
    if (skipped > 0)
        text_append(&words->note, "  %zu score%s without a cost left out.", skipped, skipped == 1 ? "" : "s");
}

/* The panels of one table: side by side where there is room, else one under the other. */
static double draw(struct text *out, void *block, size_t p, const struct sheet *sheet, double top)
{
    struct scatter *scatters = block;
    const double em = sheet->em, left = left_em * em;
    const bool beside = sheet->width > 5 && scatters[0].count > 0 && scatters[1].count > 0;
    const double room = sheet->width - left - COST_RIGHT * em;
    const double width = beside ? (room - gap_em * em) / 2 : fmin(room, 5),
                 height = sheet->size->fixed ? 2.1 : 2.6;
    struct sheet_words words = {.note = {0}};
    if (out)
        text_append(out, "\n# ---- panel %zu ----\n", p + 1);
    make_words(&words, scatters);
    double y = top - sheet_heading(out, sheet, &words, left, top) - 0.6 * em, x = left;
    double lowest = y;
    for (size_t c = 0; c < COSTS; c++) {
        struct scatter *scatter = &scatters[c];
        if (scatter->count == 0)
            continue;
        scatter->left = x;
        scatter->right = x + width;
        scatter->top = y;
        scatter->bottom = y - height;
        lowest = y - height - 3.6 * em;
        if (beside)
            x += width + gap_em * em;
        else
            y = lowest - 0.6 * em;
    }
    const double foot = sheet_foot(out, sheet, &words, left, lowest);
    for (size_t c = 0; c < COSTS && out; c++)
        if (scatters[c].count > 0)
            write_scatter(out, &scatters[c], COSTS * p + c + 1, sheet);
    sheet_words_release(&words);
    return top - lowest + foot;
}

static void settings(struct text *out, const void *blocks)
{
    const struct scatter *scatters = blocks;
    sheet_looks(out, scatters->of.results);
}

static enum status draw_figures(struct figure_list *list, const struct figure_wish *wish,
                                struct message *message)
{
    static const struct panels panels = {
        .about = "quality against cost",
        .settings = settings,
        .draw = draw,
        .caption = "Quality at the longest length against evaluation speed and memory",
        .size = COSTS * sizeof(struct scatter),
        .begin = begin,
        .end = end};
    return panels_figures(list, wish, &panels, message);
}

const struct figure_kind figure_kind_cost = {
    .name = "cost",
    .summary = "quality at the longest length against speed and memory, with the Pareto front",
    .needs = "scores beside speed or memory",
    .draw = draw_figures,
};
