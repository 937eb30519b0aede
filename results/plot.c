/* plot.c -- chooses the panels, writes the script, runs gnuplot on it. */
#include "results/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "results/panel.h"
#include "results/plot_script.h"
#include "support/file.h"
#include "support/memory.h"

enum { FORMATS = 3, SAID_SIZE = 600 };

static const char *const format_names[FORMATS] = {"png", "svg", "pdf"};

static enum status read_formats(bool wanted[FORMATS], const char *formats, struct message *message)
{
    bool any = false;
    for (const char *at = formats; *at;) {
        size_t size = strcspn(at, ", "), f = 0;
        while (f < FORMATS && (strlen(format_names[f]) != size || strncmp(at, format_names[f], size) != 0))
            f++;
        if (size > 0 && f == FORMATS)
            return message_set(message, STATUS_WRONG,
                               "unknown figure format `%.*s`: valid are png, svg and pdf",
                               (int)(size < 40 ? size : 40), at);
        if (size > 0)
            wanted[f] = any = true;
        at += size + strspn(at + size, ", ");
    }
    if (!any)
        return message_set(message, STATUS_WRONG, "no figure format: give one or more of png, svg and pdf");
    return STATUS_OK;
}

/* The first configuration and protocol of a dataset that have a score; false when none has. */
static bool choose(struct selection *selection, const struct results *results, size_t dataset,
                   const char *protocol)
{
    for (size_t c = 0; c < results->configurations; c++)
        for (size_t p = 0; p < results->protocols; p++) {
            if (protocol && strcmp(results->protocol[p].name, protocol) != 0)
                continue;
            *selection =
                (struct selection){.results = results, .dataset = dataset, .configuration = c, .protocol = p};
            bool task = selection_has(selection, MEASURE_EXACT_MATCH);
            selection->measure = task ? MEASURE_EXACT_MATCH : MEASURE_NLL;
            if (task || selection_has(selection, MEASURE_NLL))
                return true;
        }
    return false;
}

static enum status make_panels(struct panel *panels, size_t *count, const struct results *results,
                               const char *protocol, struct message *message)
{
    *count = 0;
    for (size_t d = 0; d < results->datasets; d++) {
        struct selection selection;
        if (!choose(&selection, results, d, protocol))
            continue;
        enum status status = panel_make(&panels[*count], &selection, message);
        if (status != STATUS_OK)
            return status;
        ++*count;
    }
    if (*count == 0 && protocol)
        return message_set(message, STATUS_WRONG,
                           "no dataset has a score under protocol `%.60s`: nothing to plot", protocol);
    if (*count == 0)
        return message_set(message, STATUS_WRONG, "the results hold no score: nothing to plot");
    return STATUS_OK;
}

/* ---- running gnuplot ---- */

/* What the program said, on one line; all of it is read, so that it never waits for us. */
static void listen_to(char said[SAID_SIZE], int end)
{
    char bytes[512];
    size_t used = 0;
    ssize_t got;
    while ((got = read(end, bytes, sizeof bytes)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        for (ssize_t i = 0; i < got && used + 1 < SAID_SIZE; i++) {
            bool blank = (unsigned char)bytes[i] <= ' ';
            if (!blank)
                said[used++] = bytes[i];
            else if (used > 0 && said[used - 1] != ' ')
                said[used++] = ' ';
        }
    }
    said[used] = '\0';
}

/* posix_spawn, not fork: a child forked beside OpenMP threads can hang.  No shell sees a name. */
static int start_gnuplot(pid_t *process, const char *folder, char *settings, int said)
{
    char *const arguments[] = {"gnuplot", "-d", "-e", settings, "score.gp", NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, said, STDOUT_FILENO);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
    if (!error)
        error = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (!error)
        error = posix_spawnp(process, "gnuplot", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static enum status run_gnuplot(const char *folder, char *settings, struct message *message)
{
    char said[SAID_SIZE] = "";
    int ends[2], state = 0;
    pid_t process;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return message_set(message, STATUS_FAILED, "cannot start gnuplot: %s", strerror(errno));
    int error = start_gnuplot(&process, folder, settings, ends[1]);
    close(ends[1]);
    if (!error) {
        listen_to(said, ends[0]);
        while (waitpid(process, &state, 0) < 0 && errno == EINTR)
            continue;
    }
    close(ends[0]);
    if (error == ENOENT)
        return message_set(
            message, STATUS_FAILED,
            "gnuplot was not found: install it (Debian: gnuplot-nox), or draw %s/score.gp elsewhere", folder);
    if (error)
        return message_set(message, STATUS_FAILED, "cannot start gnuplot: %s", strerror(error));
    if (WIFSIGNALED(state))
        return message_set(message, STATUS_FAILED,
                           "gnuplot was stopped by signal %d while it drew %s/score.gp", WTERMSIG(state),
                           folder);
    if (WEXITSTATUS(state) != 0)
        return message_set(message, STATUS_FAILED, "gnuplot could not draw %s/score.gp (exit status %d): %s",
                           folder, WEXITSTATUS(state), said[0] ? said : "it did not say why");
    return STATUS_OK;
}

/* Draws beside the figure and renames, so that a figure is whole or absent. */
static enum status draw(const char *folder, const char *format, struct text *written, struct message *message)
{
    char settings[80], name[40], new_name[40];
    snprintf(settings, sizeof settings, "fmt='%s'; out='score.new'", format);
    snprintf(name, sizeof name, "score.%s", format);
    snprintf(new_name, sizeof new_name, "score.new.%s", format);
    char *path = file_join(folder, name), *new_path = file_join(folder, new_name);
    enum status status = STATUS_FAILED;
    if (!path || !new_path)
        message_set(message, status, "no memory for the path of a figure in %s", folder);
    else
        status = run_gnuplot(folder, settings, message);
    if (status == STATUS_OK && rename(new_path, path) != 0)
        status = message_set(message, STATUS_FAILED, "cannot write %s: %s", path, strerror(errno));
    if (status == STATUS_OK)
        text_append(written, "%s\n", path);
    else if (new_path)
        remove(new_path);
    memory_release(path);
    memory_release(new_path);
    return status;
}

enum status plot_score(const struct results *results, const char *folder, const char *protocol,
                       const char *formats, struct text *written, struct message *message)
{
    bool wanted[FORMATS] = {false};
    size_t count = 0;
    struct text script = {0};
    char *path = NULL;
    struct panel *panels = NULL;
    enum status status = read_formats(wanted, formats, message);
    if (status != STATUS_OK)
        return status;
    status = STATUS_FAILED;
    panels = memory_allocate(results->datasets, sizeof *panels, "the panels of a figure", message);
    if (!panels)
        goto done;
    status = make_panels(panels, &count, results, protocol, message);
    if (status != STATUS_OK)
        goto done;
    plot_script(&script, panels, count);
    path = file_join(folder, "score.gp");
    if (script.failed || !path) {
        status = message_set(message, STATUS_FAILED, "no memory for the script of a figure in %s", folder);
        goto done;
    }
    status = file_publish(path, text_string(&script), script.length, message);
    if (status != STATUS_OK)
        goto done;
    text_append(written, "%s\n", path);
    for (size_t f = 0; f < FORMATS && status == STATUS_OK; f++)
        if (wanted[f])
            status = draw(folder, format_names[f], written, message);
done:
    for (size_t p = 0; p < count; p++)
        panel_release(&panels[p]);
    memory_release(panels);
    memory_release(path);
    text_release(&script);
    return status;
}
