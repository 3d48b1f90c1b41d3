/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switch.c - a fake of monitor/switch/switch.h for tests that start no slot. Its functions fail.
 */
#include "monitor/switch/switch.h"

bool switch_boot(struct monitor *monitor, struct slot *slot, struct error *error)
{
	(void)monitor;
	return fail(error, "this fake can't boot %s", slot->name);
}

bool switch_boot_force(struct monitor *monitor, struct slot *slot, struct error *error)
{
	(void)monitor;
	return fail(error, "this fake can't force a start of %s", slot->name);
}

bool switch_try(struct monitor *monitor, struct slot *slot, const struct slot *tries,
		struct error *error)
{
	(void)monitor;
	return fail(error, "this fake can't try %s for %s", slot->name, tries->name);
}

bool switch_dump(struct monitor *monitor, const struct slot *slot, struct slot *via,
		 struct error *error)
{
	(void)monitor;
	return fail(error, "this fake can't show %s in %s", slot->name, via->name);
}

bool switch_to(struct monitor *monitor, struct slot *slot, struct error *error)
{
	(void)monitor;
	return fail(error, "this fake can't switch to %s", slot->name);
}

bool switch_force(struct monitor *monitor, struct slot *slot, struct error *error)
{
	(void)monitor;
	return fail(error, "this fake can't force %s", slot->name);
}

bool switch_kill(struct monitor *monitor, struct slot *slot, struct error *error)
{
	(void)monitor;
	return fail(error, "this fake can't kill %s", slot->name);
}
