/* none.c -- no positional encoder at all (NoPE).
 *
 * logit_ij = q_i . k_j / sqrt(d).  The causal mask alone tells a layer where a token stands: the
 * first token sees one key, the second two (Haviv et al. 2022; Kazemnejad et al. 2023, theorems 1
 * and 2).  It is also the null encoder that tests the suite: every hook is NULL. */
#include "encoders/encoder.h"

const struct encoder encoder_none = {
    .name = "none",
    .summary = "no positions: the causal mask is the only order there is (NoPE)",
    .citation = "Haviv, Ram, Press, Izsak, Levy 2022, arXiv:2203.16634; "
                "Kazemnejad, Padhi, Ramamurthy, Das, Reddy 2023, arXiv:2305.19466",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL | CROSS,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
};
