// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/watchdog/kcs.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/time/clock.h"

/* The status register, section 9.5. */
#define STATUS_OUTPUT	0x01 /* the BMC has written a byte */
#define STATUS_INPUT	0x02 /* the BMC has not read ours yet */
#define STATUS_STATE(s) ((s) >> 6)
#define STATE_IDLE	0
#define STATE_READ	1
#define STATE_WRITE	2

/* Commands, section 9.9, and READ, which is data. */
#define COMMAND_ABORT	    0x60
#define COMMAND_WRITE_START 0x61
#define COMMAND_WRITE_END   0x62
#define READ		    0x68

#define MESSAGE_US	    500000 /* all steps of a message together */
#define ANSWER_MOST	    64	   /* bytes after which the BMC's answer counts as broken */
#define REPEATED	    2	   /* bytes at the answer's start that repeat the request's */

static uint64_t deadline; /* of the message under way */

static uint8_t kcs_status(const struct kcs *kcs)
{
	return inb(kcs->status);
}

/* Waits until these bits of the status are as wanted. */
static bool wait_status(const struct kcs *kcs, uint8_t mask, uint8_t wanted)
{
	while (clock_us() <= deadline)
		if ((kcs_status(kcs) & mask) == wanted)
			return true;
	return false;
}

static void drop_output(const struct kcs *kcs)
{
	if (kcs_status(kcs) & STATUS_OUTPUT)
		(void)inb(kcs->data);
}

/* Writes a byte to one of the ports, and waits until the BMC is in that state with it. */
static bool step(const struct kcs *kcs, uint16_t port, uint8_t value, uint8_t state)
{
	outb(port, value);
	return wait_status(kcs, STATUS_INPUT, 0) && STATUS_STATE(kcs_status(kcs)) == state;
}

/* Ends what a kernel may have begun: section 9.13, the error flow. */
static bool abort_message(const struct kcs *kcs)
{
	outb(kcs->status, COMMAND_ABORT);
	if (!wait_status(kcs, STATUS_INPUT, 0))
		return false;
	drop_output(kcs);
	if (!step(kcs, kcs->data, 0, STATE_READ) || !wait_status(kcs, STATUS_OUTPUT, STATUS_OUTPUT))
		return false;
	(void)inb(kcs->data); /* the reason */
	if (!step(kcs, kcs->data, READ, STATE_IDLE))
		return false;
	drop_output(kcs);
	return true;
}

static bool send(const struct kcs *kcs, const uint8_t *request, uint32_t count)
{
	if (!step(kcs, kcs->status, COMMAND_WRITE_START, STATE_WRITE))
		return false;
	for (uint32_t i = 0; i < count - 1; i++) {
		drop_output(kcs);
		if (!step(kcs, kcs->data, request[i], STATE_WRITE))
			return false;
	}
	drop_output(kcs);
	if (!step(kcs, kcs->status, COMMAND_WRITE_END, STATE_WRITE))
		return false;
	drop_output(kcs);
	outb(kcs->data, request[count - 1]);
	return wait_status(kcs, STATUS_INPUT, 0);
}

/* The BMC shows by its state if another byte comes. The last output is a dummy. */
static int receive(const struct kcs *kcs, uint8_t *answer, uint32_t max_answer)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < ANSWER_MOST; i++) {
		uint8_t state, byte;

		if (!wait_status(kcs, STATUS_INPUT | STATUS_OUTPUT, STATUS_OUTPUT))
			return -1;
		state = STATUS_STATE(kcs_status(kcs));
		byte = inb(kcs->data);
		if (state == STATE_IDLE)
			return (int)count;
		if (state != STATE_READ)
			return -1;
		if (i >= REPEATED && count < max_answer)
			answer[count++] = byte;
		outb(kcs->data, READ);
	}
	return -1;
}

int kcs_ask(const struct kcs *kcs, const uint8_t *request, uint32_t count, uint8_t *answer,
	    uint32_t max_answer)
{
	deadline = clock_us() + MESSAGE_US;
	if (!wait_status(kcs, STATUS_INPUT, 0))
		return -1;
	if (STATUS_STATE(kcs_status(kcs)) != STATE_IDLE && !abort_message(kcs))
		return -1;
	drop_output(kcs);
	return send(kcs, request, count) ? receive(kcs, answer, max_answer) : -1;
}
