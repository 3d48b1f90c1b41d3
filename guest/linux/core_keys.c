// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_keys.c - hotkeys on any keyboard, and SysRq y.
 *
 * Ctrl+Alt+Shift+1 to 9 switches to that slot, and Ctrl+Alt+Shift+0 to the monitor. The left and
 * the right modifier keys are equal. An input filter sees keys before anyone else, and swallows the
 * digit. SysRq y (BREAK, then y on a serial console) goes to the monitor.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/input.h>
#include <linux/slab.h>
#include <linux/sysrq.h>
#include "compat.h"
#include "core.h"

#define SYSRQ_KEY 'y'

/* Values of an EV_KEY event (Documentation/input/event-codes.rst). */
enum { KEY_RELEASED = 0, KEY_PRESSED = 1 };

static bool either_down(const struct input_dev *dev, unsigned int left, unsigned int right)
{
	return test_bit(left, dev->key) || test_bit(right, dev->key);
}

static bool modifiers_down(const struct input_dev *dev)
{
	return either_down(dev, KEY_LEFTCTRL, KEY_RIGHTCTRL) &&
	       either_down(dev, KEY_LEFTALT, KEY_RIGHTALT) &&
	       either_down(dev, KEY_LEFTSHIFT, KEY_RIGHTSHIFT);
}

/* Linux calls it with interrupts off and the device locked. True: nobody else sees the event. */
static bool keys_filter(struct input_handle *handle, unsigned int type, unsigned int code,
			int value)
{
	if (type != EV_KEY || code < KEY_1 || code > KEY_0 || value == KEY_RELEASED)
		return false;
	if (!modifiers_down(handle->dev))
		return false;

	/* The key codes of 1 to 9 and 0 are consecutive. */
	if (value == KEY_PRESSED)
		switchyard_request_later(&switchyard_core, code == KEY_0 ? 0 : code - KEY_1 + 1);
	return true;
}

static int keys_connect(struct input_handler *handler, struct input_dev *dev,
			const struct input_device_id *id)
{
	struct input_handle *handle = kzalloc(sizeof(*handle), GFP_KERNEL);
	int error;

	if (!handle)
		return -ENOMEM;

	handle->dev = dev;
	handle->handler = handler;
	handle->name = "switchyard";
	error = input_register_handle(handle);
	if (error)
		goto free_handle;
	error = input_open_device(handle);
	if (error)
		goto unregister_handle;
	return 0;

unregister_handle:
	input_unregister_handle(handle);
free_handle:
	kfree(handle);
	return error;
}

static void keys_disconnect(struct input_handle *handle)
{
	input_close_device(handle);
	input_unregister_handle(handle);
	kfree(handle);
}

/* A device with a key 1 is taken for a keyboard. */
static const struct input_device_id keys_ids[] = {
	{
		.flags = INPUT_DEVICE_ID_MATCH_EVBIT | INPUT_DEVICE_ID_MATCH_KEYBIT,
		.evbit = {BIT_MASK(EV_KEY)},
		.keybit = {[BIT_WORD(KEY_1)] = BIT_MASK(KEY_1)},
	},
	{},
};

static struct input_handler keys_handler = {
	.filter = keys_filter,
	.connect = keys_connect,
	.disconnect = keys_disconnect,
	.name = "switchyard",
	.id_table = keys_ids,
};

static void sysrq_monitor(sysrq_key key)
{
	switchyard_request_later(&switchyard_core, 0);
}

static const struct sysrq_key_op sysrq_op = {
	.handler = sysrq_monitor,
	.help_msg = "switchyard-monitor(y)",
	.action_msg = "Switchyard's monitor",
	/*
	 * This is the mask of SysRq b, because SysRq y also stops everything here. Debian's
	 * kernel.sysrq=438 allows it.
	 */
	.enable_mask = SYSRQ_ENABLE_BOOT,
};

int switchyard_keys_init(void)
{
	int error = input_register_handler(&keys_handler);

	if (error) {
		pr_err("no input handler, error %d\n", error);
		return error;
	}
	/* A failure is not fatal. The key may be taken, or SysRq may not be built in. */
	if (register_sysrq_key(SYSRQ_KEY, &sysrq_op))
		pr_warn("SysRq %c is not to be had\n", SYSRQ_KEY);
	return 0;
}

void switchyard_keys_exit(void)
{
	unregister_sysrq_key(SYSRQ_KEY, &sysrq_op);
	input_unregister_handler(&keys_handler);
}
