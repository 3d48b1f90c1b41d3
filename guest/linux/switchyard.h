/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * switchyard.h - the guest ABI: how a kernel finds the monitor and gives it the machine.
 * docs/GUEST-ABI.md explains it in detail; images/tick/ is an example.
 *
 * The monitor keeps one struct switchyard_info for each slot, at the end of the slot's own range,
 * which the slot's map shows as ACPI data. A guest finds it
 *   - Multiboot 1 and 2, plain ELF: ECX holds SWITCHYARD_MAGIC and EDX the
 *     structure's physical address (RDX in a 64-bit ELF kernel) at the entry point;
 *   - Linux: in an ACPI table with the signature "SWYD", struct switchyard_acpi.
 *
 * All addresses here are physical, all integers little-endian.
 */
#ifndef SWITCHYARD_H
#define SWITCHYARD_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

#define SWITCHYARD_MAGIC       0x44595753u /* "SWYD" */
#define SWITCHYARD_SIGNATURE   "SWYD"	   /* of the ACPI table */
#define SWITCHYARD_ABI_VERSION 1
#define SWITCHYARD_MAX_SLOTS   16
#define SWITCHYARD_NAME_SIZE   17 /* 16 characters and a NUL */

/*
 * The gate is one function at switchyard_info.gate:
 *
 *   int64_t gate(uint64_t op, uint64_t arg);   (System V calling convention)
 *
 * The boot CPU calls it in 64-bit mode at CPL 0, with all RAM mapped to itself, writable and
 * executable. For that, entry 0 of the PML4 can point to switchyard_info.identity_pdpt (with LA57:
 * entry 0 of the PML5 to switchyard_info.identity_pml4), with flags 3 (present, writable). The
 * monitor sends INIT to every other CPU, so their state is lost. Interrupts may be on or off; the
 * gate keeps their state. 32 bytes of stack are enough. Any CPU of the slot may ask for END, CRASH,
 * WAIT, GUARD, SERVICE and PARK. Other calls by other CPUs, and calls by an NMI handler that
 * interrupted the gate, are refused without harm.
 *
 * SWITCHYARD_END and _CRASH need the boot CPU. If another CPU asks, the boot CPU must be in
 * SWITCHYARD_WAIT, or come there within a second. Otherwise the monitor's console opens on the
 * CPU that asked, and no slot can run any more before the machine is reset.
 *
 * SWITCHYARD_INTERRUPT is for a kernel that an NMI has stopped in the middle of anything. All of
 * its PCI functions go on working, as after a quick switch, and its CPUs come back where they were:
 * each other CPU calls PARK meanwhile. The monitor refuses it only if arg is wrong.
 *
 * SWITCHYARD_SERVICE is different. Any CPU of the slot may call it, no CPU gets INIT, and the call
 * returns within a millisecond. See struct switchyard_call.
 *
 * The call returns 0 when the slot is resumed. All CPU and platform state is as it was, except the
 * time-stamp counter, which never stops. It returns a negative enum switchyard_error when the
 * request is refused. Nothing has changed then, except that the other CPUs wait for a SIPI after
 * SWITCHYARD_EIMAGE.
 */
enum switchyard_op {
	SWITCHYARD_SWITCH = 1,	/* arg: the slot's number, counted from 1 as in the menu */
	SWITCHYARD_MONITOR = 2, /* park this slot, open the monitor's console */
	SWITCHYARD_END = 3,	/* arg: enum switchyard_end; never returns */
	SWITCHYARD_CRASH = 4,	/* mark this slot crashed; never returns. notes.message says why */
	SWITCHYARD_WAIT = 5,	/* arg 0; this CPU waits for the slot's end; never returns */
	SWITCHYARD_GUARD = 6,	/* arg 0: a reset from now on ends only this slot, if possible */
	SWITCHYARD_BOOT = 7,	/* arg: as for SWITCH, and SWITCHYARD_COME_BACK; it starts afresh */
	SWITCHYARD_SERVICE = 8, /* arg: physical address of a struct switchyard_call */
	SWITCHYARD_PARK = 9,	/* arg 0; this CPU waits for a quick switch, and comes back by it */
	SWITCHYARD_INTERRUPT = 10, /* arg: physical address of a struct switchyard_interrupted */
	SWITCHYARD_SNAPSHOT = 11, /* arg: the id that SNAPSHOT_BEGIN has given; this slot goes on */
};

/*
 * Flags that are added to SWITCH, MONITOR, BOOT or SNAPSHOT.
 *
 * QUICK: this slot's PCI functions go on working while it is parked, and its CPUs come back where
 * they were. Each other CPU that shall come back calls PARK; the upper half of arg says how many.
 * FORCED: it is done even if functions that work for a parked slot may be disturbed.
 * KEEP_CPUS: the CPUs come back as with QUICK, although no function works for a parked slot.
 */
#define SWITCHYARD_QUICK	0x100u
#define SWITCHYARD_FORCED	0x200u
#define SWITCHYARD_KEEP_CPUS	0x400u
#define SWITCHYARD_FLAGS	(SWITCHYARD_QUICK | SWITCHYARD_FORCED | SWITCHYARD_KEEP_CPUS)
#define SWITCHYARD_OTHERS_SHIFT 32

/*
 * In BOOT's argument, beside the slot's number: when that slot ends or crashes, this slot gets the
 * machine, whatever `on-end=` and `on-crash=` say. It holds for that run.
 */
#define SWITCHYARD_COME_BACK 0x40000000u

/*
 * The lists below define enums here, and words in switchyard_names.h: X(name, number, word). Each
 * word is part of the ABI, because the console, syctl and its JSON show it.
 */
#define SWITCHYARD_ENUMERATOR(name, number, word) name = number,

/* How a kernel ends. */
#define SWITCHYARD_ENDS(X)                           \
	X(SWITCHYARD_END_POWEROFF, 1, "powered off") \
	X(SWITCHYARD_END_REBOOT, 2, "rebooted")      \
	X(SWITCHYARD_END_HALT, 3, "halted")

enum switchyard_end { SWITCHYARD_ENDS(SWITCHYARD_ENUMERATOR) };

/* The reasons why the gate refuses, with texts for people. */
#define SWITCHYARD_ERRORS(X)                                                                   \
	X(SWITCHYARD_EBADOP, -1, "the monitor does not know this operation, or its argument")  \
	X(SWITCHYARD_ENOSLOT, -2, "no slot has that number")                                   \
	X(SWITCHYARD_ESELF, -3, "that slot is this one")                                       \
	X(SWITCHYARD_ECRASHED, -4,                                                             \
	  "that slot has crashed; start it afresh with \"boot\" at the monitor's console")     \
	X(SWITCHYARD_EIMAGE, -5,                                                               \
	  "that slot's image could not be started; \"log\" at the monitor's console says why") \
	X(SWITCHYARD_ENOTBOOTCPU, -6,                                                          \
	  "this CPU may not ask for that: it is not the boot CPU, or not one of this slot's")  \
	X(SWITCHYARD_ESTATE, -7,                                                               \
	  "this kernel uses CPU state that the monitor can't keep; "                           \
	  "\"log\" at the monitor's console says which")                                       \
	X(SWITCHYARD_EDAMAGED, -8,                                                             \
	  "that slot's memory was changed while it was parked; "                               \
	  "\"switch SLOT\" at the monitor's console says where")                               \
	X(SWITCHYARD_EBUSY, -9, "this CPU is in the gate already: an NMI came meanwhile")      \
	X(SWITCHYARD_EREFUSED, -10, "the monitor refused it")                                  \
	X(SWITCHYARD_EAGAIN, -11, "not done yet; call again")                                  \
	X(SWITCHYARD_EEMPTY, -12, "that slot has no image yet; \"syctl load\" gives it one")

enum switchyard_error { SWITCHYARD_ERRORS(SWITCHYARD_ENUMERATOR) };

#define SWITCHYARD_STATES(X)                                                     \
	X(SWITCHYARD_READY, 1, "ready") /* its image is held; it does not run */ \
	X(SWITCHYARD_RUNNING, 2, "running")                                      \
	X(SWITCHYARD_PARKED, 3, "parked")                                        \
	X(SWITCHYARD_CRASHED, 4, "crashed")                                      \
	X(SWITCHYARD_EMPTY, 5, "empty")		    /* it has no image yet */    \
	X(SWITCHYARD_INTERRUPTED, 6, "interrupted") /* an NMI took the machine from it */

enum switchyard_state { SWITCHYARD_STATES(SWITCHYARD_ENUMERATOR) };

/* What kind of image a slot has. */
#define SWITCHYARD_TYPES(X)                       \
	X(SWITCHYARD_LINUX, 1, "linux")           \
	X(SWITCHYARD_MULTIBOOT1, 2, "multiboot1") \
	X(SWITCHYARD_MULTIBOOT2, 3, "multiboot2") \
	X(SWITCHYARD_ELF, 4, "elf")

enum switchyard_type { SWITCHYARD_TYPES(SWITCHYARD_ENUMERATOR) };

/*
 * In flags of a row: the slot's kernel has run, and has not shown that it knows of the monitor. A
 * panic or reboot of such a kernel resets the machine, with all parked slots.
 */
#define SWITCHYARD_SLOT_NO_DRIVER 0x01
#define SWITCHYARD_SLOT_QUICK	  0x02 /* its line says switch=quick: so it leaves if it can */
#define SWITCHYARD_SLOT_WORKS	  0x04 /* it is parked, and its PCI functions go on working */

/*
 * Two bits of flags: what has become of the slot's crash. A crash is for the slot that `on-crash=`
 * names. That slot takes it, and tells when it is done with it.
 */
#define SWITCHYARD_CARE_SHIFT 4
#define SWITCHYARD_CARE_MASK  3u
#define SWITCHYARD_CARES(X)                                                                      \
	X(SWITCHYARD_CARE_NONE, 0, "none") /* no crash, or it is settled, or for another slot */ \
	X(SWITCHYARD_CARE_OPEN, 1, "open") /* it is for the slot that reads this to take */      \
	X(SWITCHYARD_CARE_TAKEN, 2, "taken")                                                     \
	X(SWITCHYARD_CARE_FAILED, 3, "failed")

enum switchyard_care { SWITCHYARD_CARES(SWITCHYARD_ENUMERATOR) };

/*
 * One row of `syctl list`. Slots keep their numbers when others are removed, so a row may be
 * unused: its name is empty and its state is 0. The monitor writes it before a slot runs, and at
 * SWITCHYARD_LIST; guests only read it.
 */
struct switchyard_slot {
	char name[SWITCHYARD_NAME_SIZE]; /* NUL-terminated */
	uint8_t state; /* enum switchyard_state, as of the last switch or LIST; 0: no slot */
	uint8_t type;  /* enum switchyard_type; 0: it has no image */
	uint8_t flags; /* SWITCHYARD_SLOT_... */
	uint32_t turn; /* of this slot: when it had the machine last; 0: it never ran */
	uint64_t base; /* physical address of the slot's large range */
	uint64_t size; /* size of that range, in bytes */
	uint64_t runs; /* how often it was started or resumed */
};

/* In keyboard_leds: the other bits are valid. They are those of the keyboard's command 0xED. */
#define SWITCHYARD_LEDS_NOTED 0x80
#define SWITCHYARD_LED_SCROLL 0x01
#define SWITCHYARD_LED_NUM    0x02
#define SWITCHYARD_LED_CAPS   0x04

/* In watchdogs: there is one of this kind, and this guest may have started it. */
#define SWITCHYARD_WATCHDOG_IB700 0x01

/*
 * What the monitor need not keep of this slot. It then does not read it from the hardware, which
 * makes a switch faster. With 0, all is kept. The monitor makes the hardware quiet in any case. A
 * bit that is not true harms the next slots, too, because the monitor believes it.
 */
enum switchyard_spared {
	/* The screen in text mode: the guest draws all of it again after each return. */
	SWITCHYARD_SPARE_TEXT = 1 << 0,
	/* It draws text outside of the page that is shown again before it shows that. */
	SWITCHYARD_SPARE_HIDDEN = 1 << 1,
	/* It leaves the VGA's fonts, palette and colours as it found them at its start. */
	SWITCHYARD_SPARE_FONTS = 1 << 2,
	/* It programs these again after each return, before it enables interrupts. */
	SWITCHYARD_SPARE_IOAPIC = 1 << 3,
	SWITCHYARD_SPARE_LAPIC = 1 << 4,
	SWITCHYARD_SPARE_PIC = 1 << 5,
	SWITCHYARD_SPARE_PIT = 1 << 6,
	SWITCHYARD_SPARE_MSIX = 1 << 7, /* tables; they stay masked until then */
	/* The screen on a framebuffer: the guest draws all of it again after each return. */
	SWITCHYARD_SPARE_PICTURE = 1 << 8,
	/* It has left the VGA's fonts, palette and colours as they were when it last came back. */
	SWITCHYARD_SPARE_SAME_FONTS = 1 << 9,
};

/*
 * State that can't be read from the hardware. The counters' reload values, the 8259s' vector bases
 * and the keyboard's lights are write-only. A guest that does not program them again after each
 * return notes here what it wrote. 0 means "I set it up again myself".
 */
struct switchyard_notes {
	uint32_t pit_reload; /* of channel 0, 1 to 65536 */
	uint8_t pic_master;  /* ICW2 of the first 8259 */
	uint8_t pic_slave;   /* ICW2 of the second 8259 */
	uint8_t keyboard_leds;
	uint8_t watchdogs; /* the monitor stops those that are noted here */
	char message[120]; /* NUL-terminated reason of a crash, which the monitor shows */
	uint8_t driver;	   /* not 0: this kernel calls the gate before it ends, and if it panics */
	uint8_t reserved[3];
	uint32_t spared; /* bits of enum switchyard_spared */
};

/* What SWITCHYARD_SERVICE can do. */
enum switchyard_service {
	SWITCHYARD_LIST = 1, /* writes switchyard_info.slot[] anew */
	SWITCHYARD_KILL = 2, /* forgets the state of the parked or crashed slot `slot` */

	/*
	 * With `slot` 0: copies the newest lines of the monitor's log to the buffer. Else: copies
	 * lines of that slot's own log, out of its memory, from record number `bytes` on. The low
	 * half of `done` is how many bytes that are, and the high half how many records; 0: there
	 * are no more.
	 */
	SWITCHYARD_LOG = 3,

	/*
	 * Loads a new image for the slot `slot`, which must not run. Each slot can load one image
	 * at a time. Nothing of the other slot changes before LOAD_COMMIT is done.
	 */
	SWITCHYARD_LOAD_BEGIN = 4,  /* forgets what this slot has begun to load before */
	SWITCHYARD_LOAD_FILE = 5,   /* a file of `bytes` bytes follows; the buffer is its string */
	SWITCHYARD_LOAD_WRITE = 6,  /* the buffer is the next piece of that file */
	SWITCHYARD_LOAD_COMMIT = 7, /* all files are complete: they become the slot's image */
	SWITCHYARD_LOAD_ABORT = 8,  /* forgets what this slot has begun to load */

	/*
	 * A new slot out of free RAM, without an image. The buffer is a text, as in a kernel's
	 * module line: "slot=NAME mem=SIZE[@BASE]", and low=, cpus=, devices=, on-end=, on-crash=,
	 * efi= or switch=. `done` gets its number.
	 */
	SWITCHYARD_ADD = 9,
	SWITCHYARD_REMOVE = 10, /* gives the slot `slot` back, which is ready or empty */

	/*
	 * How the last run of the slot `slot` ended: `done` is enum switchyard_end, or 0 if it has
	 * crashed. `text` has the word, or the reason of the crash.
	 */
	SWITCHYARD_OUTCOME = 11,

	/*
	 * Tells which PCI functions this kernel uses, and asks if the request `kind` (enum
	 * switchyard_op with its flags) may be made for the slot `slot`. The buffer has a uint16_t
	 * for each function: its bus in the upper byte, device and function in the lower. `bytes`
	 * says what the list does not: SWITCHYARD_USES_*.
	 */
	SWITCHYARD_PREPARE = 12,

	/*
	 * Copies which PCI functions devices= of the slot `slot` names (0: this slot) to the
	 * buffer, a line for each: "0000:00:10.0". `done` is how many bytes that are.
	 */
	SWITCHYARD_DEVICES = 13,

	/*
	 * Writes the PCI functions of other slots to the buffer, each as for PREPARE: those that
	 * work for a parked slot, and those that devices= gives to one. `done` is how many there
	 * are; the buffer gets as many as it has room for.
	 */
	SWITCHYARD_FUNCTIONS = 14,

	/*
	 * Tells of the slot `slot`, which is parked, crashed or interrupted, what a reader of its
	 * memory needs: struct switchyard_memory to the buffer, and behind it its CPUs' registers.
	 * `done` is how many bytes that are.
	 */
	SWITCHYARD_MEMORY = 15,

	/*
	 * Takes the oldest crash that is for this slot, and that nobody has taken: `done` is the
	 * number of the slot that has crashed, and `text` the reason; 0: there is none. Each crash
	 * is given once, also if this slot crashes or ends right after that.
	 */
	SWITCHYARD_TAKE_CRASH = 16,

	/*
	 * Tells what has become of the crash of the slot `slot`, which this slot has taken: `kind`
	 * is SWITCHYARD_CARE_NONE (it is settled) or _FAILED. `bytes` is `turn` in the slot's row,
	 * as it was then: a later crash is another one.
	 */
	SWITCHYARD_SETTLE_CRASH = 17,

	/*
	 * Prepares a snapshot of this slot, which the operation SNAPSHOT takes. The buffer is its
	 * name. `bytes` is the physical address of the kernel's VMCOREINFO note, or 0. `done` is
	 * the snapshot's id. What was prepared and not taken before is forgotten.
	 */
	SWITCHYARD_SNAPSHOT_BEGIN = 18,

	/*
	 * Copies struct switchyard_snapshot of each snapshot to the buffer. `done` is how many
	 * there are; the buffer gets as many as it has room for. `text` is why the last operation
	 * SNAPSHOT of this slot failed, or "".
	 */
	SWITCHYARD_SNAPSHOT_LIST = 19,
	SWITCHYARD_SNAPSHOT_DROP = 20, /* forgets the snapshot with the id `bytes` */

	/*
	 * Puts the slot whose snapshot has the id `bytes` back to that moment: it is parked then,
	 * and what it was doing is lost. With `kind` SWITCHYARD_RESTORE_BEGIN it begins, else it
	 * goes on; with _FORCE, beside that, it does not look at disks. Each call does a part.
	 * `done` is how many pages of the slot's RAM are not restored yet.
	 */
	SWITCHYARD_SNAPSHOT_RESTORE = 21,

	/* As MEMORY, of the snapshot with the id `bytes`. */
	SWITCHYARD_SNAPSHOT_MEMORY = 22,

	/* Copies struct switchyard_snapshot_map of the snapshot with the id `bytes`. */
	SWITCHYARD_SNAPSHOT_MAP = 23,

	/*
	 * Copies struct switchyard_record of the snapshot with the id `bytes`, and what follows it,
	 * to the buffer: with that and its memory, RESTORE_FILE restores it. `done` is how many
	 * bytes that are. It is refused if the snapshot is only to be read.
	 */
	SWITCHYARD_SNAPSHOT_RECORD = 24,

	/*
	 * Tells which block devices this kernel uses or has written to: the buffer has
	 * struct switchyard_storage, switchyard_info.storage_limit at most. They take the place of
	 * those that it told before. `length` 0: there are none.
	 */
	SWITCHYARD_STORAGE = 25,

	/*
	 * Writes to the buffer what the slot `slot` uses (0: each other slot that can go on where
	 * it was): struct switchyard_storage, without those that are only written to. `done` is how
	 * many there are; the buffer gets as many as it has room for.
	 */
	SWITCHYARD_STORAGE_LIST = 26,

	/*
	 * Puts a slot that is ready or empty into the moment of a snapshot whose record and memory
	 * this slot has: it is parked then. `kind` is one of SWITCHYARD_FILE_..., at FILE_BEGIN
	 * with SWITCHYARD_RESTORE_FORCE or without. `slot` is what FILE_BEGIN has given in `done`.
	 * The order is
	 *   FILE_BEGIN, the buffer is the record: checks if it can be restored;
	 *   FILE_PAGES, the buffer has pages for the addresses from `bytes` on. Addresses rise.
	 *               What is left out becomes zero;
	 *   FILE_COMMIT, the buffer is the record once more.
	 */
	SWITCHYARD_RESTORE_FILE = 27,
};

/* What a kernel does with a block device. */
#define SWITCHYARD_STORAGE_USES(X)                                                                \
	X(SWITCHYARD_STORAGE_WRITTEN, 1, "written") /* it has written to it, and lets it alone */ \
	X(SWITCHYARD_STORAGE_MOUNTED, 2, "mounted") /* a file system on it is mounted writable */ \
	X(SWITCHYARD_STORAGE_SWAP, 3, "swap")                                                     \
	X(SWITCHYARD_STORAGE_MEMBER, 4, "member") /* of a volume that is in use: LVM, RAID */     \
	X(SWITCHYARD_STORAGE_MORE_WRITTEN, 5, "more written") /* others, too: all may be */       \
	X(SWITCHYARD_STORAGE_MORE, 6, "more") /* it uses others, too: any may be in use */

enum switchyard_storage_use { SWITCHYARD_STORAGE_USES(SWITCHYARD_ENUMERATOR) };

/* Entries of one slot. */
#define SWITCHYARD_STORAGE_LIMIT     16
#define SWITCHYARD_STORAGE_ID_SIZE   16
#define SWITCHYARD_STORAGE_NAME_SIZE 72
#define SWITCHYARD_STORAGE_NO_PCI    0xffffffffu
#define SWITCHYARD_STORAGE_NO_UNIT   0u /* not known */
#define SWITCHYARD_STORAGE_ONLY_UNIT 1u

/*
 * A block device. Two kernels mean the same one if it has as many sectors, and has the same id. If
 * it has none, or if both know the unit (because a file system may have been made anew), the place
 * counts. If there is no room for all, the last entry is one of the two that say so, and has only
 * `use`.
 */
struct switchyard_storage {
	uint8_t id[SWITCHYARD_STORAGE_ID_SIZE]; /* UUID of the file system or swap */
	uint64_t id_at;	  /* the byte of the device that the id begins at; 0: it has no id */
	uint64_t start;	  /* on its disk, in sectors of 512 bytes */
	uint64_t sectors; /* its size */
	uint64_t written; /* sectors that this kernel has written to it since it started */
	uint32_t disk;	  /* PCI function, as for PREPARE, or SWITCHYARD_STORAGE_NO_PCI */
	uint8_t use;	  /* enum switchyard_storage_use */
	uint8_t slot;	  /* STORAGE_LIST: whose it is, counted from 1 */
	uint16_t unit;	  /* which of the function's disks; or STORAGE_NO_UNIT, _ONLY_UNIT */
	char name[SWITCHYARD_STORAGE_NAME_SIZE]; /* for people: "/dev/vda1 on /"; NUL-terminated */
};

#define SWITCHYARD_RESTORE_BEGIN 1u
#define SWITCHYARD_RESTORE_FORCE 2u

/* Of RESTORE_FILE. */
#define SWITCHYARD_FILE_BEGIN  4u
#define SWITCHYARD_FILE_PAGES  8u
#define SWITCHYARD_FILE_COMMIT 16u
#define SWITCHYARD_FILE_MOST   0x40000u /* bytes of one FILE_PAGES */

#define SWITCHYARD_USES_MORE   1u /* this kernel uses functions, too, that it can't list */
#define SWITCHYARD_USES_CRASH \
	2u /* a crash kernel is loaded. It looks at all functions if it starts */

/* What a file of LOAD_FILE is: kinds of module lines. */
enum switchyard_file {
	SWITCHYARD_FILE_KERNEL = 1,
	SWITCHYARD_FILE_INITRD = 2,
	SWITCHYARD_FILE_MODULE = 3,
};

/* The largest piece of LOAD_WRITE. Each piece but a file's last one is pages of 4096 bytes. */
#define SWITCHYARD_PIECE 0x40000u

/* The longest text of ADD, without a NUL. */
#define SWITCHYARD_ADD_TEXT  511u

#define SWITCHYARD_TEXT_SIZE 200

/*
 * The argument of SWITCHYARD_SERVICE, at an address that is a multiple of 8. This structure and the
 * buffer that it names lie in RAM of the slot that calls. The monitor writes only `done` and
 * `text`. The call of the gate returns 0, SWITCHYARD_EREFUSED (`text` says why, in one line),
 * SWITCHYARD_EAGAIN (the same call is to be repeated until it returns something else), or another
 * enum switchyard_error.
 */
struct switchyard_call {
	uint32_t size;	  /* of this structure, in bytes */
	uint32_t service; /* enum switchyard_service */
	uint32_t slot;	  /* counted from 1 */
	uint32_t kind;	  /* enum switchyard_file; PREPARE: the request */
	uint64_t bytes;	  /* of the file; LOG, PREPARE: see there */
	uint64_t address; /* physical address of the buffer */
	uint64_t length;  /* of the buffer, in bytes */
	uint64_t done;	  /* LOG, DEVICES, MEMORY: bytes; ADD: the new slot's number; and others */
	char text[SWITCHYARD_TEXT_SIZE]; /* NUL-terminated */
};

struct switchyard_info {
	uint32_t magic;	     /* SWITCHYARD_MAGIC */
	uint32_t version;    /* SWITCHYARD_ABI_VERSION */
	uint32_t size;	     /* of this structure, in bytes */
	uint32_t slot_count; /* entries used of slot[], those of removed slots included */
	uint32_t self;	     /* number of the slot that reads this, counted from 1 */
	uint32_t reserved;
	uint64_t gate;		/* physical address of the gate, in the same page as this */
	uint64_t identity_pdpt; /* maps 0 to the end of RAM, 4 GiB at least, to itself */
	uint64_t identity_pml4; /* entry 0 points to that PDPT */
	struct switchyard_slot slot[SWITCHYARD_MAX_SLOTS];
	struct switchyard_notes notes; /* the only part that a guest writes */
	uint32_t storage_limit;	       /* entries that SWITCHYARD_STORAGE takes */
	uint32_t reserved_2;
	uint64_t power_on; /* another number each time when the machine starts */
};

/* Physical addresses [base, base + size), in whole pages. */
struct switchyard_range {
	uint64_t base;
	uint64_t size;
};

#define SWITCHYARD_MAX_RANGES 4

/*
 * What SWITCHYARD_MEMORY tells. The fields from `note` on are what the slot's Linux kernel says of
 * itself in its memory; 0: it says nothing that the monitor can read. The monitor has checked no
 * more of them than that the note and the image lie in the slot's ranges.
 */
struct switchyard_memory {
	uint32_t size;	      /* of this structure; the registers follow */
	uint32_t cpu_size;    /* of one struct switchyard_registers */
	uint32_t cpu_count;   /* CPUs whose registers are known */
	uint32_t range_count; /* entries used of range[] */
	uint32_t state;	      /* enum switchyard_state */
	uint32_t turn;	      /* as in the slot's row: once that differs, the slot ran since */
	struct switchyard_range range[SWITCHYARD_MAX_RANGES]; /* its RAM, by rising address */
	struct switchyard_range note; /* VMCOREINFO, an ELF note with its header */
	uint64_t direct;	      /* virtual address of physical address 0 */
	uint64_t image_address;	      /* virtual address of the kernel's image */
	struct switchyard_range image;
	uint32_t bits; /* of the kernel's registers and addresses: 64 or 32; 0: not known */
	uint32_t reserved;
	uint64_t direct_end; /* RAM from this physical address on is not mapped there; 0: all is */
};

/* The registers of a CPU when it came to the gate, as if the call had returned. */
struct switchyard_registers {
	uint32_t cpu; /* its number in the slot's ACPI tables; the boot CPU has 0 */
	uint32_t reserved;
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, rflags; /* rip 0: its stack can't be read */
	uint64_t cr0, cr2, cr3, cr4, cr8, efer;
	uint64_t fs_base, gs_base, kernel_gs_base;
	uint64_t gdt_base, idt_base;
	uint16_t gdt_limit, idt_limit;
	uint16_t cs, ds, es, fs, gs, ss, ldtr, tr;
	uint16_t unused[2];
};

/*
 * The argument of SWITCHYARD_INTERRUPT, at an address that is a multiple of 8. It lies in RAM of
 * the slot that calls, and the registers of each CPU when the NMI came follow. A person who looks
 * at the slot sees those.
 */
struct switchyard_interrupted {
	uint32_t size;	    /* of this structure */
	uint32_t cpu_size;  /* of one struct switchyard_registers */
	uint32_t cpu_count; /* CPUs whose registers follow */
	uint32_t others;    /* CPUs that call PARK */
	uint32_t absent;    /* CPUs that did not take the NMI. With any, the slot can't go on */
	uint32_t reserved;
};

/* In flags of a snapshot. */
#define SWITCHYARD_SNAPSHOT_WORKS  0x01 /* devices may have written to its memory meanwhile */
#define SWITCHYARD_SNAPSHOT_STAYS  0x02 /* it can't be restored, only read */
#define SWITCHYARD_SNAPSHOT_PACKED 0x04 /* its pages are compressed, for want of memory */

/* A row of `syctl snapshots`. */
struct switchyard_snapshot {
	char name[SWITCHYARD_NAME_SIZE]; /* NUL-terminated */
	char slot[SWITCHYARD_NAME_SIZE]; /* whose it is */
	uint8_t flags;			 /* SWITCHYARD_SNAPSHOT_... */
	uint8_t reserved[5];
	uint64_t id;		   /* differs from that of each other snapshot since power-on */
	uint64_t age_usec;	   /* time since it was taken */
	uint64_t usec;		   /* for how long the slot stood still in the monitor */
	uint64_t size;		   /* bytes of the slot's RAM */
	uint64_t bytes;		   /* of the pool that it takes */
	uint64_t kept, zero, free; /* pages that are kept; were zero; were free */
};

#define SWITCHYARD_SNAPSHOT_PIECES 24

/*
 * An entry of a snapshot's map is one of the first two, or says where the page's copy is: PLACE is
 * its physical address. The bits above are 0, or, if the snapshot is PACKED, how many bytes there
 * are the page as a block of LZ4 (lz4's doc/lz4_Block_format.md). A copy in such a snapshot begins
 * at any byte.
 */
#define SWITCHYARD_PAGE_FREE	    0u /* nobody had it, so its contents are not kept */
#define SWITCHYARD_PAGE_ZERO	    1u
#define SWITCHYARD_PAGE_PLACE	    0x000fffffffffffffu
#define SWITCHYARD_PAGE_BLOCK_SHIFT 52

/*
 * Where a snapshot has the pages of its slot's RAM. The map has a uint64_t for each of them,
 * through all ranges that SNAPSHOT_MEMORY names. Guests only read all that.
 */
struct switchyard_snapshot_map {
	uint32_t size; /* of this structure */
	uint32_t piece_count;
	struct switchyard_range map;
	struct switchyard_range piece[SWITCHYARD_SNAPSHOT_PIECES]; /* the copies lie in these */
};

/* The largest record, with what follows it. */
#define SWITCHYARD_RECORD_MOST	  0x8000u
#define SWITCHYARD_RECORD_VERSION 1u

/* In flags of a record. */
#define SWITCHYARD_RECORD_DRIVER     0x01u /* its kernel has shown that it knows of the monitor */
#define SWITCHYARD_RECORD_USES	     0x02u /* it has told which PCI functions it uses */
#define SWITCHYARD_RECORD_USES_MORE  0x04u
#define SWITCHYARD_RECORD_TRANSLATES 0x08u /* an IOMMU translated what its devices wrote */
#define SWITCHYARD_RECORD_CRASH	     0x10u /* a crash kernel was loaded */
#define SWITCHYARD_RECORD_STORAGE    0x20u /* it has told which block devices it uses */
#define SWITCHYARD_RECORD_FLAGS	     0x3fu

/*
 * What the monitor keeps of a slot at a snapshot, beside its memory. A file with both restores the
 * slot, if the machine and the slot are the same. Everything in it may be anybody's. The state of
 * its boot CPU follows, and of some devices, in the monitor's own form.
 */
struct switchyard_record {
	uint32_t size;	  /* of this structure and what follows */
	uint32_t version; /* SWITCHYARD_RECORD_VERSION */
	uint64_t sum;	  /* XXH64 of all behind this field */
	char slot[SWITCHYARD_NAME_SIZE];
	uint8_t reserved[3];
	uint32_t flags;			  /* SWITCHYARD_RECORD_... */
	struct switchyard_range low, dma; /* where the slot was: below 1 MiB, below 4 GiB */
	struct switchyard_range ram;	  /* and its range */
	uint64_t block;			  /* bytes behind ram that are the monitor's */
	uint64_t cpus;			  /* those that it had, as bits */
	/* Sums of the CPU's features, firmware's map, PCI functions, the form of what follows. */
	uint64_t cpu, map, devices, state;
	uint64_t power_on;     /* another number each time when the machine starts */
	uint64_t storage_time; /* by this power-on */
	uint64_t runs;	       /* how often the slot was started or resumed */
	uint64_t log_hint;     /* where its kernel's note is, or 0 */
	uint64_t uses[2];      /* PCI functions by the monitor's numbers, as bits */
	struct switchyard_notes notes;
	uint32_t storage_count;
	uint32_t state_size; /* bytes that follow */
	struct switchyard_storage storage[SWITCHYARD_STORAGE_LIMIT];
};

/* The ACPI table: a standard header (ACPI 6.4, section 5.2.6), then the address. */
struct switchyard_acpi {
	uint8_t header[36];
	uint32_t reserved; /* 0; keeps the address aligned */
	uint64_t info;	   /* physical address of struct switchyard_info */
};

#endif
