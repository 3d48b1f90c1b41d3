// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_device.c - /dev/switchyard, for syctl. Only root may use it, because a switch stops
 * everything.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"
#include "switchyard_ioctl.h"

static int device_list(struct switchyard_list __user *user)
{
	const struct switchyard_info *info = switchyard_core.info;
	struct switchyard_list list = {
		.self = info->self,
		.gate = info->gate,
		.returns = switchyard_core.returns,
		.away_usec = switchyard_core.away_usec,
	};

	switchyard_service_list();
	switchyard_memory_update();
	list.slot_count = info->slot_count;
	memcpy(list.slot, info->slot, sizeof(list.slot));
	return copy_to_user(user, &list, sizeof(list)) ? -EFAULT : 0;
}

/*
 * Each open file has the answer to its last request, because that of another program may follow at
 * once.
 */
static int device_request(struct file *file, u32 op, struct switchyard_request __user *user)
{
	struct switchyard_answer *answer = file->private_data;
	struct switchyard_request request;
	bool force;
	int error;
	u32 slot;

	if (copy_from_user(&request, user, sizeof(request)))
		return -EFAULT;
	slot = request.slot & ~(SWITCHYARD_FORCE | SWITCHYARD_WANT_QUICK);
	force = request.slot & SWITCHYARD_FORCE;
	if (request.slot & SWITCHYARD_WANT_QUICK)
		op |= SWITCHYARD_QUICK;
	error = switchyard_request_run(&switchyard_core, op, slot, force, answer);
	if (error)
		return error;
	request.error = answer->result;
	return copy_to_user(user, &request, sizeof(request)) ? -EFAULT : 0;
}

static int device_snapshot(struct file *file, struct switchyard_snapshot_request __user *user)
{
	struct switchyard_snapshot_request request;
	int error;

	if (copy_from_user(&request, user, sizeof(request)))
		return -EFAULT;
	error = switchyard_snapshot_take(&switchyard_core, &request, file->private_data);
	if (error)
		return error;
	return copy_to_user(user, &request, sizeof(request)) ? -EFAULT : 0;
}

static int device_ask(const struct file *file, struct switchyard_ask __user *user)
{
	struct switchyard_ask ask;
	int error;

	if (copy_from_user(&ask, user, sizeof(ask)))
		return -EFAULT;
	error = switchyard_service_ask(file, &ask);
	if (error)
		return error;
	return copy_to_user(user, &ask, sizeof(ask)) ? -EFAULT : 0;
}

static int device_open(struct inode *inode, struct file *file)
{
	struct switchyard_answer *answer = kzalloc(sizeof(*answer), GFP_KERNEL);

	file->private_data = answer;
	return answer ? 0 : -ENOMEM;
}

static int device_release(struct inode *inode, struct file *file)
{
	switchyard_service_close(file);
	kfree(file->private_data);
	return 0;
}

static int device_lost(const struct file *file, struct switchyard_lost __user *user)
{
	const struct switchyard_answer *answer = file->private_data;

	return copy_to_user(user, &answer->lost, sizeof(answer->lost)) ? -EFAULT : 0;
}

static int device_reason(const struct file *file, struct switchyard_reason __user *user)
{
	const struct switchyard_answer *answer = file->private_data;

	return copy_to_user(user, &answer->reason, sizeof(answer->reason)) ? -EFAULT : 0;
}

static int device_held(struct switchyard_held __user *user)
{
	struct switchyard_held held;

	if (copy_from_user(&held, user, sizeof(held)))
		return -EFAULT;
	held.slot[0] = '\0';
	held.name[0] = '\0';
	held.here = 0;
	if (!switchyard_storage_find_held(&held))
		return -ETIMEDOUT;
	return copy_to_user(user, &held, sizeof(held)) ? -EFAULT : 0;
}

static int device_waiting(struct switchyard_reason __user *user)
{
	struct switchyard_reason waiting = {""};

	switchyard_sync_waiting(waiting.text, sizeof(waiting.text));
	return copy_to_user(user, &waiting, sizeof(waiting)) ? -EFAULT : 0;
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *user = (void __user *)argument;

	switch (command) {
	case SWITCHYARD_IOC_LIST:
		return device_list(user);
	case SWITCHYARD_IOC_SWITCH:
		return device_request(file, SWITCHYARD_SWITCH, user);
	case SWITCHYARD_IOC_MONITOR:
		return device_request(file, SWITCHYARD_MONITOR, user);
	case SWITCHYARD_IOC_BOOT:
		return device_request(file, SWITCHYARD_BOOT, user);
	case SWITCHYARD_IOC_SNAPSHOT:
		return device_snapshot(file, user);
	case SWITCHYARD_IOC_ASK:
		return device_ask(file, user);
	case SWITCHYARD_IOC_LOST:
		return device_lost(file, user);
	case SWITCHYARD_IOC_REASON:
		return device_reason(file, user);
	case SWITCHYARD_IOC_WAITING:
		return device_waiting(user);
	case SWITCHYARD_IOC_HELD:
		return device_held(user);
	case SWITCHYARD_IOC_TIMES:
		return switchyard_times_copy(user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations device_operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "switchyard",
	.fops = &device_operations,
	.mode = 0600,
};

int switchyard_device_init(void)
{
	int error = misc_register(&device);

	if (error)
		pr_err("no /dev/switchyard, error %d\n", error);
	return error;
}

void switchyard_device_exit(void)
{
	misc_deregister(&device);
}
