// SPDX-License-Identifier: GPL-2.0-only
/*
 * font_probe.c - a stock kernel tells nobody that a font was loaded, so probes do.
 */
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include "hooks.h"
#include "stock.h"

#if defined(CONFIG_VGA_CONSOLE) && defined(CONFIG_VT_CONSOLE_SLEEP)

static bool watching;

static int font_probe(struct kprobe *probe, struct pt_regs *regs)
{
	switchyard_font_changed();
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
	switchyard_font_watch(watching);
}

void switchyard_font_exit(void)
{
	if (watching)
		unregister_kprobes(probe_list, ARRAY_SIZE(probes));
}

#else

void switchyard_font_init(void)
{
}

void switchyard_font_exit(void)
{
}

#endif
