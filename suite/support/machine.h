/* machine.h -- the computer that this process runs on. */
#ifndef LEXBENCH_MACHINE_H
#define LEXBENCH_MACHINE_H

#include <stddef.h>

/* What the processor calls itself, without needless blanks; the architecture where it has no name. */
void machine_processor(char *out, size_t size);

size_t machine_processors(void); /* online, whether this process may use them or not */

/* Of this computer, in bytes; 0 = not known.  Available: without swapping, right now. */
size_t machine_memory(void);
size_t machine_memory_available(void);

#endif
