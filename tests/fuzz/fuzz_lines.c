// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes the monitor's options, in the input's first line, and the modules' lines after it. */
#include "fuzz.h"
#include "monitor/config/lines.h"
#include "monitor/config/options.h"
#include "promises.h"

static struct boot_info boot;
static struct slot_table table;

/* Copies a line, and moves *input behind it. Returns true if the line was too long and is cut. */
static bool take_line(struct fuzz_input *input, char *to)
{
	const uint8_t *end = memchr(input->bytes, '\n', input->size);
	size_t length = end ? (size_t)(end - input->bytes) : input->size;
	size_t kept = length < BOOT_LINE_SIZE - 1 ? length : BOOT_LINE_SIZE - 1;

	memcpy(to, input->bytes, kept);
	to[kept] = '\0';
	length += end != NULL;
	input->bytes += length;
	input->size -= length;
	return kept < length - (end != NULL);
}

static void check_slot(const struct slot *slot)
{
	size_t length = strlen(slot->name);

	FUZZ_CHECK(length >= 1 && length < SWITCHYARD_NAME_SIZE);
	FUZZ_CHECK(slot->want_size && slot->kernel.size && slot->kernel.string);
	FUZZ_CHECK(slot->module_count <= SLOT_MAX_MODULES);
	FUZZ_CHECK(!slot->cpus || slot->cpus & 1);
	FUZZ_CHECK(slot->devices.count <= SLOT_MAX_DEVICES);
	for (uint32_t i = 0; i < slot->devices.count; i++)
		FUZZ_CHECK(!slot->devices.device[i].is_kind || !slot->devices.device[i].address);
	FUZZ_CHECK(!slot->has_base || slot->want_base + slot->want_size <= UINT64_C(1) << 52);
	for (uint32_t i = 0; i < slot->module_count; i++)
		FUZZ_CHECK(slot->module[i].string &&
			   strlen(slot->module[i].string) < BOOT_LINE_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	struct options options;

	boot.options_truncated = take_line(&input, boot.options);
	for (boot.module_count = 0; input.size && boot.module_count < BOOT_MAX_MODULES;) {
		struct boot_module *module = &boot.module[boot.module_count++];

		module->truncated = take_line(&input, module->line);
		module->base = (uint64_t)boot.module_count << 20;
		module->size = module->line[0] != '!'; /* this one's file is empty */
	}
	options_parse(boot.options, &options, promise_report, NULL);
	FUZZ_CHECK(options.timeout >= -1 && options.baud && 115200 % options.baud == 0);
	lines_parse(&boot, &table, promise_report, NULL);
	FUZZ_CHECK(table.count <= SWITCHYARD_MAX_SLOTS);
	for (uint32_t i = 0; i < table.count; i++) {
		check_slot(&table.slot[i]);
		FUZZ_CHECK(slot_find(&table, table.slot[i].name) == &table.slot[i]);
	}
	return 0;
}
