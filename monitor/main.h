/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * main.h - where boot/ hands over to the monitor.
 */
#ifndef MONITOR_MAIN_H
#define MONITOR_MAIN_H

#include "boot_info.h"

/* Runs the monitor. boot lies in the monitor's image, and all modules where boot->module[] says. */
void monitor_main(struct boot_info *boot) __attribute__((noreturn));

#endif
