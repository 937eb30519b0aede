/* spec_reader.h -- reads  name [ "(" option = value, ... ")" ],  as components of a variant, position maps and
 * mixers are written.  Blanks may stand between any two parts. */
#ifndef LEXBENCH_SPEC_READER_H
#define LEXBENCH_SPEC_READER_H

#include <stdbool.h>

#include "support/option.h"

struct spec_reader {
    const char *spec, *at; /* the whole, and what is not yet read */
    bool adds;             /* more may follow behind a `+` */
    struct message *message;
};

/* STATUS_WRONG: the sentence, after the SPEC and before how it is written. */
enum status spec_wrong(const struct spec_reader *reader, const char *sentence);

void spec_blanks(struct spec_reader *reader);
/* The characters before one of `ends`, stripped, in out; false when there are none or too many. */
bool spec_word(char *out, size_t size, struct spec_reader *reader, const char *ends);
/* After the name: "(option = value, ...)" or nothing. */
enum status spec_options(struct spec_reader *reader, const char *owner, const struct option *options,
                         void *state);

#endif
