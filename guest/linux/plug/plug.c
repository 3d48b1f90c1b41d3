// SPDX-License-Identifier: GPL-2.0-only
/*
 * plug.c - what was plugged in and taken out while another slot had the machine.
 *
 * The events went to the other slot, or to nobody, because the monitor drops them. So this kernel
 * looks again when it is back:
 *   - A PCI function that no longer answers is marked as disconnected before its driver resumes it,
 *     so that the driver and the PCI core need not wait for it. Afterwards it is removed.
 *   - A function that answers now, and did not before, is looked for. One that a person has removed
 *     by hand answered before, and stays away.
 *
 * After a quick switch, it does so a little later, so that slots which come and go at once pay
 * nothing for it. Before one, only functions that were removed by hand are looked at.
 *
 * PCI Express ports with a hot-plug driver see to their slots when they are resumed. They take the
 * same lock, and find done what is done.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device/bus.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include "hooks.h"
#include "plug.h"
#include "switchyard_core.h"

/* Functions that answer, and that this kernel does not have. */
#define MOST_OTHERS 64
/* A switch does not wait longer for the lock, whose holder may hang in a driver. */
#define NOTE_LIMIT HZ

/* A quick switch is over for so long before its slot looks. */
#define QUICK_PAUSE (HZ / 10)
/* A function that its driver resets may not answer for so long (pci_dev_wait() waits for 1 s). */
#define RESET_MSEC 2000

#define SLOTS	   32

/* A slot of a bus. The bus may be gone when it is looked at. */
struct place {
	int domain;
	u8 bus, slot;
};

static struct {
	u32 count;
	struct place other[MOST_OTHERS];
	bool known; /* all of them */
} before;
static DEFINE_MUTEX(before_lock); /* taken inside the PCI core's lock */

/*
 * From before a deep switch until after it: devices may be suspended, so that they do not answer.
 * Who looks has the PCI core's lock, and so does the note that begins it.
 */
static bool suspending;

static bool any_gone;
static struct work_struct note_work, keep_work, look_work;
static struct delayed_work quick_work;
static DECLARE_COMPLETION(noted);

static bool is_id(u32 id)
{
	u16 vendor = id & 0xffff;

	/* 1: the function is not ready yet (PCI Express 5.0, section 2.3.1) */
	return vendor != 0xffff && vendor > 1;
}

static bool reads(struct pci_bus *bus, u32 devfn)
{
	u32 id;

	return !pci_bus_read_config_dword(bus, devfn, PCI_VENDOR_ID, &id) && is_id(id);
}

/* Behind a port of PCI Express there is one device. */
static u32 slots_on(const struct pci_bus *bus)
{
	struct pci_dev *bridge = bus->self;

	return bridge && pci_is_pcie(bridge) && pci_pcie_type(bridge) != PCI_EXP_TYPE_UPSTREAM &&
			       pci_pcie_type(bridge) != PCI_EXP_TYPE_PCI_BRIDGE
		       ? 1
		       : SLOTS;
}

/* Calls look() for each function 0 that answers, and that this kernel does not have. */
static void each_other(struct pci_bus *bus, void (*look)(struct pci_bus *bus, u32 slot))
{
	struct pci_bus *child;
	u32 slot;

	for (slot = 0; slot < slots_on(bus); slot++) {
		u32 devfn = PCI_DEVFN(slot, 0);
		struct pci_dev *card = pci_get_slot(bus, devfn);

		if (!card && reads(bus, devfn))
			look(bus, slot);
		pci_dev_put(card);
	}
	list_for_each_entry (child, &bus->children, node)
		each_other(child, look);
}

static void each_other_of_all(void (*look)(struct pci_bus *bus, u32 slot))
{
	struct pci_bus *root = NULL;

	while ((root = pci_find_next_bus(root)))
		each_other(root, look);
}

static struct place place_of(struct pci_bus *bus, u32 slot)
{
	return (struct place){pci_domain_nr(bus), bus->number, slot};
}

/* The caller has before_lock. */
static bool is_noted(const struct place *place)
{
	u32 i;

	for (i = 0; i < before.count; i++)
		if (before.other[i].domain == place->domain && before.other[i].bus == place->bus &&
		    before.other[i].slot == place->slot)
			return true;
	return false;
}

/* One that is removed and found again is noted once. The caller has before_lock. */
static void note_place(const struct place *place)
{
	if (is_noted(place))
		return;
	if (before.count == MOST_OTHERS)
		before.known = false;
	else
		before.other[before.count++] = *place;
}

static void note_other(struct pci_bus *bus, u32 slot)
{
	const struct place place = place_of(bus, slot);

	mutex_lock(&before_lock);
	note_place(&place);
	mutex_unlock(&before_lock);
}

static void note(struct work_struct *work)
{
	pci_lock_rescan_remove();
	mutex_lock(&before_lock);
	before.count = 0;
	before.known = true;
	mutex_unlock(&before_lock);
	each_other_of_all(note_other);
	pci_unlock_rescan_remove();
	complete_all(&noted);
}

static bool answers(const struct place *place)
{
	struct pci_bus *bus = pci_find_bus(place->domain, place->bus);

	return bus && reads(bus, PCI_DEVFN(place->slot, 0));
}

/* pci_find_bus() counts no reference: buses stay while the lock is held. */
static void keep_those_there(struct work_struct *work)
{
	u32 i, kept = 0;

	pci_lock_rescan_remove();
	mutex_lock(&before_lock);
	for (i = 0; i < before.count; i++)
		if (answers(&before.other[i]))
			before.other[kept++] = before.other[i];
	before.count = kept;
	mutex_unlock(&before_lock);
	pci_unlock_rescan_remove();
	complete_all(&noted);
}

static void note_by(struct work_struct *work)
{
	reinit_completion(&noted);
	queue_work(system_unbound_wq, work);
	if (!wait_for_completion_timeout(&noted, NOTE_LIMIT))
		pr_warn("PCI devices that come while this slot is away will not be seen\n");
}

void switchyard_plug_note_quick(void)
{
	if (READ_ONCE(before.count))
		note_by(&keep_work);
}

/* Somebody has removed it. If it still answers when this slot leaves, it stays away. */
static int see_removed(struct notifier_block *notifier, unsigned long event, void *device)
{
	struct pci_dev *card = to_pci_dev(device);

	if (event == BUS_NOTIFY_REMOVED_DEVICE && !PCI_FUNC(card->devfn))
		note_other(card->bus, PCI_SLOT(card->devfn));
	return NOTIFY_DONE;
}

static struct notifier_block bus_notifier = {.notifier_call = see_removed};

void switchyard_plug_note(void)
{
	WRITE_ONCE(suspending, true);
	before.known = false;
	note_by(&note_work);
}

/* A port that sleeps passes nothing on, so nothing is known of what is behind it. */
static bool is_reached(const struct pci_dev *card)
{
	struct pci_bus *bus = card->bus;
	u16 control;

	for (; bus->self; bus = bus->parent) {
		struct pci_dev *bridge = bus->self;

		if (!reads(bridge->bus, bridge->devfn))
			return false;
		if (bridge->pm_cap &&
		    (pci_bus_read_config_word(bridge->bus, bridge->devfn,
					      bridge->pm_cap + PCI_PM_CTRL, &control) ||
		     control & PCI_PM_CTRL_STATE_MASK))
			return false;
	}
	return true;
}

static bool is_marked(const struct pci_dev *card)
{
	return card->error_state == pci_channel_io_perm_failure;
}

/*
 * A virtual function has no ID of its own. Without power, none answers. What is behind a bridge
 * goes with it, and each bridge comes before that in Linux's list.
 */
static bool is_gone(struct pci_dev *card)
{
	if (card->bus->self && is_marked(card->bus->self))
		return true;
	return !card->is_virtfn && card->current_state != PCI_D3cold && is_reached(card) &&
	       !reads(card->bus, card->devfn);
}

static bool is_any_gone(void)
{
	struct pci_dev *card = NULL;

	for_each_pci_dev (card) {
		if (!is_marked(card) && is_gone(card)) {
			pci_dev_put(card);
			return true;
		}
	}
	return false;
}

static void mark_gone(void (*stand_in)(struct pci_dev *card))
{
	struct pci_dev *card = NULL;

	for_each_pci_dev (card) {
		if (is_marked(card) || !is_gone(card))
			continue;
		any_gone = true;
		card->error_state = pci_channel_io_perm_failure;
		pr_notice("%s was taken out while this slot was away\n", pci_name(card));
		stand_in(card);
	}
}

/* Devices are suspended, and all CPUs run. */
void switchyard_plug_wake(void)
{
	mark_gone(switchyard_stand_in_frozen);
}

static struct pci_dev *find_gone(void)
{
	struct pci_dev *card = NULL;

	for_each_pci_dev (card)
		if (is_marked(card) && switchyard_stand_in_removable(card))
			return card;
	return NULL;
}

static void remove_gone(void)
{
	struct pci_dev *card;

	while (any_gone && (card = find_gone())) {
		pci_stop_and_remove_bus_device(card);
		pci_dev_put(card);
	}
	any_gone = false;
	switchyard_stand_in_forget();
}

static bool was_there(struct pci_bus *bus, u32 slot)
{
	const struct place place = place_of(bus, slot);
	bool found;

	mutex_lock(&before_lock);
	found = is_noted(&place);
	mutex_unlock(&before_lock);
	return found;
}

static struct pci_bus *bus_of_new;

static void find_new(struct pci_bus *bus, u32 slot)
{
	if (!bus_of_new && !was_there(bus, slot)) {
		pr_notice("%04x:%02x:%02x.0 was plugged in while this slot was away\n",
			  pci_domain_nr(bus), bus->number, slot);
		bus_of_new = bus;
		note_other(bus, slot); /* if the core does not take it, this is not tried again */
	}
}

static void add_new(void)
{
	do {
		bus_of_new = NULL;
		each_other_of_all(find_new);
		if (bus_of_new)
			pci_rescan_bus(bus_of_new);
	} while (bus_of_new && before.known);
}

static void remove_and_add(void)
{
	remove_gone();
	if (before.known)
		add_new();
}

/* If the next deep switch has begun, it looks when it ends. */
static void look(struct work_struct *work)
{
	pci_lock_rescan_remove();
	if (!READ_ONCE(suspending))
		remove_and_add();
	pci_unlock_rescan_remove();
}

void switchyard_plug_look(void)
{
	WRITE_ONCE(suspending, false);
	queue_work(system_long_wq, &look_work);
}

void switchyard_plug_look_quick(void)
{
	queue_delayed_work(system_long_wq, &quick_work, QUICK_PAUSE);
}

/* Devices work meanwhile. During a deep switch they do not, and it is tried again. */
static void look_after_quick(struct work_struct *work)
{
	bool can_look;

	if (!READ_ONCE(suspending) && is_any_gone())
		msleep(RESET_MSEC);
	pci_lock_rescan_remove();
	can_look = !READ_ONCE(suspending);
	if (can_look) {
		mark_gone(switchyard_stand_in_running);
		remove_and_add();
	}
	pci_unlock_rescan_remove();
	if (can_look)
		switchyard_lid_look();
	else
		switchyard_plug_look_quick();
}

void switchyard_plug_init(void)
{
	INIT_WORK(&note_work, note);
	INIT_WORK(&keep_work, keep_those_there);
	INIT_WORK(&look_work, look);
	INIT_DELAYED_WORK(&quick_work, look_after_quick);
	bus_register_notifier(&pci_bus_type, &bus_notifier);
	queue_work(system_unbound_wq, &note_work);
}

void switchyard_plug_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &bus_notifier);
	cancel_work_sync(&note_work);
	cancel_work_sync(&keep_work);
	cancel_delayed_work_sync(&quick_work);
	flush_work(&look_work); /* no driver uses what stand_in.c has given it any more */
}
