// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_service.c - services of the monitor, for programs. Linux goes on meanwhile.
 *
 * The monitor takes physical addresses in this slot's RAM. So the structure and the buffer of a
 * call lie in memory of the kernel that is in one piece, and the program's buffer is copied.
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

/* One service at a time: there is one structure. */
static DEFINE_MUTEX(service_lock);

/* The structure of that call, allocated, because a module's own memory is not in one piece. */
static struct switchyard_call *call;

/* The open file that loads an image; NULL: none does. The monitor knows only this slot. */
static const struct file *loader;

static bool loads(u32 service)
{
	return service >= SWITCHYARD_LOAD_BEGIN && service <= SWITCHYARD_LOAD_ABORT;
}

static s64 ask_once(void)
{
	return switchyard_gate_call(&switchyard_core.gate, SWITCHYARD_SERVICE, virt_to_phys(call));
}

/* Repeats the call while the monitor says so. A signal, or the freezer, comes in between. */
static int ask_until_done(s32 *result)
{
	for (;;) {
		*result = ask_once();
		if (*result != SWITCHYARD_EAGAIN)
			return 0;
		if (signal_pending(current))
			return -ERESTARTSYS;
		cond_resched();
	}
}

/* Notes who loads after a call that was answered. */
static void note_loader(const struct file *file, u32 service, s32 result)
{
	if (service == SWITCHYARD_LOAD_BEGIN && !result)
		loader = file;
	else if (service == SWITCHYARD_LOAD_COMMIT || service == SWITCHYARD_LOAD_ABORT)
		loader = NULL;
}

static void fill_call(const struct switchyard_ask *ask, void *buffer)
{
	*call = (struct switchyard_call){
		.size = sizeof(*call),
		.service = ask->service,
		.slot = ask->slot,
		.kind = ask->kind,
		.bytes = ask->bytes,
		.address = buffer ? virt_to_phys(buffer) : 0,
		.length = ask->length,
	};
}

static int ask_locked(const struct file *file, struct switchyard_ask *ask, void *buffer)
{
	int error;

	if (loads(ask->service) && loader != file &&
	    (loader || ask->service != SWITCHYARD_LOAD_BEGIN))
		return -EBUSY;
	fill_call(ask, buffer);
	error = ask_until_done(&ask->error);
	if (error)
		return error;
	note_loader(file, ask->service, ask->error);
	ask->done = call->done;
	memcpy(ask->text, call->text, sizeof(ask->text));
	return 0;
}

static int ask_with_buffer(const struct file *file, struct switchyard_ask *ask, void *buffer)
{
	int error = mutex_lock_interruptible(&service_lock);

	if (error)
		return -ERESTARTSYS;
	error = ask_locked(file, ask, buffer);
	mutex_unlock(&service_lock);
	return error;
}

/* The buffer gets the answer, in `done` units of so many bytes; 0: it is only read. */
static u64 answer_unit(u32 service)
{
	switch (service) {
	case SWITCHYARD_LOG:
	case SWITCHYARD_DEVICES:
	case SWITCHYARD_MEMORY:
	case SWITCHYARD_SNAPSHOT_MEMORY:
	case SWITCHYARD_SNAPSHOT_MAP:
	case SWITCHYARD_SNAPSHOT_RECORD:
		return 1;
	case SWITCHYARD_SNAPSHOT_LIST:
		return sizeof(struct switchyard_snapshot);
	case SWITCHYARD_STORAGE_LIST:
		return sizeof(struct switchyard_storage);
	}
	return 0;
}

/* The buffer of the call is a copy of the program's. */
static int ask_for_program(const struct file *file, struct switchyard_ask *ask)
{
	void __user *user = u64_to_user_ptr(ask->buffer);
	u64 out = answer_unit(ask->service);
	void *buffer;
	int error;

	/* What this kernel uses, the driver knows better. */
	if (ask->length > SWITCHYARD_PIECE || ask->service == SWITCHYARD_STORAGE)
		return -EINVAL;
	if (!ask->length)
		return ask_with_buffer(file, ask, NULL);
	buffer = kzalloc(ask->length, GFP_KERNEL | __GFP_NOWARN);
	if (!buffer)
		return -ENOMEM;
	error = out || !copy_from_user(buffer, user, ask->length) ? 0 : -EFAULT;
	if (!error)
		error = ask_with_buffer(file, ask, buffer);
	if (!error && out &&
	    copy_to_user(user, buffer, min_t(u64, (u32)ask->done * out, ask->length)))
		error = -EFAULT;
	kfree(buffer);
	return error;
}

static bool begins_restore(const struct switchyard_ask *ask)
{
	return (ask->service == SWITCHYARD_SNAPSHOT_RESTORE &&
		ask->kind & SWITCHYARD_RESTORE_BEGIN) ||
	       (ask->service == SWITCHYARD_RESTORE_FILE && ask->kind & SWITCHYARD_FILE_BEGIN);
}

/* The slot is parked again, with the block devices that it had then. */
static bool ends_restore(const struct switchyard_ask *ask)
{
	return !ask->error &&
	       ((ask->service == SWITCHYARD_SNAPSHOT_RESTORE && !ask->done) ||
		(ask->service == SWITCHYARD_RESTORE_FILE && ask->kind & SWITCHYARD_FILE_COMMIT));
}

/* What a slot has may not be its own any more. */
static void note_changes(const struct switchyard_ask *ask)
{
	if (ask->service == SWITCHYARD_KILL || ask->service == SWITCHYARD_REMOVE ||
	    ask->service == SWITCHYARD_SNAPSHOT_RESTORE ||
	    (ask->service == SWITCHYARD_RESTORE_FILE && ask->kind == SWITCHYARD_FILE_COMMIT))
		switchyard_memory_zap();
	if (ask->service == SWITCHYARD_KILL || ends_restore(ask))
		switchyard_storage_look();
	if (ask->service == SWITCHYARD_ADD || ask->service == SWITCHYARD_REMOVE ||
	    ask->service == SWITCHYARD_SNAPSHOT_DROP)
		switchyard_memory_update();
}

/* Another program's service may use the RAM at once. */
static int drop_for_program(const struct file *file, struct switchyard_ask *ask)
{
	int error;

	switchyard_memory_hold();
	error = ask_for_program(file, ask);
	switchyard_memory_go_on();
	return error;
}

int switchyard_service_ask(const struct file *file, struct switchyard_ask *ask)
{
	int error;

	/*
	 * The monitor refuses it if this kernel has written to the slot's disks, so it is told, or
	 * that nobody knows.
	 */
	if (begins_restore(ask) && !switchyard_storage_look_well())
		switchyard_storage_tell();
	error = ask->service == SWITCHYARD_SNAPSHOT_DROP ? drop_for_program(file, ask)
							 : ask_for_program(file, ask);
	if (!error)
		note_changes(ask);
	return error;
}

/* A signal must not look like a snapshot that is gone, so this waits for its turn in any case. */
int switchyard_service_ask_kernel(struct switchyard_ask *ask, void *buffer)
{
	int error;

	mutex_lock(&service_lock);
	error = ask_locked(NULL, ask, buffer);
	mutex_unlock(&service_lock);
	return error;
}

void switchyard_service_list(void)
{
	struct switchyard_ask list = {.service = SWITCHYARD_LIST};

	switchyard_service_ask(NULL, &list);
}

/* It takes no signal and no memory: if it failed, nobody could load before this kernel ends. */
void switchyard_service_close(const struct file *file)
{
	const struct switchyard_ask abort = {.service = SWITCHYARD_LOAD_ABORT};

	mutex_lock(&service_lock);
	if (loader == file) {
		fill_call(&abort, NULL);
		ask_once();
		loader = NULL;
	}
	mutex_unlock(&service_lock);
}

int switchyard_service_init(void)
{
	call = kzalloc(sizeof(*call), GFP_KERNEL);
	return call ? 0 : -ENOMEM;
}

void switchyard_service_exit(void)
{
	kfree(call);
}

int switchyard_service_memory(u32 slot, struct switchyard_memory *to, u32 room)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_MEMORY, .slot = slot, .length = room};
	int error = ask_with_buffer(NULL, &ask, to);

	if (error)
		return error;
	switch (ask.error) {
	case 0:
		return 0;
	case SWITCHYARD_EREFUSED:
		return -ENODATA;
	case SWITCHYARD_ENOSLOT:
		return -ENOENT;
	}
	return -EOPNOTSUPP; /* the monitor is older */
}

int switchyard_service_storage(struct switchyard_storage *to, u32 room, u64 *count)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_STORAGE_LIST, .length = room};
	int error = ask_with_buffer(NULL, &ask, to);

	*count = ask.done;
	return error ? error : ask.error ? -EOPNOTSUPP : 0;
}

void switchyard_tell_uses(u32 (*find_uses)(u16 *uses, u32 *count, const char **reason))
{
	u16 *uses = kcalloc(SWITCHYARD_MOST_USES, sizeof(*uses), GFP_KERNEL);
	struct switchyard_reason reason;
	const char *why;
	u32 count, besides;

	if (!uses)
		return;
	besides = find_uses(uses, &count, &why);
	switchyard_service_prepare(SWITCHYARD_MONITOR, 0, uses, count, besides, &reason);
	kfree(uses);
}

int switchyard_service_prepare(u32 op, u32 slot, u16 *uses, u32 count, u32 besides,
			       struct switchyard_reason *reason)
{
	struct switchyard_ask ask = {
		.service = SWITCHYARD_PREPARE,
		.kind = op,
		.slot = slot,
		.bytes = besides,
		.length = count * sizeof(*uses),
	};
	int error = ask_with_buffer(NULL, &ask, uses);

	if (error || !ask.error)
		return error;
	strscpy(reason->text,
		ask.error == SWITCHYARD_EREFUSED ? ask.text : switchyard_error_text(ask.error),
		sizeof(reason->text));
	return -EOPNOTSUPP;
}
