/* names.h -- how long names and texts can be that an experiment gives and results hold; with the NUL. */
#ifndef LEXBENCH_NAMES_H
#define LEXBENCH_NAMES_H

enum {
    NAME_SIZE = 64,    /* of a variant, dataset, configuration, protocol, experiment */
    ID_SIZE = 17,      /* of a training or evaluation: hexadecimal digits */
    REASON_SIZE = 240, /* why a cell was refused; what a claim says */
    SPEC_SIZE = 512,   /* encoders and positions of a variant in full: variant_finish() refuses longer ones */
    TUNING_SIZE = 160, /* the values of a candidate; the lists of a claim */
    TRAINED_SIZE =
        2 * SPEC_SIZE + 160 /* encoders and positions as trained: of a fine-tune, of both trainings */
};

#endif
