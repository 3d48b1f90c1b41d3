// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/library_call.h"
#include <stddef.h>
#include "arch/x86/cpu/msr.h"

/* Behind FS: the protector's value is at 0x28 there, so its last word. Any value will do. */
static const uint64_t behind_fs[6] = {[5] = 0x7379636865636b00};

void library_call_begin(struct library_call *call)
{
	__asm__ volatile("fxsave64 %0" : "=m"(call->vectors));
	call->fs_base = rdmsr(MSR_FS_BASE);
	wrmsr(MSR_FS_BASE, (uint64_t)behind_fs);
}

void library_call_end(const struct library_call *call)
{
	wrmsr(MSR_FS_BASE, call->fs_base);
	__asm__ volatile("fxrstor64 %0" : : "m"(call->vectors));
}

/*
 * What else such a library asks for. It has written past its stack: the fault is reported with a
 * backtrace. There is no heap: the monitor gives all memory, and a library that wants more gets
 * none.
 */
void __stack_chk_fail(void) __attribute__((noreturn));
void *calloc(size_t count, size_t size);
void free(void *memory);

void __stack_chk_fail(void)
{
	__builtin_trap();
}

void *calloc(size_t count, size_t size)
{
	(void)count;
	(void)size;
	return NULL;
}

void free(void *memory)
{
	(void)memory;
}
