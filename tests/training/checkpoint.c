/* Checkpoints: a training that is stopped at any step and taken up again gives the bits of one that was not,
 * for any number of threads; what is truncated, altered or foreign is named and not taken; the interval
 * counts on the monotonic clock, whatever the wall clock does. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "support/file.h"
#include "support/rng.h"
#include "tests/training/fixture.h"

/* ---- the clocks of this program ---- */

static double monotonic_offset; /* a test moves it */
static unsigned wall_clock_asked;
static bool wall_clock_jumps;

/* Instead of the library's: the wall clock jumps by years each time, back and forth. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (clock == CLOCK_MONOTONIC)
        now->tv_sec += (time_t)monotonic_offset;
    if (clock == CLOCK_REALTIME && wall_clock_jumps)
        now->tv_sec += wall_clock_asked++ % 2 ? 100000000 : -100000000;
    return result;
}

/* ---- a training ---- */

static void create(struct setting *s)
{
    create_of(s, "t5", "16");
}

/* What the callbacks see and say. */
struct visit {
    size_t stop_after; /* asks to stop when so many steps are done; 0 = never */
    size_t done, started;
    double per_step; /* seconds that the monotonic clock moves in a step */
    const char *path;
    size_t saved[64], saves; /* after which steps the checkpoint had changed */
    ino_t inode;
    char note[1024];
};

static bool stop(void *context)
{
    const struct visit *visit = context;
    return visit->stop_after > 0 && visit->done >= visit->stop_after;
}

static void start(void *context, size_t step)
{
    struct visit *visit = context;
    visit->started = visit->done = step;
}

static void note(void *context, const char *sentence)
{
    struct visit *visit = context;
    snprintf(visit->note, sizeof visit->note, "%s", sentence);
}

static void report(void *context, size_t step, double loss, double rate)
{
    struct visit *visit = context;
    struct stat facts;
    (void)loss;
    (void)rate;
    if (visit->path && stat(visit->path, &facts) == 0 && facts.st_ino != visit->inode) {
        visit->inode = facts.st_ino;
        visit->saved[visit->saves++] = step - 1; /* it was saved before this step */
    }
    visit->done = step;
    monotonic_offset += visit->per_step;
}

static struct training_request request_of(const struct setting *s, struct visit *visit, size_t threads)
{
    visit->path = s->path;
    return (struct training_request){.model = s->model,
                                     .dataset = s->dataset,
                                     .dataset_state = s->dataset_state,
                                     .options = s->training,
                                     .seed = 4,
                                     .threads = threads,
                                     .checkpoint = s->path,
                                     .id = "0123456789abcdef",
                                     .checkpoint_interval = 1e9,
                                     .stop = stop,
                                     .start = start,
                                     .note = note,
                                     .report = report,
                                     .context = visit};
}

static enum status train(real *w, struct training_curve *curve, const struct setting *s, struct visit *visit,
                         size_t threads)
{
    const struct training_request request = request_of(s, visit, threads);
    struct message message = {""};
    enum status status = training_run(w, curve, &request, &message);
    if (status == STATUS_FAILED)
        fail_msg("%s", message.text);
    return status;
}

static void assert_same(const struct setting *s, const real *w, const struct training_curve *curve,
                        const real *again, const struct training_curve *other)
{
    assert_memory_equal(w, again, s->model->weights * sizeof(real));
    assert_int_equal(curve->count, other->count);
    assert_memory_equal(curve->step, other->step, curve->count * sizeof(int64_t));
    assert_memory_equal(curve->loss, other->loss, curve->count * sizeof(double));
    assert_memory_equal(curve->rate, other->rate, curve->count * sizeof(double));
}

/* More steps than points, so that sums are under way; stops at random places; other threads each time. */
static void test_stopped_and_resumed(void **state)
{
    struct training_curve curve, other;
    struct setting s;
    real *w, *again;
    (void)state;
    create(&s);
    s.training.steps = 217;
    w = weights_for(&s);
    again = weights_for(&s);
    struct visit whole = {0};
    assert_int_equal(train(w, &curve, &s, &whole, 1), STATUS_OK);
    assert_int_equal(whole.saves, 0);
    assert_false(file_exists(s.path));
    for (uint64_t trial = 0; trial < 4; trial++) {
        size_t stops = 0, at = 0;
        enum status status;
        do {
            struct visit visit = {.stop_after = at + 1 + random_below(key_named(trial, "stop"), stops++, 90)};
            memset(again, 0xff, s.model->weights * sizeof(real));
            status = train(again, &other, &s, &visit, 1 + (trial + stops) % 3);
            assert_int_equal(visit.started, at);
            assert_string_equal(visit.note, "");
            at = visit.done;
            if (status == STATUS_CHECKPOINTED) {
                assert_int_equal(at, visit.stop_after);
                training_curve_release(&other);
            }
        } while (status == STATUS_CHECKPOINTED);
        assert_true(stops > 2);
        assert_same(&s, w, &curve, again, &other);
        training_curve_release(&other);
        remove(s.path);
    }
    training_curve_release(&curve);
    memory_release(w);
    memory_release(again);
    release(&s);
}

/* keep_last: all is in the checkpoint, and a later run does no step. */
static void test_the_last_step(void **state)
{
    struct training_curve curve, other;
    struct visit visit = {.per_step = 1}, later = {0}; /* a second a step, by the clock of this test */
    struct setting s;
    struct message message = {""};
    (void)state;
    create(&s);
    real *w = weights_for(&s), *again = weights_for(&s);
    struct training_request request = request_of(&s, &visit, 2);
    request.keep_last = true;
    assert_int_equal(training_run(w, &curve, &request, &message), STATUS_OK);
    request.context = &later;
    assert_int_equal(training_run(again, &other, &request, &message), STATUS_OK);
    assert_int_equal(later.started, s.training.steps);
    assert_int_equal(later.done, s.training.steps);
    assert_same(&s, w, &curve, again, &other);
    assert_true(other.seconds >= (double)s.training.steps); /* of both runs */
    training_curve_release(&curve);
    training_curve_release(&other);
    memory_release(w);
    memory_release(again);
    release(&s);
}

static void flip(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, at, at < 0 ? SEEK_END : SEEK_SET);
    int byte = fgetc(file);
    fseek(file, at, at < 0 ? SEEK_END : SEEK_SET);
    fputc(byte ^ 1, file);
    fclose(file);
}

/* A checkpoint at step 9, then `spoil`; the training must say `part`, begin anew, and give the same bits. */
static void spoiled(const char *part, const char *id, long flipped, long cut, const char *foreign)
{
    struct visit first = {.stop_after = 9}, second = {0}, whole = {0};
    struct training_curve curve, other;
    struct message message = {""};
    struct setting s;
    create(&s);
    real *w = weights_for(&s), *again = weights_for(&s);
    assert_int_equal(train(w, &curve, &s, &first, 2), STATUS_CHECKPOINTED);
    training_curve_release(&curve);
    if (flipped != 0)
        flip(s.path, flipped);
    if (cut >= 0)
        assert_int_equal(truncate(s.path, cut), 0);
    if (foreign)
        assert_int_equal(file_publish_sealed(s.path, foreign, strlen(foreign), &message), STATUS_OK);
    struct training_request request = request_of(&s, &second, 2);
    request.id = id;
    assert_int_equal(training_run(again, &other, &request, &message), STATUS_OK);
    assert_int_equal(second.started, 0);
    if (!strstr(second.note, part) || !strstr(second.note, s.path) || !strstr(second.note, "begins anew"))
        fail_msg("the note does not say \"%s\": %s", part, second.note);
    remove(s.path);
    assert_int_equal(train(w, &curve, &s, &whole, 1), STATUS_OK);
    assert_same(&s, w, &curve, again, &other);
    training_curve_release(&curve);
    training_curve_release(&other);
    memory_release(w);
    memory_release(again);
    release(&s);
}

static void test_spoiled(void **state)
{
    (void)state;
    spoiled("was altered", "0123456789abcdef", 500, -1, NULL);
    spoiled("was altered", "0123456789abcdef", -1, -1, NULL);
    spoiled("truncated", "0123456789abcdef", 0, 0, NULL);
    spoiled("truncated", "0123456789abcdef", 0, 700, NULL);
    spoiled("of another training", "fedcba9876543210", 0, -1, NULL);
    spoiled("no checkpoint", "0123456789abcdef", 0, -1, "something else that this program sealed");
}

/* Another shape under the same id. */
static void test_shape(void **state)
{
    struct visit first = {.stop_after = 9}, second = {0};
    struct training_curve curve;
    struct setting small, large;
    (void)state;
    create(&small);
    create_of(&large, "t5", "24");
    real *w = weights_for(&large);
    assert_int_equal(train(w, &curve, &small, &first, 1), STATUS_CHECKPOINTED);
    training_curve_release(&curve);
    assert_int_equal(rename(small.path, large.path), 0);
    assert_int_equal(train(w, &curve, &large, &second, 1), STATUS_OK);
    assert_int_equal(second.started, 0);
    assert_non_null(strstr(second.note, "weights"));
    training_curve_release(&curve);
    memory_release(w);
    release(&small);
    release(&large);
}

/* 7 s a step, a checkpoint after 20 s: before steps 3, 6, 9, ...  The wall clock leaps about meanwhile. */
static void test_interval(void **state)
{
    struct visit visit = {.per_step = 7};
    struct training_curve curve;
    struct message message = {""};
    struct timeval now;
    struct setting s;
    (void)state;
    create(&s);
    real *w = weights_for(&s);
    struct training_request request = request_of(&s, &visit, 1);
    request.checkpoint_interval = 20;
    wall_clock_jumps = true;
    assert_int_equal(training_run(w, &curve, &request, &message), STATUS_OK);
    wall_clock_jumps = false;
    assert_int_equal(visit.saves, 12);
    for (size_t i = 0; i < visit.saves; i++)
        assert_int_equal(visit.saved[i], 3 * (i + 1));
    assert_true(curve.seconds >= 7 * 36 && curve.seconds < 7 * 38);
    assert_int_equal(gettimeofday(&now, NULL), 0);
    training_curve_release(&curve);
    memory_release(w);
    release(&s);
}

/* No room for checkpoints: a note in between, a failure at a stop. */
static void test_not_to_be_written(void **state)
{
    struct visit visit = {.per_step = 7}, asked = {.stop_after = 5};
    struct training_curve curve;
    struct message message = {""};
    struct setting s;
    (void)state;
    create(&s);
    real *w = weights_for(&s);
    struct training_request request = request_of(&s, &visit, 1);
    request.checkpoint = "/nonexistent/folder/checkpoint";
    request.checkpoint_interval = 20;
    assert_int_equal(training_run(w, &curve, &request, &message), STATUS_OK);
    assert_non_null(strstr(visit.note, "goes on without"));
    assert_non_null(strstr(visit.note, "/nonexistent/folder/checkpoint"));
    training_curve_release(&curve);
    request.context = &asked;
    assert_int_equal(training_run(w, &curve, &request, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "/nonexistent/folder/checkpoint"));
    training_curve_release(&curve);
    memory_release(w);
    release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stopped_and_resumed),
        cmocka_unit_test(test_the_last_step),
        cmocka_unit_test(test_spoiled),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_not_to_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
