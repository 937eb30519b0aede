/* threads.c -- each task once, one worker at a time, nested, exclusive. */
#include "tests/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/threads.h"

enum { TASKS = 5000, WORKERS_MOST = 9, INNER = 40 };

struct tally {
    size_t workers;
    atomic_uint done[TASKS];
    atomic_uint busy[WORKERS_MOST];
    atomic_uint faults;
};

static void tick(void *context, size_t task, size_t worker)
{
    struct tally *tally = context;
    if (worker >= tally->workers || task >= TASKS) {
        atomic_fetch_add(&tally->faults, 1);
        return;
    }
    if (atomic_fetch_add(&tally->busy[worker], 1) != 0)
        atomic_fetch_add(&tally->faults, 1);
    atomic_fetch_add(&tally->done[task], 1);
    atomic_fetch_sub(&tally->busy[worker], 1);
}

static void each_task_once(void **state)
{
    static struct tally tally;
    (void)state;
    for (size_t workers = 0; workers <= WORKERS_MOST; workers++)
        for (size_t tasks = 0; tasks <= TASKS; tasks = 3 * tasks + 1) {
            memset(&tally, 0, sizeof tally);
            tally.workers = workers > 0 ? workers : 1;
            threads_run(workers, tasks, &tally, tick);
            for (size_t t = 0; t < TASKS; t++)
                assert_int_equal(tally.done[t], t < tasks ? 1 : 0);
            assert_int_equal(tally.faults, 0);
        }
}

struct order {
    size_t next, wrong;
};

static void in_order(void *context, size_t task, size_t worker)
{
    struct order *order = context;
    (void)worker;
    order->wrong += task != order->next++;
}

static void one_worker_goes_in_order(void **state)
{
    struct order order = {0, 0};
    (void)state;
    threads_run(1, 100, &order, in_order);
    assert_int_equal(order.next, 100);
    assert_int_equal(order.wrong, 0);
}

struct grid {
    atomic_uint cell[INNER][INNER];
    size_t row[INNER];
    atomic_uint two_at_once;
};
struct row {
    struct grid *grid;
    size_t number;
    atomic_uint here;
};

/* With two workers the first two tasks meet: each waits for the other (for a while). */
static void inner(void *context, size_t task, size_t worker)
{
    struct row *row = context;
    (void)worker;
    if (task < 2) {
        atomic_fetch_add(&row->here, 1);
        for (long spins = 0; atomic_load(&row->here) < 2 && spins < 300000000; spins++)
            continue;
        if (atomic_load(&row->here) == 2 && task == 0)
            atomic_fetch_add(&row->grid->two_at_once, 1);
    }
    atomic_fetch_add(&row->grid->cell[row->number][task], 1);
}

static void outer(void *context, size_t task, size_t worker)
{
    struct row row = {.grid = context, .number = task};
    (void)worker;
    threads_run(2, INNER, &row, inner);
}

static void nested(void **state)
{
    static struct grid grid;
    (void)state;
    threads_run_teams(2, INNER, &grid, outer);
    for (size_t i = 0; i < INNER; i++)
        for (size_t j = 0; j < INNER; j++)
            assert_int_equal(grid.cell[i][j], 1);
#ifdef _OPENMP
    assert_int_equal(grid.two_at_once, INNER);
#endif
}

struct counter {
    size_t count; /* not atomic: threads_exclusive protects it */
    size_t inside;
    size_t faults;
};

static void innermost(void *context)
{
    struct counter *counter = context;
    counter->count++;
}

static void one_more(void *context)
{
    struct counter *counter = context;
    if (counter->inside++ != 0)
        counter->faults++;
    threads_exclusive(context, innermost); /* an action may take part in another one */
    counter->inside--;
}

static void count_once(void *context, size_t task, size_t worker)
{
    (void)task;
    (void)worker;
    threads_exclusive(context, one_more);
}

static void exclusive(void **state)
{
    struct counter counter = {0};
    (void)state;
    threads_run(4, 20000, &counter, count_once);
    assert_int_equal(counter.count, 20000);
    assert_int_equal(counter.faults, 0);
}

static void ask(void *context, size_t task, size_t worker)
{
    size_t *answers = context;
    (void)worker;
    answers[task] = threads_available();
}

/* Inside a task the number of threads is 1, in a team of one as well; outside it is as before. */
static void libraries_stay_on_their_thread(void **state)
{
    size_t before = threads_available(), answers[8] = {0};
    (void)state;
    assert_true(before >= 1);
    for (size_t workers = 1; workers <= 4; workers++) {
        threads_run(workers, 8, answers, ask);
        for (size_t t = 0; t < 8; t++)
            assert_int_equal(answers[t], 1);
    }
    assert_int_equal(threads_available(), before);
}

/* Two tasks that meet, so that each has a thread of its own; says whether that thread had one before. */
struct meeting {
    atomic_uint here, known;
};

static void meet(void *context, size_t task, size_t worker)
{
    static _Thread_local bool seen;
    struct meeting *meeting = context;
    (void)task, (void)worker;
    atomic_fetch_add(&meeting->here, 1);
    for (long spins = 0; atomic_load(&meeting->here) < 2 && spins < 300000000; spins++)
        continue;
    atomic_fetch_add(&meeting->known, seen);
    seen = true;
}

static void meet_often(void *context, size_t task, size_t worker)
{
    unsigned(*known)[3] = context;
    (void)worker;
    for (int i = 0; i < 3; i++) {
        struct meeting meeting = {0};
        threads_run(2, 2, &meeting, meet);
        known[task][i] = meeting.known;
    }
}

/* Tasks that run teams keep their threads: a training would start some in every step. */
static void threads_are_kept(void **state)
{
    bool bound = getenv("OMP_PROC_BIND") || getenv("OMP_PLACES");
    unsigned known[3][3];
    (void)state;
    threads_run(1, 1, known[0], meet_often);
    threads_run_teams(2, 2, known[1], meet_often);
    for (int i = 0; i < 3; i++)
        for (int again = 1; again < 3; again++) {
#ifdef _OPENMP
            assert_true(known[i][again] == 2 || (bound && i > 0));
#endif
        }
}

/* Each task once, on no more threads than were asked for. */
static void teams(void **state)
{
    static struct tally tally;
    (void)state;
    for (size_t workers = 0; workers <= 4; workers++) {
        memset(&tally, 0, sizeof tally);
        tally.workers = workers > 0 ? workers : 1;
        threads_run_teams(workers, TASKS, &tally, tick);
        for (size_t t = 0; t < TASKS; t++)
            assert_int_equal(tally.done[t], 1);
        assert_int_equal(tally.faults, 0);
    }
    threads_run_teams(3, 0, NULL, NULL);
}

static void count_tick(void *context)
{
    atomic_fetch_add((atomic_uint *)context, 1);
}

static void wait_a_little(void)
{
    const struct timespec length = {.tv_nsec = 5000000};
    nanosleep(&length, NULL);
}

/* Ticks come; after the end none does, and the end does not wait for the next. */
static void a_thread_that_ticks(void **state)
{
    struct threads_tick *ticker, *seldom;
    atomic_uint ticks = 0, none = 0;
    unsigned before;

    (void)state;
    assert_int_equal(threads_tick_begin(&ticker, 0.001, &ticks, count_tick, NULL), STATUS_OK);
    assert_int_equal(threads_tick_begin(&seldom, 1e6, &none, count_tick, NULL), STATUS_OK);
    for (int i = 0; i < 2000 && atomic_load(&ticks) < 3; i++)
        wait_a_little();
    assert_true(atomic_load(&ticks) >= 3);
    threads_tick_end(ticker);
    threads_tick_end(seldom);
    threads_tick_end(NULL);
    before = atomic_load(&ticks);
    wait_a_little();
    assert_int_equal(atomic_load(&ticks), before);
    assert_int_equal(atomic_load(&none), 0);
}

static atomic_uint signals, turns;
static atomic_bool leave;

static void arrived(int signal)
{
    atomic_fetch_add(&signals, signal == SIGUSR2);
}

static void *turn(void *context)
{
    while (!atomic_load(&leave)) {
        atomic_fetch_add(&turns, 1);
        wait_a_little();
    }
    return context;
}

/* A thread that was there before, like those of a library, passes a signal on, once, and goes on itself. */
static void signals_to_earlier_threads(void **state)
{
    struct message message = {""};
    pthread_t earlier;
    sigset_t two;
    unsigned before;
    (void)state;
    assert_int_equal(pthread_create(&earlier, NULL, turn, NULL), 0);
    sigemptyset(&two);
    sigaddset(&two, SIGUSR1);
    sigaddset(&two, SIGUSR2);
    assert_int_equal(threads_watch_signals(&two, arrived, &message), STATUS_OK);
    assert_int_equal(pthread_kill(earlier, SIGUSR2), 0);
    while (atomic_load(&signals) < 1)
        wait_a_little();
    assert_int_equal(pthread_kill(earlier, SIGUSR2), 0); /* waits there for ever: it is blocked by now */
    before = atomic_load(&turns);
    while (atomic_load(&turns) < before + 2)
        wait_a_little();
    assert_int_equal(atomic_load(&signals), 1);
    atomic_store(&leave, true);
    pthread_join(earlier, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_once),
        cmocka_unit_test(one_worker_goes_in_order),
        cmocka_unit_test(nested),
        cmocka_unit_test(exclusive),
        cmocka_unit_test(libraries_stay_on_their_thread),
        cmocka_unit_test(threads_are_kept),
        cmocka_unit_test(teams),
        cmocka_unit_test(a_thread_that_ticks),
        cmocka_unit_test(signals_to_earlier_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
