/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tick.h - a small kernel that counts timer interrupts, and shares the machine with other kernels.
 *
 * It is the example for a port of another kernel to Switchyard. Read the files in this order:
 * entry.asm, tick.c, gate.c, quick.c, second_cpu.c, interrupts.c.
 *
 * Options on its command line:
 *   every=TICKS to=SLOT   switch to the slot with that number again and again
 *   count=SWITCHES        go to the monitor after so many switches
 *   cpus=2                counts on a second CPU, too, if the slot has one
 *   quick                 all switches are quick, unless the monitor refuses that
 */
#ifndef TICK_H
#define TICK_H

#include <stdbool.h>
#include <stdint.h>
#include "interrupts.h"
#include "hotkey.h"
#include "second_cpu.h"
#include "text_screen.h"
#include "switchyard.h"

struct options {
	uint32_t every; /* ticks between switches; 0: it does not switch by itself */
	uint32_t to;	/* the other slot's number, from 1 */
	uint32_t count; /* 0: without end */
	uint32_t cpus;	/* 2: use a second one */
	bool quick;
};

/* All that tick knows. */
struct tick {
	struct switchyard_info *switchyard; /* NULL: started by another boot loader */
	const char *name;		    /* the slot's */
	struct options options;
	struct screen screen;
	struct keyboard keyboard;
	struct interrupts interrupts;
	struct second_cpu second;
	bool quick;	   /* the next switch is */
	uint32_t switches; /* times that the gate gave the machine back */
};

/*
 * Prints "NAME: ", the text and the end of the line on the serial port and the screen. It knows %s,
 * %c, %u, %x, %lu and %lx (print.c).
 */
void say(struct tick *tick, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Reads what the boot loader tells: the command line's options, and if there is a text screen
 * (boot.c).
 */
struct multiboot2_info;
void boot_read(struct tick *tick, uint32_t magic, const struct multiboot2_info *information);

/*
 * Call the gate (gate.c). Both return when this slot is resumed, and say so. If the gate refuses,
 * they return at once, and say why. Both return the gate's result.
 */
int64_t gate_switch(struct tick *tick, uint32_t slot);
int64_t gate_monitor(struct tick *tick);
/* Give the machine up for good. They return only if there is no Switchyard. */
void gate_poweroff(struct tick *tick);
void gate_crash(struct tick *tick, const char *message);

/* Calls the gate itself. SWITCHYARD_EBADOP if there is no Switchyard. */
int64_t gate_call(struct tick *tick, uint64_t op, uint64_t arg);

/* Says what the gate's negative result means. */
void gate_explain(struct tick *tick, int64_t error);

/*
 * A quick switch (quick.c): the second CPU parks itself, and goes on where it was. Before, it tells
 * the monitor that tick uses no PCI function. It returns the gate's result; if a request is refused,
 * it says what the monitor says.
 */
int64_t quick_call(struct tick *tick, uint64_t op, uint64_t arg);

/* Only tells it, for any request. So tick may run while functions of another slot work. */
int64_t quick_prepare(struct tick *tick, uint64_t op, uint64_t arg);

#endif
