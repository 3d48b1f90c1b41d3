// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes the measuring of an initrd: plain archives, and the headers of compressed ones. */
#include "fake/fake.h"
#include "fuzz.h"
#include "lib/units.h"
#include "monitor/load/initrd.h"

#define FILE_AT (3 * GIB)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct image image = {.base = FILE_AT, .size = size, .string = ""};

	if (size)
		memcpy(fake_memory(FILE_AT, size, 0), bytes, size);
	FUZZ_CHECK(size || !initrd_unpacked(&image).bytes);
	initrd_unpacked(&image);
	fake_reset();
	return 0;
}
