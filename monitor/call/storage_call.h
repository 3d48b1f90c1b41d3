/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storage_call.h - the services for block devices: SWITCHYARD_STORAGE in switchyard.h.
 */
#ifndef MONITOR_CALL_STORAGE_CALL_H
#define MONITOR_CALL_STORAGE_CALL_H

#include "monitor/call/answer.h"

/* Each answers a call, and returns what the gate shall return. */
int64_t storage_call_tell(struct answer *answer);
int64_t storage_call_list(struct answer *answer);

#endif
