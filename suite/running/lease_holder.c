/* lease_holder.c -- the process that a lease file names. */
#include "running/lease_holder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACE_SIZE = sizeof(((struct lease_holder *)0)->place), CONTENT_SIZE = 512 };
static const double beat_max = 3600; /* seconds: a lease that says more is not believed */

/* ---- who runs, and where ---- */

static size_t read_line(char *out, size_t size, const char *path)
{
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(out, 1, size - 1, file) : 0;
    if (file)
        fclose(file);
    out[length] = '\0';
    out[strcspn(out, "\n")] = '\0';
    return strlen(out);
}

/* The start of a process and whether it still runs: a zombie does not.  0 = there is no /proc, or no such
 * process. */
static unsigned long long process_start(long pid, bool *zombie)
{
    char path[64], line[1024];
    const char *after;
    unsigned long long start = 0;
    char state = '?';
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    *zombie = false;
    if (read_line(line, sizeof line, path) == 0)
        return 0;
    after = strrchr(line, ')'); /* the name before it may hold blanks and brackets */
    if (!after ||
        sscanf(after + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
               &state, &start) != 2)
        return 0;
    *zombie = state == 'Z' || state == 'X';
    return start;
}

/* Processes are told apart by number within one boot and one process namespace (a container has its own).
 * Where neither is known, the name of the host must do. */
static void find_place(char place[PLACE_SIZE], const char *host)
{
    char boot[64], space[48] = "";
    if (read_line(boot, sizeof boot, "/proc/sys/kernel/random/boot_id") == 0) {
        snprintf(place, PLACE_SIZE, "host-%s", host);
        return;
    }
    if (readlink("/proc/self/ns/pid", space, sizeof space - 1) < 0)
        snprintf(space, sizeof space, "pid");
    snprintf(place, PLACE_SIZE, "%s/%s", boot, space);
}

enum status lease_holder_self(struct lease_holder *self, double every, struct message *message)
{
    unsigned char random[(LEASE_SERIAL_SIZE - 1) / 2];
    bool zombie;
    *self = (struct lease_holder){.pid = (long)getpid(), .every = every};
    if (gethostname(self->host, sizeof self->host - 1) != 0 || self->host[0] == '\0')
        snprintf(self->host, sizeof self->host, "unknown");
    find_place(self->place, self->host);
    self->start = process_start(self->pid, &zombie);
    if (getentropy(random, sizeof random) != 0)
        return message_set(message, STATUS_FAILED, "no random number for a lease: %s", strerror(errno));
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(self->serial + 2 * i, 3, "%02x", random[i]);
    return STATUS_OK;
}

/* /proc before kill: a process that disappears between the two looks (a zombie, waited for) is unknown to the
 * second.  The other way about it would be there for kill, nothing in /proc, and so alive once more. */
bool lease_holder_gone(const struct lease_holder *holder)
{
    bool zombie;
    unsigned long long start = process_start(holder->pid, &zombie);
    if (zombie || (start > 0 && holder->start > 0 && start != holder->start))
        return true;
    return kill((pid_t)holder->pid, 0) != 0 && errno == ESRCH;
}

/* ---- the lease file ---- */

static int64_t change_of(const struct stat *facts)
{
    return (int64_t)facts->st_mtim.tv_sec * 1000000000 + facts->st_mtim.tv_nsec;
}

static void read_fields(struct lease_holder *holder, const char *content, const struct stat *facts)
{
    if (sscanf(content,
               "lexbench lease\nhost %79[^\n]\nplace %127[^\n]\npid %ld\nstart %llu\nevery %lf\nserial "
               "%32[0-9a-f]",
               holder->host, holder->place, &holder->pid, &holder->start, &holder->every,
               holder->serial) == 6 &&
        strlen(holder->serial) == LEASE_SERIAL_SIZE - 1 && holder->pid > 0) {
        holder->every = holder->every >= 0 && holder->every < beat_max ? holder->every : beat_max;
    } else {
        *holder = (struct lease_holder){.host = "unknown", .place = "unknown"};
        snprintf(holder->serial, sizeof holder->serial, "%016llx%016llx", (unsigned long long)facts->st_ino,
                 (unsigned long long)change_of(facts));
    }
    holder->changed = change_of(facts);
}

enum lease_found lease_holder_read(struct lease_holder *holder, const char *path)
{
    char content[CONTENT_SIZE] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    enum lease_found found = LEASE_UNREADABLE;
    struct stat facts;
    *holder = (struct lease_holder){.pid = 0};
    if (file < 0)
        return errno == ENOENT || errno == ESTALE ? LEASE_ABSENT : LEASE_UNREADABLE;
    if (read(file, content, sizeof content - 1) >= 0 && fstat(file, &facts) == 0) {
        read_fields(holder, content, &facts);
        found = LEASE_PRESENT;
    }
    close(file);
    return found;
}

bool lease_holder_write(const char *path, const struct lease_holder *self)
{
    char content[CONTENT_SIZE];
    int length = snprintf(content, sizeof content,
                          "lexbench lease\nhost %s\nplace %s\npid %ld\nstart %llu\nevery %.9g\nserial %s\n",
                          self->host, self->place, self->pid, self->start, self->every, self->serial);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    ssize_t written;
    bool good;
    if (file < 0)
        return false;
    errno = ENOSPC; /* the reason when only a part goes in */
    written = write(file, content, (size_t)length);
    good = written == length;
    if (close(file) != 0)
        good = false;
    if (!good) {
        int before = errno;
        unlink(path);
        errno = before;
    }
    return good;
}
