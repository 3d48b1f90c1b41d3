// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/call/storage_call.h"
#include <stddef.h>
#include "lib/string.h"

/* The list is copied before it is read, because the guest can change it meanwhile. */
int64_t storage_call_tell(struct answer *answer)
{
	static struct switchyard_storage told[SWITCHYARD_STORAGE_LIMIT];
	struct monitor *monitor = answer->monitor;
	uint64_t length = answer->call.length;

	if (length % sizeof(told[0]) || length > sizeof(told))
		return answer_result(fail(&answer->error,
					  "a list of %lu bytes; expected %lu for each of %u block "
					  "devices at most",
					  length, sizeof(told[0]), SWITCHYARD_STORAGE_LIMIT));
	if (length) {
		const void *from = answer_buffer(answer);

		if (!from)
			return SWITCHYARD_EREFUSED;
		memcpy(told, from, length);
	}
	if (!storage_tell(&monitor->storage, monitor->current, answer_self(answer), told,
			  (uint32_t)(length / sizeof(told[0])), &answer->error))
		return SWITCHYARD_EREFUSED;
	if (!storage_is_alone(&monitor->storage, &monitor->slots, monitor->current, &answer->error))
		log_keep(&monitor->log, LOG_WARN, "%s", answer->error.text);
	return 0;
}

int64_t storage_call_list(struct answer *answer)
{
	const struct monitor *monitor = answer->monitor;
	void *to = answer_buffer(answer);

	if (answer->call.slot && !answer->slot)
		return SWITCHYARD_ENOSLOT;
	if (!to)
		return SWITCHYARD_EREFUSED;
	answer->done =
		storage_copy(&monitor->storage, &monitor->slots, answer->slot, monitor->current, to,
			     answer->call.length / sizeof(struct switchyard_storage));
	return 0;
}
