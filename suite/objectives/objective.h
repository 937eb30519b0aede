/* objective.h -- the contract of a training objective: what a model learns to predict, and what it sees of
 * it.
 *
 * An objective is one file that ends in one exported  const struct objective objective_<name>; everything else in
 * it is static.  The build finds the file, `objective = <name>` of [model] chooses it; nothing else is
 * edited.  The name is that of the file: small letters and digits.
 *
 * A dataset makes tokens and, for the places that it asks about, the token that follows; a protocol of
 * evaluation keeps the targets that it scores.  The objective makes of that what the model is given and is
 * asked, in training and in evaluation alike.  It belongs to the model because it says which attention the
 * model has, and because a model is scored as it was trained. */
#ifndef LEXBENCH_OBJECTIVE_H
#define LEXBENCH_OBJECTIVE_H

#include "batches/chunk.h"
#include "encoders/encoder.h"

struct objective {
    const char *name, *summary, *citation;
    unsigned version;              /* from 2 on it enters the training id */
    enum attention_kind attention; /* which tokens a token sees, one kind */
    size_t tokens;                 /* of its own, such as a mask: they follow those of the dataset */

    /* Changes an example of a dataset in place.  A pure function of the example and the key, called on any
     * thread; allocates nothing.  Tokens and targets stay below first + tokens, `first` the first of its
     * own; where the dataset asks something, something is asked afterwards.  What is to be predicted at a
     * place is not among the tokens that this place sees.  NULL = an example stays as the dataset made it. */
    void (*form)(struct example *example, size_t first, struct key key);
};

/* All objectives of this build, in the order of their names; both end with NULL. */
extern const struct objective *const objective_list[];
extern const char *const objective_names[];

/* form(), where there is one.  vocabulary: of the model, the objective's own tokens included. */
void objective_form(struct example *example, const struct objective *objective, size_t vocabulary,
                    struct key key);

#endif
