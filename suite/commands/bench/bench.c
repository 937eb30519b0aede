/* bench.c -- lexbench bench: the engine's speed as a fraction of what this machine can do at best. */
#include "commands/bench/bench.h"

#include <stdio.h>
#include <string.h>

#include "commandline/command.h"
#include "kernels/product.h"
#include "registry/registry.h"
#include "support/threads.h"

struct bench_request {
    const char *shape, *encoder, *isa;
    size_t threads, repetitions;
    bool json, profile, scaling, compare;
};

struct machine {
    enum isa isa;
    size_t threads;
    double peak, product, bandwidth; /* GFLOP/s, GFLOP/s, GB/s */
    bool valid;
};

/* Counted in training, because that is what others quote; executed in evaluation. */
static double fraction_of_peak(const struct bench_shape *shape, const struct bench_result *result,
                               const struct machine *machine)
{
    return result->tokens_per_second.median * (shape->training ? result->counted : result->executed) * 1e-9 /
           machine->peak;
}

static void print_machine(const struct machine *machine, bool scaling)
{
    printf("%s, %zu thread%s; products by %s\n", isa_name(machine->isa), machine->threads,
           machine->threads == 1 ? "" : "s", product_library());
    printf("multiply-add peak %.1f GFLOP/s, best product %.1f GFLOP/s, memory %.1f GB/s\n\n", machine->peak,
           machine->product, machine->bandwidth);
    if (scaling) {
        printf("%-18s %-12s %12s %8s %24s %24s\n", "shape", "encoder", "tokens/s", "peak",
               "within a trial, of peak", "trials at once, of peak");
        printf("%-18s %-12s %12s %8s %8s %7s %7s %8s %7s %7s\n", "", "", "one thread", "scales", "median",
               "least", "most", "median", "least", "most");
        return;
    }
    printf("%-18s %-12s %12s %12s %12s %9s %9s %7s %8s\n", "shape", "encoder", "tokens/s", "least", "most",
           "counted", "executed", "of peak", "memory");
    printf("%-18s %-12s %12s %12s %12s %9s %9s %7s %8s\n", "", "", "median", "", "", "GFLOP/s", "GFLOP/s", "",
           "MiB");
}

static void print_row(const struct bench_shape *shape, const char *encoder, const struct bench_result *result,
                      const struct machine *machine)
{
    const struct bench_rate *rate = &result->tokens_per_second;
    printf("%-18s %-12s %12.0f %12.0f %12.0f %9.1f %9.1f %6.1f%% %8.1f\n", shape->name, encoder, rate->median,
           rate->least, rate->most, rate->median * result->counted * 1e-9,
           rate->median * result->executed * 1e-9, 100 * fraction_of_peak(shape, result, machine),
           (double)result->peak_memory / 1048576);
    fflush(stdout);
}

static void print_scaling(const struct bench_shape *shape, const char *encoder,
                          const struct bench_scaling *scaling)
{
    printf("%-18s %-12s %12.0f %8.3f %8.3f %7.3f %7.3f %8.3f %7.3f %7.3f\n", shape->name, encoder,
           scaling->one.median, scaling->peak.median, scaling->within.median, scaling->within.least,
           scaling->within.most, scaling->across.median, scaling->across.least, scaling->across.most);
    fflush(stdout);
}

static double share(const struct profile *profile, int part)
{
    double all = 0;
    for (int p = 0; p < PROFILE_PARTS; p++)
        all += profile->seconds[p];
    return all > 0 ? profile->seconds[part] / all : 0;
}

/* A line for each part: its share of the threads' time and, of products, how fast they ran on each thread. */
static void print_profile(const struct profile *profile)
{
    for (int part = PROFILE_PARTS - 1; part >= 0; part--) {
        printf("    %5.1f%%  %s", 100 * share(profile, part), profile_part_names[part]);
        if (profile->operations[part] > 0)
            printf(", at %.1f GFLOP/s a thread", profile->operations[part] / profile->seconds[part] * 1e-9);
        printf("\n");
    }
}

static void append_profile(struct text *out, const struct profile *profile)
{
    text_append(out, ", \"profile\": {");
    for (int part = 0; part < PROFILE_PARTS; part++) {
        text_append(out, "%s\"%s\": ", part > 0 ? ", " : "", profile_part_names[part]);
        text_append_number(out, share(profile, part));
    }
    text_append(out, "}");
}

struct number {
    const char *name;
    double value;
};

static void append_shape(struct text *out, const struct bench_shape *shape, const char *encoder,
                         const struct number *number, size_t numbers)
{
    text_append(out, "%s\n    {\"name\": ", out->bytes[out->length - 1] == '[' ? "" : ",");
    text_append_json(out, shape->name);
    text_append(out, ", \"kind\": \"%s\", \"encoder\": ", shape->training ? "training" : "evaluation");
    text_append_json(out, encoder);
    for (size_t i = 0; i < numbers; i++) {
        text_append(out, ", \"%s\": ", number[i].name);
        text_append_number(out, number[i].value);
    }
}

static void append_scaling(struct text *out, const struct bench_shape *shape, const char *encoder,
                           const struct bench_scaling *scaling)
{
    const struct number numbers[] = {
        {"tokens_per_second_one_thread", scaling->one.median},
        {"peak_scaling", scaling->peak.median},
        {"within_trial_of_peak", scaling->within.median},
        {"within_trial_of_peak_least", scaling->within.least},
        {"within_trial_of_peak_most", scaling->within.most},
        {"across_trials_of_peak", scaling->across.median},
        {"across_trials_of_peak_least", scaling->across.least},
        {"across_trials_of_peak_most", scaling->across.most},
    };
    append_shape(out, shape, encoder, numbers, sizeof numbers / sizeof *numbers);
    text_append(out, "}");
}

static void append_json(struct text *out, const struct bench_shape *shape, const char *encoder,
                        const struct bench_result *result, const struct machine *machine)
{
    const struct bench_rate *rate = &result->tokens_per_second;
    const struct number numbers[] = {
        {"layers", (double)shape->layers},
        {"width", (double)shape->width},
        {"heads", (double)shape->heads},
        {"length", (double)shape->length},
        {"batch", (double)shape->batch},
        {"tokens_per_second", rate->median},
        {"tokens_per_second_least", rate->least},
        {"tokens_per_second_most", rate->most},
        {"gflops_counted", rate->median * result->counted * 1e-9},
        {"gflops_executed", rate->median * result->executed * 1e-9},
        {"fraction_of_peak", fraction_of_peak(shape, result, machine)},
        {"peak_memory_bytes", (double)result->peak_memory},
        {"repetitions", (double)result->repetitions},
    };
    append_shape(out, shape, encoder, numbers, sizeof numbers / sizeof *numbers);
    if (share(&result->profile, PROFILE_PRODUCTS) > 0)
        append_profile(out, &result->profile);
    text_append(out, "}");
}

/* ---- the verb ---- */

static enum status measure_machine(struct machine *machine, const struct bench_request *request,
                                   struct message *message)
{
    enum status status = isa_choose(&machine->isa, request->isa ? request->isa : "auto", message);
    if (status)
        return status;
    machine->threads = request->threads > 0 ? request->threads : threads_available();
    machine->peak = bench_peak(machine->isa, machine->threads);
    machine->product = bench_product(machine->threads);
    return bench_bandwidth(&machine->bandwidth, machine->threads, message);
}

static enum status check_shape(const char *name, struct message *message)
{
    const char *names[32];
    size_t count = 0;
    char suggestion[200];
    for (const struct bench_shape *shape = bench_shapes; shape->name; shape++) {
        names[count++] = shape->name;
        if (!name || strcmp(shape->name, name) == 0)
            return STATUS_OK;
    }
    text_suggest(suggestion, sizeof suggestion, name, names, count);
    return message_set(message, STATUS_WRONG, "bench: unknown shape `%.60s`: %s", name, suggestion);
}

/* One shape with one SPEC, as the request wants it. */
static enum status measure_shape(struct text *json, const struct machine *machine,
                                 const struct bench_request *request, const struct bench_shape *shape,
                                 const char *encoder, struct message *message)
{
    size_t repetitions = request->repetitions > 0 ? request->repetitions : 5;
    struct bench_scaling scaling;
    struct bench_result result;
    enum status status =
        request->scaling
            ? bench_scaling(&scaling, shape, encoder, machine->isa, machine->threads, repetitions, message)
            : bench_measure(&result, shape, encoder, machine->isa, machine->threads, repetitions,
                            request->profile, message);
    if (status)
        return status;
    if (request->scaling)
        request->json ? append_scaling(json, shape, encoder, &scaling)
                      : print_scaling(shape, encoder, &scaling);
    else
        request->json ? append_json(json, shape, encoder, &result, machine)
                      : print_row(shape, encoder, &result, machine);
    if (request->profile && !request->json)
        print_profile(&result.profile);
    return STATUS_OK;
}

static enum status measure_encoder(struct text *json, const struct machine *machine,
                                   const struct bench_request *request, const char *encoder,
                                   struct message *message)
{
    for (const struct bench_shape *shape = bench_shapes; shape->name; shape++) {
        enum status status;
        if (request->shape && strcmp(shape->name, request->shape) != 0)
            continue;
        status = measure_shape(json, machine, request, shape, encoder, message);
        if (status == STATUS_WRONG && strcmp(request->encoder ? request->encoder : "", "all") == 0)
            fprintf(stderr, "%s at %s: %s\n", encoder, shape->name, message->text);
        else if (status)
            return status;
    }
    return STATUS_OK;
}

static enum status check_request(const struct bench_request *request, size_t count, struct message *message)
{
    if (!request->compare && count > 0)
        return message_set(message, STATUS_WRONG, "bench takes no operands, except two with --compare");
    if (request->compare && count != 2)
        return message_set(message, STATUS_WRONG,
                           "bench --compare takes two programs, or two outputs of `lexbench bench --json`");
    if (request->compare && (request->json || request->profile || request->scaling))
        return message_set(message, STATUS_WRONG,
                           "bench: --compare goes without --json, --profile and --scaling");
    if (request->scaling && request->profile)
        return message_set(message, STATUS_WRONG,
                           "bench: --profile is of one speed, --scaling of several: choose one");
    return STATUS_OK;
}

static enum status run_bench(const void *given, size_t count, const char *const *operand,
                             struct message *message)
{
    const struct bench_request *request = given;
    struct machine machine = {.threads = 1};
    struct text json = {0};
    enum status status = check_shape(request->shape, message);
    if (!status)
        status = check_request(request, count, message);
    if (!status && request->compare)
        return bench_compare(operand,
                             &(struct bench_comparison){.shape = request->shape,
                                                        .encoder = request->encoder,
                                                        .isa = request->isa,
                                                        .threads = request->threads,
                                                        .rounds = request->repetitions},
                             message);
    if (!status)
        status = measure_machine(&machine, request, message);
    if (status)
        return status;
    text_append(&json, "{\n  \"shapes\": [");
    if (!request->json)
        print_machine(&machine, request->scaling);
    if (request->encoder && strcmp(request->encoder, "all") == 0) {
        for (size_t e = 0; !status && encoder_list[e]; e++)
            status = measure_encoder(&json, &machine, request, encoder_list[e]->name, message);
    } else {
        status =
            measure_encoder(&json, &machine, request, request->encoder ? request->encoder : "rope", message);
    }
    double again = bench_peak(machine.isa, machine.threads), product_again = bench_product(machine.threads);
    machine.valid = (again > machine.peak ? again : machine.peak) >=
                    (product_again > machine.product ? product_again : machine.product);
    if (request->json) {
        text_append(
            &json, "\n  ],\n  \"peak_gflops\": %.6g, \"product_gflops\": %.6g, \"memory_gigabytes\": %.6g,\n",
            machine.peak, machine.product, machine.bandwidth);
        text_append(&json, "  \"threads\": %zu, \"isa\": \"%s\", \"valid\": %s\n}\n", machine.threads,
                    isa_name(machine.isa), machine.valid ? "true" : "false");
        fputs(text_string(&json), stdout);
    } else {
        printf("\n%s: peak again %.1f, best product %.1f GFLOP/s\n",
               machine.valid ? "VALID" : "INVALID, a product beat the peak", again, product_again);
    }
    text_release(&json);
    return status;
}

#define AT(field) offsetof(struct bench_request, field)
static const struct argument bench_arguments[] = {
    {"shape", ARGUMENT_TEXT, AT(shape), "NAME", "only this shape (default: all)"},
    {"encoder", ARGUMENT_TEXT, AT(encoder), "SPEC", "with these encoders (default: rope); all: each in turn"},
    {"threads", ARGUMENT_COUNT, AT(threads), "N", "threads (default: OMP_NUM_THREADS, or all processors)"},
    {"repetitions", ARGUMENT_COUNT, AT(repetitions), "N", "timings of each shape, at most (default: 5)"},
    {"isa", ARGUMENT_TEXT, AT(isa), "NAME", "instruction set: auto (default), plain, avx2, avx512"},
    {"profile", ARGUMENT_SWITCH, AT(profile), NULL, "where the time of each shape goes"},
    {"scaling", ARGUMENT_SWITCH, AT(scaling), NULL,
     "what the threads bring, against one and against the peak's gain"},
    {"compare", ARGUMENT_SWITCH, AT(compare), NULL,
     "A and B are two builds, run in turn --repetitions times, or two outputs of --json"},
    {"json", ARGUMENT_SWITCH, AT(json), NULL, "for programs"},
    {.name = NULL},
};

extern const struct command command_bench;
const struct command command_bench = {
    .name = "bench",
    .operands = "[A B]",
    .summary = "speed as a fraction of this machine's peak",
    .examples = "lexbench bench\n"
                "lexbench bench --shape training-256 --threads 1\n"
                "lexbench bench --shape training-512 --encoder all\n"
                "lexbench bench --compare old/lexbench build/lexbench --shape training-quick",
    .more = "counted: (6N + 12 layers width T) operations a trained token, a third of that evaluated; "
            "executed halves\n"
            "attention for causality.  of peak: counted in training, executed in evaluation.  scaling: each "
            "repetition\n"
            "measures one thread, all threads, trials side by side and the peak; evaluation-131072 takes ten "
            "minutes.\n",
    .arguments = bench_arguments,
    .request_size = sizeof(struct bench_request),
    .least = 0,
    .most = 2,
    .run = run_bench,
};
