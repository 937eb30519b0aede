/* claim.h -- one process at a time in a folder.  Private to this folder.
 *
 * FOLDER/claim says who works there: host, boot and process namespace, process number and start time.  The
 * file appears whole (written under another name, then linked: the one link that succeeds decides) and its
 * time of change is renewed by a thread as long as the work lasts.
 *
 * A claim is dead, and taken over, when
 *   - its process ran on this system and is gone, or is another of the same number: at once;
 *   - its process ran elsewhere, the file is older than --claim-timeout, and it also stayed as it is while
 *     this process watched for two of its heartbeats.
 * Ages compare two times that the same file server set: of the claim, and of a file that this process has
 * just written beside it.  So it does not matter what the clocks of the hosts say, and a server's clock
 * that jumps can't end a claim whose heartbeat goes on: watching counts on this process's monotonic clock.
 * (File systems on which the hosts themselves stamp files, Lustre for one: their clocks must agree to
 * within the limit.)
 *
 * Taking over is a claim of its own: on the right to replace this very claim, FOLDER/claim.SERIAL, whose
 * holder looks again whether the dead claim is still there and puts its own in its place by rename().
 * So of any number of processes that see a dead claim one gets it, and no living claim is ever removed.
 *
 * What is left: a process that was stopped longer than the limit, and then goes on, does a training that
 * another has taken over as well.  Both come to the same bits and files appear whole: only time is lost. */
#ifndef LEXBENCH_CLAIM_H
#define LEXBENCH_CLAIM_H

#include <stdint.h>

#include "support/status.h"

enum { CLAIM_SERIAL_SIZE = 33, CLAIM_HOLDER_SIZE = 120 };

struct claim;

/* What was seen of another's claim, from call to call; begins zeroed. */
struct claim_watch {
    char holder[CLAIM_HOLDER_SIZE]; /* "process 4711 on node3" */
    char serial[CLAIM_SERIAL_SIZE];
    int64_t changed; /* time of change of the file, ns */
    double since;    /* monotonic clock: unchanged since then */
};

/* *claim: the folder's claim, held by this process with its heartbeat; NULL (and the watch says who) while
 * another has it.  timeout: --claim-timeout, seconds.  What a killed holder left half-written in the folder
 * is removed.  STATUS_FAILED with a sentence when the folder is gone, full or not to be written in. */
enum status claim_take(struct claim **claim, struct claim_watch *watch, const char *folder, double timeout,
                       struct message *message);
void claim_release(struct claim *claim); /* NULL is fine */

#endif
