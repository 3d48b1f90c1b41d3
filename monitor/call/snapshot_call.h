/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snapshot_call.h - the services for snapshots: SWITCHYARD_SNAPSHOT_... in switchyard.h.
 */
#ifndef MONITOR_CALL_SNAPSHOT_CALL_H
#define MONITOR_CALL_SNAPSHOT_CALL_H

#include "monitor/call/answer.h"

/* Each answers a call, and returns what the gate shall return. */
int64_t snapshot_call_begin(struct answer *answer);
int64_t snapshot_call_list(struct answer *answer);
int64_t snapshot_call_drop(struct answer *answer);
int64_t snapshot_call_restore(struct answer *answer);
int64_t snapshot_call_memory(struct answer *answer);
int64_t snapshot_call_map(struct answer *answer);

#endif
