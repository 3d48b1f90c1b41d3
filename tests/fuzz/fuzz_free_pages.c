// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes which pages of a kernel are free. The first byte is how that kernel lays out its memory.
 * Then come changes: of its page tables, its sections, and its page descriptors. What is left is the
 * end of VMCOREINFO.
 */
#include "arch/x86/memory/phys.h"
#include "fake/fake_pages.h"
#include "fuzz.h"
#include "monitor/snapshot/free_pages.h"
#include "promises.h"

#define CHANGES_MAX 32
#define TABLES_SIZE (6 * PAGE_SIZE)

/* Eight bytes somewhere. Most page tables have one entry or two, at places that few inputs name. */
static void change_tables(struct fuzz_input *input)
{
	uint64_t offset = fuzz_take(input, 2) * 8 % TABLES_SIZE;
	uint64_t value = fuzz_take(input, 8);

	memcpy(phys(FAKE_PAGES_TABLES_AT + offset), &value, sizeof(value));
}

static void change_root(struct fuzz_input *input)
{
	uint64_t value = fuzz_take(input, 8);

	memcpy(phys(FAKE_PAGES_ROOTS_AT), &value, sizeof(value));
}

static void change_section(const struct fake_pages_layout *layout, struct fuzz_input *input)
{
	uint64_t section = fuzz_take(input, 1) % 2;

	fake_pages_put_section(layout, section, fake_pages_map(section) ^ fuzz_take(input, 5));
}

static void change_page(const struct fake_pages_layout *layout, struct fuzz_input *input)
{
	uint64_t page = fuzz_take(input, 2) % FAKE_PAGES_COUNT;
	uint32_t type = fuzz_take(input, 1) % 8 ? layout->type : (uint32_t)fuzz_take(input, 4);

	fake_pages_put(layout, page, type, fuzz_take(input, 1));
}

static void change(const struct fake_pages_layout *layout, struct fuzz_input *input)
{
	uint32_t changes = (uint32_t)fuzz_take(input, 1) % CHANGES_MAX;

	for (uint32_t i = 0; i < changes; i++) {
		switch (fuzz_take(input, 1) % 8) {
		case 0:
			change_tables(input);
			break;
		case 1:
			change_root(input);
			break;
		case 2:
			change_section(layout, input);
			break;
		default:
			change_page(layout, input);
		}
	}
}

/* The rest of the input replaces the end of the note's text. */
static void change_note(const struct fuzz_input *input)
{
	uint32_t size = input->size < VMCOREINFO_SIZE ? (uint32_t)input->size : VMCOREINFO_SIZE;

	if (size > fake_pages_info.size)
		fake_pages_info.size = size;
	memcpy(fake_pages_info.text + fake_pages_info.size - size, input->bytes, size);
}

/* Runs take turns, each has whole pages, and the last one ends where RAM ends. */
static void check_runs(struct free_pages *pages, uint64_t first)
{
	bool is_free = false, was_free;
	uint64_t size;

	for (uint64_t at = first; at < FAKE_PAGES_RAM_END; at += size) {
		was_free = is_free;
		size = free_pages_run(pages, at, FAKE_PAGES_RAM_END, &is_free);
		FUZZ_CHECK(size > 0 && size % PAGE_SIZE == 0 && size <= FAKE_PAGES_RAM_END - at);
		FUZZ_CHECK(at == first || is_free != was_free);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint64_t first = FAKE_PAGES_RAM_AT;
	const struct fake_pages_layout *layout =
		&fake_pages_layouts[fuzz_take(&input, 1) % FAKE_PAGES_LAYOUTS];
	struct free_pages pages;
	struct error error;

	fake_pages_make(layout);
	change(layout, &input);
	first += fuzz_take(&input, 2) % FAKE_PAGES_COUNT * PAGE_SIZE;
	change_note(&input);
	if (guest_memory_init(&fake_pages_memory, &fake_pages_memory.ram, &fake_pages_info)) {
		if (free_pages_init(&pages, &fake_pages_memory, &fake_pages_info, &error)) {
			check_runs(&pages, first);
			check_runs(&pages, FAKE_PAGES_RAM_AT);
		} else {
			promise_error(&error);
		}
	}
	return 0;
}
