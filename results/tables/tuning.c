/* tuning.c -- what was tried, what it scored, what was chosen. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "results/tables/grid.h"

struct sweep { /* the records of one dataset and configuration, sorted by variant, then candidate */
    const struct tuning_record *record;
    size_t count, candidates;
    bool task;
    int variant_width, column_width;
    bool markdown;
};

static int wider(int width, const char *text)
{
    int length = (int)strlen(text);
    return length > width ? length : width;
}

static size_t group_end(const struct results *results, size_t first)
{
    const struct tuning_record *one = &results->tuning[first];
    size_t end = first;
    while (end < results->tunings && strcmp(results->tuning[end].dataset, one->dataset) == 0 &&
           strcmp(results->tuning[end].configuration, one->configuration) == 0)
        end++;
    return end;
}

static void measure(struct sweep *sweep)
{
    enum { SCORE_WIDTH = 8 }; /* "missing", "5.4440" and their mark */
    sweep->variant_width = (int)strlen("variant");
    sweep->column_width = SCORE_WIDTH;
    for (size_t i = 0; i < sweep->count; i++) {
        const struct tuning_record *record = &sweep->record[i];
        sweep->variant_width = wider(sweep->variant_width, record->variant);
        sweep->column_width = wider(sweep->column_width, record->coordinates);
        sweep->candidates += strcmp(record->variant, sweep->record[0].variant) == 0;
        sweep->task = sweep->task || !isnan(record->exact_match);
    }
}

static void print_entry(struct text *out, const struct sweep *sweep, const char *text)
{
    if (sweep->markdown)
        text_append(out, " | %s", text);
    else
        text_append(out, "  %*s", sweep->column_width, text);
}

static void print_head(struct text *out, const struct sweep *sweep)
{
    const struct tuning_record *one = &sweep->record[0];
    const char *strong = sweep->markdown ? "**" : "";
    text_append(out, "%s%s: tuning, %s%s (%s is better)\n", strong, one->dataset,
                sweep->task ? "exact match, per cent" : "loss, nats per token", strong,
                sweep->task ? "higher" : "lower");
    text_append(out,
                "protocol %s on the validation block, n = L = %" PRId64 ", configuration %s, %" PRId64
                " steps, seed %" PRId64 "\n\n",
                one->protocol, one->length, one->configuration, one->steps, one->seed);
    if (sweep->markdown)
        text_append(out, "| variant");
    else
        text_append(out, "%-*s", sweep->variant_width, "variant");
    for (size_t c = 0; c < sweep->candidates; c++)
        print_entry(out, sweep, sweep->record[c].coordinates);
    if (sweep->markdown)
        text_append(out, " |\n|:--|");
    for (size_t c = 0; sweep->markdown && c < sweep->candidates; c++)
        text_append(out, "--:|");
    text_append(out, "\n");
}

static void print_score(struct text *out, const struct sweep *sweep, const struct tuning_record *record)
{
    char score[48], marked[56];
    const char *before = !record->chosen ? "" : sweep->markdown ? "**" : "*";
    if (record->status != CELL_MEASURED)
        snprintf(score, sizeof score, "%s",
                 record->status == CELL_REFUSED  ? "refused"
                 : record->status == CELL_FAILED ? "failed"
                                                 : "missing");
    else if (sweep->task)
        snprintf(score, sizeof score, "%.1f", 100 * record->exact_match);
    else
        snprintf(score, sizeof score, "%.4f", record->nll);
    snprintf(marked, sizeof marked, "%s%s%s", before, score, sweep->markdown ? before : "");
    print_entry(out, sweep, marked);
}

static void print_sweep(struct text *out, struct sweep *sweep)
{
    measure(sweep);
    if (out->length > 0)
        text_append(out, "\n");
    print_head(out, sweep);
    for (size_t i = 0; i < sweep->count; i++) {
        const struct tuning_record *record = &sweep->record[i];
        if (i == 0 || strcmp(record->variant, record[-1].variant) != 0) {
            if (sweep->markdown)
                text_append(out, "| %s", record->variant);
            else
                text_append(out, "%-*s", sweep->variant_width, record->variant);
        }
        print_score(out, sweep, record);
        if (i + 1 == sweep->count || strcmp(record->variant, record[1].variant) != 0)
            text_append(out, "%s\n", sweep->markdown ? " |" : "");
    }
    text_append(out, "\n%s: chosen, for all seeds%s\n", sweep->markdown ? "bold" : "*",
                sweep->task ? " (of equals the one of lower loss)" : "");
}

void table_tuning(struct text *out, const struct results *results, enum table_style style)
{
    for (size_t first = 0, end; first < results->tunings; first = end) {
        end = group_end(results, first);
        struct sweep sweep = {
            .record = &results->tuning[first], .count = end - first, .markdown = style == TABLE_MARKDOWN};
        print_sweep(out, &sweep);
    }
}
