// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_font.c - tells whether the VGA's fonts and colours have changed since the last switch. The
 * monitor then need not read them, which is most of what a switch with a screen in text mode takes:
 * 64 KiB of the slowest memory of a PC.
 *
 * Nothing in Linux tells that a font was loaded, so a probe does. Colours follow from the console that
 * is shown: vgacon sets its palette. The PM core shows the same one before each suspend.
 *
 * A program that writes the adapter's fonts itself, such as an X server, locks its console, or restores
 * the fonts when another console is shown.
 */
#include <linux/console.h>
#include <linux/kd.h>
#include <linux/kprobes.h>
#include <linux/string.h>
#include <linux/vt_kern.h>
#include "hooks.h"

#if defined(CONFIG_VGA_CONSOLE) && defined(CONFIG_VT_CONSOLE_SLEEP)

static bool watching;
static bool changed = true; /* since the monitor has read it, or it never has */
static bool busy;	    /* somebody was just about to change it */
static unsigned char palette[sizeof(((struct vc_data *)NULL)->vc_palette)];

static int font_probe(struct kprobe *probe, struct pt_regs *regs)
{
	changed = true;
	return 0;
}

/* A font is loaded; another driver takes the consoles; it gives them back. drivers/tty/vt/vt.c */
static struct kprobe probes[] = {
	{.symbol_name = "con_font_op", .pre_handler = font_probe},
	{.symbol_name = "do_take_over_console", .pre_handler = font_probe},
	{.symbol_name = "do_unbind_con_driver", .pre_handler = font_probe},
};
static struct kprobe *probe_list[ARRAY_SIZE(probes)];

/* Without probes, fonts are always read. */
void switchyard_font_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(probes); i++)
		probe_list[i] = &probes[i];
	watching = !register_kprobes(probe_list, ARRAY_SIZE(probes));
}

void switchyard_font_exit(void)
{
	if (watching)
		unregister_kprobes(probe_list, ARRAY_SIZE(probes));
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
 * Nobody was told to let go of the console. Who holds it may be between a change and the note of it. In
 * a graphics mode, the adapter is a program's.
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

void switchyard_font_init(void)
{
}

void switchyard_font_exit(void)
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
