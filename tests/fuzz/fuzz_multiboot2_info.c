// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes the loader's information, up to struct boot_info, options, slots and memory plan. */
#include "boot/multiboot2/loader_info.h"
#include "fuzz.h"
#include "monitor/config/lines.h"
#include "monitor/config/options.h"
#include "monitor/plan/plan_init.h"
#include "promises.h"

#define EBDA 0x9fc00u

static struct boot_info boot;
static struct slot_table table;
static struct plan plan;

static void check_boot_info(void)
{
	FUZZ_CHECK(memchr(boot.loader, '\0', sizeof(boot.loader)));
	FUZZ_CHECK(memchr(boot.options, '\0', sizeof(boot.options)));
	FUZZ_CHECK(boot.region_count <= BOOT_MAX_REGIONS);
	FUZZ_CHECK(boot.module_count <= BOOT_MAX_MODULES);
	FUZZ_CHECK(boot.rsdp_size <= sizeof(boot.rsdp));
	FUZZ_CHECK(memchr(boot.report, '\0', sizeof(boot.report)));
	FUZZ_CHECK(!boot.report[0] || boot.report[strlen(boot.report) - 1] == '\n');
	for (uint32_t i = 0; i < boot.module_count; i++) {
		FUZZ_CHECK(memchr(boot.module[i].line, '\0', sizeof(boot.module[i].line)));
		FUZZ_CHECK(boot.module[i].size <= UINT32_MAX - boot.module[i].base);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct options options;
	struct error error;
	void *information;

	if (size < sizeof(uint64_t))
		return 0;
	information = malloc(size); /* aligned; reads beyond its end are caught */
	FUZZ_CHECK(information);
	memcpy(information, bytes, size);
	memset(&boot, 0, sizeof(boot));
	multiboot2_boot_info(information, (uint32_t)size, &boot);
	free(information);
	check_boot_info();
	options_parse(boot.options, &options, promise_report, NULL);
	lines_parse(&boot, &table, promise_report, NULL);
	if (plan_init(&plan, &boot, EBDA, &error))
		promise_plan(&plan, &boot);
	else
		promise_error(&error);
	return 0;
}
