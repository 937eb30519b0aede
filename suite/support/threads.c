/* threads.c -- teams of workers that draw tasks from one counter. */
#include "support/threads.h"

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
void threads_run(size_t workers, size_t tasks, void *context,
                 void (*task)(void *context, size_t task, size_t worker))
{
    size_t team = workers < tasks ? workers : tasks, drawn = 0;

    if (tasks == 0)
        return;
    if (team == 0)
        team = 1;
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
