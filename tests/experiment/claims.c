/* [claim NAME]: what is read, and the sentence for everything that can be wrong. */
#include "results/store/records.h"
#include "tests/experiment/planned.h"

static const char head[] = "include = variants.ini\n[experiment]\ndatasets = recall, text\n"
                           "variants = rope, alibi, rope(base=500)\n[dataset text]\npath = README.md\n"
                           "[training]\nlength = 16\n[evaluation]\nlengths = 1L, 2L, 4L\n"
                           "protocols = exact-match, fixed-targets, nonoverlap\n";

static const char *file_with(const char *claim)
{
    static char text[4096];
    snprintf(text, sizeof text, "%s%s", head, claim);
    return scratch_file("claims.ini", text);
}

static void reads(void **state)
{
    struct plan plan;
    (void)state;
    make_sound(
        &plan,
        file_with("[claim one]\nstatement = a, b\ntest = fixed-targets nll, alibi < rope(base=500)\n"
                  "at = 2L,4L\ndirection = less\n"
                  "[claim two]\nstatement = c\ntest = exact-match exact_match, rope at 1L > rope at 64\n"
                  "datasets = recall\n"),
        NULL);
    assert_int_equal(plan.claims, 2);
    const struct claim_record *one = &plan.claim[0], *two = &plan.claim[1];
    assert_string_equal(one->name, "one");
    assert_string_equal(one->statement, "a, b");
    assert_string_equal(one->protocol, "fixed-targets");
    assert_string_equal(one->metric, "nll");
    assert_string_equal(one->operand[0].variant, "alibi");
    assert_string_equal(one->operand[1].variant, "rope(base=500)");
    assert_string_equal(one->direction, "less");
    assert_string_equal(one->at, "2L, 4L");
    assert_string_equal(one->operand[0].at, "");
    assert_string_equal(one->datasets, "");
    assert_string_equal(two->operand[0].at, "1L");
    assert_string_equal(two->operand[1].at, "64");
    assert_string_equal(two->direction, "greater");
    assert_string_equal(two->datasets, "recall");
    plan_release(&plan);
}

/* Claims are labels: no id knows them. */
static void no_part_of_an_id(void **state)
{
    struct plan with, without;
    (void)state;
    make_sound(&without, file_with(""), NULL);
    make_sound(&with,
               file_with("[claim one]\nstatement = a\ntest = fixed-targets nll, alibi < rope\nat = 1L\n"),
               NULL);
    assert_int_equal(with.trainings, without.trainings);
    for (size_t t = 0; t < with.trainings; t++) {
        assert_string_equal(with.training[t].id, without.training[t].id);
        assert_string_equal(with.training[t].evaluation_id[0], without.training[t].evaluation_id[0]);
    }
    plan_release(&with);
    plan_release(&without);
}

#define TEST(test) "[claim one]\nstatement = a\ntest = " test "\n"

static void refuses(void **state)
{
    static const struct {
        const char *claim, *place, *sentence;
    } wrong[] = {
        {"[claim]\n", ":12: ", "[claim] needs a name"},
        {"[claim one]\nstatement = a\n", ":12: ", "[claim one]: needs `test = ...`"},
        {"[claim one]\ntest = nonoverlap nll, alibi < rope\n", ":12: ", "needs `statement = ...`"},
        {"[claim one]\nstatment = a\n", ":13: ", "did you mean `statement`?"},
        {TEST("nonoverlap nll, alibi < rope"), ":12: ", "needs `at = ...`"},
        {TEST("nonoverlap, alibi < rope") "at = 1L\n",
         ":14: ", "it is written `PROTOCOL METRIC, VARIANT < VARIANT`"},
        {TEST("nonoverlap nll, alibi = rope") "at = 1L\n", ":14: ", "it is written"},
        {TEST("nonoverlap nll, alibi < rope < alibi") "at = 1L\n", ":14: ", "it is written"},
        {TEST("nonoverlap nll, alibi <") "at = 1L\n", ":14: ", "the variant is missing"},
        {TEST("nonoverlap nll, alibbi < rope") "at = 1L\n",
         ":14: ", "no variant `alibbi`: did you mean `alibi`?"},
        {TEST("nonoverlap nll, alibi < t5") "at = 1L\n", ":14: ", "no variant `t5`: valid: rope, alibi"},
        {TEST("nonoverlap nl, alibi < rope") "at = 1L\n", ":14: ", "no metric `nl`: did you mean `nll`?"},
        {TEST("nonoverlp nll, alibi < rope") "at = 1L\n",
         ":14: ", "scored under `nonoverlp`: did you mean `nonoverlap`?"},
        {TEST("nonoverlap nll, alibi < rope") "at = 8L\n",
         ":14: ", "`text` is not evaluated at 8L (n = 128)"},
        {TEST("nonoverlap nll, alibi < rope") "at = xL\n", ":15: ", "xL"},
        {TEST("nonoverlap nll, alibi < rope") "at = 1L, 1L\n", ":15: ", "stands twice"},
        {TEST("nonoverlap nll, alibi at 3L < rope at 1L"), ":14: ", "not evaluated at 3L"},
        {TEST("nonoverlap nll, alibi at 2L < rope at 1L") "at = 1L\n", ":15: ", "`at` says nothing here"},
        {TEST("nonoverlap nll, alibi < alibi") "at = 1L\n", ":14: ", "compared with itself"},
        {TEST("nonoverlap nll, alibi < rope") "at = 1L\ndirection = greater\n", ":14: ", "`<` says less"},
        {TEST("nonoverlap nll, alibi < rope") "at = 1L\ndirection = down\n",
         ":16: ", "it is less or greater"},
        {TEST("nonoverlap exact_match, alibi < rope") "at = 1L\n", ":14: ", "does not give exact_match"},
        {TEST("nonoverlap nll, alibi < rope") "at = 1L\ndatasets = tekst\n", ":14: ", "no dataset `tekst`"},
        {TEST("nonoverlap nll, alibi < rope") "at = 1L\ndatasets = recall\n",
         ":14: ", "`recall` is not scored under nonoverlap"},
    };
    (void)state;
    for (size_t i = 0; test_row("wrong", i, sizeof wrong / sizeof *wrong); i++) {
        struct plan plan;
        struct message message;
        if (make(&plan, file_with(wrong[i].claim), NULL, &message) != STATUS_WRONG)
            fail_msg("%s is not refused: %s", wrong[i].claim, message.text);
        assert_holds(message.text, "claims.ini:");
        assert_holds(message.text, wrong[i].place);
        assert_holds(message.text, wrong[i].sentence);
    }
}

/* A claim about a variant that --only leaves out stays a claim, but is none of the printed file. */
static void only(void **state)
{
    const char *const sets[1] = {NULL};
    struct plan_request request = {.experiment = file_with(TEST("nonoverlap nll, alibi < rope") "at = 1L\n"),
                                   .set = sets,
                                   .only = "rope",
                                   .instruction_set = "plain"};
    struct message message = {""};
    struct plan plan;
    struct text printed = {0};
    (void)state;
    if (plan_make(&plan, &request, &message))
        fail_msg("%s", message.text);
    assert_int_equal(plan.variants, 1);
    assert_int_equal(plan.claims, 1);
    plan_release(&plan);
    assert_int_equal(plan_print(&printed, &request, &message), STATUS_OK);
    assert_null(strstr(text_string(&printed), "[claim"));
    text_release(&printed);
    printed = (struct text){0};
    request.only = NULL;
    assert_int_equal(plan_print(&printed, &request, &message), STATUS_OK);
    assert_holds(text_string(&printed),
                 "[claim one]\nstatement = a\ntest = nonoverlap nll, alibi < rope\nat = 1L\n");
    text_release(&printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(no_part_of_an_id),
                                       cmocka_unit_test(refuses), cmocka_unit_test(only)};
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
