/* rotary_golden.c -- rotary encoders, distances and masks against golden-rotary.txt, which
 * golden-rotary.py works out from the published formulas without knowing this code. */
#include "tests/encoders/fixture.h"

#include <stdlib.h>

#include "experiment/registry.h"
#include "kernels/attention.h"

static const char golden[] = "tests/encoders/golden-rotary.txt";

enum { FIELDS_MOST = 96, LINE_MOST = 1 << 13, WIDTH = 4, LAYERS = 4 };

struct line {
    char text[LINE_MOST];
    char *field[FIELDS_MOST];
    size_t count;
};

/* The next line of this kind, its fields behind the kind; false at the end. */
static bool next_line(struct line *line, FILE *file, const char *kind)
{
    while (fgets(line->text, sizeof line->text, file)) {
        char *rest = line->text;
        assert_non_null(strchr(line->text, '\n'));
        *strchr(line->text, '\n') = '\0';
        if (strcmp(strsep(&rest, "\t"), kind) != 0)
            continue;
        line->count = 0;
        while (rest) {
            assert_true(line->count < FIELDS_MOST);
            line->field[line->count++] = strsep(&rest, "\t");
        }
        return true;
    }
    return false;
}

static size_t whole(const struct line *line, size_t field)
{
    return (size_t)strtoull(line->field[field], NULL, 10);
}

static double number(const struct line *line, size_t field)
{
    return strtod(line->field[field], NULL);
}

/* The encoder of fields `name` and name + 1, prepared. */
static void open_encoder(struct fixture *f, const struct line *line, size_t name, size_t head_width,
                         size_t trained_length, size_t length, size_t layer)
{
    const struct encoder *encoder;
    const char *options = line->field[name + 1];
    struct message message = {""};
    struct shape shape = {.layers = LAYERS,
                          .heads = 2,
                          .head_width = head_width,
                          .width = 2 * head_width,
                          .axes = 1,
                          .trained_length = trained_length};

    if (encoder_find(&encoder, line->field[name], &message) != STATUS_OK)
        fail_msg("%s", message.text);
    fixture_open(f, encoder, strcmp(options, "-") == 0 ? NULL : options, &shape, length);
    f->site.layer = layer;
}

static FILE *open_golden(void)
{
    FILE *file = fopen(golden, "r");

    if (!file)
        fail_msg("%s is missing: run the test from the root of the project", golden);
    return file;
}

static void assert_golden(const struct line *line, double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%s(%s), %s %s %s %s: %.17g instead of %.17g", line->field[0], line->field[1], line->field[2],
                 line->field[3], line->field[4], line->field[5], value, expected);
}

/* Relative to the angle, so that a pair which hardly turns is checked as sharply as a fast one. */
static void angles(void **state)
{
    FILE *file = open_golden();
    struct line line;
    size_t lines = 0;

    (void)state;
    for (; next_line(&line, file, "angle"); lines++) {
        size_t width = whole(&line, 3);
        double at = number(&line, 6), angle[64];
        struct positions positions = {.at = &at, .count = 1, .regular = true, .step = 1};
        struct fixture f;
        open_encoder(&f, &line, 0, width, whole(&line, 4), whole(&line, 5), whole(&line, 2));
        f.encoder->angle(f.state, f.w, &f.site, &positions, angle);
        assert_int_equal(line.count, 7 + width / 2);
        for (size_t t = 0; t < width / 2; t++) {
            double expected = number(&line, 7 + t);
            if (!(fabs(angle[t] - expected) <= 2e-14 * fabs(expected)))
                fail_msg("%s(%s), L %s, n %s: position %s, pair %zu: angle %.17g instead of %.17g", line.field[0],
                         line.field[1], line.field[4], line.field[5], line.field[6], t, angle[t], expected);
        }
        fixture_close(&f);
    }
    fclose(file);
    assert_true(lines > 300);
}

static void magnitudes(void **state)
{
    FILE *file = open_golden();
    struct line line;
    size_t lines = 0;

    (void)state;
    for (; next_line(&line, file, "magnitude"); lines++) {
        struct fixture f;
        open_encoder(&f, &line, 0, whole(&line, 2), whole(&line, 3), whole(&line, 4), 0);
        assert_golden(&line, f.encoder->magnitude(f.state, &f.site), number(&line, 5), 1e-14);
        fixture_close(&f);
    }
    fclose(file);
    assert_true(lines > 20);
}

static void scales(void **state)
{
    FILE *file = open_golden();
    struct line line;
    size_t lines = 0;

    (void)state;
    for (; next_line(&line, file, "scale"); lines++) {
        size_t n = whole(&line, 3);
        double *at = memory_allocate(n, sizeof *at, "positions", NULL);
        real *s = memory_allocate(n, sizeof *s, "scales", NULL);
        struct positions positions = fixture_positions(at, n, 0, 1);
        struct fixture f;
        open_encoder(&f, &line, 0, WIDTH, whole(&line, 2), n, 1);
        for (size_t h = 0; h < f.shape.heads; h++) {
            f.encoder->scale(f.state, f.w, &f.site, h, &positions, s);
            assert_golden(&line, (double)s[whole(&line, 4)], number(&line, 5), 4 * REAL_EPSILON);
        }
        fixture_close(&f);
        memory_release(at);
        memory_release(s);
    }
    fclose(file);
    assert_true(lines > 100);
}

/* --- distances ------------------------------------------------------------------------------------------ */

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

static void check_distances(const struct line *line, const struct fixture *f, double shift)
{
    size_t n = whole(line, 4), query = whole(line, 5), first = whole(line, 6);
    struct segment segment[SEGMENTS_MAX];
    struct planes planes;
    size_t count = sound_segments(segment, f, query, n);

    planes_open(&planes, f, n, shift);
    for (size_t k = 0; 7 + k < line->count; k++) {
        double is = distance(&planes, segment, count, query, first + k);
        bool masked = strcmp(line->field[7 + k], "-") == 0;
        if (masked ? !isnan(is) : !(fabs(is - number(line, 7 + k)) <= 1e-9))
            fail_msg("%s(%s), layer %s, L %s, n %s, shifted by %g: query %zu sees key %zu at %g instead of %s",
                     line->field[0], line->field[1], line->field[2], line->field[3], line->field[4], shift, query,
                     first + k, is, line->field[7 + k]);
    }
    planes_close(&planes);
}

static void distances(void **state)
{
    FILE *file = open_golden();
    struct line line;
    size_t lines = 0;

    (void)state;
    for (; next_line(&line, file, "distance"); lines++) {
        struct fixture f;
        open_encoder(&f, &line, 0, WIDTH, whole(&line, 3), whole(&line, 4), whole(&line, 2));
        check_distances(&line, &f, 0);
        if (f.encoder->flags & ENCODER_RELATIVE)
            check_distances(&line, &f, 1000.25);
        fixture_close(&f);
    }
    fclose(file);
    assert_true(lines > 500);
}

/* --- attention of one head, by the definition and by the tiled kernel ------------------------------------- */

/* What a variant of two components makes of one head: `rotary` owns the angles, `mask` the rest. */
struct head {
    struct fixture *rotary, *mask;
    struct planes planes;
    real *query[PLANES_MAX], *key[PLANES_MAX], *value; /* (n, WIDTH) */
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
            double i = (double)(e / WIDTH), c = (double)(e % WIDTH), common = (double)scale[e / WIDTH] / sqrt(WIDTH);
            head->query[p][e] = (real)(2 * common * sin(1.3 * i + 0.7 * c + 0.1));
            head->key[p][e] = (real)(2 * cos(0.9 * i + 1.1 * c));
            head->value[e] = (real)sin(0.5 * i * (c + 1));
        }
        turn_rows(head->query[p], head->rotary, head->planes.plane[p][QUERY], n);
        turn_rows(head->key[p], head->rotary, head->planes.plane[p][KEY], n);
    }
    memory_release(scale);
}

static void run_head(real *naive, real *tiled, struct head *head, size_t n)
{
    struct attention attention = {
        .heads = 1, .head_width = WIDTH, .count = n, .planes = head->planes.count, .spans = spans, .context = head};
    struct attention_workspace *workspace;
    real *log_sum = memory_allocate(n, sizeof *log_sum, "sums", NULL);

    for (unsigned p = 0; p < head->planes.count; p++) {
        attention.query[p] = head->query[p];
        attention.key[p] = head->key[p];
    }
    attention.value = head->value;
    assert_int_equal(attention_workspace_create(&workspace, 1, WIDTH, 0, 0, false, NULL), STATUS_OK);
    assert_int_equal(attention_naive(naive, &attention, NULL), STATUS_OK);
    attention_forward(tiled, WIDTH, log_sum, &attention, workspace, kernels_for(ISA_PLAIN));
    attention_workspace_release(workspace);
    memory_release(log_sum);
}

static void check_attention(const struct line *line)
{
    size_t n = whole(line, 6), place = whole(line, 7) * WIDTH;
    struct fixture rotary, mask;
    struct head head = {.rotary = &rotary, .mask = &mask};
    real *naive = memory_allocate(2 * n * WIDTH, sizeof *naive, "outputs", NULL), *tiled = naive + n * WIDTH;

    open_encoder(&rotary, line, 0, WIDTH, whole(line, 5), n, whole(line, 4));
    open_encoder(&mask, line, 2, WIDTH, whole(line, 5), n, whole(line, 4));
    planes_open(&head.planes, &mask, n, 0);
    fill_head(&head, n);
    run_head(naive, tiled, &head, n);
    for (size_t c = 0; c < WIDTH; c++) {
        assert_golden(line, (double)naive[place + c], number(line, 8 + c), 100 * REAL_EPSILON);
        assert_golden(line, (double)tiled[place + c], number(line, 8 + c), 100 * REAL_EPSILON);
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
    FILE *file = open_golden();
    struct line line;
    size_t lines = 0;

    (void)state;
    for (; next_line(&line, file, "attention"); lines++)
        check_attention(&line);
    fclose(file);
    assert_true(lines > 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(angles),    cmocka_unit_test(magnitudes), cmocka_unit_test(scales),
        cmocka_unit_test(distances), cmocka_unit_test(attentions),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
