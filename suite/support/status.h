/* status.h -- how a function says that it failed: a status and one sentence.
 *
 * Library code never exits and never prints: it fills the caller's message and returns a
 * status; main() prints the sentence and exits with the status, whose values are the exit
 * statuses that users and schedulers see. */
#ifndef LEXBENCH_STATUS_H
#define LEXBENCH_STATUS_H

enum status {
    STATUS_OK = 0,
    STATUS_FAILED = 1,       /* something asked for could not be done */
    STATUS_WRONG = 2,        /* the request itself was wrong: nothing was started */
    STATUS_DIFFERENT = 3,    /* compare found a difference */
    STATUS_CHECKPOINTED = 75 /* stopped at a checkpoint: run me again */
};

/* One sentence: names the file, the line or option, what is wrong and what would be right. */
struct message {
    char text[1024];
};

/* Writes the sentence (printf format, cut at the size of text) and returns status, so that a
 * failure is one line: return message_set(message, STATUS_WRONG, "...", ...); */
enum status message_set(struct message *message, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the sentence that is there already (to name a file and a line). */
void message_prefix(struct message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
