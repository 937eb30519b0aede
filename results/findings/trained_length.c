/* trained_length.c -- fine-tunes, from `trained_as`: "FIRST, then finetune(steps=100, length=4L, ...) of LAST". */
#include "results/findings/trained_length.h"

#include <stdio.h>
#include <string.h>

#include "support/option.h"

/* The options of the fine-tune, up to the next parenthesis; NULL = there is none. */
static const char *finetune_of(const struct results *results, size_t variant)
{
    static const char begin[] = ", then finetune(";
    const char *found = strstr(results->variant[variant].trained_as, begin);
    return found ? found + strlen(begin) : NULL;
}

/* The length of its sequences, as a number and as it is written ("1L", its default, where it is not); false = there is
 * no fine-tune. */
static bool finetune_length(struct length *out, char written[NAME_SIZE], const struct results *results,
                            size_t variant)
{
    static const char key[] = "length=";
    const char *at = finetune_of(results, variant);
    if (!at)
        return false;
    snprintf(written, NAME_SIZE, "1L");
    for (size_t left = strcspn(at, ")"), bytes; left > 0; at += bytes, left -= bytes) {
        if (strncmp(at, key, strlen(key)) == 0)
            snprintf(written, NAME_SIZE, "%.*s", (int)strcspn(at + strlen(key), ",)"), at + strlen(key));
        bytes = strcspn(at, ",)");
        bytes += strspn(at + bytes, ", ");
        bytes = bytes < left ? bytes : left;
    }
    if (!length_parse(out, written, "length", NULL))
        return true;
    *out = (struct length){.value = 1, .relative = true};
    snprintf(written, NAME_SIZE, "?");
    return true;
}

int64_t trained_length(const struct results *results, size_t variant, size_t configuration)
{
    const int64_t first = results->configuration[configuration].training_length;
    char written[NAME_SIZE];
    struct length length;
    if (!finetune_length(&length, written, results, variant))
        return first;
    const int64_t last = (int64_t)length_tokens(length, (size_t)first);
    return last > first ? last : first;
}

void trained_mark(struct text *out, const struct results *results, size_t variant)
{
    char written[NAME_SIZE];
    struct length length;
    if (finetune_length(&length, written, results, variant))
        text_append(out, "†%s", written);
}

void trained_print(struct text *out, const struct results *results, size_t variant)
{
    const char *at = results->variant[variant].trained_as, *finetune = finetune_of(results, variant);
    text_append_bytes(out, at, finetune ? (size_t)(finetune - at) : strlen(at));
    for (at = finetune; at && *at;) {
        const size_t bytes = strcspn(at, ",)");
        const bool kept =
            (bytes == 6 && strncmp(at, "rate=0", 6) == 0) || (bytes == 7 && strncmp(at, "batch=0", 7) == 0);
        text_append_bytes(out, at, bytes);
        text_append(out, "%s", kept ? " (that of the first training)" : "");
        at += bytes;
        if (*at == ')') {
            text_append(out, "%s", at);
            return;
        }
        text_append_bytes(out, at, strspn(at, ", "));
        at += strspn(at, ", ");
    }
}
