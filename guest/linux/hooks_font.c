// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_font.c - tells whether the VGA's fonts and colours have changed since the last switch. The
 * monitor then need not read them, which is most of what a switch with a screen in text mode takes:
 * 64 KiB of the slowest memory of a PC.
 *
 * A kernel tells that a font was loaded (stock/font_probe.c). Colours follow from the console that
 * is shown: vgacon sets its palette. The PM core shows the same one before each suspend.
 *
 * A program that writes the adapter's fonts itself, such as an X server, locks its console, or
 * restores the fonts when another console is shown.
 */
#include <linux/console.h>
#include <linux/kd.h>
#include <linux/string.h>
#include <linux/vt_kern.h>
#include "hooks.h"

#if defined(CONFIG_VGA_CONSOLE) && defined(CONFIG_VT_CONSOLE_SLEEP)

static bool watching;
static bool changed = true; /* since the monitor has read it, or it never has */
static bool busy;	    /* somebody was just about to change it */
static unsigned char palette[sizeof(((struct vc_data *)NULL)->vc_palette)];

void switchyard_font_watch(bool watches)
{
	watching = watches;
}

void switchyard_font_changed(void)
{
	changed = true;
}

u32 switchyard_font_spared(const struct vc_data *shown)
{
	bool same = watching && !changed && shown->vc_sw == &vga_con &&
		    !memcmp(palette, shown->vc_palette, sizeof(palette));

	memcpy(palette, shown->vc_palette, sizeof(palette));
	changed = true; /* if nothing comes of the switch */
	return same ? SWITCHYARD_SPARE_SAME_FONTS : 0;
}

/*
 * Nobody was told to let go of the console. Who holds it may be between a change and the note of
 * it. In a graphics mode, the adapter is a program's.
 */
u32 switchyard_font_spared_running(void)
{
	const struct vc_data *shown = vc_cons[fg_console].d;

	busy = !shown || shown->vc_mode != KD_TEXT || is_console_locked();
	return busy ? 0 : switchyard_font_spared(shown);
}

void switchyard_font_kept(void)
{
	changed = busy;
	busy = false;
}

#else

void switchyard_font_watch(bool watches)
{
}

void switchyard_font_changed(void)
{
}

u32 switchyard_font_spared(const struct vc_data *shown)
{
	return 0;
}

u32 switchyard_font_spared_running(void)
{
	return 0;
}

void switchyard_font_kept(void)
{
}

#endif
