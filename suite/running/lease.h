/* lease.h -- one process at a time in a folder.
 *
 * FOLDER/lease names the process that holds it: host, boot and process namespace, process number and start
 * time.  The file appears whole: it is written under another name and then linked, and of several processes
 * that link at once one succeeds.  As long as the work lasts, a thread renews the lease: it sets the file's
 * time of change.
 *
 * A lease has expired, and may be taken over, when
 *   - its process ran on this system and has ended, or its number belongs to another process now: at once;
 *   - its process ran elsewhere, it was last renewed longer than --lease-timeout ago, and was not renewed while this
 *     process watched it for two of its heartbeats.
 * Both times that are compared come from the file server: that of the lease, and that of a file which this
 * process has just written beside it.  So the clocks of the hosts may differ; and a jump of the server's
 * clock ends no lease that is renewed, because the time of watching is taken from this process's monotonic
 * clock.  (On file systems where the hosts themselves stamp files, Lustre for one, their clocks must agree
 * to within the limit.)
 *
 * To take over a lease, a process first needs a second lease, FOLDER/lease.SERIAL: the right to replace the
 * one of that serial.  Its holder looks again whether the expired lease is still there, and puts its own in
 * its place by rename().  So of any number of processes that see an expired lease one gets it, and no valid
 * lease is ever removed.
 *
 * What remains: a process that was stopped for longer than the limit and then goes on repeats a training
 * that another has taken over.  Both come to the same bits, and files appear whole: only time is lost. */
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

/* *lease: the folder's lease, held by this process and renewed; NULL (and the watch says who) while another
 * holds it. timeout: --lease-timeout, seconds.  What a killed holder left half-written in the folder is
 * removed.  STATUS_FAILED with a sentence when the folder is gone, full or cannot be written in. */
enum status lease_take(struct lease **lease, struct lease_watch *watch, const char *folder, double timeout,
                       struct message *message);
void lease_release(struct lease *lease); /* NULL is fine */

#endif
