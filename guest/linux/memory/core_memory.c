// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_memory.c - the memory of slots that do not run, and of snapshots, as ELF core files. Only
 * root may read them.
 *
 * A file has no copy of the memory: reads and mappings reach the other slot's RAM itself, or the
 * snapshot's pages. Once that slot has run, or its RAM was given back, or the snapshot was dropped,
 * what is open gives ESTALE. Its mappings are taken away before a task runs: after a deep switch
 * while tasks are still frozen, and before a quick one, in which CPUs go on at once.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pfn.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "compat.h"
#include "core.h"
#include "memory/slot_files.h"
#include "switchyard_check.h"

#define MOST_CPUS   64	   /* of a slot, with registers */
#define NOTE_MOST   SZ_64K /* VMCOREINFO has 4 KiB */
#define READ_MOST   SZ_1M  /* bytes that are copied before the slot is looked at again */
#define FAULT_PAGES 64ul   /* mapped at once, since the next ones are probably read, too */
#define HELD_MSEC   1

/* A part of a file: the headers, or a range of the slot's RAM. */
struct piece {
	u64 offset, size, physical;
	void *at; /* NULL: its pages are a snapshot's copies, the first one's number is `first` */
	u64 first;
};

/* An open file, and the mappings of it, which may live longer. */
struct memory_file {
	struct list_head list;
	u32 users;
	struct address_space *mapping;
	struct switchyard_copies *copies; /* of a snapshot; NULL: it is a slot's own memory */
	u64 snapshot;			  /* its id; 0: it is a slot's own memory */
	u32 slot, turn;
	u64 size;
	u32 count;
	struct piece piece[1 + SWITCHYARD_MAX_RANGES]; /* the headers come first */
};

/* It guards the list of open files, how many users each has, and `held`. */
static DEFINE_MUTEX(files_lock);
static LIST_HEAD(files);
static u32
	held; /* what is under way before whose end nothing gets mapped, such as a quick switch */
static u64 changes;

/* A reader notes it before it asks the monitor. So it sees a change that comes meanwhile. */
u64 switchyard_memory_changes(void)
{
	return READ_ONCE(changes);
}

bool switchyard_memory_held(void)
{
	return READ_ONCE(held);
}

/*
 * True if the slot has not run since the file was opened, and has its RAM. The monitor writes the
 * row. A snapshot: if it is there.
 */
static bool is_current(const struct memory_file *file)
{
	const struct switchyard_slot *row;

	if (file->copies)
		return switchyard_copies_current(file->copies);
	row = &switchyard_core.info->slot[file->slot - 1];
	return READ_ONCE(row->turn) == file->turn && switchyard_stands_still(READ_ONCE(row->state));
}

/* The piece that has that offset; NULL: it is behind the end. */
static const struct piece *piece_at(const struct memory_file *file, u64 offset)
{
	u32 i;

	for (i = 0; i < file->count; i++)
		if (offset >= file->piece[i].offset &&
		    offset - file->piece[i].offset < file->piece[i].size)
			return &file->piece[i];
	return NULL;
}

static bool copy_part(const struct memory_file *file, const struct piece *piece, u64 skip,
		      char __user *user, size_t size)
{
	if (piece->at)
		return !copy_to_user(user, piece->at + skip, size);
	return switchyard_copies_read(file->copies, piece->first * PAGE_SIZE + skip, user, size);
}

static ssize_t memory_read(struct file *opened, char __user *user, size_t count, loff_t *position)
{
	const struct memory_file *file = opened->private_data;
	size_t done = 0;

	while (done < count) {
		const struct piece *piece = piece_at(file, *position);
		u64 skip;
		size_t part;

		if (!piece)
			break;
		skip = *position - piece->offset;
		part = min3((u64)(count - done), piece->size - skip, (u64)READ_MOST);
		if (!is_current(file))
			return -ESTALE;
		if (!copy_part(file, piece, skip, user + done, part))
			return done ? done : -EFAULT;
		done += part;
		*position += part;
		cond_resched();
	}
	/* The slot may have run while this task was in the middle. */
	return is_current(file) ? done : -ESTALE;
}

static loff_t memory_seek(struct file *opened, loff_t offset, int whence)
{
	const struct memory_file *file = opened->private_data;

	return fixed_size_llseek(opened, offset, whence, file->size);
}

static void free_file(struct memory_file *file)
{
	u32 i;

	if (file->piece[0].at)
		free_pages_exact(file->piece[0].at, file->piece[0].size);
	for (i = 1; i < file->count; i++)
		if (file->piece[i].at)
			memunmap(file->piece[i].at);
	if (file->copies)
		switchyard_copies_close(file->copies);
	kfree(file);
}

/* Mappings of other slots' memory vanish. An access maps them again, if that is still right. */
void switchyard_memory_zap(void)
{
	struct memory_file *file;

	mutex_lock(&files_lock);
	WRITE_ONCE(changes, changes + 1);
	list_for_each_entry (file, &files, list)
		unmap_mapping_range(file->mapping, 0, 0, 1);
	mutex_unlock(&files_lock);
}

bool switchyard_memory_is_open(u64 id)
{
	const struct memory_file *file;
	bool found = false;

	mutex_lock(&files_lock);
	list_for_each_entry (file, &files, list)
		found |= file->snapshot == id;
	mutex_unlock(&files_lock);
	return found;
}

void switchyard_memory_hold(void)
{
	mutex_lock(&files_lock);
	WRITE_ONCE(held, held + 1);
	mutex_unlock(&files_lock);
	switchyard_memory_zap();
}

void switchyard_memory_go_on(void)
{
	mutex_lock(&files_lock);
	WRITE_ONCE(changes, changes + 1);
	WRITE_ONCE(held, held - 1);
	mutex_unlock(&files_lock);
}

/* Returns false if a snapshot's map is wrong there. */
static bool find_frame(const struct memory_file *file, const struct piece *piece, u64 page,
		       unsigned long *frame)
{
	*frame = PHYS_PFN(piece->physical) + page;
	return piece->at || switchyard_copies_frame(file->copies, piece->first + page, frame);
}

/* Maps the page at the address, and those behind it, as far as they are the same piece's. */
static vm_fault_t map_pages(const struct memory_file *file, struct vm_fault *fault)
{
	u64 offset = (u64)fault->pgoff << PAGE_SHIFT;
	const struct piece *piece = piece_at(file, offset);
	vm_fault_t result = VM_FAULT_NOPAGE;
	unsigned long i, pages, frame;

	if (!piece || !is_current(file))
		return VM_FAULT_SIGBUS;
	offset -= piece->offset;
	pages = min3(FAULT_PAGES, (fault->vma->vm_end - fault->address) >> PAGE_SHIFT,
		     (unsigned long)((piece->size - offset) >> PAGE_SHIFT));
	for (i = 0; i < pages && result == VM_FAULT_NOPAGE; i++) {
		if (!find_frame(file, piece, PHYS_PFN(offset) + i, &frame))
			return i ? VM_FAULT_NOPAGE : VM_FAULT_SIGBUS;
		result = vmf_insert_pfn(fault->vma, fault->address + i * PAGE_SIZE, frame);
	}
	/* Only the first one is needed. */
	return i > 1 ? VM_FAULT_NOPAGE : result;
}

static vm_fault_t memory_fault(struct vm_fault *fault)
{
	const struct memory_file *file = fault->vma->vm_private_data;
	vm_fault_t result = VM_FAULT_NOPAGE; /* the access is tried again */
	bool wait;

	mutex_lock(&files_lock);
	wait = held;
	if (!wait)
		result = map_pages(file, fault);
	mutex_unlock(&files_lock);
	if (wait)
		msleep(HELD_MSEC);
	return result;
}

static void memory_vma_open(struct vm_area_struct *vma)
{
	struct memory_file *file = vma->vm_private_data;

	__module_get(THIS_MODULE);
	mutex_lock(&files_lock);
	file->users++;
	mutex_unlock(&files_lock);
}

static void drop_user(struct memory_file *file)
{
	bool last;

	mutex_lock(&files_lock);
	last = !--file->users;
	if (last)
		list_del(&file->list);
	mutex_unlock(&files_lock);
	if (last)
		free_file(file);
}

static void memory_vma_close(struct vm_area_struct *vma)
{
	drop_user(vma->vm_private_data);
	module_put(THIS_MODULE);
}

static const struct vm_operations_struct memory_vm_operations = {
	.open = memory_vma_open,
	.close = memory_vma_close,
	.fault = memory_fault,
};

static int memory_mmap(struct file *opened, struct vm_area_struct *vma)
{
	const struct memory_file *file = opened->private_data;

	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	if (file->copies && !switchyard_copies_mappable(file->copies))
		return -ENODEV;
	if (vma->vm_pgoff > file->size >> PAGE_SHIFT ||
	    vma_pages(vma) > (file->size >> PAGE_SHIFT) - vma->vm_pgoff)
		return -EINVAL;
	compat_vm_flags_mod(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE | VM_MAYEXEC);
	vma->vm_ops = &memory_vm_operations;
	vma->vm_private_data = opened->private_data;
	memory_vma_open(vma);
	return 0;
}

/*
 * Makes the memory readable, a snapshot's too. The headers' place comes later, so offsets count
 * from 0.
 */
static int map_ranges(struct memory_file *file, const struct switchyard_memory *memory)
{
	u64 first = 0;
	u32 i;

	for (i = 0; i < memory->range_count && i < SWITCHYARD_MAX_RANGES; i++) {
		struct piece *piece = &file->piece[1 + i];

		*piece = (struct piece){.size = memory->range[i].size,
					.physical = memory->range[i].base,
					.first = first};
		first += PHYS_PFN(piece->size);
		file->count = 2 + i;
		if (file->copies)
			continue;
		piece->at = memremap(piece->physical, piece->size, MEMREMAP_WB);
		if (!piece->at)
			return -ENOMEM;
	}
	return file->copies && !switchyard_copies_have(file->copies, first) ? -EIO : 0;
}

/* A copy of the kernel's note, for kfree(). NULL: there is none, or no memory. */
static void *copy_note(const struct memory_file *file, const struct switchyard_range *note)
{
	void *copy = NULL;
	u32 i;

	if (note->size && note->size <= NOTE_MOST)
		copy = kzalloc(note->size, GFP_KERNEL);
	for (i = 1; i < file->count && copy; i++) {
		const struct piece *piece = &file->piece[i];
		u64 skip = note->base - piece->physical;

		if (note->base < piece->physical || note->size > piece->size ||
		    skip > piece->size - note->size)
			continue;
		if (piece->at)
			memcpy(copy, piece->at + skip, note->size);
		else if (!switchyard_copies_copy(file->copies, piece->first * PAGE_SIZE + skip,
						 copy, note->size))
			break;
		return copy;
	}
	kfree(copy);
	return NULL;
}

static int fill_file(struct memory_file *file, const struct switchyard_memory *memory,
		     const struct switchyard_of *of)
{
	struct piece *headers = &file->piece[0];
	void *note;
	int error;
	u32 i;

	file->count = 1;
	file->turn = memory->turn;
	error = map_ranges(file, memory);
	if (error)
		return error;
	note = copy_note(file, &memory->note);
	headers->at = switchyard_elf_make(memory, of, note, &headers->size);
	kfree(note);
	if (!headers->at)
		return -ENOMEM;
	headers->physical = virt_to_phys(headers->at);
	file->size = headers->size;
	for (i = 1; i < file->count; i++) {
		file->piece[i].offset = file->size;
		file->size += file->piece[i].size;
	}
	return 0;
}

/* Asks the monitor about the slot, or the snapshot, and makes a file of the answer. */
static int make_file(struct memory_file *file, const struct switchyard_snapshot *snapshot)
{
	size_t room =
		sizeof(struct switchyard_memory) + MOST_CPUS * sizeof(struct switchyard_registers);
	struct switchyard_memory *memory = kzalloc(room, GFP_KERNEL);
	struct switchyard_of of = {.snapshot = snapshot};
	int error = -ENOMEM;

	strscpy(of.slot,
		snapshot ? snapshot->slot : switchyard_core.info->slot[file->slot - 1].name,
		sizeof(of.slot));
	if (memory)
		error = snapshot ? switchyard_snapshot_memory(snapshot->id, memory, room)
				 : switchyard_service_memory(file->slot, memory, room);
	if (!error && snapshot)
		error = switchyard_copies_open(snapshot, &file->copies);
	if (!error && snapshot)
		of.record = switchyard_snapshot_record(snapshot->id);
	if (!error)
		error = fill_file(file, memory, &of);
	kfree(of.record);
	kfree(memory);
	return error;
}

/* Either a slot's number, or a snapshot. */
static int open_file(struct inode *inode, struct file *opened, u32 slot,
		     const struct switchyard_snapshot *snapshot)
{
	struct memory_file *file = kzalloc(sizeof(*file), GFP_KERNEL);
	int error;

	if (!file)
		return -ENOMEM;
	file->users = 1;
	file->mapping = opened->f_mapping;
	file->slot = slot;
	file->snapshot = snapshot ? snapshot->id : 0;
	error = make_file(file, snapshot);
	if (error) {
		free_file(file);
		return error;
	}
	/* crash looks whether a file is as long as its headers say. */
	i_size_write(inode, file->size);
	opened->private_data = file;
	mutex_lock(&files_lock);
	list_add(&file->list, &files);
	mutex_unlock(&files_lock);
	return 0;
}

static int slot_open(struct inode *inode, struct file *opened)
{
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	return open_file(inode, opened, (uintptr_t)pde_data(inode), NULL);
}

static int snapshot_open(struct inode *inode, struct file *opened)
{
	struct switchyard_snapshot row;
	int error;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	error = switchyard_snapshot_find((uintptr_t)pde_data(inode), &row);
	return error ? error : open_file(inode, opened, 0, &row);
}

static int memory_release(struct inode *inode, struct file *opened)
{
	drop_user(opened->private_data);
	return 0;
}

const struct proc_ops switchyard_slot_operations = {
	.proc_open = slot_open,
	.proc_read = memory_read,
	.proc_lseek = memory_seek,
	.proc_mmap = memory_mmap,
	.proc_release = memory_release,
};

const struct proc_ops switchyard_snapshot_operations = {
	.proc_open = snapshot_open,
	.proc_read = memory_read,
	.proc_lseek = memory_seek,
	.proc_mmap = memory_mmap,
	.proc_release = memory_release,
};
