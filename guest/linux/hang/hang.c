// SPDX-License-Identifier: GPL-2.0-only
/*
 * hang.c - a request that hangs: it ends, or gives up for another one, and the person is told
 * what keeps it.
 *
 * Before a deep switch, Linux waits for storage, for tasks and for devices. It waits without limit
 * for a sync and for disks that do not answer, so the driver looks at these first.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/suspend.h>
#include "core.h"

/*
 * For so long a request may wait for storage, and then be suspending Linux, before another request
 * makes it give up. Linux itself waits up to 20 s for tasks that do not stop.
 */
#define STORAGE_PATIENCE (1 * HZ)
#define SUSPEND_PATIENCE (5 * HZ)

/* A disk gets so long for one answer, if a sync has not shown already that storage is slow. */
#define ANSWER_MSEC 1000

/* The room for names in a reason: the longest text around them has to fit, too. */
#define NAMES_SIZE 100

static void may_take(struct switchyard_turn *turn, unsigned long patience)
{
	WRITE_ONCE(turn->hangs_from, (jiffies + patience) | 1);
}

void switchyard_hang_suspends(struct switchyard_turn *turn)
{
	may_take(turn, SUSPEND_PATIENCE);
}

void switchyard_hang_over(struct switchyard_turn *turn)
{
	WRITE_ONCE(turn->hangs_from, 0);
}

bool switchyard_hang_ends(struct switchyard_turn *turn)
{
	unsigned long from = READ_ONCE(turn->hangs_from);

	if (!from || time_before(jiffies, from))
		return READ_ONCE(turn->hurry);
	WRITE_ONCE(turn->hurry, true);
	switchyard_sync_wake();
	if (READ_ONCE(turn->task))
		pm_system_wakeup(); /* ends the wait for tasks, and calls the suspend off */
	return true;
}

static int give_up(struct switchyard_turn *turn)
{
	return switchyard_request_refuse(turn,
					 "it was kept waiting, and gave up for another request");
}

#define GO_WITHOUT "; ask again to go without that"

static int sync_with_limit(struct switchyard_turn *turn)
{
	int error = switchyard_sync(turn->aloud, &turn->hurry);
	char names[NAMES_SIZE];

	if (error == -ECANCELED)
		return give_up(turn);
	if (error != -ETIMEDOUT)
		return error;
	switchyard_stuck_name(names, sizeof(names));
	snprintf(turn->reason.text, sizeof(turn->reason.text),
		 "storage has not taken in %u s what is to be written: %s" GO_WITHOUT,
		 switchyard_sync_limit(), names);
	return -EOPNOTSUPP;
}

static int wait_for_disks(struct switchyard_turn *turn, unsigned int msec)
{
	char names[NAMES_SIZE];

	if (!switchyard_disks_stuck(msec, &turn->hurry, names, sizeof(names)))
		return 0;
	if (READ_ONCE(turn->hurry))
		return give_up(turn);
	snprintf(turn->reason.text, sizeof(turn->reason.text),
		 "not deep, because storage does not answer: %s", names);
	turn->hangs = true;
	return -EOPNOTSUPP;
}

int switchyard_hang_settle_storage(struct switchyard_turn *turn)
{
	bool syncs = switchyard_sync_limit() && !switchyard_sync_hangs() && turn->way->wants_sync();
	unsigned int msec = syncs ? switchyard_sync_limit() * MSEC_PER_SEC : ANSWER_MSEC;
	int error;

	may_take(turn, STORAGE_PATIENCE);
	error = syncs ? sync_with_limit(turn) : 0;
	if (!error)
		error = wait_for_disks(turn, msec);
	switchyard_hang_over(turn);
	return error;
}

int switchyard_hang_reason(struct switchyard_turn *turn, int error)
{
	char names[NAMES_SIZE];

	if (READ_ONCE(turn->hurry))
		return give_up(turn);
	if (turn->way->failed_device(names, sizeof(names))) {
		snprintf(turn->reason.text, sizeof(turn->reason.text),
			 "the device %s could not be suspended, error %d", names, error);
		return -EOPNOTSUPP;
	}
	if (error != -EBUSY || !switchyard_tasks_name(names, sizeof(names)))
		return error;
	snprintf(turn->reason.text, sizeof(turn->reason.text), "these tasks do not stop: %s",
		 names);
	turn->hangs = true;
	return -EOPNOTSUPP;
}
