// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_quick.c - a quick switch: no task is frozen, no device is suspended, no CPU goes offline.
 *
 * The hooks stop all CPUs. Each of them enters the gate, and goes on where it was. The devices go on
 * working for this kernel. So the monitor has to know which they are, and no other slot may use them.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <linux/string.h>
#include "core.h"
#include "switchyard_check.h"

static int refuse(struct switchyard_turn *turn, const char *reason)
{
	strscpy(turn->reason.text, reason, sizeof(turn->reason.text));
	return -EOPNOTSUPP;
}

int switchyard_quick_prepare(struct switchyard_turn *turn, u32 op, u32 slot)
{
	u16 *uses = kcalloc(SWITCHYARD_MOST_USES, sizeof(*uses), GFP_KERNEL);
	const char *reason;
	int count, error;

	if (!uses)
		return -ENOMEM;
	count = turn->way->find_uses(uses, &reason);
	if (count < 0 && op & SWITCHYARD_QUICK)
		error = refuse(turn, reason);
	else
		error = switchyard_service_prepare(op, slot, uses, max(count, 0), &turn->reason);
	kfree(uses);
	return error;
}

/* The caller holds turn->lock. */
static int quick_switch(struct switchyard_turn *turn, u32 slot, s32 *result)
{
	const char *reason;
	int error;

	if (!turn->way)
		return -EBUSY;
	reason = turn->way->why_not_quick();
	error = reason ? refuse(turn, reason) : switchyard_quick_prepare(turn, turn->op, slot);
	if (error)
		return error;
	turn->entered = false;
	switchyard_request_begin();
	error = turn->way->stop();
	if (!turn->entered)
		return error;
	*result = turn->result;
	switchyard_request_end();
	return 0;
}

int switchyard_quick_run(struct switchyard_core *core, u32 op, u32 slot, bool force, s32 *result)
{
	const struct switchyard_info *info = core->info;
	struct switchyard_turn *turn = &core->turn;
	int error;

	op |= SWITCHYARD_QUICK | (force ? SWITCHYARD_FORCED : 0);
	*result = switchyard_check(info->slot, info->slot_count, info->self, op, slot);
	if (*result)
		return 0;
	if (!mutex_trylock(&turn->lock))
		return -EBUSY;
	turn->op = op;
	turn->slot = slot;
	error = quick_switch(turn, slot, result);
	cancel_work(&turn->later);
	mutex_unlock(&turn->lock);
	return error;
}

void switchyard_request_park(void)
{
	switchyard_gate_call(&switchyard_core.gate, SWITCHYARD_PARK, 0);
}
