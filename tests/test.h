/* test.h -- what every test program includes. */
#ifndef LEXBENCH_TEST_H
#define LEXBENCH_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The condition of a loop over the rows of a table: is there a row i?  Says which it is, so that a failure
 * in the loop names its case. */
static inline bool test_row(const char *table, size_t i, size_t rows)
{
    if (i < rows)
        print_message("%s[%zu]\n", table, i);
    return i < rows;
}

#endif
