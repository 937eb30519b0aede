/* signals.c -- being asked to stop. */
#include "running/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "support/threads.h"

/* The one global variable of the program: of the process, like the signals.  Lock-free, so that every thread
 * may read it. */
static atomic_int first_signal;

static const char interrupted[] =
    "\nfinishing the step and saving; Ctrl-C again leaves at once (and loses what is not saved)\n";

/* On the watcher's thread.  The second Ctrl-C meets the system's own action, which ends the process. */
static void ask(int signal)
{
    int none = 0;
    if (signal == SIGINT && atomic_load(&first_signal) == SIGINT) {
        sigset_t only;
        sigaction(SIGINT, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
        sigemptyset(&only);
        sigaddset(&only, SIGINT);
        pthread_sigmask(SIG_UNBLOCK, &only, NULL);
        raise(SIGINT);
    }
    atomic_compare_exchange_strong(&first_signal, &none, signal);
    if (signal == SIGINT && write(STDERR_FILENO, interrupted, sizeof interrupted - 1) < 0)
        return; /* nobody listens: nothing to be done */
}

/* No handler runs on a thread that calculates: oneDNN's generated code (2.6.3) keeps data below its stack
 * pointer, where the system puts the frame of a handler, and a signal in the middle of a product overwrote
 * memory. */
enum status signals_begin(struct message *message)
{
    struct sigaction before;
    sigset_t asking;
    sigemptyset(&asking);
    sigaddset(&asking, SIGTERM);
    sigaddset(&asking, SIGUSR1);
    if (sigaction(SIGINT, NULL, &before) != 0 || before.sa_handler != SIG_IGN)
        sigaddset(&asking, SIGINT);
    return threads_watch_signals(&asking, ask, message);
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
