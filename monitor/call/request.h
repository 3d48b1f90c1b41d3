/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * request.h - checks the requests that guests make at the gate.
 */
#ifndef MONITOR_CALL_REQUEST_H
#define MONITOR_CALL_REQUEST_H

#include "monitor/switch/handover.h"
#include "monitor/switch/monitor.h"

/*
 * Checks a request of slot number current (from 0), and changes nothing. Returns 0 or a negative
 * enum switchyard_error. op and arg may have any value, because they come from a guest.
 */
int64_t request_check(const struct slot_table *slots, uint32_t current, uint64_t op, uint64_t arg);

/* The operation without its flags, and the number of the slot that it names. */
uint64_t request_op(const struct request *request);
uint32_t request_slot(const struct request *request);

/*
 * Returns false, with the reason, if the request of a slot would disturb devices that work for a
 * parked slot, or would leave its own devices working where they must not, or if a dump slot has
 * the memory of the slot that shall run. Devices are not touched.
 */
bool request_allowed(const struct monitor *monitor, const struct slot *slot,
		     const struct request *request, struct error *error);

/*
 * Copies a guest's message for the log. It writes at most size bytes, with a NUL at the end, and
 * copies printable characters only. from may have no NUL.
 */
void request_copy_message(char *to, uint32_t size, const char *from);

#endif
