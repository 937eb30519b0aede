/* protocol.c -- a kind of protocol with its options. */
#include "evaluation/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct protocol_kind *protocol_kind_find(const char *name)
{
    for (const struct protocol_kind *kind = protocol_kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

enum status protocol_begin(struct protocol *out, const char *name, const struct protocol_kind *kind,
                           struct message *message)
{
    *out = (struct protocol){.kind = kind};
    if (strlen(name) >= sizeof out->name)
        return message_set(message, STATUS_WRONG,
                           "the name of the protocol `%.80s` has more than %zu characters", name,
                           sizeof out->name - 1);
    snprintf(out->name, sizeof out->name, "%s", name);
    return option_defaults(kind->options, out, message);
}

/* "0, 0.1, 1" */
static enum status read_depths(struct protocol *protocol, struct message *message)
{
    const char *at = protocol->depths_text;
    double last = -1;
    for (protocol->depths = 0;; at++) {
        char *end;
        double depth = strtod(at, &end);
        end += strspn(end, " ");
        if (end == at || (*end && *end != ',') || !(depth > last) || depth > 1 || depth < 0 ||
            protocol->depths == DEPTHS_MAX)
            return message_set(
                message, STATUS_WRONG,
                "depths = %.120s: at most %d numbers from 0 to 1, ascending: depths = 0, 0.5, 1",
                protocol->depths_text, DEPTHS_MAX);
        protocol->depth[protocol->depths++] = last = depth;
        at = end;
        if (!*at)
            return STATUS_OK;
    }
}

enum status protocol_finish(struct protocol *protocol, struct message *message)
{
    return protocol->kind->gives & GIVES_RETRIEVAL ? read_depths(protocol, message) : STATUS_OK;
}

bool protocol_asked(const struct protocol *protocol, size_t trained_length, size_t n)
{
    return !protocol->kind->asked || protocol->kind->asked(protocol, trained_length, n);
}
