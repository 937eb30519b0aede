/* options.c -- the option table of [model]. */
#include "model/options.h"

#define AT(field) offsetof(struct model_options, field)

const struct option model_option_table[] = {
    {"layers", OPTION_SIZE, AT(layers), "2", 1, 256, NULL, "decoder blocks"},
    {"width", OPTION_SIZE, AT(width), "64", 1, 65536, NULL, "width of the residual stream"},
    {"heads", OPTION_SIZE, AT(heads), "4", 1, 1024, NULL, "attention heads; they divide the width"},
    {"feed_forward", OPTION_SIZE, AT(feed_forward), "4", 1, 64, NULL,
     "hidden width of a block's second half, as a multiple of the width"},
    {"tied", OPTION_BOOLEAN, AT(tied), "off", 0, 0, NULL, "the head is the token embedding, transposed"},
    {"dropout", OPTION_REAL, AT(dropout), "0", 0, 0.95, NULL,
     "share dropped of the embedding and of both residual branches"},
    {"embedding_scale", OPTION_FACTOR, AT(embedding_scale), "auto", 1e-6, 1e6, NULL,
     "token embeddings are multiplied by it; auto: sqrt(width) (Vaswani et al. 2017, section 3.4)"},
    {"initial_deviation", OPTION_FACTOR, AT(initial_deviation), "auto", 1e-6, 10, NULL,
     "standard deviation of initial matrices; auto: 0.02 sqrt(768 / width), GPT-2's at its width"},
    {"mixer", OPTION_TEXT, AT(mixer), "attention", 0, 0, NULL,
     "what mixes the tokens of a layer, as name(option=value, ...): lexbench list mixers", "0.2.0"},
    {"objective", OPTION_CHOICE, AT(objective), "causal", 0, 0, objective_names,
     "what is predicted, and with which attention", "0.2.0"},
    {.name = NULL},
};
