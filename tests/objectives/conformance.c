/* What every objective promises in objectives/objective.h, on a dataset made for it: no token comes twice,
 * so that a target that a place sees gives the objective away.  Objectives that break a promise show that it
 * is looked at. */
#include "tests/test.h"

#include <string.h>

#include "datasets/dataset.h"
#include "model/model.h"
#include "objectives/objective.h"

enum { LONGEST = 64, VOCABULARY = 2 * LONGEST };

struct room {
    int32_t tokens[LONGEST], targets[LONGEST], marks[LONGEST];
};

/* n different tokens, the next one asked at the last `asked` places. */
static struct example draw(struct room *room, size_t n, size_t asked, struct key key)
{
    int32_t order[VOCABULARY];
    for (int32_t i = 0; i < VOCABULARY; i++)
        order[i] = i;
    for (size_t i = 0; i <= n; i++) {
        size_t other = i + random_below(key, i, VOCABULARY - i);
        int32_t token = order[other];
        order[other] = order[i];
        order[i] = token;
    }
    for (size_t i = 0; i < n; i++) {
        room->tokens[i] = order[i];
        room->targets[i] = i + asked >= n ? order[i + 1] : UNSCORED;
        room->marks[i] = 0;
    }
    return (struct example){n, room->tokens, room->targets, room->marks};
}

static struct example formed(struct room *room, const struct objective *objective, size_t n, size_t asked,
                             uint64_t number)
{
    struct key key = key_with(key_with(key_named(5, "objective"), n), number);
    struct example example = draw(room, n, asked, key_with(key, 0));
    objective_form(&example, objective, VOCABULARY + objective->tokens, key_with(key, 1));
    return example;
}

/* Does place i see this token? */
static bool sees(const struct objective *objective, const struct example *example, size_t i, int32_t token)
{
    size_t seen = objective->attention == BIDIRECTIONAL ? example->n : i + 1;
    for (size_t j = 0; j < seen; j++)
        if (example->tokens[j] == token)
            return true;
    return false;
}

/* What is wrong with an example that it formed; NULL = nothing. */
static const char *fault_of(const struct objective *objective, const struct example *example)
{
    int32_t end = (int32_t)(VOCABULARY + objective->tokens);
    size_t scored = 0;
    for (size_t i = 0; i < example->n; i++) {
        if (example->tokens[i] < 0 || example->tokens[i] >= end)
            return "a token that is none";
        if (example->targets[i] == UNSCORED)
            continue;
        if (example->targets[i] < 0 || example->targets[i] >= end)
            return "a target that is no token";
        if (sees(objective, example, i, example->targets[i]))
            return "a target is seen";
        scored++;
    }
    return scored > 0 ? NULL : "nothing is asked";
}

static const char *check(const struct objective *objective)
{
    static const size_t lengths[] = {2, 3, 17, LONGEST};
    for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++)
        for (size_t asked = 1; asked <= lengths[l]; asked += lengths[l] - 1)
            for (uint64_t number = 0; number < 20; number++) {
                struct room first, again;
                struct example example = formed(&first, objective, lengths[l], asked, number);
                const char *fault = fault_of(objective, &example);
                if (fault)
                    return fault;
                size_t n = example.n;
                example = formed(&again, objective, lengths[l], asked, number);
                if (example.n != n || memcmp(first.tokens, again.tokens, n * sizeof *first.tokens) != 0 ||
                    memcmp(first.targets, again.targets, n * sizeof *first.targets) != 0)
                    return "another example of the same key";
            }
    return NULL;
}

static void every_objective_keeps_its_promises(void **state)
{
    size_t count = 0;
    (void)state;
    for (; objective_list[count]; count++) {
        const char *fault = check(objective_list[count]);
        if (fault)
            fail_msg("%s: %s", objective_list[count]->name, fault);
        assert_string_equal(objective_names[count], objective_list[count]->name);
    }
    assert_true(count > 0);
    assert_null(objective_names[count]);
}

/* ---- objectives that others could write ---- */

/* Every token behind the first that is asked about is hidden, and asked at its own place. */
static void hide_tokens(struct example *example, size_t first, struct key key)
{
    size_t hidden = 1 + random_below(key, 0, example->n - 1);
    for (size_t i = 0; i < example->n; i++) {
        example->targets[i] = i >= hidden ? example->tokens[i] : UNSCORED;
        example->tokens[i] = i >= hidden ? (int32_t)first : example->tokens[i];
    }
}

static void ask_for_what_is_there(struct example *example, size_t first, struct key key)
{
    (void)first, (void)key;
    memcpy(example->targets, example->tokens, example->n * sizeof *example->targets);
}

static void ask_nothing(struct example *example, size_t first, struct key key)
{
    (void)first, (void)key;
    for (size_t i = 0; i < example->n; i++)
        example->targets[i] = UNSCORED;
}

static void ask_beyond_the_vocabulary(struct example *example, size_t first, struct key key)
{
    (void)key;
    example->targets[example->n - 1] = (int32_t)first;
}

static void give_beyond_the_vocabulary(struct example *example, size_t first, struct key key)
{
    (void)key;
    example->tokens[0] = (int32_t)first;
}

static void ask_by_turns(struct example *example, size_t first, struct key key)
{
    static int32_t turn;
    (void)key;
    example->targets[example->n - 1] = (int32_t)first + turn;
    turn = 1 - turn;
}

static void promises_are_looked_at(void **state)
{
    static const struct {
        struct objective objective;
        const char *fault;
    } cases[] = {
        {{.attention = CAUSAL}, NULL},
        {{.attention = BIDIRECTIONAL, .tokens = 1, .form = hide_tokens}, NULL},
        {{.attention = BIDIRECTIONAL}, "a target is seen"},
        {{.attention = BIDIRECTIONAL, .form = hide_tokens}, "a token that is none"},
        {{.attention = CAUSAL, .form = ask_for_what_is_there}, "a target is seen"},
        {{.attention = CAUSAL, .form = ask_nothing}, "nothing is asked"},
        {{.attention = CAUSAL, .form = ask_beyond_the_vocabulary}, "a target that is no token"},
        {{.attention = CAUSAL, .form = give_beyond_the_vocabulary}, "a token that is none"},
        {{.attention = CAUSAL, .tokens = 2, .form = ask_by_turns}, "another example of the same key"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *fault = check(&cases[i].objective);
        if (!fault != !cases[i].fault || (fault && strcmp(fault, cases[i].fault) != 0))
            fail_msg("case %zu: %s", i, fault ? fault : "no fault is seen");
    }
}

/* ---- what depends on it ---- */

static void the_model_has_its_attention(void **state)
{
    struct model_options options;
    struct message message = {""};
    (void)state;
    assert_int_equal(option_defaults(model_option_table, &options, &message), STATUS_OK);
    assert_string_equal(model_objective(&options)->name, "causal");
    for (options.objective = 0; objective_list[options.objective]; options.objective++) {
        assert_ptr_equal(model_objective(&options), objective_list[options.objective]);
        assert_int_equal(model_shape(&options, 16).attention, objective_list[options.objective]->attention);
    }
    assert_int_equal(option_set(model_option_table, &options, "[model]", "objective", "prophecy", &message),
                     STATUS_WRONG);
    assert_non_null(strstr(message.text, "causal"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_objective_keeps_its_promises),
        cmocka_unit_test(promises_are_looked_at),
        cmocka_unit_test(the_model_has_its_attention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
