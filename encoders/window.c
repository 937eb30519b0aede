/* window.c -- a query sees the last w keys only, itself included.
 *
 *   key j is seen by query i  when  0 <= i - j < w
 *
 * w = 1L by default: no query sees further in one layer than any query of the training did (the
 * baseline of Chi et al. 2022, KERPLE, section 5.5: w = L = 512).  Layers stack, so k layers reach
 * k (w - 1) tokens back.  Counted in places of the sequence, whatever the positions are.
 * Child, Gray, Radford, Sutskever 2019; Beltagy, Peters, Cohan 2020, section 3.1 (there half of w
 * lies on either side; causal attention has one side). */
#include "encoders/shared/segments.h"

struct window {
    struct length width;
    size_t tokens;
};

static const struct option options[] = {
    {"width", OPTION_LENGTH, offsetof(struct window, width), "1L", 0.001, 1e9, NULL,
     "w: how many keys a query sees, in tokens, itself included"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct window *window = state;
    (void)message;
    window->tokens = length_tokens(window->width, shape->trained_length);
    return STATUS_OK;
}

static size_t segments(const void *state, const struct site *site, size_t query, size_t keys,
                       struct segment out[SEGMENTS_MAX])
{
    const struct window *window = state;
    (void)site;
    return segments_last(out, query, keys, window->tokens);
}

const struct encoder encoder_window = {
    .name = "window",
    .summary = "a query sees the last keys only, as many as width says",
    .citation = "Child, Gray, Radford, Sutskever 2019, arXiv:1904.10509; "
                "Beltagy, Peters, Cohan 2020, Longformer, arXiv:2004.05150",
    .version = 1,
    .attentions = CAUSAL,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct window),
    .options = options,
    .prepare = prepare,
    .segments = segments,
};
