/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * boot_report.h - what goes wrong before the monitor has a log: kept in boot_info for it.
 */
#ifndef BOOT_REPORT_BOOT_REPORT_H
#define BOOT_REPORT_BOOT_REPORT_H

#include "boot_info.h"

/* Adds a line, without newline, to boot->report; boot->report_truncated if there is no room. */
void boot_report(struct boot_info *boot, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
