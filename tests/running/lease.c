/* Leases: one holder at a time, whatever is killed; the dead are found out, on this system and on others. */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "running/lease.h"
#include "running/lease_holder.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/progress.h"
#include "support/rng.h"

struct place {
    char folder[64], lease[96];
};

static int begin(void **state)
{
    struct place *place = malloc(sizeof *place);
    strcpy(place->folder, "/tmp/lexbench-lease-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->lease, sizeof place->lease, "%s/lease", place->folder);
    *state = place;
    return 0;
}

/* Nothing may be left behind. */
static int end(void **state)
{
    struct place *place = *state;
    int result = rmdir(place->folder);
    free(place);
    return result;
}

static void nap(double seconds)
{
    struct timespec length = {.tv_sec = (time_t)seconds,
                              .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&length, NULL);
}

static struct lease *take(const struct place *place, struct lease_watch *watch, double timeout)
{
    struct message message = {""};
    struct lease *lease;
    if (lease_take(&lease, watch, place->folder, timeout, &message))
        fail_msg("%s", message.text);
    return lease;
}

/* A child that holds the lease until it is killed. */
static pid_t holding_child(const struct place *place)
{
    pid_t child = fork();
    if (child == 0) {
        struct lease_watch watch = {.since = 0};
        struct lease *lease = NULL;
        lease_take(&lease, &watch, place->folder, 60, NULL);
        for (;;)
            pause();
    }
    assert_true(child > 0);
    while (!file_exists(place->lease))
        nap(0.001);
    return child;
}

static void test_one_at_a_time(void **state)
{
    const struct place *place = *state;
    struct lease_watch watch = {.since = 0};
    char who[40];
    pid_t child = holding_child(place);
    assert_null(take(place, &watch, 60));
    snprintf(who, sizeof who, "process %ld on ", (long)child);
    assert_non_null(strstr(watch.holder, who));
    assert_null(take(place, &watch, 60));
    kill(child, SIGKILL);
    while (waitpid(child, NULL, WNOHANG) == 0)
        nap(0.001);
    struct lease *lease = take(place, &watch, 60);
    assert_non_null(lease);
    lease_release(lease);
    assert_false(file_exists(place->lease));
}

/* Killed, but nobody has waited for it yet: the process is there and does nothing any more. */
static void test_zombie(void **state)
{
    const struct place *place = *state;
    struct lease_watch watch = {.since = 0};
    pid_t child = holding_child(place);
    siginfo_t info;

    kill(child, SIGKILL);
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    struct lease *lease = take(place, &watch, 60);
    assert_non_null(lease);
    lease_release(lease);
    waitpid(child, NULL, 0);
}

static void forge(const struct place *place, const struct lease_holder *holder, double age)
{
    struct timespec times[2];
    remove(place->lease);
    assert_true(lease_holder_write(place->lease, holder));
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= (time_t)age;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, place->lease, times, 0), 0);
}

/* Our own number, but of a process that started at another time. */
static void test_number_used_again(void **state)
{
    const struct place *place = *state;
    struct lease_watch watch = {.since = 0};
    struct lease_holder self;
    assert_int_equal(lease_holder_self(&self, 1, NULL), STATUS_OK);
    forge(place, &self, 0);
    assert_null(take(place, &watch, 60)); /* alive: it is this process */
    if (self.start == 0)
        skip();
    self.start--;
    forge(place, &self, 0);
    struct lease *lease = take(place, &watch, 60);
    assert_non_null(lease);
    lease_release(lease);
}

/* Is another's lease taken?  Too early is an error, by the clocks of this test: it may be stopped at any
 * moment, and then waits longer than it wants to. */
static bool taken(const struct place *place, struct lease_watch *watch, double timeout, double every)
{
    struct lease *lease;
    struct timespec now;
    struct stat facts;
    assert_int_equal(stat(place->lease, &facts), 0);
    lease = take(place, watch, timeout);
    if (!lease)
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    assert_true((double)(now.tv_sec - facts.st_mtim.tv_sec) +
                    1e-9 * (double)(now.tv_nsec - facts.st_mtim.tv_nsec) >
                timeout);
    assert_true(progress_clock() - watch->since >= 2 * every);
    lease_release(lease);
    return true;
}

/* Of another machine: dead when old, and unchanged while watched for two heartbeats (of 0.1 s). */
static void test_elsewhere(void **state)
{
    const double timeout = 3, every = 0.1;
    const struct place *place = *state;
    struct lease_watch watch = {.since = 0};
    struct lease_holder other = {.host = "faraway",
                                 .place = "another boot",
                                 .pid = 1,
                                 .start = 1,
                                 .every = every,
                                 .serial = "00112233445566778899aabbccddeeff"};
    forge(place, &other, 1); /* younger than the limit */
    if (!taken(place, &watch, timeout, every)) {
        assert_string_equal(watch.holder, "process 1 on faraway");
        nap(0.25);
        taken(place, &watch, timeout, every);
    }

    forge(place, &other, 1000); /* older: but only just seen */
    taken(place, &watch, timeout, every);
    nap(0.25); /* the clock had jumped: its heartbeat goes on */
    forge(place, &other, 999);
    if (!taken(place, &watch, timeout, every)) {
        nap(0.1);
        if (!taken(place, &watch, timeout, every)) {
            nap(0.15);
            assert_true(taken(place, &watch, timeout, every));
        }
    }

    forge(place, &other, -1000); /* from the future: a clock that was set back */
    assert_false(taken(place, &watch, timeout, every));
    nap(0.25);
    assert_false(taken(place, &watch, timeout, every));
    remove(place->lease);
}

/* An empty file, such as a full disk leaves where there are no links: it says no heartbeat, so ours counts. */
static void test_unknown_holder(void **state)
{
    const double timeout = 0.06, every = 0.001;
    const struct place *place = *state;
    struct lease_watch watch = {.since = 0};
    int file = open(place->lease, O_WRONLY | O_CREAT, 0666);
    assert_true(file >= 0);
    close(file);
    if (taken(place, &watch, timeout, every))
        return;
    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, place->lease, old, 0), 0);
    if (taken(place, &watch, timeout, every))
        return;
    nap(0.05);
    assert_true(taken(place, &watch, timeout, every));
}

static void test_heartbeat(void **state)
{
    const struct place *place = *state;
    struct lease_watch watch = {.since = 0};
    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct lease *lease = take(place, &watch, 1); /* every 1/60 s */
    struct stat facts;
    assert_int_equal(utimensat(AT_FDCWD, place->lease, old, 0), 0);
    for (int i = 0; i < 6000; i++) {
        nap(0.005);
        assert_int_equal(stat(place->lease, &facts), 0);
        if (facts.st_mtime > 1000)
            break;
    }
    assert_true(facts.st_mtime > 1000);
    lease_release(lease);
}

/* What a killed process leaves half-written goes; what is the user's, or of a living process, stays. */
static void test_tidy(void **state)
{
    static const char *const kept[] = {"lease.txt", "lease.000", ".lexbench-notes", "results.h5"};
    const struct place *place = *state;
    struct lease_watch watch = {.since = 0};
    char path[200];
    pid_t gone = fork();
    if (gone == 0)
        _exit(0);
    waitpid(gone, NULL, 0);
    snprintf(path, sizeof path, "%s/.lexbench-%ld-0.new", place->folder, (long)gone);
    assert_int_equal(file_publish(path, "x", 1, NULL), STATUS_OK);
    snprintf(path, sizeof path, "%s/lease.00112233445566778899aabbccddeeff", place->folder);
    assert_int_equal(file_publish(path, "x", 1, NULL), STATUS_OK);
    for (size_t i = 0; test_row("kept", i, sizeof kept / sizeof *kept); i++) {
        snprintf(path, sizeof path, "%s/%s", place->folder, kept[i]);
        assert_int_equal(file_publish(path, "x", 1, NULL), STATUS_OK);
    }
    snprintf(path, sizeof path, "%s/.lexbench-%ld-7.new", place->folder, (long)getpid());
    assert_int_equal(file_publish(path, "x", 1, NULL), STATUS_OK);
    lease_release(take(place, &watch, 60));
    assert_int_equal(remove(path), 0);
    for (size_t i = 0; test_row("kept", i, sizeof kept / sizeof *kept); i++) {
        snprintf(path, sizeof path, "%s/%s", place->folder, kept[i]);
        if (remove(path) != 0)
            fail_msg("%s was removed", kept[i]);
    }
}

static void test_refusals(void **state)
{
    const struct place *place = *state;
    struct lease_watch watch = {.since = 0};
    struct message message = {""};
    struct lease *lease;
    char path[200];
    snprintf(path, sizeof path, "%s/not-there", place->folder);
    assert_int_equal(lease_take(&lease, &watch, path, 60, &message), STATUS_FAILED);
    assert_null(lease);
    assert_non_null(strstr(message.text, path));
    assert_non_null(strstr(message.text, "No such file"));
}

/* ---- many at once, killed at random ---- */

enum { CHILDREN = 6, ROUNDS = 250 };

/* In memory that the children share.  The kernel gives up a robust mutex of a thread that ends before others
 * can see that it ended: whoever finds it locked has met a living one, and the code under test is not asked. */
struct inside {
    pthread_mutex_t mutex;
    atomic_size_t entered, met;
};

static struct inside *inside_begin(void)
{
    struct inside *inside =
        mmap(NULL, sizeof *inside, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    assert_ptr_not_equal(inside, MAP_FAILED);
    pthread_mutexattr_init(&attributes);
    assert_int_equal(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    assert_int_equal(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), 0);
    assert_int_equal(pthread_mutex_init(&inside->mutex, &attributes), 0);
    pthread_mutexattr_destroy(&attributes);
    return inside;
}

/* Takes the lease again and again, and inside it a mutex that must be free or of a dead process. */
static void compete(const struct place *place, struct inside *inside)
{
    for (;;) {
        struct lease_watch watch = {.since = 0};
        struct lease *lease = NULL;
        int result;
        if (lease_take(&lease, &watch, place->folder, 60, NULL))
            _exit(3);
        if (!lease)
            continue;
        result = pthread_mutex_trylock(&inside->mutex);
        if (result == EOWNERDEAD)
            result = pthread_mutex_consistent(&inside->mutex);
        atomic_fetch_add(&inside->entered, 1);
        nap(0.0002);
        if (result == 0)
            pthread_mutex_unlock(&inside->mutex);
        else
            atomic_fetch_add(&inside->met, 1);
        lease_release(lease);
    }
}

static void start_child(pid_t *child, const struct place *place, struct inside *inside)
{
    *child = fork();
    assert_true(*child >= 0); /* kill(-1) would be for everybody */
    if (*child == 0)
        compete(place, inside);
}

static void test_many(void **state)
{
    const struct place *place = *state;
    struct inside *inside = inside_begin();
    struct lease_watch watch = {.since = 0};
    pid_t child[CHILDREN];
    struct lease *lease;
    for (size_t i = 0; i < CHILDREN; i++)
        start_child(&child[i], place, inside);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        size_t victim = random_below(key_named(round, "victim"), 0, CHILDREN);
        int status;
        nap(0.004 * random_uniform(key_named(round, "moment"), 0));
        kill(child[victim], SIGKILL);
        waitpid(child[victim], &status, 0);
        assert_true(WIFSIGNALED(status)); /* it has not left by itself */
        start_child(&child[victim], place, inside);
    }
    for (size_t i = 0; i < CHILDREN; i++)
        if (kill(child[i], SIGKILL) == 0)
            waitpid(child[i], NULL, 0);
    assert_true(atomic_load(&inside->entered) > 0);
    assert_int_equal(atomic_load(&inside->met), 0);
    munmap(inside, sizeof *inside);
    lease = take(place, &watch, 60); /* all are dead: it can be had at once */
    assert_non_null(lease);
    lease_release(lease);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_at_a_time, begin, end),
        cmocka_unit_test_setup_teardown(test_zombie, begin, end),
        cmocka_unit_test_setup_teardown(test_number_used_again, begin, end),
        cmocka_unit_test_setup_teardown(test_elsewhere, begin, end),
        cmocka_unit_test_setup_teardown(test_unknown_holder, begin, end),
        cmocka_unit_test_setup_teardown(test_heartbeat, begin, end),
        cmocka_unit_test_setup_teardown(test_tidy, begin, end),
        cmocka_unit_test_setup_teardown(test_refusals, begin, end),
        cmocka_unit_test_setup_teardown(test_many, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
