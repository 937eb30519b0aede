/* manual.c -- the man page, from the same tables as --help. */
#include <string.h>

#include "commandline/command.h"

/* Text of ours as roff: no backslash, hyphen or point at the start of a line means anything. */
static void append_plain(struct text *out, const char *text, size_t length)
{
    bool starts = true;
    for (size_t i = 0; i < length; i++) {
        if (starts && (text[i] == '.' || text[i] == '\''))
            text_append(out, "\\&");
        if (text[i] == '\\')
            text_append(out, "\\e");
        else if (text[i] == '-')
            text_append(out, "\\-");
        else
            text_append_bytes(out, &text[i], 1);
        starts = text[i] == '\n';
    }
}

static void append(struct text *out, const char *text)
{
    append_plain(out, text, strlen(text));
}

/* Paragraphs are set apart by an empty line. */
static void append_paragraphs(struct text *out, const char *text)
{
    while (*text) {
        const char *gap = strstr(text, "\n\n");
        size_t length = gap ? (size_t)(gap - text) : strlen(text);
        while (length > 0 && text[length - 1] == '\n')
            length--;
        text_append(out, ".PP\n");
        append_plain(out, text, length);
        text_append(out, "\n");
        text = gap ? gap + 2 : text + strlen(text);
    }
}

static void append_examples(struct text *out, const char *lines)
{
    text_append(out, ".PP\n.RS 4\n.nf\n");
    append(out, lines);
    if (lines[0] && lines[strlen(lines) - 1] != '\n')
        text_append(out, "\n");
    text_append(out, ".fi\n.RE\n");
}

static void append_usage(struct text *out, const struct command *command)
{
    text_append(out, "\\fBlexbench ");
    append(out, command->name);
    text_append(out, "\\fR%s%s", command->arguments ? " [\\fIOPTION\\fR...]" : "",
                *command->operands ? " " : "");
    append(out, command->operands);
    text_append(out, "\n");
}

/* The words that a value can be, a list below its option. */
static void append_words(struct text *out, const struct argument *argument)
{
    const char *word, *summary;
    if (!argument->word)
        return;
    text_append(out, ".RS\n");
    for (size_t i = 0; (word = argument->word(i, &summary)) != NULL; i++) {
        text_append(out, ".TP\n.B ");
        append(out, word);
        text_append(out, "\n");
        append(out, summary);
        text_append(out, "\n");
    }
    text_append(out, ".RE\n");
}

static void append_command(struct text *out, const struct command *command)
{
    text_append(out, ".SS ");
    append(out, command->name);
    text_append(out, "\n");
    append_usage(out, command);
    text_append(out, ".PP\n");
    append(out, command->summary);
    text_append(out, ".\n");
    for (const struct argument *argument = command->arguments; argument && argument->name; argument++) {
        char value[ARGUMENT_VALUE_SIZE];
        text_append(out, ".TP\n\\fB\\-\\-");
        append(out, argument->name);
        text_append(out, "\\fR");
        argument_value(value, argument);
        if (*value) {
            text_append(out, " \\fI");
            append(out, value);
            text_append(out, "\\fR");
        }
        text_append(out, "\n");
        append(out, argument->help);
        text_append(out, "\n");
        append_words(out, argument);
    }
    if (command->more)
        append_paragraphs(out, command->more);
    append_examples(out, command->examples);
}

static const char description[] =
    "lexbench measures what happens to a Transformer when the input is longer than anything it was trained "
    "on,\nand how much of that is decided by the positional encoder.  It trains small models from scratch "
    "with every\nencoder under the same conditions, evaluates each far past its training length, keeps every "
    "number in\nHDF5, and draws the comparison with gnuplot.\n";

static const char after[] =
    ".SH ENVIRONMENT\n.TP\n.B OMP_NUM_THREADS\nthreads in all, where \\-\\-threads does not say\n"
    ".SH FILES\n.TP\n.I runs/EXPERIMENT/trials\nweights, curves and cells of each training\n"
    ".TP\n.I runs/EXPERIMENT/results.h5\nall of them, merged; a netCDF\\-4 file\n"
    ".TP\n.I runs/EXPERIMENT/figures\nfigures, with the gnuplot scripts that drew them\n"
    ".SH SEE ALSO\n.BR gnuplot (1),\n.BR h5dump (1),\n.BR ncdump (1)\n";

void manual_print(struct text *out, const struct command *const *commands)
{
    text_append(out, ".\\\" Made by `lexbench help \\-\\-man`.\n"
                     ".TH LEXBENCH 1 \"\" \"lexbench " LEXBENCH_VERSION "\" \"User Commands\"\n"
                     ".SH NAME\nlexbench \\- ");
    append(out, command_purpose);
    text_append(out, "\n.SH SYNOPSIS\n.nf\n");
    for (const struct command *const *command = commands; *command; command++)
        append_usage(out, *command);
    text_append(out, "\\fBlexbench help\\fR [COMMAND]\n\\fBlexbench \\-\\-version\\fR\n.fi\n"
                     ".SH DESCRIPTION\n");
    append(out, description);
    text_append(out, ".PP\nResults go to standard output, everything else to standard error.\n"
                     ".SH COMMANDS\n");
    for (const struct command *const *command = commands; *command; command++)
        append_command(out, *command);
    text_append(out, ".SH EXIT STATUS\n");
    for (const struct exit_meaning *exit = command_exits; exit->meaning; exit++) {
        text_append(out, ".TP\n.B %d\n", exit->status);
        append(out, exit->meaning);
        text_append(out, "\n");
    }
    text_append(out, "%s", after);
}
