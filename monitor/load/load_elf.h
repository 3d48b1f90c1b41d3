/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_elf.h - the loader of plain ELF kernels.
 */
#ifndef MONITOR_LOAD_LOAD_ELF_H
#define MONITOR_LOAD_LOAD_ELF_H

#include "monitor/load/load_format.h"

extern const struct load_format load_elf;

#endif
