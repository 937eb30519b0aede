/* places.c -- where an encoder can act. */
#include "model/places.h"

unsigned encoder_hooks(const struct encoder *encoder)
{
    return (encoder->add ? HOOK_ADD : 0u) | (encoder->angle ? HOOK_ROTATION : 0u) |
           (encoder->decay ? HOOK_DECAY : 0u) | (encoder->segments ? HOOK_SEGMENTS : 0u) |
           (encoder->plane ? HOOK_PLANES : 0u) | (encoder->scale ? HOOK_SCALE : 0u) |
           (encoder->bias ? HOOK_BIAS : 0u) | (encoder->token ? HOOK_TOKEN : 0u) |
           (encoder->strip ? HOOK_STRIP : 0u);
}

const struct place places[] = {
    {HOOK_ADD, "embedding", "embeddings", false},
    {HOOK_ROTATION, "rotation", "rotation of queries and keys", false},
    {HOOK_DECAY, "decay", "decay of content", false},
    {HOOK_SEGMENTS, "keys", "keys seen", false},
    {HOOK_PLANES, "positions", "positions of far keys", false},
    {HOOK_SCALE, "scale", "scale of queries", false},
    {HOOK_BIAS, "bias", "bias of logits", false},
    {HOOK_TOKEN, "token", "sums over tokens", true},
    {HOOK_STRIP, "logits", "logits, through queries and keys", true},
    {.name = NULL},
};
