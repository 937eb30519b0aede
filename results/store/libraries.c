/* libraries.c -- the versions of HDF5 and gnuplot. */
#include "results/store/libraries.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* From the header, whose major and minor number the library checks at start: asking the library itself
 * would have to wait for whoever has a file open. */
void libraries_hdf5(char out[LIBRARY_SIZE])
{
    snprintf(out, LIBRARY_SIZE, "HDF5 %d.%d.%d", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE);
}

static int start_gnuplot(pid_t *process, int said)
{
    char *const arguments[] = {"gnuplot", "--version", NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, said, STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(process, "gnuplot", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* The first line; all is read, so that the program never waits for us. */
static void read_line(char out[LIBRARY_SIZE], int end)
{
    char bytes[256];
    size_t used = 0;
    ssize_t got;
    bool ended = false;
    while ((got = read(end, bytes, sizeof bytes)) != 0) {
        if (got < 0 && errno != EINTR)
            break;
        for (ssize_t i = 0; i < got; i++) {
            ended = ended || bytes[i] == '\n';
            if (!ended && used + 1 < LIBRARY_SIZE && bytes[i] >= ' ' && bytes[i] <= '~')
                out[used++] = bytes[i];
        }
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
}

bool libraries_gnuplot(char out[LIBRARY_SIZE])
{
    int ends[2], state = 1;
    pid_t process;
    out[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    const int error = start_gnuplot(&process, ends[1]);
    close(ends[1]);
    if (!error) {
        read_line(out, ends[0]);
        while (waitpid(process, &state, 0) < 0 && errno == EINTR)
            continue;
    }
    close(ends[0]);
    if (error || !WIFEXITED(state) || WEXITSTATUS(state) != 0)
        out[0] = '\0';
    return out[0] != '\0';
}
