/* signals.c -- a storm of signals that a thread waits for does nothing to products.  Delivered to the thread
 * that multiplies, as a handler is, they overwrite memory: oneDNN's code keeps data below its stack pointer. */
#include "tests/test.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>

#include "kernels/product.h"
#include "support/threads.h"

enum { M = 119, N = 64, K = 256, REPETITIONS = 3000 };

static atomic_size_t signals;

static void arrived(int signal)
{
    (void)signal;
    atomic_fetch_add(&signals, 1);
}

struct products {
    real a[M * K], b[K * N], c[M * N], expected[M * N];
    size_t wrong;
};

static void multiply(void *context, size_t task, size_t worker)
{
    struct products *products = context;
    (void)task, (void)worker;
    for (size_t i = 0; i < REPETITIONS; i++) {
        product(matrix_set(products->c, N), matrix_of(products->a, K), matrix_of(products->b, N), M, N, K);
        if (i == 0)
            memcpy(products->expected, products->c, sizeof products->c);
        products->wrong += memcmp(products->c, products->expected, sizeof products->c) != 0;
    }
}

static void test_products_under_signals(void **state)
{
    static struct products products;
    struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
    struct message message = {""};
    sigset_t alarm;
    (void)state;
    for (size_t i = 0; i < M * K; i++)
        products.a[i] = (real)(i * 7919 % 1000) / 1000;
    for (size_t i = 0; i < K * N; i++)
        products.b[i] = (real)(i * 104729 % 1000) / 1000;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    assert_int_equal(threads_watch_signals(&alarm, arrived, &message), STATUS_OK);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    threads_run(2, 1, &products, multiply);
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(products.wrong, 0);
    assert_true(atomic_load(&signals) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_products_under_signals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
