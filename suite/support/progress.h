/* progress.h -- what is under way, on standard error: one line rewritten with the time left on a
 * terminal, plain lines when piped (one per tenth of the work). */
#ifndef LEXBENCH_PROGRESS_H
#define LEXBENCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
    double total, done; /* work, in any unit (FLOP) */
    double started;     /* seconds, monotonic clock */
    double printed;     /* when the line was last written */
    unsigned tenth;     /* last tenth that was printed when piped */
    bool terminal, quiet;
};

void progress_begin(struct progress *progress, double total, bool quiet);
/* Adds work; label is what is being done now.  Safe from several threads. */
void progress_add(struct progress *progress, double work, const char *label);
/* A line that stays (a training ended, something was refused), printf format, no newline. */
void progress_note(struct progress *progress, const char *format, ...) __attribute__((format(printf, 2, 3)));
void progress_end(struct progress *progress);

double progress_clock(void);                          /* seconds, monotonic */
void progress_duration(char out[32], double seconds); /* "42 s", "3 min 10 s", "2 h 5 min" */

#endif
