/* golden-distances.c -- distances and masks, and attentions of one head by the definition and by the tiled
 * kernel, against golden-distances.txt. */
#include "tests/encoders/golden.h"

#include "kernels/attention.h"

static const char path[] = "tests/encoders/golden-distances.txt";
enum { WIDTH = 4 };

static struct shape shape_of(size_t trained_length)
{
    return (struct shape){.layers = 4,
                          .heads = 2,
                          .head_width = WIDTH,
                          .width = 2 * WIDTH,
                          .axes = 1,
                          .trained_length = trained_length};
}

struct planes {
    double *at, *plane[PLANES_MAX][2]; /* (n) each */
    unsigned count;
};

/* Positions first, first + 1, ... in every plane. */
static void planes_open(struct planes *planes, const struct fixture *f, size_t n, double first)
{
    struct positions positions;
    *planes = (struct planes){.at = memory_allocate(n, sizeof(double), "positions", NULL),
                              .count = f->encoder->planes > 1 ? f->encoder->planes : 1};
    positions = fixture_positions(planes->at, n, first, 1);
    for (unsigned p = 0; p < planes->count; p++)
        for (int side = QUERY; side <= KEY; side++) {
            planes->plane[p][side] = memory_allocate(n, sizeof(double), "a plane", NULL);
            if (f->encoder->plane)
                f->encoder->plane(f->state, &f->site, p, (enum side)side, &positions, planes->plane[p][side]);
            else
                memcpy(planes->plane[p][side], planes->at, n * sizeof(double));
        }
}

static void planes_close(struct planes *planes)
{
    for (unsigned p = 0; p < planes->count; p++)
        for (int side = QUERY; side <= KEY; side++)
            memory_release(planes->plane[p][side]);
    memory_release(planes->at);
}

/* The distance at which a query sees a key; NaN when it does not. */
static double distance(const struct planes *planes, const struct segment *segment, size_t count, size_t query,
                       size_t key)
{
    for (size_t s = 0; s < count; s++)
        if (segment[s].first <= key && key < segment[s].end)
            return planes->plane[segment[s].plane][QUERY][query] - planes->plane[segment[s].plane][KEY][key];
    return NAN;
}

/* Ascending, disjoint, none empty, the last ends with the query itself. */
static size_t sound_segments(struct segment *segment, const struct fixture *f, size_t query, size_t n)
{
    size_t count = f->encoder->segments(f->state, &f->site, query, n, segment), before = 0;
    assert_in_range(count, 1, SEGMENTS_MAX);
    for (size_t s = 0; s < count; s++) {
        assert_true(before <= segment[s].first && segment[s].first < segment[s].end);
        assert_true(segment[s].plane < (f->encoder->planes > 1 ? f->encoder->planes : 1));
        before = segment[s].end;
    }
    assert_int_equal(before, query + 1);
    return count;
}

static void check_distances(const struct golden *golden, const struct fixture *f, double shift)
{
    size_t n = golden_whole(golden, 4), query = golden_whole(golden, 5), first = golden_whole(golden, 6);
    struct segment segment[SEGMENTS_MAX];
    struct planes planes;
    size_t count = sound_segments(segment, f, query, n);
    planes_open(&planes, f, n, shift);
    for (size_t k = 0; 7 + k < golden->count; k++) {
        double is = distance(&planes, segment, count, query, first + k);
        bool masked = golden_nothing(golden, 7 + k);
        if (masked ? !isnan(is) : !(fabs(is - golden_number(golden, 7 + k)) <= 1e-9))
            fail_msg("%s:%zu: %s(%s), shifted by %g: query %zu sees key %zu at %g instead of %s", path,
                     golden->line, golden->field[0], golden->field[1], shift, query, first + k, is,
                     golden->field[7 + k]);
    }
    planes_close(&planes);
}

static void check_distance(const struct golden *golden)
{
    const struct shape shape = shape_of(golden_whole(golden, 3));
    struct fixture f;
    golden_fixture(&f, golden, 0, &shape, golden_whole(golden, 4), golden_whole(golden, 2));
    check_distances(golden, &f, 0);
    if (f.encoder->flags & ENCODER_RELATIVE)
        check_distances(golden, &f, 1000.25);
    fixture_close(&f);
}

static void distances(void **state)
{
    (void)state;
    golden_check(path, "distance", check_distance, 501);
}

/* ---- attention of one head, by the definition and by the tiled kernel ---- */

/* What a variant of two components makes of one head: `rotary` owns the angles, `mask` the rest. */
struct head {
    struct fixture *rotary, *mask;
    struct planes planes;
    real *query[PLANES_MAX], *key[PLANES_MAX], *value; /* (n, WIDTH) */
    double decay[WIDTH];                               /* of the dimensions; when the encoder has any */
};

static size_t spans(const void *context, size_t query, size_t keys, struct attention_span *out)
{
    const struct head *head = context;
    const struct fixture *cut = head->mask->encoder->segments ? head->mask : head->rotary;
    struct segment segment[SEGMENTS_MAX] = {{0, query + 1 < keys ? query + 1 : keys, 0}};
    size_t count = 1;
    if (cut->encoder->segments)
        count = cut->encoder->segments(cut->state, &cut->site, query, keys, segment);
    for (size_t s = 0; s < count; s++)
        out[s] = (struct attention_span){segment[s].first, segment[s].end, segment[s].plane};
    return count;
}

/* Turns rows x(n, WIDTH) to the positions at, pairs (2t, 2t+1). */
static void turn_rows(real *x, const struct fixture *f, const double *at, size_t n)
{
    struct positions positions = {.at = at, .count = n};
    double *angle = memory_allocate(n * (WIDTH / 2), sizeof *angle, "angles", NULL);
    double magnitude = f->encoder->magnitude ? f->encoder->magnitude(f->state, &f->site) : 1;
    if (f->encoder->angle) {
        f->encoder->angle(f->state, f->w, &f->site, &positions, angle);
        for (size_t i = 0; i < n * (WIDTH / 2); i++) {
            double a = (double)x[2 * i], b = (double)x[2 * i + 1];
            x[2 * i] = (real)(magnitude * (a * cos(angle[i]) - b * sin(angle[i])));
            x[2 * i + 1] = (real)(magnitude * (a * sin(angle[i]) + b * cos(angle[i])));
        }
    }
    memory_release(angle);
}

/* The vectors of the script. */
static void fill_head(struct head *head, size_t n)
{
    struct positions positions = {.at = head->planes.at, .count = n, .regular = true, .step = 1};
    real *scale = memory_allocate(n, sizeof *scale, "scales", NULL);
    for (size_t i = 0; i < n; i++)
        scale[i] = 1;
    if (head->mask->encoder->scale)
        head->mask->encoder->scale(head->mask->state, head->mask->w, &head->mask->site, 0, &positions, scale);
    head->value = memory_allocate(n * WIDTH, sizeof(real), "values", NULL);
    for (unsigned p = 0; p < head->planes.count; p++) {
        head->query[p] = memory_allocate(n * WIDTH, sizeof(real), "queries", NULL);
        head->key[p] = memory_allocate(n * WIDTH, sizeof(real), "keys", NULL);
        for (size_t e = 0; e < n * WIDTH; e++) {
            double i = (double)(e / WIDTH), c = (double)(e % WIDTH),
                   common = (double)scale[e / WIDTH] / sqrt(WIDTH);
            head->query[p][e] = (real)(2 * common * sin(1.3 * i + 0.7 * c + 0.1));
            head->key[p][e] = (real)(2 * cos(0.9 * i + 1.1 * c));
            head->value[e] = (real)sin(0.5 * i * (c + 1));
        }
        turn_rows(head->query[p], head->rotary, head->planes.plane[p][QUERY], n);
        turn_rows(head->key[p], head->rotary, head->planes.plane[p][KEY], n);
    }
    memory_release(scale);
}

/* Pairs are (2t, 2t+1). */
static void fill_decay(struct head *head, struct attention *attention)
{
    const struct fixture *f = head->rotary;
    double rate[WIDTH / 2];
    if (!f->encoder->decay)
        return;
    f->encoder->decay(f->state, &f->shape, rate);
    for (size_t d = 0; d < WIDTH; d++)
        head->decay[d] = rate[d / 2];
    attention->decay = head->decay;
    for (unsigned p = 0; p < head->planes.count; p++) {
        attention->query_at[p] = head->planes.plane[p][QUERY];
        attention->key_at[p] = head->planes.plane[p][KEY];
    }
}

static void run_head(real *naive, real *tiled, struct head *head, size_t n)
{
    struct attention attention = {.heads = 1,
                                  .head_width = WIDTH,
                                  .queries = n,
                                  .keys = n,
                                  .planes = head->planes.count,
                                  .spans = spans,
                                  .context = head};
    struct attention_workspace *workspace;
    real *log_sum = memory_allocate(n, sizeof *log_sum, "sums", NULL);
    for (unsigned p = 0; p < head->planes.count; p++) {
        attention.query[p] = head->query[p];
        attention.key[p] = head->key[p];
    }
    attention.value = head->value;
    fill_decay(head, &attention);
    assert_int_equal(attention_workspace_create(&workspace, 1, WIDTH, 0, 0, attention.decay != NULL, NULL),
                     STATUS_OK);
    assert_int_equal(attention_naive(naive, &attention, NULL), STATUS_OK);
    attention_forward(tiled, WIDTH, log_sum, &attention, workspace, kernels_for(ISA_PLAIN));
    attention_workspace_release(workspace);
    memory_release(log_sum);
}

static void check_attention(const struct golden *golden)
{
    const double tolerance = 100 * (double)REAL_EPSILON;
    size_t n = golden_whole(golden, 6), place = golden_whole(golden, 7) * WIDTH;
    const struct shape shape = shape_of(golden_whole(golden, 5));
    struct fixture rotary, mask;
    struct head head = {.rotary = &rotary, .mask = &mask};
    real *naive = memory_allocate(2 * n * WIDTH, sizeof *naive, "outputs", NULL), *tiled = naive + n * WIDTH;
    golden_fixture(&rotary, golden, 0, &shape, n, golden_whole(golden, 4));
    golden_fixture(&mask, golden, 2, &shape, n, golden_whole(golden, 4));
    planes_open(&head.planes, &mask, n, 0);
    fill_head(&head, n);
    run_head(naive, tiled, &head, n);
    for (size_t c = 0; c < WIDTH; c++) {
        golden_expect(golden, 8 + c, (double)naive[place + c], tolerance, tolerance);
        golden_expect(golden, 8 + c, (double)tiled[place + c], tolerance, tolerance);
    }
    for (unsigned p = 0; p < head.planes.count; p++) {
        memory_release(head.query[p]);
        memory_release(head.key[p]);
    }
    memory_release(head.value);
    memory_release(naive);
    planes_close(&head.planes);
    fixture_close(&rotary);
    fixture_close(&mask);
}

static void attentions(void **state)
{
    (void)state;
    golden_check(path, "attention", check_attention, 91);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances),
        cmocka_unit_test(attentions),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
