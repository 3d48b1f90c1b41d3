// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * core.c - the memory of a slot that does not run, as a file: `core`.
 */
#include "core_file.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "switchyard_check.h"
#include "switchyard_names.h"

int open_core(int device, const char *name, struct core *core)
{
	struct switchyard_list list;
	uint32_t number;
	struct stat status;
	Elf32_Ehdr elf;

	if (!get_list(device, &list) || !(number = named_slot(&list, name)))
		return EXIT_FAILED;
	core->slot = list.slot[number - 1];
	if (!switchyard_stands_still(core->slot.state))
		return fail("%s is %s; expected a slot that is parked, crashed or interrupted",
			    name, switchyard_state_name(core->slot.state));
	snprintf(core->path, sizeof(core->path), SWITCHYARD_MEMORY_FOLDER "/%s", name);
	core->file = open(core->path, O_RDONLY | O_CLOEXEC);
	if (core->file < 0 || fstat(core->file, &status) < 0)
		return fail("%s: %s", core->path, strerror(errno));
	core->size = (uint64_t)status.st_size;
	if (pread(core->file, &elf, sizeof(elf), 0) != sizeof(elf))
		return fail("%s: %s", core->path, strerror(errno));
	core->is_32 = elf.e_machine == EM_386; /* at the same place in headers of 64 bits */
	return EXIT_DONE;
}

/* So that what a person finds in it is not taken for a fault of the kernel. */
void warn_of_changes(const struct core *core)
{
	if (core->slot.flags & SWITCHYARD_SLOT_WORKS)
		fprintf(stderr,
			"%s is parked quick: its devices may write to its memory while it is "
			"read\n",
			core->slot.name);
}

int show_core(int device, const char *name, bool json)
{
	struct core core;

	if (open_core(device, name, &core) != EXIT_DONE)
		return EXIT_FAILED;
	warn_of_changes(&core);
	if (json)
		printf("{\"slot\": \"%s\", \"state\": \"%s\", \"path\": \"%s\", \"size\": %llu, "
		       "\"turn\": %u, \"changes\": %s}\n",
		       name, switchyard_state_name(core.slot.state), core.path,
		       (unsigned long long)core.size, core.slot.turn,
		       core.slot.flags & SWITCHYARD_SLOT_WORKS ? "true" : "false");
	else
		puts(core.path);
	close(core.file);
	return EXIT_DONE;
}
