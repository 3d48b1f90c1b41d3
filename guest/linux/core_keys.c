// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_keys.c - hotkeys on any keyboard, and SysRq y.
 *
 * Ctrl+Alt+Shift+1 to 9 switches to that slot, and Ctrl+Alt+Shift+0 to the monitor. The left and
 * the right modifier keys are equal. An input filter sees keys before anyone else, and swallows the
 * digit. SysRq y (BREAK, then y on a serial console) goes to the monitor.
 *
 * A chord acts when its keys have been let go. A key that is down during a switch would be let go
 * in another kernel: that one would see it repeated, and this one would believe that it is still
 * down. Besides, a key that wakes a USB controller makes the suspend fail. A chord that is held for
 * long acts anyway.
 *
 * Keys that were down when this slot was parked: Linux's input core lets go of all keys when it
 * suspends a keyboard, but its HID layer (USB and Bluetooth) compares each report with the one
 * before. If a key was let go while another kernel had the keyboard, HID believes that it is still
 * down, and ignores the next press. So HID gets a report without keys.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hid.h>
#include <linux/input.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysrq.h>
#include <linux/workqueue.h>
#include "compat.h"
#include "core.h"

#define SYSRQ_KEY    'y'
#define HELD_LONG    (2 * HZ)

#define HID_BUS	     "hid"
#define REPORT_BYTES 64 /* more than any keyboard's report has */

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

static bool chord_down(const struct input_dev *dev)
{
	return either_down(dev, KEY_LEFTCTRL, KEY_RIGHTCTRL) ||
	       either_down(dev, KEY_LEFTALT, KEY_RIGHTALT) ||
	       either_down(dev, KEY_LEFTSHIFT, KEY_RIGHTSHIFT) ||
	       find_next_bit(dev->key, KEY_0 + 1, KEY_1) <= KEY_0;
}

/* A chord that was pressed and has not acted yet. */
static struct switchyard_chord {
	spinlock_t lock;       /* keyboards send events at the same time */
	struct input_dev *dev; /* on which keyboard; NULL: there is none */
	u32 slot;
	struct delayed_work held;
} chord;

static void chord_begin(struct input_dev *dev, u32 slot)
{
	unsigned long flags;

	spin_lock_irqsave(&chord.lock, flags);
	chord.dev = dev;
	chord.slot = slot;
	mod_delayed_work(system_wq, &chord.held, HELD_LONG);
	spin_unlock_irqrestore(&chord.lock, flags);
}

/* Acts, once for each chord, if it is on that keyboard. NULL: on any. */
static void chord_end(const struct input_dev *dev)
{
	unsigned long flags;
	bool acts;

	spin_lock_irqsave(&chord.lock, flags);
	acts = chord.dev && (!dev || chord.dev == dev);
	if (acts) {
		chord.dev = NULL;
		cancel_delayed_work(&chord.held);
		switchyard_request_later(&switchyard_core, chord.slot);
	}
	spin_unlock_irqrestore(&chord.lock, flags);
}

static void chord_held(struct work_struct *work)
{
	chord_end(NULL);
}

/* Linux calls it with interrupts off and the device locked. True: nobody else sees the event. */
static bool keys_filter(struct input_handle *handle, unsigned int type, unsigned int code,
			int value)
{
	struct input_dev *dev = handle->dev;

	if (type != EV_KEY)
		return false;
	if (value == KEY_RELEASED) {
		if (!chord_down(dev))
			chord_end(dev);
		return false;
	}
	if (code < KEY_1 || code > KEY_0 || !modifiers_down(dev))
		return false;

	/* The key codes of 1 to 9 and 0 are consecutive. */
	if (value == KEY_PRESSED)
		chord_begin(dev, code == KEY_0 ? 0 : code - KEY_1 + 1);
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
	chord_end(handle->dev);
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

static void report_nothing(struct hid_device *hid, struct hid_report *report,
			   typeof(hid_input_report) *input)
{
	u8 bytes[REPORT_BYTES] = {report->id};
	u32 length = hid_report_len(report);

	if (report->application == HID_GD_KEYBOARD && length <= sizeof(bytes))
		input(hid, HID_INPUT_REPORT, bytes, length, 1);
}

static void forget_hid_keys(const struct input_dev *dev)
{
	struct device *parent = dev->dev.parent;
	struct hid_report *report;
	struct hid_device *hid;
	typeof(hid_input_report) *input;

	if (!parent || !parent->bus || strcmp(parent->bus->name, HID_BUS))
		return;

	/* HID is a module that this driver must not need. */
	input = symbol_get(hid_input_report);
	if (!input)
		return;
	hid = to_hid_device(parent);
	list_for_each_entry (report, &hid->report_enum[HID_INPUT_REPORT].report_list, list)
		report_nothing(hid, report, input);
	symbol_put(hid_input_report);
}

static int forget_keys(struct input_handle *handle, void *none)
{
	forget_hid_keys(handle->dev);
	return 0;
}

void switchyard_keys_forget(void)
{
	input_handler_for_each_handle(&keys_handler, NULL, forget_keys);
}

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
	int error;

	spin_lock_init(&chord.lock);
	INIT_DELAYED_WORK(&chord.held, chord_held);
	error = input_register_handler(&keys_handler);
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
	cancel_delayed_work_sync(&chord.held);
}
