// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/platform/platform.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/interrupt/pic.h"
#include "arch/x86/keyboard/keyboard.h"
#include "arch/x86/pci/pci_state.h"
#include "arch/x86/screen/vga_state.h"
#include "arch/x86/serial/uart.h"
#include "arch/x86/time/hpet.h"
#include "arch/x86/time/pit.h"
#include "lib/string.h"
#include "lib/units.h"

static const uint16_t uart_port[] = {UART_COM1, UART_COM2, UART_COM3, UART_COM4};
#define UARTS (sizeof(uart_port) / sizeof(uart_port[0]))

/* The pair that a row names, made of a device's own; what those take before the state follows. */
#define STATE_PAIR(device, ...)                              \
	static void device##_item_save(void *state)          \
	{                                                    \
		device##_save(__VA_ARGS__ state);            \
	}                                                    \
	static void device##_item_restore(const void *state) \
	{                                                    \
		device##_restore(__VA_ARGS__ state);         \
	}

STATE_PAIR(ioapic, &machine()->ioapics, )
STATE_PAIR(lapic)
STATE_PAIR(pic)
STATE_PAIR(pci, pci_functions(), )
STATE_PAIR(acpi_events, &machine()->acpi_events, )
STATE_PAIR(rtc, &machine()->rtc, )
STATE_PAIR(pit)
STATE_PAIR(hpet, machine()->hpet, )
STATE_PAIR(keyboard)
STATE_PAIR(vga)

static void uarts_item_save(void *state)
{
	struct uart_state *uart = state;

	for (unsigned int i = 0; i < UARTS; i++)
		uart_save(uart_port[i], &uart[i]);
}

static void uarts_item_restore(const void *state)
{
	const struct uart_state *uart = state;

	for (unsigned int i = 0; i < UARTS; i++)
		uart_restore(uart_port[i], &uart[i]);
}

static void other_cpus_stop(void *none)
{
	(void)none;
	lapic_init_others();
}

static void quiet(void *lapic)
{
	ioapic_mask_all(&machine()->ioapics);
	pic_mask_all();
	lapic_drain(lapic);
	lapic_virtual_wire();
}

static uint32_t ioapic_item_size(void)
{
	return ioapic_state_size(&machine()->ioapics);
}

static uint32_t pci_item_size(void)
{
	return pci_state_size(pci_functions());
}

static uint32_t hpet_item_size(void)
{
	return hpet_state_size(machine()->hpet);
}

/* Rows whose functions have the device's name: of one size everywhere, or of this machine's. */
#define STATE_FIXED(label, device, type, its_flags)                             \
	.name = label, .version = 1, .flags = its_flags, .bytes = sizeof(type), \
	.save = device##_item_save, .restore = device##_item_restore
#define STATE_SIZED(label, device, its_flags)                                        \
	.name = label, .version = 1, .flags = its_flags, .size = device##_item_size, \
	.save = device##_item_save, .restore = device##_item_restore

/*
 * All that a slot keeps of the machine, in the order in which it is saved; it is restored in the
 * mirrored order.
 *
 * First the other CPUs stop, so that nobody touches a device meanwhile. Then what interrupts is
 * read, from the outside in; devices that interrupt by themselves don't after that. Then all is
 * masked, and last the local APIC, which may hold what was sent before, is emptied. The rest does
 * not interrupt any more, and can wait until then.
 *
 * On the way back PCI comes after the timers, as it sets devices going that those may be part of;
 * the interrupt controllers come last, from the inside out, so that an IO-APIC that is unmasked
 * finds a local APIC that knows its vectors.
 */
static const struct state_item items[] = {
	{.name = "other-cpus", .save = other_cpus_stop},
	{STATE_SIZED("ioapic", ioapic, 0)},
	{.name = "lapic",
	 .flags = STATE_OF_CPU,
	 .save = lapic_item_save,
	 .restore = lapic_item_restore},
	{STATE_FIXED("pic", pic, struct pic_state, STATE_FIRMWARE)},
	{STATE_SIZED("pci", pci, STATE_FIRMWARE)},
	{STATE_FIXED("acpi-events", acpi_events, struct acpi_events_state, STATE_FIRMWARE)},
	{STATE_FIXED("rtc", rtc, struct rtc_state, STATE_FIRMWARE)},
	{STATE_FIXED("pit", pit, struct pit_state, STATE_FIRMWARE)},
	{STATE_SIZED("hpet", hpet, STATE_FIRMWARE)},
	{.name = "quiet", .flags = STATE_OF_CPU, .save = quiet},
	{STATE_FIXED("uarts", uarts, struct uart_state[UARTS], STATE_FIRMWARE)},
	{STATE_FIXED("keyboard", keyboard, struct keyboard_state, STATE_FIRMWARE)},
	{STATE_FIXED("vga", vga, struct vga_state, 0)},
	{.name = "vga-font",
	 .version = 1,
	 .flags = STATE_APART,
	 .bytes = VGA_FONT_BYTES,
	 .save = vga_font_save,
	 .restore = vga_font_restore},
};

/* Of all items with STATE_FIRMWARE, at their largest. */
#define FIRMWARE_ROOM \
	(PCI_STATE_MAX + sizeof(struct acpi_events_state) + sizeof(struct hpet_state) + PAGE_SIZE)
#define ITEM_COUNT (sizeof(items) / sizeof(items[0]))
_Static_assert(ITEM_COUNT <= STATE_MAX_ITEMS, "a place for each row");

static struct state_layout layout;

/* What firmware left. */
static struct {
	struct state_layout layout;	/* of the items with STATE_FIRMWARE */
	struct keyboard_state keyboard; /* before the console took it */
	uint8_t state[FIRMWARE_ROOM] __attribute__((aligned(STATE_ALIGN)));
} firmware;

const struct state_layout *platform_layout(void)
{
	return &layout;
}

/* The item with that name; it is in the list, and in every layout. */
static void *item_of(const struct state_layout *of, void *state, const char *name)
{
	const struct state_place *place = of->place;

	while (strcmp(place->item->name, name))
		place++;
	return (uint8_t *)state + place->offset;
}

static void note(const struct state_layout *of, void *state, const struct platform_notes *notes)
{
	struct pit_state *pit = item_of(of, state, "pit");
	struct pic_state *pic = item_of(of, state, "pic");
	struct keyboard_state *keyboard = item_of(of, state, "keyboard");

	pit->reload = notes->pit_reload;
	pic->base[0] = notes->pic_master;
	pic->base[1] = notes->pic_slave;
	keyboard->leds = notes->keyboard_leds;
}

void platform_note(void *state, const struct platform_notes *notes)
{
	note(&layout, state, notes);
}

void platform_quiet(void)
{
	struct lapic_state dropped = {0};

	quiet(&dropped);
}

void platform_save(void *state, struct lapic_state *lapic)
{
	state_save(&layout, state, lapic);
}

uint32_t platform_apart_size(void *state)
{
	return vga_font_differs(item_of(&layout, state, "vga")) ? VGA_FONT_BYTES : 0;
}

void platform_save_apart(void *apart)
{
	vga_font_save(apart);
}

void platform_restore(const void *state, const void *apart, const struct lapic_state *lapic)
{
	vga_font_restore(apart);
	state_restore(&layout, state, lapic);
}

void platform_restore_firmware(void)
{
	state_restore(&firmware.layout, firmware.state, NULL);
}

void platform_keep_console(void)
{
	vga_keep();
	keyboard_save(&firmware.keyboard);
}

void platform_init(uint64_t rsdp, report_fn report, void *context)
{
	static const struct platform_notes notes = {
		.pit_reload = PIT_FIRMWARE_RELOAD,
		.pic_master = PIC_FIRMWARE_MASTER,
		.pic_slave = PIC_FIRMWARE_SLAVE,
	};
	struct lapic_state dropped = {0};
	struct keyboard_state *keyboard;

	machine_init(rsdp, report, context);
	pci_init();
	state_layout_init(&layout, items, ITEM_COUNT, 0);
	state_layout_init(&firmware.layout, items, ITEM_COUNT, STATE_FIRMWARE);
	state_save(&firmware.layout, firmware.state, &dropped);
	keyboard = item_of(&firmware.layout, firmware.state, "keyboard");
	*keyboard = firmware.keyboard;
	note(&firmware.layout, firmware.state, &notes);
}
