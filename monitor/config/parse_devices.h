/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse_devices.h - the list of PCI functions in a slot's devices=.
 *
 * Each entry is an address, 00:10.0 or 0000:00:10.0, or a kind of device, VENDOR:DEVICE as in
 * 1af4:1001. All numbers are hexadecimal, and have as many digits as here. Commas separate the entries.
 */
#ifndef MONITOR_CONFIG_PARSE_DEVICES_H
#define MONITOR_CONFIG_PARSE_DEVICES_H

#include "lib/error.h"
#include "monitor/config/words.h"
#include "monitor/slot/slot.h"

bool parse_devices(const struct word *value, struct devices *devices, struct error *error);

#endif
