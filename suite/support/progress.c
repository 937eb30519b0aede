/* progress.c -- what is under way, on standard error. */
#include "support/progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "support/threads.h"

static const double redraw_after = 0.1; /* seconds between two drawings of the line */

double progress_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_duration(char out[32], double seconds)
{
    double whole = seconds > 0 ? floor(seconds + 0.5) : 0; /* NaN gives 0 */
    if (whole < 60)
        snprintf(out, 32, "%.0f s", whole);
    else if (whole < 3600)
        snprintf(out, 32, "%.0f min %.0f s", floor(whole / 60), fmod(whole, 60));
    else if (whole < 1e10)
        snprintf(out, 32, "%.0f h %.0f min", floor(whole / 3600), floor(fmod(whole, 3600) / 60));
    else
        snprintf(out, 32, "centuries");
}

static size_t line_width(void)
{
    struct winsize window;
    size_t width = 80;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        width = window.ws_col;
    return width < 20 ? 20 : width > 200 ? 200 : width;
}

/* Blanks instead of escape sequences: every terminal knows them. */
static void rewrite_line(const char *line)
{
    int width = (int)line_width() - 1;
    fprintf(stderr, "\r%-*.*s", width, width, line);
}

void progress_begin(struct progress *progress, double total, bool quiet)
{
    const char *kind = getenv("TERM");
    *progress = (struct progress){.total = total > 0 ? total : 0, .quiet = quiet};
    progress->started = progress_clock();
    progress->terminal = isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb") != 0;
}

/* With a little slack: the parts of a sum may add up to a hair less than the total. */
static double fraction_done(const struct progress *progress)
{
    return progress->total > 0 ? fmin(progress->done / progress->total + 1e-9, 1) : 1;
}

static void describe(char *line, size_t size, const struct progress *progress, double now, const char *label)
{
    double fraction = fraction_done(progress);
    double elapsed = now - progress->started;
    char taken[32], left[32];
    progress_duration(taken, elapsed);
    if (fraction >= 1) {
        snprintf(line, size, "100 %%, %s: %s", taken, label);
    } else if (fraction <= 1e-6 || elapsed < 0.5) { /* too early to tell */
        snprintf(line, size, "%3.0f %%: %s", floor(100 * fraction), label);
    } else {
        progress_duration(left, elapsed * (1 - fraction) / fraction);
        snprintf(line, size, "%3.0f %%, about %s left: %s", floor(100 * fraction), left, label);
    }
}

struct addition {
    struct progress *progress;
    double work;
    const char *label;
};

static void add(void *context)
{
    const struct addition *addition = context;
    struct progress *progress = addition->progress;
    double now = progress_clock();
    unsigned tenth;
    char line[512];
    progress->done += addition->work;
    if (progress->quiet)
        return;
    tenth = (unsigned)(10 * fraction_done(progress));
    describe(line, sizeof line, progress, now, addition->label);
    if (progress->terminal && now - progress->printed >= redraw_after) {
        rewrite_line(line);
        progress->printed = now;
    } else if (!progress->terminal && tenth > progress->tenth) {
        fprintf(stderr, "%s\n", line);
        progress->printed = now;
    }
    progress->tenth = tenth;
}

void progress_add(struct progress *progress, double work, const char *label)
{
    struct addition addition = {progress, work, label ? label : ""};
    threads_exclusive(&addition, add);
}

static void note(void *context)
{
    const struct addition *addition = context;
    if (addition->progress->terminal) {
        rewrite_line("");
        fputs("\r", stderr);
        addition->progress->printed = 0; /* draw the line again at the next step */
    }
    fprintf(stderr, "%s\n", addition->label);
}

void progress_note(struct progress *progress, const char *format, ...)
{
    struct addition addition = {.progress = progress};
    va_list arguments;
    char line[2048];
    if (progress->quiet)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    addition.label = line;
    threads_exclusive(&addition, note);
}

void progress_end(struct progress *progress)
{
    if (progress->quiet || !progress->terminal || progress->printed <= 0)
        return;
    rewrite_line("");
    fputs("\r", stderr);
}
