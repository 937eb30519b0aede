/* pass_blocks.c -- dense layers run over blocks of MODEL_ROWS tokens, so that what lies between two products
 * stays in cache and evaluation needs memory for one block of the wide feed-forward part only. */
#include "model/pass.h"

struct block pass_block(size_t index, size_t rows)
{
    struct block block = {.first = index * MODEL_ROWS};
    block.rows = rows - block.first < MODEL_ROWS ? rows - block.first : MODEL_ROWS;
    return block;
}

size_t pass_blocks(size_t rows)
{
    return (rows + MODEL_ROWS - 1) / MODEL_ROWS;
}

static void run_block(void *context, size_t index, size_t worker)
{
    const struct pass *pass = context;
    struct scratch *scratch = &pass->workspace->scratch[worker];
    enum profile_part before = profile_switch(scratch->profile, PROFILE_ROWS);
    pass->block(pass, pass_block(index, pass->rows), scratch);
    profile_switch(scratch->profile, before);
}

void pass_for_blocks(struct pass *pass,
                     void (*block)(const struct pass *pass, struct block block, struct scratch *scratch))
{
    size_t count = pass_blocks(pass->rows);
    pass->block = block;
    if (pass->workspace->workers > 1)
        workspace_share(pass->workspace, count, pass, run_block);
    else
        for (size_t i = 0; i < count; i++)
            run_block(pass, i, 0);
}
