/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file_state.h - the state of a slot that sleeps, in a form that may go into a file and come back,
 * even after the machine was off: the context of the boot CPU, and those items of the machine that
 * are nothing but values of registers (STATE_PLAIN). Its kernel has suspended its devices and taken
 * its other CPUs offline, as for suspend to RAM, so it sets up all else by itself.
 *
 * Whoever brings the file may have written anything into it.
 */
#ifndef ARCH_X86_PLATFORM_FILE_STATE_H
#define ARCH_X86_PLATFORM_FILE_STATE_H

#include "arch/x86/gate/cpu_context.h"
#include "boot_info.h"
#include "lib/error.h"

/* A CPU's context, the platform's state, and what the slot noted as spared: all that it is made of. */
struct file_state {
	void *context;	/* struct cpu_context, at any address */
	void *platform; /* of platform_layout()->size bytes */
	uint32_t spared;
};

/* Bytes that it takes, a multiple of 8. */
uint64_t file_state_size(void);

/* A sum over the names, versions and places of all that is in it, on this machine. */
uint64_t file_state_form(void);

/* A sum over the CPU's model and features. */
uint64_t file_state_cpu(void);

/* A sum over the PCI functions of this machine. */
uint64_t file_state_devices(void);

/* Writes it to memory that has so many bytes. */
void file_state_write(const struct file_state *state, void *to);

/*
 * False, with the reason, if the gate could not load what is in it: ram is the slot's. The size and
 * the form are right.
 */
bool file_state_check(const void *from, const struct region *ram, const struct region *more,
		      struct error *error);

/* Fills context, platform and spared with what is in it. */
void file_state_read(const void *from, struct file_state *state);

#endif
