// SPDX-License-Identifier: GPL-2.0-only
#include "loading.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "monitor/plan/plan_init.h"
#include "monitor/plan/plan_slots.h"
#include "promises.h"
#include "lib/units.h"

#define FILES	    (3 * GIB) /* files lie there; the map below has no RAM there, so no slot can */
#define FILE_AT	    FILES
#define INITRD_AT   (FILES + 64 * MIB)
#define MODULE_AT   (FILES + 128 * MIB)
#define RSDP_AT	    (FILES + 192 * MIB)
#define RSDP_SIZE   36
#define INFO_AT	    UINT64_C(0x3f000000) /* only its address is used */
#define EBDA	    UINT64_C(0x9fc00)
#define MEMORY_END  (UINT64_C(1) << 40)
#define MAX_RANGE   (8 * MIB) /* a larger slot takes longer, but not other paths */
#define MAX_FILE    (8 * KIB) /* of initrd and modules */
#define MAX_STRING  4095
#define MAX_MODULES 3

/* Flags of a slot. */
enum {
	HAS_INITRD = 1 << 0,
	HAS_BASE = 1 << 1,
	HAS_TEXT = 1 << 2,
	HAS_RSDP = 1 << 3,
	HAS_OLD_RSDP = 1 << 4,
	HAS_AUTO_TYPE = 1 << 5,
	HAS_SMALL_SLICE = 1 << 6, /* one page below 1 MiB: boot information needs another place */
	HAS_SHORT_RAM = 1 << 7,	  /* a page less than planned: it must be refused, or still fit */
};

static struct boot_info boot = {
	.region_count = 4,
	.region = {{0, EBDA, REGION_RAM},
		   {MIB, FILES - MIB, REGION_RAM},
		   {FILES, GIB, REGION_RESERVED},
		   {4 * GIB, MEMORY_END - 4 * GIB, REGION_RAM}},
};
static struct slot_table table;
static struct plan plan;
static struct region map[4];

/* Makes an image of size bytes at a physical address. All bytes are `byte`. */
static struct image make_image(uint64_t base, uint64_t size, uint8_t byte, const char *string)
{
	fake_memory(base, size, byte);
	return (struct image){.base = base, .size = size, .string = string};
}

/* A string of length equal characters. The caller frees it. */
static char *make_string(uint64_t length)
{
	char *string = malloc(length + 1);

	FUZZ_CHECK(string);
	memset(string, 'x', length);
	string[length] = '\0';
	return string;
}

static void make_files(struct slot *slot, struct fuzz_input *input, uint8_t flags)
{
	uint32_t modules = (uint32_t)fuzz_take(input, 1) % (MAX_MODULES + 1);

	slot->kernel.string = make_string(fuzz_take(input, 2) % (MAX_STRING + 1));
	slot->initrd.string = "";
	if (flags & HAS_INITRD)
		slot->initrd = make_image(INITRD_AT, fuzz_take(input, 2) % MAX_FILE + 1,
					  LOADING_INITRD_BYTE, "");
	for (uint32_t i = 0; i < modules; i++)
		slot->module[slot->module_count++] =
			make_image(MODULE_AT + i * MIB, fuzz_take(input, 2) % MAX_FILE + 1,
				   (uint8_t)(LOADING_MODULE_BYTE + i), i ? "a module" : "");
}

/* Sets the slot's memory as `mem=` does: the least that the plan accepts, or some pages more. */
static void make_wishes(struct slot *slot, struct fuzz_input *input, uint8_t flags)
{
	const struct needs *needs = &slot->needs;
	uint64_t first = needs->fixed ? needs->base : needs->min_base;
	uint64_t spare = fuzz_take(input, 1) * PAGE_SIZE;

	slot->want_size = needs->size + spare;
	slot->has_base = flags & HAS_BASE;
	if (slot->has_base) {
		slot->want_base = fuzz_take(input, 1) * SLOT_ALIGN;
		slot->want_base = slot->want_base ? slot->want_base : MIB;
	} else if (needs->fixed) {
		slot->want_size += first < SLOT_ALIGN ? first % MIB : first % SLOT_ALIGN;
	}
}

/* Uses the monitor's own plan. False: the plan has no place, and has reported why. */
static bool place(const struct slot *slot)
{
	struct error error;

	table.count = 1;
	table.slot[0] = *slot;
	FUZZ_CHECK(plan_init(&plan, &boot, EBDA, &error));
	plan_slots(&plan, &table, promise_report, NULL);
	return table.count == 1;
}

static void make_context(struct loading *loading, uint8_t flags)
{
	map[0] = loading->slot.low;
	map[1] = (struct region){.base = 0xf0000, .size = 64 * KIB, .type = REGION_RESERVED};
	map[2] = loading->slot.ram;
	loading->context = (struct load_context){
		.map = map,
		.map_count = 3,
		.rsdp = flags & HAS_RSDP ? RSDP_AT : 0,
		.rsdp_size = flags & HAS_OLD_RSDP ? 20 : RSDP_SIZE,
		.info = INFO_AT,
		.screen = flags & HAS_TEXT ? SCREEN_TEXT : SCREEN_NONE,
		.loader_name = "Switchyard fuzzing",
	};
	fake_memory(RSDP_AT, RSDP_SIZE, 0);
	fake_memory(loading->slot.ram.base, loading->slot.ram.size, LOADING_RAM_BYTE);
	fake_memory(loading->slot.low.base, loading->slot.low.size, LOADING_RAM_BYTE);
}

static bool inside(const struct region *range, uint64_t address, uint64_t size)
{
	return address >= range->base && address - range->base <= range->size &&
	       size <= range->size - (address - range->base);
}

const void *loading_at(const struct loading *loading, uint64_t address, uint64_t size)
{
	FUZZ_CHECK(inside(&loading->slot.ram, address, size) ||
		   inside(&loading->slot.low, address, size));
	return phys(address);
}

void loading_check_bytes(const struct loading *loading, uint64_t address, uint64_t size,
			 uint8_t byte)
{
	const uint8_t *bytes = loading_at(loading, address, size);

	for (uint64_t i = 0; i < size; i++)
		FUZZ_CHECK(bytes[i] == byte);
}

void loading_check_string(const struct loading *loading, uint64_t address, const char *string)
{
	uint64_t size = strlen(string) + 1;

	FUZZ_CHECK(!memcmp(loading_at(loading, address, size), string, size));
}

static void load(struct loading *loading, struct fuzz_input *input, uint8_t flags,
		 void (*check)(const struct loading *loading))
{
	struct error error = {.text = ""};

	if (!load_inspect(&loading->slot, &error)) {
		promise_error(&error);
		return;
	}
	make_wishes(&loading->slot, input, flags);
	if (loading->slot.want_size > MAX_RANGE || !place(&loading->slot))
		return;
	loading->slot = table.slot[0];
	if (flags & HAS_SMALL_SLICE)
		loading->slot.low.size = PAGE_SIZE;
	if (flags & HAS_SHORT_RAM)
		loading->slot.ram.size -= PAGE_SIZE;
	make_context(loading, flags);
	if (!load_slot(&loading->slot, &loading->context, &loading->entry, &error)) {
		promise_error(&error);
		return;
	}
	loading_at(loading, loading->entry.ip, 1);
	check(loading);
}

void loading_run(struct fuzz_input *input, enum switchyard_type type,
		 void (*check)(const struct loading *loading))
{
	struct loading loading = {.slot = {.name = "fuzz", .type = type}};
	uint8_t flags = (uint8_t)fuzz_take(input, 1);
	uint8_t *file;

	if (flags & HAS_AUTO_TYPE)
		loading.slot.type = TYPE_AUTO;
	make_files(&loading.slot, input, flags);
	/* The bytes for make_wishes() are not part of the file, so they are cut off before. */
	struct fuzz_input wishes = *input;

	input->size -= input->size < 2 ? input->size : 2;
	file = fake_memory(FILE_AT, input->size, 0);
	memcpy(file, input->bytes, input->size);
	loading.slot.kernel.base = FILE_AT;
	loading.slot.kernel.size = input->size;
	load(&loading, &wishes, flags, check);
	FUZZ_CHECK(!memcmp(file, input->bytes, input->size));
	free((void *)loading.slot.kernel.string);
	fake_reset();
}
