/* progress.c -- durations in words, and the lines that a pipe or a file gets. */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/progress.h"
#include "support/threads.h"

static void durations(void **state)
{
    static const struct {
        double seconds;
        const char *words;
    } cases[] = {{0, "0 s"},          {0.4, "0 s"},          {42.4, "42 s"},         {59.6, "1 min 0 s"},
                 {190, "3 min 10 s"}, {3599, "59 min 59 s"}, {3599.7, "1 h 0 min"},  {7500, "2 h 5 min"},
                 {-5, "0 s"},         {NAN, "0 s"},          {INFINITY, "centuries"}};
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        char words[32];
        progress_duration(words, cases[i].seconds);
        assert_string_equal(words, cases[i].words);
    }
}

/* Standard error goes to a file between these two; the second gives what was written. */
static FILE *redirected;
static int saved = -1;

static void redirect(void)
{
    redirected = tmpfile();
    assert_non_null(redirected);
    saved = dup(STDERR_FILENO);
    assert_true(saved >= 0 && dup2(fileno(redirected), STDERR_FILENO) >= 0);
}

static void restore(char *out, size_t size)
{
    size_t count;
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(redirected);
    count = fread(out, 1, size - 1, redirected);
    out[count] = '\0';
    fclose(redirected);
}

static size_t lines(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

static void work(void *context, size_t task, size_t worker)
{
    (void)task;
    (void)worker;
    progress_add(context, 0.1, "part");
}

static void one_line_per_tenth(void **state)
{
    struct progress progress;
    char written[4096];
    (void)state;
    redirect();
    progress_begin(&progress, 100, false);
    threads_run(2, 1000, &progress, work);
    progress_note(&progress, "trained %s in %d steps", "rope", 5);
    progress_end(&progress);
    restore(written, sizeof written);
    assert_int_equal(lines(written), 11);
    assert_non_null(strstr(written, " 50 %: part\n"));
    assert_non_null(strstr(written, "100 %, 0 s: part\n"));
    assert_non_null(strstr(written, "\ntrained rope in 5 steps\n"));
    assert_null(strchr(written, '\r'));
}

static void quiet_says_nothing(void **state)
{
    struct progress progress;
    char written[64];
    (void)state;
    redirect();
    progress_begin(&progress, 10, true);
    progress_add(&progress, 10, "part");
    progress_note(&progress, "a note");
    progress_end(&progress);
    restore(written, sizeof written);
    assert_string_equal(written, "");
}

static void no_work_at_all(void **state)
{
    struct progress progress;
    char written[256];
    (void)state;
    redirect();
    progress_begin(&progress, 0, false);
    progress_add(&progress, 0, "nothing");
    progress_add(&progress, 0, "nothing");
    progress_end(&progress);
    restore(written, sizeof written);
    assert_string_equal(written, "100 %, 0 s: nothing\n");
}

static void the_clock_goes_forward(void **state)
{
    double before = progress_clock();
    (void)state;
    usleep(2000);
    assert_true(progress_clock() - before >= 0.002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations),
        cmocka_unit_test(one_line_per_tenth),
        cmocka_unit_test(quiet_says_nothing),
        cmocka_unit_test(no_work_at_all),
        cmocka_unit_test(the_clock_goes_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
