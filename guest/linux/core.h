/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core.h - what the parts of the driver's core share.
 *
 * core_device.c and core_keys.c receive requests. core_service.c asks the monitor for services.
 * core_request.c gives the machine away and gets it back, and calls core_gate.c, which calls the
 * gate. core_programs.c runs programs before and after that, and core_clock.c knows how long it
 * took. Those in memory/ show programs other slots' memory and snapshots (memory/slot_files.h), and
 * core_snapshot.c takes these. Those in storage/ see to block devices: storage.c tells which ones
 * are in use, guard.c holds those of parked slots, and media.c sees if USB disks were exchanged.
 * Those in hang/ see to requests that hang: hang.c ends them, sync.c writes to storage what is to
 * be written, stuck.c finds what does not stop, and files.c reads files of the kernel's own.
 *
 * Functions named *_init() return 0 or a negative errno, and print the reason. *_exit() undoes
 * them.
 */
#ifndef SWITCHYARD_CORE_PARTS_H
#define SWITCHYARD_CORE_PARTS_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "switchyard.h"
#include "switchyard_core.h"

/* The gate, and the top-level page table that CR3 points to while the gate is called. */
struct switchyard_gate {
	u64 entry;    /* physical address of the function */
	u64 identity; /* physical address of the table that maps the first 512 GiB to themselves */
	u64 **top;    /* for each CPU a page of our own, filled at each call */
};

/* The state of a switch. Only one switch can be under way. */
struct switchyard_turn {
	struct mutex lock;		  /* held while a switch is under way */
	const struct switchyard_way *way; /* set by the hooks; NULL: they are not loaded */
	struct switchyard_lost lost;	  /* why the last request failed with -ENOTRECOVERABLE */
	struct task_struct *task;	  /* it calls suspend() for us; NULL: no task does */
	bool entered;			  /* the gate was called */
	struct switchyard_reason reason;  /* why the last request failed with -EOPNOTSUPP */
	u32 op;				  /* enum switchyard_op, with flags */
	u64 slot;			  /* its argument */
	s64 result;			  /* what the gate returned */
	u64 runs;			  /* of this slot when the gate was called */
	bool restored;			  /* it came back at a snapshot that was put back */
	bool back;			  /* the last switch has come back, or failed */
	bool aloud;			  /* by a key: the person sees only the kernel's errors */
	bool hangs;			  /* what the reason names would keep it for ever */
	bool after_hang;		  /* the request before it hung, and gave up for it */
	bool hurry;			  /* it hangs, and another request has come */
	unsigned long hangs_from;	  /* jiffies at which it counts as hanging; 0: never */

	struct workqueue_struct *queue; /* for requests from interrupts */
	struct work_struct later;
	u32 later_slot; /* 0: the monitor */
};

/* What came of a request, besides the errno. */
struct switchyard_answer {
	s32 result;			 /* of the gate */
	struct switchyard_lost lost;	 /* of -ENOTRECOVERABLE */
	struct switchyard_reason reason; /* of -EOPNOTSUPP */
	bool restored; /* a snapshot was taken long ago, and this slot was put back to it */
};

/*
 * The core's state. It is a global, because callbacks of the PM core, of syscore and of SysRq take
 * no context.
 */
struct switchyard_core {
	struct switchyard_info *info; /* owned by the monitor; we write only its notes */
	struct switchyard_gate gate;
	struct switchyard_turn turn;
	u64 returns;   /* how often we were parked and came back */
	u64 away_usec; /* how long we were parked the last time */
};

extern struct switchyard_core switchyard_core;

int switchyard_gate_init(struct switchyard_gate *gate, const struct switchyard_info *info);
void switchyard_gate_exit(struct switchyard_gate *gate);

/* The instructions around the call: core_gate_call.S has its contract. */
s64 switchyard_gate_call_asm(u64 op, u64 arg, u64 entry, u64 cr3);

/*
 * Calls the gate with interrupts off, in any context, even in an NMI. On a CPU that is not the boot
 * CPU, only services, PARK and what never returns are allowed. Several CPUs may be here at once.
 * Returns 0 when this slot is resumed, or a negative enum switchyard_error (switchyard.h).
 */
s64 switchyard_gate_call(const struct switchyard_gate *gate, u64 op, u64 arg);

int switchyard_service_init(void);
void switchyard_service_exit(void);

/*
 * Asks the monitor for a service for a program that has opened file. It sleeps. It returns 0 with
 * the answer in *ask, or a negative errno if the monitor was not asked: see struct switchyard_ask.
 */
struct file;
int switchyard_service_ask(const struct file *file, struct switchyard_ask *ask);

/*
 * The same for the driver itself. buffer is memory of the kernel in one piece, ask->length bytes;
 * ask->buffer counts for nothing.
 */
int switchyard_service_ask_kernel(struct switchyard_ask *ask, void *buffer);

/* Asks the monitor to write info->slot[] anew. If it can't be asked, the rows stay as they are. */
void switchyard_service_list(void);

/*
 * Tells the monitor which PCI functions this kernel uses (besides: SWITCHYARD_USES_*), and asks if
 * it allows the request. uses is memory of the kernel in one piece. It sleeps. Returns 0, or
 * -EOPNOTSUPP with a reason.
 */
int switchyard_service_prepare(u32 op, u32 slot, u16 *uses, u32 count, u32 besides,
			       struct switchyard_reason *reason);

/* Forgets what a program has begun to load, when it closes file. */
void switchyard_service_close(const struct file *file);

/*
 * Asks for what there is to tell of a slot's memory. to has room bytes, in one piece. It sleeps.
 * Returns 0, or -ENODATA if the slot runs, or never ran, or another negative errno.
 */
int switchyard_service_memory(u32 slot, struct switchyard_memory *to, u32 room);

/*
 * Asks what other slots use of block devices. to has room bytes, in one piece. It sleeps. Returns 0
 * and how many there are, or a negative errno.
 */
int switchyard_service_storage(struct switchyard_storage *to, u32 room, u64 *count);

int switchyard_storage_init(void);
void switchyard_storage_exit(void);

/*
 * Looks which block devices this kernel uses, tells the monitor, and holds those that parked slots
 * use. It sleeps, but not long if a device does not answer.
 */
void switchyard_storage_look(void);

/* The same, but it may take 10 s. Returns false if it took longer. */
bool switchyard_storage_look_well(void);

/*
 * The same for a quick switch. Before it, a look at what is claimed says if there is anything new.
 * After it, nobody waits.
 */
void switchyard_storage_look_before_quick(void);
void switchyard_storage_look_after_quick(void);

/*
 * Called after a switch: whoever opens a drive next finds that its medium has changed, and looks
 * how large it is. It sleeps.
 */
void switchyard_storage_doubt_media(void);

/* They can't fail. */
void switchyard_media_init(void);
void switchyard_media_exit(void);

/*
 * Tells what was written since. Called last before this kernel leaves, with interrupts off, in any
 * context but an NMI.
 */
void switchyard_storage_tell(void);

/*
 * Says whose a block device is that is not to be used here; if it is nobody's, the answer stays
 * empty. It sleeps. Returns false if storage does not answer, so that this is not known.
 */
struct switchyard_held;
bool switchyard_storage_find_held(struct switchyard_held *held);

int switchyard_memory_init(void);
void switchyard_memory_exit(void);

/* Makes the files agree with the slots' names, and with the snapshots. It sleeps. */
void switchyard_memory_update(void);

/*
 * Takes away what tasks have mapped of other slots' memory, and of snapshots, because that may be
 * something else from now on. It sleeps.
 */
void switchyard_memory_zap(void);

/* The same, and nothing gets mapped before the second one is called. Calls may nest. */
void switchyard_memory_hold(void);
void switchyard_memory_go_on(void);

int switchyard_request_init(struct switchyard_core *core);
void switchyard_request_exit(struct switchyard_core *core);

/*
 * Parks this kernel and switches to a slot or to the monitor (op: SWITCHYARD_SWITCH or _MONITOR).
 * It sleeps. It returns 0 with the gate's result in the answer. If the gate would refuse the
 * request, nothing is suspended, and the result is that error. It returns a negative errno if the
 * PM core fails, or -EBUSY if another request is under way, or -EOPNOTSUPP with a reason. Unless
 * force is set, it returns -ENOTRECOVERABLE and says which if a device would not come back.
 */
int switchyard_request_run(struct switchyard_core *core, u32 op, u32 slot, bool force,
			   struct switchyard_answer *answer);

/*
 * Takes a snapshot, which the monitor has prepared and which has that id; to is for people. Returns
 * as the first one. If the monitor could not take it, it returns -EOPNOTSUPP with the reason.
 */
int switchyard_request_snapshot(struct switchyard_core *core, u32 flags, u32 id, const char *to,
				bool force, struct switchyard_answer *answer);

/*
 * Takes a snapshot of this slot. It returns again, with request->restored set, each time when the
 * slot is put back to it. The result is as that of switchyard_request_run().
 */
struct switchyard_snapshot_request;
int switchyard_snapshot_take(struct switchyard_core *core,
			     struct switchyard_snapshot_request *request,
			     struct switchyard_answer *answer);

/* Why the monitor could not take the last snapshot. It sleeps. */
void switchyard_snapshot_failed(struct switchyard_reason *reason);

/*
 * Queues the first of these requests from any context. A failure goes to the kernel log. slot 0:
 * the monitor.
 */
void switchyard_request_later(struct switchyard_core *core, u32 slot);

/* Notes why a request is refused. Returns -EOPNOTSUPP. */
int switchyard_request_refuse(struct switchyard_turn *turn, const char *reason);

/*
 * Waits until storage has taken what is to be written, and disks have answered. It sleeps. Returns
 * 0, or a negative errno: -EOPNOTSUPP with a reason. turn->hangs: nothing else would come of a deep
 * switch.
 */
int switchyard_hang_settle_storage(struct switchyard_turn *turn);

/* Between these two, the request suspends Linux. */
void switchyard_hang_suspends(struct switchyard_turn *turn);
void switchyard_hang_over(struct switchyard_turn *turn);

/*
 * Another request has come. If the one under way hangs, makes it give up. Returns true if it does
 * so. Callable in any context.
 */
bool switchyard_hang_ends(struct switchyard_turn *turn);

/* Finds out why Linux was not suspended. Returns the error if it does not know better. */
int switchyard_hang_reason(struct switchyard_turn *turn, int error);

/*
 * Runs the programs in SWITCHYARD_HOOKS and waits for their end. They are told when ("pre" or
 * "post") and where the switch goes to. It sleeps.
 */
void switchyard_programs_run(const char *when, const char *to);

/*
 * Starts the programs in SWITCHYARD_ON_CRASH if a crash is there for this slot to take. It does not
 * wait for them. Called after each switch that came back, when all else of that is done.
 */
void switchyard_programs_after_crash(void);

/*
 * Writes to storage what is to be written. It sleeps, but not longer than switchyard_sync_limit()
 * says, in seconds, and ends when *hurry is set and switchyard_sync_wake() is called. Returns 0,
 * -ETIMEDOUT, -EINTR (a signal), -ECANCELED (hurry), or that there is no memory. aloud: the
 * progress goes to the kernel's log, as errors. The sync goes on if it returned before that ended.
 */
int switchyard_sync(bool aloud, const bool *hurry);
void switchyard_sync_wake(void);
unsigned int switchyard_sync_limit(void);

/* Returns true if a sync that switchyard_sync() has begun has not ended. */
bool switchyard_sync_hangs(void);

/* How long a request waits for storage, and for which: one line, or "". */
void switchyard_sync_waiting(char *text, size_t size);

/*
 * Looks if there are disks that answer none of their requests for so long. Returns true and says
 * which. It ends when *hurry is set.
 */
bool switchyard_disks_stuck(unsigned int msec, const bool *hurry, char *text, size_t size);

/*
 * The disks with requests, the tasks that can't be woken, or both with details, as a list in one
 * line. Return its length. The caller of those with tasks holds turn->lock.
 */
size_t switchyard_disks_name(char *text, size_t size);
size_t switchyard_tasks_name(char *text, size_t size);
size_t switchyard_stuck_name(char *text, size_t size);

/* Notes that a switch begins. After its phases (switchyard_phase()), _end() says where it went. */
void switchyard_times_begin(void);
void switchyard_times_end(const char *to);

/* Tells a program about the last switches. Returns 0 or -EFAULT. */
struct switchyard_times;
int switchyard_times_copy(struct switchyard_times __user *user);

int switchyard_clock_init(void);
void switchyard_clock_exit(void);

/* Microseconds between two values of the time-stamp counter. */
u64 switchyard_clock_usec(u64 from, u64 to);

/* Called before a switch. It notes what the RTC says, unless it did so a short time ago. */
void switchyard_clock_note_rtc(void);

/*
 * Around the time away: the scheduler's clock stands still, and what Linux counts as time asleep is
 * exact. Interrupts are off, and no other CPU reads clocks.
 */
void switchyard_clock_hold(void);
void switchyard_clock_release(void);

int switchyard_keys_init(void);
void switchyard_keys_exit(void);

/* After a switch: no key is down, whatever this kernel believes. */
void switchyard_keys_forget(void);

int switchyard_device_init(void);
void switchyard_device_exit(void);

#endif
