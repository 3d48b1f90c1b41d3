// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/service.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/pci/pci.h"
#include "arch/x86/platform/platform.h"
#include "guest/linux/switchyard_check.h"
#include "guest/linux/switchyard_names.h"
#include "lib/print.h"
#include "lib/string.h"
#include "monitor/core/slot_memory.h"
#include "monitor/owner/owner.h"
#include "monitor/slot/care.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/new_slot.h"
#include "monitor/switch/request.h"
#include "monitor/switch/slot_block.h"
#include "monitor/switch/slot_log.h"
#include "monitor/switch/switch.h"

#define CALL_ALIGN     8
#define SLOT_LOG_PAGES 2048 /* looked at in one call: each may be far from the last in memory */

_Static_assert(sizeof(((struct error *)0)->text) == SWITCHYARD_TEXT_SIZE, "a reason fits");

/* A call that is answered. */
struct service {
	struct monitor *monitor;
	struct switchyard_call call; /* our copy of the guest's structure */
	struct slot *slot;	     /* that it names; NULL: none */
	uint64_t done;
	struct error error; /* the reason of SWITCHYARD_EREFUSED */
};

static bool in_region(const struct region *region, uint64_t address, uint64_t size)
{
	return address >= region->base && address - region->base <= region->size &&
	       size <= region->size - (address - region->base);
}

/* True if all of [address, address + size) is RAM of the slot that runs, without its block. */
static bool in_own_ram(const struct monitor *monitor, uint64_t address, uint64_t size)
{
	const struct slot *slot = &monitor->slots.slot[monitor->current];

	return in_region(&slot->ram, address, size) || in_region(&slot->low, address, size);
}

static struct slot *named_by(const struct service *service)
{
	struct slot_table *slots = &service->monitor->slots;
	uint32_t number = service->call.slot;

	return number >= 1 && number <= slots->count && slot_is_used(&slots->slot[number - 1])
		       ? &slots->slot[number - 1]
		       : NULL;
}

/* The memory of the call's buffer. NULL, with a reason: not all of it is the slot's RAM. */
static void *buffer_of(struct service *service)
{
	const struct switchyard_call *call = &service->call;

	if (call->length && in_own_ram(service->monitor, call->address, call->length))
		return phys(call->address);
	fail(&service->error,
	     "a buffer of %lu bytes at %#lx; expected all of it in this slot's RAM", call->length,
	     call->address);
	return NULL;
}

static int64_t answer_bool(bool done)
{
	return done ? 0 : SWITCHYARD_EREFUSED;
}

static void publish(const struct service *service)
{
	slot_block_publish(&service->monitor->slots, service->monitor->current);
}

static int64_t answer_list(struct service *service)
{
	publish(service);
	return 0;
}

static int64_t answer_kill(struct service *service)
{
	struct slot *slot = service->slot;

	/* A service touches no device, and this slot's memory may be given back right after it. */
	if (slot->works)
		return answer_bool(
			fail(&service->error,
			     "slot %s: its devices work while it is parked; kill it at the "
			     "monitor's console, or start it afresh",
			     slot->name));
	if (!switch_kill(service->monitor, slot, &service->error))
		return SWITCHYARD_EREFUSED;
	log_keep(&service->monitor->log, LOG_INFO, "slot %s was killed; it is ready", slot->name);
	publish(service);
	return 0;
}

/* A part of a slot's own log, from record number `bytes` on. */
static int64_t answer_slot_log(struct service *service, const struct slot *slot, char *to,
			       uint32_t room)
{
	static struct printk_log log;
	uint64_t first = service->call.bytes, next = first;
	uint32_t used;

	switch (slot_log_open(service->monitor, slot, SLOT_LOG_PAGES, &log, &service->error)) {
	case SLOT_LOG_AGAIN:
		return SWITCHYARD_EAGAIN;
	case SLOT_LOG_NONE:
		return SWITCHYARD_EREFUSED;
	case SLOT_LOG_FOUND:
		break;
	}
	used = slot_log_copy(&log, &next, to, room);
	if (next == first && first < printk_log_count(&log))
		return answer_bool(fail(&service->error,
					"a buffer of %u bytes, too small for a record of the log",
					room));
	service->done = (next - first) << 32 | used;
	return 0;
}

static int64_t answer_log(struct service *service)
{
	uint64_t room = service->call.length;
	char *to = buffer_of(service);

	if (service->call.slot && !service->slot)
		return SWITCHYARD_ENOSLOT;
	if (!to)
		return SWITCHYARD_EREFUSED;
	if (room > LOG_SIZE)
		room = LOG_SIZE;
	if (service->slot)
		return answer_slot_log(service, service->slot, to, (uint32_t)room);
	service->done = log_copy(&service->monitor->log, to, (uint32_t)room);
	return 0;
}

static int64_t answer_begin(struct service *service)
{
	return answer_bool(new_image_begin(service->monitor, service->slot, &service->error));
}

static int64_t answer_file(struct service *service)
{
	const struct switchyard_call *call = &service->call;
	struct new_image_file file = {.kind = call->kind,
				      .size = call->bytes,
				      .string_length = call->length};

	if (file.string_length && !(file.string = buffer_of(service)))
		return SWITCHYARD_EREFUSED;
	return answer_bool(new_image_file(service->monitor, &file, &service->error));
}

static int64_t answer_write(struct service *service)
{
	const void *from = buffer_of(service);

	return answer_bool(from && new_image_write(service->monitor, from, service->call.length,
						   &service->error));
}

static int64_t answer_commit(struct service *service)
{
	switch (new_image_commit(service->monitor, &service->error)) {
	case NEW_IMAGE_DONE:
		publish(service);
		return 0;
	case NEW_IMAGE_AGAIN:
		return SWITCHYARD_EAGAIN;
	case NEW_IMAGE_REFUSED:
		break;
	}
	return SWITCHYARD_EREFUSED;
}

static int64_t answer_abort(struct service *service)
{
	new_image_drop(service->monitor, service->monitor->current);
	return 0;
}

/*
 * The monitor has firmware's memory types, and each CPU sets them when it parks. The gate does
 * not look once more, because CPUs have parked by then. CPUs that get INIT need no types.
 */
static bool types_allow(const struct request *request, struct error *error)
{
	return !(request->op & (SWITCHYARD_QUICK | SWITCHYARD_KEEP_CPUS)) ||
	       !cpu_state_types_need_all_cpus() ||
	       fail(error, "its memory types (MTRRs) are not those of firmware, and all CPUs would "
			   "have to change them at the same time; a deep switch can do that, "
			   "without its other CPUs");
}

/* The kernel's list is noted, even if the request is refused: it is true in any case. */
static int64_t answer_prepare(struct service *service)
{
	struct monitor *monitor = service->monitor;
	struct slot *slot = &monitor->slots.slot[monitor->current];
	const struct switchyard_call *call = &service->call;
	struct request request = {call->kind, call->slot};
	uint16_t uses[PCI_MAX_FUNCTIONS];
	struct owner_told told;
	int64_t result;
	bool known;

	if (call->length % sizeof(*uses) || call->length > sizeof(uses))
		return answer_bool(
			fail(&service->error,
			     "a list of %lu bytes; expected two for each of %d functions "
			     "at most",
			     call->length, PCI_MAX_FUNCTIONS));
	if (call->bytes & ~(uint64_t)(SWITCHYARD_USES_MORE | SWITCHYARD_USES_CRASH))
		return answer_bool(fail(&service->error,
					"bits %#lx beside the list; expected %#x and %#x at most",
					call->bytes, SWITCHYARD_USES_MORE, SWITCHYARD_USES_CRASH));
	if (call->length) {
		const void *from = buffer_of(service);

		if (!from)
			return SWITCHYARD_EREFUSED;
		memcpy(uses, from, call->length);
	}
	result = request_check(&monitor->slots, monitor->current, request.op, request.arg);
	if (result)
		return result;
	told = (struct owner_told){uses, (uint32_t)(call->length / sizeof(*uses)), call->bytes};
	known = owner_tell(slot, &told, &service->error);
	slot->uses.translates = platform_translates();
	return answer_bool((known || !(request.op & SWITCHYARD_QUICK)) &&
			   types_allow(&request, &service->error) &&
			   request_allowed(monitor, slot, &request, &service->error));
}

/* A kernel that starts asks this before it looks for devices. */
static int64_t answer_functions(struct service *service)
{
	const struct slot_table *slots = &service->monitor->slots;
	const struct slot *self = &slots->slot[service->monitor->current];
	uint64_t room = service->call.length / sizeof(uint16_t);
	uint16_t *to = buffer_of(service);

	if (!to)
		return SWITCHYARD_EREFUSED;
	for (uint32_t i = 0; i < pci_functions()->count; i++) {
		const struct slot *owner = owner_of(slots, i);
		uint16_t address = (uint16_t)pci_functions()->function[i].address;

		if (!owner || owner == self)
			continue;
		if (service->done < room)
			memcpy(&to[service->done], &address, sizeof(address));
		service->done++;
	}
	return 0;
}

/* The list is copied before it is read, because the guest can change it meanwhile. */
static int64_t answer_storage(struct service *service)
{
	static struct switchyard_storage told[SWITCHYARD_STORAGE_LIMIT];
	struct monitor *monitor = service->monitor;
	const struct slot *slot = &monitor->slots.slot[monitor->current];
	uint64_t length = service->call.length;

	if (length % sizeof(told[0]) || length > sizeof(told))
		return answer_bool(fail(&service->error,
					"a list of %lu bytes; expected %lu for each of %u block "
					"devices at most",
					length, sizeof(told[0]), SWITCHYARD_STORAGE_LIMIT));
	if (length) {
		const void *from = buffer_of(service);

		if (!from)
			return SWITCHYARD_EREFUSED;
		memcpy(told, from, length);
	}
	if (!storage_tell(&monitor->storage, monitor->current, slot, told,
			  (uint32_t)(length / sizeof(told[0])), &service->error))
		return SWITCHYARD_EREFUSED;
	if (!storage_is_alone(&monitor->storage, &monitor->slots, monitor->current,
			      &service->error))
		log_keep(&monitor->log, LOG_WARN, "%s", service->error.text);
	return 0;
}

static int64_t answer_storage_list(struct service *service)
{
	const struct monitor *monitor = service->monitor;
	void *to = buffer_of(service);

	if (service->call.slot && !service->slot)
		return SWITCHYARD_ENOSLOT;
	if (!to)
		return SWITCHYARD_EREFUSED;
	service->done =
		storage_copy(&monitor->storage, &monitor->slots, service->slot, monitor->current,
			     to, service->call.length / sizeof(struct switchyard_storage));
	return 0;
}

static int64_t answer_devices(struct service *service)
{
	const struct slot *slot = &service->monitor->slots.slot[service->monitor->current];
	uint64_t room = service->call.length;
	char *to = buffer_of(service);

	if (service->call.slot)
		slot = service->slot;
	if (!slot)
		return SWITCHYARD_ENOSLOT;
	if (!to)
		return SWITCHYARD_EREFUSED;
	service->done = owner_list(slot, to, room < UINT32_MAX ? (uint32_t)room : UINT32_MAX);
	return 0;
}

/*
 * Its kernel's note is looked for in parts, like that of its log. A slot without one has RAM all
 * the same.
 */
static int64_t answer_memory(struct service *service)
{
	const struct slot *slot = service->slot;
	struct slot_memory told;
	static struct printk_log log;
	void *to = buffer_of(service);

	if (!to)
		return SWITCHYARD_EREFUSED;
	if (!switchyard_stands_still(slot->state))
		return answer_bool(fail(&service->error,
					"slot %s is %s; expected one that is "
					"parked, crashed or interrupted",
					slot->name, switchyard_state_name(slot->state)));
	if (slot_log_memory(service->monitor, slot, SLOT_LOG_PAGES, &log, &told) == SLOT_LOG_AGAIN)
		return SWITCHYARD_EAGAIN;
	service->done = slot_memory_tell(&told, to, service->call.length);
	return answer_bool(service->done || fail(&service->error,
						 "a buffer of %lu bytes, too small for what there "
						 "is to be told",
						 service->call.length));
}

static int64_t answer_outcome(struct service *service)
{
	const struct slot *slot = service->slot;
	char *text = service->error.text;

	if (slot->state == SWITCHYARD_CRASHED) {
		format_text(text, sizeof(service->error.text), "%s", slot->crash);
		return 0;
	}
	if (slot->state != SWITCHYARD_READY || !slot->end) {
		fail(&service->error, "slot %s is %s; it has not ended", slot->name,
		     switchyard_state_name(slot->state));
		return SWITCHYARD_EREFUSED;
	}
	format_text(text, sizeof(service->error.text), "%s", switchyard_end_name(slot->end));
	service->done = slot->end;
	return 0;
}

static int64_t answer_take_crash(struct service *service)
{
	struct monitor *monitor = service->monitor;
	const struct slot *self = &monitor->slots.slot[monitor->current];
	const struct slot *slot = care_take(&monitor->slots, self);

	if (!slot)
		return 0;
	service->done = slot_index(&monitor->slots, slot) + 1;
	format_text(service->error.text, sizeof(service->error.text), "%s", slot->crash);
	log_keep(&monitor->log, LOG_INFO, "slot %s takes care of the crash of slot %s", self->name,
		 slot->name);
	publish(service);
	return 0;
}

static int64_t answer_settle_crash(struct service *service)
{
	struct monitor *monitor = service->monitor;
	const struct slot *self = &monitor->slots.slot[monitor->current];
	const struct switchyard_call *call = &service->call;

	if (!care_settle(service->slot, self, call->bytes, call->kind, &service->error))
		return SWITCHYARD_EREFUSED;
	if (call->kind == SWITCHYARD_CARE_FAILED)
		log_keep(&monitor->log, LOG_WARN,
			 "slot %s: what slot %s does after a crash has failed", service->slot->name,
			 self->name);
	publish(service);
	return 0;
}

/* The text is copied before it is read, because the guest can change it meanwhile. */
static int64_t answer_add(struct service *service)
{
	const struct switchyard_call *call = &service->call;
	char text[SWITCHYARD_ADD_TEXT + 1], size[SIZE_TEXT];
	const void *from = buffer_of(service);
	const struct slot *slot;

	if (!from)
		return SWITCHYARD_EREFUSED;
	if (call->length > SWITCHYARD_ADD_TEXT)
		return answer_bool(fail(&service->error, "a text of %lu characters; %u is the most",
					call->length, SWITCHYARD_ADD_TEXT));
	memcpy(text, from, call->length);
	text[call->length] = '\0'; /* one that lies before cuts the text */
	slot = new_slot_add(service->monitor, text, &service->error);
	if (!slot)
		return SWITCHYARD_EREFUSED;
	service->done = slot_index(&service->monitor->slots, slot) + 1;
	log_keep(&service->monitor->log, LOG_INFO, "slot %s was added: %s at %#lx", slot->name,
		 format_size(size, slot_range(slot).size), slot->ram.base);
	publish(service);
	return 0;
}

static int64_t answer_remove(struct service *service)
{
	char name[SWITCHYARD_NAME_SIZE];
	struct slot *slot = service->slot;

	memcpy(name, slot->name, sizeof(name));
	if (!new_slot_remove(service->monitor, slot, &service->error))
		return SWITCHYARD_EREFUSED;
	log_keep(&service->monitor->log, LOG_INFO, "slot %s was removed", name);
	publish(service);
	return 0;
}

static const struct {
	int64_t (*answer)(struct service *service);
	bool needs_slot; /* the call has to name one that is there */
} answers[] = {
	[SWITCHYARD_LIST] = {answer_list, false},
	[SWITCHYARD_KILL] = {answer_kill, true},
	[SWITCHYARD_LOG] = {answer_log, false},
	[SWITCHYARD_LOAD_BEGIN] = {answer_begin, true},
	[SWITCHYARD_LOAD_FILE] = {answer_file, false},
	[SWITCHYARD_LOAD_WRITE] = {answer_write, false},
	[SWITCHYARD_LOAD_COMMIT] = {answer_commit, false},
	[SWITCHYARD_LOAD_ABORT] = {answer_abort, false},
	[SWITCHYARD_OUTCOME] = {answer_outcome, true},
	[SWITCHYARD_ADD] = {answer_add, false},
	[SWITCHYARD_REMOVE] = {answer_remove, true},
	[SWITCHYARD_PREPARE] = {answer_prepare, false},
	[SWITCHYARD_FUNCTIONS] = {answer_functions, false},
	[SWITCHYARD_DEVICES] = {answer_devices, false},
	[SWITCHYARD_MEMORY] = {answer_memory, true},
	[SWITCHYARD_TAKE_CRASH] = {answer_take_crash, false},
	[SWITCHYARD_SETTLE_CRASH] = {answer_settle_crash, true},
	[SWITCHYARD_STORAGE] = {answer_storage, false},
	[SWITCHYARD_STORAGE_LIST] = {answer_storage_list, false},
};
#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

int64_t service_answer(struct monitor *monitor, uint64_t address)
{
	struct service service = {.monitor = monitor};
	struct switchyard_call *guest;
	int64_t result;

	if (address % CALL_ALIGN || !in_own_ram(monitor, address, sizeof(*guest)))
		return SWITCHYARD_EBADOP;
	guest = phys(address);
	memcpy(&service.call, guest, sizeof(service.call));
	if (service.call.size < sizeof(*guest) || service.call.service >= ANSWERS ||
	    !answers[service.call.service].answer)
		return SWITCHYARD_EBADOP;
	service.slot = named_by(&service);
	if (answers[service.call.service].needs_slot && !service.slot)
		result = SWITCHYARD_ENOSLOT;
	else
		result = answers[service.call.service].answer(&service);
	guest->done = service.done;
	memcpy(guest->text, service.error.text, sizeof(guest->text));
	return result;
}
