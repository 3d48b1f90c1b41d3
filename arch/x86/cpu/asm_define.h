/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * asm_define.h - how C gives numbers to NASM. A C file that only consists of these macros is
 * compiled to assembly text. monitor.mk turns each "->" line in it into a %define. NASM includes
 * the result of DIR/NAME.c as DIR/NAME.inc.
 */
#ifndef ARCH_X86_CPU_ASM_DEFINE_H
#define ARCH_X86_CPU_ASM_DEFINE_H

#include <stddef.h>

#define DEFINE(name, value)  __asm__ volatile("\n.ascii \"->" name " %0\"" : : "i"(value))
#define CONSTANT(name)	     DEFINE(#name, name)
#define OFFSET(type, member) DEFINE(#type "." #member, offsetof(struct type, member))

#endif
