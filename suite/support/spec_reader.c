/* spec_reader.c -- the parts of a SPEC: words, and options in a parenthesis. */
#include "support/spec_reader.h"

#include <stdio.h>
#include <string.h>

enum status spec_wrong(const struct spec_reader *reader, const char *sentence)
{
    return message_set(reader->message, STATUS_WRONG, "`%.200s`: %s; write it as name(option=value, ...)%s",
                       reader->spec, sentence, reader->adds ? " + name" : "");
}

void spec_blanks(struct spec_reader *reader)
{
    reader->at += strspn(reader->at, " \t");
}

bool spec_word(char *out, size_t size, struct spec_reader *reader, const char *ends)
{
    spec_blanks(reader);
    size_t length = strcspn(reader->at, ends);
    if (length >= size)
        return false;
    memcpy(out, reader->at, length);
    out[length] = '\0';
    reader->at += length;
    text_strip(out); /* no blanks lead, so this only cuts the end */
    return *out != '\0';
}

enum status spec_options(struct spec_reader *reader, const char *owner, const struct option *options,
                         void *state)
{
    char name[64], value[OPTION_TEXT_SIZE], seen[512] = ",";
    spec_blanks(reader);
    if (*reader->at != '(')
        return STATUS_OK;
    reader->at++;
    spec_blanks(reader);
    while (*reader->at != ')') {
        char marked[72];
        if (!spec_word(name, sizeof name, reader, "=,()+") || *reader->at != '=')
            return spec_wrong(reader, "an option is written name=value, and the parenthesis closes");
        reader->at++;
        if (!spec_word(value, sizeof value, reader, "=,()") || (*reader->at != ',' && *reader->at != ')'))
            return spec_wrong(reader, "an option's value is missing, or the parenthesis does not close");
        snprintf(marked, sizeof marked, ",%s,", name);
        if (strstr(seen, marked))
            return spec_wrong(reader, "an option stands twice in one component");
        if (strlen(seen) + strlen(name) + 2 < sizeof seen)
            strcat(strcat(seen, name), ",");
        enum status status = option_set(options, state, owner, name, value, reader->message);
        if (status)
            return status;
        if (*reader->at == ',' && reader->at[1 + strspn(reader->at + 1, " \t")] == ')')
            return spec_wrong(reader, "nothing follows a comma");
        reader->at += *reader->at == ',';
    }
    reader->at++;
    return STATUS_OK;
}
