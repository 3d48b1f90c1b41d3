// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes plain ELF kernels, from their headers to segments in the slot's RAM. */
#include "loading.h"
#include "monitor/load/elf_kernel.h"

static void check(const struct loading *loading)
{
	struct error error;
	struct elf_kernel kernel;

	if (loading->slot.type != SWITCHYARD_ELF)
		return;
	FUZZ_CHECK(elf_kernel_read(&loading->slot.kernel, &kernel, &error));
	FUZZ_CHECK(loading->entry.ip >= kernel.start && loading->entry.ip < kernel.end);
	loading_at(loading, kernel.start, kernel.end - kernel.start);
	/* Memory beside the segments must be unchanged. */
	if (kernel.start > loading->slot.ram.base)
		loading_check_bytes(loading, kernel.start - 1, 1, LOADING_RAM_BYTE);
	if (kernel.end < loading->slot.ram.base + loading->slot.ram.size)
		loading_check_bytes(loading, kernel.end, 1, LOADING_RAM_BYTE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};

	loading_run(&input, SWITCHYARD_ELF, check);
	return 0;
}
