// SPDX-License-Identifier: GPL-2.0-only
/*
 * write_core.c - writes a core file of a 32-bit kernel's memory, one page with two CPUs, to its
 * standard output. test_core_registers.py builds it for the host.
 */
#include <stdio.h>
#include "guest/linux/format/core_notes.h"

#define PAGE	 4096
#define PAGE_AT	 (16u << 20)
#define LOW	 0xc0000000u
#define HEADERS	 (2 * PAGE)
#define MARK	 "a page of RAM"
#define REGISTER 0x51000000u /* and its number */

static const char own[] = "SLOT=beta\n";

static struct {
	struct switchyard_memory memory;
	struct switchyard_registers cpu[2];
} told;

static uint8_t file[HEADERS + PAGE] __attribute__((aligned(8)));

int main(void)
{
	const struct switchyard_core_of of = {
		.memory = &told.memory,
		.own = own,
		.own_size = sizeof(own) - 1,
		.ram = HEADERS,
	};

	told.memory = (struct switchyard_memory){.size = sizeof(told.memory),
						 .cpu_size = sizeof(told.cpu[0]),
						 .cpu_count = 2,
						 .range_count = 1,
						 .range = {{.base = PAGE_AT, .size = PAGE}},
						 .direct = LOW,
						 .bits = 32};
	for (uint32_t i = 0; i < 2; i++)
		told.cpu[i] = (struct switchyard_registers){.cpu = i,
							    .rax = REGISTER,
							    .rcx = REGISTER + 1,
							    .rdx = REGISTER + 2,
							    .rbx = REGISTER + 3,
							    .rsp = REGISTER + 4,
							    .rbp = REGISTER + 5,
							    .rsi = REGISTER + 6,
							    .rdi = REGISTER + 7,
							    .rip = LOW + PAGE_AT + i,
							    .rflags = 0x246,
							    .cs = 0x60,
							    .ss = 0x68,
							    .ds = 0x7b,
							    .es = 0x7c,
							    .fs = 0xd8,
							    .gs = 0xe0};
	switchyard_core_write(file, &of);
	memcpy(file + HEADERS, MARK, sizeof(MARK));
	return fwrite(file, sizeof(file), 1, stdout) == 1 ? 0 : 1;
}
