/* inspection.c -- all measures at all lengths, and where the encoder acts. */
#include "inspection/inspection.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inspection/inspection_private.h"
#include "model/places.h"
#include "support/memory.h"

enum { NEAR = 16, DISTANCES_MAX = 512 };

/* ---- words ---- */

static void append_owners(struct text *out, const struct composition *composition, const struct place *place)
{
    const char *separator = " (";
    for (size_t c = 0; c < composition->count; c++)
        if (encoder_hooks(composition->at[c].encoder) & place->hook) {
            text_append(out, "%s%s", separator, composition->at[c].encoder->name);
            separator = ", ";
        }
    text_append(out, ")");
}

static void say_places(struct inspected *out, const struct composition *composition)
{
    for (const struct place *place = places; place->name; place++) {
        const bool acts = composition_hooks(composition) & place->hook;
        struct text *list = acts ? &out->acts : &out->idle;
        text_append(list, "%s%s", list->length > 0 ? "; " : "", place->what);
        if (acts)
            append_owners(list, composition, place);
        if (acts && place->needs_text) {
            text_append(&out->content, "%s%s", out->content.length > 0 ? "; " : "", place->what);
            append_owners(&out->content, composition, place);
        }
    }
    if (strcmp(composition->map->name, "identity") != 0)
        text_append(&out->acts, "%spositions (%s)", out->acts.length > 0 ? "; " : "", composition->map->name);
}

/* ---- where measures are taken ---- */

/* 0 to 16, then eight to an octave; where keys are cut, what lies next to the training length too. */
static size_t next_distance(size_t distance, const struct subject *subject)
{
    const size_t next = distance < NEAR ? distance + 1 : (size_t)ceil((double)distance * exp2(0.125));
    for (size_t edge = subject->shape.trained_length - 1; edge <= subject->shape.trained_length; edge++)
        if (subject->hooks & HOOK_SEGMENTS && distance < edge && edge < next)
            return edge;
    return next;
}

static enum status grid_create(struct grid_of_places *grid, const struct subject *subject,
                               struct message *message)
{
    const size_t n = subject->site.length;
    *grid = (struct grid_of_places){.places = n < INSPECTION_PLACES ? n : INSPECTION_PLACES};
    grid->place = memory_allocate(grid->places, sizeof *grid->place, "places", message);
    grid->distance = memory_allocate(DISTANCES_MAX, sizeof *grid->distance, "distances", message);
    if (!grid->place || !grid->distance)
        return STATUS_FAILED;
    for (size_t i = 0; i < grid->places; i++)
        grid->place[i] = (size_t)floor((double)i * (double)(n - 1) / (double)(grid->places - 1) + 0.5);
    for (size_t d = 0; d < n - 1 && grid->distances < DISTANCES_MAX - 1; d = next_distance(d, subject))
        grid->distance[grid->distances++] = d;
    grid->distance[grid->distances++] = n - 1;
    return STATUS_OK;
}

static void grid_release(struct grid_of_places *grid)
{
    memory_release(grid->place);
    memory_release(grid->distance);
}

static enum status add_coordinate(struct inspected_length *out, const char *name, const char *units,
                                  const char *description, const size_t *values, size_t count,
                                  struct message *message)
{
    const struct inspected_array array = {name, units, description, 1, {name}, {count}, NULL};
    double *coordinate = inspected_add(out, &array, message);
    for (size_t i = 0; coordinate && i < count; i++)
        coordinate[i] = values ? (double)values[i] : (double)i;
    return coordinate ? STATUS_OK : STATUS_FAILED;
}

static enum status add_coordinates(struct inspected_length *out, const struct grid_of_places *grid,
                                   const struct shape *shape, struct message *message)
{
    enum status status =
        add_coordinate(out, "query", "token", "place of the query", grid->place, grid->places, message);
    if (!status)
        status = add_coordinate(out, "key", "token", "place of the key", grid->place, grid->places, message);
    if (!status)
        status = add_coordinate(out, "distance", "token", "places from the key to the query", grid->distance,
                                grid->distances, message);
    if (!status)
        status = add_coordinate(out, "spread", "1", "0 mean, 1 lowest, 2 highest over pairs of this distance",
                                NULL, 3, message);
    if (!status)
        status = add_coordinate(out, "head", "1", "attention head", NULL, shape->heads, message);
    return !status ? add_coordinate(out, "pair", "1", "pair of dimensions, the fastest first", NULL,
                                    shape->head_width / 2, message)
                   : status;
}

/* ---- whole ---- */

static enum status measure(struct inspected_length *out, struct subject *subject,
                           const struct subject *trained, struct message *message)
{
    struct grid_of_places grid;
    struct message refusal = {""};
    enum status status = subject_place(subject, out->length, &refusal);
    if (status == STATUS_WRONG) {
        snprintf(out->refusal, sizeof out->refusal, "%.*s", (int)sizeof out->refusal - 1, refusal.text);
        return STATUS_OK;
    }
    if (status) {
        if (message)
            *message = refusal;
        return status;
    }
    status = grid_create(&grid, subject, message);
    if (!status)
        status = add_coordinates(out, &grid, &subject->shape, message);
    if (!status)
        status = inspection_keys(out, subject, &grid, message);
    if (!status)
        status = inspection_additive(out, subject, &grid, message);
    if (!status)
        status = inspection_rotation(out, subject, trained, &grid, message);
    if (!status)
        status = inspection_bias(out, subject, &grid, message);
    if (!status)
        status = inspection_scale(out, subject, &grid, message);
    grid_release(&grid);
    return status;
}

/* The training's own encoder at L; *known is false when it turns nothing or refuses L. */
static enum status place_trained(struct subject *trained, bool *known,
                                 const struct inspection_request *request, struct message *message)
{
    struct message refusal = {""};
    enum status status =
        subject_create(trained, request->trained, &request->shape, request->layer, request->seed, message);
    *known = false;
    if (status || !trained->rotation)
        return status;
    status = subject_place(trained, request->shape.trained_length, &refusal);
    *known = !status;
    if (status == STATUS_FAILED && message)
        *message = refusal;
    return status == STATUS_WRONG ? STATUS_OK : status;
}

static void describe(struct inspected *out, const struct inspection_request *request)
{
    out->layers = request->shape.layers;
    out->heads = request->shape.heads;
    out->width = request->shape.width;
    out->trained_length = request->shape.trained_length;
    out->layer = request->layer + 1;
    out->seed = request->seed;
    composition_print_all_encoders(&out->encoder, request->evaluated);
    composition_print_all_positions(&out->positions, request->evaluated);
    say_places(out, request->evaluated);
}

enum status inspection_make(struct inspected *out, const struct inspection_request *request,
                            struct message *message)
{
    struct subject subject = {.planes = 0}, trained = {.planes = 0};
    bool known = false;
    enum status status;
    *out = (struct inspected){.lengths = 0};
    describe(out, request);
    out->at = memory_allocate(request->lengths, sizeof *out->at, "the lengths", message);
    status = out->at ? place_trained(&trained, &known, request, message) : STATUS_FAILED;
    if (!status)
        status = subject_create(&subject, request->evaluated, &request->shape, request->layer, request->seed,
                                message);
    for (size_t i = 0; !status && i < request->lengths; i++) {
        out->at[i].length = request->length[i];
        out->lengths = i + 1;
        status = measure(&out->at[i], &subject, known ? &trained : NULL, message);
    }
    if (!status && (out->encoder.failed || out->positions.failed || out->acts.failed || out->idle.failed ||
                    out->content.failed))
        status = message_set(message, STATUS_FAILED, "no memory for the words about an encoder");
    subject_release(&subject);
    subject_release(&trained);
    return status;
}
