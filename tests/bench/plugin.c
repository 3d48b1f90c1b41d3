// SPDX-License-Identifier: GPL-2.0-only
/*
 * plugin.c - a TCG plugin for QEMU, which sees what the monitor does without a change of the monitor.
 *
 *   low=A,high=A,enter=A,out=F   counts a hop: from that instruction, in [low, high), to the next one
 *                                outside. Firmware that runs in the same memory before is not counted
 *   enter=A,leave=A,out=F        writes the host's clock when these two instructions are executed
 *   through=A                    beside both: only if that instruction was executed in between
 *
 * Only the boot CPU is watched. In a quick switch the others are in the gate, too, and wait for it.
 *
 * F gets lines, for a counted hop:
 *   hop INSTRUCTIONS             all that were executed
 *   at ADDRESS COUNT             how often this instruction was
 *   page ADDRESS READ WRITTEN TOUCHED    different bytes of this page
 *   end
 * and else: stamp ENTER LEAVE, in nanoseconds.
 *
 * Addresses are linear. The monitor maps all memory to itself, so they are physical, too.
 * Debian has no package with qemu-plugin.h, so what is used of it is declared here. The Makefile says
 * which version of the interface QEMU has; these functions are the same in all of them.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { NO_REGISTERS = 0 };   /* qemu_plugin_cb_flags */
enum { READ_AND_WRITE = 3 }; /* qemu_plugin_mem_rw */

typedef void exec_function(unsigned int cpu, void *data);
typedef void memory_function(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
			     void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*function)(qemu_plugin_id_t,
							    struct qemu_plugin_tb *));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction,
					    exec_function *function, int flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction,
				      memory_function *function, int flags, int kind, void *data);
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);

EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int count, char **words);

#define BOOT_CPU   0
#define PAGE_SIZE  4096
#define PAGE_COUNT (1u << 20) /* below 4 GiB */

/* Which bytes of a page were read and written in this hop. */
struct page {
	bool read[PAGE_SIZE];
	bool written[PAGE_SIZE];
};

static struct {
	uint64_t low, high; /* counting: the monitor's image */
	uint64_t enter;
	uint64_t leave;	  /* stamping */
	uint64_t through; /* 0: none */
	bool went_through;
	FILE *file;
	bool inside; /* the monitor runs */
	uint64_t instructions;
	uint64_t entered; /* nanoseconds */
	uint32_t *counts; /* by address - low */
	struct page *pages[PAGE_COUNT];
} plugin;

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void print_page(uint64_t number)
{
	struct page *page = plugin.pages[number];
	unsigned int read = 0, written = 0, touched = 0;

	for (unsigned int at = 0; at < PAGE_SIZE; at++) {
		read += page->read[at];
		written += page->written[at];
		touched += page->read[at] || page->written[at];
	}
	fprintf(plugin.file, "page %" PRIx64 " %u %u %u\n", number * PAGE_SIZE, read, written,
		touched);
}

static void print_hop(void)
{
	fprintf(plugin.file, "hop %" PRIu64 "\n", plugin.instructions);
	for (uint64_t at = 0; at < plugin.high - plugin.low; at++)
		if (plugin.counts[at])
			fprintf(plugin.file, "at %" PRIx64 " %u\n", plugin.low + at,
				plugin.counts[at]);
	for (uint64_t number = 0; number < PAGE_COUNT; number++)
		if (plugin.pages[number])
			print_page(number);
	fprintf(plugin.file, "end\n");
	fflush(plugin.file);
}

static void forget_hop(void)
{
	plugin.instructions = 0;
	memset(plugin.counts, 0, (plugin.high - plugin.low) * sizeof(*plugin.counts));
	for (uint64_t number = 0; number < PAGE_COUNT; number++) {
		free(plugin.pages[number]);
		plugin.pages[number] = NULL;
	}
}

static void executed_inside(unsigned int cpu, void *address)
{
	if (cpu != BOOT_CPU)
		return;
	if ((uint64_t)address == plugin.enter && !plugin.inside) {
		forget_hop();
		plugin.inside = true;
		plugin.went_through = false;
	}
	if (!plugin.inside)
		return;
	plugin.instructions++;
	plugin.counts[(uint64_t)address - plugin.low]++;
}

static bool is_wanted(void)
{
	return plugin.went_through || !plugin.through;
}

static void passed(unsigned int cpu, void *data)
{
	(void)data;
	if (cpu == BOOT_CPU)
		plugin.went_through = true;
}

static void executed_outside(unsigned int cpu, void *data)
{
	(void)data;
	if (cpu != BOOT_CPU)
		return;
	if (plugin.inside && is_wanted())
		print_hop();
	plugin.inside = false;
}

static void accessed(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
	(void)data;
	if (!plugin.inside || cpu != BOOT_CPU)
		return;
	for (uint64_t end = address + (1u << qemu_plugin_mem_size_shift(info)); address < end;
	     address++) {
		uint64_t number = address / PAGE_SIZE;

		if (number >= PAGE_COUNT)
			return;
		if (!plugin.pages[number])
			plugin.pages[number] = calloc(1, sizeof(struct page));
		if (qemu_plugin_mem_is_store(info))
			plugin.pages[number]->written[address % PAGE_SIZE] = true;
		else
			plugin.pages[number]->read[address % PAGE_SIZE] = true;
	}
}

static void entered(unsigned int cpu, void *data)
{
	(void)data;
	if (cpu != BOOT_CPU)
		return;
	plugin.entered = nanoseconds();
	plugin.went_through = false;
}

static void left(unsigned int cpu, void *data)
{
	(void)data;
	if (cpu != BOOT_CPU || !is_wanted())
		return;
	fprintf(plugin.file, "stamp %" PRIu64 " %" PRIu64 "\n", plugin.entered, nanoseconds());
	fflush(plugin.file);
}

static void watch(struct qemu_plugin_insn *instruction, exec_function *function, uint64_t address)
{
	qemu_plugin_register_vcpu_insn_exec_cb(instruction, function, NO_REGISTERS,
					       (void *)address);
}

static bool is_inside(uint64_t address)
{
	return address >= plugin.low && address < plugin.high;
}

static void instruction_translated(struct qemu_plugin_insn *instruction)
{
	uint64_t address = qemu_plugin_insn_vaddr(instruction);

	if (address == plugin.through)
		watch(instruction, passed, address);
	if (plugin.leave) {
		if (address == plugin.enter)
			watch(instruction, entered, address);
		if (address == plugin.leave)
			watch(instruction, left, address);
	} else if (is_inside(address)) {
		watch(instruction, executed_inside, address);
		qemu_plugin_register_vcpu_mem_cb(instruction, accessed, NO_REGISTERS,
						 READ_AND_WRITE, NULL);
	}
}

/* A block lies inside or outside as a whole, because a jump leads from one to the other. */
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(block, 0);

	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++)
		instruction_translated(qemu_plugin_tb_get_insn(block, i));
	if (!plugin.leave && !is_inside(qemu_plugin_insn_vaddr(first)))
		watch(first, executed_outside, 0);
}

/* One word: NAME=VALUE. */
static bool take_word(const char *word)
{
	const char *value = strchr(word, '=');

	if (!value)
		return false;
	value++;
	if (!strncmp(word, "out=", 4))
		plugin.file = fopen(value, "w");
	else if (!strncmp(word, "low=", 4))
		plugin.low = strtoull(value, NULL, 0);
	else if (!strncmp(word, "high=", 5))
		plugin.high = strtoull(value, NULL, 0);
	else if (!strncmp(word, "enter=", 6))
		plugin.enter = strtoull(value, NULL, 0);
	else if (!strncmp(word, "leave=", 6))
		plugin.leave = strtoull(value, NULL, 0);
	else if (!strncmp(word, "through=", 8))
		plugin.through = strtoull(value, NULL, 0);
	else
		return false;
	return true;
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int count, char **words)
{
	(void)info;
	for (int i = 0; i < count; i++) {
		if (!take_word(words[i])) {
			fprintf(stderr, "error: plugin: unknown word %s\n", words[i]);
			return 1;
		}
	}
	if (!plugin.file || !plugin.enter || (!plugin.leave && plugin.high <= plugin.low)) {
		fprintf(stderr, "error: plugin: out=, enter=, and low= and high= or leave= "
				"are needed\n");
		return 1;
	}
	plugin.counts = calloc(plugin.high - plugin.low + 1, sizeof(*plugin.counts));
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
