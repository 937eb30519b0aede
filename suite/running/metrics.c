/* metrics.c -- metrics.jsonl, line by line. */
#include "running/metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/file.h"
#include "support/memory.h"
#include "support/text.h"

static enum status append_line(const char *path, struct text *line, struct message *message)
{
    enum status status = line->failed
                             ? message_set(message, STATUS_FAILED, "no memory for a line of %s", path)
                             : file_append_line(path, text_string(line), message);
    text_release(line);
    return status;
}

static void add_point(struct text *text, const struct training_curve *curve, size_t i)
{
    text_append(text, "{\"step\": %lld, \"loss\": ", (long long)curve->step[i]);
    text_append_number(text, curve->loss[i]);
    text_append(text, ", \"rate\": ");
    text_append_number(text, curve->rate[i]);
    text_append(text, "}");
}

enum status metrics_append(const char *path, const struct training_curve *curve, size_t *written,
                           struct message *message)
{
    enum status status = STATUS_OK;
    for (; !status && *written < curve->count; ++*written) {
        struct text line = {0};
        add_point(&line, curve, *written);
        status = append_line(path, &line, message);
    }
    return status;
}

enum status metrics_end(const char *path, double seconds, struct message *message)
{
    struct text line = {0};
    text_append(&line, "{\"seconds\": ");
    text_append_number(&line, seconds);
    text_append(&line, "}");
    return append_line(path, &line, message);
}

enum status metrics_restart(const char *path, const struct training_curve *curve, struct message *message)
{
    struct text lines = {0};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < curve->count; i++) {
        add_point(&lines, curve, i);
        text_append(&lines, "\n");
    }
    if (lines.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the lines of %s", path);
    else if (curve->count > 0)
        status = file_publish(path, lines.bytes, lines.length, message);
    else
        unlink(path);
    text_release(&lines);
    return status;
}

static bool read_point(struct training_curve *curve, const char *line)
{
    long long step;
    double loss, rate;
    if (sscanf(line, "{\"step\": %lld, \"loss\": %lf, \"rate\": %lf}", &step, &loss, &rate) != 3)
        return false;
    curve->step[curve->count] = step;
    curve->loss[curve->count] = loss;
    curve->rate[curve->count++] = rate;
    return true;
}

void metrics_read(struct training_curve *out, const char *path)
{
    struct training_curve curve = {.seconds = NAN};
    unsigned char *bytes = NULL;
    size_t size = 0, lines = 0;
    *out = curve;
    if (file_read(&bytes, &size, path, NULL))
        goto done;
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    curve.step = memory_allocate(lines, sizeof *curve.step, "a training curve", NULL);
    curve.loss = memory_allocate(lines, sizeof *curve.loss, "a training curve", NULL);
    curve.rate = memory_allocate(lines, sizeof *curve.rate, "a training curve", NULL);
    if (!curve.step || !curve.loss || !curve.rate)
        goto done;
    for (char *line = (char *)bytes; lines > 0; lines--) {
        if (!read_point(&curve, line) && sscanf(line, "{\"seconds\": %lf}", &curve.seconds) != 1)
            goto done;
        line = strchr(line, '\n');
        if (!line++)
            break;
    }
    if (isfinite(curve.seconds)) { /* the last line is there */
        *out = curve;
        curve = (struct training_curve){0};
    }
done:
    training_curve_release(&curve);
    memory_release(bytes);
}
