/* threads.c -- teams of workers that draw tasks from one counter; threads that tick and that wait for
 * signals. */
#include "support/threads.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "support/memory.h"

#ifdef _OPENMP
#include <omp.h>
#else
/* There when a matrix library brought an OpenMP of its own: it must stay on this thread too. */
extern void omp_set_num_threads(int count) __attribute__((weak));
#endif

/* How deep this thread is in threads_exclusive: an action may take part in another one. */
static _Thread_local unsigned exclusive_depth;

size_t threads_available(void)
{
#ifdef _OPENMP
    int most = omp_get_max_threads();

    return most > 0 ? (size_t)most : 1;
#else
    return 1;
#endif
}

/* Signals are for the threads that were there before. */
static int start(pthread_t *thread, void *(*run)(void *context), void *context)
{
    sigset_t all, before;
    int result;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    result = pthread_create(thread, NULL, run, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

/* Tasks that several threads draw from. */
struct draw {
    atomic_size_t next;
    size_t tasks;
    void *context;
    void (*task)(void *context, size_t task, size_t worker);
};

static void draw_all(struct draw *draw, size_t worker)
{
    for (size_t next; (next = atomic_fetch_add(&draw->next, 1)) < draw->tasks;)
        draw->task(draw->context, next, worker);
}

#ifdef _OPENMP
/* This thread alone: a parallel region of one would count as a level, and regions inside it would start
 * their threads anew each time instead of waking those of the last one. */
static void draw_alone(struct draw *draw)
{
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    draw_all(draw, 0);
    omp_set_num_threads(before);
}

void threads_run(size_t workers, size_t tasks, void *context,
                 void (*task)(void *context, size_t task, size_t worker))
{
    struct draw draw = {.tasks = tasks, .context = context, .task = task};
    size_t team = workers < tasks ? workers : tasks;
    if (team <= 1) {
        draw_alone(&draw);
        return;
    }
    if (omp_get_max_active_levels() < 2)
        omp_set_max_active_levels(2);
#pragma omp parallel num_threads((int)team)
    {
        omp_set_num_threads(1);
        draw_all(&draw, (size_t)omp_get_thread_num());
    }
}

struct leader {
    struct draw *draw;
    size_t worker;
    pthread_t thread;
};

static void *lead(void *context)
{
    struct leader *leader = context;
    omp_set_num_threads(1);
    draw_all(leader->draw, leader->worker);
    return NULL;
}

/* Threads that the system refuses are not missed: this one takes what is left. */
void threads_run_teams(size_t workers, size_t tasks, void *context,
                       void (*task)(void *context, size_t task, size_t worker))
{
    struct draw draw = {.tasks = tasks, .context = context, .task = task};
    size_t team = workers < tasks ? workers : tasks, started = 1;
    struct leader *leader;
    /* Where OpenMP binds threads to processors, it alone knows how to share them out. */
    if (team <= 1 || omp_get_proc_bind() != omp_proc_bind_false) {
        threads_run(workers, tasks, context, task);
        return;
    }
    leader = memory_allocate(team, sizeof *leader, "threads", NULL);
    for (; leader && started < team; started++) {
        leader[started] = (struct leader){.draw = &draw, .worker = started};
        if (start(&leader[started].thread, lead, &leader[started]) != 0)
            break;
    }
    draw_alone(&draw);
    for (size_t i = 1; leader && i < started; i++)
        pthread_join(leader[i].thread, NULL);
    memory_release(leader);
}
#else
void threads_run(size_t workers, size_t tasks, void *context,
                 void (*task)(void *context, size_t task, size_t worker))
{
    struct draw draw = {.tasks = tasks, .context = context, .task = task};
    (void)workers;
    if (omp_set_num_threads)
        omp_set_num_threads(1);
    draw_all(&draw, 0);
}

void threads_run_teams(size_t workers, size_t tasks, void *context,
                       void (*task)(void *context, size_t task, size_t worker))
{
    threads_run(workers, tasks, context, task);
}
#endif

void threads_exclusive(void *context, void (*action)(void *context))
{
    if (exclusive_depth > 0) {
        action(context);
        return;
    }
    exclusive_depth++;
#ifdef _OPENMP
#pragma omp critical(lexbench_exclusive)
#endif
    action(context);
    exclusive_depth--;
}

/* ---- a thread that ticks ---- */

struct threads_tick {
    double seconds;
    void *context;
    void (*tick)(void *context);
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    bool end;
};

static struct timespec after(double seconds)
{
    struct timespec at;
    double whole = floor(seconds);
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)whole;
    at.tv_nsec += (long)((seconds - whole) * 1e9);
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

static void *run_ticks(void *context)
{
    struct threads_tick *ticker = context;
    pthread_mutex_lock(&ticker->mutex);
    while (!ticker->end) {
        struct timespec next = after(ticker->seconds);
        int result = 0;
        while (!ticker->end && result == 0)
            result = pthread_cond_timedwait(&ticker->ended, &ticker->mutex, &next);
        if (ticker->end)
            break;
        pthread_mutex_unlock(&ticker->mutex);
        ticker->tick(ticker->context);
        pthread_mutex_lock(&ticker->mutex);
    }
    pthread_mutex_unlock(&ticker->mutex);
    return NULL;
}

enum status threads_tick_begin(struct threads_tick **out, double seconds, void *context,
                               void (*tick)(void *context), struct message *message)
{
    struct threads_tick *ticker = memory_allocate(1, sizeof *ticker, "a heartbeat", message);
    pthread_condattr_t attributes;
    int result;
    if (!ticker)
        return STATUS_FAILED;
    ticker->seconds = seconds;
    ticker->context = context;
    ticker->tick = tick;
    pthread_mutex_init(&ticker->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&ticker->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    result = start(&ticker->thread, run_ticks, ticker);
    if (result == 0) {
        *out = ticker;
        return STATUS_OK;
    }
    pthread_cond_destroy(&ticker->ended);
    pthread_mutex_destroy(&ticker->mutex);
    memory_release(ticker);
    return message_set(message, STATUS_FAILED, "cannot start a thread: %s", strerror(result));
}

void threads_tick_end(struct threads_tick *ticker)
{
    if (!ticker)
        return;
    pthread_mutex_lock(&ticker->mutex);
    ticker->end = true;
    pthread_cond_signal(&ticker->ended);
    pthread_mutex_unlock(&ticker->mutex);
    pthread_join(ticker->thread, NULL);
    pthread_cond_destroy(&ticker->ended);
    pthread_mutex_destroy(&ticker->mutex);
    memory_release(ticker);
}

/* ---- a thread that signals come to ---- */

struct watch {
    sigset_t signals;
    void (*arrived)(int signal);
};

static void *watch_signals(void *context)
{
    struct watch watch = *(struct watch *)context;
    int signal;
    memory_release(context);
    for (;;)
        if (sigwait(&watch.signals, &signal) == 0)
            watch.arrived(signal);
    return NULL;
}

/* On a thread that a library started before the signals were blocked, as OpenBLAS does when it is loaded:
 * blocks the signal there too, once this returns, and sends it on, until it comes to the thread that waits. */
static void pass_on(int signal, siginfo_t *information, void *context)
{
    ucontext_t *interrupted = context;
    int before = errno;

    (void)information;
    sigaddset(&interrupted->uc_sigmask, signal);
    kill(getpid(), signal);
    errno = before;
}

static void pass_on_all(const sigset_t *signals)
{
    struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int signal = 1; signal <= SIGRTMAX; signal++)
        if (sigismember(signals, signal) == 1)
            sigaction(signal, &action, NULL);
}

enum status threads_watch_signals(const sigset_t *signals, void (*arrived)(int signal),
                                  struct message *message)
{
    struct watch *watch = memory_allocate(1, sizeof *watch, "signals", message);
    pthread_t thread;
    int result;
    if (!watch)
        return STATUS_FAILED;
    *watch = (struct watch){*signals, arrived};
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    result = start(&thread, watch_signals, watch);
    if (result == 0) {
        pthread_detach(thread);
        pass_on_all(signals);
        return STATUS_OK;
    }
    memory_release(watch);
    return message_set(message, STATUS_FAILED, "cannot start a thread: %s", strerror(result));
}
