/* notes.c -- what a figure does not show, and why. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "results/figures/figure.h"
#include "results/figures/plot_text.h"
#include "support/label.h"

enum { NAMED = 4 }; /* variants that a note names for one status */

/* What became of the cells of one variant. */
struct losses {
    size_t asked, without[CELL_MISSING + 1];
    const char *reason[CELL_MISSING + 1]; /* of the first */
};

static struct losses count_losses(const struct selection *selections, size_t count, size_t variant)
{
    struct losses out = {.asked = 0};
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < selections->results->lengths; n++)
            for (size_t r = 0; r < selection_replicates(&selections[i]); r++) {
                const struct cell *cell = selection_cell(&selections[i], variant, n, r);
                if (cell->status == CELL_NOT_ASKED)
                    continue;
                out.asked++;
                if (isfinite(measure_value(selections[i].measure, cell)))
                    continue;
                if (out.without[cell->status]++ == 0)
                    out.reason[cell->status] = cell->reason;
            }
    return out;
}

/* "3 of 10 cells of rope"; with_reason: "... (why)". */
static void name_loss(struct text *out, const struct results *results, size_t variant,
                      const struct losses *losses, enum cell_status status, bool with_reason)
{
    if (losses->without[status] < losses->asked)
        text_append(out, "%zu of %zu cells of ", losses->without[status], losses->asked);
    else
        text_append(out, "all cells of ");
    plot_text_variant(out, results, variant, PLOT_NAME_SHOWN);
    if (with_reason && losses->reason[status][0]) {
        struct text plain = {0};
        label_plain(&plain, losses->reason[status]);
        text_append(out, " (%s)", text_string(&plain));
        text_carry(out, &plain);
        text_release(&plain);
    }
}

static void note_kind(struct text *out, const struct selection *selections, size_t count,
                      enum cell_status status, const char *words)
{
    const struct results *results = selections->results;
    size_t found = 0;
    const char *reason = "";
    for (size_t v = 0; v < results->variants; v++) {
        const struct losses losses = count_losses(selections, count, v);
        if (losses.without[status] == 0)
            continue;
        if (found == 0)
            text_append(out, "%s%s: ", out->length > 0 ? "  " : "", words);
        if (found < NAMED) {
            text_append(out, "%s", found > 0 ? "; " : "");
            name_loss(out, results, v, &losses, status,
                      found == 0 || strcmp(losses.reason[status], reason) != 0);
        }
        reason = losses.reason[status];
        found++;
    }
    if (found > NAMED)
        text_append(out, "; and of %zu more variant%s", found - NAMED, found - NAMED == 1 ? "" : "s");
    if (found > 0)
        text_append(out, ".");
}

void figure_note_finetuned(struct text *out, const struct selection *selections, size_t count)
{
    struct text legend = {0};
    selection_print_finetuned(&legend, selections, count);
    if (legend.length > 0)
        text_append(out, "%s%s.", out->length > 0 ? "  " : "", text_string(&legend));
    text_carry(out, &legend);
    text_release(&legend);
}

void figure_note(struct text *out, const struct selection *selections, size_t count)
{
    note_kind(out, selections, count, CELL_REFUSED, "Refused");
    note_kind(out, selections, count, CELL_FAILED, "Failed");
    note_kind(out, selections, count, CELL_MISSING, "Missing");
    note_kind(out, selections, count, CELL_MEASURED, "Without a finite score");
    figure_note_finetuned(out, selections, count);
}
