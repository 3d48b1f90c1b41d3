// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_memory.c - the memory of slots that do not run, as ELF core files: /proc/switchyard/SLOT.
 * Only root may read them.
 *
 * A file has no copy of the memory: reads and mappings reach the other slot's RAM itself. Once that
 * slot has run, or its RAM was given back, what is open gives ESTALE. Its mappings are taken away
 * before a task runs: after a deep switch while tasks are still frozen, and before a quick one, in
 * which CPUs go on at once.
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
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "compat.h"
#include "core.h"
#include "switchyard_check.h"
#include "switchyard_ioctl.h"

#define MOST_CPUS   64	  /* of a slot, with registers */
#define READ_MOST   SZ_1M /* bytes that are copied before the slot is looked at again */
#define FAULT_PAGES 64ul  /* mapped at once, since the next ones are probably read, too */
#define HELD_MSEC   1

/* A part of a file: the headers, or a range of the slot's RAM. */
struct piece {
	u64 offset, size, physical;
	void *at;
};

/* An open file, and the mappings of it, which may live longer. */
struct memory_file {
	struct list_head list;
	u32 users;
	struct address_space *mapping;
	u32 slot, turn;
	u64 size;
	u32 count;
	struct piece piece[1 + SWITCHYARD_MAX_RANGES]; /* the headers come first */
};

/* It guards the list of open files, how many users each has, and `held`. */
static DEFINE_MUTEX(files_lock);
static LIST_HEAD(files);
static bool held; /* a quick switch is under way: nothing gets mapped */

/* The names in /proc/switchyard, by the slots' numbers less one; "": there is none. */
static DEFINE_MUTEX(names_lock);
static char names[SWITCHYARD_MAX_SLOTS][SWITCHYARD_NAME_SIZE];
static struct proc_dir_entry *folder;

/*
 * True if the slot has not run since the file was opened, and has its RAM. The monitor writes the
 * row.
 */
static bool is_current(const struct memory_file *file)
{
	const struct switchyard_slot *row = &switchyard_core.info->slot[file->slot - 1];

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
		if (copy_to_user(user + done, piece->at + skip, part))
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
	kfree(file);
}

/* Mappings of other slots' memory vanish. An access maps them again, if that is still right. */
void switchyard_memory_zap(void)
{
	struct memory_file *file;

	mutex_lock(&files_lock);
	list_for_each_entry (file, &files, list)
		unmap_mapping_range(file->mapping, 0, 0, 1);
	mutex_unlock(&files_lock);
}

static void set_held(bool now)
{
	mutex_lock(&files_lock);
	held = now;
	mutex_unlock(&files_lock);
}

void switchyard_memory_hold(void)
{
	set_held(true);
	switchyard_memory_zap();
}

void switchyard_memory_go_on(void)
{
	set_held(false);
}

/* Maps the page at the address, and those behind it, as far as they are the same piece's. */
static vm_fault_t map_pages(const struct memory_file *file, struct vm_fault *fault)
{
	u64 offset = (u64)fault->pgoff << PAGE_SHIFT;
	const struct piece *piece = piece_at(file, offset);
	vm_fault_t result;
	unsigned long i, pages;

	if (!piece || !is_current(file))
		return VM_FAULT_SIGBUS;
	offset -= piece->offset;
	pages = min3(FAULT_PAGES, (fault->vma->vm_end - fault->address) >> PAGE_SHIFT,
		     (unsigned long)((piece->size - offset) >> PAGE_SHIFT));
	result = vmf_insert_pfn(fault->vma, fault->address, PHYS_PFN(piece->physical + offset));
	for (i = 1; i < pages && result == VM_FAULT_NOPAGE; i++)
		if (vmf_insert_pfn(fault->vma, fault->address + i * PAGE_SIZE,
				   PHYS_PFN(piece->physical + offset) + i) != VM_FAULT_NOPAGE)
			break;
	return result;
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
	if (vma->vm_pgoff > file->size >> PAGE_SHIFT ||
	    vma_pages(vma) > (file->size >> PAGE_SHIFT) - vma->vm_pgoff)
		return -EINVAL;
	compat_vm_flags_mod(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE | VM_MAYEXEC);
	vma->vm_ops = &memory_vm_operations;
	vma->vm_private_data = opened->private_data;
	memory_vma_open(vma);
	return 0;
}

/* Makes the slot's RAM readable. The headers' place comes later, so offsets count from 0. */
static int map_ranges(struct memory_file *file, const struct switchyard_memory *memory)
{
	u32 i;

	for (i = 0; i < memory->range_count && i < SWITCHYARD_MAX_RANGES; i++) {
		struct piece *piece = &file->piece[1 + i];

		*piece = (struct piece){.size = memory->range[i].size,
					.physical = memory->range[i].base};
		piece->at = memremap(piece->physical, piece->size, MEMREMAP_WB);
		if (!piece->at)
			return -ENOMEM;
		file->count = 2 + i;
	}
	return 0;
}

/* Where the kernel's note is in the memory that is mapped; NULL: there is none. */
static const void *find_note(const struct memory_file *file, const struct switchyard_range *note)
{
	u32 i;

	for (i = 1; i < file->count && note->size; i++) {
		const struct piece *piece = &file->piece[i];

		if (note->base >= piece->physical && note->size <= piece->size &&
		    note->base - piece->physical <= piece->size - note->size)
			return piece->at + (note->base - piece->physical);
	}
	return NULL;
}

static int fill_file(struct memory_file *file, const struct switchyard_memory *memory)
{
	struct piece *headers = &file->piece[0];
	char name[SWITCHYARD_NAME_SIZE];
	int error;
	u32 i;

	file->count = 1;
	file->turn = memory->turn;
	error = map_ranges(file, memory);
	if (error)
		return error;
	strscpy(name, switchyard_core.info->slot[file->slot - 1].name, sizeof(name));
	headers->at =
		switchyard_elf_make(memory, name, find_note(file, &memory->note), &headers->size);
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

/* Asks the monitor about the slot, and makes a file of the answer. */
static int make_file(struct memory_file *file)
{
	size_t room =
		sizeof(struct switchyard_memory) + MOST_CPUS * sizeof(struct switchyard_registers);
	struct switchyard_memory *memory = kzalloc(room, GFP_KERNEL);
	int error = -ENOMEM;

	if (memory)
		error = switchyard_service_memory(file->slot, memory, room);
	if (!error)
		error = fill_file(file, memory);
	kfree(memory);
	return error;
}

static int memory_open(struct inode *inode, struct file *opened)
{
	struct memory_file *file;
	int error;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	file = kzalloc(sizeof(*file), GFP_KERNEL);
	if (!file)
		return -ENOMEM;
	file->users = 1;
	file->mapping = opened->f_mapping;
	file->slot = (uintptr_t)pde_data(inode);
	error = make_file(file);
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

static int memory_release(struct inode *inode, struct file *opened)
{
	drop_user(opened->private_data);
	return 0;
}

static const struct proc_ops memory_operations = {
	.proc_open = memory_open,
	.proc_read = memory_read,
	.proc_lseek = memory_seek,
	.proc_mmap = memory_mmap,
	.proc_release = memory_release,
};

/* Makes the entry of slot number index + 1 agree with the slot's name. */
static void update_name(u32 index)
{
	const struct switchyard_slot *row = &switchyard_core.info->slot[index];
	char name[SWITCHYARD_NAME_SIZE] = "";

	if (row->state && index + 1 != switchyard_core.info->self)
		strscpy(name, row->name, sizeof(name));
	if (!strcmp(name, names[index]))
		return;
	if (names[index][0])
		remove_proc_entry(names[index], folder);
	names[index][0] = '\0';
	if (name[0] && proc_create_data(name, 0400, folder, &memory_operations,
					(void *)(uintptr_t)(index + 1)))
		strscpy(names[index], name, sizeof(names[index]));
}

void switchyard_memory_update(void)
{
	u32 i;

	mutex_lock(&names_lock);
	for (i = 0; i < SWITCHYARD_MAX_SLOTS; i++)
		update_name(i);
	mutex_unlock(&names_lock);
}

int switchyard_memory_init(void)
{
	folder = proc_mkdir(SWITCHYARD_MEMORY_NAME, NULL);
	if (!folder) {
		pr_err("no /proc/" SWITCHYARD_MEMORY_NAME "\n");
		return -ENOMEM;
	}
	switchyard_memory_update();
	return 0;
}

void switchyard_memory_exit(void)
{
	proc_remove(folder);
	memset(names, 0, sizeof(names));
}
