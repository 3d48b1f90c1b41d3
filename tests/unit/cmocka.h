/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmocka.h - the real one, with what it needs before it, and without its macro fail(), a name that
 * monitor/error.h has for a function. fail_msg() goes with it: tests assert.
 */
#ifndef TESTS_CMOCKA_H
#define TESTS_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include_next <cmocka.h>
#undef fail

#endif
