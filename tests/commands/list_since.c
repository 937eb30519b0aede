/* An option that came later says since when, as text and as JSON; one that was always there says nothing. */
#include "commands/list_print.h"
#include "tests/experiment/scratch.h"

static const struct option options[] = {{"old", OPTION_SIZE, 0, "1", 1, 9, NULL, "there from the beginning"},
                                        {"new", OPTION_SIZE, 8, "2", 1, 9, NULL, "came later", "0.2.0"},
                                        {.name = NULL}};

static void it_says_since_when(void **state)
{
    (void)state;
    static struct catalogue catalogue;
    catalogue.count = 1;
    catalogue.entry[0] =
        (struct entry){.name = "mine", .summary = "one", .citation = "nobody", .options = options};
    struct text one = {0}, json = {0};
    list_print_one(&one, &catalogue.entry[0]);
    list_print_json(&json, &catalogue);
    assert_holds(text_string(&one), "there from the beginning (whole number from 1 to 9)\n");
    assert_holds(text_string(&one), "came later (whole number from 1 to 9, since 0.2.0)\n");
    assert_holds(text_string(&json), "\"maximum\": 9, \"help\": \"there from the beginning\"");
    assert_holds(text_string(&json), "\"maximum\": 9, \"since\": \"0.2.0\", \"help\": \"came later\"");
    text_release(&one);
    text_release(&json);
}

/* The list of all encoders has a line of options for each. */
static void the_list_of_all_says_it_too(void **state)
{
    (void)state;
    static const struct encoder encoder;
    static struct catalogue catalogue;
    catalogue.count = 1;
    catalogue.entry[0] = (struct entry){
        .name = "mine", .summary = "one", .citation = "nobody", .options = options, .encoder = &encoder};
    struct text all = {0};
    list_print_all(&all, &catalogue);
    assert_holds(text_string(&all),
                 "old = 1 (whole number from 1 to 9), new = 2 (whole number from 1 to 9, since");
    text_release(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_since_when),
        cmocka_unit_test(the_list_of_all_says_it_too),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
