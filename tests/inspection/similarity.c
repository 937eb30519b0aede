/* similarity.c -- alikeness of rotations and of added vectors, against closed forms and brute force. */
#include "tests/inspection/fixture.h"

#include "support/memory.h"

static const double pi = 3.14159265358979323846;

/* ---- rotation ---- */

static double theta(double base, size_t t)
{
    return pow(base, -(double)t / HALF);
}

static double kernel(double base, double distance)
{
    double sum = 0;
    for (size_t t = 0; t < HALF; t++)
        sum += cos(distance * theta(base, t));
    return sum / HALF;
}

static void rope_is_the_sum_of_cosines(void **state)
{
    const size_t n[] = {8 * L};
    struct inspected rope;
    size_t negative = 0, again_at = 0;
    double again = -2, mean = 0;
    bool risen = false;
    (void)state;
    look(&rope, "rope", NULL, n, 1);
    const struct inspected_array *map = array(&rope, "rotation_similarity"), *place = array(&rope, "query");
    for (size_t i = 0; i < 256; i++)
        for (size_t j = 0; j < 256; j++)
            if (place->values[j] > place->values[i])
                assert_true(isnan(map->values[i * 256 + j]));
            else
                close_to(map->values[i * 256 + j], kernel(1e4, place->values[i] - place->values[j]), 1e-9,
                         "the map", i);
    for (size_t d = 0; d < 16; d++)
        for (size_t column = 0; column < 3; column++)
            close_to(array(&rope, "rotation_similarity_by_distance")->values[3 * d + column],
                     kernel(1e4, (double)d), 1e-9, "the curve", d);
    for (size_t d = 1; d < 8 * L; d++) {
        const double here = kernel(1e4, (double)d);
        mean += here / (8 * L - 1);
        risen = risen || (d > 1 && here > kernel(1e4, (double)d - 1) + 1e-6);
        if (risen && here > again + 1e-6) {
            again = here;
            again_at = d;
        }
        if (here < 0 && negative == 0)
            negative = d;
    }
    assert_true(negative > L); /* else this shows little */
    close_to(fact(&rope, "rotation_negative"), (double)negative, 0, "the first negative", 0);
    close_to(fact(&rope, "rotation_again"), again, 1e-9, "the highest after the minimum", 0);
    close_to(fact(&rope, "rotation_again_at"), (double)again_at, 0, "its distance", 0);
    close_to(fact(&rope, "rotation_mean"), mean, 1e-9, "the mean", 0);
    close_to(fact(&rope, "rotation_neighbours"), kernel(1e4, 1), 1e-9, "neighbours", 0);
    close_to(fact(&rope, "rotation_neighbours_at"), 0, 0, "the first neighbours", 0);
    inspected_release(&rope);
}

static void pairs_turn_by_their_frequency(void **state)
{
    const size_t n[] = {8 * L};
    struct inspected rope;
    double full = 0, unseen = 0;
    (void)state;
    look(&rope, "rope", NULL, n, 1);
    for (size_t t = 0; t < HALF; t++) {
        const double trained = (L - 1) * theta(1e4, t) / (2 * pi),
                     now = (8 * L - 1) * theta(1e4, t) / (2 * pi);
        close_to(array(&rope, "turns")->values[t], now, 1e-9 * now, "turns", t);
        close_to(array(&rope, "turns_trained")->values[t], trained, 1e-9 * trained, "turns in training", t);
        close_to(array(&rope, "frequency")->values[t], theta(1e4, t), 1e-12, "a frequency", t);
        full += trained >= 1;
        unseen += trained < 1;
    }
    close_to(fact(&rope, "rotation_full"), full, 0, "full circles", 0);
    close_to(fact(&rope, "rotation_unseen"), unseen, 0, "unseen angles", 0);
    inspected_release(&rope);
    /* Interpolated positions stay within trained angles, but for what lies between (n-1)/8 and L-1. */
    look(&rope, "rope", "interpolate(factor=9)", n, 1);
    close_to(fact(&rope, "rotation_unseen"), 0, 0, "unseen angles of interpolated positions", 0);
    close_to(fact(&rope, "keys_farthest"), (8.0 * L - 1) / 9, 1e-9, "the farthest interpolated", 0);
    inspected_release(&rope);
}

static void bases_and_their_bounds(void **state)
{
    const size_t n[] = {8 * L};
    struct inspected rope;
    const double critical = 2 * ceil(HALF * log(L / (2 * pi)) / log(1e4));
    (void)state;
    look(&rope, "rope-ntk", NULL, n, 1);
    const double base = 1e4 * pow(8, 2.0 * HALF / (2.0 * HALF - 2));
    close_to(fact(&rope, "rotation_base"), base, 1e-6 * base, "the base", 0);
    close_to(fact(&rope, "rotation_bound"), 8192, 0, "the published context", 0); /* 8.4e4 <= base < 3.1e5 */
    close_to(fact(&rope, "rotation_critical"), critical, 0, "the critical dimension", 0);
    close_to(fact(&rope, "rotation_critical_length"), 2 * pi * pow(base, critical / (2 * HALF)), 1e-3,
             "its length", 0);
    inspected_release(&rope);
    look(&rope, "y=rope(scaling=yarn, factor=8, low=1, high=4)", NULL, n, 1);
    assert_true(isnan(fact(&rope, "rotation_base"))); /* no geometric series */
    close_to(fact(&rope, "rotation_magnitude"), 0.1 * log(8) + 1, 1e-9, "the magnitude", 0);
    inspected_release(&rope);
}

static void content_fades_in_xpos(void **state)
{
    const size_t n[] = {2 * L};
    struct inspected xpos;
    (void)state;
    look(&xpos, "xpos", NULL, n, 1);
    for (size_t d = 0; d < 16; d++) {
        double sum = 0;
        for (size_t t = 0; t < HALF; t++)
            sum += cos((double)d * theta(1e4, t)) * pow(((double)t / HALF + 0.4) / 1.4, (double)d / (L / 2)) /
                   HALF;
        close_to(array(&xpos, "rotation_similarity_by_distance")->values[3 * d], sum, 1e-9, "xPos", d);
    }
    inspected_release(&xpos);
}

/* ---- added vectors ---- */

static void sinusoids_are_alike_by_distance(void **state)
{
    const size_t n[] = {8 * L};
    struct inspected sinusoidal;
    (void)state;
    look(&sinusoidal, "sinusoidal", NULL, n, 1);
    for (size_t d = 0; d < 16; d++) {
        double sum = 0;
        for (size_t t = 0; t < WIDTH / 2; t++)
            sum += cos((double)d * pow(1e4, -2.0 * (double)t / WIDTH)) * 2 / WIDTH;
        for (size_t column = 0; column < 3; column++)
            close_to(array(&sinusoidal, "additive_similarity_by_distance")->values[3 * d + column], sum, 1e-6,
                     "a sinusoid", d);
    }
    assert_null(inspected_find(&sinusoidal.at[0], "rotation_similarity"));
    assert_null(inspected_find(&sinusoidal.at[0], "bias"));
    inspected_release(&sinusoidal);
}

static void shared_positions_are_alike(void **state)
{
    const size_t n[] = {8 * L};
    struct inspected clamped;
    (void)state;
    look(&clamped, "sinusoidal", "clamp", n, 1);
    close_to(fact(&clamped, "additive_neighbours"), 1, 1e-6, "clamped neighbours", 0);
    close_to(fact(&clamped, "additive_neighbours_at"), L - 1, 0, "the first clamped neighbours", 0);
    close_to(fact(&clamped, "keys_farthest"), L - 1, 0, "the farthest clamped", 0);
    inspected_release(&clamped);
    look(&clamped, "sinusoidal", "wrap", n, 1);
    close_to(fact(&clamped, "additive_again"), 1, 1e-6, "a wrapped position", 0);
    close_to(fact(&clamped, "additive_again_at"), L, 0, "its distance", 0);
    inspected_release(&clamped);
}

/* A table of random vectors, whose norms differ: against brute force over its rows.  The length is such that
 * the two neighbours most alike lie on both sides of a chunk. */
static void learned_vectors_are_compared(void **state)
{
    enum { ROWS = 10000, CHUNK = (1 << 18) / WIDTH };
    const char *const set[] = {"training.length=10000"};
    const struct alone_request request = {.variant = "learned", .sets = 1, .set = set};
    struct message message = {""};
    struct alone alone;
    struct inspected learned;
    real *table = memory_allocate((size_t)ROWS * WIDTH, sizeof *table, "a table", NULL);
    double *alike = memory_allocate(ROWS, sizeof *alike, "similarities", NULL);
    const struct key key = key_named(1, "learned.table");
    size_t best = 0, length = 0;
    (void)state;
    for (size_t i = 0; i < (size_t)ROWS * WIDTH; i++)
        table[i] = (real)(0.02 * random_normal(key, i));
    for (size_t j = 0; j + 1 < ROWS; j++) {
        double product = 0, here = 0, next = 0;
        for (size_t k = 0; k < WIDTH; k++) {
            const double a = (double)table[j * WIDTH + k], b = (double)table[(j + 1) * WIDTH + k];
            product += a * b;
            here += a * a;
            next += b * b;
        }
        alike[j] = product / sqrt(here * next);
    }
    for (size_t j = 0; length == 0 && j + 1 + CHUNK <= ROWS; j++) {
        best = 0;
        for (size_t k = 1; k < j + CHUNK; k++)
            best = alike[k] > alike[best] ? k : best;
        length = best == j ? j + 1 + CHUNK : 0;
    }
    assert_true(length > 0);
    assert_int_equal(alone_read(&alone, &request, &message), STATUS_OK);
    const struct inspection_request inspection = {.trained = &alone.variant.trained,
                                                  .evaluated = &alone.variant.evaluated,
                                                  .shape = alone.shape,
                                                  .seed = 1,
                                                  .lengths = 1,
                                                  .length = &length};
    assert_int_equal(inspection_make(&learned, &inspection, &message), STATUS_OK);
    close_to(fact(&learned, "additive_neighbours"), alike[best], 1e-9, "neighbours", best);
    close_to(fact(&learned, "additive_neighbours_at"), (double)best, 0, "where they stand", best);
    memory_release(table);
    memory_release(alike);
    alone_release(&alone);
    inspected_release(&learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rope_is_the_sum_of_cosines),      cmocka_unit_test(pairs_turn_by_their_frequency),
        cmocka_unit_test(bases_and_their_bounds),          cmocka_unit_test(content_fades_in_xpos),
        cmocka_unit_test(sinusoids_are_alike_by_distance), cmocka_unit_test(shared_positions_are_alike),
        cmocka_unit_test(learned_vectors_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
