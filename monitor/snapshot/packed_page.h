/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packed_page.h - a page as a block of LZ4 (lz4's doc/lz4_Block_format.md), which Debian's liblz4
 * writes and reads. Linux has a reader of its own (<linux/lz4.h>).
 */
#ifndef MONITOR_SNAPSHOT_PACKED_PAGE_H
#define MONITOR_SNAPSHOT_PACKED_PAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of what packed_page_write() works with, aligned to 8. Nothing of it has to be kept. */
uint64_t packed_page_room(void);

/*
 * Compresses the page at `page` to `to`, which has room for a page. Returns how many bytes it takes
 * there; 0: not less than the page.
 */
uint32_t packed_page_write(void *room, const void *page, void *to);

/* Writes a page to `to` from its block of `size` bytes. False: that is not a page's block. */
bool packed_page_read(const void *block, uint32_t size, void *to);

#endif
