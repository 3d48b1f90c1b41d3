/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_linux.h - the file of a Linux kernel that can be looked at, but not run.
 */
#ifndef TESTS_UNIT_FAKE_FAKE_LINUX_H
#define TESTS_UNIT_FAKE_FAKE_LINUX_H

#include <stdint.h>
#include "monitor/slot/slot.h"

/* Makes it at that address, for command lines of so many characters at most. */
void fake_linux(struct image *image, uint64_t at, uint32_t line_most, const char *line);

#endif
