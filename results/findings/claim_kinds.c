/* claim_kinds.c -- the table of claims. */
#include "results/findings/claim_kinds.h"

#include <string.h>

/* Left less right. */
static double difference(const double *score)
{
    return score[0] - score[1];
}

const struct claim_kind claim_kinds[] = {
    {"less", '<', 2, difference, true, "PROTOCOL METRIC, VARIANT < VARIANT"},
    {"greater", '>', 2, difference, false, "PROTOCOL METRIC, VARIANT > VARIANT"},
    {.direction = NULL},
};

static size_t operands_of(const struct claim_record *claim)
{
    size_t count = 0;
    while (count < CLAIM_OPERANDS && claim->operand[count].variant[0])
        count++;
    return count;
}

const struct claim_kind *claim_kind_of(const struct claim_record *claim)
{
    const size_t operands = operands_of(claim);
    for (const struct claim_kind *kind = claim_kinds; kind->direction; kind++)
        if (kind->operands == operands && strcmp(kind->direction, claim->direction) == 0)
            return kind;
    return NULL;
}

const struct claim_kind *claim_kind_written(char sign, size_t operands)
{
    for (const struct claim_kind *kind = claim_kinds; kind->direction; kind++)
        if (kind->operands == operands && kind->sign == sign)
            return kind;
    return NULL;
}
