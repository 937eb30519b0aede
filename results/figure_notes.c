/* figure_notes.c -- what a figure does not show, and why. */
#include <string.h>

#include "results/figure.h"
#include "results/label.h"
#include "results/plot_text.h"
#include "support/memory.h"

enum { NAMED = 6 };                     /* variants that a note names for one reason */

/* What became of the cells of one variant. */
struct losses {
    size_t asked, without[CELL_MISSING + 1];
    const char *reason[CELL_MISSING + 1];       /* of the first */
};

static struct losses count_losses(const struct selection *selection, size_t variant)
{
    struct losses out = {.asked = 0};
    for (size_t n = 0; n < selection->results->lengths; n++)
        for (size_t r = 0; r < selection_replicates(selection); r++) {
            const struct cell *cell = selection_cell(selection, variant, n, r);
            const double value = measure_value(selection->measure, cell);
            if (cell->status == CELL_NOT_ASKED)
                continue;
            out.asked++;
            if (value - value == 0) /* finite */
                continue;
            if (out.without[cell->status]++ == 0)
                out.reason[cell->status] = cell->reason;
        }
    return out;
}

static void name_loss(struct text *out, const struct selection *selection, size_t variant, const struct losses *losses,
                      enum cell_status status)
{
    plot_text_name(out, selection->results->variant[variant].name, PLOT_NAME_SHOWN);
    if (losses->without[status] < losses->asked)
        text_append(out, " (%zu of %zu cells)", losses->without[status], losses->asked);
}

void figure_note(struct text *out, const struct selection *selection)
{
    static const struct {
        enum cell_status status;
        const char *words;
    } kinds[] = {{CELL_REFUSED, "Refused"}, {CELL_FAILED, "Failed"}, {CELL_MISSING, "Missing"},
                 {CELL_MEASURED, "Without a finite score"}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t count = 0;
        const char *reason = "";
        bool one_reason = true;
        for (size_t v = 0; v < selection->results->variants; v++) {
            const struct losses losses = count_losses(selection, v);
            if (losses.without[kinds[k].status] == 0)
                continue;
            const char *why = losses.reason[kinds[k].status];
            one_reason = one_reason && (count == 0 || strcmp(why, reason) == 0);
            reason = why;
            text_append(out, "%s", count > 0 ? count < NAMED ? ", " : "" : out->length > 0 ? " " : "");
            if (count == 0)
                text_append(out, "%s: ", kinds[k].words);
            if (count++ < NAMED)
                name_loss(out, selection, v, &losses, kinds[k].status);
        }
        if (count > NAMED)
            text_append(out, " and %zu more", count - NAMED);
        if (count > 0 && one_reason && reason[0]) {
            struct text plain = {0};
            label_plain(&plain, reason);
            text_append(out, ": %s", text_string(&plain));
            text_carry(out, &plain);
            text_release(&plain);
        }
        if (count > 0)
            text_append(out, ".");
    }
}
