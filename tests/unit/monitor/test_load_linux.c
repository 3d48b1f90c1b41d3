/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of bzImage kernels: both boot protocols, boot_params, and each fault of a header. */
#include "kernels.h"
#include <asm/bootparam.h>

#define SETUP_SECTS  3
#define PAYLOAD	     ((SETUP_SECTS + 1) * 512) /* file offset of the protected-mode part */
#define PAYLOAD_SIZE UINT64_C(0x4000)
#define INIT_SIZE    (2 * MIB)
#define HDR	     0x1f1

static struct kernel_test test;
static struct setup_header *hdr;

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/* A kernel like Debian's: protocol 2.15, relocatable, 64-bit entry, can lie above 4 GiB. */
static int start(void **state)
{
	(void)state;
	make_file(&test, PAYLOAD + PAYLOAD_SIZE + 100);
	memset(test.file, 0xcc, HDR);
	memset(test.file + PAYLOAD, 0x90, PAYLOAD_SIZE);
	memset(test.file + PAYLOAD + PAYLOAD_SIZE, 0x33, 100);
	hdr = (struct setup_header *)(test.file + HDR);
	hdr->setup_sects = SETUP_SECTS;
	hdr->syssize = PAYLOAD_SIZE / 16;
	hdr->boot_flag = 0xaa55;
	hdr->jump = 0x6aeb;
	hdr->header = 0x53726448;
	hdr->version = 0x20f;
	hdr->loadflags = LOADED_HIGH | CAN_USE_HEAP;
	hdr->code32_start = 0x100000;
	hdr->initrd_addr_max = 0x7fffffff;
	hdr->kernel_alignment = 2 * MIB;
	hdr->relocatable_kernel = 1;
	hdr->xloadflags = XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G;
	hdr->cmdline_size = 2047;
	hdr->pref_address = 16 * MIB;
	hdr->init_size = INIT_SIZE;
	hdr->kernel_info_offset = 0x1234;
	memset(test.file + 0x26c, 0xdd, 64); /* code behind the header */
	return 0;
}

static const struct boot_params *params(void)
{
	return phys(test.entry.si);
}

static void needs(void **state)
{
	(void)state;
	add_initrd(&test, 5000);
	assert_true(inspect(&test));
	assert_int_equal(test.slot.type, SWITCHYARD_LINUX);
	assert_false(test.slot.needs.fixed);
	assert_int_equal(test.slot.needs.min_base, 16 * MIB);
	assert_int_equal(test.slot.needs.size, INIT_SIZE + 3 * 4096 + 8192);
	assert_int_equal(test.slot.needs.max_end, 1ull << 52);
	hdr->kernel_alignment = 16 * MIB;
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.size, INIT_SIZE + 3 * 4096 + 8192 + 14 * MIB);
	hdr->xloadflags = XLF_KERNEL_64;
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.max_end, 4 * GIB);
}

static void boots_in_64_bit_mode(void **state)
{
	const struct boot_params *p;

	(void)state;
	test.slot.kernel.string = "console=ttyS0 quiet";
	add_initrd(&test, 5000);
	make_ram(&test, 32 * MIB, 8 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	assert_true(load(&test));
	assert_int_equal(test.entry.mode, ENTRY_LONG);
	assert_int_equal(test.entry.ip, 32 * MIB + 0x200);
	assert_bytes(32 * MIB, 0x90, PAYLOAD_SIZE);
	assert_bytes(32 * MIB + PAYLOAD_SIZE, POISON, INIT_SIZE - PAYLOAD_SIZE);
	assert_bytes(64 * KIB, POISON, 64 * KIB);
	p = params();
	assert_int_equal(p->hdr.type_of_loader, 0xff);
	assert_int_equal(p->hdr.loadflags, LOADED_HIGH);
	assert_int_equal(p->hdr.code32_start, 32 * MIB);
	assert_int_equal(p->hdr.kernel_info_offset, 0x1234);
	assert_int_equal(p->hdr.version, 0x20f);
	assert_int_equal(p->sentinel, 0);
	assert_int_equal(((const uint8_t *)p)[0x26c], 0);
	assert_int_equal(p->acpi_rsdp_addr, RSDP_AT);
	assert_int_equal(p->hdr.ramdisk_image, 40 * MIB - 8192);
	assert_int_equal(p->hdr.ramdisk_size, 5000);
	assert_int_equal(p->ext_ramdisk_image, 0);
	assert_memory_equal(phys(40 * MIB - 8192), phys(INITRD_AT), 5000);
	assert_string_equal(phys(p->hdr.cmd_line_ptr), "console=ttyS0 quiet");
	assert_true(test.entry.sp > p->hdr.cmd_line_ptr && test.entry.sp <= test.entry.si);
}

static void what_the_machine_is(void **state)
{
	const struct boot_params *p;

	(void)state;
	make_ram(&test, 16 * MIB, 8 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	assert_true(load(&test));
	p = params();
	assert_int_equal(p->e820_entries, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(p->e820_table[i].addr, test.map[i].base);
		assert_int_equal(p->e820_table[i].size, test.map[i].size);
		assert_int_equal(p->e820_table[i].type, test.map[i].type);
	}
	assert_int_equal(p->screen_info.orig_x, 7);
	assert_int_equal(p->screen_info.orig_y, 24);
	assert_int_equal(p->screen_info.orig_video_mode, 3);
	assert_int_equal(p->screen_info.orig_video_cols, 80);
	assert_int_equal(p->screen_info.orig_video_lines, 25);
	assert_int_equal(p->screen_info.orig_video_isVGA, 1);
	assert_int_equal(p->screen_info.orig_video_points, 16);
	assert_int_equal(p->hdr.ramdisk_size, 0);
	test.context.screen = SCREEN_NONE;
	assert_true(load(&test));
	assert_int_equal(params()->screen_info.orig_video_isVGA, 0);
}

static void framebuffer(void **state)
{
	const struct screen_info *screen;

	(void)state;
	assert_true(inspect(&test));
	make_ram(&test, 16 * MIB, 4 * MIB, 64 * KIB);
	give_framebuffer(&test);
	assert_true(load(&test));
	screen = &params()->screen_info;
	assert_int_equal(screen->orig_video_isVGA, 0x70); /* VIDEO_TYPE_EFI */
	assert_int_equal(screen->orig_video_lines, 0);	  /* no text */
	assert_int_equal(screen->lfb_base, 0x80000000);
	assert_int_equal(screen->ext_lfb_base, 4);
	assert_int_equal(screen->capabilities, 2);
	assert_int_equal(screen->lfb_size, 5136 * 800);
	assert_int_equal(screen->lfb_linelength, 5136);
	assert_int_equal(screen->lfb_width, 1280);
	assert_int_equal(screen->lfb_height, 800);
	assert_int_equal(screen->lfb_depth, 32);
	assert_int_equal(screen->red_pos, 16);
	assert_int_equal(screen->red_size, 8);
	assert_int_equal(screen->green_pos, 8);
	assert_int_equal(screen->green_size, 7);
	assert_int_equal(screen->blue_pos, 0);
	assert_int_equal(screen->blue_size, 6);
	/* There is no EFI runtime, so efi_info's loader_signature stays empty. */
	assert_int_equal(params()->efi_info.efi_loader_signature, 0);
}

/* The services lie in their page, which the map calls code, and their code knows the way out. */
static void efi_services(void **state)
{
	uint64_t page = 48 * MIB;
	struct efi_info efi;
	const uint64_t *system, *map, *services, *words;
	struct region ram[64];
	struct switchyard_info *info;

	(void)state;
	info = (struct switchyard_info *)fake_memory(INFO_AT, PAGE_SIZE, 0);
	info->identity_pml4 = 0x1234000;
	info->identity_pdpt = 0x1235000;
	info->gate = 0x5678;
	fake_memory(page, 2 * PAGE_SIZE, POISON);
	test.slot.efi = true;
	test.slot.kernel.string = "quiet panic=30";
	assert_refused(&test, "efi=on: this kernel takes no EFI runtime services");
	hdr->xloadflags |= XLF_EFI_KEXEC;
	make_ram(&test, 32 * MIB, 8 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	test.context.efi = page;
	assert_true(load(&test));
	assert_string_equal(phys(params()->hdr.cmd_line_ptr),
			    "quiet panic=30 reboot=efi efi=runtime");
	efi = params()->efi_info;
	assert_memory_equal(&efi.efi_loader_signature, "EL64", 4);
	assert_int_equal(efi.efi_memdesc_size, 40);
	assert_int_equal(efi.efi_memmap_size, 3 * 40);
	map = phys(efi.efi_memmap);
	assert_int_equal((uint32_t)map[0], 5);
	assert_int_equal(map[1], page);
	assert_int_equal(map[3], 1);
	assert_int_equal(map[4], 1ull << 63 | 8);
	assert_int_equal((uint32_t)map[10], 7);
	assert_int_equal(map[11], 32 * MIB);
	assert_int_equal(map[13], 8 * MIB / PAGE_SIZE);
	system = phys(efi.efi_systab);
	assert_int_equal(system[0], 0x5453595320494249);
	assert_int_equal(*(const uint16_t *)phys(system[3]), 'S');
	services = (const uint64_t *)phys(system[11]) + 3;
	for (uint32_t i = 0; i < 14; i++)
		assert_bytes(services[i], i == 4 ? 0x5e : i == 10 ? 0x4e : 0x0f, 1);
	words = phys(page + 8);
	assert_int_equal(words[0], 0x1234000);
	assert_int_equal(words[1], 0x1235000);
	assert_int_equal(words[2], page + PAGE_SIZE);
	assert_int_equal(words[3], 0x5678);
	assert_int_equal(*(const uint64_t *)phys(page + PAGE_SIZE), 0x1234003);
	assert_bytes(page + PAGE_SIZE + 8, 0, PAGE_SIZE - 8);
	for (uint32_t i = 0; i < 64; i++)
		ram[i] = (struct region){(i + 1) * GIB, PAGE_SIZE, REGION_RAM};
	test.context.map = ram;
	test.context.map_count = 63;
	assert_true(load(&test));
	assert_int_equal(params()->efi_info.efi_memmap_size, 64 * 40);
	test.context.map_count = 64;
	assert_false(load(&test));
	assert_string_equal(test.error.text, "efi=on: memory map has more than 63 ranges of RAM, "
					     "the most that fit");
}

/* A kernel that is given tables looks for SMBIOS nowhere else, so without any it is given none. */
static void efi_hands_over_smbios(void **state)
{
	static const struct {
		struct smbios_entries found;
		uint64_t count;
	} rows[] = {{{0, 0}, 0}, {{0x7000, 0}, 1}, {{0, 0x8000}, 1}, {{0x7000, 0x8000}, 2}};
	const uint64_t page = 48 * MIB;

	(void)state;
	fake_memory(INFO_AT, PAGE_SIZE, 0);
	fake_memory(page, 2 * PAGE_SIZE, POISON);
	test.slot.efi = true;
	test.slot.kernel.string = "quiet";
	hdr->xloadflags |= XLF_EFI_KEXEC;
	make_ram(&test, 32 * MIB, 8 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	test.context.efi = page;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint64_t *system, *table;

		test.context.smbios = rows[i].found;
		assert_true(load(&test));
		system = phys(params()->efi_info.efi_systab);
		assert_int_equal(system[13], rows[i].count);
		assert_int_equal(!system[14], !rows[i].count);
		table = rows[i].count ? phys(system[14]) : NULL;
		if (rows[i].found.entry_3) {
			assert_memory_equal(table, smbios_guid_3, 16);
			assert_int_equal(table[2], 0x8000);
			table += 3;
		}
		if (rows[i].found.entry) {
			assert_memory_equal(table, smbios_guid, 16);
			assert_int_equal(table[2], 0x7000);
		}
	}
}

/* A gzip file of 3 MiB that unpacks to 10 MiB; what is not a kernel of Linux says nothing. */
static void enough_for_its_initrd(void **state)
{
	uint32_t unpacked = 10 * MIB;
	uint8_t *initrd;

	(void)state;
	add_initrd(&test, 3 * MIB);
	initrd = phys(INITRD_AT);
	memcpy(initrd, "\x1f\x8b", 2);
	memcpy(initrd + 3 * MIB - sizeof(unpacked), &unpacked, sizeof(unpacked));
	assert_true(inspect(&test));
	test.slot.kernel.string = "quiet root=/dev/vda1";
	test.slot.ram.size = 32 * MIB;
	assert_true(load_enough(&test.slot, &test.error));
	test.slot.ram.size = 31 * MIB;
	assert_false(load_enough(&test.slot, &test.error));
	assert_string_equal(test.error.text,
			    "31 MiB may be too little for its initrd: Linux needs some 32 MiB at "
			    "first, for itself, 3 MiB of initrd, and 10 MiB unpacked from it");
	/* Without root=, the files have half of the RAM. */
	test.slot.kernel.string = "quiet xroot=/dev/vda1";
	test.slot.ram.size = 42 * MIB;
	assert_true(load_enough(&test.slot, &test.error));
	test.slot.ram.size = 41 * MIB;
	assert_false(load_enough(&test.slot, &test.error));
	initrd[0] = 'B', initrd[1] = 'Z', initrd[2] = 'h';
	assert_false(load_enough(&test.slot, &test.error));
	assert_non_null(strstr(test.error.text, "and an estimated 12 MiB unpacked"));
	test.slot.initrd.size = 0;
	assert_true(load_enough(&test.slot, &test.error));
}

static void above_4g(void **state)
{
	const struct boot_params *p;

	(void)state;
	add_initrd(&test, 100);
	make_ram(&test, 5 * GIB, 8 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	assert_true(load(&test));
	p = params();
	assert_int_equal(test.entry.ip, 5 * GIB + 0x200);
	assert_int_equal((uint64_t)p->ext_ramdisk_image << 32 | p->hdr.ramdisk_image,
			 5 * GIB + 8 * MIB - 4096);
	assert_string_equal(phys((uint64_t)p->ext_cmd_line_ptr << 32 | p->hdr.cmd_line_ptr), "");
}

/*
 * KASLR may put the kernel wherever boot_params' map has RAM, so the piece below 4 GiB is a hole
 * there. The kernel itself finds it in setup_data.
 */
static void piece_below_4g(void **state)
{
	const struct boot_params *p;
	const struct setup_data *data;
	const struct boot_e820_entry *entry;
	char line[4097];

	(void)state;
	for (uint32_t length = 0; length < sizeof(line); length += 1 + length / 3) {
		stop(NULL);
		start(NULL);
		memset(line, 'x', length);
		line[length] = '\0';
		hdr->cmdline_size = sizeof(line);
		test.slot.kernel.string = line;
		make_ram(&test, 5 * GIB, 8 * MIB, 64 * KIB);
		test.slot.dma = (struct region){GIB, 64 * MIB, REGION_RAM};
		test.map[3] = test.map[2];
		test.map[2] = test.slot.dma;
		test.context.map_count = 4;
		assert_true(inspect(&test));
		assert_true(load(&test));
		p = params();
		assert_int_equal(p->e820_entries, 3);
		assert_int_equal(p->e820_table[2].addr, 5 * GIB);
		data = phys(p->hdr.setup_data);
		assert_int_equal(data->next, 0);
		assert_int_equal(data->type, SETUP_E820_EXT);
		assert_int_equal(data->len, sizeof(*entry));
		entry = (const void *)data->data;
		assert_int_equal(entry->addr, GIB);
		assert_int_equal(entry->size, 64 * MIB);
		assert_int_equal(entry->type, REGION_RAM);
		assert_string_equal(phys((uint64_t)p->ext_cmd_line_ptr << 32 | p->hdr.cmd_line_ptr),
				    line);
	}
}

/* The range reaches up to the piece, or begins at its end: the map has one entry for both. */
static void piece_beside_the_range(void **state)
{
	const struct boot_params *p;

	(void)state;
	make_ram(&test, 4 * GIB, 8 * MIB, 64 * KIB);
	test.slot.dma = (struct region){4 * GIB - 64 * MIB, 64 * MIB, REGION_RAM};
	test.map[2] = (struct region){4 * GIB - 64 * MIB, 72 * MIB, REGION_RAM};
	assert_true(inspect(&test));
	assert_true(load(&test));
	p = params();
	assert_int_equal(p->e820_entries, 3);
	assert_int_equal(p->e820_table[2].addr, 4 * GIB);
	assert_int_equal(p->e820_table[2].size, 8 * MIB);
}

/* The range begins below the preferred address. The kernel is loaded at that address. */
static void not_below_the_preferred_address(void **state)
{
	(void)state;
	make_ram(&test, 2 * MIB, 22 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	assert_true(load(&test));
	assert_int_equal(test.entry.ip, 16 * MIB + 0x200);
}

static void boots_in_32_bit_mode(void **state)
{
	(void)state;
	hdr->xloadflags = 0;
	make_ram(&test, 32 * MIB, 8 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.max_end, 4 * GIB);
	assert_true(load(&test));
	assert_int_equal(test.entry.mode, ENTRY_PROTECTED);
	assert_int_equal(test.entry.ip, 32 * MIB);
	assert_int_equal(test.entry.bx, 0);
	assert_int_equal(test.entry.di, 0);
	assert_true(test.entry.si);
}

/* Before protocol 2.12, there was no field xloadflags. */
static void old_protocols_are_32_bit(void **state)
{
	(void)state;
	hdr->version = 0x20b;
	make_ram(&test, 32 * MIB, 8 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	assert_true(load(&test));
	assert_int_equal(test.entry.mode, ENTRY_PROTECTED);
}

/* Like memtest86+: linked to 1 MiB, with a command line, and the file is shorter than syssize. */
static void a_fixed_kernel(void **state)
{
	(void)state;
	hdr->relocatable_kernel = 0;
	hdr->kernel_alignment = 4096;
	hdr->version = 0x20c;
	hdr->jump = 0x66eb;
	hdr->pref_address = MIB;
	hdr->init_size = 0x6acf8;
	hdr->cmdline_size = 255;
	hdr->xloadflags = XLF_KERNEL_64;
	test.slot.kernel.size = PAYLOAD + PAYLOAD_SIZE - 8;
	assert_true(inspect(&test));
	assert_true(test.slot.needs.fixed);
	assert_int_equal(test.slot.needs.base, MIB);
	assert_int_equal(test.slot.needs.size, 0x6b000 + 3 * 4096);
	make_ram(&test, MIB, 4 * MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(test.entry.ip, MIB + 0x200);
	assert_bytes(MIB, 0x90, PAYLOAD_SIZE - 8);
	assert_bytes(MIB + PAYLOAD_SIZE - 8, POISON, 8);
}

/* A kernel is loaded at 1 MiB, but moves itself to its preferred address. It needs both places. */
static void a_fixed_kernel_that_moves_itself(void **state)
{
	(void)state;
	hdr->relocatable_kernel = 0;
	hdr->pref_address = 16 * MIB;
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.base, MIB);
	assert_int_equal(test.slot.needs.size, 15 * MIB + INIT_SIZE + 3 * 4096);
	make_ram(&test, MIB, 24 * MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(test.entry.ip, MIB + 0x200);
	assert_true(params()->hdr.cmd_line_ptr >= 16 * MIB + INIT_SIZE);
}

static void initrd_below_its_limit(void **state)
{
	(void)state;
	hdr->xloadflags = XLF_KERNEL_64;
	hdr->initrd_addr_max = 24 * MIB - 1;
	add_initrd(&test, 4096);
	make_ram(&test, 16 * MIB, 32 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	assert_true(load(&test));
	assert_int_equal(params()->hdr.ramdisk_image, 24 * MIB - 4096);
	hdr->initrd_addr_max = 17 * MIB;
	assert_false(load(&test));
	assert_string_equal(test.error.text,
			    "initrd and boot data of 0x4000 bytes have no place between 0x1200000, "
			    "the kernel's end, and 0x1100000");
}

static void a_full_memory_map(void **state)
{
	static struct region map[GUEST_MAX_REGIONS + 1];

	(void)state;
	make_ram(&test, 16 * MIB, 8 * MIB, 64 * KIB);
	assert_true(inspect(&test));
	test.context.map = map;
	test.context.map_count = GUEST_MAX_REGIONS;
	assert_true(load(&test));
	assert_int_equal(params()->e820_entries, 128);
	test.context.map_count++;
	assert_false(load(&test));
	assert_string_equal(test.error.text, "memory map has 129 entries; 128 is the most");
}

static void the_longest_command_line(void **state)
{
	char line[2050];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[2047] = '\0';
	test.slot.kernel.string = line;
	assert_true(inspect(&test));
	line[2047] = 'x';
	line[2048] = '\0';
	assert_refused(&test, "command line has 2048 characters; this kernel takes 2047 at most");
}

static void modules_are_refused(void **state)
{
	(void)state;
	add_module(&test, 10, "");
	assert_refused(&test, "a Linux kernel takes no modules; expected an initrd line");
}

static void truncated_files(void **state)
{
	static const struct {
		uint64_t size;
		const char *reason;
	} rows[] = {
		{PAYLOAD + PAYLOAD_SIZE - 16,
		 "bzImage is truncated: 18416 bytes, its header says 18432"},
		{PAYLOAD + 1, "bzImage is truncated: 2049 bytes, its header says 18432"},
		{PAYLOAD,
		 "bzImage is truncated: 2048 bytes, its setup part alone should have 2048"},
		{1000, "bzImage is truncated: 1000 bytes, its setup part alone should have 2048"},
		{0x210, "bzImage is truncated: 528 bytes, its header alone has 620"},
		{0x205, "not a kernel of a known type: no bzImage, Multiboot or ELF magic"},
		{10, "not a kernel of a known type: no bzImage, Multiboot or ELF magic"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test.slot.kernel.size = rows[i].size;
		assert_refused(&test, rows[i].reason);
	}
	for (uint64_t size = 0; size < PAYLOAD + 10; size++) {
		test.slot.kernel.size = size;
		assert_false(inspect(&test));
	}
}

static void bad_headers(void **state)
{
	const struct setup_header good = *hdr;
	const struct {
		size_t offset;
		uint64_t value;
		uint32_t size;
		const char *reason;
	} rows[] = {
#define FIELD(name) offsetof(struct setup_header, name)
		{FIELD(boot_flag), 0xaa56, 2, "bzImage has a boot flag of 0xaa56; expected 0xaa55"},
		{FIELD(header), 0x53726447, 4,
		 "not a kernel of a known type: no bzImage, Multiboot or ELF magic"},
		{FIELD(version), 0x209, 2, "bzImage of boot protocol 2.09; expected 2.10 or later"},
		{FIELD(jump), 0x10eb, 2, "bzImage header ends at 0x212; expected 0x264 to 0x290"},
		{FIELD(jump), 0xffeb, 2, "bzImage header ends at 0x301; expected 0x264 to 0x290"},
		{FIELD(loadflags), 0, 1, "kernel is a zImage, for below 1 MiB; expected a bzImage"},
		{FIELD(syssize), 0xffffffff, 4,
		 "bzImage is truncated: 18532 bytes, its header says 68719478768"},
		{FIELD(setup_sects), 255, 1,
		 "bzImage is truncated: 18532 bytes, its setup part alone should have 131072"},
		{FIELD(kernel_alignment), 0x300000, 4,
		 "bzImage has an alignment of 0x300000; expected a power of two"},
		{FIELD(kernel_alignment), 0, 4,
		 "bzImage has an alignment of 0; expected a power of two"},
		{FIELD(pref_address), 1ull << 52, 8,
		 "bzImage has a preferred address of 0x10000000000000; expected below "
		 "0x10000000000000"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		*hdr = good;
		memcpy((uint8_t *)hdr + rows[i].offset, &rows[i].value, rows[i].size);
		assert_refused(&test, rows[i].reason);
	}
}

/* The loader accepts absurd sizes that are not wrong. The plan refuses them. */
static void huge_sizes_are_needs(void **state)
{
	(void)state;
	hdr->init_size = 0xffffffff;
	hdr->kernel_alignment = 0x80000000;
	hdr->pref_address = (1ull << 52) - 1;
	assert_true(inspect(&test));
	assert_true(test.slot.needs.size > 4 * GIB);
	make_ram(&test, 16 * MIB, 8 * MIB, 64 * KIB);
	assert_false(load(&test));
}

/* Any header byte may have any value. No access is outside of the file and the slot. */
static void any_byte_may_be_wrong(void **state)
{
	const struct setup_header good = *hdr;

	(void)state;
	add_initrd(&test, 100);
	make_ram(&test, 16 * MIB, 4 * MIB, 64 * KIB);
	for (size_t offset = 0; offset < sizeof(good); offset++) {
		for (unsigned int value = 0; value < 256; value += 17) {
			*hdr = good;
			((uint8_t *)hdr)[offset] = (uint8_t)value;
			test.slot.type = TYPE_AUTO;
			if (inspect(&test))
				load(&test);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(needs),
		TEST(boots_in_64_bit_mode),
		TEST(what_the_machine_is),
		TEST(framebuffer),
		TEST(enough_for_its_initrd),
		TEST(efi_services),
		TEST(efi_hands_over_smbios),
		TEST(above_4g),
		TEST(piece_below_4g),
		TEST(piece_beside_the_range),
		TEST(not_below_the_preferred_address),
		TEST(boots_in_32_bit_mode),
		TEST(old_protocols_are_32_bit),
		TEST(a_fixed_kernel),
		TEST(a_fixed_kernel_that_moves_itself),
		TEST(initrd_below_its_limit),
		TEST(a_full_memory_map),
		TEST(the_longest_command_line),
		TEST(modules_are_refused),
		TEST(truncated_files),
		TEST(bad_headers),
		TEST(huge_sizes_are_needs),
		TEST(any_byte_may_be_wrong),
	};

	return cmocka_run_group_tests_name("load_linux", tests, NULL, NULL);
}
