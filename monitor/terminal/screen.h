/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * screen.h - the console's screen: the VGA's text mode, or text drawn on a framebuffer, whichever
 * the machine was started with.
 */
#ifndef MONITOR_TERMINAL_SCREEN_H
#define MONITOR_TERMINAL_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/screen/framebuffer.h"
#include "arch/x86/screen/vga_text.h"
#include "boot_info.h"

struct screen {
	bool shown; /* video=on: without it, nothing is written */
	struct vga_text text;
	struct framebuffer framebuffer; /* if present, it is used instead of text mode */
};

/* Draws on a framebuffer from now on. mode: one without framebuffer_fault(); it is copied. */
void screen_use_framebuffer(struct screen *screen, const struct boot_framebuffer *mode);

/*
 * Takes over the screen, whoever had it. In text mode, what it shows stays; a framebuffer shows
 * again what the monitor wrote last. shown: video=on.
 */
void screen_init(struct screen *screen, bool shown);

/* What there is to write on: what a kernel that boots finds, too. */
enum boot_screen screen_kind(const struct screen *screen);

/* As vga_text_put(), vga_text_clear() and vga_text_clear_to_end(); nothing if not shown. */
void screen_put(struct screen *screen, char c);
void screen_clear(struct screen *screen);
void screen_clear_to_end(struct screen *screen);

#endif
