// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_service.c - services of the monitor, for programs. Linux goes on meanwhile.
 *
 * The monitor takes physical addresses in this slot's RAM. So the structure and the buffer of a call
 * lie in memory of the kernel that is in one piece, and the program's buffer is copied.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "core.h"
#include "switchyard_ioctl.h"
#include "switchyard_names.h"

/* One service at a time. The gate's page table (core_gate.c) is for one call. */
static DEFINE_MUTEX(service_lock);

/* The open file that loads an image; NULL: none does. The monitor knows only this slot. */
static const struct file *loader;

static bool loads(u32 service)
{
	return service >= SWITCHYARD_LOAD_BEGIN && service <= SWITCHYARD_LOAD_ABORT;
}

static s64 ask_once(struct switchyard_call *call)
{
	return switchyard_gate_call(&switchyard_core.gate, SWITCHYARD_SERVICE, virt_to_phys(call));
}

/* Repeats the call while the monitor says so. A signal, or the freezer, comes in between. */
static int ask(struct switchyard_call *call, s64 *result)
{
	for (;;) {
		*result = ask_once(call);
		if (*result != SWITCHYARD_EAGAIN)
			return 0;
		if (signal_pending(current))
			return -ERESTARTSYS;
		cond_resched();
	}
}

/* Notes who loads after a call that was answered. */
static void note_loader(const struct file *file, u32 service, s64 result)
{
	if (service == SWITCHYARD_LOAD_BEGIN && !result)
		loader = file;
	else if (service == SWITCHYARD_LOAD_COMMIT || service == SWITCHYARD_LOAD_ABORT)
		loader = NULL;
}

static int ask_locked(const struct file *file, struct switchyard_call *call, s64 *result)
{
	int error;

	error = mutex_lock_interruptible(&service_lock);
	if (error)
		return -ERESTARTSYS;
	if (loads(call->service) && loader != file &&
	    (loader || call->service != SWITCHYARD_LOAD_BEGIN))
		error = -EBUSY;
	else
		error = ask(call, result);
	if (!error)
		note_loader(file, call->service, *result);
	mutex_unlock(&service_lock);
	return error;
}

/* Runs the call with a copy of the program's buffer. */
static int ask_with_buffer(const struct file *file, struct switchyard_call *call, void __user *user,
			   s64 *result)
{
	bool out = call->service == SWITCHYARD_LOG;
	void *buffer;
	int error;

	if (call->length > SWITCHYARD_PIECE)
		return -EINVAL;
	if (!call->length)
		return ask_locked(file, call, result);
	buffer = kzalloc(call->length, GFP_KERNEL | __GFP_NOWARN);
	if (!buffer)
		return -ENOMEM;
	call->address = virt_to_phys(buffer);
	error = out || !copy_from_user(buffer, user, call->length) ? 0 : -EFAULT;
	if (!error)
		error = ask_locked(file, call, result);
	if (!error && out && copy_to_user(user, buffer, min(call->done, call->length)))
		error = -EFAULT;
	kfree(buffer);
	return error;
}

int switchyard_service_ask(const struct file *file, struct switchyard_ask *ask)
{
	struct switchyard_call *call = kzalloc(sizeof(*call), GFP_KERNEL);
	s64 result;
	int error;

	if (!call)
		return -ENOMEM;
	call->size = sizeof(*call);
	call->service = ask->service;
	call->slot = ask->slot;
	call->kind = ask->kind;
	call->bytes = ask->bytes;
	call->length = ask->length;
	error = ask_with_buffer(file, call, u64_to_user_ptr(ask->buffer), &result);
	if (!error) {
		ask->error = result;
		ask->done = call->done;
		memcpy(ask->text, call->text, sizeof(ask->text));
	}
	kfree(call);
	return error;
}

void switchyard_service_list(void)
{
	struct switchyard_ask list = {.service = SWITCHYARD_LIST};

	switchyard_service_ask(NULL, &list);
}

void switchyard_service_close(const struct file *file)
{
	struct switchyard_ask end = {.service = SWITCHYARD_LOAD_ABORT};

	if (READ_ONCE(loader) == file)
		switchyard_service_ask(file, &end);
}

int switchyard_service_prepare(u32 op, u32 slot, u16 *uses, u32 count,
			       struct switchyard_reason *reason)
{
	struct switchyard_call *call = kzalloc(sizeof(*call), GFP_KERNEL);
	s64 result;
	int error;

	if (!call)
		return -ENOMEM;
	call->size = sizeof(*call);
	call->service = SWITCHYARD_PREPARE;
	call->kind = op;
	call->slot = slot;
	call->address = virt_to_phys(uses);
	call->length = count * sizeof(*uses);
	error = ask_locked(NULL, call, &result);
	if (!error && result) {
		strscpy(reason->text,
			result == SWITCHYARD_EREFUSED ? call->text : switchyard_error_text(result),
			sizeof(reason->text));
		error = -EOPNOTSUPP;
	}
	kfree(call);
	return error;
}
