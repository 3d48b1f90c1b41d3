/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmocka.h - includes the real cmocka.h after the headers that it needs, and removes its macro
 * fail(), because lib/error.h has a function of that name. The library's fail_msg() would call that
 * function.
 *
 * It has no include guard. A header in this folder that includes it may find this file first
 * (-Itests/unit), and then must go on to the next one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include_next <cmocka.h>
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))
