/* gradients.c -- every backward hook against central differences of its forward hook.
 *
 * The value is a fixed random combination of all outputs of one hook, over all layers; its inputs
 * are the weights and, where the hook sees them, x, or q, k, content and bias.  In the float build
 * steps and tolerances are wide: it catches a wrong term; the double build catches a wrong digit. */
#include "tests/encoders/fixture.h"

#include "registry/registry.h"

#ifdef LEXBENCH_DOUBLE
static const double step = 1e-6, tolerance = 2e-7;
#else
static const double step = 4e-3, tolerance = 2e-2;
#endif

enum hook { ADD, ANGLE, SCALE, BIAS, TOKEN, STRIP, HOOKS };
enum { LENGTH = 9, STRIP_ROWS = 4, INPUTS_CHECKED = 400 };

struct probe {
    struct fixture *f;
    enum hook hook;
    struct positions positions;
    double at[LENGTH];
    size_t inputs;  /* weights, then what `part` says */
    size_t part[4]; /* x | q, k, content, bias: where they start */
    real *input, *gradient;
    real *mix;                 /* coefficient of every output */
    real *out, *draw, *wanted; /* workspaces */
    double *wide;
    void *scratch;
    size_t scratch_bytes;
};

static bool has_hook(const struct encoder *encoder, enum hook hook)
{
    const bool has[HOOKS] = {encoder->add_backward,  encoder->angle_backward, encoder->scale_backward,
                             encoder->bias_backward, encoder->token_backward, encoder->strip_backward};
    return has[hook];
}

/* Runs the forward hook on `input`; the value, or (backward) its gradient into probe->gradient. */
static double probe_add(struct probe *p, bool backward)
{
    struct fixture *f = p->f;
    size_t count = LENGTH * f->shape.width;
    double value = 0;
    f->site.layer = 0;
    if (backward) {
        f->encoder->add_backward(f->state, p->input, &f->site, &p->positions, p->mix, p->gradient);
        return 0;
    }
    memset(p->out, 0, count * sizeof *p->out);
    f->encoder->add(f->state, p->input, &f->site, &p->positions, p->out);
    for (size_t i = 0; i < count; i++)
        value += (double)p->mix[i] * (double)p->out[i];
    return value;
}

static double probe_angle(struct probe *p, bool backward)
{
    struct fixture *f = p->f;
    size_t count = LENGTH * (f->shape.head_width / 2);
    double value = 0;
    if (backward) {
        for (size_t i = 0; i < count; i++)
            p->wide[i] = (double)p->mix[i];
        f->encoder->angle_backward(f->state, p->input, &f->site, &p->positions, p->wide, p->gradient);
        return 0;
    }
    f->encoder->angle(f->state, p->input, &f->site, &p->positions, p->wide);
    for (size_t i = 0; i < count; i++)
        value += (double)p->mix[i] * p->wide[i];
    return value;
}

static double probe_scale(struct probe *p, bool backward)
{
    struct fixture *f = p->f;
    double value = 0;
    for (size_t h = 0; h < f->shape.heads; h++) {
        const real *mix = p->mix + h * LENGTH;
        if (backward) {
            f->encoder->scale_backward(f->state, p->input, &f->site, h, &p->positions, mix, p->gradient);
            continue;
        }
        f->encoder->scale(f->state, p->input, &f->site, h, &p->positions, p->out);
        for (size_t i = 0; i < LENGTH; i++)
            value += (double)mix[i] * (double)p->out[i];
    }
    return value;
}

static double probe_bias(struct probe *p, bool backward)
{
    struct fixture *f = p->f;
    double value = 0;
    for (size_t i = 0; i < LENGTH; i++) {
        const real *mix = p->mix + i * f->shape.heads * LENGTH;
        const double *query = &p->positions.at[i], *key = p->positions.at;
        if (backward) {
            f->encoder->bias_backward(f->state, p->input, &f->site, query, key, i + 1, mix, p->gradient);
            continue;
        }
        f->encoder->bias(f->state, p->input, &f->site, query, key, i + 1, p->out);
        for (size_t j = 0; j < f->shape.heads * (i + 1); j++)
            value += (double)mix[j] * (double)p->out[j];
    }
    return value;
}

static double probe_token(struct probe *p, bool backward)
{
    struct fixture *f = p->f;
    size_t count = f->shape.heads * LENGTH;
    const real *x = p->input + p->part[0];
    double value = 0;
    if (backward) {
        for (size_t i = 0; i < count; i++)
            p->wide[i] = (double)p->mix[i];
        f->encoder->token_backward(f->state, p->input, &f->site, x, p->wide, p->gradient + p->part[0],
                                   p->gradient);
        return 0;
    }
    f->encoder->token(f->state, p->input, &f->site, x, p->wide);
    for (size_t i = 0; i < count; i++)
        value += (double)p->mix[i] * p->wide[i];
    return value;
}

/* Rows [first, first + rows) of (heads, n, n) into (heads, rows, n), or back. */
static void copy_strip(real *strip, real *whole, size_t heads, size_t first, size_t rows, bool back)
{
    for (size_t h = 0; h < heads; h++) {
        real *inside = whole + (h * LENGTH + first) * LENGTH, *packed = strip + h * rows * LENGTH;
        for (size_t i = 0; i < rows * LENGTH; i++)
            *(back ? &inside[i] : &packed[i]) += back ? packed[i] : inside[i];
    }
}

static double probe_strip(struct probe *p, bool backward)
{
    struct fixture *f = p->f;
    size_t heads = f->shape.heads, square = heads * LENGTH * LENGTH;
    real *content = p->wanted, *bias = content + square, *mix = bias + square, *dcontent = mix + square;
    real *dbias = dcontent + square;
    void *table = fixture_table(f, &p->positions);
    double value = 0;
    for (size_t first = 0, rows; first < LENGTH; first += rows) {
        rows = LENGTH - first < STRIP_ROWS ? LENGTH - first : STRIP_ROWS;
        memset(content, 0, 3 * square * sizeof *content);
        memset(dcontent, 0xff, 2 * square * sizeof *dcontent); /* NaN: they are written, not added to */
        memset(p->scratch, 0xff, p->scratch_bytes);
        copy_strip(content, p->input + p->part[2], heads, first, rows, false);
        copy_strip(bias, p->input + p->part[3], heads, first, rows, false);
        copy_strip(mix, p->mix, heads, first, rows, false);
        for (size_t r = 0; r < heads * rows; r++) /* masked keys: no gradient, nothing to read */
            for (size_t j = first + r % rows + 1; j < LENGTH; j++) {
                mix[r * LENGTH + j] = 0;
                content[r * LENGTH + j] = (real)NAN;
            }
        const struct strip strip = {.query = &p->positions,
                                    .key = &p->positions,
                                    .first = first,
                                    .rows = rows,
                                    .q = p->input + p->part[0],
                                    .k = p->input + p->part[1],
                                    .content = content,
                                    .bias = bias,
                                    .logits = p->out,
                                    .dlogits = mix,
                                    .dq = p->gradient + p->part[0],
                                    .dk = p->gradient + p->part[1],
                                    .dcontent = dcontent,
                                    .dbias = dbias,
                                    .table = table,
                                    .scratch = p->scratch};
        if (backward) {
            f->encoder->strip_backward(f->state, p->input, &f->site, &strip, p->gradient);
            copy_strip(dcontent, p->gradient + p->part[2], heads, first, rows, true);
            copy_strip(dbias, p->gradient + p->part[3], heads, first, rows, true);
            continue;
        }
        f->encoder->strip(f->state, p->input, &f->site, &strip);
        for (size_t i = 0; i < heads * rows * LENGTH; i++)
            value += (double)mix[i] * (double)p->out[i];
    }
    memory_release(table);
    return value;
}

static double probe_all_layers(struct probe *p, bool backward)
{
    double (*const run[HOOKS])(struct probe *, bool) = {probe_add,  probe_angle, probe_scale,
                                                        probe_bias, probe_token, probe_strip};
    double value = 0;
    size_t layers = p->hook == ADD ? 1 : p->f->shape.layers;
    for (size_t layer = 0; layer < layers; layer++) {
        p->f->site.layer = layer;
        value += run[p->hook](p, backward);
    }
    return value;
}

static void probe_open(struct probe *p, struct fixture *f, enum hook hook)
{
    size_t heads = f->shape.heads, square = heads * LENGTH * LENGTH,
           vectors = heads * LENGTH * f->shape.head_width;
    size_t most = square + LENGTH * f->shape.width + 1;
    *p = (struct probe){.f = f, .hook = hook, .inputs = f->weights};
    /* Fractional steps, the first below the training length, the last beyond it where that is allowed. */
    p->positions = fixture_positions(p->at, LENGTH, 0, f->encoder->refuses ? 0.5 : 1.3);
    p->part[0] = p->inputs;
    if (hook == TOKEN)
        p->inputs += LENGTH * f->shape.width;
    if (hook == STRIP) {
        p->part[1] = p->part[0] + vectors;
        p->part[2] = p->part[1] + vectors;
        p->part[3] = p->part[2] + square;
        p->inputs = p->part[3] + square;
        p->scratch_bytes =
            f->encoder->strip_scratch ? f->encoder->strip_scratch(f->state, &f->site, STRIP_ROWS, LENGTH) : 0;
    }
    p->input = memory_allocate(2 * p->inputs + 2 * most + 5 * square, sizeof(real), "probe", NULL);
    p->gradient = p->input + p->inputs;
    p->mix = p->gradient + p->inputs;
    p->out = p->mix + most;
    p->wanted = p->out + most;
    p->wide = memory_allocate(most, sizeof(double), "probe", NULL);
    p->scratch = memory_allocate(p->scratch_bytes, 1, "probe", NULL);
    fill_normal(p->input, p->inputs, "input");
    memcpy(p->input, f->w, f->weights * sizeof(real));
    fill_normal(p->mix, most, "mix");
}

static void probe_close(struct probe *p)
{
    memory_release(p->input);
    memory_release(p->wide);
    memory_release(p->scratch);
}

/* |gradient - central differences| / (1 + |central differences|), norms over all inputs.  Where the value
 * has a corner within a step (a ReLU, a reflected weight) the two one-sided differences are apart, and what
 * lies between them counts as right: in the wide steps of the float build that happens. */
static double probe_error(struct fixture *f, enum hook hook)
{
    struct probe p;
    double errors = 0, slopes = 0;
    probe_open(&p, f, hook);
    for (size_t i = 0; i < p.inputs; i++)
        p.gradient[i] = 1; /* gradients add */
    probe_all_layers(&p, true);
    double middle = probe_all_layers(&p, false);
    for (size_t i = 0; i < p.inputs; i += 1 + p.inputs / INPUTS_CHECKED) {
        real here = p.input[i], above = here + (real)step, below = here - (real)step;
        p.input[i] = above;
        double slope = probe_all_layers(&p, false);
        p.input[i] = below;
        double down = probe_all_layers(&p, false), up = slope;
        slope = (up - down) / ((double)above - (double)below);
        p.input[i] = here;
        double right = (up - middle) / ((double)above - (double)here);
        double left = (middle - down) / ((double)here - (double)below), found = (double)p.gradient[i] - 1;
        double nearest = fmin(fmax(found, fmin(left, right)), fmax(left, right));
        errors += pow(found - nearest, 2);
        slopes += slope * slope;
    }
    probe_close(&p);
    return sqrt(errors) / (1 + sqrt(slopes));
}

static void check(const struct encoder *encoder, const char *options, const struct shape *shape)
{
    for (int hook = 0; hook < HOOKS; hook++) {
        struct fixture f;
        if (!has_hook(encoder, (enum hook)hook))
            continue;
        fixture_open(&f, encoder, options, shape, LENGTH);
        fixture_stir(&f, 0.3);
        double error = probe_error(&f, (enum hook)hook);
        if (!(error <= tolerance))
            fail_msg("%s(%s): hook %d, %zu heads: gradient off by %g", encoder->name, options ? options : "",
                     hook, shape->heads, error);
        fixture_close(&f);
    }
}

static void gradients_equal_differences(void **state)
{
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++)
        for (size_t s = 0; s < FIXTURE_SHAPES; s++)
            check(encoder_list[e], NULL, &fixture_shapes[s]);
}

extern const struct encoder encoder_alibi, encoder_cable, encoder_cope, encoder_dape, encoder_dynamic_bias,
    encoder_fire, encoder_kerple_log, encoder_kerple_power, encoder_sinusoidal, encoder_ssmax, encoder_t5,
    encoder_temperature;

static void gradients_with_options(void **state)
{
    (void)state;
    check(&encoder_cope, "divide=off,npos=3", &fixture_shapes[0]); /* most positions clamped */
    check(&encoder_cope, "npos=1", &fixture_shapes[1]);
    check(&encoder_fire, "shared=on,hidden=5", &fixture_shapes[0]);
    check(&encoder_fire, "threshold=20", &fixture_shapes[1]); /* T decides for every query */
    check(&encoder_t5, "buckets=4,distance=6,scale=on", &fixture_shapes[1]);
    check(&encoder_alibi, "slopes=learned", &fixture_shapes[3]);
    check(&encoder_cable, "divide=on", &fixture_shapes[0]);
    check(&encoder_dape, "kernel=3,hidden=5", &fixture_shapes[0]);
    check(&encoder_dape, "kernel=7,hidden=2", &fixture_shapes[2]); /* wider than most rows */
    check(&encoder_dynamic_bias, "distance=log,depth=3,hidden=5", &fixture_shapes[0]);
    check(&encoder_dynamic_bias, "activation=relu,depth=1,hidden=7", &fixture_shapes[1]);
    check(&encoder_kerple_log, "floor=1", &fixture_shapes[0]);   /* weights on both sides of it */
    check(&encoder_kerple_power, "floor=1", &fixture_shapes[0]); /* reflected at both ends */
    check(&encoder_kerple_power, "slope=alibi", &fixture_shapes[1]);
    check(&encoder_kerple_power, "power=one,floor=0", &fixture_shapes[3]);
    check(&encoder_sinusoidal, "scale=learned,function=triangle,schedule=linear", &fixture_shapes[1]);
    check(&encoder_sinusoidal, "scale=learned,function=square,schedule=constant,period=7",
          &fixture_shapes[0]);
    check(&encoder_sinusoidal, "scale=learned,schedule=article", &fixture_shapes[0]);
    check(&encoder_ssmax, "shift=on,start=0.5", &fixture_shapes[3]);
    check(&encoder_temperature, "value=1.2,learned=off", &fixture_shapes[0]); /* nothing to learn */
}

/* ---- the checker itself: a parametric angle and scale, right and then wrong ---- */

static size_t two_parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    (void)state, (void)shape;
    if (out) {
        out[0] = (struct parameter){.name = "speed", .rank = 1, .extent = {1}};
        out[1] = (struct parameter){.name = "gain", .rank = 1, .extent = {1}};
    }
    return 2;
}
static void ones(const void *state, const struct shape *shape, size_t parameter, struct key key, real *w)
{
    (void)state, (void)shape, (void)parameter, (void)key;
    w[0] = 1;
}
static void angle(const void *state, const real *w, const struct site *site,
                  const struct positions *positions, double *out)
{
    (void)state;
    for (size_t i = 0; i < positions->count * (site->shape->head_width / 2); i++)
        out[i] = (double)(w[0] * w[0]) * positions->at[i / (site->shape->head_width / 2)];
}
static void angle_backward(const void *state, const real *w, const struct site *site,
                           const struct positions *positions, const double *dangle, real *dw)
{
    (void)state;
    for (size_t i = 0; i < positions->count * (site->shape->head_width / 2); i++)
        dw[0] += (real)(2 * (double)w[0] * positions->at[i / (site->shape->head_width / 2)] * dangle[i]);
}
static void scale(const void *state, const real *w, const struct site *site, size_t head,
                  const struct positions *query, real *s)
{
    (void)state, (void)site, (void)head;
    for (size_t i = 0; i < query->count; i++)
        s[i] = w[1] * w[1];
}
static void scale_backward(const void *state, const real *w, const struct site *site, size_t head,
                           const struct positions *query, const real *ds, real *dw)
{
    (void)state, (void)site, (void)head;
    for (size_t i = 0; i < query->count; i++)
        dw[1] += 2 * w[1] * ds[i];
}
static void scale_backward_wrong(const void *state, const real *w, const struct site *site, size_t head,
                                 const struct positions *query, const real *ds, real *dw)
{
    (void)state, (void)site, (void)head;
    for (size_t i = 0; i < query->count; i++)
        dw[1] += w[1] * ds[i];
}

static void the_check_tells_right_from_wrong(void **state)
{
    struct encoder toy = {.name = "toy",
                          .parameters = two_parameters,
                          .initialise = ones,
                          .angle = angle,
                          .angle_backward = angle_backward,
                          .scale = scale,
                          .scale_backward = scale_backward};
    struct fixture f;
    (void)state;
    check(&toy, NULL, &fixture_shapes[0]);
    toy.scale_backward = scale_backward_wrong;
    fixture_open(&f, &toy, NULL, &fixture_shapes[0], LENGTH);
    assert_true(probe_error(&f, SCALE) > 10 * tolerance);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_equal_differences),
        cmocka_unit_test(gradients_with_options),
        cmocka_unit_test(the_check_tells_right_from_wrong),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
