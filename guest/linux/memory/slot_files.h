/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot_files.h - what the parts of the driver share that show memory: core_memory.c has open files,
 * core_entries.c their names, core_elf.c their headers, core_copies.c finds pages of snapshots, and
 * core_snapshot.c asks the monitor about snapshots.
 */
#ifndef SWITCHYARD_SLOT_FILES_H
#define SWITCHYARD_SLOT_FILES_H

#include <linux/proc_fs.h>
#include <linux/types.h>
#include "switchyard.h"

/* As many as there may be, and more. */
#define SWITCHYARD_MOST_SNAPSHOTS 32

/* Whose memory a file is of. */
struct switchyard_of {
	char slot[SWITCHYARD_NAME_SIZE];
	const struct switchyard_snapshot *snapshot; /* NULL: the slot's own memory */
	const struct switchyard_record *record; /* of the snapshot; NULL: it can't be restored */
};

/*
 * Makes the headers of an ELF core file, which memory follows: each range behind the one before it.
 * vmcoreinfo is that note, which has memory->note.size bytes; NULL: there is none. Returns whole
 * pages, *size bytes for free_pages_exact(), or NULL.
 */
void *switchyard_elf_make(const struct switchyard_memory *memory, const struct switchyard_of *of,
			  const void *vmcoreinfo, u64 *size);

/*
 * How often something happened that may take memory away from a file. While it is held, it may
 * happen at any time.
 */
u64 switchyard_memory_changes(void);
bool switchyard_memory_held(void);

/* True if a file of the snapshot with that id is open, or mapped. It sleeps. */
bool switchyard_memory_is_open(u64 id);

/* Of files in /proc/switchyard. The first have the slot's number, the others a snapshot's id. */
extern const struct proc_ops switchyard_slot_operations;
extern const struct proc_ops switchyard_snapshot_operations;

/*
 * Copies what there is to tell of all snapshots to rows, which has SWITCHYARD_MOST_SNAPSHOTS. It
 * sleeps. Returns how many there are, or a negative errno.
 */
int switchyard_snapshot_list(struct switchyard_snapshot *rows);

/* Finds one. It sleeps. Returns 0, -ESTALE if none has that id, or another negative errno. */
int switchyard_snapshot_find(u64 id, struct switchyard_snapshot *row);

/* As switchyard_service_memory(), of a snapshot; and its map. -ESTALE: it was dropped. */
int switchyard_snapshot_memory(u64 id, struct switchyard_memory *to, u32 room);
int switchyard_snapshot_map(u64 id, struct switchyard_snapshot_map *map);

/*
 * The record of a snapshot, which restores it from a file: for kfree(). NULL: it is only to be
 * read, or the monitor is older, or there is no memory.
 */
struct switchyard_record *switchyard_snapshot_record(u64 id);

/* The copies of a snapshot's pages, which are numbered through all of its ranges from 0. */
struct switchyard_copies;

/* Makes them readable. It sleeps. Returns 0 or a negative errno: -EIO if the map can't be right. */
int switchyard_copies_open(const struct switchyard_snapshot *row,
			   struct switchyard_copies **opened);
void switchyard_copies_close(struct switchyard_copies *copies);

/* True if there are so many pages. */
bool switchyard_copies_have(const struct switchyard_copies *copies, u64 pages);

/*
 * True if the snapshot has not been dropped. If nothing has happened since the last call, it does
 * not ask the monitor, else it sleeps.
 */
bool switchyard_copies_current(struct switchyard_copies *copies);

/*
 * Copies bytes from that place on to a program, or to the kernel. False: the program's buffer, or
 * the map, is wrong, or there is no memory.
 */
bool switchyard_copies_read(const struct switchyard_copies *copies, u64 from, char __user *to,
			    size_t size);
bool switchyard_copies_copy(const struct switchyard_copies *copies, u64 from, void *to,
			    size_t size);

/* False: its pages are compressed, so they have no frames. */
bool switchyard_copies_mappable(const struct switchyard_copies *copies);

/* The frame of a page's copy, or of the page of zeros. False: the map is wrong there. */
bool switchyard_copies_frame(const struct switchyard_copies *copies, u64 page,
			     unsigned long *frame);

#endif
