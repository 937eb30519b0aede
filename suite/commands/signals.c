/* signals.c -- being asked to stop. */
#include "commands/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The one global variable of the program: a handler has nothing else.  Lock-free, so a handler may write it
 * and every thread read it. */
static atomic_int first_signal;

static const char interrupted[] =
    "\nfinishing the step and saving; Ctrl-C again leaves at once (and loses what is not saved)\n";

static void ask(int signal)
{
    int none = 0, before = errno;

    atomic_compare_exchange_strong(&first_signal, &none, signal);
    if (signal == SIGINT && write(STDERR_FILENO, interrupted, sizeof interrupted - 1) < 0)
        errno = before; /* nobody listens: nothing to be done */
    errno = before;
}

static void handle(int signal, int flags)
{
    struct sigaction action, before;

    if (sigaction(signal, NULL, &before) == 0 && before.sa_handler == SIG_IGN && signal == SIGINT)
        return;
    memset(&action, 0, sizeof action);
    action.sa_handler = ask;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

/* SA_RESETHAND: the second Ctrl-C finds the system's own action, which ends the process.  SA_RESTART: a
 * write that a signal interrupts goes on. */
void signals_begin(void)
{
    handle(SIGTERM, SA_RESTART);
    handle(SIGUSR1, SA_RESTART);
    handle(SIGINT, SA_RESTART | (int)SA_RESETHAND);
}

bool signals_stop(void)
{
    return atomic_load(&first_signal) != 0;
}

const char *signals_name(void)
{
    switch (atomic_load(&first_signal)) {
    case 0:
        return "";
    case SIGTERM:
        return "SIGTERM";
    case SIGUSR1:
        return "SIGUSR1";
    default:
        return "Ctrl-C";
    }
}

/* In short naps: which thread a signal wakes is the system's choice. */
void signals_sleep(double seconds)
{
    const double nap = 0.05;

    for (; seconds > 0 && !signals_stop(); seconds -= nap) {
        double now = seconds < nap ? seconds : nap;
        struct timespec length = {.tv_sec = 0, .tv_nsec = (long)(now * 1e9)};

        nanosleep(&length, NULL);
    }
}
