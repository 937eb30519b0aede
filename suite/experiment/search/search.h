/* search.h -- options that are chosen by trainings before those of the experiment ([tuning]).
 *
 * What is chosen from are candidates: combinations of options.  What they are chosen for is a group: one
 * trained part on one dataset in one configuration (a pair).  Every group has the same candidates, so the
 * same budget.
 *
 * A search goes in rounds.  Its method marks what is tried next, and search_propose() makes a plan of it,
 * whose trainings are run like any others; search_tell() brings the method their scores.  When the method
 * marks nothing more, the plan becomes the experiment with the options chosen.  The rounds follow from the
 * scores alone, so any process that finds the same trials takes the same way.
 *
 * The trainings of a round have a seed of their own and are scored at n = L on the validation block: the
 * test block is not looked at.  A fine-tune is not searched for: it takes what was chosen for the training
 * it begins with. */
#ifndef LEXBENCH_SEARCH_H
#define LEXBENCH_SEARCH_H

#include "experiment/file/ini.h"
#include "experiment/plan.h"
#include "results/store/records.h"

struct search;

struct search_method {
    const char *name, *summary;
    /* Marks search->wanted, all false at first, for round search->rounds, from 0, and may change search->steps.
     * Nothing marked: search->choice is the answer. */
    void (*propose)(struct search *search);
    /* score(groups, candidates): of what was marked; the others are zero (CELL_NOT_ASKED).  A training that
     * has come to no score is one of status CELL_FAILED.  STATUS_FAILED with a sentence when no choice is
     * possible. */
    enum status (*tell)(struct search *search, struct tuning_record *score, struct message *message);
};
extern const struct search_method search_grid; /* each candidate once */

struct candidate {
    char coordinates[TUNING_SIZE]; /* "rate=0.006 warmup=0.1" */
    struct model_options model;    /* of its pair, with these values */
    struct training_options training;
};

struct search {
    const struct search_method *method;
    size_t seed, steps;              /* of each training; steps 0: those of the experiment */
    size_t pairs, parts, candidates; /* group = pair * parts + part */
    size_t *part;                    /* (parts) the first variant of the experiment with each */
    struct candidate *candidate;     /* (pairs, candidates) */
    bool *wanted;                    /* (groups, candidates) tried in this round */
    size_t *choice;                  /* (groups) numbers of candidates */
    size_t rounds;                   /* that have ended */
    struct plan *round;              /* (rounds) */
    /* While the search goes on: what it is for, with trainings that are right in number, but not in options
     * and ids. NULL: the plan is it. */
    struct plan *experiment;
};

/* A resolved plan becomes the first round of the search for it.  plan_release() in any case. */
enum status search_begin(struct plan *plan, const struct ini *ini, const char *instruction_set,
                         struct message *message);

/* score(plan->trainings): what has come out of the trainings of this round, in the order of the plan. */
enum status search_tell(struct plan *plan, const struct tuning_record *score, struct message *message);

/* The plan becomes the next round, or the experiment with what was chosen.  plan_release() in any case. */
enum status search_propose(struct plan *plan, const char *instruction_set, struct message *message);

bool search_goes_on(const struct plan *plan); /* is the plan a round of a search? */
void search_release(
    struct search *search); /* all but the plans in it, which are their owner's; NULL is fine */

/* ---- section.c ---- */

/* Reads [tuning]: seed, steps, candidate.  pairs and parts are known. */
enum status search_read(struct search *out, const struct ini *ini, const struct plan *plan,
                        struct message *message);

#endif
