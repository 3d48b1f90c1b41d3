/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_printk.h - the memory of a Linux kernel with a log: a ring of printk of either word size, and the
 * VMCOREINFO that describes it. The caller makes the RAM (fake_memory()).
 */
#ifndef TESTS_UNIT_FAKE_FAKE_PRINTK_H
#define TESTS_UNIT_FAKE_FAKE_PRINTK_H

#include "lib/units.h"
#include "monitor/core/vmcoreinfo.h"

#define PRINTK_RAM_AT	  (16 * MIB)
#define PRINTK_RAM_SIZE	  (64 * KIB)
#define PRINTK_NOTE_AT	  (PRINTK_RAM_AT + 8 * KIB)
#define PRINTK_RING_AT	  (PRINTK_RAM_AT + 16 * KIB) /* prb, then the structures */
#define PRINTK_DESCS_AT	  (PRINTK_RAM_AT + 20 * KIB)
#define PRINTK_INFOS_AT	  (PRINTK_RAM_AT + 24 * KIB)
#define PRINTK_DATA_AT	  (PRINTK_RAM_AT + 28 * KIB)
#define PRINTK_TABLE_AT	  (PRINTK_RAM_AT + 32 * KIB)
#define PRINTK_COUNT_BITS 3
#define PRINTK_DATA_BITS  8
#define PRINTK_FINALIZED  2ull

/* Where the test's ring has its parts, in longs from PRINTK_RING_AT. */
enum printk_part {
	PRINTK_PRB,
	PRINTK_COUNT,
	PRINTK_DESCS,
	PRINTK_INFOS,
	PRINTK_HEAD,
	PRINTK_TAIL,
	PRINTK_SIZE,
	PRINTK_DATA
};

extern uint32_t fake_printk_word; /* bytes of a long: 4 or 8 */
extern struct vmcoreinfo fake_printk_info;

/* Writes the description, for words of that size. */
void fake_printk_describe(uint32_t word);

/* Adds lines to it. */
void fake_printk_add(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes the ring's structures, with the records first to last. */
void fake_printk_ring(uint64_t first, uint64_t last);

/* Writes a record whose text lies at begin in the data, behind its ID. Its time is its ID in seconds and microseconds. */
void fake_printk_record(uint64_t id, uint64_t state, uint64_t begin, const char *text);

/* Writes a long at a physical address. */
void fake_printk_put(uint64_t at, uint64_t value);

/* The direct map of a 64-bit kernel: the virtual address of physical address 0. */
#define PRINTK_DIRECT	    0xffff888040000000ull
#define PRINTK_PAGE(number) (PRINTK_TABLE_AT + (number)*PAGE_SIZE)

/* Writes an entry of a page table. */
void fake_printk_entry(uint64_t table, uint64_t index, uint64_t entry);

/*
 * Makes page tables of a 64-bit kernel, in five pages from PRINTK_TABLE_AT on: the image by a page of 2
 * MiB, and all of RAM by one of 1 GiB.
 */
void fake_printk_map(void);

/* Makes page tables of a 32-bit kernel: a directory with all RAM by a page of 4 MiB. */
void fake_printk_map_32(void);

/* The same with PAE: so many bytes of RAM, by a large page if that is all, or else by small ones. */
void fake_printk_map_pae(uint64_t size);

/* Writes the description to memory, as a note. */
void fake_printk_write_note(void);

/* The kernel's own address of what lies there. */
uint64_t fake_printk_virtual(uint64_t physical);

#endif
