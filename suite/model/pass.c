/* pass.c -- a chunk through the whole model, forward beside backward. */
#include "model/pass.h"

#include <string.h>

#include "model/layer.h"
#include "support/traps.h"

static void forward(struct pass *pass)
{
    struct workspace *workspace = pass->workspace;
    size_t layers = workspace->model->shape.layers, rows = chunk_rows(pass->chunk);
    pass->rows = rows;
    pass_scored(workspace, pass->chunk);
    memset(pass->nll, 0, rows * sizeof *pass->nll);
    memset(pass->hit, 0, rows);
    pass_embedding(workspace, pass->w, pass->dw, pass->chunk);
    for (pass->layer = 0; pass->layer < layers; pass->layer++) {
        pass->out = pass->layer + 1 < layers ? workspace->layer[pass->layer + 1].in : workspace->out;
        layer_forward(pass);
    }
    pass_for_blocks(pass, pass_head);
}

void model_forward(double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                   const struct chunk *chunk)
{
    struct pass pass = {.workspace = workspace, .w = w, .chunk = chunk, .nll = nll, .hit = hit};
    enum profile_part before = profile_switch(workspace->scratch->profile, PROFILE_ROWS);
    int traps = traps_begin();
    workspace_poison(workspace);
    forward(&pass);
    traps_end(traps);
    profile_switch(workspace->scratch->profile, before);
}

void model_transpose(real *transposed, const struct model *model, const real *w, size_t p)
{
    const struct model_parameter *parameter = &model->parameter[p];
    if (parameter->product)
        model->kernels->transpose(transposed + parameter->offset, w + parameter->offset, parameter->extent[0],
                                  parameter->extent[1]);
}

/* What is only ever added to begins with zeros. */
static void clear_sums(real *dw, const struct model *model)
{
    for (size_t p = 0; p < model->parameters; p++)
        if (!model->parameter[p].product)
            memset(dw + model->parameter[p].offset, 0, model->parameter[p].size * sizeof(real));
}

void model_forward_backward(real *dw, bool accumulate, double *nll, unsigned char *hit,
                            struct workspace *workspace, const real *w, const real *transposed,
                            const struct chunk *chunk)
{
    struct pass pass = {.workspace = workspace,
                        .w = w,
                        .transposed = transposed,
                        .dw = dw,
                        .accumulate = accumulate,
                        .chunk = chunk,
                        .nll = nll,
                        .hit = hit};
    enum profile_part before = profile_switch(workspace->scratch->profile, PROFILE_ROWS);
    int traps = traps_begin();
    workspace_poison(workspace);
    if (!accumulate)
        clear_sums(dw, workspace->model);
    forward(&pass);
    for (pass.layer = workspace->model->shape.layers; pass.layer-- > 0;)
        layer_backward(&pass);
    pass_embedding_backward(dw, workspace, w, chunk);
    traps_end(traps);
    profile_switch(workspace->scratch->profile, before);
}

void model_flush(real *dw, struct workspace *workspace)
{
    const struct composition *composition = &workspace->model->composition;
    bool learned = false;
    for (size_t c = 0; c < composition->count; c++)
        learned = learned || composition->at[c].encoder->parameters;
    for (size_t l = 0; learned && l < workspace->encodings; l++) {
        encoding_flush(workspace->encoding[l], dw);
        encoding_forget(workspace->encoding[l]);
    }
}
