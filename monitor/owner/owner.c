// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/owner/owner.h"
#include <stddef.h>
#include "arch/x86/pci/pci.h"
#include "arch/x86/pci/pci_msi.h"
#include "guest/linux/switchyard.h"
#include "lib/print.h"

_Static_assert(SLOT_USES_WORDS == PCI_SET_WORDS, "a bit for each function");

#define NAMED_MOST 4 /* functions in an error line */
#define NAMES_TEXT (NAMED_MOST * (PCI_ADDRESS_TEXT + 1) + sizeof("..."))

bool owner_tell(struct slot *slot, const struct owner_told *told, struct error *error)
{
	char text[PCI_ADDRESS_TEXT];
	bool known = true;

	slot->uses = (struct uses){
		.told = true,
		.more = told->besides & SWITCHYARD_USES_MORE,
		.crash_kernel = told->besides & SWITCHYARD_USES_CRASH,
	};
	for (uint32_t i = 0; i < told->count; i++) {
		uint32_t number = pci_number(told->addresses[i]);

		if (number == pci_functions()->count) {
			pci_address_text(text, told->addresses[i]);
			known = fail(error, "%s was not there when the monitor started", text);
		} else if (!pci_is_bridge(&pci_functions()->function[number])) {
			pci_set_add(slot->uses.set, number);
		}
	}
	return known;
}

/* "0000:00:04.0 0000:00:05.0". Returns false if no function is in both sets. */
static bool name_common(const struct uses *one, const struct uses *two, char *names)
{
	uint32_t length = 0, named = 0;

	for (uint32_t i = 0; i < pci_functions()->count; i++) {
		if (!pci_set_has(one->set, i) || !pci_set_has(two->set, i))
			continue;
		if (named++ == NAMED_MOST) {
			format_text(names + length, NAMES_TEXT - length, "...");
			break;
		}
		if (named > 1)
			names[length++] = ' ';
		length += pci_address_text(names + length, pci_functions()->function[i].address);
	}
	return named > 0;
}

static bool is_named(const struct device_name *device, const struct pci_function *function)
{
	if (pci_is_bridge(function))
		return false;
	return device->is_kind ? device->id == function->id : device->address == function->address;
}

/* False: there is no such function. */
static bool claim(struct uses *own, const struct device_name *device)
{
	bool found = false;

	for (uint32_t i = 0; i < pci_functions()->count; i++) {
		if (!is_named(device, &pci_functions()->function[i]))
			continue;
		pci_set_add(own->set, i);
		found = true;
	}
	return found;
}

static void report_missing(const struct slot *slot, const struct device_name *device,
			   report_fn missing, void *context)
{
	char text[PCI_ADDRESS_TEXT];
	struct error error;

	pci_address_text(text, device->address);
	if (device->is_kind)
		format_text(text, sizeof(text), "%04x:%04x", PCI_ID_VENDOR(device->id),
			    PCI_ID_DEVICE(device->id));
	fail(&error, "devices= names %s, but there is no such PCI function here, bridges apart",
	     text);
	slot_report(slot, &error, missing, context);
}

bool owner_claim(const struct slot_table *slots, struct slot *slot, report_fn missing,
		 void *context, struct error *error)
{
	char names[NAMES_TEXT];

	slot->own = (struct uses){.told = slot->devices.count};
	for (uint32_t i = 0; i < slot->devices.count; i++)
		if (!claim(&slot->own, &slot->devices.device[i]))
			report_missing(slot, &slot->devices.device[i], missing, context);
	for (uint32_t i = 0; i < slots->count; i++) {
		const struct slot *other = &slots->slot[i];

		if (other != slot && name_common(&other->own, &slot->own, names))
			return fail(error,
				    "devices= names %s, as that of slot %s does; expected each "
				    "function in one slot's",
				    names, other->name);
	}
	return true;
}

void owner_claim_all(struct slot_table *slots, report_fn wrong, report_fn missing, void *context)
{
	struct error error;
	uint32_t i = 0;

	while (i < slots->count) {
		if (owner_claim(slots, &slots->slot[i], missing, context, &error)) {
			i++;
			continue;
		}
		slot_report(&slots->slot[i], &error, wrong, context);
		slot_remove(slots, i);
	}
}

uint32_t owner_number(const struct slot_table *slots, const struct slot *slot)
{
	return slot_index(slots, slot) + 1;
}

const struct slot *owner_of(const struct slot_table *slots, uint32_t function)
{
	const struct slot *owner = NULL;

	for (uint32_t i = 0; i < slots->count; i++) {
		const struct slot *slot = &slots->slot[i];

		if (pci_functions()->function[function].works_for == i + 1)
			return slot;
		if (pci_set_has(slot->own.set, function))
			owner = slot;
	}
	return owner;
}

uint32_t owner_list(const struct slot *slot, char *to, uint32_t size)
{
	uint32_t length = 0;

	for (uint32_t i = 0; i < pci_functions()->count && size - length >= PCI_ADDRESS_TEXT; i++) {
		if (!pci_set_has(slot->own.set, i))
			continue;
		length += pci_address_text(to + length, pci_functions()->function[i].address);
		to[length++] = '\n';
	}
	return length;
}

/* If its kernel has not told, its line may. */
static const struct uses *uses_of(const struct slot *slot)
{
	return slot->uses.told ? &slot->uses : &slot->own;
}

static bool allows_both(const struct slot *owner, const struct slot *other, struct error *error)
{
	char names[NAMES_TEXT];

	return !name_common(&owner->uses, uses_of(other), names) ||
	       fail(error, "both %s and %s use %s", owner->name, other->name, names);
}

/* The slot uses no functions but those of uses_of(). */
static bool tells_all(const struct slot *slot)
{
	return uses_of(slot)->told && !slot->uses.more && !slot->uses.crash_kernel;
}

/* to gets the machine while owner's functions work. */
static bool allows_beside(const struct slot *to, const struct slot *owner, bool boot,
			  struct error *error)
{
	if (boot)
		return fail(error,
			    "%s would look at all devices when it starts, and those of %s work "
			    "while it is parked",
			    to->name, owner->name);
	if (!uses_of(to)->told)
		return fail(error, "%s has not told which devices it uses, and those of %s work",
			    to->name, owner->name);
	if (to->uses.more)
		return fail(error, "%s uses devices that it can't name, and those of %s work",
			    to->name, owner->name);
	if (to->uses.translates)
		return fail(
			error,
			"%s has an IOMMU translate what devices write, and those of %s work without",
			to->name, owner->name);
	if (to->uses.crash_kernel)
		return fail(error,
			    "%s has a crash kernel, which would look at all devices, and those of "
			    "%s work",
			    to->name, owner->name);
	return allows_both(owner, to, error);
}

/* Returns false if the interrupts of one of its functions could not be masked. */
static bool can_be_silent(const struct slot *slot, struct error *error)
{
	char text[PCI_ADDRESS_TEXT];

	for (uint32_t i = 0; i < pci_functions()->count; i++) {
		const struct pci_function *function = &pci_functions()->function[i];

		if (!pci_set_has(slot->uses.set, i) || !function->pin_stays ||
		    pci_msi_enabled(function) || pci_msix_enabled(function))
			continue;
		pci_address_text(text, function->address);
		return fail(error, "%s uses %s, whose interrupt pin can't be switched off",
			    slot->name, text);
	}
	return true;
}

bool owner_all_work(const struct slot_table *slots, const struct slot *slot, struct error *error)
{
	char text[PCI_ADDRESS_TEXT];

	for (uint32_t i = 0; i < pci_functions()->count; i++) {
		const struct pci_function *function = &pci_functions()->function[i];

		if (!pci_set_has(slot->uses.set, i) ||
		    function->works_for == owner_number(slots, slot))
			continue;
		pci_address_text(text, function->address);
		return fail(error, "%s is not the function that the monitor found at its start",
			    text);
	}
	return true;
}

bool owner_goes_on(const struct slot *slot, struct error *error)
{
	return slot->state != SWITCHYARD_INTERRUPTED || !slot->crash[0] ||
	       fail(error,
		    "slot %s can't be continued: %s; \"boot %s\" starts it afresh, \"log\", "
		    "\"regs\" and \"md\" show it",
		    slot->name, slot->crash, slot->name);
}

bool owner_allows(const struct slot_table *slots, const struct owner_request *request,
		  struct error *error)
{
	if (request->to && !request->boot && !owner_goes_on(request->to, error))
		return false;
	if (request->quick && !request->from->uses.told)
		return fail(error, "%s has not told which devices it uses", request->from->name);
	if (request->quick && request->from->uses.more)
		return fail(error, "%s uses devices that it can't name", request->from->name);
	if (request->quick && !can_be_silent(request->from, error))
		return false;
	if (request->to && request->to->lost && !request->boot)
		return fail(
			error,
			"slot %s: devices that worked for it were given to another slot by force; "
			"\"switch %s force\" resumes it without them",
			request->to->name, request->to->name);
	for (uint32_t i = 0; i < slots->count; i++) {
		const struct slot *owner = &slots->slot[i];
		bool leaves = owner == request->from;

		if (!(leaves ? request->quick : owner->works) ||
		    owner->state == SWITCHYARD_INTERRUPTED)
			continue;
		if (!leaves && request->quick && !allows_both(owner, request->from, error))
			return false;
		if (request->to && owner != request->to &&
		    !allows_beside(request->to, owner, request->boot, error))
			return false;
	}
	return true;
}

void owner_end(const struct slot_table *slots, struct slot *slot)
{
	pci_end(owner_number(slots, slot), NULL, slot->uses.set);
	slot->works = false;
	slot->lost = false;
	slot->uses = (struct uses){0};
}

/* Why an interrupted slot can't go on. Of several reasons, the first one counts. */
static void note_taken(struct slot *slot, const struct slot *by, bool boot, bool all)
{
	char names[NAMES_TEXT];

	if (slot->crash[0])
		return;
	if (boot)
		format_text(slot->crash, sizeof(slot->crash),
			    "%s was started, and looked at all devices", by->name);
	else if (all)
		format_text(slot->crash, sizeof(slot->crash), "%s ran, which may use any device",
			    by->name);
	else if (name_common(&slot->uses, uses_of(by), names))
		format_text(slot->crash, sizeof(slot->crash), "%s ran, and uses %s, too", by->name,
			    names);
}

void owner_take(struct slot_table *slots, const struct slot *to, bool boot, report_fn report,
		void *context)
{
	bool all = boot || !tells_all(to);
	struct error error;

	for (uint32_t i = 0; i < slots->count; i++) {
		struct slot *owner = &slots->slot[i];

		if (owner == to || !owner->works)
			continue;
		if (owner->state == SWITCHYARD_INTERRUPTED)
			note_taken(owner, to, boot, all);
		if (pci_end(i + 1, all ? NULL : uses_of(to)->set, owner->uses.set)) {
			owner->lost = true;
			fail(&error,
			     "devices that worked for it are stopped, because %s may use them",
			     to->name);
			slot_report(owner, &error, report, context);
		}
		owner->works = owner->works && !all;
	}
}
