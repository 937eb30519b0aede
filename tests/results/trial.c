/* Trial files and weights: what is written is read, and what is not whole is refused by name. */
#include "tests/test.h"

#include "tests/results/synthetic.h"

#include "results/store/cell.h"
#include "results/store/records.h"
#include "results/store/trial.h"
#include "results/store/weights.h"
#include "support/names.h"

static char folder[256], path[300];

static int set_up(void **state)
{
    (void)state;
    synthetic_folder(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/trial.h5", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    synthetic_remove(folder);
    return 0;
}

static void assert_same_cell(const struct cell *a, const struct cell *b)
{
    assert_string_equal(a->protocol, b->protocol);
    assert_string_equal(a->reason, b->reason);
    assert_string_equal(a->scored_sha256, b->scored_sha256);
    assert_int_equal(a->length, b->length);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->scored_tokens, b->scored_tokens);
    assert_int_equal(a->items, b->items);
    assert_memory_equal(&a->nll, &b->nll, sizeof(double));
    assert_memory_equal(&a->accuracy, &b->accuracy, sizeof(double));
    assert_memory_equal(&a->exact_match, &b->exact_match, sizeof(double));
    assert_memory_equal(&a->tokens_per_second, &b->tokens_per_second, sizeof(double));
    assert_memory_equal(&a->peak_memory, &b->peak_memory, sizeof(double));
    assert_memory_equal(&a->wall_time, &b->wall_time, sizeof(double));
    if (a->items > 0) {
        assert_memory_equal(a->score, b->score, a->items * sizeof *a->score);
        assert_memory_equal(a->item_key, b->item_key, a->items * sizeof *a->item_key);
    }
}

static void round_trip(void **state)
{
    struct message message = {.text = ""};
    struct trial out, in;
    (void)state;
    synthetic_trial(&out, "rope {/:Bold x} \xc3\xa9", "text", 2, 3);
    synthetic_refuse(&out.cell[1], CELL_REFUSED, "its table has 64 rows");
    out.variant.evaluation_only = 1;
    assert_int_equal(trial_write(path, &out, &message), STATUS_OK);
    assert_int_equal(trial_read(&in, path, &message), STATUS_OK);

    assert_string_equal(in.training_id, out.training_id);
    assert_string_equal(in.evaluation_id, out.evaluation_id);
    assert_int_equal(strlen(in.parent), ID_SIZE - 1);
    assert_string_equal(in.parent, out.parent);
    assert_string_equal(in.experiment, out.experiment);
    assert_memory_equal(&in.variant, &out.variant, sizeof in.variant);
    assert_memory_equal(&in.dataset, &out.dataset, sizeof in.dataset);
    assert_memory_equal(&in.configuration, &out.configuration, sizeof in.configuration);
    assert_int_equal(in.seed, 2);
    assert_int_equal(in.fold, 0);
    assert_int_equal(in.numerics_revision, 1);
    assert_string_equal(in.instruction_set, "avx2");
    assert_int_equal(in.protocols, 1);
    assert_memory_equal(in.protocol, out.protocol, sizeof *in.protocol);
    assert_int_equal(in.cells, 3);
    for (size_t i = 0; i < 3; i++)
        assert_same_cell(&in.cell[i], &out.cell[i]);
    assert_string_equal(in.manifest, out.manifest);
    assert_int_equal(in.curve.count, out.curve.count);
    assert_memory_equal(in.curve.step, out.curve.step, out.curve.count * sizeof(int64_t));
    assert_memory_equal(in.curve.loss, out.curve.loss, out.curve.count * sizeof(double));
    assert_memory_equal(in.curve.rate, out.curve.rate, out.curve.count * sizeof(double));
    assert_true(in.training_wall_time == 12.5);
    assert_string_equal(in.host, "somewhere");
    assert_int_equal(in.threads, 2);
    assert_int_equal(in.steps, 600);
    assert_int_equal(in.parameters, 100000);
    trial_release(&in);
    trial_release(&out);
}

/* The same as reading all of it says. */
static void glance(void **state)
{
    struct message message = {.text = ""};
    struct trial_summary summary;
    struct trial out;
    (void)state;
    synthetic_trial(&out, "rope", "text", 2, 3);
    synthetic_refuse(&out.cell[0], CELL_REFUSED, "no");
    assert_int_equal(trial_write(path, &out, &message), STATUS_OK);
    assert_int_equal(trial_glance(&summary, path, &message), STATUS_OK);
    assert_int_equal(summary.failed, 0);
    assert_true(summary.training_wall_time == 12.5);
    assert_int_equal(summary.threads, 2);
    synthetic_refuse(&out.cell[2], CELL_FAILED, "no");
    assert_int_equal(trial_write(path, &out, &message), STATUS_OK);
    assert_int_equal(trial_glance(&summary, path, &message), STATUS_OK);
    assert_int_equal(summary.failed, 1);
    trial_release(&out);
    assert_int_equal(truncate(path, 1000), 0);
    assert_int_equal(trial_glance(&summary, path, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, path));
}

/* No cells, no items, no curve, no manifest, and a manifest of a megabyte. */
static void extremes(void **state)
{
    struct message message = {.text = ""};
    struct trial out = {.training_id = "a", .evaluation_id = "b"}, in;
    (void)state;
    assert_int_equal(trial_write(path, &out, &message), STATUS_OK);
    assert_int_equal(trial_read(&in, path, &message), STATUS_OK);
    assert_int_equal(in.cells, 0);
    assert_int_equal(in.curve.count, 0);
    assert_string_equal(in.manifest, "");
    assert_string_equal(in.parent, "");
    assert_string_equal(in.variant.name, "");
    trial_release(&in);

    const size_t length = 1 << 20;
    out.manifest = memory_allocate(length + 1, 1, "test", NULL);
    memset(out.manifest, 'x', length);
    assert_int_equal(trial_write(path, &out, &message), STATUS_OK);
    assert_int_equal(trial_read(&in, path, &message), STATUS_OK);
    assert_int_equal(strlen(in.manifest), length);
    trial_release(&in);
    trial_release(&out);
}

/* Each must fail, name the file and say what is wrong with it. */
static void assert_refused(const char *says)
{
    struct message message = {.text = ""};
    struct trial in;
    assert_int_equal(trial_read(&in, path, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, path));
    if (!strstr(message.text, says))
        fail_msg("`%s` does not say `%s`", message.text, says);
    assert_null(in.cell);
}

static void damaged(void **state)
{
    struct message message = {.text = ""};
    struct trial out, in;
    unsigned char *bytes;
    size_t size;
    (void)state;
    synthetic_trial(&out, "rope", "text", 1, 2);
    assert_int_equal(trial_write(path, &out, &message), STATUS_OK);
    assert_int_equal(file_read(&bytes, &size, path, &message), STATUS_OK);

    bytes[size / 2] ^= 1;
    assert_int_equal(file_publish(path, bytes, size, &message), STATUS_OK);
    assert_refused("altered");
    bytes[size / 2] ^= 1;
    assert_int_equal(file_publish(path, bytes, size / 2, &message), STATUS_OK);
    assert_refused("truncated");
    assert_int_equal(file_publish(path, bytes, size - 1, &message), STATUS_OK);
    assert_refused("truncated");
    assert_int_equal(file_publish_sealed(path, "no HDF5", 7, &message), STATUS_OK);
    assert_refused("not an HDF5 file");
    assert_int_equal(
        file_publish(path, "no HDF5 and no seal either, but longer than a trailer is", 56, &message),
        STATUS_OK);
    assert_refused("not a file that lexbench wrote");
    assert_int_equal(weights_write(path, NULL, 0, NULL, 0, &message), STATUS_OK);
    assert_refused("weights");
    remove(path);
    assert_int_equal(trial_read(&in, path, &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, path));
    memory_release(bytes);
    trial_release(&out);
}

static void unwritable(void **state)
{
    struct message message = {.text = ""};
    struct trial out;
    (void)state;
    synthetic_trial(&out, "rope", "text", 1, 2);
    assert_int_not_equal(trial_write("/nonexistent/folder/trial.h5", &out, &message), STATUS_OK);
    assert_non_null(strstr(message.text, "/nonexistent/folder"));
    trial_release(&out);
}

static void weights(void **state)
{
    struct message message = {.text = ""};
    const float embedding[6] = {1, -2.5f, 3, 4, 5, 6}, bias[2] = {7, 8};
    float read_embedding[6] = {0}, read_bias[2] = {0};
    struct weight_array arrays[2] = {{"token_embedding", 2, {3, 2}, embedding},
                                     {"layer0.attention.bias", 1, {2}, bias}};
    float *const buffers[2] = {read_embedding, read_bias};
    (void)state;
    assert_int_equal(weights_write(path, arrays, 2, NULL, 0, &message), STATUS_OK);
    assert_int_equal(weights_read(path, arrays, 2, buffers, &message), STATUS_OK);
    assert_memory_equal(read_embedding, embedding, sizeof embedding);
    assert_memory_equal(read_bias, bias, sizeof bias);

    arrays[1].extent[0] = 3;
    assert_int_equal(weights_read(path, arrays, 2, buffers, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "layer0.attention.bias"));
    assert_non_null(strstr(message.text, path));
    arrays[0].name = "absent";
    assert_int_equal(weights_read(path, arrays, 1, buffers, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "absent"));
    arrays[0].name = "a/b";
    assert_int_equal(weights_write(path, arrays, 1, NULL, 0, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "`a/b`"));
}

/* Arrays of more than one chunk, whose rows do not divide a chunk. */
static void large_weights(void **state)
{
    struct message message = {.text = ""};
    float *values = memory_allocate(700 * 3 * 401, sizeof *values, "test", NULL);
    float *read = memory_allocate(700 * 3 * 401, sizeof *read, "test", NULL);
    (void)state;
    for (size_t i = 0; i < 700 * 3 * 401; i++)
        values[i] = (float)i;
    const struct weight_array filled = {"w", 3, {700, 3, 401}, values};
    assert_int_equal(weights_write(path, &filled, 1, NULL, 0, &message), STATUS_OK);
    assert_int_equal(weights_read(path, &filled, 1, &read, &message), STATUS_OK);
    assert_memory_equal(read, values, 700 * 3 * 401 * sizeof *values);
    memory_release(values);
    memory_release(read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(glance, set_up, tear_down),
        cmocka_unit_test_setup_teardown(extremes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unwritable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weights, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_weights, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
