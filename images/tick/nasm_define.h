/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nasm_define.h - how C gives numbers to NASM. A C file that only consists of these macros is
 * compiled to assembly text. tick.mk turns each "->" line in it into a %define.
 */
#ifndef TICK_NASM_DEFINE_H
#define TICK_NASM_DEFINE_H

#include <stddef.h>

#define DEFINE(name, value)  __asm__ volatile("\n.ascii \"->" name " %0\"" : : "i"(value))
#define CONSTANT(name)	     DEFINE(#name, name)
#define OFFSET(type, member) DEFINE(#type "." #member, offsetof(struct type, member))

#endif
