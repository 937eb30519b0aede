/* dynamic-bias.c -- a small network from the distance to a bias per head.
 *
 *   b_h(i, j) = f_h(g(i - j)),   g(x) = x   or   sign(x) ln(1 + |x|)
 *   f = W_(k+1) a(W_k ... a(W_1 x + b_1) ... + b_k) + b_(k+1),   1 -> hidden -> ... -> hidden -> heads
 *
 * i, j positions of query and key, k = depth, a = SiLU: x / (1 + e^-x).  One network serves all layers.
 * W and b start uniform in +-1/sqrt(inputs), as linear layers of the program do.  The method of Wang, Yao,
 * Chen, Lin, Cai, He, Liu 2022 (CrossFormer, for images) as x-transformers gives it to text:
 * hidden = 0 is its width / 4; distance = log is its option log_distance; older copies of it have a
 * ReLU; layer normalisation between the layers, off in it by default, is not offered. */
#include <math.h>
#include <stdio.h>

#include "encoders/encoder.h"

enum { DISTANCE_LINEAR, DISTANCE_LOG };
enum { ACTIVATION_SILU, ACTIVATION_RELU };
enum { DEPTH_MAX = 4, HIDDEN_MAX = 256 };

struct dynamic {
    size_t hidden, depth;
    int distance, activation;
    size_t units; /* hidden, or what 0 stands for */
};

static const char *const distance_choices[] = {"linear", "log", NULL};
static const char *const activation_choices[] = {"silu", "relu", NULL};

static const struct option options[] = {
    {"hidden", OPTION_SIZE, offsetof(struct dynamic, hidden), "0", 0, HIDDEN_MAX, NULL,
     "hidden units of a layer; 0: a quarter of the model's width"},
    {"depth", OPTION_SIZE, offsetof(struct dynamic, depth), "2", 1, DEPTH_MAX, NULL, "hidden layers"},
    {"distance", OPTION_CHOICE, offsetof(struct dynamic, distance), "linear", 0, 0, distance_choices,
     "what enters the network: the distance, or its logarithm with its sign"},
    {"activation", OPTION_CHOICE, offsetof(struct dynamic, activation), "silu", 0, 0, activation_choices,
     "between the layers"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct dynamic *dynamic = state;
    dynamic->units = dynamic->hidden;
    if (dynamic->hidden == 0)
        dynamic->units = shape->width >= 4 ? shape->width / 4 : 1;
    if (dynamic->units > HIDDEN_MAX)
        return message_set(message, STATUS_WRONG,
                           "a quarter of the width %zu is more than %d hidden units; set hidden",
                           shape->width, HIDDEN_MAX);
    return STATUS_OK;
}

/* Inputs and outputs of linear layer 0..depth. */
static size_t inputs(const struct dynamic *dynamic, size_t layer)
{
    return layer == 0 ? 1 : dynamic->units;
}

static size_t outputs(const struct dynamic *dynamic, const struct shape *shape, size_t layer)
{
    return layer == dynamic->depth ? shape->heads : dynamic->units;
}

/* Per linear layer: weight (inputs, outputs), then bias (outputs). */
static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct dynamic *dynamic = state;
    for (size_t l = 0; out && l <= dynamic->depth; l++) {
        struct parameter *weight = &out[2 * l], *bias = weight + 1;
        *weight = (struct parameter){
            .rank = 2, .extent = {inputs(dynamic, l), outputs(dynamic, shape, l)}, .decayed = true};
        *bias = (struct parameter){.rank = 1, .extent = {outputs(dynamic, shape, l)}};
        snprintf(weight->name, sizeof weight->name, "linear%zu.weight", l);
        snprintf(bias->name, sizeof bias->name, "linear%zu.bias", l);
    }
    return 2 * (dynamic->depth + 1);
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct dynamic *dynamic = state;
    size_t layer = parameter / 2, in = inputs(dynamic, layer), out = outputs(dynamic, shape, layer);
    double bound = 1 / sqrt((double)in);
    for (size_t i = 0; i < (parameter % 2 ? out : in * out); i++)
        w[i] = (real)(bound * (2 * random_uniform(key, i) - 1));
}

/* One distance on its way through the hidden layers. */
struct course {
    double in;
    double before[DEPTH_MAX][HIDDEN_MAX], after[DEPTH_MAX][HIDDEN_MAX]; /* the activation */
};

static double activate(const struct dynamic *dynamic, double x, double *slope)
{
    double gate = 1 / (1 + exp(-x));
    if (dynamic->activation == ACTIVATION_RELU) {
        *slope = x > 0;
        return fmax(x, 0);
    }
    *slope = gate * (1 + x * (1 - gate));
    return x * gate;
}

/* Fills course; returns the parameters of the last linear layer. */
static const real *forward(struct course *course, const struct dynamic *dynamic, const real *w,
                           double distance)
{
    size_t hidden = dynamic->units;
    double slope;
    course->in = dynamic->distance == DISTANCE_LOG ? copysign(log1p(fabs(distance)), distance) : distance;
    for (size_t l = 0; l < dynamic->depth; l++) {
        const double *in = l == 0 ? &course->in : course->after[l - 1];
        const real *weight = w, *bias = w + inputs(dynamic, l) * hidden;
        for (size_t u = 0; u < hidden; u++)
            course->before[l][u] = (double)bias[u];
        for (size_t v = 0; v < inputs(dynamic, l); v++)
            for (size_t u = 0; u < hidden; u++)
                course->before[l][u] += in[v] * (double)weight[v * hidden + u];
        for (size_t u = 0; u < hidden; u++)
            course->after[l][u] = activate(dynamic, course->before[l][u], &slope);
        w = bias + hidden;
    }
    return w;
}

static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    const struct dynamic *dynamic = state;
    size_t heads = site->shape->heads, hidden = dynamic->units;
    struct course course;
    for (size_t j = 0; j < count; j++) {
        const real *last = forward(&course, dynamic, w, *query - key[j]);
        for (size_t h = 0; h < heads; h++) {
            double sum = (double)last[hidden * heads + h];
            for (size_t v = 0; v < hidden; v++)
                sum += course.after[dynamic->depth - 1][v] * (double)last[v * heads + h];
            b[h * count + j] = (real)sum;
        }
    }
}

/* Of linear layer l: adds to its dw and, with din not NULL, writes din (inputs) from dout (outputs). */
static void linear_backward(double *din, real *dw, const real *w, const double *in, const double *dout,
                            size_t ins, size_t outs)
{
    for (size_t v = 0; v < ins; v++) {
        double sum = 0;
        for (size_t u = 0; u < outs; u++) {
            dw[v * outs + u] += (real)(in[v] * dout[u]);
            sum += (double)w[v * outs + u] * dout[u];
        }
        if (din)
            din[v] = sum;
    }
    for (size_t u = 0; u < outs; u++)
        dw[ins * outs + u] += (real)dout[u];
}

static void bias_backward(const void *state, const real *w, const struct site *site, const double *query,
                          const double *key, size_t count, const real *db, real *dw)
{
    const struct dynamic *dynamic = state;
    size_t heads = site->shape->heads, hidden = dynamic->units, depth = dynamic->depth;
    double dout[HIDDEN_MAX], din[HIDDEN_MAX], slope;
    struct course course;
    for (size_t j = 0; j < count; j++) {
        const real *at = forward(&course, dynamic, w, *query - key[j]);
        for (size_t u = 0; u < hidden; u++)
            din[u] = 0;
        for (size_t h = 0; h < heads; h++) { /* heads may be more than HIDDEN_MAX: one at a time */
            double g = (double)db[h * count + j];
            for (size_t v = 0; v < hidden; v++) {
                dw[(size_t)(at - w) + v * heads + h] += (real)(g * course.after[depth - 1][v]);
                din[v] += g * (double)at[v * heads + h];
            }
            dw[(size_t)(at - w) + hidden * heads + h] += (real)g;
        }
        for (size_t l = depth; l-- > 0;) {
            size_t ins = inputs(dynamic, l);
            at -= (ins + 1) * hidden;
            for (size_t u = 0; u < hidden; u++) {
                activate(dynamic, course.before[l][u], &slope);
                dout[u] = din[u] * slope;
            }
            linear_backward(l > 0 ? din : NULL, dw + (at - w), at, l > 0 ? course.after[l - 1] : &course.in,
                            dout, ins, hidden);
        }
    }
}

const struct encoder encoder_dynamic_bias = {
    .name = "dynamic-bias",
    .summary = "a small network from the distance to a bias per head",
    .citation =
        "Wang, Yao, Chen, Lin, Cai, He, Liu 2022, CrossFormer, arXiv:2108.00154 (dynamic position bias); "
        "x-transformers for text",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct dynamic),
    .options = options,
    .prepare = prepare,
    .parameters = parameters,
    .initialise = initialise,
    .bias = bias,
    .bias_backward = bias_backward,
};
