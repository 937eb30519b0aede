/* SPECs: what they read as, and that each wrong one gets a sentence and leaks nothing. */
#include <string.h>

#include "registry/spec.h"
#include "support/text.h"
#include "tests/test.h"

static void assert_reads_as(const char *spec, const char *canonical)
{
    struct composition composition = {0};
    struct message message;
    struct text text = {0};
    assert_int_equal(spec_encoders(&composition, spec, &message), STATUS_OK);
    composition_print_encoders(&text, &composition);
    assert_string_equal(text_string(&text), canonical);
    text_release(&text);
    composition_release(&composition);
}

static void reads_components(void **state)
{
    (void)state;
    assert_reads_as("none", "none");
    assert_reads_as("  alibi ()+ log-n\t", "alibi(slopes=fixed) + log-n");
    assert_reads_as("window( width = 2L ) + sinusoidal(base=500)",
                    "window(width=2L) + sinusoidal(base=500, period=auto, function=sine-cosine, "
                    "schedule=geometric, exponent=1, scale=fixed)");
    assert_reads_as("self-extend(window=16,group=4)", "self-extend(group=4, window=16)");
}

static void reads_again_what_it_prints(void **state)
{
    (void)state;
    struct composition composition = {0};
    struct message message;
    struct text text = {0};
    assert_int_equal(spec_encoders(&composition, "rope(base=1e4, scaling=ntk, factor=0.1) + fire", &message),
                     STATUS_WRONG); /* a factor is at least 1 */
    assert_int_equal(
        spec_encoders(&composition, "rope(base=12345.678, scaling=ntk, factor=3) + fire", &message),
        STATUS_OK);
    composition_print_encoders(&text, &composition);
    assert_reads_as(text_string(&text), text_string(&text));
    text_release(&text);
    composition_release(&composition);
}

static void reads_positions(void **state)
{
    (void)state;
    struct composition composition = {0};
    struct message message;
    struct text text = {0};
    assert_int_equal(spec_positions(&composition, "wrap", &message), STATUS_OK);
    assert_int_equal(spec_positions(&composition, "interpolate(factor=4)", &message), STATUS_OK);
    assert_int_equal(spec_positions(&composition, "interpolate(factor=-1)", &message), STATUS_WRONG);
    composition_print_positions(&text, &composition); /* a wrong one leaves the last */
    assert_string_equal(text_string(&text), "interpolate(factor=4)");
    assert_int_equal(spec_positions(&composition, "interpolat", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "did you mean `interpolate`?"));
    assert_int_equal(spec_positions(&composition, "clamp + wrap", &message), STATUS_WRONG);
    text_release(&text);
    composition_release(&composition);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *sentence;
    } wrong[] = {
        {"", "name of an encoder is missing"},
        {"+ rope", "name of an encoder is missing"},
        {"rope +", "name of an encoder is missing"},
        {"rope rope", "no `+`"},
        {"rope(", "name=value"},
        {"rope(base", "name=value"},
        {"rope(base)", "name=value"},
        {"rope(base=)", "missing"},
        {"rope(base=5", "does not close"},
        {"rope(base=5,", "name=value"},
        {"rope(base=5,)", "nothing follows a comma"},
        {"rope(base=5,,pairs=halves)", "name=value"},
        {"rope(base=5, base=6)", "twice"},
        {"rope(base=5))", "no `+`"},
        {"rope(base=(5))", "missing"},
        {"rope(bass=5)", "`base`"},
        {"rope(base=five)", "base"},
        {"none(slope=2)", "no options"},
        {"roep", "did you mean `rope`"},
        {"rope + windw(width=1L)", "did you mean `window`?"},
        {"window(width=0)", "width"},
        {"window(width=-1L)", "width"},
        {"window(width=99999999999999999999999L)", "width"},
        {"none+sinusoidal+learned+rope+alibi+t5+fire+cope+forgetting", "more than 8"},
    };
    for (size_t i = 0; test_row("wrong", i, sizeof wrong / sizeof *wrong); i++) {
        struct composition composition = {0};
        struct message message = {""};
        assert_int_equal(spec_encoders(&composition, wrong[i].spec, &message), STATUS_WRONG);
        if (!strstr(message.text, wrong[i].sentence))
            fail_msg("%s: %s", wrong[i].spec, message.text);
        assert_int_equal(composition.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_components),
        cmocka_unit_test(reads_again_what_it_prints),
        cmocka_unit_test(reads_positions),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
