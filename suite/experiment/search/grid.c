/* grid.c -- the method `grid`: every group tries every candidate once, and the best of each is chosen. */
#include "experiment/search/search.h"
#include "results/findings/tuning.h"

static void propose(struct search *search)
{
    const size_t count = search->pairs * search->parts * search->candidates;
    for (size_t i = 0; i < count; i++)
        search->wanted[i] = search->rounds == 0;
}

static enum status tell(struct search *search, struct tuning_record *score, struct message *message)
{
    for (size_t group = 0; group < search->pairs * search->parts; group++) {
        struct tuning_record *tried = &score[group * search->candidates];
        size_t best = 0;
        tuning_choose(tried, search->candidates);
        while (best < search->candidates && !tried[best].chosen)
            best++;
        if (best == search->candidates)
            return message_set(
                message, STATUS_FAILED,
                "tuning of %s on %s, %s: every combination has failed (%s: %.200s); [tuning] needs one that "
                "trains",
                tried->variant, tried->dataset, tried->configuration, tried->coordinates, tried->reason);
        search->choice[group] = best;
    }
    return STATUS_OK;
}

const struct search_method search_grid = {
    .name = "grid",
    .summary = "every combination once, the best of each trained part on each dataset",
    .propose = propose,
    .tell = tell,
};
