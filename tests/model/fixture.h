/* fixture.h -- small models for the tests of model/, with encoders that exercise hooks which no shipped
 * encoder uses: learned angles, a learned scale per head. */
#ifndef LEXBENCH_MODEL_FIXTURE_H
#define LEXBENCH_MODEL_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/workspace.h"
#include "registry/registry.h"
#include "registry/spec.h"
#include "support/memory.h"

enum { FIXTURE_VOCABULARY = 11, FIXTURE_LENGTH = 12, FIXTURE_SEQUENCES = 3 };

/* ---- encoders of the tests ---- */

/* angle_t(p) = w_t p over the first half of the dimensions, halves paired, magnitude 1.2. */
static inline size_t learned_angle_parameters(const void *state, const struct shape *shape,
                                              struct parameter *out)
{
    (void)state;
    if (out)
        *out = (struct parameter){.name = "frequency", .rank = 1, .extent = {shape->head_width / 4}};
    return 1;
}
static inline void learned_angle_initialise(const void *state, const struct shape *shape, size_t parameter,
                                            struct key key, real *w)
{
    (void)state, (void)parameter;
    for (size_t t = 0; t < shape->head_width / 4; t++)
        w[t] = (real)random_uniform(key, t);
}
static inline void learned_angle(const void *state, const real *w, const struct site *site,
                                 const struct positions *positions, double *angle)
{
    size_t half = site->shape->head_width / 2;
    (void)state;
    for (size_t i = 0; i < positions->count; i++)
        for (size_t t = 0; t < half; t++)
            angle[i * half + t] = t < half / 2 ? (double)w[t] * positions->at[i] : 0;
}
static inline void learned_angle_backward(const void *state, const real *w, const struct site *site,
                                          const struct positions *positions, const double *dangle, real *dw)
{
    size_t half = site->shape->head_width / 2;
    (void)state, (void)w;
    for (size_t i = 0; i < positions->count; i++)
        for (size_t t = 0; t < half / 2; t++)
            dw[t] += (real)(dangle[i * half + t] * positions->at[i]);
}
static inline size_t learned_angle_rotated(const void *state, const struct shape *shape)
{
    (void)state;
    return shape->head_width / 2;
}
static inline double learned_angle_magnitude(const void *state, const struct site *site)
{
    (void)state, (void)site;
    return 1.2;
}
static const struct encoder learned_angle_encoder = {.name = "learned-angle",
                                                     .summary = "test",
                                                     .citation = "none",
                                                     .version = 1,
                                                     .attentions = CAUSAL,
                                                     .flags = ENCODER_RELATIVE,
                                                     .parameters = learned_angle_parameters,
                                                     .initialise = learned_angle_initialise,
                                                     .angle = learned_angle,
                                                     .angle_backward = learned_angle_backward,
                                                     .rotated = learned_angle_rotated,
                                                     .magnitude = learned_angle_magnitude};

/* s_i = w_h ln(2 + p) */
static inline size_t learned_scale_parameters(const void *state, const struct shape *shape,
                                              struct parameter *out)
{
    (void)state;
    if (out)
        *out = (struct parameter){.name = "strength", .rank = 1, .extent = {shape->heads}};
    return 1;
}
static inline void learned_scale_initialise(const void *state, const struct shape *shape, size_t parameter,
                                            struct key key, real *w)
{
    (void)state, (void)parameter;
    for (size_t h = 0; h < shape->heads; h++)
        w[h] = (real)(0.5 + random_uniform(key, h));
}
static inline void learned_scale(const void *state, const real *w, const struct site *site, size_t head,
                                 const struct positions *query, real *s)
{
    (void)state, (void)site;
    for (size_t i = 0; i < query->count; i++)
        s[i] = w[head] * (real)log(2 + query->at[i]);
}
static inline void learned_scale_backward(const void *state, const real *w, const struct site *site,
                                          size_t head, const struct positions *query, const real *ds,
                                          real *dw)
{
    (void)state, (void)w, (void)site;
    for (size_t i = 0; i < query->count; i++)
        dw[head] += ds[i] * (real)log(2 + query->at[i]);
}
static const struct encoder learned_scale_encoder = {.name = "learned-scale",
                                                     .summary = "test",
                                                     .citation = "none",
                                                     .version = 1,
                                                     .attentions = CAUSAL,
                                                     .parameters = learned_scale_parameters,
                                                     .initialise = learned_scale_initialise,
                                                     .scale = learned_scale,
                                                     .scale_backward = learned_scale_backward};

/* ---- models ---- */

struct fixture {
    struct model *model;
    struct workspace *workspace;
    real *w, *transposed, *dw;
    int32_t tokens[FIXTURE_SEQUENCES * FIXTURE_LENGTH], targets[FIXTURE_SEQUENCES * FIXTURE_LENGTH];
    size_t count[FIXTURE_SEQUENCES];
    struct key dropout[FIXTURE_SEQUENCES];
    struct chunk chunk;
    double nll[FIXTURE_SEQUENCES * FIXTURE_LENGTH];
    unsigned char hit[FIXTURE_SEQUENCES * FIXTURE_LENGTH];
};

/* What fixture_create makes a model of. */
struct fixture_request {
    const char *encoders;        /* a SPEC, or NULL */
    const struct encoder *extra; /* a test's own encoder without options, or NULL */
    const struct encoder *replaced,
        *by; /* takes the place of an encoder of the SPEC; lives as long as the model */
    const char *positions;
    size_t trained_length;
    bool training, tied;
    double dropout;
    const char *mixer; /* a SPEC; NULL = attention */
    size_t workers;    /* that share a pass; 0 = 1 */
};

/* Unequal sequences in one chunk, some targets unscored.  All weights are moved away from their first
 * values, so that parameters that start at zero matter. */
static inline enum status fixture_create(struct fixture *f, const struct fixture_request *request,
                                         struct message *message)
{
    struct model_options options = {.layers = 2,
                                    .width = 24,
                                    .heads = 3,
                                    .feed_forward = 2,
                                    .tied = request->tied,
                                    .dropout = request->dropout,
                                    .embedding_scale = 1.5,
                                    .initial_deviation = 0.2};
    struct composition composition = {0};
    struct key key = key_named(3, "fixture");
    enum status status;
    *f = (struct fixture){0};
    snprintf(options.mixer, sizeof options.mixer, "%s", request->mixer ? request->mixer : "attention");
    if (request->encoders && (status = spec_encoders(&composition, request->encoders, message)))
        return status;
    if (request->extra) {
        composition.at[composition.count++] =
            (struct component){.encoder = request->extra, .state = memory_allocate(0, 1, "state", message)};
    }
    for (size_t i = 0; i < composition.count; i++)
        if (request->replaced && composition.at[i].encoder == request->replaced)
            composition.at[i].encoder = request->by;
    if ((status = spec_positions(&composition, request->positions, message)))
        return status;
    status = model_create(&f->model, &options, &composition, request->trained_length, FIXTURE_VOCABULARY,
                          ISA_PLAIN, message);
    composition_release(&composition);
    if (status)
        return status;
    f->w = memory_allocate(f->model->weights, sizeof(real), "w", message);
    f->transposed = memory_allocate(f->model->weights, sizeof(real), "transposed", message);
    f->dw = memory_allocate(f->model->weights, sizeof(real), "dw", message);
    model_initialise(f->model, 5, f->w);
    for (size_t i = 0; i < f->model->weights; i++)
        f->w[i] += (real)(0.2 * random_normal(key, i));
    for (size_t s = 0, at = 0; s < FIXTURE_SEQUENCES; s++) {
        f->count[s] = FIXTURE_LENGTH - 2 * s;
        f->dropout[s] = key_with(key, s);
        for (size_t i = 0; i < f->count[s]; i++, at++) {
            f->tokens[at] = (int32_t)random_below(key, 5000 + at, FIXTURE_VOCABULARY);
            f->targets[at] = i % 4 != 1 ? (int32_t)random_below(key, 9000 + at, FIXTURE_VOCABULARY) : -1;
        }
    }
    f->chunk = (struct chunk){.sequences = FIXTURE_SEQUENCES,
                              .count = f->count,
                              .tokens = f->tokens,
                              .targets = f->targets,
                              .dropout = request->dropout > 0 ? f->dropout : NULL};
    return workspace_create(&f->workspace, f->model, FIXTURE_SEQUENCES, FIXTURE_LENGTH, request->training,
                            request->workers > 0 ? request->workers : 1, message);
}

static inline void fixture_release(struct fixture *f)
{
    workspace_release(f->workspace);
    model_release(f->model);
    memory_release(f->w);
    memory_release(f->transposed);
    memory_release(f->dw);
}

/* The sum of the losses; also leaves the gradient in dw when asked to. */
static inline double fixture_loss(struct fixture *f, bool gradient)
{
    double sum = 0;
    if (gradient) {
        for (size_t p = 0; p < f->model->parameters; p++)
            model_transpose(f->transposed, f->model, f->w, p);
        memset(f->dw, 0x55, f->model->weights * sizeof(real)); /* to be written over */
        model_forward_backward(f->dw, false, f->nll, f->hit, f->workspace, f->w, f->transposed, &f->chunk);
        model_flush(f->dw, f->workspace);
    } else {
        model_forward(f->nll, f->hit, f->workspace, f->w, &f->chunk);
        for (size_t l = 0; l < f->workspace->encodings; l++) /* a test may change weights in place */
            encoding_forget(f->workspace->encoding[l]);
    }
    for (size_t i = 0; i < chunk_rows(&f->chunk); i++)
        sum += f->nll[i];
    return sum;
}

/* Would this composition refuse any length of the fixture? */
static inline bool fixture_refused(const struct fixture *f, struct message *why)
{
    struct site site = {.shape = &f->model->shape, .length = FIXTURE_LENGTH};
    return composition_accepts(&f->model->composition, &site, why) == STATUS_WRONG;
}

#ifdef LEXBENCH_DOUBLE
enum { FIXTURE_PLACES = 4 }; /* elements tried of each tensor */

static inline double fixture_difference(struct fixture *f, size_t place, double step)
{
    real kept = f->w[place];
    double high, low;
    f->w[place] = kept + (real)step;
    high = fixture_loss(f, false);
    f->w[place] = kept - (real)step;
    low = fixture_loss(f, false);
    f->w[place] = kept;
    return (high - low) / (2 * step);
}

static inline bool fixture_close(double gradient, double expected)
{
    return fabs(gradient - expected) <= 2e-6 * (1 + fabs(expected));
}

/* Every parameter tensor of the model against central differences; nothing where the fixture is refused. */
static inline void fixture_check_gradient(const struct fixture_request *request, const char *what)
{
    struct message message;
    struct fixture f;
    double *gradient;
    if (fixture_create(&f, request, &message))
        fail_msg("%s: %s", what, message.text);
    if (fixture_refused(&f, &message)) {
        fixture_release(&f);
        return;
    }
    fixture_loss(&f, true);
    gradient = memory_allocate(f.model->weights, sizeof(double), "gradient", NULL);
    for (size_t i = 0; i < f.model->weights; i++)
        gradient[i] = (double)f.dw[i];
    for (size_t p = 0; p < f.model->parameters; p++)
        for (size_t k = 0; k < FIXTURE_PLACES; k++) {
            const struct model_parameter *parameter = &f.model->parameter[p];
            size_t place = parameter->offset + random_below(key_named(p, "place"), k, parameter->size);
            double expected = fixture_difference(&f, place, 1e-5);
            /* Encoders with a kink (a rectifier, a rounded position) may have it between the two points. */
            if (!fixture_close(gradient[place], expected))
                expected = fixture_difference(&f, place, 1e-7);
            if (!fixture_close(gradient[place], expected))
                fail_msg("%s, positions %s, %s[%zu]: gradient %.9g, central difference %.9g", what,
                         request->positions, parameter->name, place - parameter->offset, gradient[place],
                         expected);
        }
    memory_release(gradient);
    fixture_release(&f);
}
#endif

#endif
