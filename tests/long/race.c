/* race.c -- a counter that threads share: guarded, and (argument `race`) on purpose not.
 *
 * Under the thread sanitizer the second must be reported, or it would see none of ours either. */
#include "tests/test.h"

#include <string.h>
#include <time.h>

#include "support/threads.h"

enum { WORKERS = 4, TASKS = 40 };

/* Without it one thread may do all tasks before another has started: then there is no race. */
static void pause_for_others(void)
{
    const struct timespec millisecond = {.tv_nsec = 1000000};
    nanosleep(&millisecond, NULL);
}

static void add(void *context)
{
    size_t *counter = context;
    ++*counter;
}

static void add_guarded(void *context, size_t task, size_t worker)
{
    (void)task;
    (void)worker;
    threads_exclusive(context, add);
    pause_for_others();
}

static void add_unguarded(void *context, size_t task, size_t worker)
{
    (void)task;
    (void)worker;
    add(context);
    pause_for_others();
}

static void guarded(void **state)
{
    size_t counter = 0;
    (void)state;
    threads_run(WORKERS, TASKS, &counter, add_guarded);
    assert_int_equal(counter, TASKS);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(guarded)};
    size_t counter = 0;
    if (argc < 2 || strcmp(argv[1], "race") != 0)
        return cmocka_run_group_tests(tests, NULL, NULL);
    threads_run(WORKERS, TASKS, &counter, add_unguarded);
    return 0;
}
