// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/call/service.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/pci/pci.h"
#include "arch/x86/platform/platform.h"
#include "guest/linux/switchyard_check.h"
#include "guest/linux/switchyard_names.h"
#include "lib/print.h"
#include "lib/string.h"
#include "monitor/call/answer.h"
#include "monitor/call/file_call.h"
#include "monitor/call/snapshot_call.h"
#include "monitor/call/storage_call.h"
#include "monitor/core/slot_memory.h"
#include "monitor/owner/owner.h"
#include "monitor/slot/care.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/new_slot.h"
#include "monitor/call/request.h"
#include "monitor/switch/slot_block.h"
#include "monitor/switch/slot_log.h"
#include "monitor/switch/switch.h"

#define CALL_ALIGN     8
#define SLOT_LOG_PAGES 2048 /* looked at in one call: each may be far from the last in memory */

_Static_assert(sizeof(((struct error *)0)->text) == SWITCHYARD_TEXT_SIZE, "a reason fits");

static struct slot *named_by(const struct answer *answer)
{
	struct slot_table *slots = &answer->monitor->slots;
	uint32_t number = answer->call.slot;

	return number >= 1 && number <= slots->count && slot_is_used(&slots->slot[number - 1])
		       ? &slots->slot[number - 1]
		       : NULL;
}

static int64_t answer_list(struct answer *answer)
{
	answer_publish(answer);
	return 0;
}

static int64_t answer_kill(struct answer *answer)
{
	struct slot *slot = answer->slot;

	/* A service touches no device, and this slot's memory may be given back right after it. */
	if (slot->works)
		return answer_result(
			fail(&answer->error,
			     "slot %s: its devices work while it is parked; kill it at the "
			     "monitor's console, or start it afresh",
			     slot->name));
	if (!switch_kill(answer->monitor, slot, &answer->error))
		return SWITCHYARD_EREFUSED;
	log_keep(&answer->monitor->log, LOG_INFO, "slot %s was killed; it is ready", slot->name);
	answer_publish(answer);
	return 0;
}

/* A part of a slot's own log, from record number `bytes` on. */
static int64_t answer_slot_log(struct answer *answer, const struct slot *slot, char *to,
			       uint32_t room)
{
	static struct printk_log log;
	uint64_t first = answer->call.bytes, next = first;
	uint32_t used;

	switch (slot_log_open(answer->monitor, slot, SLOT_LOG_PAGES, &log, &answer->error)) {
	case SLOT_LOG_AGAIN:
		return SWITCHYARD_EAGAIN;
	case SLOT_LOG_NONE:
		return SWITCHYARD_EREFUSED;
	case SLOT_LOG_FOUND:
		break;
	}
	used = slot_log_copy(&log, &next, to, room);
	if (next == first && first < printk_log_count(&log))
		return answer_result(fail(&answer->error,
					  "a buffer of %u bytes, too small for a record of the log",
					  room));
	answer->done = (next - first) << 32 | used;
	return 0;
}

static int64_t answer_log(struct answer *answer)
{
	uint64_t room = answer->call.length;
	char *to = answer_buffer(answer);

	if (answer->call.slot && !answer->slot)
		return SWITCHYARD_ENOSLOT;
	if (!to)
		return SWITCHYARD_EREFUSED;
	if (room > LOG_SIZE)
		room = LOG_SIZE;
	if (answer->slot)
		return answer_slot_log(answer, answer->slot, to, (uint32_t)room);
	answer->done = log_copy(&answer->monitor->log, to, (uint32_t)room);
	return 0;
}

static int64_t answer_begin(struct answer *answer)
{
	return answer_result(new_image_begin(answer->monitor, answer->slot, &answer->error));
}

static int64_t answer_file(struct answer *answer)
{
	const struct switchyard_call *call = &answer->call;
	struct new_image_file file = {.kind = call->kind,
				      .size = call->bytes,
				      .string_length = call->length};

	if (file.string_length && !(file.string = answer_buffer(answer)))
		return SWITCHYARD_EREFUSED;
	return answer_result(new_image_file(answer->monitor, &file, &answer->error));
}

static int64_t answer_write(struct answer *answer)
{
	const void *from = answer_buffer(answer);

	return answer_result(from && new_image_write(answer->monitor, from, answer->call.length,
						     &answer->error));
}

static int64_t answer_commit(struct answer *answer)
{
	switch (new_image_commit(answer->monitor, &answer->error)) {
	case NEW_IMAGE_DONE:
		answer_publish(answer);
		return 0;
	case NEW_IMAGE_AGAIN:
		return SWITCHYARD_EAGAIN;
	case NEW_IMAGE_REFUSED:
		break;
	}
	return SWITCHYARD_EREFUSED;
}

static int64_t answer_abort(struct answer *answer)
{
	new_image_drop(answer->monitor, answer->monitor->current);
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
static int64_t answer_prepare(struct answer *answer)
{
	struct monitor *monitor = answer->monitor;
	struct slot *slot = answer_self(answer);
	const struct switchyard_call *call = &answer->call;
	struct request request = {call->kind, call->slot};
	uint16_t uses[PCI_MAX_FUNCTIONS];
	struct owner_told told;
	int64_t result;
	bool known;

	if (call->length % sizeof(*uses) || call->length > sizeof(uses))
		return answer_result(
			fail(&answer->error,
			     "a list of %lu bytes; expected two for each of %d functions "
			     "at most",
			     call->length, PCI_MAX_FUNCTIONS));
	if (call->bytes & ~(uint64_t)(SWITCHYARD_USES_MORE | SWITCHYARD_USES_CRASH))
		return answer_result(fail(&answer->error,
					  "bits %#lx beside the list; expected %#x and %#x at most",
					  call->bytes, SWITCHYARD_USES_MORE,
					  SWITCHYARD_USES_CRASH));
	if (call->length) {
		const void *from = answer_buffer(answer);

		if (!from)
			return SWITCHYARD_EREFUSED;
		memcpy(uses, from, call->length);
	}
	result = request_check(&monitor->slots, monitor->current, request.op, request.arg);
	if (result)
		return result;
	told = (struct owner_told){uses, (uint32_t)(call->length / sizeof(*uses)), call->bytes};
	known = owner_tell(slot, &told, &answer->error);
	slot->uses.translates = platform_translates();
	return answer_result((known || !(request.op & SWITCHYARD_QUICK)) &&
			     types_allow(&request, &answer->error) &&
			     request_allowed(monitor, slot, &request, &answer->error));
}

/* A kernel that starts asks this before it looks for devices. */
static int64_t answer_functions(struct answer *answer)
{
	const struct slot_table *slots = &answer->monitor->slots;
	const struct slot *self = answer_self(answer);
	uint64_t room = answer->call.length / sizeof(uint16_t);
	uint16_t *to = answer_buffer(answer);

	if (!to)
		return SWITCHYARD_EREFUSED;
	for (uint32_t i = 0; i < pci_functions()->count; i++) {
		const struct slot *owner = owner_of(slots, i);
		uint16_t address = (uint16_t)pci_functions()->function[i].address;

		if (!owner || owner == self)
			continue;
		if (answer->done < room)
			memcpy(&to[answer->done], &address, sizeof(address));
		answer->done++;
	}
	return 0;
}

static int64_t answer_devices(struct answer *answer)
{
	const struct slot *slot = answer_self(answer);
	uint64_t room = answer->call.length;
	char *to = answer_buffer(answer);

	if (answer->call.slot)
		slot = answer->slot;
	if (!slot)
		return SWITCHYARD_ENOSLOT;
	if (!to)
		return SWITCHYARD_EREFUSED;
	answer->done = owner_list(slot, to, room < UINT32_MAX ? (uint32_t)room : UINT32_MAX);
	return 0;
}

/*
 * Its kernel's note is looked for in parts, like that of its log. A slot without one has RAM all
 * the same.
 */
static int64_t answer_memory(struct answer *answer)
{
	const struct slot *slot = answer->slot;
	struct slot_memory told;
	static struct printk_log log;
	void *to = answer_buffer(answer);

	if (!to)
		return SWITCHYARD_EREFUSED;
	if (!switchyard_stands_still(slot->state))
		return answer_result(fail(&answer->error,
					  "slot %s is %s; expected one that is "
					  "parked, crashed or interrupted",
					  slot->name, switchyard_state_name(slot->state)));
	if (slot_log_memory(answer->monitor, slot, SLOT_LOG_PAGES, &log, &told) == SLOT_LOG_AGAIN)
		return SWITCHYARD_EAGAIN;
	answer->done = slot_memory_tell(&told, to, answer->call.length);
	return answer_result(answer->done || fail(&answer->error,
						  "a buffer of %lu bytes, too small for what there "
						  "is to be told",
						  answer->call.length));
}

static int64_t answer_outcome(struct answer *answer)
{
	const struct slot *slot = answer->slot;
	char *text = answer->error.text;

	if (slot->state == SWITCHYARD_CRASHED) {
		format_text(text, sizeof(answer->error.text), "%s", slot->crash);
		return 0;
	}
	if (slot->state != SWITCHYARD_READY || !slot->end) {
		fail(&answer->error, "slot %s is %s; it has not ended", slot->name,
		     switchyard_state_name(slot->state));
		return SWITCHYARD_EREFUSED;
	}
	format_text(text, sizeof(answer->error.text), "%s", switchyard_end_name(slot->end));
	answer->done = slot->end;
	return 0;
}

static int64_t answer_take_crash(struct answer *answer)
{
	struct monitor *monitor = answer->monitor;
	const struct slot *self = answer_self(answer);
	const struct slot *slot = care_take(&monitor->slots, self);

	if (!slot)
		return 0;
	answer->done = slot_index(&monitor->slots, slot) + 1;
	format_text(answer->error.text, sizeof(answer->error.text), "%s", slot->crash);
	log_keep(&monitor->log, LOG_INFO, "slot %s takes care of the crash of slot %s", self->name,
		 slot->name);
	answer_publish(answer);
	return 0;
}

static int64_t answer_settle_crash(struct answer *answer)
{
	struct monitor *monitor = answer->monitor;
	const struct slot *self = answer_self(answer);
	const struct switchyard_call *call = &answer->call;

	if (!care_settle(answer->slot, self, call->bytes, call->kind, &answer->error))
		return SWITCHYARD_EREFUSED;
	if (call->kind == SWITCHYARD_CARE_FAILED)
		log_keep(&monitor->log, LOG_WARN,
			 "slot %s: what slot %s does after a crash has failed", answer->slot->name,
			 self->name);
	answer_publish(answer);
	return 0;
}

/* The text is copied before it is read, because the guest can change it meanwhile. */
static int64_t answer_add(struct answer *answer)
{
	const struct switchyard_call *call = &answer->call;
	char text[SWITCHYARD_ADD_TEXT + 1], place[SLOT_PLACE_TEXT];
	const void *from = answer_buffer(answer);
	const struct slot *slot;

	if (!from)
		return SWITCHYARD_EREFUSED;
	if (call->length > SWITCHYARD_ADD_TEXT)
		return answer_result(fail(&answer->error,
					  "a text of %lu characters; %u is the most", call->length,
					  SWITCHYARD_ADD_TEXT));
	memcpy(text, from, call->length);
	text[call->length] = '\0'; /* one that lies before cuts the text */
	slot = new_slot_add(answer->monitor, text, &answer->error);
	if (!slot)
		return SWITCHYARD_EREFUSED;
	answer->done = slot_index(&answer->monitor->slots, slot) + 1;
	log_keep(&answer->monitor->log, LOG_INFO, "slot %s was added: %s", slot->name,
		 slot_place(slot, place));
	answer_publish(answer);
	return 0;
}

static int64_t answer_remove(struct answer *answer)
{
	char name[SWITCHYARD_NAME_SIZE];
	struct slot *slot = answer->slot;

	memcpy(name, slot->name, sizeof(name));
	if (!new_slot_remove(answer->monitor, slot, &answer->error))
		return SWITCHYARD_EREFUSED;
	log_keep(&answer->monitor->log, LOG_INFO, "slot %s was removed", name);
	answer_publish(answer);
	return 0;
}

static const struct {
	int64_t (*answer)(struct answer *answer);
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
	[SWITCHYARD_SNAPSHOT_BEGIN] = {snapshot_call_begin, false},
	[SWITCHYARD_SNAPSHOT_LIST] = {snapshot_call_list, false},
	[SWITCHYARD_SNAPSHOT_DROP] = {snapshot_call_drop, false},
	[SWITCHYARD_SNAPSHOT_RESTORE] = {snapshot_call_restore, false},
	[SWITCHYARD_SNAPSHOT_MEMORY] = {snapshot_call_memory, false},
	[SWITCHYARD_SNAPSHOT_MAP] = {snapshot_call_map, false},
	[SWITCHYARD_SNAPSHOT_RECORD] = {file_call_record, false},
	[SWITCHYARD_STORAGE] = {storage_call_tell, false},
	[SWITCHYARD_STORAGE_LIST] = {storage_call_list, false},
	[SWITCHYARD_RESTORE_FILE] = {file_call_restore, false},
};
#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

int64_t service_answer(struct monitor *monitor, uint64_t address)
{
	struct answer answer = {.monitor = monitor};
	struct switchyard_call *guest;
	int64_t result;

	if (address % CALL_ALIGN || !answer_in_own_ram(monitor, address, sizeof(*guest)))
		return SWITCHYARD_EBADOP;
	guest = phys(address);
	memcpy(&answer.call, guest, sizeof(answer.call));
	if (answer.call.size < sizeof(*guest) || answer.call.service >= ANSWERS ||
	    !answers[answer.call.service].answer)
		return SWITCHYARD_EBADOP;
	answer.slot = named_by(&answer);
	if (answers[answer.call.service].needs_slot && !answer.slot)
		result = SWITCHYARD_ENOSLOT;
	else
		result = answers[answer.call.service].answer(&answer);
	guest->done = answer.done;
	memcpy(guest->text, answer.error.text, sizeof(guest->text));
	return result;
}
