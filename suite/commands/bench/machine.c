/* machine.c -- what the processor can do at best: multiply-adds, matrix products, memory. */
#include "commands/bench/bench.h"
#include "kernels/kernels.h"
#include "kernels/product.h"
#include "support/memory.h"
#include "support/progress.h"
#include "support/threads.h"

enum { TRIALS = 5, SIZE = 256, BANDWIDTH_ELEMENTS = 1 << 24 };

/* ---- multiply-adds ---- */

struct peak {
    const struct kernels *kernels;
    size_t rounds;
    double sum[64]; /* by task; keeps the work from being left out */
};

static void peak_task(void *context, size_t task, size_t worker)
{
    struct peak *peak = context;
    (void)worker;
    peak->sum[task % 64] = peak->kernels->multiply_adds(peak->rounds);
}

double bench_peak(enum isa isa, size_t threads)
{
    struct peak peak = {.kernels = kernels_for(isa), .rounds = 10000000};
    double best = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double started = progress_clock(), seconds;
        threads_run(threads, threads, &peak, peak_task);
        seconds = progress_clock() - started;
        double rate =
            2.0 * MULTIPLY_ADD_CHAINS * VECTOR_LANES * (double)peak.rounds * (double)threads / seconds;
        best = rate > best ? rate : best;
    }
    return best * 1e-9;
}

/* ---- products ---- */

struct products {
    real *a, *b, *c; /* (SIZE, SIZE) for each thread */
    size_t repeat;
};

static void product_task(void *context, size_t task, size_t worker)
{
    struct products *products = context;
    size_t at = task * SIZE * SIZE;
    (void)worker;
    for (size_t i = 0; i < products->repeat; i++)
        product(matrix_set(products->c + at, SIZE), matrix_of(products->a + at, SIZE),
                matrix_of(products->b + at, SIZE), SIZE, SIZE, SIZE);
}

double bench_product(size_t threads)
{
    size_t elements = threads * SIZE * SIZE;
    struct products products = {memory_allocate(elements, sizeof(real), "products", NULL),
                                memory_allocate(elements, sizeof(real), "products", NULL),
                                memory_allocate(elements, sizeof(real), "products", NULL), 50};
    double best = 0;
    for (int trial = 0; products.a && products.b && products.c && trial < TRIALS; trial++) {
        double started = progress_clock(), seconds;
        threads_run(threads, threads, &products, product_task);
        seconds = progress_clock() - started;
        double rate = 2.0 * SIZE * SIZE * SIZE * (double)products.repeat * (double)threads / seconds;
        best = rate > best ? rate : best;
    }
    memory_release(products.a);
    memory_release(products.b);
    memory_release(products.c);
    return best * 1e-9;
}

/* ---- memory ---- */

struct triad {
    float *a, *b, *c;
    size_t part;
};

static void triad_task(void *context, size_t task, size_t worker)
{
    struct triad *triad = context;
    float *restrict a = triad->a + task * triad->part;
    const float *restrict b = triad->b + task * triad->part, *restrict c = triad->c + task * triad->part;
    (void)worker;
    for (size_t i = 0; i < triad->part; i++)
        a[i] = b[i] + 0.5f * c[i];
}

enum status bench_bandwidth(double *out, size_t threads, struct message *message)
{
    struct triad triad = {memory_allocate(BANDWIDTH_ELEMENTS, sizeof(float), "bandwidth", message),
                          memory_allocate(BANDWIDTH_ELEMENTS, sizeof(float), "bandwidth", message),
                          memory_allocate(BANDWIDTH_ELEMENTS, sizeof(float), "bandwidth", message),
                          BANDWIDTH_ELEMENTS / threads};
    enum status status = triad.a && triad.b && triad.c ? STATUS_OK : STATUS_FAILED;
    *out = 0;
    for (int trial = 0; !status && trial < TRIALS; trial++) {
        double started = progress_clock(), rate;
        threads_run(threads, threads, &triad, triad_task);
        rate = 3.0 * sizeof(float) * (double)(triad.part * threads) / (progress_clock() - started) * 1e-9;
        *out = rate > *out ? rate : *out;
    }
    memory_release(triad.a);
    memory_release(triad.b);
    memory_release(triad.c);
    return status;
}
