/* layer.h -- one layer of a pass; private to model/. */
#ifndef LEXBENCH_LAYER_H
#define LEXBENCH_LAYER_H

#include "model/pass.h"

/* From the layer's input to pass->out; after the last layer only scored rows go on. */
void layer_forward(struct pass *pass);
/* workspace->dx, the gradient of the layer's output, becomes that of its input. */
void layer_backward(struct pass *pass);

#endif
