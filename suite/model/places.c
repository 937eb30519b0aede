/* places.c -- where an encoder can act. */
#include "model/places.h"

static bool adds(const struct encoder *encoder)
{
    return encoder->add != NULL;
}
static bool turns(const struct encoder *encoder)
{
    return encoder->angle != NULL;
}
static bool decays(const struct encoder *encoder)
{
    return encoder->decay != NULL;
}
static bool cuts(const struct encoder *encoder)
{
    return encoder->segments != NULL;
}
static bool moves(const struct encoder *encoder)
{
    return encoder->plane != NULL;
}
static bool scales(const struct encoder *encoder)
{
    return encoder->scale != NULL;
}
static bool biases(const struct encoder *encoder)
{
    return encoder->bias != NULL;
}
static bool sums(const struct encoder *encoder)
{
    return encoder->token != NULL;
}
static bool rewrites(const struct encoder *encoder)
{
    return encoder->strip != NULL;
}

const struct place places[] = {
    {"embedding", "embeddings", false, adds},
    {"rotation", "rotation of queries and keys", false, turns},
    {"decay", "decay of content", false, decays},
    {"keys", "keys seen", false, cuts},
    {"positions", "positions of far keys", false, moves},
    {"scale", "scale of queries", false, scales},
    {"bias", "bias of logits", false, biases},
    {"token", "sums over tokens", true, sums},
    {"logits", "logits, through queries and keys", true, rewrites},
    {.name = NULL},
};
