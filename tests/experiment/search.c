/* A search of several rounds: what its method marks is planned, and the scores come to where they belong. */
#include "experiment/search/search.h"

#include "tests/experiment/planned.h"

enum { CANDIDATES = 3, GROUPS = 4 }; /* (recall, text) x (rope, alibi) */

/* Of each group the worst falls out, then the worse of the two that are left. */
static void propose_better(struct search *search)
{
    search->steps *= 2;
    for (size_t g = 0; g < GROUPS && search->rounds < 2; g++)
        for (size_t c = 0; c < CANDIDATES; c++)
            search->wanted[g * CANDIDATES + c] = search->rounds == 0 || c != search->choice[g];
}

/* choice: after the first round which is the worst, after the second which is the best. */
static enum status tell_order(struct search *search, struct tuning_record *score, struct message *message)
{
    (void)message;
    for (size_t g = 0; g < GROUPS; g++) {
        const struct tuning_record *of = &score[g * CANDIDATES];
        size_t worst = search->choice[g], best = CANDIDATES;
        for (size_t c = 0; c < CANDIDATES; c++)
            if (search->rounds == 0)
                worst = of[c].nll > of[worst].nll ? c : worst;
            else if (c == search->choice[g])
                assert_int_equal(of[c].status, CELL_NOT_ASKED);
            else
                best = best == CANDIDATES || of[c].nll < of[best].nll ? c : best;
        search->choice[g] = search->rounds == 0 ? worst : best;
    }
    return STATUS_OK;
}

static const struct search_method halving = {
    .name = "halving", .summary = "a test", .propose = propose_better, .tell = tell_order};

/* The loss of every training: of recall (text) the candidates in falling (rising) order for rope, and
 * otherwise for alibi. */
static double loss_of(const struct plan *plan, size_t t)
{
    const struct planned_dataset *dataset = &plan->dataset[plan->training[t].dataset];
    const bool alibi = strcmp(plan->variant[plan->training[t].variant].name, "alibi") == 0;
    const bool falls = (strcmp(dataset->name, "recall") == 0) != alibi;
    return falls ? 3 - (double)dataset->candidate : 1 + (double)dataset->candidate;
}

static void go_on(struct plan *plan)
{
    struct tuning_record *score = calloc(plan->trainings, sizeof *score);
    struct message message = {""};
    assert_non_null(score);
    for (size_t t = 0; t < plan->trainings; t++)
        score[t] = (struct tuning_record){.status = CELL_MEASURED, .nll = loss_of(plan, t)};
    if (search_tell(plan, score, &message) || search_propose(plan, "plain", &message))
        fail_msg("%s", message.text);
    free(score);
}

static void rounds_follow_scores(void **state)
{
    (void)state;
    static const char *const names[GROUPS] = {"rope", "alibi", "rope", "alibi"};
    static const size_t second[GROUPS][2] = {{1, 2}, {0, 1}, {0, 1}, {1, 2}};
    static const double chosen[GROUPS] = {0.3, 0.1, 0.1, 0.3};
    struct plan plan;
    make_sound(&plan,
               scratch_file("search.ini", "[experiment]\ndatasets = recall, text\nvariants = rope, alibi\n"
                                          "[tuning]\ngrid.training.rate = 0.1 | 0.2 | 0.3\nseed = 9\n"
                                          "steps = 5\n"),
               NULL);
    plan.search->method = &halving; /* its first round is that of the grid */
    go_on(&plan);
    assert_true(search_goes_on(&plan));
    assert_int_equal(plan.search->rounds, 1);
    assert_int_equal(plan.trainings, GROUPS * 2);
    for (size_t t = 0; t < plan.trainings; t++) {
        const struct planned_training *training = &plan.training[t];
        const struct planned_dataset *dataset = &plan.dataset[training->dataset];
        size_t group = 0, seen = 0;
        while (strcmp(names[group], plan.variant[training->variant].name) != 0 ||
               strcmp(dataset->name, group < 2 ? "recall" : "text") != 0)
            group++;
        for (size_t i = 0; i < 2; i++)
            seen += dataset->candidate == second[group][i];
        assert_int_equal(seen, 1);
        assert_int_equal(training->options.steps, 10);
        for (size_t u = 0; u < t; u++)
            assert_string_not_equal(training->id, plan.training[u].id);
    }
    go_on(&plan);
    assert_false(search_goes_on(&plan));
    assert_int_equal(plan.search->rounds, 2);
    assert_int_equal(plan.search->round[0].trainings, GROUPS * CANDIDATES);
    assert_int_equal(plan.trainings, GROUPS);
    for (size_t t = 0; t < GROUPS; t++) {
        assert_string_equal(plan.variant[plan.training[t].variant].name, names[t]);
        assert_true(plan.dataset[plan.training[t].dataset].training.rate == chosen[t]);
        assert_int_equal(plan.training[t].options.steps, 600);
    }
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_follow_scores),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
