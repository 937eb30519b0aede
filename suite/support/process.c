/* process.c -- another program as a child. */
#include "support/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its streams and its folder. */
static int arrange(posix_spawn_file_actions_t *actions, const struct process *process)
{
    int error = process->input < 0
                    ? posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
                    : posix_spawn_file_actions_adddup2(actions, process->input, STDIN_FILENO);
    if (!error)
        error = posix_spawn_file_actions_adddup2(actions, process->output, STDOUT_FILENO);
    if (!error)
        error = posix_spawn_file_actions_adddup2(actions, process->error, STDERR_FILENO);
    if (!error && process->folder)
        error = posix_spawn_file_actions_addchdir_np(actions, process->folder);
    return error;
}

/* posix_spawn, not fork: a child forked beside OpenMP threads can hang. */
int process_start(pid_t *child, const struct process *process)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error)
        goto done;
    sigemptyset(&none); /* signals that this process keeps for itself may end the child */
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    error = arrange(&actions, process);
    if (!error)
        error = (process->search ? posix_spawnp : posix_spawn)(child, process->words[0], &actions,
                                                               &attributes, process->words, environ);
    posix_spawnattr_destroy(&attributes);
done:
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

ssize_t process_read(int end, void *bytes, size_t size)
{
    ssize_t got;
    do
        got = read(end, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

int process_wait(pid_t child)
{
    int state = 0;
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    return state;
}
