/* inspected.c -- an encoder by itself: named arrays, and their file. */
#include "results/store/inspected.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/store/hdf5_helpers.h"
#include "support/memory.h"

const struct published_bound published_bounds[PUBLISHED_BOUNDS] = {
    {1024, 4.3e3},  {2048, 1.6e4},  {4096, 2.7e4},  {8192, 8.4e4},
    {16384, 3.1e5}, {32768, 6.4e5}, {65536, 2.1e6}, {131072, 7.8e6}};

/* ---- in memory ---- */

void inspected_release(struct inspected *inspected)
{
    struct text *const texts[] = {&inspected->encoder, &inspected->positions, &inspected->acts,
                                  &inspected->idle, &inspected->content};
    for (size_t i = 0; inspected->at && i < inspected->lengths; i++)
        for (size_t a = 0; a < inspected->at[i].arrays; a++)
            memory_release(inspected->at[i].array[a].values);
    memory_release(inspected->at);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        text_release(texts[i]);
    *inspected = (struct inspected){.lengths = 0};
}

static size_t size_of(const struct inspected_array *array)
{
    size_t size = 1;
    for (size_t i = 0; i < array->rank; i++)
        size *= array->extent[i];
    return size;
}

double *inspected_add(struct inspected_length *length, const struct inspected_array *array,
                      struct message *message)
{
    struct inspected_array *added = &length->array[length->arrays];
    if (length->arrays == INSPECTED_ARRAYS) {
        message_set(message, STATUS_FAILED, "no room for the array `%s`: an encoder has at most %d",
                    array->name, INSPECTED_ARRAYS);
        return NULL;
    }
    *added = *array;
    added->values = memory_allocate(size_of(array), sizeof *added->values, array->description, message);
    if (added->values)
        length->arrays++;
    return added->values;
}

void inspected_say(struct inspected_length *length, const char *name, const char *units,
                   const char *description, double value)
{
    if (length->facts < INSPECTED_FACTS)
        length->fact[length->facts++] = (struct inspected_fact){name, units, description, value};
}

const struct inspected_array *inspected_find(const struct inspected_length *length, const char *name)
{
    for (size_t a = 0; a < length->arrays; a++)
        if (strcmp(length->array[a].name, name) == 0)
            return &length->array[a];
    return NULL;
}

double inspected_value(const struct inspected_length *length, const char *fact)
{
    for (size_t f = 0; f < length->facts; f++)
        if (strcmp(length->fact[f].name, fact) == 0)
            return length->fact[f].value;
    return NAN;
}

/* ---- in a file ---- */

static void describe(struct hdf5_file *file, const char *path, const char *units, const char *description)
{
    hdf5_attribute_text(file, path, "long_name", description);
    hdf5_attribute_text(file, path, "units", units);
}

static bool is_coordinate(const struct inspected_array *array)
{
    return array->rank == 1 && strcmp(array->name, array->dimension[0]) == 0;
}

static void put_coordinate(struct hdf5_file *file, const char *path, const struct inspected_array *array)
{
    int64_t *whole = hdf5_allocate(file, array->extent[0], sizeof *whole);
    for (size_t i = 0; whole && i < array->extent[0]; i++)
        whole[i] = (int64_t)array->values[i];
    hdf5_put(file, path, HDF5_INTEGER, whole, 1, array->extent);
    describe(file, path, array->units, array->description);
    hdf5_scale(file, path);
    memory_release(whole);
}

static void put_array(struct hdf5_file *file, const char *group, const struct inspected_array *array)
{
    const double nothing = NAN;
    char path[HDF5_PATH_SIZE], scale[HDF5_PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", group, array->name);
    if (is_coordinate(array)) {
        put_coordinate(file, path, array);
        return;
    }
    hdf5_put(file, path, HDF5_REAL64, array->values, array->rank, array->extent);
    describe(file, path, array->units, array->description);
    hdf5_attribute(file, path, "_FillValue", HDF5_REAL64, &nothing, 1);
    for (size_t axis = 0; axis < array->rank; axis++) {
        snprintf(scale, sizeof scale, "%s/%s", group, array->dimension[axis]);
        hdf5_attach(file, path, axis, scale);
    }
}

/* Single numbers stand at the root, over the lengths; each once. */
static bool is_first(const struct inspected *inspected, size_t length, const char *name)
{
    for (size_t i = 0; i < length; i++)
        for (size_t f = 0; f < inspected->at[i].facts; f++)
            if (strcmp(inspected->at[i].fact[f].name, name) == 0)
                return false;
    return true;
}

static void put_fact(struct hdf5_file *file, const struct inspected *inspected,
                     const struct inspected_fact *fact)
{
    const double nothing = NAN;
    const char *description = fact->description;
    char path[HDF5_PATH_SIZE];
    double *values = hdf5_allocate(file, inspected->lengths, sizeof *values);
    for (size_t i = 0; values && i < inspected->lengths; i++)
        values[i] = inspected_value(&inspected->at[i], fact->name);
    snprintf(path, sizeof path, "/%s", fact->name);
    hdf5_put(file, path, HDF5_REAL64, values, 1, &inspected->lengths);
    describe(file, path, fact->units, description + strspn(description, " "));
    hdf5_attribute(file, path, "_FillValue", HDF5_REAL64, &nothing, 1);
    hdf5_attach(file, path, 0, "/length");
    memory_release(values);
}

static void put_lengths(struct hdf5_file *file, const struct inspected *inspected)
{
    int64_t *length = hdf5_allocate(file, inspected->lengths, sizeof *length);
    const char **refusal = hdf5_allocate(file, inspected->lengths, sizeof *refusal);
    for (size_t i = 0; length && refusal && i < inspected->lengths; i++) {
        length[i] = (int64_t)inspected->at[i].length;
        refusal[i] = inspected->at[i].refusal;
    }
    hdf5_put(file, "/length", HDF5_INTEGER, length, 1, &inspected->lengths);
    describe(file, "/length", "token", "length of the sequence");
    hdf5_scale(file, "/length");
    hdf5_put(file, "/refusal", HDF5_TEXT, refusal, 1, &inspected->lengths);
    hdf5_attribute_text(file, "/refusal", "long_name", "why there is no pass of this length");
    hdf5_attach(file, "/refusal", 0, "/length");
    memory_release(length);
    memory_release(refusal);
}

static void put_about(struct hdf5_file *file, const struct inspected *inspected)
{
    const struct {
        const char *name;
        size_t value;
    } numbers[] = {{"layers", inspected->layers}, {"heads", inspected->heads},
                   {"width", inspected->width},   {"training_length", inspected->trained_length},
                   {"layer", inspected->layer},   {"seed", inspected->seed}};
    const struct {
        const char *name, *value;
    } texts[] = {{"Conventions", "CF-1.10"},
                 {"lexbench_version", LEXBENCH_VERSION},
                 {"variant", inspected->variant},
                 {"encoder", text_string(&inspected->encoder)},
                 {"positions", text_string(&inspected->positions)},
                 {"acts", text_string(&inspected->acts)},
                 {"does_not_act", text_string(&inspected->idle)},
                 {"needs_text", text_string(&inspected->content)}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        hdf5_attribute_text(file, "/", texts[i].name, texts[i].value);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const int64_t value = (int64_t)numbers[i].value;
        hdf5_attribute(file, "/", numbers[i].name, HDF5_INTEGER, &value, 0);
    }
}

enum status inspected_write(const char *path, const struct inspected *inspected, struct message *message)
{
    struct hdf5_file file;
    char group[HDF5_GROUP_SIZE];
    hdf5_create(&file, path, "encoder", message);
    put_about(&file, inspected);
    put_lengths(&file, inspected);
    for (size_t i = 0; i < inspected->lengths; i++) {
        const struct inspected_length *length = &inspected->at[i];
        for (size_t f = 0; f < length->facts; f++)
            if (is_first(inspected, i, length->fact[f].name))
                put_fact(&file, inspected, &length->fact[f]);
        if (length->refusal[0])
            continue;
        snprintf(group, sizeof group, "/n%zu", length->length);
        hdf5_group(&file, group);
        for (int coordinates = 1; coordinates >= 0; coordinates--)
            for (size_t a = 0; a < length->arrays; a++)
                if (is_coordinate(&length->array[a]) == (coordinates == 1))
                    put_array(&file, group, &length->array[a]);
    }
    return hdf5_publish(&file);
}
