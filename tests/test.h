/* test.h -- what every test program includes. */
#ifndef LEXBENCH_TEST_H
#define LEXBENCH_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
