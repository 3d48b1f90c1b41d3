/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_linux.h - the loader of Linux's bzImage, by its boot protocol.
 */
#ifndef MONITOR_LOAD_LOAD_LINUX_H
#define MONITOR_LOAD_LOAD_LINUX_H

#include "monitor/load/load_format.h"

extern const struct load_format load_linux;

/* Tells a kernel where the headers of its /proc/vmcore are. */
#define LOAD_LINUX_VMCORE "elfcorehdr="

/*
 * Writes what the monitor appends to the slot's command line to words, which have OWN_WORDS_SIZE
 * bytes: "", or " word...".
 */
const char *load_linux_words(const struct slot *slot, char *words);

/* False, with the reason: the kernel does not take a command line as long as the slot's has become. */
bool load_linux_line_fits(const struct slot *slot, struct error *error);

#endif
