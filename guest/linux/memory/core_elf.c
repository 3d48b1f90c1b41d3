// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_elf.c - the headers of a file of another slot's memory, or of a snapshot.
 * format/core_notes.h says what they are.
 */
#include <linux/elfcore.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include "core.h"
#include "format/core_notes.h"
#include "memory/slot_files.h"
#include "switchyard_names.h"

#define OWN_ROOM   256
#define LEVEL_FREE 16 /* what makedumpfile calls it when free pages are left out */

static_assert(sizeof(struct switchyard_prstatus) == sizeof(struct elf_prstatus));
static_assert(offsetof(struct switchyard_prstatus, pid) ==
	      offsetof(struct elf_prstatus, common.pr_pid));
static_assert(offsetof(struct switchyard_prstatus, r15) == offsetof(struct elf_prstatus, pr_reg));

/*
 * What the file is of, in lines. A tool that leaves pages out changes the level, and one that
 * writes a file to restore from adds the sum.
 */
static u32 write_own(char *text, const struct switchyard_memory *memory,
		     const struct switchyard_of *of)
{
	const struct switchyard_snapshot *snapshot = of->snapshot;
	u32 level = snapshot && snapshot->free ? LEVEL_FREE : 0;
	u32 size = scnprintf(text, OWN_ROOM, "SLOT=%s\nSTATE=%s\nTURN=%u\nLEVEL=%-2u\n", of->slot,
			     switchyard_state_name(memory->state), memory->turn, level);

	if (snapshot)
		size += scnprintf(text + size, OWN_ROOM - size, "SNAPSHOT=%.16s\nSUM=%s\n",
				  snapshot->name, SWITCHYARD_NO_SUM);
	return size;
}

void *switchyard_elf_make(const struct switchyard_memory *memory, const struct switchyard_of *whose,
			  const void *vmcoreinfo, u64 *size)
{
	char own[OWN_ROOM];
	struct switchyard_core_of of = {
		.memory = memory,
		.vmcoreinfo = vmcoreinfo,
		.own = own,
		.own_size = write_own(own, memory, whose),
		.record = whose->record,
		.record_size = whose->record ? whose->record->size : 0,
	};
	void *bytes;

	*size = PAGE_ALIGN(switchyard_core_room(memory, of.own_size + of.record_size));
	of.ram = *size;
	bytes = alloc_pages_exact(*size, GFP_KERNEL | __GFP_ZERO);
	if (bytes)
		switchyard_core_write(bytes, &of);
	return bytes;
}
