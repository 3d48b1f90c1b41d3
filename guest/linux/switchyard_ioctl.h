/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * switchyard_ioctl.h - the requests of programs in a Linux guest to /dev/switchyard.
 */
#ifndef SWITCHYARD_IOCTL_H
#define SWITCHYARD_IOCTL_H

#include <linux/errno.h>
#include <linux/ioctl.h>
#ifdef __KERNEL__
#include <linux/stddef.h>
#else
#include <stddef.h>
#endif
#include "switchyard.h"
#include "switchyard_names.h"

#define SWITCHYARD_DEVICE "/dev/switchyard"

/*
 * The folder in /proc with an ELF core file for each other slot. It can be read while that slot is
 * parked, crashed or interrupted; otherwise open() fails with ENODATA. read() fails with ESTALE
 * once the slot has run, and so does an access to a mapping, with SIGBUS. SLOT@NAME is the memory
 * of a snapshot, until that is dropped.
 */
#define SWITCHYARD_MEMORY_NAME	 "switchyard"
#define SWITCHYARD_MEMORY_FOLDER "/proc/" SWITCHYARD_MEMORY_NAME

/*
 * The type of the note named SWITCHYARD in such a file: lines SLOT=, STATE=, TURN=, and LEVEL= with
 * what was left out, by the numbers of makedumpfile's -d. LEVEL has a blank behind a number below
 * 10. That of a snapshot has SNAPSHOT=, too. crash takes notes of the types that kernels use for
 * such, whatever their names are.
 */
#define SWITCHYARD_NOTE_SLOT 0x53590001

/*
 * A second note of that name: struct switchyard_record of a snapshot that can be restored from the
 * file. Then the lines have SUM=, with SWITCHYARD_NO_SUM, which `syctl dump` replaces by the sum of
 * the file. It counts all of the file as if it had no sum, in pages of 4096 bytes (the last one may
 * be shorter), but none that is zero: sum = XXH64(page, seed = sum + number of the page). Both
 * begin at 0.
 */
#define SWITCHYARD_NOTE_RECORD 0x53590002
#define SWITCHYARD_NO_SUM      "----------------"

/* All slots, and what the driver knows about its own slot. */
struct switchyard_list {
	uint32_t self;	     /* number of this slot, counted from 1 */
	uint32_t slot_count; /* entries used of slot[] */
	uint64_t gate;	     /* physical address of the gate */
	uint64_t returns;    /* how often this kernel was parked and came back */
	uint64_t away_usec;  /* how long it was parked the last time */
	struct switchyard_slot slot[SWITCHYARD_MAX_SLOTS];
};

/*
 * One request to give the machine away. The call returns -1 with errno if Linux could not be
 * suspended (EBUSY: another request is under way, or a task or device did not stop;
 * ENOTRECOVERABLE: a device would not come back, and SWITCHYARD_IOC_LOST names it). Otherwise it
 * returns 0. error is 0 if this slot was parked and resumed; else it says why the request is
 * refused.
 */
struct switchyard_request {
	uint32_t slot; /* in: the slot's number, from 1 (SWITCHYARD_IOC_MONITOR: 0), and flags */
	int32_t error; /* out: 0, or enum switchyard_error */
};

/*
 * A flag in slot: switch even if a device would not come back. For a switch to a slot, an older
 * driver refuses it, because no slot has such a number.
 */
#define SWITCHYARD_FORCE 0x80000000u

/*
 * Another flag in slot: a quick switch. If it is refused, the call returns -1 with errno
 * EOPNOTSUPP, and SWITCHYARD_IOC_REASON says why. So does every request that would disturb devices
 * of a parked slot, or that is kept by a task, a disk or another device that does not stop.
 */
#define SWITCHYARD_WANT_QUICK 0x20000000u

/* Why a request was refused: one line that ends with NUL. */
struct switchyard_reason {
	char text[SWITCHYARD_TEXT_SIZE];
};

/*
 * SWITCHYARD_IOC_BOOT takes SWITCHYARD_COME_BACK in slot, too. The call returns then when that slot
 * has ended, or when somebody goes back to this one.
 */

/*
 * A snapshot of this slot. The call returns as that of struct switchyard_request, or with
 * EOPNOTSUPP if the monitor can't take it. It returns once more each time when the slot is put back
 * to it.
 */
struct switchyard_snapshot_request {
	char name[SWITCHYARD_NAME_SIZE]; /* in: NUL-terminated */
	uint8_t restored;		 /* out: 1 if the slot was put back */
	uint8_t reserved[2];
	uint32_t flags; /* in: SWITCHYARD_FORCE, SWITCHYARD_WANT_QUICK */
	uint64_t id;	/* out: see struct switchyard_snapshot */
	int32_t error;	/* out: 0, or enum switchyard_error */
	uint32_t unused;
};

/* A device that would not come back from a switch. Both texts end with NUL. */
struct switchyard_lost {
	char device[32]; /* its address on the PCI bus */
	char driver[32];
};

/* A text for people. Its arguments are the target of the switch, the device and the driver. */
#define SWITCHYARD_LOST_TEXT "%s: %s would not come back, because its driver %s does not suspend it"

/*
 * One service of the monitor (struct switchyard_call in switchyard.h, which explains the fields
 * that have the same names). The call returns -1 with errno if the monitor was not asked (EBUSY:
 * another program loads an image; ENOMEM: no memory for so large a buffer; EINVAL: it is too large
 * for any). Otherwise it returns 0, and error says what the gate returned, but never
 * SWITCHYARD_EAGAIN. An image that is loaded is forgotten when the file is closed before
 * LOAD_COMMIT.
 */
struct switchyard_ask {
	uint32_t service;
	uint32_t slot;
	uint32_t kind;
	int32_t error; /* out: 0, or enum switchyard_error */
	uint64_t bytes;
	uint64_t buffer;		 /* address in the program */
	uint64_t length;		 /* of the buffer, SWITCHYARD_PIECE at most */
	uint64_t done;			 /* out */
	char text[SWITCHYARD_TEXT_SIZE]; /* out */
};

/* The folder with programs that are run before and after each switch. */
#define SWITCHYARD_HOOKS "/etc/switchyard/switch.d"

/* The folder with programs that are run after a crash of a slot whose `on-crash=` is this one. */
#define SWITCHYARD_ON_CRASH "/etc/switchyard/on-crash.d"

/*
 * The phases of a switch, in the order of time: X(name, number, word). A phase that a switch leaves
 * out took no time.
 */
#define SWITCHYARD_PHASES(X)                                                                   \
	X(SWITCHYARD_PHASE_PRE, 0, "pre")	    /* programs of SWITCHYARD_HOOKS */         \
	X(SWITCHYARD_PHASE_FREEZE, 1, "freeze")	    /* file systems and tasks */               \
	X(SWITCHYARD_PHASE_SUSPEND, 2, "suspend")   /* devices */                              \
	X(SWITCHYARD_PHASE_CPUS_OFF, 3, "cpus_off") /* CPUs, timekeeping */                    \
	X(SWITCHYARD_PHASE_AWAY, 4, "away")	    /* from the call of the gate to its end */ \
	X(SWITCHYARD_PHASE_CPUS_ON, 5, "cpus_on")                                              \
	X(SWITCHYARD_PHASE_RESUME, 6, "resume") /* devices */                                  \
	X(SWITCHYARD_PHASE_THAW, 7, "thaw")	/* tasks */                                    \
	X(SWITCHYARD_PHASE_POST, 8, "post")	/* programs again */

enum switchyard_phase { SWITCHYARD_PHASES(SWITCHYARD_ENUMERATOR) SWITCHYARD_PHASES_END };

/* One switch of this kernel that has come back. */
struct switchyard_turn_times {
	char to[SWITCHYARD_NAME_SIZE]; /* the slot, "monitor", or "snapshot NAME", cut; with NUL */
	uint8_t reserved[7];
	uint64_t asked;	   /* when it was asked for, by the wall clock, in seconds since 1970 */
	uint64_t usec[16]; /* of each phase, in microseconds */
};

#define SWITCHYARD_TURNS 8

struct switchyard_times {
	uint32_t count; /* entries used of turn[] */
	uint32_t reserved;
	struct switchyard_turn_times turn[SWITCHYARD_TURNS]; /* the newest comes first */
};

/* A block device that is not to be used here, because a slot that is parked uses it. */
struct switchyard_held {
	uint32_t major; /* in: which device */
	uint32_t minor;
	uint32_t here;				 /* out: it is in use here all the same */
	char slot[SWITCHYARD_NAME_SIZE];	 /* out: whose it is; "": nobody's */
	char name[SWITCHYARD_STORAGE_NAME_SIZE]; /* out: what that slot does with it */
	uint8_t reserved[3];
};

#define SWITCHYARD_IOC_LIST	_IOR('Y', 1, struct switchyard_list)
#define SWITCHYARD_IOC_SWITCH	_IOWR('Y', 2, struct switchyard_request)
#define SWITCHYARD_IOC_MONITOR	_IOWR('Y', 3, struct switchyard_request)
#define SWITCHYARD_IOC_LOST	_IOR('Y', 4, struct switchyard_lost)
#define SWITCHYARD_IOC_BOOT	_IOWR('Y', 5, struct switchyard_request)
#define SWITCHYARD_IOC_ASK	_IOWR('Y', 6, struct switchyard_ask)
#define SWITCHYARD_IOC_REASON	_IOR('Y', 8, struct switchyard_reason)
#define SWITCHYARD_IOC_TIMES	_IOR('Y', 7, struct switchyard_times)

#define SWITCHYARD_IOC_SNAPSHOT _IOWR('Y', 13, struct switchyard_snapshot_request)

#define SWITCHYARD_IOC_HELD	_IOWR('Y', 16, struct switchyard_held)

/* What the request under way waits for, since more than a second: one line, or "". */
#define SWITCHYARD_IOC_WAITING _IOR('Y', 12, struct switchyard_reason)

/* The word for an enum switchyard_phase. */
static inline const char *switchyard_phase_name(int phase)
{
	switch (phase) {
		SWITCHYARD_PHASES(SWITCHYARD_CASE)
	}
	return "unknown";
}

/*
 * A text for an errno if Linux could not be suspended; NULL if the errno itself is clear enough.
 */
static inline const char *switchyard_suspend_text(int error)
{
	switch (error) {
	case EBUSY:
		return "another switch is under way, or what the kernel's log names does not stop";
	case ECANCELED:
		return "the suspend test of /sys/power/pm_test is on";
	}
	return NULL;
}

#endif
