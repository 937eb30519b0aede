/* lease_holder.c -- who is gone stays gone, whenever one looks. */
#include "tests/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "running/lease_holder.h"

static void nap(long microseconds)
{
    struct timespec length = {.tv_nsec = microseconds * 1000};
    nanosleep(&length, NULL);
}

struct looks {
    struct lease_holder holder;
    atomic_bool gone, end;
    size_t back; /* how often it was there again */
};

static void *look(void *context)
{
    struct looks *looks = context;
    while (!atomic_load(&looks->end)) {
        bool gone = lease_holder_gone(&looks->holder);
        if (gone)
            atomic_store(&looks->gone, true);
        else if (atomic_load(&looks->gone))
            looks->back++;
    }
    return NULL;
}

/* One thread looks all the time while the process becomes a zombie, is waited for, and is no more. */
static void test_gone_stays_gone(void **state)
{
    size_t back = 0;
    (void)state;
    for (int round = 0; round < 100; round++) {
        struct looks looks = {.holder = {.pid = fork()}};
        pthread_t thread;
        assert_true(looks.holder.pid >= 0); /* kill(-1) would be for everybody */
        if (looks.holder.pid == 0)
            for (;;)
                pause();
        assert_int_equal(pthread_create(&thread, NULL, look, &looks), 0);
        kill((pid_t)looks.holder.pid, SIGKILL);
        while (!atomic_load(&looks.gone))
            nap(10);
        waitpid((pid_t)looks.holder.pid, NULL, 0);
        nap(200);
        atomic_store(&looks.end, true);
        pthread_join(thread, NULL);
        back += looks.back;
    }
    assert_int_equal(back, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gone_stays_gone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
