/* claim_holder.h -- the process that a claim file names.  Private to claim.c. */
#ifndef LEXBENCH_CLAIM_HOLDER_H
#define LEXBENCH_CLAIM_HOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "commands/claim.h"

/* What a claim file says. */
struct claim_holder {
    char host[80];
    char place[128]; /* boot and process namespace: where process numbers mean the same */
    char serial[CLAIM_SERIAL_SIZE];
    long pid;                 /* 0 = nobody known */
    unsigned long long start; /* clock ticks after the boot; 0 = not known */
    double every;             /* seconds between two heartbeats */
    int64_t changed;          /* of the file, ns */
};

enum claim_found { CLAIM_ABSENT, CLAIM_PRESENT, CLAIM_UNREADABLE };

/* This process, with a serial that no other claim has. */
enum status claim_holder_self(struct claim_holder *self, double every, struct message *message);

/* Of this system (same place): has the process ended?  Once true, it stays true. */
bool claim_holder_gone(const struct claim_holder *holder);

/* The holder in a file; errno says why it is unreadable.  What another program or a full disk left is a
 * claim of nobody known, with a serial from what it is. */
enum claim_found claim_holder_read(struct claim_holder *holder, const char *path);

/* Writes a new file; false with errno, and no file, when there is one or it can't be written whole. */
bool claim_holder_write(const char *path, const struct claim_holder *self);

#endif
