// SPDX-License-Identifier: GPL-2.0-only
/* fake_record.c - what records are made of, on a machine without memory map and PCI functions. */
#include "fake_record.h"
#include <stddef.h>
#include <string.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/platform/file_state.h"
#include "lib/units.h"
#include "lib/xxh64.h"
#include "monitor/switch/kept_state.h"

#define CONTEXT_AT 8 /* behind struct switchyard_record: what was spared comes first */

uint64_t fake_record_size(void)
{
	return sizeof(struct switchyard_record) + file_state_size();
}

struct cpu_context fake_record_cpu(const struct switchyard_record *record)
{
	struct cpu_context cpu;

	memcpy(&cpu, (const uint8_t *)(record + 1) + CONTEXT_AT, sizeof(cpu));
	return cpu;
}

void fake_record_set_cpu(struct switchyard_record *record, const struct cpu_context *cpu)
{
	memcpy((uint8_t *)(record + 1) + CONTEXT_AT, cpu, sizeof(*cpu));
}

void fake_record_sum(struct switchyard_record *record)
{
	size_t from = offsetof(struct switchyard_record, slot);

	record->sum = xxh64((const uint8_t *)record + from, fake_record_size() - from, 0);
}

void fake_record_make(const struct slot *slot, struct switchyard_record *record)
{
	struct cpu_context cpu = {
		.cr0 = CR0_MONITOR,
		.cr3 = slot->ram.base,
		.cr4 = CR4_PAE,
		.efer = EFER_LME | EFER_LMA,
	};

	memset(record, 0, fake_record_size());
	record->size = (uint32_t)fake_record_size();
	record->version = SWITCHYARD_RECORD_VERSION;
	memcpy(record->slot, slot->name, sizeof(record->slot));
	record->low = (struct switchyard_range){slot->low.base, slot->low.size};
	record->ram = (struct switchyard_range){slot->ram.base, slot->ram.size};
	record->block = slot->block.size;
	record->cpus = 1;
	record->cpu = file_state_cpu();
	record->devices = file_state_devices();
	record->state = file_state_form();
	record->state_size = (uint32_t)file_state_size();
	record->flags = SWITCHYARD_RECORD_DRIVER | SWITCHYARD_RECORD_STORAGE;
	record->runs = 1;
	fake_record_set_cpu(record, &cpu);
	fake_record_sum(record);
}

void fake_record_keep(uint32_t index, struct cpu_context *context, void *platform)
{
	*kept_state(index) = (struct kept_state){.cpu[0] = context, .platform = platform};
}
