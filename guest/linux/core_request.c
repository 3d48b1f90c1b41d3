// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_request.c - requests to give the machine away: it checks them, and does the switch.
 *
 * The hooks provide the function that suspends Linux (switchyard_request_hook()). While Linux is
 * suspended, they call switchyard_request_enter(), and _end() when it is resumed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <asm/msr.h>
#include <asm/tsc.h>
#include "core.h"
#include "switchyard_check.h"
#include "switchyard_ioctl.h"
#include "switchyard_names.h"

/* For so long a suspend that a key has called off is tried again, after such a pause. */
#define WAKE_LIMIT	(5 * HZ)
#define WAKE_PAUSE_MSEC 50

/* How often a request looks whether the one before it has ended. */
#define TURN_PAUSE_MSEC 20

void switchyard_request_hook(const struct switchyard_way *way)
{
	struct switchyard_turn *turn = &switchyard_core.turn;

	mutex_lock(&turn->lock);
	turn->way = way;
	mutex_unlock(&turn->lock);
}

bool switchyard_request_suspends(void)
{
	return READ_ONCE(switchyard_core.turn.task) == current;
}

/* The CPUs that come along, for the argument of the gate. */
static u64 others(const struct switchyard_turn *turn)
{
	return turn->op & (SWITCHYARD_QUICK | SWITCHYARD_KEEP_CPUS)
		       ? (u64)(num_online_cpus() - 1) << SWITCHYARD_OTHERS_SHIFT
		       : 0;
}

static bool takes_snapshot(const struct switchyard_turn *turn)
{
	return (turn->op & ~SWITCHYARD_FLAGS) == SWITCHYARD_SNAPSHOT;
}

/*
 * The monitor counts how often this slot was resumed, and that count is not put back: since the
 * call of the gate, it was once if the snapshot was taken just now, else more often.
 */
static bool was_put_back(const struct switchyard_core *core)
{
	return READ_ONCE(core->info->slot[core->info->self - 1].runs) - core->turn.runs > 1;
}

int switchyard_request_enter(bool *left)
{
	struct switchyard_core *core = &switchyard_core;
	struct switchyard_turn *turn = &core->turn;
	u64 begin = rdtsc_ordered();

	turn->entered = true;
	turn->runs = READ_ONCE(core->info->slot[core->info->self - 1].runs);
	switchyard_hang_over(turn);
	switchyard_storage_tell();
	switchyard_clock_hold();
	switchyard_phase(SWITCHYARD_PHASE_AWAY);
	turn->result = switchyard_gate_call(&core->gate, turn->op, turn->slot | others(turn));
	switchyard_phase(SWITCHYARD_PHASE_CPUS_ON);
	switchyard_clock_release();
	turn->restored = takes_snapshot(turn) && was_put_back(core);
	/* Of all errors, these alone come after the slot was parked. */
	*left = !turn->result || turn->result == SWITCHYARD_EIMAGE ||
		(takes_snapshot(turn) && turn->result == SWITCHYARD_EREFUSED);
	if (turn->result)
		return -ECANCELED;

	core->returns++;
	core->away_usec = switchyard_clock_usec(begin, rdtsc_ordered());
	return 0;
}

void switchyard_request_park(void)
{
	switchyard_gate_call(&switchyard_core.gate, SWITCHYARD_PARK, 0);
}

void switchyard_request_end(void)
{
	const struct switchyard_turn *turn = &switchyard_core.turn;

	if (!turn->entered)
		return;
	switchyard_memory_zap();
	switchyard_keys_forget();
}

/*
 * Suspends Linux. It calls the suspend off with -EBUSY if a device wakes it up meanwhile, and a
 * keyboard does so whenever a key is pressed. The user wants to switch all the same, so this tries
 * again. Linux says -EBUSY as well if a task can't be frozen, but only after WAKE_LIMIT.
 */
static int suspend_despite_keys(struct switchyard_turn *turn)
{
	unsigned long limit = jiffies + WAKE_LIMIT;
	bool keep_cpus = turn->op & SWITCHYARD_KEEP_CPUS;
	int error = turn->way->suspend(keep_cpus);

	while (error == -EBUSY && !turn->entered && !READ_ONCE(turn->hurry) &&
	       time_before(jiffies, limit)) {
		msleep(WAKE_PAUSE_MSEC);
		error = turn->way->suspend(keep_cpus);
	}
	return error;
}

int switchyard_request_refuse(struct switchyard_turn *turn, const char *reason)
{
	strscpy(turn->reason.text, reason, sizeof(turn->reason.text));
	return -EOPNOTSUPP;
}

/*
 * Tells the monitor which PCI functions this kernel uses, and asks if it allows the request.
 * Returns 0, or -EOPNOTSUPP and fills turn->reason.
 */
static int prepare(struct switchyard_turn *turn, u32 op, u32 slot)
{
	u16 *uses = kcalloc(SWITCHYARD_MOST_USES, sizeof(*uses), GFP_KERNEL);
	const char *reason;
	u32 count, besides;
	int error;

	if (!uses)
		return -ENOMEM;
	besides = turn->way->find_uses(uses, &count, &reason);
	if (besides & SWITCHYARD_USES_MORE && op & SWITCHYARD_QUICK)
		error = switchyard_request_refuse(turn, reason);
	else
		error = switchyard_service_prepare(op, slot, uses, count, besides, &turn->reason);
	kfree(uses);
	return error;
}

/*
 * If the monitor does not let the other CPUs come along, or is so old that it can't, they go
 * offline.
 */
static int prepare_deep(struct switchyard_turn *turn)
{
	int error = -EOPNOTSUPP;

	if (turn->way->can_keep_cpus)
		error = prepare(turn, turn->op | SWITCHYARD_KEEP_CPUS, turn->slot);
	if (error == -EOPNOTSUPP)
		return prepare(turn, turn->op, turn->slot);
	turn->op |= SWITCHYARD_KEEP_CPUS;
	return error;
}

/* What may be otherwise in a deep switch. */
static bool refused_at_the_gate(s64 result)
{
	return result == SWITCHYARD_EAGAIN || result == SWITCHYARD_ESTATE ||
	       result == SWITCHYARD_EREFUSED;
}

/* The monitor could not take the snapshot, and this slot has gone on. */
static int refused_by_gate(struct switchyard_turn *turn)
{
	if (!takes_snapshot(turn) || turn->result != SWITCHYARD_EREFUSED)
		return switchyard_request_refuse(turn, switchyard_error_text(turn->result));
	switchyard_snapshot_failed(&turn->reason);
	return -EOPNOTSUPP;
}

/*
 * Makes a quick switch: no task is frozen, no device is suspended, no CPU goes offline. The hooks
 * stop all CPUs, each of them enters the gate, and goes on where it was. Returns as
 * request_suspend().
 */
static int quick_switch(struct switchyard_turn *turn, s32 *result)
{
	int error;

	do {
		const char *reason = turn->way->why_not_quick();

		error = reason ? switchyard_request_refuse(turn, reason)
			       : prepare(turn, turn->op, turn->slot);
		if (error)
			return error;
		switchyard_phase(SWITCHYARD_PHASE_CPUS_OFF);
		switchyard_memory_hold();
		error = turn->way->stop();
		switchyard_memory_go_on();
	} while (error == -EAGAIN);
	if (!turn->entered)
		return error;
	switchyard_request_end();
	if (refused_at_the_gate(turn->result)) {
		turn->entered = false;
		return refused_by_gate(turn);
	}
	*result = turn->result;
	return 0;
}

/* The caller holds turn->lock and has set op and slot. Returns as switchyard_request_run() does. */
static int request_suspend(struct switchyard_turn *turn, bool force, s32 *result)
{
	int error;

	if (!force && turn->way->find_lost(&turn->lost))
		return -ENOTRECOVERABLE;
	error = prepare_deep(turn);
	if (error)
		return error;

	switchyard_phase(SWITCHYARD_PHASE_FREEZE);
	error = switchyard_hang_settle_storage(turn);
	if (error)
		return error;
	WRITE_ONCE(turn->task, current);
	switchyard_hang_suspends(turn);
	error = suspend_despite_keys(turn);
	switchyard_hang_over(turn);
	if (!turn->entered && READ_ONCE(turn->hurry))
		turn->way->forget_wakeup();
	WRITE_ONCE(turn->task, NULL);

	if (turn->entered && takes_snapshot(turn) && turn->result == SWITCHYARD_EREFUSED)
		return refused_by_gate(turn);
	if (turn->entered) {
		*result = turn->result;
		return 0;
	}
	/* If there is no error, /sys/power/pm_test made the PM core return before the switch. */
	return error ? switchyard_hang_reason(turn, error) : -ECANCELED;
}

static bool opens_console(const struct switchyard_turn *turn)
{
	return (turn->op & ~(SWITCHYARD_QUICK | SWITCHYARD_FORCED)) == SWITCHYARD_MONITOR;
}

/*
 * A quick switch waits for nobody. The monitor refuses it if the next slot would use a device that
 * goes on working, unless it is forced: so that is not done here, but for the console.
 */
static int quick_instead(struct switchyard_turn *turn, s32 *result)
{
	struct switchyard_reason deep = turn->reason, quick;
	int error;

	if (turn->op & SWITCHYARD_FORCED && !opens_console(turn))
		return -EOPNOTSUPP;
	turn->op |= SWITCHYARD_QUICK;
	error = quick_switch(turn, result);
	turn->op &= ~SWITCHYARD_QUICK;
	if (!error)
		pr_notice("quick: %s\n", deep.text);
	if (error != -EOPNOTSUPP)
		return error;
	quick = turn->reason;
	snprintf(turn->reason.text, sizeof(turn->reason.text), "%.100s; nor quick: %s", deep.text,
		 quick.text);
	return error;
}

/*
 * A deep switch. If something would keep it for ever, the quick one is a way out. The console needs
 * no device of this kernel, so a person who asks for it because the request before hung gets it
 * at once.
 */
static int deep_switch(struct switchyard_turn *turn, bool force, s32 *result)
{
	int error;

	turn->hangs = false;
	if (turn->after_hang && opens_console(turn)) {
		switchyard_request_refuse(turn, "the request before this one hung");
		if (!quick_instead(turn, result))
			return 0;
	}
	error = request_suspend(turn, force, result);
	/* A quick snapshot is of less use than the one that was asked for. */
	return error == -EOPNOTSUPP && turn->hangs && !takes_snapshot(turn)
		       ? quick_instead(turn, result)
		       : error;
}

/*
 * The same, with programs before and after it. The ones before it come before devices are looked
 * at, because one may unload a driver that can't suspend. If nothing comes of the switch, the ones
 * after it undo what the first did.
 */
static int request_with_programs(struct switchyard_turn *turn, const char *to, bool force,
				 s32 *result)
{
	int error;

	/* The driver is being loaded or unloaded. */
	if (!turn->way)
		return -EBUSY;
	turn->entered = false;
	turn->restored = false;
	switchyard_times_begin();
	switchyard_clock_note_rtc();
	switchyard_programs_run("pre", to);
	if (turn->op & SWITCHYARD_QUICK) {
		switchyard_storage_look_before_quick();
		error = quick_switch(turn, result);
	} else {
		switchyard_storage_look();
		error = deep_switch(turn, force, result);
	}

	/*
	 * A key that was pressed meanwhile would leave again as soon as somebody comes back. But
	 * the one for which this request gives up counts.
	 */
	if (turn->entered)
		WRITE_ONCE(turn->hurry, false);
	if (!READ_ONCE(turn->hurry))
		cancel_work(&turn->later);
	WRITE_ONCE(turn->back, true);
	switchyard_memory_update();
	if (turn->entered)
		switchyard_storage_doubt_media();
	if (turn->entered && turn->op & SWITCHYARD_QUICK)
		switchyard_storage_look_after_quick();
	else if (turn->entered)
		switchyard_storage_look();
	switchyard_phase(SWITCHYARD_PHASE_POST);
	switchyard_programs_run("post", to);
	if (turn->entered && !*result)
		switchyard_times_end(to);
	return error;
}

/*
 * While a switch is under way, this fails, unless that one hangs: then it gives up. One that is
 * back, and only runs its programs, is waited for, because a key must not be lost. The caller does
 * not sleep in mutex_lock(), where it could not be frozen if yet another request came first.
 */
static bool take_turn(struct switchyard_turn *turn)
{
	while (!mutex_trylock(&turn->lock)) {
		if ((!READ_ONCE(turn->back) && !switchyard_hang_ends(turn)) ||
		    signal_pending(current))
			return false;
		msleep(TURN_PAUSE_MSEC);
	}
	WRITE_ONCE(turn->back, false);
	turn->after_hang = xchg(&turn->hurry, false);
	turn->aloud = current->flags & PF_WQ_WORKER;
	return true;
}

/* The name of the target, which the monitor may write anew at any time. */
static void copy_target(const struct switchyard_info *info, u32 slot, char to[SWITCHYARD_NAME_SIZE])
{
	strscpy(to, slot ? info->slot[slot - 1].name : "monitor", SWITCHYARD_NAME_SIZE);
}

/* argument: of the gate. to: what programs are told, and the table of the last switches. */
static int run_in_turn(struct switchyard_core *core, u32 op, u32 argument, const char *to,
		       bool force, struct switchyard_answer *answer)
{
	struct switchyard_turn *turn = &core->turn;
	bool entered;
	int error;

	if (!take_turn(turn))
		return -EBUSY;
	turn->op = op | (force ? SWITCHYARD_FORCED : 0);
	turn->slot = argument;
	error = request_with_programs(turn, to, force, &answer->result);
	answer->lost = turn->lost;
	answer->reason = turn->reason;
	answer->restored = turn->restored;
	entered = turn->entered;
	mutex_unlock(&turn->lock);
	if (entered)
		switchyard_programs_after_crash();
	return error;
}

int switchyard_request_run(struct switchyard_core *core, u32 op, u32 slot, bool force,
			   struct switchyard_answer *answer)
{
	const struct switchyard_info *info = core->info;
	char to[SWITCHYARD_NAME_SIZE];

	/* A request that the gate would refuse is refused here, so that nothing is suspended. */
	answer->result = switchyard_check(info->slot, info->slot_count, info->self, op, slot);
	if (answer->result)
		return 0;
	copy_target(info, switchyard_target(op & ~SWITCHYARD_QUICK, slot), to);
	return run_in_turn(core, op, slot, to, force, answer);
}

int switchyard_request_snapshot(struct switchyard_core *core, u32 flags, u32 id, const char *to,
				bool force, struct switchyard_answer *answer)
{
	answer->result = 0;
	return run_in_turn(core, SWITCHYARD_SNAPSHOT | flags, id, to, force, answer);
}

/* The way that this slot's line wants. If the quick one is refused, the deep one is taken. */
static int run_by_line(struct switchyard_core *core, u32 op, u32 slot,
		       struct switchyard_answer *answer)
{
	const struct switchyard_slot *self = &core->info->slot[core->info->self - 1];
	int error;

	if (self->flags & SWITCHYARD_SLOT_QUICK) {
		error = switchyard_request_run(core, op | SWITCHYARD_QUICK, slot, false, answer);
		if (error != -EOPNOTSUPP)
			return error;
		pr_notice("deep, because a quick switch is refused: %s\n", answer->reason.text);
	}
	return switchyard_request_run(core, op, slot, false, answer);
}

/* A failure is an error of the kernel, so that the person who has pressed the key sees it. */
static void request_work(struct work_struct *work)
{
	struct switchyard_core *core = container_of(work, struct switchyard_core, turn.later);
	u32 slot = READ_ONCE(core->turn.later_slot);
	struct switchyard_answer answer;
	const char *text;
	int error;

	error = run_by_line(core, slot ? SWITCHYARD_SWITCH : SWITCHYARD_MONITOR, slot, &answer);
	text = switchyard_suspend_text(-error);
	if (error == -ENOTRECOVERABLE)
		pr_err(SWITCHYARD_LOST_TEXT "\n", "not switched", answer.lost.device,
		       answer.lost.driver);
	else if (error == -EOPNOTSUPP)
		pr_err("not switched: %s\n", answer.reason.text);
	else if (error)
		pr_err("not switched: Linux could not be suspended, error %d: %s\n", error,
		       text ? text : "the lines above say why");
	else if (answer.result)
		pr_err("not switched to slot %u: %s\n", slot, switchyard_error_text(answer.result));
}

void switchyard_request_later(struct switchyard_core *core, u32 slot)
{
	WRITE_ONCE(core->turn.later_slot, slot);
	switchyard_hang_ends(&core->turn);
	queue_work(core->turn.queue, &core->turn.later);
}

int switchyard_request_init(struct switchyard_core *core)
{
	struct switchyard_turn *turn = &core->turn;

	mutex_init(&turn->lock);
	INIT_WORK(&turn->later, request_work);
	/*
	 * The queue is not freezable, or it would freeze itself. It is not bound to a CPU, because
	 * CPUs go offline. It is not a shared queue, because a device that suspends may wait for
	 * it.
	 */
	turn->queue = alloc_workqueue("switchyard", WQ_UNBOUND, 1);
	if (!turn->queue) {
		pr_err("no memory for a work queue\n");
		return -ENOMEM;
	}
	return 0;
}

void switchyard_request_exit(struct switchyard_core *core)
{
	destroy_workqueue(core->turn.queue);
}
