/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_linux.h - the loader of Linux's bzImage, by its boot protocol.
 */
#ifndef MONITOR_LOAD_LOAD_LINUX_H
#define MONITOR_LOAD_LOAD_LINUX_H

#include "monitor/load/load_format.h"

extern const struct load_format load_linux;

#define LOAD_LINUX_WORDS 40 /* bytes */

/* Writes what the monitor appends to the slot's command line to words: "", or " word...". */
const char *load_linux_words(const struct slot *slot, char *words);

#endif
