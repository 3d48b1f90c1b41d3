/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * request.h - is what a guest asks of the gate something that can be done?
 */
#ifndef MONITOR_SWITCH_REQUEST_H
#define MONITOR_SWITCH_REQUEST_H

#include "monitor/slot/slot.h"

/*
 * Looks at a request of slot number current (from 0), and changes nothing. 0, or a negative
 * enum switchyard_error. Whatever a guest may pass: op and arg are not believed.
 */
int64_t request_check(const struct slot_table *slots, uint32_t current, uint64_t op, uint64_t arg);

/*
 * A guest's words for the log: copies at most size bytes, the NUL that ends them included, and
 * leaves printable characters only. from need not have a NUL.
 */
void request_copy_message(char *to, uint32_t size, const char *from);

#endif
