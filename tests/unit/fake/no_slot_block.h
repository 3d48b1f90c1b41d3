/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * no_slot_block.h - slots without a block that could change or hold tables, for a program that replaces
 * slot_block_publish(), too. One file of it includes this.
 */
#ifndef TESTS_NO_SLOT_BLOCK_H
#define TESTS_NO_SLOT_BLOCK_H

#include <stddef.h>
#include "monitor/switch/slot_block.h"

const char *slot_block_damage(const struct slot *slot)
{
	(void)slot;
	return NULL;
}

bool slot_block_allows(const struct monitor *monitor, const struct slot *slot, struct error *error)
{
	(void)monitor;
	(void)slot;
	(void)error;
	return true;
}

uint64_t slot_block_tables(const struct slot *slot)
{
	(void)slot;
	return 0;
}

struct slot_block *slot_block(const struct slot *slot)
{
	static struct slot_block block;

	(void)slot;
	return &block;
}

uint64_t slot_block_info(const struct slot *slot)
{
	(void)slot;
	return 0;
}

#endif
