/* results.h5: read back equal, and the same bytes for the same content.  With a folder as argument
 * the program writes a results file and an independent listing there, for xarray.sh. */
#include "tests/test.h"

#include <time.h>

#include "tests/results/synthetic.h"

static char folder[256], path[300];

static int set_up(void **state)
{
    (void)state;
    synthetic_folder(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/results.h5", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    synthetic_remove(folder);
    return 0;
}

/* Two variants, one of which refuses; two seeds; every status but `not asked` is set somewhere; a second
 * configuration, which scores another set. */
static enum status make(struct results *results, struct message *message)
{
    const char *const variants[] = {"rope", "learned | \"\xc3\xa9\"", "alibi"};
    struct trial trial[8];
    const struct trial *pointer[8];
    for (size_t i = 0; i < 8; i++) {
        synthetic_trial(&trial[i], variants[i / 2 % 2], i / 4 ? "recall" : "text", (int64_t)(i % 2) + 1,
                        i / 4 ? 2 : 3);
        synthetic_arrays(&trial[i]);
        pointer[i] = &trial[i];
    }
    synthetic_refuse(&trial[2].cell[1], CELL_REFUSED, "its table has 64 rows");
    synthetic_refuse(&trial[2].cell[2], CELL_FAILED, "loss is not finite");
    synthetic_refuse(&trial[3].cell[2], CELL_MISSING, "");
    snprintf(trial[5].configuration.name, NAME_SIZE, "2x64-L99");
    trial[5].configuration.training_length = 99;
    trial[5].steps = 77;
    trial[5].cell[0].items--;
    trial[5].cell[0].item_key[1]++;
    trial[5].cell[0].scored_tokens++;
    trial[5].cell[0].scored_sha256 = "f";
    enum status status = synthetic_merge(results, pointer, 8, variants, 3, message);
    for (size_t i = 0; i < 8; i++)
        trial_release(&trial[i]);
    return status;
}

static void assert_same_double(double a, double b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static void assert_same_array(const double *a, const double *b, size_t count)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_memory_equal(a, b, count * sizeof *a);
}

static void assert_equal(const struct results *a, const struct results *b)
{
    assert_string_equal(a->title, b->title);
    assert_string_equal(a->instruction_set, b->instruction_set);
    assert_int_equal(a->numerics_revision, b->numerics_revision);
    assert_int_equal(a->variants, b->variants);
    assert_memory_equal(a->variant, b->variant, a->variants * sizeof *a->variant);
    assert_int_equal(a->datasets, b->datasets);
    assert_memory_equal(a->dataset, b->dataset, a->datasets * sizeof *a->dataset);
    assert_int_equal(a->configurations, b->configurations);
    assert_memory_equal(a->configuration, b->configuration, a->configurations * sizeof *a->configuration);
    assert_int_equal(a->protocols, b->protocols);
    assert_memory_equal(a->protocol, b->protocol, a->protocols * sizeof *a->protocol);
    assert_int_equal(a->seeds, b->seeds);
    assert_memory_equal(a->seed, b->seed, a->seeds * sizeof *a->seed);
    assert_int_equal(a->folds, b->folds);
    assert_int_equal(a->lengths, b->lengths);
    assert_memory_equal(a->length, b->length, a->lengths * sizeof *a->length);
    assert_int_equal(a->depths, b->depths);
    assert_same_array(a->depth, b->depth, a->depths);
    size_t trainings = a->variants * a->datasets * a->configurations * a->seeds * a->folds;
    assert_memory_equal(a->training_id, b->training_id, trainings * ID_SIZE);
    assert_memory_equal(a->budget, b->budget,
                        a->variants * a->datasets * a->configurations * sizeof *a->budget);
    assert_true((a->mixed == NULL) == (b->mixed == NULL));
    if (a->mixed)
        assert_string_equal(a->mixed, b->mixed);
    assert_int_equal(a->cells, b->cells);
    assert_memory_equal(a->place, b->place, a->cells * sizeof *a->place);
    for (size_t i = 0; i < a->cells; i++) {
        const struct cell *x = &a->cell[i], *y = &b->cell[i];
        assert_int_equal(x->status, y->status);
        assert_string_equal(x->reason, y->reason);
        assert_string_equal(x->scored_sha256, y->scored_sha256);
        assert_int_equal(x->scored_tokens, y->scored_tokens);
        assert_int_equal(x->length, y->length);
        assert_same_double(x->nll, y->nll);
        assert_same_double(x->accuracy, y->accuracy);
        assert_same_double(x->exact_match, y->exact_match);
        assert_same_double(x->exact_match_forced, y->exact_match_forced);
        assert_same_double(x->floor, y->floor);
        assert_int_equal(x->left_out, y->left_out);
        assert_same_array(x->position_nll, y->position_nll, POSITION_BINS);
        assert_same_array(x->position_floor, y->position_floor, POSITION_BINS);
        assert_same_array(x->retrieval, y->retrieval, a->depths);
        assert_same_double(x->tokens_per_second, y->tokens_per_second);
        assert_same_double(x->wall_time, y->wall_time);
        assert_int_equal(x->items, y->items);
        if (x->items > 0) {
            assert_memory_equal(x->score, y->score, x->items * sizeof *x->score);
            assert_memory_equal(x->item_key, y->item_key, x->items * sizeof *x->item_key);
        }
    }
    assert_int_equal(a->trainings, b->trainings);
    for (size_t i = 0; i < a->trainings; i++) {
        assert_string_equal(a->training[i].id, b->training[i].id);
        assert_string_equal(a->training[i].parent, b->training[i].parent);
        assert_string_equal(a->training[i].manifest, b->training[i].manifest);
        assert_string_equal(a->training[i].host, b->training[i].host);
        assert_int_equal(a->training[i].threads, b->training[i].threads);
        assert_same_double(a->training[i].wall_time, b->training[i].wall_time);
        assert_int_equal(a->training[i].curve.count, b->training[i].curve.count);
        assert_memory_equal(a->training[i].curve.loss, b->training[i].curve.loss,
                            a->training[i].curve.count * sizeof(double));
    }
}

static void round_trip(void **state)
{
    struct message message = {.text = ""};
    struct results out, in;
    (void)state;
    assert_int_equal(make(&out, &message), STATUS_OK);
    assert_int_equal(results_write(path, &out, &message), STATUS_OK);
    assert_int_equal(results_read(&in, path, &message), STATUS_OK);
    assert_equal(&out, &in);
    results_release(&in);
    struct text mixed = {0}; /* a mixture, and a cell that was merged without its items */
    text_append(&mixed, "instruction set avx2\ninstruction set avx512");
    out.mixed = mixed.bytes;
    memory_release(out.cell[0].score);
    memory_release(out.cell[0].item_key);
    out.cell[0].score = NULL;
    out.cell[0].item_key = NULL;
    out.cell[0].items = 0;
    assert_int_equal(results_write(path, &out, &message), STATUS_OK);
    assert_int_equal(results_read(&in, path, &message), STATUS_OK);
    assert_equal(&out, &in);
    results_release(&in);
    results_release(&out);
}

/* Written a second apart, because a time in the file would differ then. */
static void same_bytes(void **state)
{
    struct message message = {.text = ""};
    const struct timespec second = {.tv_sec = 1, .tv_nsec = 10000000};
    struct results results;
    unsigned char *first, *again;
    size_t first_size, again_size;
    (void)state;
    assert_int_equal(make(&results, &message), STATUS_OK);
    assert_int_equal(results_write(path, &results, &message), STATUS_OK);
    assert_int_equal(file_read(&first, &first_size, path, &message), STATUS_OK);
    nanosleep(&second, NULL);
    assert_int_equal(results_write(path, &results, &message), STATUS_OK);
    assert_int_equal(file_read(&again, &again_size, path, &message), STATUS_OK);
    assert_int_equal(first_size, again_size);
    assert_memory_equal(first, again, first_size);
    memory_release(first);
    memory_release(again);
    results_release(&results);
}

static void foreign_file(void **state)
{
    struct message message = {.text = ""};
    struct trial trial;
    struct results results;
    (void)state;
    synthetic_trial(&trial, "rope", "text", 1, 1);
    assert_int_equal(trial_write(path, &trial, &message), STATUS_OK);
    assert_int_equal(results_read(&results, path, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, path));
    assert_non_null(strstr(message.text, "trial"));
    trial_release(&trial);
}

/* Many variants and lengths: chunked datasets of more than one chunk are read back. */
static void large(void **state)
{
    struct message message = {.text = ""};
    char names[60][NAME_SIZE];
    const char *variants[60];
    struct results out, in;
    (void)state;
    for (size_t i = 0; i < 60; i++) {
        snprintf(names[i], NAME_SIZE, "variant %02zu", i);
        variants[i] = names[i];
    }
    assert_int_equal(synthetic_results(&out, variants, 60, 5, 12, &message), STATUS_OK);
    assert_int_equal(results_write(path, &out, &message), STATUS_OK);
    assert_int_equal(results_read(&in, path, &message), STATUS_OK);
    assert_equal(&out, &in);
    results_release(&in);
    results_release(&out);
}

static void list_array(FILE *file, const char *name, const char *place, const double *values, size_t count)
{
    if (!values)
        return;
    fprintf(file, "array\t%s\t%s", name, place);
    for (size_t k = 0; k < count; k++)
        fprintf(file, "\t%.17g", values[k]);
    fprintf(file, "\n");
}

static void list_arrays(FILE *file, const struct results *r, const struct cell *cell, size_t v, size_t d,
                        size_t c, size_t s, size_t f, size_t n)
{
    char place[400];
    snprintf(place, sizeof place, "%s\t%s\t%s\t%lld\t%lld\t%lld", r->variant[v].name, r->dataset[d].name,
             r->configuration[c].name, (long long)r->seed[s], (long long)r->fold[f], (long long)r->length[n]);
    list_array(file, "position_nll", place, cell->position_nll, POSITION_BINS);
    list_array(file, "position_floor", place, cell->position_floor, POSITION_BINS);
    list_array(file, "retrieval", place, cell->retrieval, r->depths);
}

/* One line per number, tab-separated: where it is, then the value with all digits. */
static void list(FILE *file, const struct results *r)
{
    size_t i = 0;
    for (size_t v = 0; v < r->variants; v++)
        for (size_t d = 0; d < r->datasets; d++)
            for (size_t c = 0; c < r->configurations; c++)
                for (size_t s = 0; s < r->seeds; s++)
                    for (size_t f = 0; f < r->folds; f++)
                        for (size_t p = 0; p < r->protocols; p++)
                            for (size_t n = 0; n < r->lengths; n++, i++) {
                                const struct cell *cell = results_cell(r, i);
                                fprintf(file, "cell\t%s\t%s\t%s\t%lld\t%lld\t%s\t%lld", r->variant[v].name,
                                        r->dataset[d].name, r->configuration[c].name, (long long)r->seed[s],
                                        (long long)r->fold[f], r->protocol[p].name, (long long)r->length[n]);
                                fprintf(file,
                                        "\t%.17g\t%.17g\t%.17g\t%d\t%s\t%lld\t%s\t%.17g\t%lld\t%.17g\t%s"
                                        "\t%.17g\t%.17g\t%.17g",
                                        cell->nll, cell->accuracy, cell->exact_match, (int)cell->status,
                                        cell->reason, (long long)cell->scored_tokens, cell->scored_sha256,
                                        cell->floor, (long long)cell->left_out, cell->exact_match_forced,
                                        r->training_id[i / (r->protocols * r->lengths)],
                                        cell->tokens_per_second, cell->peak_memory, cell->wall_time);
                                for (size_t k = 0; k < cell->items; k++)
                                    fprintf(file, "\t%lld:%.9g", (long long)cell->item_key[k],
                                            (double)cell->score[k]);
                                fprintf(file, "\n");
                                list_arrays(file, r, cell, v, d, c, s, f, n);
                            }
    for (size_t t = 0; t < r->trainings; t++) {
        const struct training_record *training = &r->training[t];
        fprintf(file, "training\t%s\t%.17g\t%s\t%lld\t%s", training->id, training->wall_time, training->host,
                (long long)training->threads, training->manifest);
        for (size_t k = 0; k < training->curve.count; k++)
            fprintf(file, "\t%lld:%.17g:%.17g", (long long)training->curve.step[k], training->curve.loss[k],
                    training->curve.rate[k]);
        fprintf(file, "\n");
    }
    for (size_t v = 0; v < r->variants; v++)
        fprintf(file, "variant\t%s\t%s\t%s\t%s\t%d\n", r->variant[v].name, r->variant[v].encoder,
                r->variant[v].positions, r->variant[v].trained_as, r->variant[v].evaluation_only);
    for (size_t d = 0; d < r->datasets; d++)
        fprintf(file, "dataset\t%s\t%lld\t%s\t%.17g\t%d\n", r->dataset[d].name,
                (long long)r->dataset[d].version, r->dataset[d].input_sha256, r->dataset[d].chance,
                r->dataset[d].begin_token);
    for (size_t c = 0; c < r->configurations; c++) {
        const struct configuration_record *x = &r->configuration[c];
        fprintf(file, "configuration\t%s\t%lld\t%lld\t%lld\t%lld\n", x->name, (long long)x->layers,
                (long long)x->heads, (long long)x->width, (long long)x->training_length);
    }
    for (size_t b = 0; b < r->variants * r->datasets * r->configurations; b++)
        fprintf(file, "budget\t%s\t%s\t%s\t%lld\t%lld\n",
                r->variant[b / (r->datasets * r->configurations)].name,
                r->dataset[b / r->configurations % r->datasets].name,
                r->configuration[b % r->configurations].name, (long long)r->budget[b].steps,
                (long long)r->budget[b].parameters);
    for (size_t p = 0; p < r->protocols; p++)
        fprintf(file, "protocol\t%s\t%s\t%s\t%lld\n", r->protocol[p].name, r->protocol[p].kind,
                r->protocol[p].targets, (long long)r->protocol[p].stride);
}

static int write_for_others(const char *target)
{
    struct message message = {.text = ""};
    struct results results;
    snprintf(path, sizeof path, "%s/results.h5", target);
    if (make(&results, &message) || results_write(path, &results, &message)) {
        fprintf(stderr, "%s\n", message.text);
        return 1;
    }
    snprintf(path, sizeof path, "%s/listing.tsv", target);
    FILE *file = fopen(path, "w");
    if (!file)
        return 1;
    list(file, &results);
    results_release(&results);
    return fclose(file) != 0;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(foreign_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large, set_up, tear_down),
    };
    if (count == 2)
        return write_for_others(arguments[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
