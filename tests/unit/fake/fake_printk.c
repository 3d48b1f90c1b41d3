/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_printk.c - a log in the memory of a kernel that does not run.
 */
#include "fake/fake_printk.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "arch/x86/memory/phys.h"

#define IMAGE_64 0xffffffff80000000ull
#define LOW_32	 0xc0000000ull
#define PRESENT	 (1ull << 0)
#define LARGE	 (1ull << 7)

uint32_t fake_printk_word;
struct vmcoreinfo fake_printk_info;

uint64_t fake_printk_virtual(uint64_t physical)
{
	return fake_printk_word == 8 ? physical - PRINTK_RAM_AT + IMAGE_64 : physical + LOW_32;
}

void fake_printk_put(uint64_t at, uint64_t value)
{
	memcpy(phys(at), &value, fake_printk_word);
}

void fake_printk_add(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fake_printk_info.size +=
		(uint32_t)vsnprintf(fake_printk_info.text + fake_printk_info.size,
				    sizeof(fake_printk_info.text) - fake_printk_info.size, format,
				    list);
	va_end(list);
}

void fake_printk_describe(uint32_t word)
{
	fake_printk_word = word;
	fake_printk_info.size = 0;
	fake_printk_add("OSRELEASE=6.12.0\nPAGESIZE=4096\n");
	if (fake_printk_word == 8)
		fake_printk_add("NUMBER(phys_base)=%llu\nSYMBOL(init_top_pgt)=%llx\n",
				(unsigned long long)PRINTK_RAM_AT,
				(unsigned long long)fake_printk_virtual(PRINTK_TABLE_AT));
	else
		fake_printk_add("SYMBOL(swapper_pg_dir)=%llx\n",
				(unsigned long long)fake_printk_virtual(PRINTK_TABLE_AT));
	fake_printk_add("SYMBOL(prb)=%llx\n",
			(unsigned long long)fake_printk_virtual(PRINTK_RING_AT));
	fake_printk_add(
		"OFFSET(printk_ringbuffer.desc_ring)=0\nOFFSET(printk_ringbuffer.text_data_ring)=0\n"
		"OFFSET(atomic_long_t.counter)=0\n");
	fake_printk_add("OFFSET(prb_desc_ring.count_bits)=%u\nOFFSET(prb_desc_ring.descs)=%u\n"
			"OFFSET(prb_desc_ring.infos)=%u\nOFFSET(prb_desc_ring.head_id)=%u\n"
			"OFFSET(prb_desc_ring.tail_id)=%u\n",
			PRINTK_COUNT * fake_printk_word, PRINTK_DESCS * fake_printk_word,
			PRINTK_INFOS * fake_printk_word, PRINTK_HEAD * fake_printk_word,
			PRINTK_TAIL * fake_printk_word);
	fake_printk_add("OFFSET(prb_data_ring.size_bits)=%u\nOFFSET(prb_data_ring.data)=%u\n",
			PRINTK_SIZE * fake_printk_word, PRINTK_DATA * fake_printk_word);
	fake_printk_add(
		"SIZE(prb_desc)=%u\nOFFSET(prb_desc.state_var)=0\nOFFSET(prb_desc.text_blk_lpos)=%u\n"
		"OFFSET(prb_data_blk_lpos.begin)=0\nOFFSET(prb_data_blk_lpos.next)=%u\n",
		3 * fake_printk_word, fake_printk_word, fake_printk_word);
	fake_printk_add(
		"SIZE(printk_info)=32\nOFFSET(printk_info.ts_nsec)=8\nOFFSET(printk_info.text_len)=16\n");
}

/* The ring's structures, with the records first to last. */
void fake_printk_ring(uint64_t first, uint64_t last)
{
	fake_printk_put(PRINTK_RING_AT,
			fake_printk_virtual(
				PRINTK_RING_AT)); /* prb points to itself: the parts follow it */
	fake_printk_put(PRINTK_RING_AT + PRINTK_COUNT * fake_printk_word, PRINTK_COUNT_BITS);
	fake_printk_put(PRINTK_RING_AT + PRINTK_DESCS * fake_printk_word,
			fake_printk_virtual(PRINTK_DESCS_AT));
	fake_printk_put(PRINTK_RING_AT + PRINTK_INFOS * fake_printk_word,
			fake_printk_virtual(PRINTK_INFOS_AT));
	fake_printk_put(PRINTK_RING_AT + PRINTK_HEAD * fake_printk_word, last);
	fake_printk_put(PRINTK_RING_AT + PRINTK_TAIL * fake_printk_word, first);
	fake_printk_put(PRINTK_RING_AT + PRINTK_SIZE * fake_printk_word, PRINTK_DATA_BITS);
	fake_printk_put(PRINTK_RING_AT + PRINTK_DATA * fake_printk_word,
			fake_printk_virtual(PRINTK_DATA_AT));
}

/* A record whose text lies at begin in the data, behind its ID. */
void fake_printk_record(uint64_t id, uint64_t state, uint64_t begin, const char *text)
{
	uint64_t index = id % (1 << PRINTK_COUNT_BITS), length = strlen(text);
	uint64_t desc = PRINTK_DESCS_AT + index * 3 * fake_printk_word,
		 at = begin % (1 << PRINTK_DATA_BITS);
	uint64_t time = id * 1000001000ull;
	uint16_t size = (uint16_t)length;

	fake_printk_put(desc, (id & (UINT64_MAX >> (66 - 8 * fake_printk_word))) |
				      state << (8 * fake_printk_word - 2));
	fake_printk_put(desc + fake_printk_word, begin);
	fake_printk_put(desc + 2 * fake_printk_word, begin + fake_printk_word + length);
	if (at + fake_printk_word + length > 1 << PRINTK_DATA_BITS)
		at = 0;
	memcpy(phys(PRINTK_DATA_AT + at + fake_printk_word), text, length);
	memcpy(phys(PRINTK_INFOS_AT + index * 32 + 8), &time, sizeof(time));
	memcpy(phys(PRINTK_INFOS_AT + index * 32 + 16), &size, sizeof(size));
}

void fake_printk_entry(uint64_t table, uint64_t index, uint64_t entry)
{
	memcpy(phys(table + index * sizeof(entry)), &entry, sizeof(entry));
}

void fake_printk_map(void)
{
	fake_printk_entry(PRINTK_PAGE(0), 511, PRINTK_PAGE(1) | PRESENT);
	fake_printk_entry(PRINTK_PAGE(1), 510, PRINTK_PAGE(2) | PRESENT);
	fake_printk_entry(PRINTK_PAGE(2), 0, PRINTK_RAM_AT | LARGE | PRESENT);
	fake_printk_entry(PRINTK_PAGE(0), PRINTK_DIRECT >> 39 & 511, PRINTK_PAGE(3) | PRESENT);
	fake_printk_entry(PRINTK_PAGE(3), PRINTK_DIRECT >> 30 & 511, LARGE | PRESENT);
}

void fake_printk_map_32(void)
{
	uint32_t entry = (uint32_t)(PRINTK_RAM_AT | LARGE | PRESENT);

	memcpy(phys(PRINTK_TABLE_AT + ((LOW_32 + PRINTK_RAM_AT) >> 22) * sizeof(entry)), &entry,
	       sizeof(entry));
}

void fake_printk_map_pae(uint64_t size)
{
	bool large = size >= PRINTK_RAM_SIZE;

	fake_printk_entry(PRINTK_PAGE(0), LOW_32 >> 30, PRINTK_PAGE(1) | PRESENT);
	fake_printk_entry(PRINTK_PAGE(1), PRINTK_RAM_AT >> 21,
			  large ? PRINTK_RAM_AT | LARGE | PRESENT : PRINTK_PAGE(2) | PRESENT);
	for (uint64_t at = 0; at < size && !large; at += PAGE_SIZE)
		fake_printk_entry(PRINTK_PAGE(2), at / PAGE_SIZE, (PRINTK_RAM_AT + at) | PRESENT);
}

void fake_printk_write_note(void)
{
	const uint32_t header[] = {sizeof("VMCOREINFO"), fake_printk_info.size, 0};
	uint8_t *note = phys(PRINTK_NOTE_AT);

	memcpy(note, header, sizeof(header));
	memcpy(note + sizeof(header), "VMCOREINFO\0", VMCOREINFO_HEADER - sizeof(header));
	memcpy(note + VMCOREINFO_HEADER, fake_printk_info.text, fake_printk_info.size);
}
