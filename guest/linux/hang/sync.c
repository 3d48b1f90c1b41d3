// SPDX-License-Identifier: GPL-2.0-only
/*
 * sync.c - writes to storage what is to be written, before Linux is suspended, and does not
 * wait for ever.
 *
 * A disk or a server may be dead. A task that syncs then can't be woken, so a thread of its own
 * does it. If the thread has not ended when the limit is over, the request fails, and the person is
 * told what does not answer. Requests after that go without a sync for as long as the thread hangs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/suspend.h>
#include <linux/wait.h>
#include "core.h"

/* At a terminal that is not asked for it, the progress is told less often. */
#define TOLD_SECONDS 3

static unsigned int sync_limit = 10;
module_param(sync_limit, uint, 0644);
MODULE_PARM_DESC(sync_limit,
		 "For so many seconds a switch waits for storage (0: it does not sync)");

static DECLARE_WAIT_QUEUE_HEAD(changed);
static bool under_way;		  /* the thread syncs */
static unsigned long waits_since; /* in jiffies; 0: no request waits for it */

static int sync_thread(void *none)
{
	ksys_sync_helper();
	smp_store_release(&under_way, false); /* what it wrote is seen by whoever reads this */
	wake_up_all(&changed);
	module_put_and_kthread_exit(0);
}

static int begin_sync(void)
{
	struct task_struct *thread;

	__module_get(THIS_MODULE);
	WRITE_ONCE(under_way, true);
	thread = kthread_run(sync_thread, NULL, "switchyard_sync");
	if (!IS_ERR(thread))
		return 0;
	WRITE_ONCE(under_way, false);
	module_put(THIS_MODULE);
	return PTR_ERR(thread);
}

static unsigned int seconds_since(unsigned long since)
{
	return (jiffies - since) / HZ;
}

void switchyard_sync_waiting(char *text, size_t size)
{
	unsigned long since = READ_ONCE(waits_since);
	unsigned int seconds = since ? seconds_since(since) : 0;
	char disks[64];

	text[0] = '\0';
	if (!seconds)
		return;
	switchyard_disks_name(disks, sizeof(disks));
	scnprintf(text, size, "waiting for storage%s%s, %u s", disks[0] ? ": " : "", disks,
		  seconds);
}

void switchyard_sync_wake(void)
{
	wake_up_all(&changed);
}

/* A person who has pressed a key sees the kernel's errors. syctl asks for the progress itself. */
static void tell_progress(bool aloud, unsigned int seconds)
{
	char text[SWITCHYARD_TEXT_SIZE];

	if (!aloud || seconds % TOLD_SECONDS)
		return;
	switchyard_sync_waiting(text, sizeof(text));
	if (text[0])
		pr_err("%s\n", text);
}

bool switchyard_sync_hangs(void)
{
	return smp_load_acquire(&under_way); /* with sync_thread() */
}

static bool is_over(const bool *hurry)
{
	return !switchyard_sync_hangs() || READ_ONCE(*hurry);
}

/* Returns 0 if the thread has ended, -ETIMEDOUT, -EINTR for a signal, or -ECANCELED for a hurry. */
static int wait_for_thread(bool aloud, const bool *hurry)
{
	unsigned long begin = jiffies;
	unsigned int limit = READ_ONCE(sync_limit);
	unsigned int seconds;

	for (seconds = 1; seconds <= limit; seconds++) {
		unsigned long next = begin + seconds * HZ;
		long left = max_t(long, next - jiffies, 1);

		left = wait_event_interruptible_timeout(changed, is_over(hurry), left);
		if (!switchyard_sync_hangs())
			return 0;
		if (READ_ONCE(*hurry))
			return -ECANCELED;
		if (left < 0)
			return -EINTR;
		if (seconds < limit)
			tell_progress(aloud, seconds);
	}
	return -ETIMEDOUT;
}

unsigned int switchyard_sync_limit(void)
{
	return READ_ONCE(sync_limit);
}

int switchyard_sync(bool aloud, const bool *hurry)
{
	int error = begin_sync();

	if (error)
		return error;
	WRITE_ONCE(waits_since, jiffies | 1);
	error = wait_for_thread(aloud, hurry);
	WRITE_ONCE(waits_since, 0);
	return error;
}
