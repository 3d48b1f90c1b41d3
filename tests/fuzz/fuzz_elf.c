// SPDX-License-Identifier: GPL-2.0-only
/* Plain ELF kernels, from their headers to segments in the slot's RAM. */
#include "loading.h"
#include "monitor/load/load_elf.h"

static void check(const struct loading *loading)
{
	struct error error;
	struct elf elf;

	if (loading->slot.type != SWITCHYARD_ELF)
		return;
	FUZZ_CHECK(elf_read(&loading->slot.kernel, &elf, &error));
	FUZZ_CHECK(loading->entry.ip >= elf.start && loading->entry.ip < elf.end);
	loading_at(loading, elf.start, elf.end - elf.start);
	/* What lies beside the segments is as it was. */
	if (elf.start > loading->slot.ram.base)
		loading_check_bytes(loading, elf.start - 1, 1, LOADING_RAM_BYTE);
	if (elf.end < loading->slot.ram.base + loading->slot.ram.size)
		loading_check_bytes(loading, elf.end, 1, LOADING_RAM_BYTE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};

	loading_run(&input, SWITCHYARD_ELF, check);
	return 0;
}
