// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/platform/platform.h"
#include "arch/x86/acpi/machine.h"

static const uint16_t uart_port[PLATFORM_UARTS] = {UART_COM1, UART_COM2, UART_COM3, UART_COM4};

/* What firmware left: of it, the parts that platform_restore_firmware() puts back. */
static struct platform_state firmware;

/* Devices that interrupt by themselves: after this they don't. */
static void sources_save(struct platform_state *state)
{
	pci_save(pci_functions(), &state->pci);
	acpi_events_save(&machine()->acpi_events, &state->acpi_events);
	rtc_save(&machine()->rtc, &state->rtc);
	pit_save(&state->pit);
	hpet_save(machine()->hpet, &state->hpet);
}

/* PCI comes last: it sets devices going that the others may be part of. */
static void sources_restore(const struct platform_state *state)
{
	hpet_restore(machine()->hpet, &state->hpet);
	pit_restore(&state->pit);
	rtc_restore(&machine()->rtc, &state->rtc);
	acpi_events_restore(&machine()->acpi_events, &state->acpi_events);
	pci_restore(pci_functions(), &state->pci);
}

static void uarts_save(struct platform_state *state)
{
	for (unsigned int i = 0; i < PLATFORM_UARTS; i++)
		uart_save(uart_port[i], &state->uart[i]);
}

static void uarts_restore(const struct platform_state *state)
{
	for (unsigned int i = 0; i < PLATFORM_UARTS; i++)
		uart_restore(uart_port[i], &state->uart[i]);
}

/*
 * The order: first the other CPUs stop, so that nobody touches a device meanwhile; then the state
 * is read; then the sources are masked, from the outside in, and last the local APIC, which may
 * hold what they sent before, is emptied.
 */
static void quiet(struct lapic_state *lapic)
{
	ioapic_mask_all(&machine()->ioapics);
	pic_mask_all();
	lapic_drain(lapic);
	lapic_virtual_wire();
}

void platform_quiet(void)
{
	struct lapic_state dropped = {0};

	quiet(&dropped);
}

void platform_save(struct platform_state *state)
{
	lapic_save(&state->lapic);
	lapic_init_others();
	ioapic_save(&machine()->ioapics, &state->ioapic);
	pic_save(&state->pic);
	sources_save(state);
	quiet(&state->lapic);
	uarts_save(state);
	keyboard_save(&state->keyboard);
	vga_save(&state->screen);
}

/* The mirror image: devices first, then the interrupt controllers from the inside out. */
void platform_restore(const struct platform_state *state)
{
	vga_restore(&state->screen);
	keyboard_restore(&state->keyboard);
	uarts_restore(state);
	sources_restore(state);
	pic_restore(&state->pic);
	lapic_restore(&state->lapic);
	ioapic_restore(&machine()->ioapics, &state->ioapic);
}

void platform_restore_firmware(void)
{
	keyboard_restore(&firmware.keyboard);
	uarts_restore(
		&firmware); /* the console's, as the monitor had set it up before platform_init() */
	sources_restore(&firmware);
	pic_restore(&firmware.pic);
}

void platform_keep_console(void)
{
	vga_keep();
	keyboard_save(&firmware.keyboard);
}

void platform_init(uint64_t rsdp, report_fn report, void *context)
{
	struct keyboard_state keyboard = firmware.keyboard;

	machine_init(rsdp, report, context);
	pci_init();
	platform_save(&firmware);
	firmware.keyboard = keyboard; /* the console has changed it meanwhile */
	firmware.pit.reload = PIT_FIRMWARE_RELOAD;
	firmware.pic.base[0] = PIC_FIRMWARE_MASTER;
	firmware.pic.base[1] = PIC_FIRMWARE_SLAVE;
}
