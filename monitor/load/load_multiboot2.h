/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_multiboot2.h - the loader of Multiboot2 kernels.
 */
#ifndef MONITOR_LOAD_LOAD_MULTIBOOT2_H
#define MONITOR_LOAD_LOAD_MULTIBOOT2_H

#include "monitor/load/load_format.h"

extern const struct load_format load_multiboot2;

#endif
