/* names.h -- how long names and texts can be that an experiment gives and results hold; with the NUL. */
#ifndef LEXBENCH_NAMES_H
#define LEXBENCH_NAMES_H

enum {
    NAME_SIZE = 64,    /* of a variant, dataset, configuration, protocol, experiment */
    ID_SIZE = 17,      /* of a training or evaluation: 16 hexadecimal digits */
    REASON_SIZE = 240, /* a sentence: why a cell has no score; what a claim says */
    SPEC_SIZE = 512,   /* encoders and positions of a variant in full: variant_finish() refuses longer ones */
    TUNING_SIZE = 160  /* the values of a candidate, "rate=0.006 warmup=0.1"; the lists of a claim */
};
/* Encoders and positions as trained: of a fine-tune, those of both trainings. */
enum { TRAINED_SIZE = 2 * SPEC_SIZE + 160 };

#endif
