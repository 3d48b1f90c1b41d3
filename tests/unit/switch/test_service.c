// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the gate's services: what a guest may name, and the life of an image that is loaded.
 * Slot alpha calls them, and beta gets the image.
 */
#include "kernels.h"
#include "arch/x86/pci/pci.h"
#include "fake/fake_console.h"
#include "fake/fake_pci.h"
#include "fake/no_slot_block.h"
#include "monitor/slot/care.h"
#include "monitor/slot/life.h"
#include "monitor/call/service.h"
#include "monitor/switch/slot_block.h"
#include "monitor/switch/switch.h"
#include "monitor/plan/pool.h"
#include "monitor/plan/store.h"

#define ALPHA_AT   (32 * MIB)
#define ALPHA_SIZE MIB
#define CALL_AT	   ALPHA_AT
#define STRING_AT  (ALPHA_AT + PAGE_SIZE)
#define BUFFER_AT  (ALPHA_AT + 512 * KIB)
#define BETA_AT	   (4 * MIB)
#define BETA_SIZE  (512 * KIB)
#define POOL_AT	   (64 * MIB)
#define POOL_SIZE  (2 * MIB)
#define STORE_AT   (80 * MIB)
#define OLD_SIZE   (3 * PAGE_SIZE)
#define SIZE	   (3 * PAGE_SIZE - 5)

static struct monitor monitor;
static struct boot_info boot;
static uint32_t published;
static const uint8_t large[300 * KIB]; /* more than a piece, and a part of one */
static uint8_t elf[3 * PAGE_SIZE];     /* SIZE bytes of it are a kernel that fits into beta */

/* It replaces the monitor's. */
void slot_block_publish(const struct slot_table *slots, uint32_t index)
{
	assert_ptr_equal(slots, &monitor.slots);
	assert_int_equal(index, 0);
	published++;
}

bool switch_kill(struct monitor *context, struct slot *slot, struct error *error)
{
	assert_ptr_equal(context, &monitor);
	return slot->state == SWITCHYARD_PARKED || fail(error, "%s is not parked", slot->name);
}

static struct slot *beta(void)
{
	return &monitor.slots.slot[1];
}

static void make_kernel(uint64_t at)
{
	static const uint32_t header[] = {0x1badb002, 0, 0u - 0x1badb002};
	static struct kernel_test test;
	Elf64_Phdr segment = {.p_type = PT_LOAD,
			      .p_offset = PAGE_SIZE,
			      .p_vaddr = at,
			      .p_paddr = at,
			      .p_filesz = PAGE_SIZE,
			      .p_memsz = PAGE_SIZE};

	make_file(&test, SIZE);
	make_elf64(&test, at, &segment, 1);
	memcpy(test.file + 0x200, header, sizeof(header));
	memcpy(elf, test.file, SIZE);
}

static void add_ram(uint64_t base, uint64_t size, enum plan_owner owner)
{
	monitor.plan.region[monitor.plan.count++] = (struct plan_region){.base = base,
									 .size = size,
									 .type = REGION_RAM,
									 .owner = owner};
	fake_memory(base, size, 0);
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	memset(&monitor, 0, sizeof(monitor));
	monitor.boot = &boot;
	published = 0;
	make_kernel(BETA_AT);
	monitor.slots.count = 3;
	strcpy(monitor.slots.slot[0].name, "alpha");
	strcpy(beta()->name, "beta");
	strcpy(monitor.slots.slot[2].name, "gamma");
	monitor.slots.slot[0].state = SWITCHYARD_RUNNING;
	monitor.slots.slot[0].ram = (struct region){.base = ALPHA_AT, .size = ALPHA_SIZE};
	monitor.slots.slot[0].low = (struct region){.base = 64 * KIB, .size = 32 * KIB};
	beta()->state = monitor.slots.slot[2].state = SWITCHYARD_READY;
	beta()->ram = (struct region){.base = BETA_AT, .size = BETA_SIZE};
	beta()->type = SWITCHYARD_LINUX;
	beta()->kernel = (struct image){.base = STORE_AT, .size = OLD_SIZE, .string = "old"};
	beta()->low = (struct region){.base = 128 * KIB, .size = 32 * KIB};
	add_ram(128 * KIB, 32 * KIB, OWNER_SLOT);
	monitor.plan.region[0].slot = 1;
	add_ram(256 * KIB, 32 * KIB, OWNER_FREE);
	add_ram(BETA_AT, BETA_SIZE, OWNER_SLOT);
	monitor.plan.region[2].slot = 1;
	add_ram(ALPHA_AT, ALPHA_SIZE, OWNER_SLOT);
	add_ram(POOL_AT, POOL_SIZE, OWNER_FREE);
	add_ram(STORE_AT, 8 * PAGE_SIZE, OWNER_STORE);
	fake_memory(64 * KIB, 32 * KIB, 0);
	return 0;
}

static uint64_t free_ram(void)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < monitor.plan.count; i++)
		size += monitor.plan.region[i].owner == OWNER_FREE ? monitor.plan.region[i].size
								   : 0;
	return size;
}

static struct switchyard_call *the_call(void)
{
	return phys(CALL_AT);
}

static int64_t call(uint32_t service, struct switchyard_call arguments)
{
	arguments.size = sizeof(arguments);
	arguments.service = service;
	*the_call() = arguments;
	return service_answer(&monitor, CALL_AT);
}

static void refused(uint32_t service, struct switchyard_call arguments, const char *reason)
{
	assert_int_equal(call(service, arguments), SWITCHYARD_EREFUSED);
	assert_string_equal(the_call()->text, reason);
}

static int64_t begin(uint32_t slot)
{
	return call(SWITCHYARD_LOAD_BEGIN, (struct switchyard_call){.slot = slot});
}

static int64_t file(uint32_t kind, uint64_t bytes, const char *string)
{
	strcpy(phys(STRING_AT), string);
	return call(SWITCHYARD_LOAD_FILE, (struct switchyard_call){.kind = kind,
								   .bytes = bytes,
								   .address = STRING_AT,
								   .length = strlen(string)});
}

static int64_t write_piece(const void *bytes, uint64_t size)
{
	memcpy(phys(BUFFER_AT), bytes, size);
	return call(SWITCHYARD_LOAD_WRITE,
		    (struct switchyard_call){.address = BUFFER_AT, .length = size});
}

static int64_t commit(void)
{
	int64_t result;

	do
		result = call(SWITCHYARD_LOAD_COMMIT, (struct switchyard_call){0});
	while (result == SWITCHYARD_EAGAIN);
	return result;
}

static void load_file(uint32_t kind, const uint8_t *bytes, uint64_t size, const char *string)
{
	assert_int_equal(file(kind, size, string), 0);
	for (uint64_t done = 0; done < size; done += SWITCHYARD_PIECE) {
		uint64_t left = size - done;

		assert_int_equal(write_piece(bytes + done,
					     left < SWITCHYARD_PIECE ? left : SWITCHYARD_PIECE),
				 0);
	}
}

/* A structure that is not wholly the slot's, that is not aligned, or that asks for nothing known. */
static void hostile_calls(void **state)
{
	static const uint64_t places[] = {
		0,
		CALL_AT + 4,
		ALPHA_AT - 8,
		ALPHA_AT + ALPHA_SIZE - sizeof(struct switchyard_call) + 8,
		ALPHA_AT + ALPHA_SIZE,
		BETA_AT,
		POOL_AT,
		UINT64_MAX - 7,
		64 * KIB - 8,
		96 * KIB,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		assert_int_equal(service_answer(&monitor, places[i]), SWITCHYARD_EBADOP);
	assert_int_equal(call(0, (struct switchyard_call){0}), SWITCHYARD_EBADOP);
	assert_int_equal(call(SWITCHYARD_RESTORE_FILE + 1, (struct switchyard_call){0}),
			 SWITCHYARD_EBADOP);
	assert_int_equal(call(UINT32_MAX, (struct switchyard_call){0}), SWITCHYARD_EBADOP);
	call(SWITCHYARD_LIST, (struct switchyard_call){0});
	assert_int_equal(published, 1);
	the_call()->size--;
	assert_int_equal(service_answer(&monitor, CALL_AT), SWITCHYARD_EBADOP);
	assert_int_equal(published, 1);
	/* The slice below 1 MiB is the slot's, too. */
	memcpy(phys(64 * KIB), the_call(), sizeof(struct switchyard_call));
	((struct switchyard_call *)phys(64 * KIB))->size = sizeof(struct switchyard_call);
	assert_int_equal(service_answer(&monitor, 64 * KIB), 0);
}

static void hostile_buffers(void **state)
{
	static const struct {
		uint64_t address, length;
	} buffers[] = {
		{ALPHA_AT - 1, 2},    {ALPHA_AT + ALPHA_SIZE - 1, 2}, {BETA_AT, PAGE_SIZE},
		{POOL_AT, PAGE_SIZE}, {ALPHA_AT, UINT64_MAX},	      {ALPHA_AT, 0 - ALPHA_AT},
		{UINT64_MAX, 2},      {ALPHA_AT + 1, ALPHA_SIZE},     {ALPHA_AT + ALPHA_SIZE, 1},
		{0, PAGE_SIZE},
	};
	uint64_t before = free_ram();

	(void)state;
	assert_int_equal(begin(2), 0);
	for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++) {
		struct switchyard_call arguments = {.kind = SWITCHYARD_FILE_KERNEL,
						    .bytes = PAGE_SIZE,
						    .address = buffers[i].address,
						    .length = buffers[i].length};

		assert_int_equal(call(SWITCHYARD_LOG, arguments), SWITCHYARD_EREFUSED);
		arguments.slot = 2;
		assert_int_equal(call(SWITCHYARD_MEMORY, arguments), SWITCHYARD_EREFUSED);
		assert_int_equal(call(SWITCHYARD_LOAD_WRITE, arguments), SWITCHYARD_EREFUSED);
		if (arguments.length) /* a file may have no string */
			assert_int_equal(call(SWITCHYARD_LOAD_FILE, arguments),
					 SWITCHYARD_EREFUSED);
	}
	refused(SWITCHYARD_LOG, (struct switchyard_call){.address = BETA_AT, .length = 4096},
		"a buffer of 4096 bytes at 0x400000; expected all of it in this slot's RAM");
	new_image_drop(&monitor, 0);
	assert_int_equal(free_ram(), before);
}

static void slots_that_are_not_there(void **state)
{
	static const uint32_t numbers[] = {0, 4, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(begin(numbers[i]), SWITCHYARD_ENOSLOT);
		assert_int_equal(call(SWITCHYARD_KILL,
				      (struct switchyard_call){.slot = numbers[i]}),
				 SWITCHYARD_ENOSLOT);
		assert_int_equal(call(SWITCHYARD_OUTCOME,
				      (struct switchyard_call){.slot = numbers[i]}),
				 SWITCHYARD_ENOSLOT);
	}
	refused(SWITCHYARD_LOAD_BEGIN, (struct switchyard_call){.slot = 1},
		"slot alpha is running; only a slot that does not run can be loaded");
	assert_int_equal(monitor.new_images.job[0], 0);
}

static void killing(void **state)
{
	(void)state;
	refused(SWITCHYARD_KILL, (struct switchyard_call){.slot = 2}, "beta is not parked");
	assert_int_equal(published, 0);
	beta()->state = SWITCHYARD_PARKED;
	assert_int_equal(call(SWITCHYARD_KILL, (struct switchyard_call){.slot = 2}), 0);
	assert_int_equal(published, 1);
}

static void how_a_run_ended(void **state)
{
	const struct switchyard_call about_beta = {.slot = 2};

	(void)state;
	refused(SWITCHYARD_OUTCOME, about_beta, "slot beta is ready; it has not ended");
	beta()->end = SWITCHYARD_END_REBOOT;
	assert_int_equal(call(SWITCHYARD_OUTCOME, about_beta), 0);
	assert_int_equal(the_call()->done, SWITCHYARD_END_REBOOT);
	assert_string_equal(the_call()->text, "rebooted");
	beta()->state = SWITCHYARD_PARKED;
	refused(SWITCHYARD_OUTCOME, about_beta, "slot beta is parked; it has not ended");
	beta()->state = SWITCHYARD_CRASHED;
	strcpy(beta()->crash, "a reason");
	assert_int_equal(call(SWITCHYARD_OUTCOME, about_beta), 0);
	assert_int_equal(the_call()->done, 0);
	assert_string_equal(the_call()->text, "a reason");
}

static int64_t add(const char *text)
{
	strcpy(phys(STRING_AT), text);
	return call(SWITCHYARD_ADD,
		    (struct switchyard_call){.address = STRING_AT, .length = strlen(text)});
}

static void adding_and_removing(void **state)
{
	uint64_t before = free_ram();
	uint32_t count = monitor.plan.count;

	(void)state;
	assert_int_equal(add("slot=try mem=1M cpus=0-1"), 0);
	assert_int_equal(the_call()->done, 4);
	assert_int_equal(published, 1);
	assert_string_equal(monitor.slots.slot[3].name, "try");
	assert_int_equal(monitor.slots.slot[3].state, SWITCHYARD_EMPTY);
	assert_non_null(strstr(monitor.log.text, "slot try was added: 1 MiB at 0x4000000"));
	refused(SWITCHYARD_ADD, (struct switchyard_call){.address = STRING_AT, .length = 0},
		"a buffer of 0 bytes at 0x2001000; expected all of it in this slot's RAM");
	refused(SWITCHYARD_ADD, (struct switchyard_call){.address = BETA_AT, .length = 1},
		"a buffer of 1 bytes at 0x400000; expected all of it in this slot's RAM");
	refused(SWITCHYARD_ADD,
		(struct switchyard_call){.address = STRING_AT, .length = SWITCHYARD_ADD_TEXT + 1},
		"a text of 512 characters; 511 is the most");
	assert_int_equal(add("slot=try mem=1M"), SWITCHYARD_EREFUSED);
	assert_string_equal(the_call()->text, "slot try is there already");
	assert_int_equal(published, 1);
	refused(SWITCHYARD_REMOVE, (struct switchyard_call){.slot = 1},
		"slot alpha is running; only a ready or empty slot can be removed");
	assert_int_equal(call(SWITCHYARD_REMOVE, (struct switchyard_call){.slot = 4}), 0);
	assert_int_equal(published, 2);
	assert_int_equal(call(SWITCHYARD_REMOVE, (struct switchyard_call){.slot = 4}),
			 SWITCHYARD_ENOSLOT);
	assert_non_null(strstr(monitor.log.text, "slot try was removed"));
	/* Beta's number is unused then, and gamma's stays. */
	assert_int_equal(call(SWITCHYARD_REMOVE, (struct switchyard_call){.slot = 2}), 0);
	assert_int_equal(begin(2), SWITCHYARD_ENOSLOT);
	assert_int_equal(begin(3), 0);
	assert_int_equal(call(SWITCHYARD_LOAD_ABORT, (struct switchyard_call){0}), 0);
	assert_int_equal(free_ram(), before + page_up(OLD_SIZE) + BETA_SIZE + 32 * KIB);
	assert_true(monitor.plan.count <= count + 2);
}

/* A kernel for a slot that was added. */
static void an_added_slot_is_loaded(void **state)
{
	uint64_t before;

	(void)state;
	before = free_ram();
	for (uint32_t round = 0; round < 10; round++) {
		assert_int_equal(add("slot=try mem=1M"), 0);
		make_kernel(POOL_AT);
		assert_int_equal(begin(4), 0);
		load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "quiet");
		assert_int_equal(commit(), 0);
		assert_int_equal(monitor.slots.slot[3].state, SWITCHYARD_READY);
		assert_int_equal(monitor.slots.slot[3].type, SWITCHYARD_MULTIBOOT1);
		assert_int_equal(call(SWITCHYARD_REMOVE, (struct switchyard_call){.slot = 4}), 0);
		assert_int_equal(free_ram(), before);
	}
}

static void the_log(void **state)
{
	const struct switchyard_call buffer = {.address = BUFFER_AT, .length = 64};

	(void)state;
	log_keep(&monitor.log, LOG_INFO, "hello");
	assert_int_equal(call(SWITCHYARD_LOG, buffer), 0);
	assert_int_equal(the_call()->done, 17);
	assert_memory_equal(phys(BUFFER_AT), "[0.000000] hello\n", 18);
}

static void an_image_is_replaced(void **state)
{
	uint64_t before = free_ram(), size = page_up(SIZE);
	struct error error;

	(void)state;
	assert_int_equal(begin(2), 0);
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "root=/dev/vda1 quiet");
	load_file(SWITCHYARD_FILE_MODULE, elf, 100, "");
	assert_int_equal(beta()->kernel.base, STORE_AT); /* nothing has changed yet */
	assert_int_equal(commit(), 0);
	assert_int_equal(published, 1);
	assert_int_equal(beta()->type, SWITCHYARD_MULTIBOOT1);
	assert_int_equal(beta()->state, SWITCHYARD_READY);
	assert_int_equal(beta()->kernel.size, SIZE);
	assert_string_equal(beta()->kernel.string, "root=/dev/vda1 quiet");
	assert_memory_equal(phys(beta()->kernel.base), elf, SIZE);
	assert_int_equal(beta()->module_count, 1);
	assert_string_equal(beta()->module[0].string, "");
	assert_int_equal(beta()->initrd.size, 0);
	assert_true(store_check(beta(), &error));
	/* The old image is free; two files and a string are not. The job is gone. */
	assert_int_equal(free_ram(), before + OLD_SIZE - size - 2 * PAGE_SIZE);
	assert_int_equal(monitor.new_images.job[0], 0);
	assert_non_null(
		strstr(monitor.log.text, "slot beta has a new image from alpha: multiboot1"));
}

static void a_parked_slot_goes_on(void **state)
{
	(void)state;
	beta()->state = SWITCHYARD_PARKED;
	assert_int_equal(begin(2), 0);
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "");
	beta()->runs = 5;
	assert_int_equal(commit(), 0);
	assert_int_equal(beta()->state, SWITCHYARD_PARKED);
	assert_int_equal(beta()->runs, 5);
}

static void loading_again_leaks_nothing(void **state)
{
	uint64_t before = 0;

	(void)state;
	for (uint32_t round = 0; round < 100; round++) {
		assert_int_equal(begin(2), 0);
		elf[SIZE - 1] = (uint8_t)round;
		load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "string");
		load_file(SWITCHYARD_FILE_INITRD, large, round % 3 ? sizeof(large) : 1, "");
		assert_int_equal(commit(), SWITCHYARD_EREFUSED); /* it takes no initrd */
		assert_int_equal(begin(2), 0);
		load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "string");
		assert_int_equal(commit(), 0);
		if (round)
			assert_int_equal(free_ram(), before);
		before = free_ram();
	}
}

/* Equal files are kept once: those of other slots, of the old image, and of the new one. */
static void equal_files_are_kept_once(void **state)
{
	struct slot *gamma = &monitor.slots.slot[2];
	uint64_t before;

	(void)state;
	assert_int_equal(begin(2), 0);
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "one");
	assert_int_equal(commit(), 0);
	before = free_ram();
	gamma->ram = beta()->ram;
	assert_int_equal(begin(3), 0);
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "two");
	load_file(SWITCHYARD_FILE_MODULE, elf, SIZE, "");
	load_file(SWITCHYARD_FILE_MODULE, elf, 7, "");
	load_file(SWITCHYARD_FILE_MODULE, elf, 7, "");
	assert_int_equal(commit(), 0);
	assert_int_equal(gamma->kernel.base, beta()->kernel.base);
	assert_int_equal(gamma->module[0].base, beta()->kernel.base);
	assert_int_equal(gamma->module[1].base, gamma->module[2].base);
	assert_string_equal(gamma->kernel.string, "two");
	assert_int_equal(free_ram(), before - 2 * PAGE_SIZE);
	/* The same once more. */
	assert_int_equal(begin(2), 0);
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "");
	assert_int_equal(commit(), 0);
	assert_int_equal(gamma->kernel.base, beta()->kernel.base);
	assert_memory_equal(phys(gamma->kernel.base), elf, SIZE);
	/* Another image for both: the file is freed with the last of them. */
	elf[SIZE - 1] = 1;
	for (uint32_t number = 2; number <= 3; number++) {
		assert_int_equal(begin(number), 0);
		load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "");
		assert_int_equal(commit(), 0);
	}
	assert_int_equal(free_ram(), before + PAGE_SIZE); /* beta had a string */
}

/* A sum alone does not make files equal. */
static void the_same_sum_is_not_enough(void **state)
{
	(void)state;
	assert_int_equal(begin(2), 0);
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "");
	assert_int_equal(commit(), 0);
	((uint8_t *)phys(beta()->kernel.base))[SIZE - 1] ^= 1;
	assert_int_equal(begin(3), 0);
	monitor.slots.slot[2].ram = beta()->ram;
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "");
	assert_int_equal(commit(), 0);
	assert_int_not_equal(monitor.slots.slot[2].kernel.base, beta()->kernel.base);
	assert_memory_equal(phys(monitor.slots.slot[2].kernel.base), elf, SIZE);
}

static void steps_in_a_wrong_order(void **state)
{
	static const char none[] = "nothing is being loaded; expected LOAD_BEGIN first";

	(void)state;
	refused(SWITCHYARD_LOAD_COMMIT, (struct switchyard_call){0}, none);
	refused(SWITCHYARD_LOAD_FILE, (struct switchyard_call){.kind = 1, .bytes = 1}, none);
	refused(SWITCHYARD_LOAD_WRITE, (struct switchyard_call){.address = BUFFER_AT, .length = 1},
		none);
	assert_int_equal(call(SWITCHYARD_LOAD_ABORT, (struct switchyard_call){0}), 0);
	begin(2);
	refused(SWITCHYARD_LOAD_WRITE, (struct switchyard_call){.address = BUFFER_AT, .length = 1},
		"no file is incomplete; expected LOAD_FILE first");
	refused(SWITCHYARD_LOAD_FILE, (struct switchyard_call){.kind = 4, .bytes = 1},
		"a file of kind 4; expected 1 to 3");
	refused(SWITCHYARD_LOAD_FILE, (struct switchyard_call){.kind = 1}, "the file is empty");
	refused(SWITCHYARD_LOAD_FILE, (struct switchyard_call){.kind = 1, .bytes = UINT64_MAX},
		"no room: wanted 18446744073709551615 bytes in one piece; the largest free piece "
		"has 2044 KiB");
	refused(SWITCHYARD_LOAD_FILE,
		(struct switchyard_call){
			.kind = 1, .bytes = 1, .address = BUFFER_AT, .length = PAGE_SIZE},
		"a string of 4096 characters; 4095 is the most");
	assert_int_equal(file(SWITCHYARD_FILE_KERNEL, SIZE, ""), 0);
	refused(SWITCHYARD_LOAD_FILE, (struct switchyard_call){.kind = 2, .bytes = 1},
		"the file before is not complete");
	refused(SWITCHYARD_LOAD_WRITE,
		(struct switchyard_call){.address = BUFFER_AT, .length = 100},
		"a piece of 100 bytes, and 12283 are left of the file; expected whole pages, or "
		"the rest, and at most 262144");
	assert_int_equal(write_piece(elf, 0), SWITCHYARD_EREFUSED);
	assert_int_equal(write_piece(elf, 3 * PAGE_SIZE), SWITCHYARD_EREFUSED);
	assert_int_equal(write_piece(elf, PAGE_SIZE), 0);
	refused(SWITCHYARD_LOAD_COMMIT, (struct switchyard_call){0},
		"the last file is not complete");
	assert_int_equal(monitor.new_images.job[0], 0);
}

static void too_many_files(void **state)
{
	uint64_t before = free_ram();

	(void)state;
	begin(2);
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "a");
	refused(SWITCHYARD_LOAD_FILE, (struct switchyard_call){.kind = 1, .bytes = 1},
		"a second kernel; expected one");
	load_file(SWITCHYARD_FILE_INITRD, elf, SIZE, "");
	refused(SWITCHYARD_LOAD_FILE, (struct switchyard_call){.kind = 2, .bytes = 1},
		"a second initrd; expected one");
	for (uint32_t i = 0; i < SLOT_MAX_MODULES; i++)
		load_file(SWITCHYARD_FILE_MODULE, elf, 10 + i, "m");
	refused(SWITCHYARD_LOAD_FILE, (struct switchyard_call){.kind = 3, .bytes = 1},
		"module 9; 8 is the most");
	assert_int_equal(begin(2), 0); /* what was begun is forgotten */
	assert_int_equal(free_ram(), before - PAGE_SIZE);
	load_file(SWITCHYARD_FILE_INITRD, elf, SIZE, "");
	refused(SWITCHYARD_LOAD_COMMIT, (struct switchyard_call){0},
		"there is no kernel among the files");
	assert_int_equal(free_ram(), before);
}

/* Images that the slot can't run: nothing changes. */
static void images_that_do_not_fit(void **state)
{
	uint64_t before = free_ram();
	const struct slot old = *beta();

	(void)state;
	begin(2);
	load_file(SWITCHYARD_FILE_KERNEL, (const uint8_t *)"no kernel", 9, "");
	refused(SWITCHYARD_LOAD_COMMIT, (struct switchyard_call){0},
		"not a kernel of a known type: no bzImage, Multiboot or ELF magic");
	begin(2);
	load_file(SWITCHYARD_FILE_KERNEL, elf, 2 * PAGE_SIZE - 1, ""); /* cut short */
	assert_int_equal(commit(), SWITCHYARD_EREFUSED);
	make_kernel(BETA_AT + BETA_SIZE);
	begin(2);
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "");
	refused(SWITCHYARD_LOAD_COMMIT, (struct switchyard_call){0},
		"kernel is linked to 0x480000, outside of mem='s range 0x400000-0x480000");
	begin(2);
	load_file(SWITCHYARD_FILE_KERNEL, elf, SIZE, "");
	beta()->state = SWITCHYARD_RUNNING;
	refused(SWITCHYARD_LOAD_COMMIT, (struct switchyard_call){0},
		"slot beta is running; only a slot that does not run can be loaded");
	beta()->state = SWITCHYARD_READY;
	assert_memory_equal(beta(), &old, sizeof(old));
	assert_int_equal(free_ram(), before);
	assert_int_equal(published, 0);
}

static void kill_while_devices_work(void **state)
{
	const struct switchyard_call of_beta = {.slot = 2};

	(void)state;
	beta()->state = SWITCHYARD_PARKED;
	beta()->works = true;
	refused(SWITCHYARD_KILL, of_beta,
		"slot beta: its devices work while it is parked; kill it at the monitor's console, or "
		"start it afresh");
	beta()->works = false;
	assert_int_equal(call(SWITCHYARD_KILL, of_beta), 0);
}

/* beta is parked, and its disk works. alpha wants to go there. */
static void functions_of_others(void **state)
{
	struct switchyard_call ask = {.address = BUFFER_AT, .length = 4};
	uint16_t *found = phys(BUFFER_AT);

	(void)state;
	fake_pci_reset();
	for (uint32_t device = 16; device < 20; device++)
		fake_pci_add(-1, device, 0, 0x10001af4, 0x01000000, 0);
	pci_init();
	found[0] = found[1] = found[2] = 0xffff;
	assert_int_equal(call(SWITCHYARD_FUNCTIONS, ask), 0);
	assert_int_equal(the_call()->done, 0);
	pci_set_add(beta()->own.set, 1);
	pci_set_add(monitor.slots.slot[0].own.set, 0);
	assert_int_equal(call(SWITCHYARD_FUNCTIONS, ask), 0);
	assert_int_equal(the_call()->done, 1);
	assert_int_equal(found[0], PCI_ADDRESS(0, 17, 0));
	pci_functions()->function[2].works_for = 2;
	pci_functions()->function[3].works_for = 2;
	assert_int_equal(call(SWITCHYARD_FUNCTIONS, ask), 0);
	assert_int_equal(the_call()->done, 3);
	assert_int_equal(found[1], PCI_ADDRESS(0, 18, 0));
	assert_int_equal(found[2], 0xffff); /* there is no room for it */
	ask.address = BETA_AT;
	refused(SWITCHYARD_FUNCTIONS, ask,
		"a buffer of 4 bytes at 0x400000; expected all of it in this slot's RAM");
}

static void prepare(void **state)
{
	static const uint16_t uses[] = {PCI_ADDRESS(0, 16, 0), PCI_ADDRESS(9, 0, 0)};
	struct switchyard_call quick = {.slot = 2,
					.kind = SWITCHYARD_SWITCH | SWITCHYARD_QUICK,
					.address = BUFFER_AT,
					.length = sizeof(uses[0])};
	struct switchyard_call deep = quick;

	(void)state;
	fake_pci_reset();
	fake_pci_add(-1, 16, 0, 0x10001af4, 0x01000000, 0);
	pci_init();
	beta()->state = SWITCHYARD_PARKED;
	beta()->uses.told = true;
	memcpy(phys(BUFFER_AT), uses, sizeof(uses));
	assert_int_equal(call(SWITCHYARD_PREPARE, quick), 0);
	quick.length = 1;
	refused(SWITCHYARD_PREPARE, quick,
		"a list of 1 bytes; expected two for each of 128 functions at most");
	quick.length = 2 * PCI_MAX_FUNCTIONS + 2;
	refused(SWITCHYARD_PREPARE, quick,
		"a list of 258 bytes; expected two for each of 128 functions at most");
	quick.length = sizeof(uses);
	quick.bytes = 6;
	refused(SWITCHYARD_PREPARE, quick,
		"bits 0x6 beside the list; expected 0x1 and 0x2 at most");
	quick.bytes = 0;
	refused(SWITCHYARD_PREPARE, quick, "0000:09:00.0 was not there when the monitor started");
	deep.kind = SWITCHYARD_SWITCH;
	deep.length = sizeof(uses);
	assert_int_equal(call(SWITCHYARD_PREPARE, deep), 0); /* a deep switch suspends it */
	assert_false(monitor.slots.slot[0].uses.translates);
	fake_console.translates = true;
	assert_int_equal(call(SWITCHYARD_PREPARE, deep), 0);
	assert_true(monitor.slots.slot[0].uses.translates);
	fake_console.translates = false;
	deep.slot = 4;
	assert_int_equal(call(SWITCHYARD_PREPARE, deep), SWITCHYARD_ENOSLOT);
	deep.slot = 3;
	beta()->works = true;
	refused(SWITCHYARD_PREPARE, deep,
		"gamma would look at all devices when it starts, and those of beta work while it "
		"is parked");
	deep.kind |= SWITCHYARD_FORCED;
	assert_int_equal(call(SWITCHYARD_PREPARE, deep), 0);
	deep.address = BETA_AT;
	refused(SWITCHYARD_PREPARE, deep,
		"a buffer of 4 bytes at 0x400000; expected all of it in this slot's RAM");
}

/* CPUs that come along would change them one by one. */
static void memory_types(void **state)
{
	static const char reason[] =
		"its memory types (MTRRs) are not those of firmware, and all CPUs would have to "
		"change them at the same time; a deep switch can do that, without its other CPUs";
	struct switchyard_call quick = {.kind = SWITCHYARD_MONITOR | SWITCHYARD_QUICK};
	struct switchyard_call keeps = {.kind = SWITCHYARD_MONITOR | SWITCHYARD_KEEP_CPUS};
	struct switchyard_call deep = {.kind = SWITCHYARD_MONITOR};

	(void)state;
	fake_console.types_differ = true;
	refused(SWITCHYARD_PREPARE, quick, reason);
	refused(SWITCHYARD_PREPARE, keeps, reason);
	assert_int_equal(call(SWITCHYARD_PREPARE, deep), 0);
	fake_console.types_differ = false;
	assert_int_equal(call(SWITCHYARD_PREPARE, quick), 0);
	assert_int_equal(call(SWITCHYARD_PREPARE, keeps), 0);
}

static void devices(void **state)
{
	struct switchyard_call ask = {.address = BUFFER_AT, .length = PAGE_SIZE};
	const char *buffer = phys(BUFFER_AT);

	(void)state;
	fake_pci_reset();
	fake_pci_add(-1, 16, 0, 0x10001af4, 0x01000000, 0);
	fake_pci_add(-1, 17, 0, 0x10001af4, 0x01000000, 0);
	pci_init();
	assert_int_equal(call(SWITCHYARD_DEVICES, ask), 0);
	assert_int_equal(the_call()->done, 0);
	pci_set_add(monitor.slots.slot[0].own.set, 0);
	pci_set_add(beta()->own.set, 0);
	pci_set_add(beta()->own.set, 1);
	assert_int_equal(call(SWITCHYARD_DEVICES, ask), 0);
	assert_int_equal(the_call()->done, 13);
	assert_memory_equal(buffer, "0000:00:10.0\n", 14);
	ask.slot = 2;
	assert_int_equal(call(SWITCHYARD_DEVICES, ask), 0);
	assert_int_equal(the_call()->done, 26);
	assert_memory_equal(buffer, "0000:00:10.0\n0000:00:11.0\n", 27);
	ask.length = 25;
	memset(phys(BUFFER_AT), '!', PAGE_SIZE);
	assert_int_equal(call(SWITCHYARD_DEVICES, ask), 0);
	assert_int_equal(the_call()->done, 13);
	assert_memory_equal(buffer, "0000:00:10.0\n!", 14);
	ask.slot = 4;
	assert_int_equal(call(SWITCHYARD_DEVICES, ask), SWITCHYARD_ENOSLOT);
	ask.slot = 0;
	ask.address = BETA_AT;
	refused(SWITCHYARD_DEVICES, ask,
		"a buffer of 25 bytes at 0x400000; expected all of it in this slot's RAM");
}

/* Only of a slot that stands still. */
static void memory(void **state)
{
	struct switchyard_call ask = {.slot = 2, .address = BUFFER_AT, .length = PAGE_SIZE};
	const struct switchyard_memory *told = phys(BUFFER_AT);

	(void)state;
	refused(SWITCHYARD_MEMORY, ask,
		"slot beta is ready; expected one that is parked, crashed or interrupted");
	ask.slot = 1;
	refused(SWITCHYARD_MEMORY, ask,
		"slot alpha is running; expected one that is parked, crashed or interrupted");
	ask.slot = 4;
	assert_int_equal(call(SWITCHYARD_MEMORY, ask), SWITCHYARD_ENOSLOT);
	ask.slot = 2;
	beta()->state = SWITCHYARD_PARKED;
	beta()->turn = 5;
	assert_int_equal(call(SWITCHYARD_MEMORY, ask), 0);
	assert_int_equal(the_call()->done, sizeof(*told));
	assert_int_equal(told->turn, 5);
	assert_int_equal(told->range_count, 2);
	assert_int_equal(told->range[1].base, BETA_AT);
	assert_int_equal(told->note.size, 0);
	beta()->runs = 1; /* Linux ran there, and left no note */
	assert_int_equal(call(SWITCHYARD_MEMORY, ask), 0);
	assert_int_equal(told->note.size, 0);
	ask.length = sizeof(*told) - 1;
	refused(SWITCHYARD_MEMORY, ask,
		"a buffer of 151 bytes, too small for what there is to be told");
}

static void crashes(void)
{
	struct slot *gamma = &monitor.slots.slot[2];

	for (struct slot *slot = beta(); slot <= gamma; slot++) {
		slot->state = SWITCHYARD_RUNNING;
		slot->on_crash.kind = SUCCESSOR_SLOT;
		strcpy(slot->on_crash.slot, "alpha");
		life_apply(slot, LIFE_CRASH);
		strcpy(slot->crash, slot->name);
	}
	beta()->turn = 5;
	gamma->turn = 4;
}

/* The number of the slot that it takes; 0: there was none. */
static uint64_t take_crash(void)
{
	assert_int_equal(call(SWITCHYARD_TAKE_CRASH, (struct switchyard_call){0}), 0);
	return the_call()->done;
}

static int64_t settle_crash(uint32_t slot, uint32_t kind, uint64_t turn)
{
	return call(SWITCHYARD_SETTLE_CRASH,
		    (struct switchyard_call){.slot = slot, .kind = kind, .bytes = turn});
}

static void each_crash_is_taken_once(void **state)
{
	const struct slot *alpha = &monitor.slots.slot[0];

	(void)state;
	assert_int_equal(take_crash(), 0);
	crashes();
	assert_int_equal(care_seen(beta(), alpha), SWITCHYARD_CARE_OPEN);
	assert_int_equal(take_crash(), 3);
	assert_string_equal(the_call()->text, "gamma");
	assert_int_equal(take_crash(), 2);
	assert_string_equal(the_call()->text, "beta");
	assert_int_equal(care_seen(beta(), alpha), SWITCHYARD_CARE_TAKEN);
	assert_int_equal(take_crash(), 0);
	assert_int_equal(published, 2);

	life_apply(beta(), LIFE_LOAD); /* it is still the same crash */
	assert_int_equal(take_crash(), 0);
	life_apply(beta(), LIFE_KILL);
	assert_int_equal(care_seen(beta(), alpha), SWITCHYARD_CARE_NONE);
	life_apply(beta(), LIFE_BOOT);
	assert_int_equal(take_crash(), 0);
	life_apply(beta(), LIFE_CRASH);
	assert_int_equal(take_crash(), 2);
}

static void crashes_of_others(void **state)
{
	(void)state;
	crashes();
	strcpy(beta()->on_crash.slot, "gamma");
	monitor.slots.slot[2].on_crash.kind = SUCCESSOR_MONITOR;
	assert_int_equal(take_crash(), 0);
	assert_int_equal(care_seen(beta(), &monitor.slots.slot[0]), SWITCHYARD_CARE_NONE);
	beta()->care = SWITCHYARD_CARE_TAKEN;
	refused(SWITCHYARD_SETTLE_CRASH, (struct switchyard_call){.slot = 2, .bytes = 5},
		"slot beta: alpha has not taken such a crash of it");
	assert_int_equal(care_seen(beta(), &monitor.slots.slot[0]), SWITCHYARD_CARE_TAKEN);
}

static void a_crash_is_settled(void **state)
{
	const struct slot *alpha = &monitor.slots.slot[0];

	(void)state;
	crashes();
	assert_int_equal(settle_crash(2, SWITCHYARD_CARE_NONE, 5), SWITCHYARD_EREFUSED);
	take_crash();
	take_crash();
	assert_int_equal(settle_crash(2, SWITCHYARD_CARE_FAILED, 4), SWITCHYARD_EREFUSED);
	assert_int_equal(settle_crash(9, SWITCHYARD_CARE_FAILED, 5), SWITCHYARD_ENOSLOT);
	refused(SWITCHYARD_SETTLE_CRASH,
		(struct switchyard_call){.slot = 2, .kind = SWITCHYARD_CARE_OPEN, .bytes = 5},
		"slot beta: its crash can't become open; expected none or failed");
	assert_int_equal(settle_crash(2, SWITCHYARD_CARE_FAILED, 5), 0);
	assert_int_equal(care_seen(beta(), alpha), SWITCHYARD_CARE_FAILED);
	assert_int_equal(settle_crash(3, SWITCHYARD_CARE_NONE, 4), 0);
	assert_int_equal(care_seen(&monitor.slots.slot[2], alpha), SWITCHYARD_CARE_NONE);
	assert_int_equal(take_crash(), 0);
}

static void storage_is_told(void **state)
{
	struct switchyard_storage *told = phys(BUFFER_AT);
	const struct switchyard_call one = {.address = BUFFER_AT, .length = sizeof(*told)};

	(void)state;
	*told = (struct switchyard_storage){.use = SWITCHYARD_STORAGE_SWAP,
					    .sectors = 8,
					    .name = "/dev/vda2, swap"};
	refused(SWITCHYARD_STORAGE, (struct switchyard_call){.address = BUFFER_AT, .length = 129},
		"a list of 129 bytes; expected 128 for each of 16 block devices at most");
	refused(SWITCHYARD_STORAGE,
		(struct switchyard_call){.address = BUFFER_AT, .length = 17 * sizeof(*told)},
		"a list of 2176 bytes; expected 128 for each of 16 block devices at most");
	refused(SWITCHYARD_STORAGE, (struct switchyard_call){.address = BETA_AT, .length = 128},
		"a buffer of 128 bytes at 0x400000; expected all of it in this slot's RAM");
	assert_int_equal(call(SWITCHYARD_STORAGE, one), 0);
	assert_string_equal(storage_first_use(&monitor.storage, 0), "/dev/vda2, swap");
	assert_null(strstr(monitor.log.text, "uses"));
	told->use = SWITCHYARD_STORAGE_MORE + 1;
	refused(SWITCHYARD_STORAGE, one, "use 7 of a block device; expected 1 to 6");
	assert_int_equal(call(SWITCHYARD_STORAGE, (struct switchyard_call){0}), 0);
	assert_null(storage_first_use(&monitor.storage, 0));
}

/* Beta is parked, and has what alpha begins to use. */
static void storage_of_others(void **state)
{
	struct switchyard_storage *told = phys(BUFFER_AT);
	const struct switchyard_call room = {.address = BUFFER_AT, .length = 2 * sizeof(*told)};
	struct switchyard_storage entry = {.use = SWITCHYARD_STORAGE_SWAP,
					   .sectors = 8,
					   .name = "/dev/vda2, swap"};
	struct switchyard_call about_beta = room;
	struct error error;

	(void)state;
	beta()->state = SWITCHYARD_PARKED;
	assert_true(storage_tell(&monitor.storage, 1, beta(), &entry, 1, &error));
	assert_int_equal(call(SWITCHYARD_STORAGE_LIST, room), 0);
	assert_int_equal(the_call()->done, 1);
	assert_int_equal(told->slot, 2);
	assert_string_equal(told->name, "/dev/vda2, swap");
	about_beta.slot = 2;
	assert_int_equal(call(SWITCHYARD_STORAGE_LIST, about_beta), 0);
	assert_int_equal(the_call()->done, 1);
	about_beta.slot = 4;
	assert_int_equal(call(SWITCHYARD_STORAGE_LIST, about_beta), SWITCHYARD_ENOSLOT);
	refused(SWITCHYARD_STORAGE_LIST, (struct switchyard_call){.slot = 2},
		"a buffer of 0 bytes at 0; expected all of it in this slot's RAM");
	*told = entry;
	assert_int_equal(call(SWITCHYARD_STORAGE,
			      (struct switchyard_call){.address = BUFFER_AT, .length = 128}),
			 0);
	assert_non_null(strstr(monitor.log.text, "slot alpha uses /dev/vda2, swap, which slot beta "
						 "has as /dev/vda2, swap"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(hostile_calls, start),
		cmocka_unit_test_setup(hostile_buffers, start),
		cmocka_unit_test_setup(slots_that_are_not_there, start),
		cmocka_unit_test_setup(killing, start),
		cmocka_unit_test_setup(how_a_run_ended, start),
		cmocka_unit_test_setup(adding_and_removing, start),
		cmocka_unit_test_setup(an_added_slot_is_loaded, start),
		cmocka_unit_test_setup(the_log, start),
		cmocka_unit_test_setup(an_image_is_replaced, start),
		cmocka_unit_test_setup(a_parked_slot_goes_on, start),
		cmocka_unit_test_setup(loading_again_leaks_nothing, start),
		cmocka_unit_test_setup(equal_files_are_kept_once, start),
		cmocka_unit_test_setup(the_same_sum_is_not_enough, start),
		cmocka_unit_test_setup(steps_in_a_wrong_order, start),
		cmocka_unit_test_setup(too_many_files, start),
		cmocka_unit_test_setup(functions_of_others, start),
		cmocka_unit_test_setup(prepare, start),
		cmocka_unit_test_setup(memory_types, start),
		cmocka_unit_test_setup(devices, start),
		cmocka_unit_test_setup(memory, start),
		cmocka_unit_test_setup(kill_while_devices_work, start),
		cmocka_unit_test_setup(each_crash_is_taken_once, start),
		cmocka_unit_test_setup(crashes_of_others, start),
		cmocka_unit_test_setup(a_crash_is_settled, start),
		cmocka_unit_test_setup(images_that_do_not_fit, start),
		cmocka_unit_test_setup(storage_is_told, start),
		cmocka_unit_test_setup(storage_of_others, start),
	};

	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
