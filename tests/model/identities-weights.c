/* identities-weights.c -- identities of whole models that hold under weights of their own: learned encoders
 * at zero, and the two pairings of rotary dimensions under sorted columns. */
#include "tests/test.h"

#include "tests/model/fixture.h"

static const double tolerance = 4000 * (double)REAL_EPSILON;

static double farthest(const struct fixture *a, const struct fixture *b)
{
    double largest = 0;
    for (size_t i = 0; i < FIXTURE_SEQUENCES * FIXTURE_LENGTH; i++)
        largest = fmax(largest, fabs(a->nll[i] - b->nll[i]));
    return largest;
}

/* How far losses of `f` are from those of `plain` with its weights; what `plain` has not is zero, or stays.
 */
static double distance_to_plain(struct fixture *f, struct fixture *plain, bool zero)
{
    for (size_t p = 0; p < f->model->parameters; p++) {
        const struct model_parameter *to = &f->model->parameter[p], *from = NULL;
        for (size_t q = 0; q < plain->model->parameters; q++)
            if (strcmp(plain->model->parameter[q].name, to->name) == 0)
                from = &plain->model->parameter[q];
        for (size_t i = 0; i < to->size; i++)
            if (from)
                f->w[to->offset + i] = plain->w[from->offset + i];
            else if (zero)
                f->w[to->offset + i] = 0;
    }
    fixture_loss(f, false);
    fixture_loss(plain, false);
    return farthest(f, plain);
}

/* Encoders that learn, with all their weights at zero, are not there; with others they are. */
static void test_weights_of_zero(void **state)
{
    static const char *const pairs[][2] = {
        {"alibi + dape", "alibi"},
        {"alibi + dape(kernel=3)", "alibi"},
        {"rope + dape", "rope"},
        {"none + cope", "none"},
        {"rope + cope(divide=off)", "rope"},
        {"t5", "none"},
        {"dynamic-bias", "none"},
        {"fire", "none"},
        {"kerple-log(floor=0)", "none"},
        {"kerple-power(floor=0)", "none"},
        {"transformer-xl", "none"},
        {"learned", "none"},
        {"abacus", "none"},
        {"sinusoidal(scale=learned)", "none"},
    };
    (void)state;
    for (size_t i = 0; test_row("pairs", i, sizeof pairs / sizeof *pairs); i++)
        for (int zero = 0; zero < 2; zero++) {
            struct fixture f, plain;
            struct message message;
            struct fixture_request request = {
                .encoders = pairs[i][0], .positions = "identity", .trained_length = 12};
            assert_int_equal(fixture_create(&f, &request, &message), STATUS_OK);
            request.encoders = pairs[i][1];
            assert_int_equal(fixture_create(&plain, &request, &message), STATUS_OK);
            double apart = distance_to_plain(&f, &plain, zero);
            if (zero ? !(apart <= tolerance) : !(apart > 1e-3))
                fail_msg("%s and %s differ by %g nats, weights %s", pairs[i][0], pairs[i][1], apart,
                         zero ? "at zero" : "as they are");
            fixture_release(&f);
            fixture_release(&plain);
        }
}

/* Column 2t or 2t+1 of the first r of each head of q and k becomes column t or t + r/2. */
static void unravel(real *row, const struct model *model, size_t r)
{
    const size_t width = model->shape.head_width;
    real kept[16];
    assert_true(width <= 16);
    for (size_t head = 0; head < 2 * model->shape.heads; head++) {
        memcpy(kept, row + head * width, width * sizeof *row);
        for (size_t c = 0; c < r; c++)
            row[head * width + c / 2 + c % 2 * (r / 2)] = kept[c];
    }
}

static void unravel_all(struct fixture *f, size_t r)
{
    const struct model *model = f->model;
    const size_t width = model->shape.width;
    for (size_t l = 0; l < model->shape.layers; l++) {
        for (size_t row = 0; row < width; row++)
            unravel(f->w + model->layer[l].projection + row * 3 * width, model, r);
        unravel(f->w + model->layer[l].projection_bias, model, r);
    }
}

/* options: all of a SPEC before its pairing. */
static void create_paired(struct fixture *f, const char *options, const char *pairs)
{
    char spec[96];
    struct message message;
    struct fixture_request request = {.encoders = spec, .positions = "identity", .trained_length = 6};
    snprintf(spec, sizeof spec, "%spairs=%s)", options, pairs);
    if (fixture_create(f, &request, &message))
        fail_msg("%s: %s", spec, message.text);
}

/* Pairs (2t, 2t+1) and (t, t + r/2) are the same encoder under weights whose columns are sorted accordingly.
 */
static void test_pairings(void **state)
{
    static const struct {
        const char *options;
        size_t rotated; /* r, of heads 8 wide */
    } cases[] = {{"rope(", 8},   {"rope(fraction=0.5, ", 4}, {"rope(scaling=yarn, factor=3, ", 8},
                 {"p-rope(", 8}, {"longrope(", 8},           {"evq(", 8},
                 {"rnope(", 8}};
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        struct fixture interleaved, half;
        create_paired(&interleaved, cases[i].options, "interleaved");
        create_paired(&half, cases[i].options, "half");
        double unsorted = distance_to_plain(&half, &interleaved, false);
        unravel_all(&half, cases[i].rotated);
        fixture_loss(&half, false);
        double sorted = farthest(&half, &interleaved);
        if (!(sorted <= tolerance) || !(unsorted > 1e-3))
            fail_msg("%s: pairings differ by %g sorted, %g unsorted", cases[i].options, sorted, unsorted);
        fixture_release(&interleaved);
        fixture_release(&half);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_of_zero),
        cmocka_unit_test(test_pairings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
