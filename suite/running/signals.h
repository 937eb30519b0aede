/* signals.h -- being asked to stop.
 *
 * SIGTERM, SIGUSR1 and the first Ctrl-C (SIGINT) ask to finish the step under way, save, and leave with
 * status 75; a second Ctrl-C ends the process at once, as it would any program (status 130 to a shell).
 * SIGINT stays ignored where it was ignored before, as under nohup. */
#ifndef LEXBENCH_SIGNALS_H
#define LEXBENCH_SIGNALS_H

#include <stdbool.h>

#include "support/status.h"

/* From here on the three signals ask; once for the process, before it has other threads.  STATUS_FAILED: no
 * thread for it could be started. */
enum status signals_begin(struct message *message);

bool signals_stop(void);        /* was it asked? */
const char *signals_name(void); /* "SIGTERM", ... which was first; "" when none was */

/* Sleeps so long, or until a stop is asked. */
void signals_sleep(double seconds);

#endif
