/* job_metrics.c -- metrics.jsonl: {"step": 6, "loss": 5.1, "rate": 0.001}, one line a point of the training
 * curve, written as the training goes; the last line is {"seconds": 12.5}.  The weights are saved after it,
 * so where they are whole, the curve is too. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "running/job.h"
#include "support/file.h"
#include "support/memory.h"

static const char metrics_name[] = "metrics.jsonl";

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

enum status job_metrics_append(struct job *job, bool ended, struct message *message)
{
    struct text path = job_path(job->setting->out, job->training, metrics_name), line = {0};
    enum status status = job_path_check(&path, message);
    for (; !status && job->curve_written < job->curve.count; job->curve_written++) {
        add_point(&line, &job->curve, job->curve_written);
        status = append_line(text_string(&path), &line, message);
    }
    if (!status && ended) {
        text_append(&line, "{\"seconds\": ");
        text_append_number(&line, job->wall_time);
        text_append(&line, "}");
        status = append_line(text_string(&path), &line, message);
    }
    text_release(&path);
    return status;
}

enum status job_metrics_restart(struct job *job, struct message *message)
{
    struct text path = job_path(job->setting->out, job->training, metrics_name), lines = {0};
    enum status status = job_path_check(&path, message);
    for (size_t i = 0; i < job->curve.count; i++) {
        add_point(&lines, &job->curve, i);
        text_append(&lines, "\n");
    }
    if (!status && lines.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the lines of %s", text_string(&path));
    else if (!status && job->curve.count > 0)
        status = file_publish(text_string(&path), lines.bytes, lines.length, message);
    else if (!status)
        unlink(text_string(&path));
    job->curve_written = job->curve.count;
    text_release(&lines);
    text_release(&path);
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

void job_metrics_read(struct job *job)
{
    struct text path = job_path(job->setting->out, job->training, metrics_name);
    struct training_curve curve = {0};
    unsigned char *bytes = NULL;
    size_t size = 0, lines = 0;
    double seconds = NAN;
    job->wall_time = NAN;
    if (file_read(&bytes, &size, text_string(&path), NULL))
        goto done;
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    curve.step = memory_allocate(lines, sizeof *curve.step, "a training curve", NULL);
    curve.loss = memory_allocate(lines, sizeof *curve.loss, "a training curve", NULL);
    curve.rate = memory_allocate(lines, sizeof *curve.rate, "a training curve", NULL);
    if (!curve.step || !curve.loss || !curve.rate)
        goto done;
    for (char *line = (char *)bytes; lines > 0; lines--) {
        if (!read_point(&curve, line) && sscanf(line, "{\"seconds\": %lf}", &seconds) != 1)
            goto done;
        line = strchr(line, '\n');
        if (!line++)
            break;
    }
    if (isfinite(seconds)) { /* the last line is there */
        job->curve = curve;
        job->wall_time = seconds;
        curve = (struct training_curve){0};
    }
done:
    training_curve_release(&curve);
    memory_release(bytes);
    text_release(&path);
}
