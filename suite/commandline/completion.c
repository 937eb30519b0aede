/* completion.c -- completion for bash, from the same tables as --help.
 *
 * What an operand or a value is called says how it is completed: EXPERIMENT and VARIANT by what
 * `lexbench list` says, so that encoders added at build time are there; a|b|c by these words; DIR, FILE
 * and other things on disk by files; numbers and the rest not at all. */
#include <string.h>

#include "commandline/command.h"

static const char head[] =
    "# bash completion for lexbench, made by `lexbench help --completion`.\n"
    "\n"
    "_lexbench_list() # KIND: its names, one a line\n"
    "{\n"
    "    \"${COMP_WORDS[0]}\" list \"$1\" 2>/dev/null | cut -d ' ' -f 1\n"
    "}\n"
    "\n"
    "_lexbench_keep() # BEGINNING [BEFORE]: of the words read, those that begin so, BEFORE in front\n"
    "{\n"
    "    local word\n"
    "    while IFS= read -r word; do\n"
    "        [[ -n $word && $word == \"$1\"* ]] && COMPREPLY+=(\"${2-}$word\")\n"
    "    done\n"
    "}\n"
    "\n"
    "_lexbench_files() # BEGINNING\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    _lexbench_keep \"$1\" < <(compgen -f -- \"$1\")\n"
    "}\n"
    "\n"
    "_lexbench_value() # WHAT BEGINNING FIRST: FIRST is the first operand of the command\n"
    "{\n"
    "    local before=\n"
    "    case $1 in\n"
    "    *,) [[ $2 != *,* ]] || before=${2%,*}, ;;\n"
    "    esac\n"
    "    case $1 in\n"
    "    EXPERIMENT)\n"
    "        _lexbench_keep \"$2\" < <(_lexbench_list experiments)\n"
    "        _lexbench_files \"$2\"\n"
    "        ;;\n"
    "    VARIANT*)\n"
    "        _lexbench_keep \"${2#\"$before\"}\" \"$before\" < <(\n"
    "            { _lexbench_list variants; _lexbench_list encoders; } | sort -u)\n"
    "        ;;\n"
    "    NAME) _lexbench_keep \"$2\" < <(_lexbench_list \"$3\") ;;\n"
    "    *'|'*) _lexbench_keep \"${2#\"$before\"}\" \"$before\" < <(tr -d , <<<\"${1//|/$'\\n'}\") ;;\n"
    "    DIR | FILE | FOLDER | PATH | SOURCE | RESULTS | WEIGHTS | A | B) _lexbench_files \"$2\" ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "_lexbench()\n"
    "{\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local options valued more what first count=0 i\n"
    "    local -a operands=()\n"
    "    COMPREPLY=()\n"
    "    if ((COMP_CWORD < 2)); then\n"
    "        _lexbench_keep \"$current\" <<<\"$_lexbench_commands\"\n"
    "        return\n"
    "    fi\n"
    "    # --option=value comes as three words.\n"
    "    [[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    [[ $current != = ]] || current=\n";

static const char tail[] = "    for ((i = 2; i < COMP_CWORD; i++)); do\n"
                           "        if [[ \" $valued \" == *\" ${COMP_WORDS[i]} \"* ]]; then\n"
                           "            [[ ${COMP_WORDS[i + 1]} != = ]] || ((i++))\n"
                           "            ((i++))\n"
                           "        elif [[ ${COMP_WORDS[i]} != -* ]]; then\n"
                           "            [[ -n $first ]] || first=${COMP_WORDS[i]}\n"
                           "            ((count++))\n"
                           "        fi\n"
                           "    done\n"
                           "    if [[ -n $what ]]; then\n"
                           "        _lexbench_value \"$what\" \"$current\" \"$first\"\n"
                           "    elif [[ $current == -* ]]; then\n"
                           "        _lexbench_keep \"$current\" <<<\"${options// /$'\\n'}\"\n"
                           "    elif ((${#operands[@]} > 0)); then\n"
                           "        if ((count >= ${#operands[@]})); then\n"
                           "            [[ -n $more ]] || return 0\n"
                           "            count=$((${#operands[@]} - 1))\n"
                           "        fi\n"
                           "        _lexbench_value \"${operands[count]}\" \"$current\" \"$first\"\n"
                           "    fi\n"
                           "    return 0\n"
                           "}\n"
                           "complete -F _lexbench lexbench\n";

/* A word of ours inside '': it has no quote. */
static void append_word(struct text *out, const char *word, size_t length)
{
    text_append(out, "'");
    text_append_bytes(out, word, length);
    text_append(out, "'");
}

/* "WEIGHTS VARIANT..." as  'WEIGHTS' 'VARIANT'; brackets and points only say how often. */
static void append_operands(struct text *out, const char *operands)
{
    const char *separator = "";
    while (*operands) {
        size_t gap = strspn(operands, " [].");
        size_t length = strcspn(operands + gap, " [].");
        if (length > 0) {
            text_append(out, "%s", separator);
            append_word(out, operands + gap, length);
            separator = " ";
        }
        operands += gap + length;
    }
}

static void append_options(struct text *out, const struct command *command, bool valued)
{
    for (const struct argument *at = command->arguments; at && at->name; at++)
        if (!valued || at->type != ARGUMENT_SWITCH)
            text_append(out, "--%s ", at->name);
}

static void append_command(struct text *out, const struct command *command)
{
    text_append(out, "    %s)\n        options='", command->name);
    append_options(out, command, false);
    text_append(out, "--help'\n        valued='");
    append_options(out, command, true);
    text_append(out, "'\n        operands=(");
    append_operands(out, command->operands);
    text_append(out, ")\n        more=%s\n", strstr(command->operands, "...") ? "yes" : "");
    text_append(out, "        case $previous in\n");
    for (const struct argument *at = command->arguments; at && at->name; at++) {
        if (at->type == ARGUMENT_SWITCH)
            continue;
        char value[ARGUMENT_VALUE_SIZE];
        argument_value(value, at);
        text_append(out, "        --%s) what=", at->name);
        append_word(out, value, strcspn(value, "."));
        text_append(out, " ;;\n");
    }
    text_append(out, "        esac\n        ;;\n");
}

static void append_names(struct text *out, const struct command *const *commands)
{
    for (; *commands; commands++)
        text_append(out, "%s\n", (*commands)->name);
}

void completion_print(struct text *out, const struct command *const *commands)
{
    text_append(out, "%s    case ${COMP_WORDS[1]} in\n", head);
    for (const struct command *const *command = commands; *command; command++)
        append_command(out, *command);
    text_append(out,
                "    help)\n        [[ $COMP_CWORD -ne 2 ]] ||\n"
                "            _lexbench_keep \"$current\" <<<\"$_lexbench_commands\"\n"
                "        return 0\n        ;;\n    esac\n%s",
                tail);
    text_append(out, "_lexbench_commands='");
    append_names(out, commands);
    text_append(out, "help\n--help\n--version'\n");
}
