/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * programs.h - runs the administrator's programs: hooks.c those around a switch, on_crash.c those
 * after a crash of another slot.
 */
#ifndef SYCTL_PROGRAMS_H
#define SYCTL_PROGRAMS_H

#include "syctl.h"

/* What is run, and how. */
struct programs {
	const char *folder;
	const char *about;   /* stands behind a program's name in lines about it */
	const char *word[2]; /* each program gets these */
	/*
	 * One that fails is the last one, and its last line stands in ours. None has a limit. Else,
	 * the next one is run all the same, and what they print goes where ours goes.
	 */
	bool strict;
};

/* If the kernel has started this program, what it prints goes to the kernel's log. */
void use_log(void);

/* Prints a line about a fault, to the log if that is where it goes. */
void log_fault(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs them. Returns EXIT_FAILED if one has failed, and has said which. */
int run_programs(const struct programs *programs);

#endif
