/* verdicts.c -- whether the run is valid, and what became of each claim.  They stand before all numbers.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/findings/claim_kinds.h"
#include "results/findings/claims.h"
#include "results/findings/validity.h"
#include "results/page/private.h"

void html_verdict(struct text *out, const struct html_verdict *verdict)
{
    text_append(out, "<div class=\"verdict\"><p><b>");
    html_text(out, verdict->verdict);
    text_append(out, "</b> ");
    html_text(out, verdict->statement);
    text_append(out, "</p>\n<p class=\"soft\">");
    html_text(out, verdict->name);
    text_append(out, ": ");
    html_text(out, verdict->reason);
    text_append(out, "</p></div>\n");
}

/* "nll under nonoverlap, a < b at 4L: text 2x64-L64 n = 256 against 256: mean difference -0.1, p = 0.03." */
static void reason(struct text *out, const struct results *results, const struct claim_record *claim,
                   const struct judgement *judgement)
{
    const struct claim_kind *kind = claim_kind_of(claim);
    text_append(out, "%s under %s, %s", claim->metric, claim->protocol, claim->operand[0].variant);
    for (size_t o = 1; o < CLAIM_OPERANDS && claim->operand[o].variant[0]; o++)
        text_append(out, " %c %s", kind ? kind->sign : '?', claim->operand[o].variant);
    for (size_t i = 0; i < judgement->places; i++) {
        const struct claim_place *place = &judgement->place[i];
        text_append(out, "; %s %s, n = %" PRId64, results->dataset[place->dataset].name,
                    results->configuration[place->configuration].name, place->length[0]);
        for (size_t o = 1; o < CLAIM_OPERANDS; o++)
            if (place->length[o] > 0 && place->length[o] != place->length[0])
                text_append(out, " against %" PRId64, place->length[o]);
        if (place->paired.count > 0)
            text_append(out, ": mean difference %.4g over %zu seed%s", place->paired.mean,
                        place->paired.count, place->paired.count == 1 ? "" : "s");
        if (!isnan(place->adjusted))
            text_append(out, ", p = %.2g (sign flip, Holm)", place->adjusted);
    }
    text_append(out, ".");
}

static void claim(struct text *out, const struct results *results, const struct claim_record *claim_record)
{
    struct judgement judgement;
    struct text verdict = {0}, why = {0};
    struct message message = {.text = ""};
    if (!claims_judge(&judgement, results, claim_record, &message)) {
        judgement_print(&verdict, &judgement);
        reason(&why, results, claim_record, &judgement);
    } else {
        text_append(&verdict, "not judged");
        text_append(&why, "%s", message.text);
    }
    html_verdict(out, &(struct html_verdict){claim_record->name, claim_record->statement,
                                             text_string(&verdict), text_string(&why)});
    text_carry(out, &verdict);
    text_carry(out, &why);
    text_release(&verdict);
    text_release(&why);
    judgement_release(&judgement);
}

void html_verdicts(struct text *out, const struct results *results)
{
    struct validity validity;
    text_append(out, "<h2 id=\"verdicts\">Verdicts</h2>\n");
    validity_of_results(&validity, results);
    if (validity.count == 0) {
        text_append(out, "<p>The results are <b>VALID</b>.</p>\n");
    } else {
        text_append(out, "<p>The results are <b>INVALID</b>, %zu reason%s:</p>\n<pre>", validity.count,
                    validity.count == 1 ? "" : "s");
        html_lines(out, text_string(&validity.reasons));
        text_append(out, "</pre>\n");
    }
    if (validity.notes.length > 0) {
        text_append(out, "<p class=\"soft\">Not trained alike:</p>\n<pre>");
        html_lines(out, text_string(&validity.notes));
        text_append(out, "</pre>\n");
    }
    text_carry(out, &validity.reasons);
    text_carry(out, &validity.notes);
    validity_release(&validity);
    if (results->claims == 0)
        text_append(out, "<p class=\"soft\">The experiment makes no claims.</p>\n");
    for (size_t i = 0; i < results->claims; i++)
        claim(out, results, &results->claim[i]);
}
