/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loading.h - inspects a kernel's file, makes a memory plan for it, and loads it.
 *
 * The slot's RAM, the file, initrd and modules are separate allocations, so AddressSanitizer
 * catches each byte that a loader reads or writes beyond them.
 */
#ifndef TESTS_LOADING_H
#define TESTS_LOADING_H

#include "fuzz.h"
#include "monitor/load/load.h"

#define LOADING_RAM_BYTE    0xa5 /* before a loader writes to it */
#define LOADING_INITRD_BYTE 0x1d
#define LOADING_MODULE_BYTE 0x30 /* plus the module's number */

/* A loaded slot, for checks of what its format promises. */
struct loading {
	struct slot slot;
	struct load_context context;
	struct guest_entry entry;
};

/*
 * Takes the slot's properties from the input's end. The rest is the kernel's file. It calls check()
 * if the kernel was loaded. Promises that hold for all formats are checked here.
 */
void loading_run(struct fuzz_input *input, enum switchyard_type type,
		 void (*check)(const struct loading *loading));

/* Returns size bytes of the slot's memory, and checks that one of its ranges contains them. */
const void *loading_at(const struct loading *loading, uint64_t address, uint64_t size);

/* Checks that memory holds that image: size bytes that are all `byte`. */
void loading_check_bytes(const struct loading *loading, uint64_t address, uint64_t size,
			 uint8_t byte);

/* Checks that a string lies there. */
void loading_check_string(const struct loading *loading, uint64_t address, const char *string);

#endif
