/* claim.c -- one process at a time in a folder. */
#include "commands/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/claim_holder.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/progress.h"
#include "support/text.h"
#include "support/threads.h"

enum {
    BEATS = 60,      /* heartbeats in the time after which a claim is dead */
    LIMIT_BEATS = 4, /* a claim with rarer heartbeats than ours gets at least so many */
    WATCHED_BEATS = 2,
    RIGHTS_MAX = 4, /* processes that died, each while it replaced the claim of the one before */
    TRIES = 100
};

struct claim {
    char *path;
    int file; /* open on the claim, for the heartbeat */
    double timeout;
    struct claim_holder self;
    struct threads_tick *heartbeat;
};

/* A file of this process alone beside the claim; support/file.h names its own in the same way. */
static char *own_file(const struct claim *claim)
{
    const char *slash = strrchr(claim->path, '/');
    struct text path = {0};
    text_append(&path, "%.*s/.lexbench-%ld-%s.new", (int)(slash - claim->path), claim->path, claim->self.pid,
                claim->self.serial);
    if (path.failed)
        text_release(&path);
    return path.bytes;
}

/* Makes path a claim of this process: over what is there, or only where nothing is. */
static bool publish(const struct claim *claim, const char *path, bool over)
{
    char *own = own_file(claim);
    bool good = false;
    errno = ENOMEM;
    if (own && claim_holder_write(own, &claim->self)) {
        if (over)
            good = rename(own, path) == 0;
        else if (link(own, path) == 0)
            good = true;
        else if (errno != EEXIST) /* no hard links here; a claim cut short is one of nobody known */
            good = claim_holder_write(path, &claim->self);
        int before = errno;
        unlink(own);
        errno = before;
    }
    memory_release(own);
    return good;
}

/* The file server's clock, ns, from a file just written; -1 when there is none to be had. */
static int64_t server_time(const struct claim *claim)
{
    char *own = own_file(claim);
    int64_t now = -1;
    struct stat facts;
    if (own && claim_holder_write(own, &claim->self)) {
        if (stat(own, &facts) == 0)
            now = (int64_t)facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec;
        unlink(own);
    }
    memory_release(own);
    return now;
}

/* ---------------------------------------------------------------------------------------- dead or alive */

static void watch_holder(struct claim_watch *watch, const struct claim_holder *holder)
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

/* watch: NULL for the right to replace a claim, which is held for an instant. */
static bool is_dead(const struct claim *claim, const struct claim_holder *holder,
                    const struct claim_watch *watch)
{
    double limit = fmax(claim->timeout, LIMIT_BEATS * holder->every);
    double every = fmax(holder->every, claim->self.every);
    int64_t now;
    if (strcmp(holder->place, claim->self.place) == 0)
        return claim_holder_gone(holder);
    if (watch && progress_clock() - watch->since < WATCHED_BEATS * every)
        return false;
    now = server_time(claim);
    return now >= 0 && (double)(now - holder->changed) * 1e-9 > limit;
}

/* ------------------------------------------------------------------------------------------ taking it */

enum outcome { GOT, BUSY, BROKEN };

static enum outcome hold(const struct claim *claim, const char *path, struct claim_watch *watch,
                         size_t rights);

/* The claim at path was seen dead.  *again: it has changed meanwhile, look anew. */
static enum outcome replace(const struct claim *claim, const char *path, const struct claim_holder *dead,
                            size_t rights, bool *again)
{
    struct text right = {0};
    struct claim_holder now;
    enum outcome outcome = BROKEN;
    text_append(&right, "%s.%s", path, dead->serial);
    errno = ENOMEM;
    if (!right.failed)
        outcome = rights < RIGHTS_MAX ? hold(claim, text_string(&right), NULL, rights + 1) : BUSY;
    if (outcome == GOT) {
        *again = claim_holder_read(&now, path) != CLAIM_PRESENT || strcmp(now.serial, dead->serial) != 0;
        if (!*again && !publish(claim, path, true))
            outcome = BROKEN;
        int before = errno;
        unlink(text_string(&right));
        errno = before;
    }
    text_release(&right);
    return outcome;
}

static enum outcome hold(const struct claim *claim, const char *path, struct claim_watch *watch,
                         size_t rights)
{
    for (size_t try = 0; try < TRIES; try++) {
        struct claim_holder holder;
        enum claim_found found = claim_holder_read(&holder, path);
        bool again = false;
        enum outcome outcome;

        if (found == CLAIM_UNREADABLE)
            return BROKEN;
        if (found == CLAIM_ABSENT) {
            if (publish(claim, path, false))
                return GOT;
            if (errno != EEXIST)
                return BROKEN;
            continue;
        }
        if (strcmp(holder.serial, claim->self.serial) == 0) /* the answer to a link was lost on its way */
            return GOT;
        if (watch)
            watch_holder(watch, &holder);
        if (!is_dead(claim, &holder, watch))
            return BUSY;
        outcome = replace(claim, path, &holder, rights, &again);
        if (outcome != GOT || !again)
            return outcome;
    }
    return BUSY;
}

/* claim.SERIAL, claim.SERIAL.SERIAL, ... */
static bool is_right(const char *name)
{
    size_t length = strlen(name);
    return length >= 6 + CLAIM_SERIAL_SIZE - 1 && strncmp(name, "claim.", 6) == 0 &&
           strspn(name + 6, "0123456789abcdef.") == length - 6;
}

/* Files half-written by a process that is gone, and rights to replace claims that are gone.  Nobody else
 * works in this folder now; one who only tries to claim it may lose his file and tries again. */
static void tidy(const struct claim *claim, const char *folder)
{
    char **names = NULL;
    size_t count = 0;
    if (file_list(&names, &count, folder, "", NULL))
        return;
    for (size_t i = 0; i < count; i++) {
        struct claim_holder other = {.pid = 0};
        bool left = is_right(names[i]) && strstr(names[i], claim->self.serial) == NULL;

        if (sscanf(names[i], ".lexbench-%ld-", &other.pid) == 1 && strstr(names[i], ".new"))
            left = other.pid > 0 && claim_holder_gone(&other);
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
    const struct claim *claim = context;
    (void)futimens(claim->file, NULL); /* NULL: the server's time */
}

enum status claim_take(struct claim **out, struct claim_watch *watch, const char *folder, double timeout,
                       struct message *message)
{
    struct claim *claim = memory_allocate(1, sizeof *claim, "a claim", message);
    enum status status = STATUS_FAILED;
    enum outcome outcome = BUSY;
    *out = NULL;
    if (!claim)
        return STATUS_FAILED;
    claim->file = -1;
    claim->timeout = timeout;
    claim->path = file_join(folder, "claim");
    if (!claim->path) {
        message_set(message, STATUS_FAILED, "no memory for a claim");
        goto done;
    }
    status = claim_holder_self(&claim->self, timeout / BEATS, message);
    if (status)
        goto done;
    outcome = hold(claim, claim->path, watch, 0);
    if (outcome == BROKEN)
        status = message_set(message, STATUS_FAILED, "cannot claim %s: %s", claim->path, strerror(errno));
    if (outcome != GOT)
        goto done;
    claim->file = open(claim->path, O_RDONLY | O_CLOEXEC);
    status = threads_tick_begin(&claim->heartbeat, claim->self.every, claim, beat, message);
    tidy(claim, folder);
done:
    if (!status && outcome == GOT)
        *out = claim;
    else
        claim_release(claim);
    return status;
}

void claim_release(struct claim *claim)
{
    struct claim_holder holder;
    if (!claim)
        return;
    threads_tick_end(claim->heartbeat);
    if (claim->path && claim_holder_read(&holder, claim->path) == CLAIM_PRESENT &&
        strcmp(holder.serial, claim->self.serial) == 0)
        unlink(claim->path);
    if (claim->file >= 0)
        close(claim->file);
    memory_release(claim->path);
    memory_release(claim);
}
