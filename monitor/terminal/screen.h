/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * screen.h - the console's screen: the VGA's text mode or text on a framebuffer. The machine was
 * started with one of them.
 */
#ifndef MONITOR_TERMINAL_SCREEN_H
#define MONITOR_TERMINAL_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/screen/framebuffer.h"
#include "arch/x86/screen/vga_text.h"
#include "boot_info.h"

struct screen {
	bool shown; /* video=on; otherwise nothing is written */
	struct vga_text text;
	struct framebuffer framebuffer; /* if present, it is used instead of text mode */
};

/*
 * Draws on a framebuffer from now on. screen->framebuffer.cells must point to memory for it.
 * framebuffer_fault() must find nothing wrong with mode, which is copied.
 */
void screen_use_framebuffer(struct screen *screen, const struct boot_framebuffer *mode);

/*
 * Takes over the screen in any state. In text mode the screen keeps its contents. A framebuffer
 * shows again what the monitor wrote last. shown is true for video=on.
 */
void screen_init(struct screen *screen, bool shown);

/* The kind of screen that there is. A kernel that boots finds the same kind. */
enum boot_screen screen_kind(const struct screen *screen);

/*
 * Like vga_text_put(), vga_text_clear() and vga_text_clear_to_end(). They do nothing if not shown.
 */
void screen_put(struct screen *screen, char c);
void screen_clear(struct screen *screen);
void screen_clear_to_end(struct screen *screen);

#endif
