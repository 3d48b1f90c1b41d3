// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/anchor.h"

struct gate_anchor gate_anchor;

void gate_init(gate_handler_fn handler)
{
	gate_anchor.handler = handler;
}

void gate_set_context(struct cpu_context *context)
{
	gate_anchor.context = context;
}

void gate_set_cr4(uint64_t cr4)
{
	gate_anchor.cr4 = cr4;
}

void gate_set_tables(const struct descriptor_pointer *gdtr, const struct descriptor_pointer *idtr,
		     uint64_t tss_descriptor, uint64_t stack)
{
	gate_anchor.gdtr = *gdtr;
	gate_anchor.idtr = *idtr;
	gate_anchor.tss_descriptor = tss_descriptor;
	gate_anchor.stack = stack;
}
