// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_quick.c - a quick switch: what CPUs do while all of them are stopped.
 *
 * On the boot CPU, Linux does what it does last of all before it sleeps: syscore_suspend() stops
 * its clocks and keeps the interrupt controllers' registers. It also switches this CPU's local APIC
 * off. What devices send to it after that, and before the monitor masks them, would be lost. MSI-X
 * is masked before: the device notes what it has to say. Other messages, and edges at a pin of the
 * IO-APIC, are raised once afterwards. Drivers take one too many for spurious.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hrtimer.h>
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/device/bus.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/msi.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/percpu.h>
#include <linux/rtc.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/processor-flags.h>
#include <asm/special_insns.h>
#include "compat.h"
#include "hooks.h"
#include "switchyard_core.h"

/* The PCI functions that have a driver. They are found before the CPUs are stopped. */
static struct {
	int count;
	struct pci_dev *card[SWITCHYARD_MOST_USES];
} used;

static void mask_messages(bool mask)
{
	u16 flags;
	int i;

	for (i = 0; i < used.count; i++) {
		struct pci_dev *card = used.card[i];

		if (!card->msix_enabled)
			continue;
		pci_read_config_word(card, card->msix_cap + PCI_MSIX_FLAGS, &flags);
		flags &= ~PCI_MSIX_FLAGS_MASKALL;
		if (mask)
			flags |= PCI_MSIX_FLAGS_MASKALL;
		pci_write_config_word(card, card->msix_cap + PCI_MSIX_FLAGS, flags);
	}
}

static bool is_msix(struct irq_data *data)
{
	struct msi_desc *message = irq_data_get_msi_desc(data);

	return message && dev_is_pci(message->dev) && message->pci.msi_attrib.is_msix;
}

/* If a driver has disabled it for a moment, Linux notes it, and raises it when it is enabled. */
static void raise_one(unsigned int irq, bool all)
{
	struct irq_data *data = irq_get_irq_data(irq);

	if (!data || !irq_has_action(irq) || irqd_is_level_type(data) || !irqd_is_activated(data) ||
	    !data->chip->irq_retrigger)
		return;
	if (all || !is_msix(data))
		data->chip->irq_retrigger(data);
}

/* No other CPU changes interrupts meanwhile. all: those of MSI-X, too. */
static void raise_edges(bool all)
{
	unsigned int irq;

	for (irq = 0; irq < nr_irqs; irq++)
		raise_one(irq, all);
}

void switchyard_quick_raise(void)
{
	raise_edges(true);
}

/*
 * What Linux programs again in syscore_resume(), before interrupts are on. lapic_suspend() has
 * masked the IO-APICs (mask_ioapic_entries() in arch/x86/kernel/apic/apic.c).
 */
#define RENEWED (SWITCHYARD_SPARE_IOAPIC | SWITCHYARD_SPARE_PIC)

/*
 * Counts the functions that get a driver. The device names its driver before the notifier is
 * called, and the driver sees its device only after that.
 */
static atomic_t bound;
static int bound_when_told;

static int count_bound(struct notifier_block *notifier, unsigned long event, void *device)
{
	if (event == BUS_NOTIFY_BIND_DRIVER)
		atomic_inc(&bound);
	return NOTIFY_DONE;
}

static struct notifier_block bus_notifier = {.notifier_call = count_bound};

/* On the boot CPU, when all CPUs are stopped. */
int switchyard_quick_begin(void)
{
	if (atomic_read(&bound) != bound_when_told)
		return -EAGAIN;
	mask_messages(true);
	return 0;
}

/* On the boot CPU, when Linux's core is suspended. */
int switchyard_quick_enter(void)
{
	bool left;
	int error;

	switchyard_spare(RENEWED | switchyard_font_spared_running());
	error = switchyard_request_enter(&left);
	switchyard_spare(0);
	if (left)
		switchyard_font_kept();
	return error;
}

/* On the boot CPU, when it is resumed, before any CPU goes on. */
void switchyard_quick_end(bool entered)
{
	if (entered)
		raise_edges(false);
	mask_messages(false);
}

/*
 * Timers by the time of day and by CLOCK_BOOTTIME may have passed. syscore_resume() looks for those
 * of the boot CPU. Any other CPU looks when its next timer interrupt comes, which may be late if it
 * sleeps. So each has a timer of its own that expires at once.
 */
static DEFINE_PER_CPU(struct hrtimer, nudges);

static enum hrtimer_restart nudged(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

void switchyard_quick_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu (cpu) {
		struct hrtimer *nudge = per_cpu_ptr(&nudges, cpu);

		compat_hrtimer_setup(nudge, nudged, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	}
	bus_register_notifier(&pci_bus_type, &bus_notifier);
}

void switchyard_quick_exit(void)
{
	unsigned int cpu;

	bus_unregister_notifier(&pci_bus_type, &bus_notifier);
	for_each_possible_cpu (cpu)
		hrtimer_cancel(per_cpu_ptr(&nudges, cpu));
}

/* On each other CPU, when it goes on. */
void switchyard_quick_back(void)
{
	hrtimer_start(this_cpu_ptr(&nudges), 0, HRTIMER_MODE_REL_PINNED_HARD);
}

static void look_for_vmx(void *found)
{
	if (native_read_cr4() & X86_CR4_VMXE)
		WRITE_ONCE(*(bool *)found, true);
}

const char *switchyard_why_not_quick(void)
{
	bool vmx = false;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return "this kernel is PREEMPT_RT: locks may be held when its CPUs are stopped";
	if (!cpu_online(SWITCHYARD_BOOT_CPU))
		return "the boot CPU is offline";
	on_each_cpu(look_for_vmx, &vmx, 1);
	if (vmx)
		return "a CPU is in VMX operation; unload kvm_intel";
	return NULL;
}

/* pci-stub takes a device only so that no other driver does. */
static bool is_used(const struct pci_dev *card)
{
	const struct device_driver *driver = READ_ONCE(card->dev.driver);

	return driver && strcmp(driver->name, "pci-stub") != 0;
}

/*
 * An alarm of the clock whose time has passed meanwhile has not rung: other kernels have set the
 * clock's registers. With this, Linux looks which of its alarms are due, and sets the next one.
 */
static void ring_alarms(void)
{
	struct rtc_device *clock;

	if (!IS_ENABLED(CONFIG_RTC_CLASS))
		return;
	clock = rtc_class_open("rtc0");
	if (!clock)
		return;
	rtc_update_irq(clock, 1, RTC_IRQF | RTC_AF);
	rtc_class_close(clock);
}

void switchyard_quick_forget(void)
{
	ring_alarms();
	switchyard_plug_look_quick();
	while (used.count)
		pci_dev_put(used.card[--used.count]);
}

void switchyard_quick_find(void)
{
	struct pci_dev *card = NULL;

	switchyard_plug_note_quick();
	for_each_pci_dev (card)
		if (is_used(card) && used.count < SWITCHYARD_MOST_USES)
			used.card[used.count++] = pci_dev_get(card);
}

/* A crash kernel that is loaded counts, too, because it looks at all functions. */
u32 switchyard_find_uses(u16 *uses, u32 *count, const char **reason)
{
	u32 besides = kexec_crash_loaded() ? SWITCHYARD_USES_CRASH : 0;
	struct pci_dev *card = NULL;

	*count = 0;
	bound_when_told = atomic_read(&bound);
	for_each_pci_dev (card) {
		if (!is_used(card))
			continue;
		if (!pci_domain_nr(card->bus) && *count < SWITCHYARD_MOST_USES) {
			uses[(*count)++] = pci_dev_id(card);
			continue;
		}
		besides |= SWITCHYARD_USES_MORE;
		*reason = pci_domain_nr(card->bus) ? "a device outside of PCI domain 0 has a driver"
						   : "it has more devices than the monitor knows";
	}
	return besides;
}

/*
 * Before Linux suspends, the PCI core saves the configuration of all functions, and it writes all
 * of them again when it resumes, those without a driver, too. Such a function may work for a slot
 * that is parked. The monitor has put back what is this kernel's. So what the function has now is
 * what the PCI core shall write: then it finds no difference, and writes nothing.
 */
void switchyard_quick_wake(void)
{
	struct pci_dev *card = NULL;

	for_each_pci_dev (card)
		if (!is_used(card) && !pci_is_bridge(card) && pci_device_is_present(card))
			pci_save_state(card);
}
