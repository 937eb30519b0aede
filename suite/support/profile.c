/* profile.c -- stopwatches. */
#include "support/profile.h"

#include "support/progress.h"

const char *const profile_part_names[PROFILE_PARTS] = {
    [PROFILE_WAITING] = "waiting",
    [PROFILE_DATA] = "data",
    [PROFILE_PRODUCTS] = "matrix products",
    [PROFILE_ATTENTION_PRODUCTS] = "attention, products",
    [PROFILE_ATTENTION] = "attention, all else",
    [PROFILE_ROWS] = "normalisation and activations",
    [PROFILE_OPTIMISER] = "optimiser",
};

enum profile_part profile_switch(struct profile *profile, enum profile_part part)
{
    enum profile_part before = PROFILE_WAITING;
    double now;
    if (!profile)
        return before;
    before = profile->part;
    now = progress_clock();
    if (profile->since > 0)
        profile->seconds[before] += now - profile->since;
    profile->since = now;
    profile->part = part;
    return before;
}

void profile_count(struct profile *profile, double operations)
{
    if (profile)
        profile->operations[profile->part] += operations;
}
