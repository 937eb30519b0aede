/* training.c -- the loop: steps, the curve, checkpoints between two steps. */
#include "training/training.h"

#include <math.h>
#include <string.h>

#include "support/file.h"
#include "support/memory.h"
#include "support/progress.h"
#include "training/trainer.h"

enum { CURVE_POINTS = 100 };

/* ---- the curve ---- */

static enum status create_curve(struct training_curve *curve, struct message *message)
{
    *curve = (struct training_curve){0};
    curve->step = memory_allocate(CURVE_POINTS + 1, sizeof(int64_t), "the curve", message);
    curve->loss = memory_allocate(CURVE_POINTS + 1, sizeof(double), "the curve", message);
    curve->rate = memory_allocate(CURVE_POINTS + 1, sizeof(double), "the curve", message);
    return curve->step && curve->loss && curve->rate ? STATUS_OK : STATUS_FAILED;
}

void training_curve_release(struct training_curve *curve)
{
    memory_release(curve->step);
    memory_release(curve->loss);
    memory_release(curve->rate);
    *curve = (struct training_curve){0};
}

/* ---- checkpoints ---- */

static void note(const struct trainer *trainer, const char *sentence)
{
    if (trainer->request->note)
        trainer->request->note(trainer->request->context, sentence);
}

/* Intervals are counted from the end of the last saving: a slow disk never fills all the time. */
static enum status save(struct trainer *trainer, struct message *message)
{
    enum status status;
    trainer->state.seconds = progress_clock() - trainer->began;
    status = checkpoint_write(trainer->request->checkpoint, trainer->request->id, &trainer->state, message);
    trainer->saved = progress_clock();
    return status;
}

/* A checkpoint that can't be written now may be later: the training goes on. */
static void save_or_note(struct trainer *trainer)
{
    struct message why = {""};
    if (save(trainer, &why)) {
        message_prefix(&why, "the training goes on without a checkpoint");
        note(trainer, why.text);
    }
}

static bool is_due(const struct trainer *trainer)
{
    return trainer->request->checkpoint &&
           progress_clock() - trainer->saved >= trainer->request->checkpoint_interval;
}

/* The start, or where an earlier run was. */
static enum status begin(struct trainer *trainer, struct message *message)
{
    const struct training_request *request = trainer->request;
    enum status status = STATUS_OK;
    struct message why = {""};
    if (request->initial)
        memcpy(trainer->state.w, request->initial, request->model->weights * sizeof(real));
    else
        model_initialise(request->model, request->seed, trainer->state.w);
    if (request->checkpoint && file_exists(request->checkpoint)) {
        status =
            checkpoint_read(&trainer->state, request->checkpoint, request->id, request->options.steps, &why);
        if (status == STATUS_WRONG)
            return message_set(message, STATUS_FAILED, "%s", why.text);
        if (status) {
            message_prefix(&why, "the training begins anew");
            note(trainer, why.text);
        }
    }
    trainer->saved = progress_clock();
    trainer->began = trainer->saved - trainer->state.seconds;
    if (request->start)
        request->start(request->context, trainer->state.step);
    return STATUS_OK;
}

static enum status leave(struct trainer *trainer, size_t started, struct message *message)
{
    const struct training_request *request = trainer->request;
    if (request->checkpoint && trainer->state.step > started && save(trainer, message))
        return STATUS_FAILED;
    return message_set(message, STATUS_CHECKPOINTED, "stopped after step %zu of %zu", trainer->state.step,
                       request->options.steps);
}

/* ---- the loop ---- */

/* The step is done: its loss goes into the curve. */
static void add_loss(struct trainer *trainer, double loss)
{
    size_t steps = trainer->request->options.steps;
    size_t every = steps > CURVE_POINTS ? (steps + CURVE_POINTS - 1) / CURVE_POINTS : 1;
    struct checkpoint *state = &trainer->state;
    struct training_curve *curve = state->curve;
    state->sum += loss;
    state->since++;
    state->step++;
    if (state->since == every || state->step == steps) {
        curve->step[curve->count] = (int64_t)state->step;
        curve->loss[curve->count] = state->sum / (double)state->since;
        curve->rate[curve->count++] = trainer->step.rate;
        state->sum = 0;
        state->since = 0;
    }
}

static enum status run_steps(struct trainer *trainer, struct message *message)
{
    const struct training_request *request = trainer->request;
    size_t steps = request->options.steps, started = trainer->state.step;
    trainer_profile(trainer);
    while (trainer->state.step < steps) {
        double loss;
        if (request->stop && request->stop(request->context))
            return leave(trainer, started, message);
        if (trainer->state.step > started && is_due(trainer))
            save_or_note(trainer);
        loss = trainer_step(trainer);
        if (isnan(loss))
            return message_set(message, STATUS_FAILED,
                               "the loss is not finite at step %zu of %zu; try a lower rate than %g",
                               trainer->state.step + 1, steps, request->options.rate);
        add_loss(trainer, loss);
        if (request->report)
            request->report(request->context, trainer->state.step, loss, trainer->step.rate);
    }
    trainer_profile(trainer);
    if (request->checkpoint && request->keep_last && trainer->state.step > started)
        save_or_note(trainer);
    return STATUS_OK;
}

enum status training_run(real *w, struct training_curve *curve, const struct training_request *request,
                         struct message *message)
{
    struct trainer trainer = {.state = {.curve = curve, .points = CURVE_POINTS + 1}};
    enum status status = create_curve(curve, message);
    if (!status)
        status = trainer_create(&trainer, w, request, message);
    if (status) {
        if (status == STATUS_FAILED)
            training_memory_say(message, request->model, &request->options, request->threads);
        goto done;
    }
    status = begin(&trainer, message);
    if (!status)
        status = run_steps(&trainer, message);
    curve->seconds = progress_clock() - trainer.began;
done:
    trainer_destroy(&trainer);
    return status;
}
