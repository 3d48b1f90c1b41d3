// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/dump/dump_slot.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/memory/phys.h"
#include "guest/linux/format/core_notes.h"
#include "guest/linux/switchyard_check.h"
#include "guest/linux/switchyard_names.h"
#include "lib/print.h"
#include "lib/string.h"
#include "monitor/config/own_words.h"
#include "monitor/load/bzimage.h"
#include "monitor/load/load_linux.h"
#include "monitor/plan/pool.h"

#define OWN_ROOM    128 /* bytes of the lines in our note */
#define TAKE_PIECES 2	/* into which RAM of the pool is cut at most */

_Static_assert(SWITCHYARD_NOTE_HEADER == VMCOREINFO_HEADER, "both skip the same");

/* What is told of a slot, with the registers of all CPUs behind it. */
static union {
	struct switchyard_memory memory;
	uint8_t bytes[sizeof(struct switchyard_memory) +
		      GATE_MAX_CPUS * sizeof(struct switchyard_registers)];
} told;

/* Behind this word, Linux takes no more of its own, and the monitor appends. */
static bool has_end_of_words(const char *line)
{
	return own_words_given(line, "--");
}

bool dump_slot_possible(const struct slot *slot, const struct slot *via, struct error *error)
{
	if (slot == via)
		return fail(error, "slot %s can't show its own memory; expected another slot",
			    slot->name);
	if (!switchyard_stands_still(slot->state))
		return fail(error,
			    "slot %s is %s; expected one that is parked, crashed or interrupted",
			    slot->name, switchyard_state_name(slot->state));
	if (via->state != SWITCHYARD_READY && via->state != SWITCHYARD_CRASHED)
		return fail(error,
			    "slot %s is %s; expected one that is ready or crashed, because it "
			    "starts afresh",
			    via->name, switchyard_state_name(via->state));
	if (via->type != SWITCHYARD_LINUX)
		return fail(error, "slot %s has no Linux kernel; only that has a /proc/vmcore",
			    via->name);
	if (own_words_given(via->kernel.string, LOAD_LINUX_VMCORE))
		return fail(error,
			    "slot %s: its command line has " LOAD_LINUX_VMCORE
			    " already, and that wins",
			    via->name);
	if (has_end_of_words(via->kernel.string))
		return fail(error,
			    "slot %s: its command line has \"--\", so Linux would not take "
			    "what is appended",
			    via->name);
	return true;
}

/* Linux takes headers of its own kind of kernel; one of 32 bits takes those of x86-64, too. */
static bool takes_64_only(const struct slot *via)
{
	struct bzimage bzimage;
	struct error ignored;

	return !bzimage_read(&via->kernel, &bzimage, &ignored) || bzimage.entry_64;
}

/* Takes RAM for the headers of what is told, and writes them. */
static bool write_headers(struct plan *plan, const struct slot *slot, struct slot *via,
			  struct error *error)
{
	const struct switchyard_memory *memory = &told.memory;
	char own[OWN_ROOM];
	struct switchyard_core_of of = {
		.memory = memory,
		.vmcoreinfo = memory->note.size ? phys(memory->note.base) : NULL,
		.own = own,
		.ram = SWITCHYARD_CORE_PHYSICAL,
		.as_64 = takes_64_only(via),
	};
	uint64_t size;

	of.own_size =
		(uint32_t)format_text(own, sizeof(own), "SLOT=%s\nSTATE=%s\nTURN=%u\n", slot->name,
				      switchyard_state_name(slot->state), memory->turn);
	size = page_up(switchyard_core_room(memory, of.own_size));
	if (!pool_can_drop(plan, TAKE_PIECES, error) || !pool_take(plan, size, &of.at, error))
		return false;
	memset(phys(of.at), 0, size);
	switchyard_core_write(phys(of.at), &of);
	via->vmcore = (struct region){.base = of.at, .size = size, .type = REGION_RESERVED};
	memcpy(via->dumps, slot->name, sizeof(via->dumps));
	return true;
}

bool dump_slot_make(struct plan *plan, const struct slot_memory *from, struct slot *via,
		    struct error *error)
{
	struct error reason;

	dump_slot_drop(plan, via);
	if (!slot_memory_tell(from, &told, sizeof(told)))
		return fail(error, "slot %s has more CPUs than are known", from->slot->name);
	if (!write_headers(plan, from->slot, via, error))
		return false;
	if (load_linux_line_fits(via, &reason))
		return true;
	dump_slot_drop(plan, via);
	return fail(error, "slot %s: %s", via->name, reason.text);
}

bool dump_slot_changes_kind(const struct slot_memory *from, const struct slot *via)
{
	return slot_memory_tell(from, &told, sizeof(told)) && switchyard_core_is_32(&told.memory) &&
	       takes_64_only(via);
}

void dump_slot_drop(struct plan *plan, struct slot *via)
{
	if (via->vmcore.size)
		pool_give(plan, via->vmcore.base, via->vmcore.size);
	via->vmcore.size = 0;
	via->dumps[0] = '\0';
}

/* True if its kernel reads the other slot's memory, or will when it goes on. */
static bool reads(const struct slot *via)
{
	return via->vmcore.size &&
	       (via->state == SWITCHYARD_RUNNING ||
		(switchyard_stands_still(via->state) && via->state != SWITCHYARD_CRASHED));
}

bool dump_slot_allows(const struct slot_table *slots, const struct slot *slot, struct error *error)
{
	for (uint32_t i = 0; i < slots->count; i++) {
		const struct slot *via = &slots->slot[i];

		if (reads(via) && !strcmp(via->dumps, slot->name))
			return fail(error,
				    "slot %s: its memory is slot %s's /proc/vmcore until that one "
				    "ends or is killed",
				    slot->name, via->name);
	}
	return true;
}
