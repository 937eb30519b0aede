/* memory.c -- what a workspace is said to take is what it takes, under every mixer and every encoder. */
#include "tests/test.h"

#include <malloc.h>

#include "tests/model/fixture.h"

enum { LENGTH = 2000, SEQUENCES = 2 };

static double in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return (double)info.uordblks + (double)info.hblkhd;
}

/* The model of a fixture, with a workspace of another size. */
static void check(const struct fixture_request *request, size_t workers)
{
    struct message message;
    struct workspace *workspace;
    struct fixture f;
    if (fixture_create(&f, request, &message))
        fail_msg("%s: %s", request->encoders, message.text);
    double said = (double)workspace_bytes(f.model, SEQUENCES, LENGTH, request->training, workers);
    double before = in_use();
    assert_int_equal(
        workspace_create(&workspace, f.model, SEQUENCES, LENGTH, request->training, workers, &message),
        STATUS_OK);
    double used = in_use() - before;
    if (!(fabs(said - used) <= 0.004 * used))
        fail_msg("mixer %s, encoder %s, %s, %zu workers: %.0f bytes foreseen, %.0f used", request->mixer,
                 request->encoders, request->training ? "training" : "evaluation", workers, said, used);
    workspace_release(workspace);
    fixture_release(&f);
}

static void what_is_said_is_taken(void **state)
{
    (void)state;
    double before = in_use();
    void *probe = memory_allocate(1 << 22, 1, "probe", NULL);
    bool measurable = in_use() - before >= 1 << 22; /* an allocator of a sanitizer has no such numbers */
    memory_release(probe);
    if (!measurable)
        skip();
    for (size_t m = 0; mixer_list[m]; m++)
        for (size_t e = 0; encoder_list[e]; e++) {
            struct fixture_request request = {.encoders = encoder_list[e]->name,
                                              .positions = "identity",
                                              .trained_length = LENGTH,
                                              .mixer = mixer_list[m]->name};
            if (encoder_hooks(encoder_list[e]) & ~mixer_list[m]->hooks)
                continue;
            check(&request, 1);
            check(&request, 2);
            request.training = true;
            check(&request, 1);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_said_is_taken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
