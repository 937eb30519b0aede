/* status.c -- sentences about what went wrong. */
#include "support/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status message_set(struct message *message, enum status status, const char *format, ...)
{
    va_list arguments;
    if (message) {
        va_start(arguments, format);
        vsnprintf(message->text, sizeof message->text, format, arguments);
        va_end(arguments);
    }
    return status;
}

void message_prefix(struct message *message, const char *format, ...)
{
    struct message old;
    va_list arguments;
    size_t used;
    if (!message)
        return;
    old = *message;
    va_start(arguments, format);
    vsnprintf(message->text, sizeof message->text, format, arguments);
    va_end(arguments);
    used = strlen(message->text);
    snprintf(message->text + used, sizeof message->text - used, ": %s", old.text);
}
