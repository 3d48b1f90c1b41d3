// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/terminal/screen.h"
#include "arch/x86/screen/vga_state.h"

void screen_use_framebuffer(struct screen *screen, const struct boot_framebuffer *mode)
{
	framebuffer_set_mode(&screen->framebuffer, mode);
}

void screen_init(struct screen *screen, bool shown)
{
	screen->shown = shown;
	if (!screen->framebuffer.present) {
		vga_text_init(&screen->text);
	} else if (shown) {
		/* A slot's own driver may have blanked the adapter, or set another mode. */
		vga_take_back();
		framebuffer_draw(&screen->framebuffer);
	}
}

enum boot_screen screen_kind(const struct screen *screen)
{
	if (screen->framebuffer.present)
		return SCREEN_FRAMEBUFFER;
	return screen->text.present ? SCREEN_TEXT : SCREEN_NONE;
}

void screen_put(struct screen *screen, char c)
{
	if (!screen->shown)
		return;
	if (screen->framebuffer.present)
		framebuffer_put(&screen->framebuffer, c);
	else
		vga_text_put(&screen->text, c);
}

void screen_clear(struct screen *screen)
{
	if (!screen->shown)
		return;
	if (screen->framebuffer.present)
		framebuffer_clear(&screen->framebuffer);
	else
		vga_text_clear(&screen->text);
}

void screen_clear_to_end(struct screen *screen)
{
	if (!screen->shown)
		return;
	if (screen->framebuffer.present)
		framebuffer_clear_to_end(&screen->framebuffer);
	else
		vga_text_clear_to_end(&screen->text);
}
