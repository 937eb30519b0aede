/* The registry: everything of this build is coherent, and everything incoherent is refused. */
#include <string.h>

#include "registry/registry.h"
#include "tests/test.h"

static void this_build_is_coherent(void **state)
{
    (void)state;
    struct message message = {""};
    if (registry_check(&message))
        fail_msg("%s", message.text);
    size_t encoders = 0, datasets = 0;
    while (encoder_list[encoders])
        encoders++;
    while (dataset_list[datasets])
        datasets++;
    assert_true(encoders >= 12);
    assert_true(datasets >= 2);
}

static void finds_by_name(void **state)
{
    (void)state;
    struct message message;
    const struct encoder *encoder;
    const struct dataset *dataset;
    const struct position_map *map;
    assert_int_equal(encoder_find(&encoder, "self-extend", &message), STATUS_OK);
    assert_string_equal(encoder->name, "self-extend");
    assert_int_equal(dataset_find(&dataset, "recall", &message), STATUS_OK);
    assert_string_equal(dataset->name, "recall");
    assert_int_equal(position_map_find(&map, "clamp", &message), STATUS_OK);
    assert_string_equal(map->name, "clamp");
    assert_int_equal(encoder_find(&encoder, "alibbi", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "did you mean `alibi`?"));
    assert_int_equal(dataset_find(&dataset, "recal", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "did you mean `recall`?"));
    assert_int_equal(position_map_find(&map, "warp", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "did you mean `wrap`?"));
    assert_int_equal(encoder_find(&encoder, "qqqqqqqqqqqq", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "valid: abacus, alibi, "));
}

/* ---- a coherent encoder, and one defect at a time ---- */

struct memory {
    double scale;
};
static const struct option good_options[] = {
    {"scale", OPTION_REAL, offsetof(struct memory, scale), "2", 0, 9, NULL, "a number"},
    {.name = NULL},
};
static const struct option bad_default[] = {
    {"scale", OPTION_REAL, offsetof(struct memory, scale), "20", 0, 9, NULL, "a number"},
    {.name = NULL},
};
static const struct option no_help[] = {
    {"scale", OPTION_REAL, offsetof(struct memory, scale), "2", 0, 9, NULL, ""},
    {.name = NULL},
};
static const struct option same_twice[] = {
    {"scale", OPTION_REAL, offsetof(struct memory, scale), "2", 0, 9, NULL, "a number"},
    {"scale", OPTION_REAL, offsetof(struct memory, scale), "2", 0, 9, NULL, "a number"},
    {.name = NULL},
};

static size_t one_parameter(const void *state, const struct shape *shape, struct parameter *out)
{
    (void)state, (void)shape;
    if (out)
        *out = (struct parameter){.name = "w", .rank = 1, .extent = {1}};
    return 1;
}
static size_t no_parameter(const void *state, const struct shape *shape, struct parameter *out)
{
    (void)state, (void)shape, (void)out;
    return 0;
}
static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    (void)state, (void)shape, (void)parameter, (void)key;
    *w = 0;
}
static void add(const void *state, const real *w, const struct site *site, const struct positions *at,
                real *x)
{
    (void)state, (void)w, (void)site, (void)at, (void)x;
}
static void add_backward(const void *state, const real *w, const struct site *site,
                         const struct positions *at, const real *dx, real *dw)
{
    (void)state, (void)w, (void)site, (void)at, (void)dx, (void)dw;
}
static void scale(const void *state, const real *w, const struct site *site, size_t head,
                  const struct positions *query, real *s)
{
    (void)state, (void)w, (void)site, (void)head, (void)query, (void)s;
}
static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    (void)state, (void)w, (void)site, (void)query, (void)key, (void)count, (void)b;
}
static void angle(const void *state, const real *w, const struct site *site, const struct positions *at,
                  double *out)
{
    (void)state, (void)w, (void)site, (void)at, (void)out;
}
static void token(const void *state, const real *w, const struct site *site, const real *x, double *c)
{
    (void)state, (void)w, (void)site, (void)x, (void)c;
}
static void token_backward(const void *state, const real *w, const struct site *site, const real *x,
                           const double *dc, real *dx, real *dw)
{
    (void)state, (void)w, (void)site, (void)x, (void)dc, (void)dx, (void)dw;
}
static void strip(const void *state, const real *w, const struct site *site, const struct strip *given)
{
    (void)state, (void)w, (void)site, (void)given;
}
static size_t strip_scratch(const void *state, const struct site *site, size_t rows, size_t keys)
{
    (void)state, (void)site, (void)rows, (void)keys;
    return 0;
}
static size_t strip_table(const void *state, const struct site *site, size_t keys)
{
    (void)state, (void)site, (void)keys;
    return 0;
}
static void strip_begin(const void *state, const struct site *site, const struct positions *query,
                        const struct positions *key, void *table)
{
    (void)state, (void)site, (void)query, (void)key, (void)table;
}
static void plane(const void *state, const struct site *site, unsigned which, enum side side,
                  const struct positions *in, double *out)
{
    (void)state, (void)site, (void)which, (void)side, (void)in, (void)out;
}
static void decay(const void *state, const struct shape *shape, double *rate)
{
    (void)state, (void)shape, (void)rate;
}
static double magnitude(const void *state, const struct site *site)
{
    (void)state, (void)site;
    return 1;
}
static enum status refuse_all(void *state, const struct shape *shape, struct message *message)
{
    (void)state, (void)shape;
    return message_set(message, STATUS_WRONG, "never");
}

static struct encoder sound(void)
{
    return (struct encoder){.name = "sound",
                            .summary = "s",
                            .citation = "c",
                            .version = 1,
                            .attentions = CAUSAL,
                            .state_size = sizeof(struct memory),
                            .options = good_options,
                            .parameters = one_parameter,
                            .initialise = initialise,
                            .add = add,
                            .add_backward = add_backward};
}

static void assert_refused(struct encoder encoder, const char *sentence)
{
    struct message message = {""};
    assert_int_equal(encoder_check(&encoder, &message), STATUS_FAILED);
    if (!strstr(message.text, sentence))
        fail_msg("`%s` does not stand in: %s", sentence, message.text);
}

#define REFUSED(sentence, ...)                                                                               \
    do {                                                                                                     \
        struct encoder encoder = sound();                                                                    \
        __VA_ARGS__;                                                                                         \
        assert_refused(encoder, sentence);                                                                   \
    } while (0)

static void refuses_defects(void **state)
{
    (void)state;
    REFUSED("a name has", encoder.name = NULL);
    REFUSED("a name has", encoder.name = "");
    REFUSED("a name has", encoder.name = "Sound");
    REFUSED("a name has", encoder.name = "a_b");
    REFUSED("no summary", encoder.summary = NULL);
    REFUSED("no citation", encoder.citation = "");
    REFUSED("no version", encoder.version = 0);
    REFUSED("add without add_backward", encoder.add_backward = NULL);
    REFUSED("scale without scale_backward", encoder.scale = scale);
    REFUSED("bias without bias_backward", encoder.bias = bias);
    REFUSED("angle without angle_backward", encoder.angle = angle);
    REFUSED("token without token_backward", encoder.token = token);
    REFUSED("strip without strip_backward", encoder.strip = strip);
    REFUSED("token without token_backward", encoder.token = token; encoder.parameters = no_parameter);
    REFUSED("strip without strip_backward", encoder.strip = strip; encoder.parameters = NULL);
    REFUSED("token_backward without token", encoder.token_backward = token_backward);
    REFUSED("add_backward without add", encoder.add = NULL);
    REFUSED("no hook that uses them", encoder.add = NULL; encoder.add_backward = NULL);
    REFUSED("no initialise", encoder.initialise = NULL);
    REFUSED("5 planes", encoder.planes = 5; encoder.plane = plane);
    REFUSED("2 planes and no plane hook", encoder.planes = 2);
    REFUSED("1 planes and a plane hook", encoder.planes = 1; encoder.plane = plane);
    REFUSED("0 planes and a plane hook", encoder.plane = plane);
    REFUSED("called relative", encoder.flags = ENCODER_RELATIVE);
    REFUSED("a flag", encoder.flags = 8);
    REFUSED("which attentions", encoder.attentions = 0);
    REFUSED("which attentions", encoder.attentions = CAUSAL | 8);
    REFUSED("decay without angle", encoder.decay = decay);
    REFUSED("magnitude without angle", encoder.magnitude = magnitude);
    REFUSED("a table goes with", encoder.strip_table = strip_table);
    REFUSED("a table goes with", encoder.strip_begin = strip_begin);
    REFUSED("a table goes with", encoder.strip_begin = strip_begin; encoder.strip_table = strip_table);
    REFUSED("strip_scratch without strip", encoder.strip_scratch = strip_scratch);
    REFUSED("scale", encoder.options = bad_default);
    REFUSED("no help", encoder.options = no_help);
    REFUSED("stands twice", encoder.options = same_twice);
    REFUSED("outside of the state", encoder.state_size = 0);
}

static void accepts_what_is_coherent(void **state)
{
    (void)state;
    struct message message = {""};
    struct encoder encoder = sound();
    assert_int_equal(encoder_check(&encoder, &message), STATUS_OK);
    encoder.parameters = no_parameter; /* no parameters: nothing to go back to */
    encoder.add_backward = NULL;
    encoder.bias = bias;
    encoder.scale = scale;
    encoder.angle = angle;
    encoder.planes = 4;
    encoder.plane = plane;
    assert_int_equal(encoder_check(&encoder, &message), STATUS_OK);
    encoder.prepare = refuse_all;
    assert_int_not_equal(encoder_check(&encoder, &message), STATUS_OK);
    assert_non_null(strstr(message.text, "refuses its own defaults"));
}

/* ---- a coherent mixer, and one defect at a time ---- */

static void assert_mixer_refused(struct mixer mixer, const char *sentence)
{
    struct message message = {""};
    assert_int_equal(mixer_check(&mixer, &message), STATUS_FAILED);
    if (!strstr(message.text, sentence))
        fail_msg("`%s` does not stand in: %s", sentence, message.text);
}

#define MIXER_REFUSED(sentence, ...)                                                                         \
    do {                                                                                                     \
        struct mixer mixer = *mixer_list[0];                                                                 \
        __VA_ARGS__;                                                                                         \
        assert_mixer_refused(mixer, sentence);                                                               \
    } while (0)

static void refuses_defects_of_mixers(void **state)
{
    (void)state;
    struct message message = {""};
    assert_int_equal(mixer_check(mixer_list[0], &message), STATUS_OK);
    MIXER_REFUSED("a name has", mixer.name = "Sound");
    MIXER_REFUSED("no summary", mixer.summary = "");
    MIXER_REFUSED("no citation", mixer.citation = NULL);
    MIXER_REFUSED("lacks one of", mixer.attentions = 0);
    MIXER_REFUSED("lacks one of", mixer.projected = NULL);
    MIXER_REFUSED("lacks one of", mixer.flop = NULL);
    MIXER_REFUSED("lacks one of", mixer.backward = NULL);
    MIXER_REFUSED("what its projection is", mixer.projection = NULL);
    MIXER_REFUSED("in words", mixer.words = NULL);
    MIXER_REFUSED("one of open and close", mixer.open = NULL);
    MIXER_REFUSED("one of create and created", mixer.created = NULL);
    MIXER_REFUSED("one of parameters and initialise", mixer.initialise = initialise);
    MIXER_REFUSED("bytes; 1024 are possible", mixer.state_size = MIXER_STATE_MAX + 1);
    MIXER_REFUSED("outside of the state", mixer.state_size = 0; mixer.options = good_options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_build_is_coherent),    cmocka_unit_test(finds_by_name),
        cmocka_unit_test(refuses_defects),           cmocka_unit_test(accepts_what_is_coherent),
        cmocka_unit_test(refuses_defects_of_mixers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
