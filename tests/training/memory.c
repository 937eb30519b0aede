/* memory.c -- what a training is said to need is what it takes, to a tenth: large blocks are rounded up to
 * whole huge pages. */
#include "tests/training/fixture.h"

#include <malloc.h>
#include <string.h>

#include "support/file.h"

static double in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return (double)info.uordblks + (double)info.hblkhd;
}

static double used_inside;

static bool measure(void *context)
{
    (void)context;
    used_inside = in_use();
    return true;
}

static void test_memory(void **state)
{
    static const char *const widths[] = {"128", "512"};
    double before_probe = in_use();
    void *probe = memory_allocate(1 << 22, 1, "probe", NULL);
    bool measurable =
        in_use() - before_probe >= 1 << 22; /* an allocator of a sanitizer has no such numbers */
    (void)state;
    memory_release(probe);
    if (!measurable)
        skip();
    for (size_t i = 0; i < 2; i++)
        for (size_t threads = 1; threads <= 3; threads += 2) {
            struct training_curve curve;
            struct message message = {""};
            struct setting s;
            create_of(&s, "alibi", widths[i]);
            s.training.steps = 1;
            s.training.length = 64;
            s.training.batch = 21; /* 16 slots */
            real *w = weights_for(&s);
            struct training_request request = {.model = s.model,
                                               .dataset = s.dataset,
                                               .dataset_state = s.dataset_state,
                                               .options = s.training,
                                               .threads = threads,
                                               .checkpoint = s.path,
                                               .id = "memory",
                                               .stop = measure};
            double before = in_use(), needed = training_memory(s.model, &s.training, threads);
            assert_int_equal(training_run(w, &curve, &request, &message), STATUS_CHECKPOINTED);
            assert_false(file_exists(s.path)); /* no step was done, so nothing is saved */
            snprintf(message.text, sizeof message.text, "none");
            if (needed < 0.9 * (used_inside - before) || needed > 1.1 * (used_inside - before))
                fail_msg("width %s, %zu threads: %.0f bytes foreseen, %.0f used", widths[i], threads, needed,
                         used_inside - before);
            training_memory_say(&message, s.model, &s.training, threads);
            assert_non_null(strstr(message.text, "none; this training needs about "));
            training_curve_release(&curve);
            memory_release(w);
            release(&s);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
