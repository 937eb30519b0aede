/* rotary.c -- what the encoders that turn queries and keys have in common. */
#include "encoders/shared/rotary.h"

#include <math.h>

const char *const rotary_pairings[] = {"interleaved", "half", NULL};

enum status rotary_check(const struct shape *shape, struct message *message)
{
    if (shape->head_width % 2 != 0)
        return message_set(message, STATUS_WRONG,
                           "head width %zu is odd, and pairs of dimensions are turned; "
                           "choose width / heads even",
                           shape->head_width);
    return STATUS_OK;
}

size_t rotary_rotated(int pairs, size_t dimensions)
{
    return pairs == ROTARY_HALF ? dimensions : 0;
}

double rotary_factor(double factor, const struct site *site)
{
    if (factor > 0)
        return factor;
    return fmax(1, (double)site->length / (double)site->shape->trained_length);
}

double rotary_frequency(double base, size_t pair, size_t dimensions)
{
    return pow(base, -2 * (double)pair / (double)dimensions);
}

void rotary_column(double *out, const struct positions *positions, double frequency, size_t pair,
                   size_t columns)
{
    for (size_t i = 0; i < positions->count; i++)
        out[i * columns + pair] = positions->at[i] * frequency;
}
