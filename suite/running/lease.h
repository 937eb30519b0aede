/* lease.h -- one process at a time in a folder.  Private to this folder.
 *
 * FOLDER/lease says who works there: host, boot and process namespace, process number and start time.  The
 * file appears whole (written under another name, then linked: the one link that succeeds decides) and its
 * time of change is renewed by a thread as long as the work lasts.
 *
 * A lease is dead, and taken over, when
 *   - its process ran on this system and is gone, or is another of the same number: at once;
 *   - its process ran elsewhere, the file is older than --lease-timeout, and it also stayed as it is while
 *     this process watched for two of its heartbeats.
 * Ages compare two times that the same file server set: of the lease, and of a file that this process has
 * just written beside it.  So it does not matter what the clocks of the hosts say, and a server's clock
 * that jumps can't end a lease whose heartbeat goes on: watching counts on this process's monotonic clock.
 * (File systems on which the hosts themselves stamp files, Lustre for one: their clocks must agree to
 * within the limit.)
 *
 * Taking over is a lease of its own: on the right to replace this very lease, FOLDER/lease.SERIAL, whose
 * holder looks again whether the dead lease is still there and puts its own in its place by rename().
 * So of any number of processes that see a dead lease one gets it, and no living lease is ever removed.
 *
 * What is left: a process that was stopped longer than the limit, and then goes on, does a training that
 * another has taken over as well.  Both come to the same bits and files appear whole: only time is lost. */
#ifndef LEXBENCH_LEASE_H
#define LEXBENCH_LEASE_H

#include <stdint.h>

#include "support/status.h"

enum { LEASE_SERIAL_SIZE = 33, LEASE_HOLDER_SIZE = 120 };

struct lease;

/* What was seen of another's lease, from call to call; begins zeroed. */
struct lease_watch {
    char holder[LEASE_HOLDER_SIZE]; /* "process 4711 on node3" */
    char serial[LEASE_SERIAL_SIZE];
    int64_t changed; /* time of change of the file, ns */
    double since;    /* monotonic clock: unchanged since then */
};

/* *lease: the folder's lease, held by this process with its heartbeat; NULL (and the watch says who) while
 * another has it.  timeout: --lease-timeout, seconds.  What a killed holder left half-written in the folder
 * is removed.  STATUS_FAILED with a sentence when the folder is gone, full or not to be written in. */
enum status lease_take(struct lease **lease, struct lease_watch *watch, const char *folder, double timeout,
                       struct message *message);
void lease_release(struct lease *lease); /* NULL is fine */

#endif
