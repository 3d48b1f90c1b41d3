/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * library_call.h - lets the monitor call a library that was compiled for programs, as Debian builds
 * it: it uses vector registers, and keeps its stack protector's value behind FS (System V ABI,
 * AMD64 supplement, 3.2.1; gcc's -mstack-protector-guard=tls). Both are the guest's meanwhile.
 */
#ifndef ARCH_X86_CPU_LIBRARY_CALL_H
#define ARCH_X86_CPU_LIBRARY_CALL_H

#include <stdint.h>

struct library_call {
	uint8_t vectors[512] __attribute__((aligned(16))); /* FXSAVE: SDM volume 1, 10.5.1 */
	uint64_t fs_base;
};

/*
 * Between these two, such a library may be called. They keep what the guest has in XMM and FS. What
 * AVX adds to a vector register stays as it is, so the library must be compiled for SSE alone,
 * which is all that Debian's amd64 asks for.
 */
void library_call_begin(struct library_call *call);
void library_call_end(const struct library_call *call);

#endif
