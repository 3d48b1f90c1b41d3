// SPDX-License-Identifier: GPL-2.0-only
/*
 * stuck.c - finds what does not stop: disks that do not answer, and tasks that wait for them or
 * for anything else, and can't be woken.
 *
 * A deep switch waits without limit for the requests that a disk has: drivers wait for them before
 * they suspend it (blk_mq_freeze_queue() in virtio_blk, for one).
 */
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <asm/unwind.h>
#include "core.h"

/*
 * A row for each disk and partition, with the number of requests
 * (Documentation/admin-guide/iostats.rst).
 */
#define DISKS	   "/proc/diskstats"
#define DISKS_SIZE (32 << 10)

#define MOST_DISKS 16
#define MOST_CALLS 8

/* How often a disk is looked at again. */
#define LOOK_MSEC 20

/* The disks that have requests under way. */
struct disks {
	unsigned int count;
	struct disk {
		char name[32];
		unsigned int under_way;
		unsigned long done;
	} disk[MOST_DISKS];
};

/* "vda1" of "vda", "nvme0n1p2" of "nvme0n1". */
static bool is_part_of(const char *name, const char *disk)
{
	size_t length = strlen(disk);

	if (!length || strncmp(name, disk, length))
		return false;
	name += length;
	if (*name == 'p')
		name++;
	return isdigit(*name);
}

static bool read_disk(const char *row, struct disk *disk)
{
	unsigned long reads, writes, discards, flushes;

	if (sscanf(row,
		   " %*u %*u %31s %lu %*u %*u %*u %lu %*u %*u %*u %u %*u %*u %lu %*u %*u %*u %lu",
		   disk->name, &reads, &writes, &disk->under_way, &discards, &flushes) != 6)
		return false;
	disk->done = reads + writes + discards + flushes;
	return true;
}

static void read_disks(char *rows, struct disks *disks)
{
	struct disk disk = {""};
	char whole[32] = "";
	char *row;

	while ((row = strsep(&rows, "\n")) && disks->count < MOST_DISKS) {
		if (!read_disk(row, &disk) || is_part_of(disk.name, whole))
			continue;
		strscpy(whole, disk.name, sizeof(whole));
		if (disk.under_way)
			disks->disk[disks->count++] = disk;
	}
}

/* If they can't be read, there are none. */
static void find_disks(struct disks *disks)
{
	char *rows = kmalloc(DISKS_SIZE, GFP_KERNEL);

	disks->count = 0;
	if (rows && switchyard_file_read(DISKS, rows, DISKS_SIZE) > 0)
		read_disks(rows, disks);
	kfree(rows);
}

static bool same_requests(const struct disk *disk, const struct disks *now)
{
	unsigned int i;

	for (i = 0; i < now->count; i++)
		if (!strcmp(now->disk[i].name, disk->name))
			return now->disk[i].done == disk->done;
	return false;
}

/* Keeps those disks of before that have answered nothing since. */
static void keep_stuck(struct disks *before, const struct disks *now)
{
	unsigned int i, kept = 0;

	for (i = 0; i < before->count; i++)
		if (same_requests(&before->disk[i], now))
			before->disk[kept++] = before->disk[i];
	before->count = kept;
}

static void wait_for_answers(struct disks *disks, struct disks *now, unsigned int msec,
			     const bool *hurry)
{
	unsigned long limit = jiffies + msecs_to_jiffies(msec);

	find_disks(disks);
	while (disks->count && time_before(jiffies, limit) && !READ_ONCE(*hurry)) {
		msleep(LOOK_MSEC);
		find_disks(now);
		keep_stuck(disks, now);
	}
}

/* Adds to a list, and returns its new length. What does not fit as a whole is left out. */
static __printf(4, 5) size_t add_to(char *text, size_t size, size_t length, const char *format, ...)
{
	va_list args;
	int more;

	va_start(args, format);
	more = vsnprintf(text + length, size - length, format, args);
	va_end(args);
	if (more < size - length)
		return length + more;
	text[length] = '\0';
	return length;
}

static const char *comma(size_t length)
{
	return length ? ", " : "";
}

static size_t name_disks(const struct disks *disks, char *text, size_t size)
{
	size_t length = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < disks->count; i++)
		length = add_to(text, size, length, "%s%s has %u request%s under way",
				comma(length), disks->disk[i].name, disks->disk[i].under_way,
				disks->disk[i].under_way == 1 ? "" : "s");
	return length;
}

bool switchyard_disks_stuck(unsigned int msec, const bool *hurry, char *text, size_t size)
{
	struct disks *disks = kmalloc_array(2, sizeof(*disks), GFP_KERNEL);
	bool stuck;

	if (!disks)
		return false;
	wait_for_answers(&disks[0], &disks[1], msec, hurry);
	stuck = disks->count;
	if (stuck)
		name_disks(disks, text, size);
	kfree(disks);
	return stuck;
}

size_t switchyard_disks_name(char *text, size_t size)
{
	struct disks *disks = kmalloc(sizeof(*disks), GFP_KERNEL);
	size_t length = 0;
	unsigned int i;

	text[0] = '\0';
	if (!disks)
		return 0;
	find_disks(disks);
	for (i = 0; i < disks->count; i++)
		length = add_to(text, size, length, "%s%s", comma(length), disks->disk[i].name);
	kfree(disks);
	return length;
}

/* It waits, and only what it waits for wakes it. The kernel's idle threads are not meant. */
static bool stands(const struct task_struct *task)
{
	unsigned int state = READ_ONCE(task->__state);

	return state & TASK_UNINTERRUPTIBLE && !(state & TASK_NOLOAD);
}

/*
 * The lock keeps the task from being woken, so its stack stays as it is. (The kernel's own
 * get_wchan() does the same, and is not exported.)
 */
static unsigned int find_calls(struct task_struct *task, unsigned long call[MOST_CALLS])
{
	struct unwind_state state;
	unsigned int count = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&task->pi_lock, flags);
	if (stands(task) && !task->on_rq && !READ_ONCE(task->on_cpu)) {
		unwind_start(&state, task, NULL, NULL);
		for (; count < MOST_CALLS && !unwind_done(&state); unwind_next_frame(&state)) {
			call[count] = unwind_get_return_address(&state);
			if (!call[count])
				break;
			count++;
		}
	}
	raw_spin_unlock_irqrestore(&task->pi_lock, flags);
	return count;
}

/* The first function that is not the scheduler's. */
static void name_call(struct task_struct *task, char name[KSYM_SYMBOL_LEN])
{
	unsigned long call[MOST_CALLS];
	unsigned int i, count = find_calls(task, call);

	name[0] = '\0';
	for (i = 0; i < count; i++) {
		sprint_symbol_no_offset(name, call[i]);
		if (!strstr(name, "schedule"))
			return;
	}
}

static size_t name_task(struct task_struct *task, char *text, size_t size, size_t length)
{
	static char call[KSYM_SYMBOL_LEN]; /* the caller has turn->lock */

	name_call(task, call);
	return add_to(text, size, length, "%s%s (%d)%s%s", comma(length), task->comm, task->pid,
		      call[0] ? " waits in " : "", call);
}

/* Those of programs, or the kernel's own. */
static size_t name_some(bool kernels, char *text, size_t size, size_t length)
{
	struct task_struct *process, *task;

	rcu_read_lock();
	for_each_process_thread (process, task) {
		if (stands(task) && !!(task->flags & PF_KTHREAD) == kernels)
			length = name_task(task, text, size, length);
	}
	rcu_read_unlock();
	return length;
}

static size_t name_tasks(char *text, size_t size, size_t length)
{
	length = name_some(false, text, size, length);
	return name_some(true, text, size, length);
}

size_t switchyard_tasks_name(char *text, size_t size)
{
	text[0] = '\0';
	return name_tasks(text, size, 0);
}

size_t switchyard_stuck_name(char *text, size_t size)
{
	struct disks *disks = kmalloc(sizeof(*disks), GFP_KERNEL);
	size_t length = 0;

	text[0] = '\0';
	if (disks) {
		find_disks(disks);
		length = name_disks(disks, text, size);
		kfree(disks);
	}
	return name_tasks(text, size, length);
}
