/* statistics.c -- a workspace that keeps what attention does, beside the pass. */
#include "model/workspace.h"
#include "support/memory.h"

enum status workspace_keep_statistics(struct workspace *workspace, struct message *message)
{
    size_t scratch = attention_statistics_scratch(workspace->model->shape.heads, workspace->longest);
    workspace->statistics = memory_allocate(workspace->sequences, sizeof *workspace->statistics,
                                            "statistics of attention", message);
    workspace->statistics_row = memory_workspace(scratch, sizeof(real), "statistics of attention", message);
    return workspace->statistics && workspace->statistics_row ? STATUS_OK : STATUS_FAILED;
}
