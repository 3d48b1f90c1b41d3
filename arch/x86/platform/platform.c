// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/platform/platform.h"
#include "arch/x86/acpi/machine.h"
#include "arch/x86/gate/crew.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/interrupt/pic.h"
#include "arch/x86/iommu/iommu.h"
#include "arch/x86/keyboard/keyboard.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/pci/pci_extended.h"
#include "arch/x86/pci/pci_state.h"
#include "arch/x86/pci/pci_works.h"
#include "arch/x86/platform/wake.h"
#include "arch/x86/screen/adapter.h"
#include "arch/x86/screen/vga_state.h"
#include "arch/x86/serial/uart.h"
#include "arch/x86/time/hpet.h"
#include "arch/x86/time/pit.h"
#include "arch/x86/watchdog/ib700.h"
#include "arch/x86/watchdog/watchdogs.h"
#include "lib/string.h"
#include "lib/units.h"

static const uint16_t uart_port[] = {UART_COM1, UART_COM2, UART_COM3, UART_COM4};
#define UARTS (sizeof(uart_port) / sizeof(uart_port[0]))
/* Looked for once: to find one takes as many accesses as to save it. */
static bool uart_there[UARTS];

/* The notes of the slot whose state is saved or restored: bits of enum platform_spared. */
static uint32_t spared;

/*
 * Its functions that go on working while it is parked, and their state: it is made, or used. set is
 * NULL if they don't, and state, if they did not.
 */
static struct {
	const uint64_t *set;
	uint32_t owner;
	struct pci_state *made;
	const struct pci_state *used;
} working;

/* Its other CPUs come back where they were. */
static bool others_stay;

/* The only CPU of this machine is the one that the monitor runs on. */
static bool alone;

/*
 * Makes the pair of functions that a row names from those of a device. The arguments after the
 * device's name are passed before the state.
 */
#define STATE_PAIR(device, ...)                                               \
	static void device##_item_save(void *state)                           \
	{                                                                     \
		device##_save(__VA_ARGS__ state);                             \
	}                                                                     \
	static void device##_item_restore(const void *state, const void *now) \
	{                                                                     \
		device##_restore(__VA_ARGS__ state, now);                     \
	}

/* The same for a device that is restored as a whole. */
#define STATE_PAIR_WHOLE(device, ...)                                         \
	static void device##_item_save(void *state)                           \
	{                                                                     \
		device##_save(__VA_ARGS__ state);                             \
	}                                                                     \
	static void device##_item_restore(const void *state, const void *now) \
	{                                                                     \
		(void)now;                                                    \
		device##_restore(__VA_ARGS__ state);                          \
	}

STATE_PAIR(ioapic, &machine()->ioapics, )
STATE_PAIR(pic)
STATE_PAIR(watchdogs)
STATE_PAIR(acpi_events, &machine()->acpi_events, )
STATE_PAIR_WHOLE(iommu)
STATE_PAIR(rtc, &machine()->rtc, )
STATE_PAIR(pit)
STATE_PAIR(keyboard)

/*
 * The HPET's address, 0: none. Where there was none at start, a kernel may have switched one on since
 * then (Linux: hpet=force), so that is looked at each time until there is one.
 */
static uint64_t hpet_place(void)
{
	static uint64_t place;

	if (!place)
		place = machine()->hpet;
	if (!place && phys_range(HPET_USUAL, PAGE_SIZE) && hpet_answers(HPET_USUAL))
		place = HPET_USUAL;
	return place;
}

static void hpet_item_save(void *state)
{
	hpet_save(hpet_place(), working.set, state);
}

static void hpet_item_restore(const void *state, const void *now)
{
	hpet_restore(hpet_place(), state, now);
}

static void lapic_item_save(void *state)
{
	lapic_save(state);
}

static void lapic_item_restore(const void *state, const void *now)
{
	(void)now;
	if (!(spared & PLATFORM_SPARE_LAPIC))
		lapic_restore(state, NULL);
}

/* If the slot's devices go on working, their interrupts were masked first of all. */
static void pci_item_save(void *state)
{
	if (!working.set)
		pci_save(pci_functions(), state, !(spared & PLATFORM_SPARE_MSIX));
}

static void pci_item_restore(const void *state, const void *now);

_Static_assert((uint32_t)VGA_SPARE_TEXT == (uint32_t)PLATFORM_SPARE_TEXT, "the bits are passed on");
_Static_assert((uint32_t)VGA_SPARE_HIDDEN == (uint32_t)PLATFORM_SPARE_HIDDEN, "the same");
_Static_assert((uint32_t)VGA_SPARE_FONTS == (uint32_t)PLATFORM_SPARE_FONTS, "the same");
_Static_assert((uint32_t)VGA_SPARE_SAME_FONTS == (uint32_t)PLATFORM_SPARE_SAME_FONTS, "the same");

static void vga_item_save(void *state)
{
	vga_save(state, spared);
}

static void vga_item_restore(const void *state, const void *now)
{
	vga_restore(state, now);
}

static void font_item_restore(const void *font, const void *now)
{
	(void)now;
	vga_font_restore(font);
}

static void ioapic_item_spare(void)
{
	if (!working.set) /* otherwise the slot has done it */
		ioapic_mask_all(&machine()->ioapics);
}

static void uarts_item_save(void *state)
{
	struct uart_state *uart = state;

	for (unsigned int i = 0; i < UARTS; i++) {
		uart[i].present = uart_there[i];
		uart_save(uart_port[i], &uart[i]);
	}
}

static void uarts_item_restore(const void *state, const void *now)
{
	const struct uart_state *uart = state, *found = now;

	for (unsigned int i = 0; i < UARTS; i++)
		uart_restore(uart_port[i], &uart[i], found ? &found[i] : NULL);
}

static void other_cpus_stop(void *none)
{
	(void)none;
	if (alone)
		return;
	if (others_stay) {
		crew_stop_absent();
		return;
	}
	/* INIT would send the boot CPU to firmware's reset vector. */
	if (lapic_is_boot_cpu())
		lapic_init_others();
	else
		for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++)
			if (gate_cpus.cpu[cpu].apic_id != lapic_id())
				lapic_send_init(gate_cpus.cpu[cpu].apic_id);
	crew_forget(); /* one that comes to the gate until then is not there any more */
}

static void crew_item_save(void *none)
{
	(void)none;
	crew_leave();
}

static void messages_item_save(void *none)
{
	(void)none;
	if (working.set)
		pci_works_save(pci_functions(), working.owner, working.set, working.made);
}

static void messages_item_restore(const void *none, const void *now)
{
	(void)none;
	(void)now;
	if (working.used)
		pci_works_unmask(pci_functions(), working.used, lapic_send_message);
}

static void wake_item_save(void *none)
{
	(void)none;
	wake_disarm();
}

static void wake_item_restore(const void *none, const void *now)
{
	(void)none;
	(void)now;
	wake_arm();
}

static void quiet(void *lapic)
{
	lapic_drain(lapic);
	lapic_virtual_wire(lapic);
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

static uint32_t vga_item_size(void)
{
	return vga_state_size();
}

static uint32_t iommu_item_size(void)
{
	return iommu_state_size();
}

/* Rows whose functions have the device's name. The size is fixed, or depends on this machine. */
#define STATE_FIXED(label, device, type, its_flags)                             \
	.name = label, .version = 1, .flags = its_flags, .bytes = sizeof(type), \
	.save = device##_item_save, .restore = device##_item_restore
#define STATE_SIZED(label, device, its_flags)                                        \
	.name = label, .version = 1, .flags = its_flags, .size = device##_item_size, \
	.save = device##_item_save, .restore = device##_item_restore

/*
 * The state of the machine that a slot keeps, in the order of saving. It is restored in the reverse
 * order.
 *
 * First the other CPUs are stopped, so that nobody touches a device meanwhile. Then the functions
 * that go on working are told to be silent, because an interrupt of theirs is lost where nobody
 * takes it; they may speak again last of all. Then everything that can interrupt is saved, the
 * IO-APICs before the local APICs, those of other CPUs among them. The interrupt controllers are
 * masked by that, and devices that interrupt by themselves are stopped. The step "quiet" empties
 * the local APIC, which may hold interrupts that were sent before. The items after it don't
 * interrupt any more.
 *
 * When the state is restored, the IOMMUs come before every device that writes to memory or sends
 * messages, because these writes and messages are theirs to translate. PCI comes after the timers,
 * because it starts devices that the timers may be part of. Watchdogs come after PCI, because some
 * have registers at addresses of PCI's. The interrupt controllers come last, and the IO-APICs are
 * the last of them: an IO-APIC that is unmasked needs a local APIC that knows its vectors.
 */
static const struct state_item items[] = {
	{.name = "other-cpus", .save = other_cpus_stop},
	{.name = "messages", .save = messages_item_save, .restore = messages_item_restore},
	{.name = "wake", .save = wake_item_save, .restore = wake_item_restore},
	{STATE_SIZED("ioapic", ioapic, STATE_DEEP | STATE_QUICK),
	 .spared_by = PLATFORM_SPARE_IOAPIC, .spare = ioapic_item_spare},
	{.name = "crew", .save = crew_item_save},
	{.name = "lapic",
	 .flags = STATE_OF_CPU,
	 .save = lapic_item_save,
	 .restore = lapic_item_restore},
	{STATE_FIXED("pic", pic, struct pic_state,
		     STATE_DEEP | STATE_QUICK | STATE_FIRMWARE | STATE_PLAIN),
	 .spared_by = PLATFORM_SPARE_PIC, .spare = pic_mask_all},
	{STATE_FIXED("watchdogs", watchdogs, struct watchdogs_state,
		     STATE_DEEP | STATE_QUICK | STATE_FIRMWARE)},
	{STATE_SIZED("pci", pci, STATE_DEEP | STATE_FIRMWARE)},
	{STATE_FIXED("acpi-events", acpi_events, struct acpi_events_state,
		     STATE_DEEP | STATE_FIRMWARE | STATE_PLAIN)},
	{STATE_FIXED("rtc", rtc, struct rtc_state, STATE_DEEP | STATE_FIRMWARE | STATE_PLAIN)},
	{STATE_FIXED("pit", pit, struct pit_state, STATE_DEEP | STATE_FIRMWARE | STATE_PLAIN),
	 .spared_by = PLATFORM_SPARE_PIT, .spare = pit_silence},
	{STATE_SIZED("hpet", hpet, STATE_DEEP | STATE_FIRMWARE)},
	{.name = "quiet", .flags = STATE_OF_CPU, .save = quiet},
	{STATE_SIZED("iommu", iommu, STATE_DEEP | STATE_FIRMWARE)},
	{STATE_FIXED("uarts", uarts, struct uart_state[UARTS],
		     STATE_DEEP | STATE_CONSOLE | STATE_FIRMWARE)},
	{STATE_FIXED("keyboard", keyboard, struct keyboard_state,
		     STATE_DEEP | STATE_CONSOLE | STATE_FIRMWARE)},
	{STATE_SIZED("vga", vga, STATE_DEEP | STATE_CONSOLE)},
	{.name = "vga-font",
	 .version = 1,
	 .flags = STATE_DEEP | STATE_CONSOLE | STATE_APART,
	 .bytes = VGA_FONT_BYTES,
	 .save = vga_font_save,
	 .restore = font_item_restore},
};

/* The largest size of all items with STATE_FIRMWARE together, in bytes. */
#define FIRMWARE_ROOM                                                                   \
	(PCI_STATE_MAX + sizeof(struct acpi_events_state) + sizeof(struct hpet_state) + \
	 sizeof(struct iommu_state) + PAGE_SIZE)
#define ITEM_COUNT (sizeof(items) / sizeof(items[0]))
_Static_assert(ITEM_COUNT <= STATE_MAX_ITEMS, "a place for each row");

static struct state_layout layout;

static bool slot_has_run; /* until then, IOMMUs are as firmware left them */

/* The state that firmware left. */
static struct {
	struct state_layout layout;	/* of the items with STATE_FIRMWARE */
	struct keyboard_state keyboard; /* saved before the console changed it */
	uint8_t state[FIRMWARE_ROOM] __attribute__((aligned(STATE_ALIGN)));
} firmware;

/* What was saved last: what the hardware has since then, until a kernel runs. */
static struct {
	struct state_now now;
	uint8_t *state; /* of layout.size bytes; NULL until platform_give_room() */
} last;

/* The place of the item with that name in state. The list must have such an item. */
static void *item_of(const struct state_layout *of, void *state, const char *name)
{
	const struct state_place *place = of->place;

	while (strcmp(place->item->name, name))
		place++;
	return (uint8_t *)state + place->offset;
}

/*
 * What is known of PCI is used once, so it may be spoilt. It is not known if a kernel could not be
 * entered, if the last slot left its devices working, or if those of a parked slot worked until
 * now. Then it is read.
 */
static void pci_item_restore(const void *state, const void *now)
{
	struct pci_state *last_of_pci = item_of(&layout, last.state, "pci");
	bool few_known = now && ((const struct pci_state *)now)->owner &&
			 !((const struct pci_state *)state)->owner;

	if (!now || few_known || pci_functions()->ended)
		pci_save(pci_functions(), last_of_pci, true);
	else if (now != last_of_pci)
		memcpy(last_of_pci, now, pci_item_size());
	pci_restore(pci_functions(), state, last_of_pci);
}

const struct state_layout *platform_layout(void)
{
	return &layout;
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

/* What the hardware has of that item is not known any more. */
static void forget(const char *name)
{
	for (uint32_t i = 0; i < layout.count; i++)
		if (!strcmp(layout.place[i].item->name, name))
			last.now.known &= ~(1u << i);
}

static bool iommus_on_in(const void *next)
{
	return iommu_any_on_in(next ? item_of(&layout, (void *)next, "iommu")
				    : item_of(&firmware.layout, firmware.state, "iommu"));
}

void platform_stop_devices(bool ended, const void *next)
{
	struct lapic_state dropped;
	bool pauses = !ended && slot_has_run && (iommu_any_on() || iommus_on_in(next));

	if (ended) {
		pci_stop_bus_masters();
		lapic_save(&dropped);
		quiet(&dropped);
	} else if (pauses) {
		pci_pause_bus_masters();
	}
	if (ended || pauses)
		forget("pci");
	if (slot_has_run)
		iommu_off();
}

bool platform_translates(void)
{
	return iommu_any_on();
}

bool platform_translates_in(const void *state)
{
	return iommus_on_in(state);
}

uint64_t platform_room(void)
{
	return iommu_room() + page_up(layout.size);
}

void platform_give_room(void *room)
{
	iommu_give_room(room);
	last.state = (uint8_t *)room + iommu_room();
}

void platform_set_ram(const struct region *ram, const struct region *more)
{
	iommu_set_ram(ram, more);
}

void platform_save(void *state, struct lapic_state *lapic, const struct platform_notes *notes)
{
	slot_has_run = true;
	spared = notes->spared;
	working.set = notes->works;
	working.owner = notes->owner;
	working.made = item_of(&layout, state, "pci");
	others_stay = notes->others_stay;
	last.now.known = state_save(&layout, state, lapic, spared);
	note(&layout, state, notes);
	adapter_left(working.made);
	if (notes->ib700)
		ib700_stop();
	memcpy(last.state, state, layout.size);
	last.now.layout = &layout;
	last.now.memory = last.state;
}

bool platform_can_restore(const void *state, struct error *error)
{
	const struct pci_functions *functions = pci_functions();
	const struct pci_state *pci = item_of(&layout, (void *)state, "pci");
	uint32_t number = functions->count;
	char bridge[PCI_ADDRESS_TEXT];

	if (last.now.known && last.now.layout == &layout)
		number = pci_bridge_that_differs(functions, pci,
						 item_of(&layout, last.state, "pci"));
	if (number == functions->count)
		return true;
	pci_address_text(bridge, functions->function[number].address);
	return fail(error,
		    "it has other windows or bus numbers for the bridge %s, and devices behind "
		    "that work for a parked slot",
		    bridge);
}

void platform_console_used(void)
{
	last.now.known &= ~state_items(&layout, STATE_CONSOLE);
}

uint32_t platform_apart_size(void *state)
{
	return vga_font_differs(item_of(&layout, state, "vga")) ? VGA_FONT_BYTES : 0;
}

void platform_save_apart(void *apart)
{
	vga_font_save(apart);
}

void platform_restore(const void *state, const void *apart, const struct lapic_state *lapic,
		      uint32_t its_spared)
{
	const struct pci_state *pci = item_of(&layout, (void *)state, "pci");

	spared = its_spared;
	working.used = pci->owner ? pci : NULL;
	vga_font_restore(apart);
	state_restore(&layout, state, lapic, &last.now, spared);
	last.now.known = 0;
	if (pci->owner && !(spared & PLATFORM_SPARE_IOAPIC))
		ioapic_raise_edges(&machine()->ioapics, item_of(&layout, (void *)state, "ioapic"),
				   lapic_send_message);
}

void platform_restore_firmware(void)
{
	const struct region all = {.size = UINT64_MAX}, none = {0};

	working.used = NULL;
	iommu_set_ram(&all, &none); /* firmware's own tables are in reserved memory */
	state_restore(&firmware.layout, firmware.state, NULL, &last.now, 0);
	last.now.known = 0;
}

void platform_restore_plain(const void *state, uint32_t its_spared)
{
	platform_restore_firmware();
	for (uint32_t i = layout.count; i-- > 0;) {
		const struct state_place *place = &layout.place[i];

		if (place->item->flags & STATE_PLAIN && !(place->item->spared_by & its_spared))
			place->item->restore((const uint8_t *)state + place->offset, NULL);
	}
}

void platform_keep_console(void)
{
	vga_keep();
	keyboard_save(&firmware.keyboard);
}

void platform_find_adapter(uint64_t framebuffer)
{
	adapter_init(framebuffer);
	vga_keep_more();
}

void platform_init(uint64_t rsdp, uint64_t efi_system_table, report_fn report, report_fn later,
		   void *context)
{
	static const struct platform_notes notes = {
		.pit_reload = PIT_FIRMWARE_RELOAD,
		.pic_master = PIC_FIRMWARE_MASTER,
		.pic_slave = PIC_FIRMWARE_SLAVE,
	};
	struct lapic_state dropped;
	struct keyboard_state *keyboard;

	machine_init(rsdp, report, context);
	pci_extended_set(machine()->ecam.base, machine()->ecam.first_bus, machine()->ecam.last_bus);
	pci_init();
	iommu_init(machine()->dmar, machine()->ivrs, report, later, context);
	watchdogs_init(efi_system_table);
	for (unsigned int i = 0; i < UARTS; i++)
		uart_there[i] = uart_exists(uart_port[i]);
	state_layout_init(&layout, items, ITEM_COUNT, STATE_DEEP);
	state_layout_init(&firmware.layout, items, ITEM_COUNT, STATE_FIRMWARE);
	alone = machine_is_alone();
	last.now.layout = &firmware.layout;
	last.now.memory = firmware.state;
	last.now.known = state_save(&firmware.layout, firmware.state, &dropped, 0);
	platform_console_used();
	keyboard = item_of(&firmware.layout, firmware.state, "keyboard");
	*keyboard = firmware.keyboard;
	note(&firmware.layout, firmware.state, &notes);
}
