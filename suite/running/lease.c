/* lease.c -- one process at a time in a folder. */
#include "running/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "running/lease_holder.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/progress.h"
#include "support/text.h"
#include "support/threads.h"

enum {
    BEATS = 60,      /* heartbeats in the time after which a lease has expired */
    LIMIT_BEATS = 4, /* a lease with rarer heartbeats than ours gets at least so many */
    WATCHED_BEATS = 2,
    RIGHTS_MAX = 4, /* processes that died, each while it replaced the lease of the one before */
    TRIES = 100
};

struct lease {
    char *path;
    int file; /* open on the lease, for the heartbeat */
    double timeout;
    struct lease_holder self;
    struct threads_tick *heartbeat;
};

/* A file of this process alone beside the lease; support/file.h names its own in the same way. */
static char *own_file(const struct lease *lease)
{
    const char *slash = strrchr(lease->path, '/');
    struct text path = {0};
    text_append(&path, "%.*s/.lexbench-%ld-%s.new", (int)(slash - lease->path), lease->path, lease->self.pid,
                lease->self.serial);
    if (path.failed)
        text_release(&path);
    return path.bytes;
}

/* Makes path a lease of this process: over what is there, or only where nothing is. */
static bool publish(const struct lease *lease, const char *path, bool over)
{
    char *own = own_file(lease);
    bool good = false;
    errno = ENOMEM;
    if (own && lease_holder_write(own, &lease->self)) {
        if (over)
            good = rename(own, path) == 0;
        else if (link(own, path) == 0)
            good = true;
        else if (errno !=
                 EEXIST) /* no hard links here; a file cut short is the lease of an unknown process */
            good = lease_holder_write(path, &lease->self);
        int before = errno;
        unlink(own);
        errno = before;
    }
    memory_release(own);
    return good;
}

/* The file server's clock, ns, from a file just written; -1 when there is none to be had. */
static int64_t server_time(const struct lease *lease)
{
    char *own = own_file(lease);
    int64_t now = -1;
    struct stat facts;
    if (own && lease_holder_write(own, &lease->self)) {
        if (stat(own, &facts) == 0)
            now = (int64_t)facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec;
        unlink(own);
    }
    memory_release(own);
    return now;
}

/* ---- expired or not ---- */

static void watch_holder(struct lease_watch *watch, const struct lease_holder *holder)
{
    if (strcmp(watch->serial, holder->serial) != 0 || watch->changed != holder->changed)
        watch->since = progress_clock();
    memcpy(watch->serial, holder->serial, sizeof watch->serial);
    watch->changed = holder->changed;
    if (holder->pid > 0)
        snprintf(watch->holder, sizeof watch->holder, "process %ld on %s", holder->pid, holder->host);
    else
        snprintf(watch->holder, sizeof watch->holder, "a process that has not said its name");
}

/* watch: NULL for the right to replace a lease, which is held for an instant. */
static bool has_expired(const struct lease *lease, const struct lease_holder *holder,
                        const struct lease_watch *watch)
{
    double limit = fmax(lease->timeout, LIMIT_BEATS * holder->every);
    double every = fmax(holder->every, lease->self.every);
    int64_t now;
    if (strcmp(holder->place, lease->self.place) == 0)
        return lease_holder_gone(holder);
    if (watch && progress_clock() - watch->since < WATCHED_BEATS * every)
        return false;
    now = server_time(lease);
    return now >= 0 && (double)(now - holder->changed) * 1e-9 > limit;
}

/* ---- taking it ---- */

enum outcome { GOT, BUSY, BROKEN };

static enum outcome hold(const struct lease *lease, const char *path, struct lease_watch *watch,
                         size_t rights);

/* The lease at path was seen to have expired.  *again: it has changed since, so it is to be looked at anew. */
static enum outcome replace(const struct lease *lease, const char *path, const struct lease_holder *expired,
                            size_t rights, bool *again)
{
    struct text right = {0};
    struct lease_holder now;
    enum outcome outcome = BROKEN;
    text_append(&right, "%s.%s", path, expired->serial);
    errno = ENOMEM;
    if (!right.failed)
        outcome = rights < RIGHTS_MAX ? hold(lease, text_string(&right), NULL, rights + 1) : BUSY;
    if (outcome == GOT) {
        *again = lease_holder_read(&now, path) != LEASE_PRESENT || strcmp(now.serial, expired->serial) != 0;
        if (!*again && !publish(lease, path, true))
            outcome = BROKEN;
        int before = errno;
        unlink(text_string(&right));
        errno = before;
    }
    text_release(&right);
    return outcome;
}

static enum outcome hold(const struct lease *lease, const char *path, struct lease_watch *watch,
                         size_t rights)
{
    for (size_t try = 0; try < TRIES; try++) {
        struct lease_holder holder;
        enum lease_found found = lease_holder_read(&holder, path);
        bool again = false;
        enum outcome outcome;
        if (found == LEASE_UNREADABLE)
            return BROKEN;
        if (found == LEASE_ABSENT) {
            if (publish(lease, path, false))
                return GOT;
            if (errno != EEXIST)
                return BROKEN;
            continue;
        }
        if (strcmp(holder.serial, lease->self.serial) == 0) /* the answer to a link was lost on its way */
            return GOT;
        if (watch)
            watch_holder(watch, &holder);
        if (!has_expired(lease, &holder, watch))
            return BUSY;
        outcome = replace(lease, path, &holder, rights, &again);
        if (outcome != GOT || !again)
            return outcome;
    }
    return BUSY;
}

/* lease.SERIAL, lease.SERIAL.SERIAL, ... */
static bool is_right(const char *name)
{
    size_t length = strlen(name);
    return length >= 6 + LEASE_SERIAL_SIZE - 1 && strncmp(name, "lease.", 6) == 0 &&
           strspn(name + 6, "0123456789abcdef.") == length - 6;
}

/* Files half-written by a process that is gone, and rights to replace leases that are gone.  Nobody else
 * works in this folder now; one who only tries for the lease may lose his file and tries again. */
static void tidy(const struct lease *lease, const char *folder)
{
    char **names = NULL;
    size_t count = 0;
    if (file_list(&names, &count, folder, "", NULL))
        return;
    for (size_t i = 0; i < count; i++) {
        struct lease_holder other = {.pid = 0};
        bool left = is_right(names[i]) && strstr(names[i], lease->self.serial) == NULL;
        if (sscanf(names[i], ".lexbench-%ld-", &other.pid) == 1 && strstr(names[i], ".new"))
            left = other.pid > 0 && lease_holder_gone(&other);
        char *path = left ? file_join(folder, names[i]) : NULL;
        if (path)
            unlink(path);
        memory_release(path);
        memory_release(names[i]);
    }
    memory_release(names);
}

static void beat(void *context)
{
    const struct lease *lease = context;
    (void)futimens(lease->file, NULL); /* NULL: the server's time */
}

enum status lease_take(struct lease **out, struct lease_watch *watch, const char *folder, double timeout,
                       struct message *message)
{
    struct lease *lease = memory_allocate(1, sizeof *lease, "a lease", message);
    enum status status = STATUS_FAILED;
    enum outcome outcome = BUSY;
    *out = NULL;
    if (!lease)
        return STATUS_FAILED;
    lease->file = -1;
    lease->timeout = timeout;
    lease->path = file_join(folder, "lease");
    if (!lease->path) {
        message_set(message, STATUS_FAILED, "no memory for a lease");
        goto done;
    }
    status = lease_holder_self(&lease->self, timeout / BEATS, message);
    if (status)
        goto done;
    outcome = hold(lease, lease->path, watch, 0);
    if (outcome == BROKEN)
        status =
            message_set(message, STATUS_FAILED, "cannot take the lease %s: %s", lease->path, strerror(errno));
    if (outcome != GOT)
        goto done;
    lease->file = open(lease->path, O_RDONLY | O_CLOEXEC);
    status = threads_tick_begin(&lease->heartbeat, lease->self.every, lease, beat, message);
    tidy(lease, folder);
done:
    if (!status && outcome == GOT)
        *out = lease;
    else
        lease_release(lease);
    return status;
}

void lease_release(struct lease *lease)
{
    struct lease_holder holder;
    if (!lease)
        return;
    threads_tick_end(lease->heartbeat);
    if (lease->path && lease_holder_read(&holder, lease->path) == LEASE_PRESENT &&
        strcmp(holder.serial, lease->self.serial) == 0)
        unlink(lease->path);
    if (lease->file >= 0)
        close(lease->file);
    memory_release(lease->path);
    memory_release(lease);
}
