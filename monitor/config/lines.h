/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lines.h - from the boot loader's module lines to a table of slots.
 *
 * A line is `KIND slot=NAME [mem=SIZE[@BASE]] [cpus=LIST] [type=TYPE] [-- STRING]`; its first
 * word may be a file name put there by the loader, which has a slash. KIND is kernel, initrd or
 * module; mem=, cpus= and type= belong to a kernel. STRING is everything behind `-- `, to the
 * letter.
 *
 * GRUB joins the words of its command by one blank each, puts those that hold blanks in "quotes"
 * again, and a backslash before \, ' and ": that is what arrives here, and what is kept.
 *
 * A line that is wrong spoils only its own slot: that slot is left out of the table, and the first
 * fault of each line is given to report().
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
