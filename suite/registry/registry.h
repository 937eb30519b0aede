/* registry.h -- the encoders, position maps and datasets of this build, by name. */
#ifndef LEXBENCH_REGISTRY_H
#define LEXBENCH_REGISTRY_H

#include "datasets/dataset.h"
#include "encoders/encoder.h"
#include "model/mixer.h"

extern const struct encoder *const encoder_list[]; /* alphabetical, ends with NULL */
extern const struct dataset *const dataset_list[];

/* STATUS_WRONG with the nearest names when there is none. */
enum status encoder_find(const struct encoder **out, const char *name, struct message *message);
enum status dataset_find(const struct dataset **out, const char *name, struct message *message);
enum status position_map_find(const struct position_map **out, const char *name, struct message *message);

/* Is every registered class coherent: a forward hook with its backward, a summary, a citation, a
 * name that fits, unique names, defaults that parse?  Called once at start. */
enum status registry_check(struct message *message);
enum status encoder_check(const struct encoder *encoder, struct message *message);
enum status position_map_check(const struct position_map *map, struct message *message);
enum status dataset_check(const struct dataset *dataset, struct message *message);
enum status mixer_check(const struct mixer *mixer, struct message *message);
enum status objective_check(size_t index, struct message *message); /* of objective_list */

#endif
