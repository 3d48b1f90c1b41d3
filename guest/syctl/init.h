/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * init.h - what lies in the archive that `syctl try` puts before an initrd. syctl itself is the
 * first program that the kernel starts from there.
 */
#ifndef INIT_H
#define INIT_H

#define INIT_FOLDER	"/switchyard"
#define INIT_PROGRAM	INIT_FOLDER "/init" /* syctl */
#define INIT_DRIVER	INIT_FOLDER "/switchyard.ko"
#define INIT_PARAMETERS INIT_FOLDER "/parameters" /* of the driver, as on insmod's line */
#define INIT_NEXT	INIT_FOLDER "/next"	  /* the path of the initrd's own init */
#define INIT_LOG	INIT_FOLDER "/kmsg"	  /* the kernel's log, as a device */

/*
 * Loads the driver, and goes on as the initrd's own init. word is main()'s argv. It returns only if
 * that can't be started. Then Linux panics, because its first program ends.
 */
int run_init(char **word);

#endif
