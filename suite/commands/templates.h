/* templates.h -- what `lexbench new` can write.  Private to this folder. */
#ifndef LEXBENCH_TEMPLATES_H
#define LEXBENCH_TEMPLATES_H

struct template
{
    const char *kind, *folder; /* "encoder", "encoders"; NULL ends the list */
    const char *const *piece;  /* the text, in pieces; ends with NULL */
};
extern const struct template templates[];

#endif
