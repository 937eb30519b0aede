/* tokens.c -- the loss of every token: a group per protocol and length, dimensions (variant, item, position).
 */
#include "results/store/tokens.h"

#include <math.h>
#include <stdio.h>

#include "results/store/hdf5_helpers.h"
#include "support/memory.h"

enum { LOSS_RANK = 3 };

void token_losses_release(struct token_losses *losses)
{
    for (size_t i = 0; losses->set && i < losses->sets; i++) {
        memory_release(losses->set[i].item_key);
        memory_release(losses->set[i].token);
        memory_release(losses->set[i].target);
        memory_release(losses->set[i].loss);
    }
    memory_release(losses->set);
    memory_release(losses->variant);
    *losses = (struct token_losses){.sets = 0};
}

static void describe(struct hdf5_file *file, const char *path, const char *unit, const char *description)
{
    hdf5_attribute_text(file, path, "long_name", description);
    hdf5_attribute_text(file, path, "units", unit);
}

/* A dimension that counts from 0. */
static void put_index(struct hdf5_file *file, const char *path, size_t count, const char *description)
{
    int64_t *index = hdf5_allocate(file, count, sizeof *index);
    for (size_t i = 0; index && i < count; i++)
        index[i] = (int64_t)i;
    hdf5_put(file, path, HDF5_INTEGER, index, 1, &count);
    describe(file, path, "1", description);
    hdf5_scale(file, path);
    memory_release(index);
}

static void put_tokens(struct hdf5_file *file, const char *group, const char *name, const int32_t *tokens,
                       const size_t extent[2], const char *description)
{
    char path[HDF5_PATH_SIZE], scale[HDF5_PATH_SIZE];
    const size_t count = extent[0] * extent[1];
    int64_t *wide = hdf5_allocate(file, count, sizeof *wide);
    snprintf(path, sizeof path, "%s/%s", group, name);
    for (size_t i = 0; wide && i < count; i++)
        wide[i] = tokens[i];
    hdf5_put(file, path, HDF5_INTEGER, wide, 2, extent);
    describe(file, path, "1", description);
    snprintf(scale, sizeof scale, "%s/item", group);
    hdf5_attach(file, path, 0, scale);
    snprintf(scale, sizeof scale, "%s/position", group);
    hdf5_attach(file, path, 1, scale);
    memory_release(wide);
}

static void put_scored(struct hdf5_file *file, const char *group, const int32_t *target,
                       const size_t extent[2])
{
    char path[HDF5_PATH_SIZE], scale[HDF5_PATH_SIZE];
    const uint8_t values[] = {0, 1};
    const size_t count = extent[0] * extent[1];
    uint8_t *scored = hdf5_allocate(file, count, sizeof *scored);
    snprintf(path, sizeof path, "%s/scored", group);
    for (size_t i = 0; scored && i < count; i++)
        scored[i] = target[i] >= 0;
    hdf5_put(file, path, HDF5_BYTE, scored, 2, extent);
    hdf5_attribute_text(file, path, "long_name", "does the token's target count in the score?");
    hdf5_attribute(file, path, "flag_values", HDF5_BYTE, values, sizeof values);
    hdf5_attribute_text(file, path, "flag_meanings", "not_scored scored");
    snprintf(scale, sizeof scale, "%s/item", group);
    hdf5_attach(file, path, 0, scale);
    snprintf(scale, sizeof scale, "%s/position", group);
    hdf5_attach(file, path, 1, scale);
    memory_release(scored);
}

static void put_loss(struct hdf5_file *file, const char *group, const double *loss,
                     const size_t extent[LOSS_RANK])
{
    const double nothing = NAN;
    char path[HDF5_PATH_SIZE], scale[HDF5_PATH_SIZE];
    snprintf(path, sizeof path, "%s/loss", group);
    hdf5_put(file, path, HDF5_REAL64, loss, LOSS_RANK, extent);
    describe(file, path, "nat", "loss of the target after the tokens up to this one");
    hdf5_attribute(file, path, "_FillValue", HDF5_REAL64, &nothing, 1);
    hdf5_attribute_text(file, path, "coordinates", "item_key");
    hdf5_attach(file, path, 0, "/variant");
    snprintf(scale, sizeof scale, "%s/item", group);
    hdf5_attach(file, path, 1, scale);
    snprintf(scale, sizeof scale, "%s/position", group);
    hdf5_attach(file, path, 2, scale);
}

static void put_set(struct hdf5_file *file, const struct token_set *set, size_t variants)
{
    char group[HDF5_GROUP_SIZE], path[HDF5_PATH_SIZE], item[HDF5_PATH_SIZE];
    const size_t extent[LOSS_RANK] = {variants, set->items, set->length};
    snprintf(group, sizeof group, "/%s", set->protocol);
    if (!hdf5_has(file, group))
        hdf5_group(file, group);
    snprintf(group, sizeof group, "/%s/%zu", set->protocol, set->length);
    hdf5_group(file, group);
    snprintf(item, sizeof item, "%s/item", group);
    put_index(file, item, set->items, "window or example");
    snprintf(path, sizeof path, "%s/position", group);
    put_index(file, path, set->length, "place of the token in the item");
    snprintf(path, sizeof path, "%s/item_key", group);
    hdf5_put(file, path, HDF5_INTEGER, set->item_key, 1, &set->items);
    describe(file, path, "1", "first token of the window, or index of the example");
    hdf5_attach(file, path, 0, item);
    put_tokens(file, group, "token", set->token, extent + 1, "token at this place");
    put_tokens(file, group, "target", set->target, extent + 1,
               "token to predict here; -1 where none is asked");
    put_scored(file, group, set->target, extent + 1);
    put_loss(file, group, set->loss, extent);
}

static void put_variants(struct hdf5_file *file, const struct token_losses *losses)
{
    const char **names = hdf5_allocate(file, losses->variants, sizeof *names);
    for (size_t i = 0; names && i < losses->variants; i++)
        names[i] = losses->variant[i];
    hdf5_put(file, "/variant", HDF5_TEXT, names, 1, &losses->variants);
    hdf5_attribute_text(file, "/variant", "long_name", "what was evaluated");
    hdf5_scale(file, "/variant");
    memory_release(names);
}

enum status tokens_write(const char *path, const struct token_losses *losses, struct message *message)
{
    struct hdf5_file file;
    hdf5_create(&file, path, "tokens", message);
    hdf5_attribute_text(&file, "/", "Conventions", "CF-1.10");
    hdf5_attribute_text(&file, "/", "lexbench_version", LEXBENCH_VERSION);
    hdf5_attribute_text(&file, "/", "training_id", losses->training_id);
    hdf5_attribute_text(&file, "/", "dataset", losses->dataset);
    put_variants(&file, losses);
    for (size_t i = 0; i < losses->sets; i++)
        put_set(&file, &losses->set[i], losses->variants);
    return hdf5_publish(&file);
}
