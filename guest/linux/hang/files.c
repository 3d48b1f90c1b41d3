// SPDX-License-Identifier: GPL-2.0-only
/*
 * files.c - reads and writes small files of the kernel's own, as programs do. Linux tells or
 * takes some things only there, because it exports no function for them to modules.
 *
 * Programs that the kernel starts see init's root directory, which can be another one than that of
 * the program that asks for a switch. The driver looks there, too.
 */
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/path.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include "core.h"

struct file *switchyard_file_open(const char *name, int flags)
{
	struct file *file;
	struct path root;

	task_lock(&init_task);
	get_fs_root(init_task.fs, &root);
	task_unlock(&init_task);
	file = file_open_root(&root, name, flags, 0);
	path_put(&root);
	return file;
}

/* Such a file may give less than all at once. */
static ssize_t read_all(struct file *file, char *text, size_t size)
{
	loff_t place = 0;
	ssize_t count;

	do {
		count = kernel_read(file, text + place, size - 1 - place, &place);
	} while (count > 0 && place < size - 1);
	text[place] = '\0';
	return count < 0 ? count : place;
}

ssize_t switchyard_file_read(const char *name, char *text, size_t size)
{
	struct file *file = switchyard_file_open(name, O_RDONLY);
	ssize_t count;

	if (IS_ERR(file))
		return PTR_ERR(file);
	count = read_all(file, text, size);
	filp_close(file, NULL);
	return count;
}

int switchyard_file_write(const char *name, const char *text)
{
	struct file *file = switchyard_file_open(name, O_WRONLY);
	loff_t place = 0;
	ssize_t count;

	if (IS_ERR(file))
		return PTR_ERR(file);
	count = kernel_write(file, text, strlen(text), &place);
	filp_close(file, NULL);
	return count < 0 ? count : 0;
}
