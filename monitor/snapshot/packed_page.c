// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/snapshot/packed_page.h"
#include <lz4.h>
#include "arch/x86/cpu/library_call.h"
#include "lib/units.h"

#define ACCELERATION 1 /* lz4.h: the default */

uint64_t packed_page_room(void)
{
	return (uint64_t)LZ4_sizeofState();
}

uint32_t packed_page_write(void *room, const void *page, void *to)
{
	struct library_call call;
	int size;

	library_call_begin(&call);
	size = LZ4_compress_fast_extState(room, page, to, PAGE_SIZE, PAGE_SIZE - 1, ACCELERATION);
	library_call_end(&call);
	return size > 0 ? (uint32_t)size : 0;
}

bool packed_page_read(const void *block, uint32_t size, void *to)
{
	struct library_call call;
	int written;

	library_call_begin(&call);
	written = LZ4_decompress_safe(block, to, (int)size, PAGE_SIZE);
	library_call_end(&call);
	return written == PAGE_SIZE;
}
