// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_hid.c - keys of USB and Bluetooth keyboards that were down when this slot was parked.
 *
 * Linux's input core lets go of all keys when it suspends a keyboard, but its HID layer compares
 * each report with the one before. If a key was let go while another kernel had the keyboard, HID
 * believes that it is still down, and ignores the next press. So HID gets a report without keys.
 */
#include <linux/hid.h>
#include <linux/input.h>
#include <linux/module.h>
#include <linux/string.h>
#include "core.h"

#define HID_BUS	     "hid"
#define REPORT_BYTES 64 /* more than any keyboard's report has */

typedef typeof(hid_input_report) report_fn;

static void report_nothing(struct hid_device *hid, struct hid_report *report, report_fn *input)
{
	u8 bytes[REPORT_BYTES] = {report->id};
	u32 length = hid_report_len(report);

	if (report->application == HID_GD_KEYBOARD && length <= sizeof(bytes))
		input(hid, HID_INPUT_REPORT, bytes, length, 1);
}

void switchyard_hid_forget(const struct input_dev *dev)
{
	struct device *parent = dev->dev.parent;
	struct hid_report *report;
	struct hid_device *hid;
	report_fn *input;

	if (!parent || !parent->bus || strcmp(parent->bus->name, HID_BUS))
		return;

	/* HID is a module that this driver must not need. */
	input = symbol_get(hid_input_report);
	if (!input)
		return;
	hid = to_hid_device(parent);
	list_for_each_entry(report, &hid->report_enum[HID_INPUT_REPORT].report_list, list)
		report_nothing(hid, report, input);
	symbol_put(hid_input_report);
}
