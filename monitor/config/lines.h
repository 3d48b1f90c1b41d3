/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lines.h - from the boot loader's module lines to a table of slots.
 *
 * A line is `KIND slot=NAME [OPTION=VALUE]... [-- STRING]`. The loader may have put a file name,
 * which has a slash, before it as the first word. KIND is kernel, initrd or module. All options but
 * slot= (mem=SIZE[@BASE], low=SIZE, cpus=LIST, devices=LIST, type=TYPE, on-end=, on-crash=, efi=
 * and switch=) belong to a kernel. STRING is everything behind `-- `, unchanged.
 *
 * GRUB joins the words of its command with one blank each. It puts words that hold blanks in
 * "quotes" again, and a backslash before \, ' and ". The monitor keeps the line as it arrives.
 *
 * A line that is wrong spoils only its own slot, which is then left out of the table. report() gets
 * the first fault of each line.
 */
#ifndef MONITOR_CONFIG_LINES_H
#define MONITOR_CONFIG_LINES_H

#include "boot_info.h"
#include "lib/error.h"
#include "lib/units.h"
#include "monitor/slot/slot.h"

#define LINES_DEFAULT_MEM (512 * MIB) /* bytes: a kernel line without mem= */
#define LINES_MAX_CPUS	  64	      /* positions that cpus= can name */

/*
 * Fills table from boot->module[]. Slots come in the order of their kernel lines. The slots'
 * strings point into boot, which must outlive the table. Images still lie where the loader put
 * them.
 */
void lines_parse(const struct boot_info *boot, struct slot_table *table, report_fn report,
		 void *context);

#endif
