/* evaluate.c -- lexbench evaluate: trained weights under other variants, texts, tasks or lengths. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commandline/command.h"
#include "experiment/settings.h"
#include "experiment/writings/trained.h"
#include "results/merge/merge.h"
#include "results/report/report.h"
#include "results/store/results.h"
#include "results/store/trial.h"
#include "results/store/weights.h"
#include "running/evaluate_tokens.h"
#include "running/scoring.h"
#include "running/trained_model.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/names.h"
#include "support/threads.h"

struct evaluate_request {
    const char *positions, *dataset, *out, *per_token, *format, *isa;
    struct argument_list set;
    size_t threads;
    bool quiet;
};

/* Begin with zeroes; release in any case. */
struct session {
    const struct evaluate_request *request;
    const struct table_format *format;
    char *path; /* of the weights */
    struct weights_about about;
    struct settings identity; /* what about.identity says */
    struct plan plan;         /* one training */
    enum isa isa;
    struct trained_model trained;
    struct progress progress;
    struct token_collector tokens;
    size_t failed_cells;
};

static void session_release(struct session *session)
{
    token_losses_release(&session->tokens.losses);
    trained_model_release(&session->trained);
    plan_release(&session->plan);
    weights_about_release(&session->about);
    settings_release(&session->identity);
    memory_release(session->path);
}

/* ---- the request ---- */

/* A weights file, or the folder that it is in. */
static enum status find_weights(struct session *session, const char *given, struct message *message)
{
    struct stat info;
    const bool there = stat(given, &info) == 0, folder = there && S_ISDIR(info.st_mode);
    if (!there)
        return message_set(message, STATUS_WRONG, "%s: there is no such file or folder", given);
    session->path =
        folder ? file_join(given, "weights.h5") : memory_allocate(strlen(given) + 1, 1, "a path", message);
    if (!session->path)
        return message_set(message, STATUS_FAILED, "no memory for the path of the weights");
    if (!folder)
        strcpy(session->path, given);
    else if (!file_exists(session->path))
        return message_set(
            message, STATUS_WRONG,
            "%s has no weights.h5: give the folder of one training, DIR/trials/ID, of a run without "
            "--discard-weights",
            given);
    return STATUS_OK;
}

/* A file that is to be written: its folder is there, and it is not the weights. */
static enum status check_output(const char *option, const char *path, const char *weights,
                                struct message *message)
{
    struct stat output, other;
    const char *slash = path ? strrchr(path, '/') : NULL;
    struct text folder = {0};
    enum status status = STATUS_OK;
    if (!path)
        return STATUS_OK;
    text_append_bytes(&folder, slash ? path : "./", slash ? (size_t)(slash - path + 1) : 2);
    if (folder.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the path %.200s", path);
    else if (access(text_string(&folder), W_OK) != 0)
        status =
            message_set(message, STATUS_WRONG,
                        "%s %.400s: there is no such folder, or no file can be made in it", option, path);
    else if (stat(path, &output) == 0 && S_ISDIR(output.st_mode))
        status = message_set(message, STATUS_WRONG, "%s %.400s is a folder; give a file", option, path);
    else if (stat(path, &output) == 0 && stat(weights, &other) == 0 && output.st_dev == other.st_dev &&
             output.st_ino == other.st_ino)
        status = message_set(message, STATUS_WRONG, "%s %.400s would replace the weights; give another file",
                             option, path);
    text_release(&folder);
    return status;
}

static enum status check_request(struct session *session, const char *weights, struct message *message)
{
    const struct evaluate_request *request = session->request;
    enum status status = report_format_find(&session->format, request->format, message);
    if (!status)
        status = find_weights(session, weights, message);
    if (!status)
        status = check_output("--out", request->out, session->path, message);
    if (!status)
        status = check_output("--per-token", request->per_token, session->path, message);
    if (!status && request->out && request->per_token && strcmp(request->out, request->per_token) == 0)
        status = message_set(message, STATUS_WRONG, "--out and --per-token name the same file; give two");
    return status;
}

/* ---- the weights ---- */

/* The same instruction set as in training gives the same bits. */
static enum status choose_isa(struct session *session, struct message *message)
{
    enum status status;
    if (session->request->isa) {
        status = isa_choose(&session->isa, session->request->isa, message);
        if (status)
            message_prefix(message, "--isa");
        return status;
    }
    status = isa_choose(&session->isa, settings_value(&session->identity, "", "instruction_set"), message);
    if (status)
        message_prefix(message, "%s was trained with another processor's instruction set (--isa chooses one)",
                       session->path);
    return status;
}

/* What differs from the training and makes numbers that do not compare with its own. */
static void say_differences(const struct session *session)
{
    const struct planned_dataset *dataset = &session->plan.dataset[0];
    const char *revision = settings_find(&session->identity, "", "numerics_revision");
    if (revision && strtol(revision, NULL, 10) != NUMERICS_REVISION)
        fprintf(stderr, "%s was trained under numerics revision %s; this program has %d\n", session->path,
                revision, NUMERICS_REVISION);
    const char *input = settings_find(&session->identity, "dataset", "input_sha256");
    if (input && !session->request->dataset && strcmp(input, dataset->input.sha256) != 0)
        fprintf(stderr,
                "%s is not the text that these weights were trained on: --dataset NAME gives it a name of "
                "its own\n",
                dataset->input.path);
}

static enum status open_session(struct session *session, size_t count, const char *const *operand,
                                struct message *message)
{
    const struct evaluate_request *request = session->request;
    enum status status = check_request(session, operand[0], message);
    if (!status)
        status = weights_read_about(&session->about, session->path, message);
    if (!status)
        status = settings_read(&session->identity, session->about.identity, message);
    if (status)
        return status;
    const struct trained_request trained = {.file = session->path,
                                            .training_id = session->about.training_id,
                                            .identity = session->about.identity,
                                            .experiment = session->about.experiment,
                                            .vocabulary = (size_t)session->about.vocabulary,
                                            .dataset = request->dataset,
                                            .positions = request->positions,
                                            .sets = request->set.count,
                                            .set = request->set.at,
                                            .variants = count - 1,
                                            .variant = operand + 1};
    status = trained_plan(&session->plan, &trained, message);
    if (!status)
        status = choose_isa(session, message);
    if (status)
        return status;
    say_differences(session);
    status = trained_model_open(&session->trained, session->path, &session->plan.dataset[0],
                                &session->plan.variant[0].trained, (size_t)session->about.vocabulary,
                                session->isa, message);
    return !status && request->per_token ? token_collector_begin(&session->tokens, &session->plan, message)
                                         : status;
}

/* ---- the evaluations ---- */

/* The sentence is that of the first failed cell. */
static enum status evaluate_all(struct session *session, struct merger *merger, struct message *message)
{
    const struct evaluate_request *asked = session->request;
    const struct scoring_request request = {.plan = &session->plan,
                                            .trained = &session->trained,
                                            .isa = session->isa,
                                            .threads =
                                                asked->threads > 0 ? asked->threads : threads_available(),
                                            .progress = &session->progress,
                                            .observe = asked->per_token ? token_collector_add : NULL,
                                            .observer = &session->tokens};
    enum status status = STATUS_OK;
    for (size_t v = 0; !status && v < session->plan.variants; v++) {
        struct trial trial;
        struct message why = {""};
        size_t failed = 0;
        session->tokens.variant = v;
        status = scoring_run(&trial, &failed, &request, v, &why);
        if (status || (failed > 0 && session->failed_cells == 0))
            *message = why;
        if (status)
            break;
        session->failed_cells += failed;
        status = merger_add_trial(merger, &trial, session->plan.variant[v].name, message);
        trial_release(&trial);
    }
    if (!status && session->tokens.status) {
        *message = session->tokens.message;
        status = session->tokens.status;
    }
    return status;
}

static enum status make_results(struct results *results, struct session *session, struct message *message)
{
    const struct merge_options options = {.allow_mixed = false};
    const struct plan *plan = &session->plan;
    struct merger *merger = NULL;
    const char **order = memory_allocate(plan->variants, sizeof *order, "the names of variants", message);
    enum status status = order ? merger_create(&merger, &options, message) : STATUS_FAILED;
    for (size_t v = 0; order && v < plan->variants; v++)
        order[v] = plan->variant[v].name;
    if (!status) {
        progress_begin(&session->progress, plan->training[0].evaluation_flop, session->request->quiet);
        status = evaluate_all(session, merger, message);
        progress_end(&session->progress);
    }
    if (!status)
        status = merger_finish(results, merger, order, plan->variants, message);
    merger_release(merger);
    memory_release(order);
    return status;
}

static enum status print_tables(const struct results *results, const struct table_format *format,
                                struct message *message)
{
    struct text tables = {0};
    enum status status = STATUS_OK;
    format->write(&tables, results);
    if (tables.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the tables");
    else
        fputs(text_string(&tables), stdout);
    text_release(&tables);
    return status;
}

static enum status evaluate_run(const void *given, size_t count, const char *const *operand,
                                struct message *message)
{
    struct session session = {.request = given};
    struct results results = {.variants = 0};
    struct message failure = {""}; /* of cells */
    enum status status = open_session(&session, count, operand, message);
    if (!status)
        status = make_results(&results, &session, &failure);
    if (status) {
        if (failure.text[0])
            *message = failure;
        goto done;
    }
    if (session.request->out)
        status = results_write(session.request->out, &results, message);
    if (!status && session.request->per_token)
        status = tokens_write(session.request->per_token, &session.tokens.losses, message);
    if (!status)
        status = print_tables(&results, session.format, message);
    if (!status && session.failed_cells > 0) {
        *message = failure;
        status = STATUS_FAILED;
    }
    results_release(&results);
done:
    session_release(&session);
    return status;
}

#define AT(field) offsetof(struct evaluate_request, field)
static const struct argument evaluate_arguments[] = {
    {"positions", ARGUMENT_TEXT, AT(positions), "SPEC",
     "the position map of inline variants (default: as trained)"},
    {"dataset", ARGUMENT_TEXT, AT(dataset), "NAME", "text or task (default: the one it was trained on)"},
    {"set", ARGUMENT_LIST, AT(set), "SECTION.KEY=VALUE",
     "evaluation.KEY or \"dataset NAME.KEY\"; may be repeated"},
    {"out", ARGUMENT_TEXT, AT(out), "FILE", "write a results file too"},
    {"per-token", ARGUMENT_TEXT, AT(per_token), "FILE", "write the loss of each token (HDF5)"},
    {"format", ARGUMENT_TEXT, AT(format), NULL, "of the tables (default: text)", report_format_name},
    {"threads", ARGUMENT_COUNT, AT(threads), "N", "threads (default: OMP_NUM_THREADS, or all processors)"},
    {"isa", ARGUMENT_TEXT, AT(isa), "NAME", "instruction set (default: that of the training)"},
    {"quiet", ARGUMENT_SWITCH, AT(quiet), NULL, "no progress"},
    {.name = NULL},
};

extern const struct command command_evaluate;
const struct command command_evaluate = {
    .name = "evaluate",
    .operands = "WEIGHTS [VARIANT...]",
    .summary = "trained weights under other variants, texts, tasks or lengths",
    .examples =
        "lexbench evaluate runs/quick/trials/0123456789abcdef rope-ntk self-extend\n"
        "lexbench evaluate weights.h5 \"rope(scaling=ntk) + window(width=1L)\" --out more.h5\n"
        "lexbench evaluate weights.h5 \"far=rope()\" --positions \"interpolate(factor=4)\"\n"
        "lexbench evaluate weights.h5 rope --set evaluation.lengths=1L,32L --per-token tokens.h5\n"
        "lexbench evaluate weights.h5 --dataset novel --set \"dataset novel.kind=text\" --set \"dataset "
        "novel.path=FILE\"",
    .more =
        "WEIGHTS is a weights.h5 or its folder.  VARIANT is a variant of the experiment that trained it, a\n"
        "shipped one (lexbench list variants) that is trained alike, or the evaluated part written out, SPEC "
        "or\n"
        "NAME=SPEC; without any, all those of the experiment.  Settings are those of the experiment; 1L is "
        "the\n"
        "training length.  What is measured under the same settings has the same bits as in the run, and a\n"
        "results file of --out goes together with others by lexbench merge.\n",
    .arguments = evaluate_arguments,
    .request_size = sizeof(struct evaluate_request),
    .least = 1,
    .most = OPERANDS_MAX,
    .run = evaluate_run,
};
