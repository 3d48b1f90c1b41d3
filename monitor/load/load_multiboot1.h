/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_multiboot1.h - the loader of Multiboot 1 kernels.
 */
#ifndef MONITOR_LOAD_LOAD_MULTIBOOT1_H
#define MONITOR_LOAD_LOAD_MULTIBOOT1_H

#include "monitor/load/load_format.h"

extern const struct load_format load_multiboot1;

#endif
