/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switchyard.h - where the kernel tells the Switchyard driver what happens.
 *
 * Switchyard is a monitor that keeps several kernels in memory and gives the machine to one of them
 * at a time (Documentation/admin-guide/switchyard.rst). Each of them owns some of the RAM for good,
 * and nothing is virtualized: a kernel gives the machine away, and gets it back, of its own accord.
 *
 * On a machine that Switchyard did not start, all of these do nothing, or say no.
 */
#ifndef _LINUX_SWITCHYARD_H
#define _LINUX_SWITCHYARD_H

#include <linux/types.h>

struct pt_regs;

#ifdef CONFIG_SWITCHYARD

/* Finds the monitor. setup_arch() calls it as soon as ACPI's tables can be read. */
void switchyard_setup(void);

/* Did Switchyard start this kernel? */
bool switchyard_present(void);

/*
 * This kernel is about to reset the machine or to switch it off (how: SYS_RESTART, SYS_HALT or
 * SYS_POWER_OFF). Instead, it ends alone, and the others go on. Returns only if that fails.
 */
void switchyard_leave(unsigned int how);

/*
 * This CPU is about to stop all others, and this kernel will not go on. The CPU that the machine
 * was booted on goes to the monitor instead, because only that one can start another kernel.
 */
void switchyard_stop_cpus(void);

/* An NMI has come. It does not return if it was sent by switchyard_stop_cpus(). */
void switchyard_nmi(struct pt_regs *regs);

/*
 * This kernel has panicked, and the other CPUs are stopped. It is marked as crashed, and another
 * one goes on. Returns true if a crash kernel shall be started at once, false if the panic shall
 * take its way.
 */
bool switchyard_panic(const char *message);

/*
 * May this kernel start another one in its place? Not beside devices that work for a kernel that is
 * parked: before it jumps, it takes "bus master" from all PCI functions.
 */
bool switchyard_allows_kexec(void);

/* Is this RAM another kernel's? It is if the memory map that this kernel got does not have it. */
bool switchyard_hides_memory(u64 start, u64 size);

/*
 * Is this PCI function another kernel's? The address has the bus in its upper byte, and device and
 * function in the lower.
 */
bool switchyard_hides_function(int domain, u16 address);

/* The fonts of the VGA may have changed. */
void switchyard_font_changed(void);

#else

static inline void switchyard_setup(void)
{
}

static inline bool switchyard_present(void)
{
	return false;
}

static inline void switchyard_leave(unsigned int how)
{
}

static inline void switchyard_stop_cpus(void)
{
}

static inline void switchyard_nmi(struct pt_regs *regs)
{
}

static inline bool switchyard_panic(const char *message)
{
	return false;
}

static inline bool switchyard_allows_kexec(void)
{
	return true;
}

static inline bool switchyard_hides_memory(u64 start, u64 size)
{
	return false;
}

static inline bool switchyard_hides_function(int domain, u16 address)
{
	return false;
}

static inline void switchyard_font_changed(void)
{
}

#endif

#endif
