/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file_call.h - services for slots that guests have in files: SNAPSHOT_RECORD and RESTORE_FILE in
 * switchyard.h.
 */
#ifndef MONITOR_CALL_FILE_CALL_H
#define MONITOR_CALL_FILE_CALL_H

#include "monitor/call/answer.h"

int64_t file_call_record(struct answer *answer);
int64_t file_call_restore(struct answer *answer);

#endif
