/* kerple-power.c -- a penalty on a power of the distance.
 *
 *   b_h(i, j) = -r1 |i - j|^r2,   r1 > 0, 0 < r2 <= 2 per head
 *
 * i, j positions of query and key.  r1 starts uniform in 0..1, r2 in 0..2; one pair per head serves all
 * layers, as in the authors' program.  Chi, Fan, Ramadge, Rudnicky 2022 (the power kernel).
 *
 * slope = alibi fixes r1 at ALiBi's slopes, power = one fixes r2 at 1; both together are ALiBi.
 * floor: the program moves weights back to 0.01 and above, r2 to 2 and below, before every use, and
 * clamps fixed slopes too (ALiBi's smallest, 2^-8, lies under 0.01; here it stays what it is).  A hook
 * does not write weights: they are reflected at the ends of their range instead. */
#include <math.h>

#include "encoders/encoder.h"
#include "encoders/shared/slopes.h"

enum { SLOPE_LEARNED, SLOPE_ALIBI };
enum { POWER_LEARNED, POWER_ONE };

struct kerple {
    double floor;
    int slope, power;
};

static const char *const slope_choices[] = {"learned", "alibi", NULL};
static const char *const power_choices[] = {"learned", "one", NULL};

static const struct option options[] = {
    {"floor", OPTION_REAL, offsetof(struct kerple, floor), "0.01", 0, 1, NULL,
     "learned r1 and r2 are kept at or above this"},
    {"slope", OPTION_CHOICE, offsetof(struct kerple, slope), "learned", 0, 0, slope_choices,
     "r1: learned, or the fixed slopes of ALiBi"},
    {"power", OPTION_CHOICE, offsetof(struct kerple, power), "learned", 0, 0, power_choices,
     "r2: learned, or one"},
    {.name = NULL},
};

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct kerple *kerple = state;
    size_t count = 0;
    if (kerple->slope == SLOPE_LEARNED) {
        if (out)
            out[count] = (struct parameter){.name = "slope", .rank = 1, .extent = {shape->heads}};
        count++;
    }
    if (kerple->power == POWER_LEARNED) {
        if (out)
            out[count] = (struct parameter){.name = "power", .rank = 1, .extent = {shape->heads}};
        count++;
    }
    return count;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct kerple *kerple = state;
    bool slope = parameter == 0 && kerple->slope == SLOPE_LEARNED;
    for (size_t h = 0; h < shape->heads; h++)
        w[h] = (real)((slope ? 1 : 2) * random_uniform(key, h));
}

/* What one head uses, where its weights are, and the derivatives by them. */
struct head {
    double slope, power;
    double slope_change, power_change; /* d slope / d weight; 0 = fixed */
    size_t slope_at, power_at;
};

/* A weight reflected into lowest..highest, as often as needed. */
static double reflect(double *change, real w, double lowest, double highest)
{
    double over = (double)w - lowest, width = highest - lowest, rest = fmod(fabs(over), 2 * width);
    *change = (over < 0 ? -1 : 1) * (rest > width ? -1 : 1);
    return lowest + (rest > width ? 2 * width - rest : rest);
}

static struct head head_of(const struct kerple *kerple, const real *w, size_t h, size_t heads)
{
    struct head head = {.slope = slope_alibi(h, heads), .power = 1, .slope_at = h, .power_at = h};
    if (kerple->slope == SLOPE_LEARNED) {
        head.slope = slope_above(&head.slope_change, kerple->floor, w[h]);
        head.power_at = heads + h;
    }
    if (kerple->power == POWER_LEARNED)
        head.power = reflect(&head.power_change, w[head.power_at], kerple->floor, 2);
    return head;
}

static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    for (size_t h = 0; h < site->shape->heads; h++) {
        struct head head = head_of(state, w, h, site->shape->heads);
        for (size_t j = 0; j < count; j++)
            b[h * count + j] = (real)(-head.slope * pow(fabs(*query - key[j]), head.power));
    }
}

static void bias_backward(const void *state, const real *w, const struct site *site, const double *query,
                          const double *key, size_t count, const real *db, real *dw)
{
    for (size_t h = 0; h < site->shape->heads; h++) {
        struct head head = head_of(state, w, h, site->shape->heads);
        double dslope = 0, dpower = 0;
        for (size_t j = 0; j < count; j++) {
            double distance = fabs(*query - key[j]), g = (double)db[h * count + j];
            double powered = pow(distance, head.power);
            dslope -= g * powered;
            dpower -= distance > 0 ? g * head.slope * powered * log(distance) : 0;
        }
        if (head.slope_change != 0)
            dw[head.slope_at] += (real)(head.slope_change * dslope);
        if (head.power_change != 0)
            dw[head.power_at] += (real)(head.power_change * dpower);
    }
}

const struct encoder encoder_kerple_power = {
    .name = "kerple-power",
    .summary = "a penalty on a power of the distance, slope and power learned per head",
    .citation =
        "Chi, Fan, Ramadge, Rudnicky 2022, KERPLE: Kernelized relative positional embedding for length "
        "extrapolation, arXiv:2205.09921",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct kerple),
    .options = options,
    .parameters = parameters,
    .initialise = initialise,
    .bias = bias,
    .bias_backward = bias_backward,
};
