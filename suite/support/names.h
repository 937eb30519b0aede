/* names.h -- room for the names and texts that every room hands on, with their NUL. */
#ifndef LEXBENCH_NAMES_H
#define LEXBENCH_NAMES_H

enum {
    NAME_SIZE = 64,    /* of a variant, dataset, configuration, protocol, experiment */
    ID_SIZE = 17,      /* of a training or an evaluation: 16 hex digits */
    REASON_SIZE = 240, /* a sentence: why a cell has no score */
    SPEC_SIZE = 512,   /* encoders with their options */
    TUNING_SIZE = 160  /* "rate=0.006 warmup=0.1"; a list of lengths or datasets */
};
/* What a training is told apart by: of a fine-tune, that of its first training too. */
enum { TRAINED_SIZE = 2 * SPEC_SIZE + 160 };

#endif
