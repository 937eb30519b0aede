/* gnuplot.c -- gnuplot as a child process.  No shell sees a name, and a name in a script is a string. */
#include "results/figures/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/file.h"
#include "support/memory.h"
#include "support/process.h"

enum { SAID_SIZE = 600 };

/* One run: where, on what, to what. */
struct drawing {
    const char *folder;      /* NULL: here */
    char *settings, *script; /* script "-": it is read from input */
    int input, output;       /* file descriptors; -1: nothing, and what the program says */
    const char *what;        /* for messages */
};

/* What the program said, on one line; all of it is read, so that it never waits for us. */
static void listen_to(char said[SAID_SIZE], int end)
{
    char bytes[512];
    size_t used = 0;
    ssize_t got;
    while ((got = process_read(end, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < got && used + 1 < SAID_SIZE; i++) {
            bool blank = (unsigned char)bytes[i] <= ' ';
            if (!blank)
                said[used++] = bytes[i];
            else if (used > 0 && said[used - 1] != ' ')
                said[used++] = ' ';
        }
    said[used] = '\0';
}

static int start(pid_t *process, const struct drawing *drawing, int said)
{
    char *const words[] = {"gnuplot", "-d", "-e", drawing->settings, drawing->script, NULL};
    return process_start(process, &(struct process){.words = words,
                                                    .search = true,
                                                    .folder = drawing->folder,
                                                    .input = drawing->input,
                                                    .output = drawing->output < 0 ? said : drawing->output,
                                                    .error = said});
}

static enum status run(const struct drawing *drawing, struct message *message)
{
    char said[SAID_SIZE] = "";
    int ends[2], state = 0;
    pid_t process;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return message_set(message, STATUS_FAILED, "cannot start gnuplot: %s", strerror(errno));
    const int error = start(&process, drawing, ends[1]);
    close(ends[1]);
    if (!error) {
        listen_to(said, ends[0]);
        state = process_wait(process);
    }
    close(ends[0]);
    if (error == ENOENT)
        return message_set(message, STATUS_FAILED,
                           "gnuplot was not found: install it (Debian: gnuplot-nox), or draw %s elsewhere",
                           drawing->what);
    if (error)
        return message_set(message, STATUS_FAILED, "cannot start gnuplot: %s", strerror(error));
    if (WIFSIGNALED(state))
        return message_set(message, STATUS_FAILED, "gnuplot was stopped by signal %d while it drew %s",
                           WTERMSIG(state), drawing->what);
    if (WEXITSTATUS(state) != 0)
        return message_set(message, STATUS_FAILED, "gnuplot could not draw %s (exit status %d): %s",
                           drawing->what, WEXITSTATUS(state), said);
    return STATUS_OK;
}

/* Drawn under a temporary name and renamed, so that no half figure is taken for one. */
enum status gnuplot_draw(const char *folder, const char *name, const char *format, struct text *written,
                         struct message *message)
{
    enum status status = STATUS_FAILED;
    struct text settings = {0}, script = {0}, file = {0}, new_file = {0}, what = {0};
    char *path = NULL, *new_path = NULL;
    text_append(&settings, "fmt='%s'; out='%s.new'", format, name);
    text_append(&script, "%s.gp", name);
    text_append(&file, "%s.%s", name, format);
    text_append(&new_file, "%s.new.%s", name, format);
    text_append(&what, "%s/%s.gp", folder, name);
    if (!settings.failed && !script.failed && !file.failed && !new_file.failed && !what.failed) {
        path = file_join(folder, file.bytes);
        new_path = file_join(folder, new_file.bytes);
    }
    if (path && new_path) {
        const struct drawing drawing = {folder, settings.bytes, script.bytes, -1, -1, what.bytes};
        status = run(&drawing, message);
    } else {
        message_set(message, status, "no memory for the path of a figure in %s", folder);
    }
    if (!status && rename(new_path, path) != 0)
        status = message_set(message, STATUS_FAILED, "cannot write %s: %s", path, strerror(errno));
    if (!status)
        text_append(written, "%s\n", path);
    else if (new_path)
        remove(new_path);
    memory_release(path);
    memory_release(new_path);
    text_release(&settings);
    text_release(&script);
    text_release(&file);
    text_release(&new_file);
    text_release(&what);
    return status;
}

/* Through files without names: pipes in both directions could wait for each other. */
enum status gnuplot_svg(struct text *svg, const struct text *script, struct message *message)
{
    enum status status = STATUS_FAILED;
    char settings[] = "fmt='svg'; out=''", standard[] = "-", bytes[8192];
    FILE *input = tmpfile(), *output = tmpfile();
    if (!input || !output) {
        message_set(message, status, "no temporary file for a figure: %s", strerror(errno));
        goto done;
    }
    fwrite(script->bytes, 1, script->length, input);
    if (fflush(input) != 0 || fseek(input, 0, SEEK_SET) != 0) {
        message_set(message, status, "cannot write a temporary file for a figure: %s", strerror(errno));
        goto done;
    }
    const struct drawing drawing = {NULL, settings, standard, fileno(input), fileno(output), "a figure"};
    status = run(&drawing, message);
    rewind(output);
    for (size_t got; !status && (got = fread(bytes, 1, sizeof bytes, output)) > 0;)
        text_append_bytes(svg, bytes, got);
    if (!status && svg->failed)
        status = message_set(message, STATUS_FAILED, "no memory for a figure");
done:
    if (input)
        fclose(input);
    if (output)
        fclose(output);
    return status;
}
