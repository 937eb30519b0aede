/* product.c -- inside a task the matrix library, whichever it is, keeps to the thread that calls it. */
#include "tests/test.h"

#include <time.h>

#include "kernels/product.h"
#include "support/threads.h"

enum { SIZE = 256, REPETITIONS = 50 };

struct products {
    real a[SIZE * SIZE], b[SIZE * SIZE], c[SIZE * SIZE];
    double own, all; /* processor seconds of this thread, and of the process */
};

static double seconds_of(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void multiply(void *context, size_t task, size_t worker)
{
    struct products *products = context;
    double own = seconds_of(CLOCK_THREAD_CPUTIME_ID), all = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    (void)task, (void)worker;
    for (size_t i = 0; i < REPETITIONS; i++)
        product(matrix_set(products->c, SIZE), matrix_of(products->a, SIZE), matrix_of(products->b, SIZE),
                SIZE, SIZE, SIZE);
    products->own = seconds_of(CLOCK_THREAD_CPUTIME_ID) - own;
    products->all = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - all;
}

/* Processor time: how busy the machine is doesn't matter. */
static void test_on_this_thread(void **state)
{
    static struct products products;
    (void)state;
    for (size_t i = 0; i < SIZE * SIZE; i++) {
        products.a[i] = (real)(i * 7919 % 1000) / 1000;
        products.b[i] = (real)(i * 104729 % 1000) / 1000;
    }
    threads_run(1, 1, &products, multiply);
    assert_true(products.own > 0);
    if (products.all > 1.2 * products.own)
        fail_msg("%g s of the thread, %g s of all", products.own, products.all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_on_this_thread)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
