// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_console.c - a fake UART, text screen, keyboard and clock (fake_console.h).
 */
#include <stdlib.h>
#include <string.h>
#include "arch/x86/time/clock.h"
#include "arch/x86/watchdog/watchdogs.h"
#include "arch/x86/keyboard/keyboard.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/platform/platform.h"
#include "arch/x86/serial/uart.h"
#include "arch/x86/screen/vga_text.h"
#include "fake_console.h"

struct fake_console fake_console;

void fake_console_reset(void)
{
	memset(&fake_console, 0, sizeof(fake_console));
}

bool platform_translates(void)
{
	return fake_console.translates;
}

bool cpu_state_types_need_all_cpus(void)
{
	return fake_console.types_differ;
}

void platform_console_used(void)
{
	fake_console.used = true;
}

void fake_console_clear_output(void)
{
	fake_console.serial[0] = '\0';
	fake_console.serial_length = 0;
	fake_console.screen[0] = '\0';
	fake_console.screen_length = 0;
}

static void append(char *text, uint32_t *length, const char *more)
{
	size_t size = strlen(more);

	if (*length + size >= FAKE_OUTPUT_SIZE)
		abort();
	memcpy(text + *length, more, size + 1);
	*length += (uint32_t)size;
}

bool uart_init(struct uart *uart, uint16_t port, uint32_t baud)
{
	fake_console.port = port;
	fake_console.baud = baud;
	uart->port = port;
	return port != 0;
}

void uart_put(struct uart *uart, char c)
{
	if (uart->port != 0)
		append(fake_console.serial, &fake_console.serial_length, (char[]){c, '\0'});
}

int uart_get(struct uart *uart)
{
	if (uart->port == 0 || !fake_console.serial_input || !*fake_console.serial_input ||
	    fake_console.now < fake_console.next_byte_at)
		return -1;
	fake_console.next_byte_at = fake_console.now + fake_console.byte_us;
	return (unsigned char)*fake_console.serial_input++;
}

bool uart_answers(const struct uart *uart)
{
	return uart->port != 0 && fake_console.serial_answers;
}

void uart_drain(struct uart *uart)
{
	(void)uart;
}

void vga_take_back(void)
{
}

void vga_text_init(struct vga_text *screen)
{
	*screen = (struct vga_text){.present = true};
}

void vga_text_put(struct vga_text *screen, char c)
{
	if (screen->present)
		append(fake_console.screen, &fake_console.screen_length, (char[]){c, '\0'});
}

void vga_text_clear(struct vga_text *screen)
{
	vga_text_put(screen, '\f');
}

void vga_text_clear_to_end(struct vga_text *screen)
{
	if (screen->present)
		append(fake_console.screen, &fake_console.screen_length, "\x1b[K");
}

void keyboard_init(struct keyboard *keyboard)
{
	*keyboard = (struct keyboard){.present = true};
}

int keyboard_get(struct keyboard *keyboard)
{
	if (!keyboard->present || !fake_console.keys || !*fake_console.keys ||
	    fake_console.now < fake_console.keys_from)
		return KEY_NONE;
	return *fake_console.keys++;
}

void clock_init(void)
{
	fake_console.now = 0;
}

uint64_t clock_began(void)
{
	return 0x1234567;
}

uint64_t clock_us(void)
{
	return fake_console.now;
}

uint64_t clock_tsc_khz(void)
{
	return 1000;
}

void clock_wait_us(uint32_t us)
{
	fake_console.now += us;
	if (fake_console.end != 0 && fake_console.now >= fake_console.end)
		longjmp(fake_console.done, 1);
}

void watchdogs_feed(void)
{
	fake_console.fed++;
}
