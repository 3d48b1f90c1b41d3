/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmocka.h - the real one, with what it needs before it, and without its macro fail(), a name that
 * lib/error.h has for a function. The library's fail_msg() would call that function.
 *
 * No include guard: included by a header beside it, this file finds itself first (-Itests/unit),
 * and has to go on to the next.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include_next <cmocka.h>
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))
