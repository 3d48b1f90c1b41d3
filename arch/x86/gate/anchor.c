// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/anchor.h"

struct gate_anchor gate_anchor;

void gate_init(gate_handler_fn handler)
{
	gate_anchor.handler = handler;
}

void gate_set_cr4(uint64_t cr4)
{
	gate_anchor.cr4 = cr4;
}

void gate_set_idt(const struct descriptor_pointer *idtr)
{
	gate_anchor.idtr = *idtr;
}
