/* Training: the same bits for any number of workers, a loss that falls, a schedule that is the formula,
 * a sentence when the loss is not finite.  Evaluation: the same bits for any number of workers, items that
 * score the same targets at every length. */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluation/evaluation.h"
#include "model/workspace.h"
#include "registry/registry.h"
#include "registry/spec.h"
#include "support/memory.h"
#include "support/traps.h"
#include "training/rate.h"
#include "training/training.h"

struct setting {
    struct composition composition;
    struct model *model;
    const struct dataset *dataset;
    void *dataset_state;
    struct training_options training;
    struct evaluation_options evaluation;
};

static void create(struct setting *s, const char *encoders, const char *dataset, const char *path)
{
    struct model_options options;
    struct message message;
    *s = (struct setting){0};
    assert_int_equal(option_defaults(model_option_table, &options, &message), STATUS_OK);
    assert_int_equal(option_defaults(training_option_table, &s->training, &message), STATUS_OK);
    assert_int_equal(option_defaults(evaluation_option_table, &s->evaluation, &message), STATUS_OK);
    options.width = 32;
    s->training.length = 32;
    s->training.steps = 12;
    s->training.batch = 21; /* unequal slots: five of 16 hold two sequences */
    s->evaluation.examples = 30;
    assert_int_equal(dataset_find(&s->dataset, dataset, &message), STATUS_OK);
    s->dataset_state = memory_allocate(1, s->dataset->state_size, "dataset", &message);
    assert_int_equal(option_defaults(s->dataset->options, s->dataset_state, &message), STATUS_OK);
    if (path)
        assert_int_equal(option_set(s->dataset->options, s->dataset_state, "text", "path", path, &message),
                         STATUS_OK);
    if (s->dataset->prepare(s->dataset_state, &message))
        fail_msg("%s", message.text);
    assert_int_equal(spec_encoders(&s->composition, encoders, &message), STATUS_OK);
    assert_int_equal(spec_positions(&s->composition, "identity", &message), STATUS_OK);
    assert_int_equal(model_create(&s->model, &options, &s->composition, s->training.length,
                                  s->dataset->vocabulary(s->dataset_state), ISA_PLAIN, &message),
                     STATUS_OK);
}

static void release(struct setting *s)
{
    model_release(s->model);
    composition_release(&s->composition);
    if (s->dataset->release)
        s->dataset->release(s->dataset_state);
    memory_release(s->dataset_state);
}

/* Weights after training with so many workers (memory_release). */
static real *train(const struct setting *s, size_t threads, struct training_curve *curve)
{
    struct training_request request = {.model = s->model,
                                       .dataset = s->dataset,
                                       .dataset_state = s->dataset_state,
                                       .options = s->training,
                                       .seed = 4,
                                       .threads = threads};
    real *w = memory_allocate(s->model->weights, sizeof(real), "w", NULL);
    struct message message;
    if (training_run(w, curve, &request, &message))
        fail_msg("%s", message.text);
    return w;
}

static void test_same_bits_for_any_number_of_workers(void **state)
{
    static const char *const encoders[] = {"t5", "rope", "cope", "fire", "learned"};
    (void)state;
    for (size_t e = 0; test_row("encoders", e, sizeof encoders / sizeof *encoders); e++) {
        struct training_curve curve, other;
        struct setting s;
        real *w, *again;
        create(&s, encoders[e], "recall", NULL);
        w = train(&s, 1, &curve);
        for (size_t threads = 2; threads <= 3; threads++) {
            again = train(&s, threads, &other);
            if (memcmp(w, again, s.model->weights * sizeof(real)) != 0)
                fail_msg("%s: %zu workers give other weights than one", encoders[e], threads);
            assert_memory_equal(curve.loss, other.loss, curve.count * sizeof(double));
            memory_release(again);
            training_curve_release(&other);
        }
        memory_release(w);
        training_curve_release(&curve);
        release(&s);
    }
}

/* Two steps by hand: one sequence at a time, plain sums, AdamW as in Algorithm 2, in double. */
static void reference_step(double *w, double *first, double *second, const struct setting *s, size_t step)
{
    size_t weights = s->model->weights, length = s->training.length, scored = 0;
    real *dw = memory_allocate(weights, sizeof(real), "dw", NULL),
         *now = memory_allocate(weights, sizeof(real), "w", NULL);
    real *transposed = memory_allocate(weights, sizeof(real), "transposed", NULL);
    double *sum = memory_allocate(weights, sizeof(double), "sum", NULL), norm = 0, rate, scale;
    int32_t tokens[64], targets[64];
    unsigned char hit[64];
    double nll[64];
    struct workspace *workspace;
    assert_int_equal(workspace_create(&workspace, s->model, 1, length, true, 1, NULL), STATUS_OK);
    for (size_t i = 0; i < weights; i++)
        now[i] = (real)w[i];
    for (size_t p = 0; p < s->model->parameters; p++)
        model_transpose(transposed, s->model, now, p);
    for (size_t b = 0; b < s->training.batch; b++) {
        struct key key = key_with(key_with(key_named(4, "batch"), step), b);
        struct chunk chunk = {.sequences = 1, .count = &length, .tokens = tokens, .targets = targets};
        s->dataset->example(s->dataset_state, key_with(key, 0), SPLIT_TRAINING, length, tokens, targets,
                            NULL);
        memset(dw, 0, weights * sizeof(real));
        model_forward_backward(dw, true, nll, hit, workspace, now, transposed, &chunk);
        model_flush(dw, workspace);
        for (size_t i = 0; i < weights; i++)
            sum[i] += (double)dw[i];
        scored += length;
    }
    for (size_t i = 0; i < weights; i++)
        norm += pow(sum[i] / (double)scored, 2);
    rate = rate_at(&s->training, step);
    scale = (sqrt(norm) > s->training.clip ? s->training.clip / sqrt(norm) : 1) / (double)scored;
    for (size_t p = 0; p < s->model->parameters; p++) {
        const struct model_parameter *parameter = &s->model->parameter[p];
        for (size_t i = parameter->offset; i < parameter->offset + parameter->size; i++) {
            double g = sum[i] * scale, b1 = s->training.beta1, b2 = s->training.beta2;
            first[i] = b1 * first[i] + (1 - b1) * g;
            second[i] = b2 * second[i] + (1 - b2) * g * g;
            w[i] -= rate * (first[i] / (1 - pow(b1, (double)step + 1)) /
                                (sqrt(second[i] / (1 - pow(b2, (double)step + 1))) + s->training.epsilon) +
                            (parameter->decayed ? s->training.weight_decay * w[i] : 0));
        }
    }
    workspace_release(workspace);
    memory_release(dw);
    memory_release(now);
    memory_release(transposed);
    memory_release(sum);
}

static void write_text(const char *path, size_t bytes);

static void test_steps_equal_the_algorithm(void **state)
{
    char path[] = "/tmp/lexbench-text-XXXXXX";
    struct training_curve curve;
    struct setting s;
    double *w, *first, *second;
    real *trained;
    (void)state;
    assert_true(mkstemp(path) >= 0);
    write_text(path, 5000);
    create(&s, "alibi", "text", path);
    s.training.steps = 2;
    s.training.batch = 37;
    s.training.warmup = 0;
    s.training.epsilon = 1e-3; /* keeps tiny gradients from being blown up to the sign of their rounding */
    trained = train(&s, 2, &curve);
    w = memory_allocate(s.model->weights, sizeof(double), "w", NULL);
    first = memory_allocate(s.model->weights, sizeof(double), "m", NULL);
    second = memory_allocate(s.model->weights, sizeof(double), "v", NULL);
    real *start = memory_allocate(s.model->weights, sizeof(real), "w", NULL);
    model_initialise(s.model, 4, start);
    for (size_t i = 0; i < s.model->weights; i++)
        w[i] = (double)start[i];
    for (size_t step = 0; step < 2; step++)
        reference_step(w, first, second, &s, step);
    for (size_t i = 0; i < s.model->weights; i++)
        if (!(fabs(w[i] - (double)trained[i]) <= 2e-5))
            fail_msg("weight %zu is %.8g, by hand %.8g", i, (double)trained[i], w[i]);
    memory_release(start);
    memory_release(w);
    memory_release(first);
    memory_release(second);
    memory_release(trained);
    training_curve_release(&curve);
    release(&s);
    remove(path);
}

static void test_loss_falls(void **state)
{
    struct training_curve curve;
    struct setting s;
    real *w;
    (void)state;
    create(&s, "alibi", "recall", NULL);
    s.training.steps = 60;
    w = train(&s, 2, &curve);
    assert_int_equal(curve.count, 60);
    assert_int_equal(curve.step[59], 60);
    assert_true(curve.loss[59] < 0.8 * curve.loss[0]);
    memory_release(w);
    training_curve_release(&curve);
    release(&s);
}

static void test_infinite_loss_is_a_sentence(void **state)
{
    struct training_curve curve;
    struct message message;
    struct setting s;
    real *w;
    (void)state;
    create(&s, "alibi", "recall", NULL);
    s.training.rate = 1e30;
    s.training.warmup = 0;
    w = memory_allocate(s.model->weights, sizeof(real), "w", NULL);
    struct training_request request = {.model = s.model,
                                       .dataset = s.dataset,
                                       .dataset_state = s.dataset_state,
                                       .options = s.training,
                                       .seed = 4,
                                       .threads = 1};
    traps_allow(false);
    assert_int_equal(training_run(w, &curve, &request, &message), STATUS_FAILED);
    traps_allow(true);
    assert_non_null(strstr(message.text, "not finite at step"));
    memory_release(w);
    training_curve_release(&curve);
    release(&s);
}

static void test_schedule(void **state)
{
    struct training_options options = {.steps = 100, .rate = 2, .final_rate = 0.1, .warmup = 0.1};
    (void)state;
    assert_true(fabs(rate_at(&options, 0) - 0.2) < 1e-12);
    assert_true(fabs(rate_at(&options, 9) - 2) < 1e-12);
    assert_true(fabs(rate_at(&options, 10) - 2) < 1e-12);
    assert_true(fabs(rate_at(&options, 99) - 0.2) < 1e-12);
    for (size_t i = 11; i < 100; i++)
        assert_true(rate_at(&options, i) < rate_at(&options, i - 1));
}

/* ---- evaluation ---- */

static void evaluate(struct evaluation *out, const struct setting *s, const real *w, const char *protocol,
                     size_t n, size_t threads)
{
    struct protocol asked;
    struct evaluation_request request = {.model = s->model,
                                         .weights = w,
                                         .dataset = s->dataset,
                                         .dataset_state = s->dataset_state,
                                         .options = &s->evaluation,
                                         .protocol = &asked,
                                         .length = n,
                                         .threads = threads};
    struct message message;
    assert_int_equal(protocol_begin(&asked, protocol, protocol_kind_find(protocol), &message), STATUS_OK);
    if (evaluation_run(out, &request, &message))
        fail_msg("%s", message.text);
}

static void test_evaluation_same_bits(void **state)
{
    struct evaluation one, many;
    struct setting s;
    real *w;
    (void)state;
    create(&s, "rope", "recall", NULL);
    w = memory_allocate(s.model->weights, sizeof(real), "w", NULL);
    model_initialise(s.model, 1, w);
    evaluate(&one, &s, w, "exact-match", 70, 1);
    assert_int_equal(one.items, 30);
    for (size_t threads = 2; threads <= 3; threads++) {
        evaluate(&many, &s, w, "exact-match", 70, threads);
        assert_memory_equal(&one.nll, &many.nll, sizeof(double));
        assert_memory_equal(one.score, many.score, one.items * sizeof(float));
        assert_string_equal(one.scored_sha256, many.scored_sha256);
        evaluation_release(&many);
    }
    evaluation_release(&one);
    memory_release(w);
    release(&s);
}

/* One long example: the workers share the pass itself. */
static void test_shared_pass_same_bits(void **state)
{
    static const char *const encoders[] = {"rope + self-extend(group=4)", "cope", "fire", "t5 + log-n",
                                           "forgetting"};
    (void)state;
    for (size_t e = 0; test_row("encoders", e, sizeof encoders / sizeof *encoders); e++) {
        struct evaluation one, many;
        struct setting s;
        real *w;
        create(&s, encoders[e], "recall", NULL);
        s.evaluation.examples = 1;
        w = memory_allocate(s.model->weights, sizeof(real), "w", NULL);
        model_initialise(s.model, 1, w);
        evaluate(&one, &s, w, "exact-match", 700, 1);
        for (size_t threads = 2; threads <= 3; threads++) {
            evaluate(&many, &s, w, "exact-match", 700, threads);
            if (memcmp(&one.nll, &many.nll, sizeof(double)) != 0)
                fail_msg("%s: %zu workers on one pass: %.17g instead of %.17g", encoders[e], threads,
                         many.nll, one.nll);
            evaluation_release(&many);
        }
        evaluation_release(&one);
        memory_release(w);
        release(&s);
    }
}

static void write_text(const char *path, size_t bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t i = 0; i < bytes; i++)
        fputc("abcdefgh \n"[(i * i + i / 7) % 10], file);
    fclose(file);
}

/* nonoverlap covers the same targets at lengths that divide the longest; fixed-targets always does. */
static void test_scored_sets(void **state)
{
    char path[] = "/tmp/lexbench-text-XXXXXX";
    static const char *const protocols[] = {"nonoverlap", "fixed-targets"};
    struct setting s;
    real *w;
    (void)state;
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    write_text(path, 20000);
    create(&s, "alibi", "text", path);
    s.evaluation.lengths = (struct length_list){.count = 3, .at = {{1, true}, {2, true}, {300, false}}};
    w = memory_allocate(s.model->weights, sizeof(real), "w", NULL);
    model_initialise(s.model, 1, w);
    for (size_t p = 0; p < 2; p++) {
        struct evaluation at, twice, long_one;
        evaluate(&at, &s, w, protocols[p], 32, 2);
        evaluate(&twice, &s, w, protocols[p], 64, 2);
        evaluate(&long_one, &s, w, protocols[p], 300, 2);
        assert_true(at.scored_tokens > 1000);
        if (p == 1) {
            assert_int_equal(at.scored_tokens, long_one.scored_tokens);
            assert_string_equal(at.scored_sha256, twice.scored_sha256);
            assert_string_equal(at.scored_sha256, long_one.scored_sha256);
            assert_true(at.nll != long_one.nll);
        } else {
            assert_int_equal(long_one.scored_tokens, 6 * 300); /* 1999 predictions: six windows of 300 */
        }
        evaluation_release(&at);
        evaluation_release(&twice);
        evaluation_release(&long_one);
    }
    memory_release(w);
    release(&s);
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits_for_any_number_of_workers),
        cmocka_unit_test(test_steps_equal_the_algorithm),
        cmocka_unit_test(test_loss_falls),
        cmocka_unit_test(test_infinite_loss_is_a_sentence),
        cmocka_unit_test(test_schedule),
        cmocka_unit_test(test_evaluation_same_bits),
        cmocka_unit_test(test_shared_pass_same_bits),
        cmocka_unit_test(test_scored_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
