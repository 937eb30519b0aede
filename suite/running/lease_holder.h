/* lease_holder.h -- the process that a lease file names.  Private to lease.c. */
#ifndef LEXBENCH_LEASE_HOLDER_H
#define LEXBENCH_LEASE_HOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "running/lease.h"
#include "support/status.h"

/* What a lease file says. */
struct lease_holder {
    char host[80];
    char place[128]; /* boot and process namespace: where process numbers mean the same */
    char serial[LEASE_SERIAL_SIZE];
    long pid;                 /* 0 = unknown */
    unsigned long long start; /* clock ticks after the boot; 0 = not known */
    double every;             /* seconds between two heartbeats */
    int64_t changed;          /* of the file, ns */
};

enum lease_found { LEASE_ABSENT, LEASE_PRESENT, LEASE_UNREADABLE };

/* This process, with a serial that no other lease has. */
enum status lease_holder_self(struct lease_holder *self, double every, struct message *message);

/* Of this system (same place): has the process ended?  Once true, it stays true. */
bool lease_holder_gone(const struct lease_holder *holder);

/* The holder in a file; errno says why it is unreadable.  A file that another program wrote, or a
 * full disk cut short, is the lease of an unknown process; its serial is made from its inode and time of
 * change. */
enum lease_found lease_holder_read(struct lease_holder *holder, const char *path);

/* Writes a new file; false with errno, and no file, when there is one or it can't be written whole. */
bool lease_holder_write(const char *path, const struct lease_holder *self);

#endif
