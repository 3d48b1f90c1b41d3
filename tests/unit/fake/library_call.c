// SPDX-License-Identifier: GPL-2.0-only
/*
 * library_call.c - the functions of arch/x86/cpu/library_call.h for the host, where a library finds all that
 * it expects.
 */
#include "arch/x86/cpu/library_call.h"

void library_call_begin(struct library_call *call)
{
	(void)call;
}

void library_call_end(const struct library_call *call)
{
	(void)call;
}
