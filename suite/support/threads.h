/* threads.h -- the only place that starts threads: OpenMP for work, POSIX threads for what has a team of its
 * own, for a heartbeat and for signals.
 *
 * Work is a list of tasks; results must not depend on which worker does which task.  Every
 * worker sets its own number of OpenMP threads to 1 first, so that a matrix library called
 * inside a task stays on its thread, in a team of one as well. */
#ifndef LEXBENCH_THREADS_H
#define LEXBENCH_THREADS_H

#include <signal.h>
#include <stddef.h>

#include "support/status.h"

/* OMP_NUM_THREADS, or the number of processors this process may use.  1 without OpenMP. */
size_t threads_available(void);

/* task(context, t, worker) for t = 0..tasks-1 on at most `workers` threads; worker is
 * 0..workers-1 and no two tasks with the same worker run at once.  Tasks are handed out in
 * ascending order. */
void threads_run(size_t workers, size_t tasks, void *context,
                 void (*task)(void *context, size_t task, size_t worker));

/* The same for tasks that call threads_run themselves, as trials side by side do, each with its own workers:
 * these are kept from one call to the next, where a nested team of OpenMP would be started anew each time.
 * One task after the other without OpenMP. */
void threads_run_teams(size_t workers, size_t tasks, void *context,
                       void (*task)(void *context, size_t task, size_t worker));

/* Mutual exclusion between tasks of one or several threads_run (log lines, shared counters). */
void threads_exclusive(void *context, void (*action)(void *context));

/* A thread of its own calls tick(context) every `seconds` of the monotonic clock until threads_tick_end,
 * which waits for a call under way.  STATUS_FAILED with a sentence when no thread could be started. */
struct threads_tick;
enum status threads_tick_begin(struct threads_tick **out, double seconds, void *context,
                               void (*tick)(void *context), struct message *message);
void threads_tick_end(struct threads_tick *ticker); /* NULL is fine */

/* From now on these signals interrupt no thread: they are blocked here and in all threads that this one
 * starts, and one of its own waits for them and calls arrived(signal) for each, until the process ends.  A
 * thread that a library started before is interrupted once by each, by a handler that blocks it there and
 * passes it on; so the system's own action is out of reach until arrived() sets SIG_DFL. */
enum status threads_watch_signals(const sigset_t *signals, void (*arrived)(int signal),
                                  struct message *message);

#endif
