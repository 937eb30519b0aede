/* measure.c -- what a cell may be asked for: names, units, and which way is better. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "results/findings/selection.h"

struct measure_row {
    const char *name, *unit, *key, *key_unit;
    int digits;
    double scale; /* from what is stored to the unit */
    bool lower_is_better, ordered, main, stored;
    size_t offset; /* in struct cell, of what is stored */
};

#define OF(member) offsetof(struct cell, member)
static const struct measure_row rows[MEASURES] = {
    [MEASURE_NLL] = {"loss", "nats per token", "nll", "nat", 3, 1, true, true, true, true, OF(nll)},
    [MEASURE_EXACT_MATCH] = {"exact match", "per cent", "exact_match", "1", 1, 100, false, true, true, true,
                             OF(exact_match)},
    [MEASURE_EXACT_MATCH_FORCED] = {"exact match with the length forced", "per cent", "exact_match_forced",
                                    "1", 1, 100, false, true, false, true, OF(exact_match_forced)},
    [MEASURE_ACCURACY] = {"accuracy", "per cent", "accuracy", "1", 1, 100, false, true, false, true,
                          OF(accuracy)},
    [MEASURE_ACCURACY_CORRECTED] = {"accuracy above chance", "per cent of what chance leaves",
                                    "accuracy_corrected", "1", 1, 100, false, true, false, false,
                                    OF(accuracy)},
    [MEASURE_ATTENTION_ENTROPY] = {"entropy of attention", "nats", "attention_entropy", "nat", 3, 1, true,
                                   false, false, true, OF(attention_entropy)},
    [MEASURE_ATTENTION_DISTANCE] = {"mean distance of attention", "tokens", "attention_distance", "token", 1,
                                    1, true, false, false, true, OF(attention_distance)},
    [MEASURE_ATTENTION_FIRST] = {"attention on the first token", "per cent", "attention_first", "1", 1, 100,
                                 true, false, false, true, OF(attention_first)},
};
#undef OF

const char *measure_name(enum measure measure)
{
    return rows[measure].name;
}

const char *measure_unit(enum measure measure)
{
    return rows[measure].unit;
}

const char *measure_key(enum measure measure)
{
    return rows[measure].key;
}

const char *measure_key_unit(enum measure measure)
{
    return rows[measure].key_unit;
}

int measure_digits(enum measure measure)
{
    return rows[measure].digits;
}

bool measure_lower_is_better(enum measure measure)
{
    return rows[measure].lower_is_better;
}

bool measure_ordered(enum measure measure)
{
    return rows[measure].ordered;
}

bool measure_main(enum measure measure)
{
    return rows[measure].main;
}

bool measure_is_stored(enum measure measure)
{
    return rows[measure].stored;
}

bool measure_find(enum measure *out, const char *key)
{
    for (int measure = 0; measure < MEASURES; measure++)
        if (strcmp(rows[measure].key, key) == 0) {
            *out = (enum measure)measure;
            return true;
        }
    return false;
}

double measure_scale(enum measure measure)
{
    return rows[measure].scale;
}

double measure_stored(enum measure measure, const struct cell *cell)
{
    if (cell->status != CELL_MEASURED || !rows[measure].stored)
        return NAN;
    return *(const double *)(const void *)((const char *)cell + rows[measure].offset);
}

double measure_value(enum measure measure, const struct cell *cell)
{
    return rows[measure].scale * measure_stored(measure, cell);
}
