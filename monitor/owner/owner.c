// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/owner/owner.h"
#include <stddef.h>
#include "arch/x86/pci/pci.h"
#include "lib/print.h"

_Static_assert(SLOT_USES_WORDS == PCI_SET_WORDS, "a bit for each function");

#define ADDRESS_TEXT sizeof("0000:00:00.0")
#define NAMED_MOST   4 /* functions in an error line */
#define NAMES_TEXT   (NAMED_MOST * (ADDRESS_TEXT + 1) + sizeof("..."))

static uint32_t format_address(char *to, uint32_t size, pci_address_t address)
{
	return (uint32_t)format_text(to, size, "0000:%02x:%02x.%x", PCI_BUS(address),
				     PCI_DEVICE(address), PCI_FUNCTION(address));
}

bool owner_tell(struct slot *slot, const uint16_t *addresses, uint32_t count, struct error *error)
{
	char text[ADDRESS_TEXT];
	bool known = true;

	slot->uses = (struct uses){.told = true};
	for (uint32_t i = 0; i < count; i++) {
		uint32_t number = pci_number(addresses[i]);

		if (number == pci_functions()->count) {
			format_address(text, sizeof(text), addresses[i]);
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
		length += format_address(names + length, NAMES_TEXT - length,
					 pci_functions()->function[i].address);
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
	char text[ADDRESS_TEXT];
	struct error error;

	format_address(text, sizeof(text), device->address);
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

const struct slot *owner_of(const struct slot_table *slots, uint32_t function)
{
	const struct slot *owner = NULL;

	for (uint32_t i = 0; i < slots->count; i++) {
		const struct slot *slot = &slots->slot[i];

		if (slot->works && pci_set_has(slot->uses.set, function))
			return slot;
		if (pci_set_has(slot->own.set, function))
			owner = slot;
	}
	return owner;
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
	return allows_both(owner, to, error);
}

bool owner_allows(const struct slot_table *slots, const struct owner_request *request,
		  struct error *error)
{
	if (request->quick && !request->from->uses.told)
		return fail(error, "%s has not told which devices it uses", request->from->name);
	for (uint32_t i = 0; i < slots->count; i++) {
		const struct slot *owner = &slots->slot[i];
		bool leaves = owner == request->from;

		if (!(leaves ? request->quick : owner->works))
			continue;
		if (!leaves && request->quick && !allows_both(owner, request->from, error))
			return false;
		if (request->to && owner != request->to &&
		    !allows_beside(request->to, owner, request->boot, error))
			return false;
	}
	return true;
}

void owner_end(struct slot *slot)
{
	if (slot->works)
		pci_end(slot->uses.set);
	slot->works = false;
	slot->uses = (struct uses){0};
}
