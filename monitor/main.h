/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * main.h - where boot/ hands over to the monitor.
 */
#ifndef MONITOR_MAIN_H
#define MONITOR_MAIN_H

#include "boot_info.h"

/* The structure in the monitor's image that boot/ fills. It is all zero at first. */
struct boot_info *monitor_boot_info(void);

/* Runs the monitor. Its boot_info is filled, and all modules lie where boot_info.module[] says. */
void monitor_main(void) __attribute__((noreturn));

#endif
