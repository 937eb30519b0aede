/* Every mixer of this build keeps the contract: gradients, causality, the same bits for any number of
 * workers, short sequences, counted operations, words. */
#include "tests/test.h"

#include "registry/registry.h"
#include "tests/model/fixture.h"

enum { ROWS = FIXTURE_SEQUENCES * FIXTURE_LENGTH };

/* An encoder of which every mixer has the hook, or none. */
static struct fixture_request request_of(const struct mixer *mixer)
{
    return (struct fixture_request){.encoders = mixer->hooks & HOOK_ADD ? "sinusoidal" : "none",
                                    .positions = "identity",
                                    .trained_length = FIXTURE_LENGTH,
                                    .training = true,
                                    .mixer = mixer->name};
}

static void create(struct fixture *f, const struct fixture_request *request)
{
    struct message message;
    if (fixture_create(f, request, &message))
        fail_msg("mixer %s: %s", request->mixer, message.text);
}

/* What one pass gives on this number of workers, with this many tokens in the first sequence. */
static void losses(double *out, const struct mixer *mixer, size_t workers, size_t first)
{
    struct fixture_request request = request_of(mixer);
    struct fixture f;
    request.training = false;
    request.workers = workers;
    create(&f, &request);
    memmove(f.tokens + first, f.tokens + f.count[0], (ROWS - f.count[0]) * sizeof *f.tokens);
    memmove(f.targets + first, f.targets + f.count[0], (ROWS - f.count[0]) * sizeof *f.targets);
    f.count[0] = first;
    fixture_loss(&f, false);
    memcpy(out, f.nll, ROWS * sizeof *out);
    fixture_release(&f);
}

/* What the program asks at its start; without it the tests below would call hooks that are not there. */
static int declarations_are_complete(void **state)
{
    (void)state;
    struct message message;
    for (size_t m = 0; mixer_list[m]; m++)
        if (mixer_check(mixer_list[m], &message)) {
            print_error("%s\n", message.text);
            return -1;
        }
    return 0;
}

#ifdef LEXBENCH_DOUBLE
static void gradients_are_right(void **state)
{
    (void)state;
    for (size_t m = 0; mixer_list[m]; m++) {
        struct fixture_request request = request_of(mixer_list[m]);
        fixture_check_gradient(&request, mixer_list[m]->name);
        request.dropout = 0.3;
        fixture_check_gradient(&request, mixer_list[m]->name);
    }
}
#endif

static void gradients_are_the_same_twice(void **state)
{
    (void)state;
    for (size_t m = 0; mixer_list[m]; m++) {
        struct fixture_request request = request_of(mixer_list[m]);
        struct fixture f;
        create(&f, &request);
        double loss = fixture_loss(&f, true);
        real *kept = memory_allocate(f.model->weights, sizeof *kept, "a gradient", NULL);
        memcpy(kept, f.dw, f.model->weights * sizeof *kept);
        if (fixture_loss(&f, true) != loss || memcmp(kept, f.dw, f.model->weights * sizeof *kept) != 0)
            fail_msg("mixer %s: two passes over one chunk differ", mixer_list[m]->name);
        memory_release(kept);
        fixture_release(&f);
    }
}

/* A token acts on no loss before it, nor on any of another sequence, and on its own. */
static void no_token_acts_backwards(void **state)
{
    (void)state;
    for (size_t m = 0; mixer_list[m]; m++)
        for (size_t changed = 0; changed < FIXTURE_LENGTH; changed++) {
            struct fixture_request request = request_of(mixer_list[m]);
            double kept[ROWS];
            struct fixture f;
            create(&f, &request);
            for (size_t i = 0; i < ROWS; i++)
                f.targets[i] = f.tokens[i]; /* every token is scored */
            fixture_loss(&f, false);
            memcpy(kept, f.nll, sizeof kept);
            int32_t token = f.tokens[changed];
            f.tokens[changed] = (token + 1) % FIXTURE_VOCABULARY;
            fixture_loss(&f, false);
            for (size_t i = 0; i < chunk_rows(&f.chunk); i++)
                if ((i < changed || i >= f.count[0]) && kept[i] != f.nll[i])
                    fail_msg("mixer %s: token %zu acts on the loss at %zu", mixer_list[m]->name, changed, i);
            assert_true(kept[changed] != f.nll[changed]);
            fixture_release(&f);
        }
}

static bool same(const double *a, const double *b)
{
    return memcmp(a, b, ROWS * sizeof *a) == 0;
}

static void workers_change_no_bit(void **state)
{
    (void)state;
    for (size_t m = 0; mixer_list[m]; m++) {
        double one[ROWS], two[ROWS], three[ROWS];
        losses(one, mixer_list[m], 1, FIXTURE_LENGTH);
        losses(two, mixer_list[m], 2, FIXTURE_LENGTH);
        losses(three, mixer_list[m], 3, FIXTURE_LENGTH);
        if (!same(one, two) || !same(one, three))
            fail_msg("mixer %s: the bits depend on the number of workers", mixer_list[m]->name);
    }
}

static void one_token_is_a_sequence(void **state)
{
    (void)state;
    for (size_t m = 0; mixer_list[m]; m++) {
        double whole[ROWS], single[ROWS];
        losses(whole, mixer_list[m], 1, FIXTURE_LENGTH);
        losses(single, mixer_list[m], 1, 1);
        if (!(single[0] > 0) || fabs(single[0] - whole[0]) > 1000 * (double)REAL_EPSILON)
            fail_msg("mixer %s: the loss of a token alone is %.9g, as the first of several %.9g",
                     mixer_list[m]->name, single[0], whole[0]);
    }
}

/* Operations are a + b n, as those who sum them over lengths rely on. */
static void operations_are_counted(void **state)
{
    (void)state;
    for (size_t m = 0; mixer_list[m]; m++) {
        struct fixture_request request = request_of(mixer_list[m]);
        struct fixture f;
        create(&f, &request);
        const struct mixer *mixer = f.model->mixer.kind;
        double at_0 = mixer->flop(f.model->mixer.state, &f.model->shape, 0),
               at_1 = mixer->flop(f.model->mixer.state, &f.model->shape, 1),
               at_1000 = mixer->flop(f.model->mixer.state, &f.model->shape, 1000);
        assert_true(at_0 >= 0 && at_1000 > 0);
        if (at_1000 != at_0 + 1000 * (at_1 - at_0))
            fail_msg("mixer %s: flop() is not a + b n: %g at 0, %g at 1, %g at 1000", mixer->name, at_0, at_1,
                     at_1000);
        double forward = model_flop_per_token(f.model, 1000, false);
        assert_true(forward > at_1000);
        assert_true(model_flop_per_token(f.model, 1000, true) == 3 * forward);
        fixture_release(&f);
    }
}

static void words_say_what_it_does(void **state)
{
    (void)state;
    for (size_t m = 0; mixer_list[m]; m++) {
        struct fixture_request request = request_of(mixer_list[m]);
        struct model_words words;
        struct fixture f;
        size_t own = 0;
        create(&f, &request);
        model_describe(&words, f.model);
        assert_in_range(words.count, 1, MODEL_WORDS);
        for (size_t i = 0; i < words.count; i++) {
            assert_true(*words.at[i].name && *words.at[i].text);
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(words.at[i].name, words.at[j].name);
        }
        while (mixer_list[m]->words[own].name)
            own++;
        assert_true(own > 0);
        assert_non_null(strstr(words.block, mixer_list[m]->name));
        fixture_release(&f);
    }
}

/* What a mixer does not honour is refused by the names of both. */
static void foreign_hooks_are_refused(void **state)
{
    (void)state;
    struct message message;
    struct composition composition = {0};
    const struct shape shape = {.attention = CAUSAL};
    assert_int_equal(spec_encoders(&composition, "sinusoidal + rope", &message), STATUS_OK);
    struct mixer mixer = *mixer_list[0];
    mixer.name = "plain";
    mixer.hooks = HOOK_ADD;
    assert_int_equal(mixer_honours(&mixer, &composition, &shape, &message), STATUS_WRONG);
    assert_string_equal(
        message.text, "encoder `rope` acts on rotation of queries and keys, which the mixer `plain` does not "
                      "have; with it encoders act on embeddings");
    mixer.hooks = HOOK_ADD | HOOK_ROTATION;
    assert_int_equal(mixer_honours(&mixer, &composition, &shape, &message), STATUS_OK);
    mixer.attentions = BIDIRECTIONAL;
    assert_int_equal(mixer_honours(&mixer, &composition, &shape, &message), STATUS_WRONG);
    composition_release(&composition);
}

static void names_are_read(void **state)
{
    (void)state;
    struct message message;
    struct chosen_mixer mixer;
    struct text text = {0};
    assert_int_equal(mixer_read(&mixer, "attention", &message), STATUS_OK);
    mixer_print(&text, &mixer);
    assert_string_equal(text_string(&text), "attention");
    text_release(&text);
    assert_int_equal(mixer_read(&mixer, " attention ( ) ", &message), STATUS_OK);
    assert_string_equal(mixer.kind->name, "attention");
    assert_int_equal(mixer_read(&mixer, "atention", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "unknown mixer `atention`: did you mean `attention`?"));
    assert_int_equal(mixer_read(&mixer, "attention + attention", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "there is one per model"));
    assert_int_equal(mixer_read(&mixer, "", &message), STATUS_WRONG);
    assert_int_equal(mixer_read(&mixer, "attention(heads=3)", &message), STATUS_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef LEXBENCH_DOUBLE
        cmocka_unit_test(gradients_are_right),
#endif
        cmocka_unit_test(gradients_are_the_same_twice), cmocka_unit_test(no_token_acts_backwards),
        cmocka_unit_test(workers_change_no_bit),        cmocka_unit_test(one_token_is_a_sequence),
        cmocka_unit_test(operations_are_counted),       cmocka_unit_test(words_say_what_it_does),
        cmocka_unit_test(foreign_hooks_are_refused),    cmocka_unit_test(names_are_read),
    };
    return cmocka_run_group_tests(tests, declarations_are_complete, NULL);
}
