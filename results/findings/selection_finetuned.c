/* selection_finetuned.c -- what is said of fine-tuned variants below a table or figure. */
#include <inttypes.h>
#include <string.h>

#include "results/findings/selection.h"
#include "results/findings/trained_length.h"

/* Is it the first of its mark among the variants of these selections? */
static bool is_first(const struct selection *selections, size_t count, size_t variant, const char *mark)
{
    const struct results *results = selections->results;
    for (size_t v = 0; v < variant; v++) {
        struct text other = {0};
        bool used = false;
        for (size_t i = 0; i < count; i++)
            used = used || selection_uses_variant(&selections[i], v);
        trained_mark(&other, results, v);
        const bool same = used && strcmp(text_string(&other), mark) == 0;
        text_release(&other);
        if (same)
            return false;
    }
    return true;
}

/* "256 tokens", "256 or 512 tokens": of the configurations that the selections have. */
static void print_tokens(struct text *out, const struct selection *selections, size_t count, size_t variant)
{
    int64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        const int64_t tokens = trained_length(selections->results, variant, selections[i].configuration);
        if (tokens != last)
            text_append(out, "%s%" PRId64, last > 0 ? " or " : "", tokens);
        last = tokens;
    }
    text_append(out, " tokens");
}

void selection_print_finetuned(struct text *out, const struct selection *selections, size_t count)
{
    const char *before = "";
    for (size_t v = 0; v < selections->results->variants; v++) {
        struct text mark = {0};
        bool used = false;
        for (size_t i = 0; i < count; i++)
            used = used || selection_uses_variant(&selections[i], v);
        trained_mark(&mark, selections->results, v);
        if (used && mark.length > 0 && is_first(selections, count, v, text_string(&mark))) {
            text_append(out, "%s%s: fine-tuned, trained on %s (", before, text_string(&mark),
                        text_string(&mark) + strlen("†"));
            print_tokens(out, selections, count, v);
            text_append(out, ")");
            before = "; ";
        }
        text_carry(out, &mark);
        text_release(&mark);
    }
}

bool selection_any_saw(const struct selection *selections, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < selections->results->variants; v++)
            for (size_t n = 0; n < selections->results->lengths; n++)
                for (size_t r = 0;
                     selection_saw(&selections[i], v, n) && r < selection_replicates(&selections[i]); r++)
                    if (selection_cell(&selections[i], v, n, r)->status == CELL_MEASURED)
                        return true;
    return false;
}
