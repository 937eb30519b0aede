/* threads.c -- teams of workers that draw tasks from one counter; a thread that ticks. */
#include "support/threads.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
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

#ifdef _OPENMP
/* A team of one is this thread itself: a parallel region would count as a level, and regions inside it would start
 * their threads anew each time instead of waking those of the last one. */
static void run_alone(size_t tasks, void *context, void (*task)(void *context, size_t task, size_t worker))
{
    const int before = omp_get_max_threads();

    omp_set_num_threads(1);
    for (size_t next = 0; next < tasks; next++)
        task(context, next, 0);
    omp_set_num_threads(before);
}

void threads_run(size_t workers, size_t tasks, void *context,
                 void (*task)(void *context, size_t task, size_t worker))
{
    size_t team = workers < tasks ? workers : tasks, drawn = 0;

    if (team <= 1) {
        run_alone(tasks, context, task);
        return;
    }
    if (omp_get_max_active_levels() < 2)
        omp_set_max_active_levels(2);
#pragma omp parallel num_threads((int)team) shared(drawn)
    {
        size_t worker = (size_t)omp_get_thread_num(), next;

        omp_set_num_threads(1);
        for (;;) {
#pragma omp atomic capture
            next = drawn++;
            if (next >= tasks)
                break;
            task(context, next, worker);
        }
    }
}
#else
void threads_run(size_t workers, size_t tasks, void *context,
                 void (*task)(void *context, size_t task, size_t worker))
{
    (void)workers;
    if (omp_set_num_threads)
        omp_set_num_threads(1);
    for (size_t next = 0; next < tasks; next++)
        task(context, next, 0);
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

/* Signals are for the threads that were there before. */
static int start(struct threads_tick *ticker)
{
    sigset_t all, before;
    int result;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    result = pthread_create(&ticker->thread, NULL, run_ticks, ticker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
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
    result = start(ticker);
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

/* On a thread that a library started before the signals were blocked, as OpenBLAS does when it is loaded: blocks
 * the signal there too, once this returns, and sends it on, until it comes to the thread that waits. */
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

enum status threads_watch_signals(const sigset_t *signals, void (*arrived)(int signal), struct message *message)
{
    struct watch *watch = memory_allocate(1, sizeof *watch, "signals", message);
    pthread_t thread;
    sigset_t all, before;
    int result;

    if (!watch)
        return STATUS_FAILED;
    *watch = (struct watch){*signals, arrived};
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    result = pthread_create(&thread, NULL, watch_signals, watch);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result == 0) {
        pthread_detach(thread);
        pass_on_all(signals);
        return STATUS_OK;
    }
    memory_release(watch);
    return message_set(message, STATUS_FAILED, "cannot start a thread: %s", strerror(result));
}
