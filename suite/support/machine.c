/* machine.c -- the computer that this process runs on. */
#include "support/machine.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifdef __x86_64__
#include <cpuid.h>
#endif

/* x86: three leaves of 16 characters; all zero bytes where a machine hides them. */
static void ask_processor(char out[49])
{
    out[0] = '\0';
#ifdef __x86_64__
    unsigned word[12] = {0};
    bool known = true;

    for (unsigned leaf = 0; leaf < 3; leaf++)
        known = known && __get_cpuid(0x80000002u + leaf, &word[4 * leaf], &word[4 * leaf + 1],
                                     &word[4 * leaf + 2], &word[4 * leaf + 3]);
    if (known) {
        memcpy(out, word, 48);
        out[48] = '\0';
    }
#endif
}

/* The value of the first line "name : value" of a file; "" where there is none. */
static void find_line(char *out, size_t size, const char *path, const char *name)
{
    char line[512];
    FILE *file = fopen(path, "re");
    out[0] = '\0';
    while (file && out[0] == '\0' && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        const size_t length = strlen(name);
        if (colon && strncmp(line, name, length) == 0 &&
            line + length + strspn(line + length, " \t") == colon)
            snprintf(out, size, "%s", colon + 1);
    }
    if (file)
        fclose(file);
}

/* One blank between words, none at the ends; what is no printable ASCII counts as a blank. */
static void squeeze(char *text)
{
    char *out = text;
    for (const char *at = text; *at; at++) {
        const bool blank = *at <= ' ' || *at > '~';
        if (!blank)
            *out++ = *at;
        else if (out > text && out[-1] != ' ')
            *out++ = ' ';
    }
    if (out > text && out[-1] == ' ')
        out--;
    *out = '\0';
}

void machine_processor(char *out, size_t size)
{
    static const char *const names[] = {"model name", "Model", "cpu"};
    char brand[49];
    struct utsname system;
    ask_processor(brand);
    snprintf(out, size, "%s", brand);
    squeeze(out);
    for (size_t i = 0; out[0] == '\0' && i < sizeof names / sizeof *names; i++) {
        find_line(out, size, "/proc/cpuinfo", names[i]);
        squeeze(out);
    }
    if (out[0] == '\0')
        snprintf(out, size, "%s", uname(&system) == 0 ? system.machine : "unknown");
}

size_t machine_processors(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (size_t)count : 1;
}

size_t machine_memory(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (size_t)pages * (size_t)size : 0;
}

size_t machine_memory_available(void)
{
    char kilobytes[64];
    find_line(kilobytes, sizeof kilobytes, "/proc/meminfo", "MemAvailable");
    return (size_t)strtoull(kilobytes, NULL, 10) * 1024;
}
