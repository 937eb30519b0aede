/* weights_file.h -- weights.h5: the arrays of a model, and everything that another program needs to know to
 * calculate with them (results/README.md). */
#ifndef LEXBENCH_WEIGHTS_FILE_H
#define LEXBENCH_WEIGHTS_FILE_H

#include "experiment/plan.h"
#include "kernels/isa.h"
#include "model/model.h"

/* w(model->weights) of a training of the plan. */
enum status weights_file_write(const char *path, const struct plan *plan, size_t training, enum isa isa,
                               const struct model *model, const real *w, struct message *message);
/* STATUS_FAILED when the file is not whole, or its arrays are not those of the model; w is undefined then. */
enum status weights_file_read(const char *path, const struct model *model, real *w, struct message *message);

#endif
