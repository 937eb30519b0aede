/* objective.c -- the objectives of this build: the Makefile writes objectives.def, one X(name) for each file. */
#include "objectives/objective.h"

#define X(name) extern const struct objective objective_##name;
#include "objectives.def"
#undef X
const struct objective *const objective_list[] = {
#define X(name) &objective_##name,
#include "objectives.def"
#undef X
    NULL};
const char *const objective_names[] = {
#define X(name) #name,
#include "objectives.def"
#undef X
    NULL};

void objective_form(struct example *example, const struct objective *objective, size_t vocabulary,
                    struct key key)
{
    if (objective->form)
        objective->form(example, vocabulary - objective->tokens, key);
}
