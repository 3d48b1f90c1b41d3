// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/time/pit.h"
#include <stdbool.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/io.h"

#define PIT_DATA(channel)    (uint16_t)(0x40 + (channel))
#define PIT_COMMAND	     0x43
#define PIT_SELECT(channel)  ((channel) << 6)
#define PIT_SPEAKER_CHANNEL  2
#define PIT_READ_BACK	     0xc0	      /* latches count and status of */
#define PIT_CHANNEL(channel) (2 << (channel)) /* this channel, */
#define PIT_ALL		     (PIT_CHANNEL(PIT_CHANNELS) - PIT_CHANNEL(0))
#define PIT_NO_COUNT	     0x20 /* but for the count */
#define PIT_NO_STATUS	     0x10
#define PIT_STATUS_OUT	     0x80 /* the output is high */
#define PIT_STATUS_PROGRAM   0x3f /* the bits that a command byte takes */
#define PIT_STATUS_NULL	     0x40 /* no count was loaded since the mode was set */
#define PIT_MODE(status)     ((status) >> 1 & 7)
#define PIT_ACCESS(status)   ((status) >> 4 & 3)
#define PIT_ACCESS_LOW	     1
#define PIT_ACCESS_HIGH	     2
#define PIT_LOW_HIGH_MODE_0  0x30

/* With it, a channel that has run down will have done so again at once. */
#define DONE_COUNT	1

#define PIT_WAIT_READS	1000000 /* of about a microsecond: more than channel 2 can count */

#define PORT_B		0x61 /* NMI status and control: ICH9 data sheet, 13.7.1 */
#define PORT_B_GATE	0x01
#define PORT_B_SPEAKER	0x02
#define PORT_B_WRITABLE 0x0f
#define PORT_B_OUT2	0x20

/* True for modes 2 and 3, also coded as 6 and 7, which reload themselves. */
static bool periodic(uint8_t status)
{
	return (PIT_MODE(status) & 3) >= 2;
}

/* True if a channel in mode 0 has run down. It counts on, but that means nothing any more. */
static bool is_done(uint8_t status)
{
	return PIT_MODE(status) == 0 && status & PIT_STATUS_OUT;
}

/* Many machines have no channel 1. A channel may have a mode but no count yet. */
static bool counts(uint8_t status)
{
	return PIT_ACCESS(status) && !(status & PIT_STATUS_NULL) && !is_done(status);
}

/* Port 0x61 with the speaker off: the monitor is not heard. */
static uint8_t silent(uint8_t gate)
{
	return gate & (uint8_t)~PORT_B_SPEAKER;
}

static uint16_t read_count(unsigned int channel, uint8_t status)
{
	uint16_t count = 0;

	outb(PIT_COMMAND, PIT_READ_BACK | PIT_NO_STATUS | PIT_CHANNEL(channel));
	if (PIT_ACCESS(status) != PIT_ACCESS_HIGH)
		count = inb(PIT_DATA(channel));
	if (PIT_ACCESS(status) != PIT_ACCESS_LOW)
		count |= (uint16_t)(inb(PIT_DATA(channel)) << 8);
	return count;
}

static void write_count(unsigned int channel, uint8_t status, uint16_t count)
{
	if (PIT_ACCESS(status) != PIT_ACCESS_HIGH)
		outb(PIT_DATA(channel), (uint8_t)count);
	if (PIT_ACCESS(status) != PIT_ACCESS_LOW)
		outb(PIT_DATA(channel), (uint8_t)(count >> 8));
}

/*
 * Reads channel 2's reload value. Software controls this channel's gate. When the gate rises, a
 * periodic counter starts from its reload value again (data sheet, "gate"). Its count, read at
 * once, is that value less the few ticks that reading takes, so a tone comes back slightly too
 * high. The other channels' gates are always on.
 */
static uint16_t speaker_reload(const struct pit_state *state)
{
	uint8_t closed = silent(state->gate) & (uint8_t)~PORT_B_GATE;
	uint16_t count;

	outb(PORT_B, closed);
	outb(PORT_B, closed | PORT_B_GATE);
	count = read_count(PIT_SPEAKER_CHANNEL, state->status[PIT_SPEAKER_CHANNEL]);
	outb(PORT_B, silent(state->gate));
	return count;
}

void pit_save(struct pit_state *state)
{
	bool speaker;

	outb(PIT_COMMAND, PIT_READ_BACK | PIT_NO_COUNT | PIT_ALL);
	for (unsigned int channel = 0; channel < PIT_CHANNELS; channel++)
		state->status[channel] = inb(PIT_DATA(channel));
	speaker = periodic(state->status[PIT_SPEAKER_CHANNEL]);
	for (unsigned int channel = 0; channel < PIT_CHANNELS; channel++) {
		uint8_t status = state->status[channel];

		state->count[channel] = DONE_COUNT;
		if (counts(status) && !(channel == PIT_SPEAKER_CHANNEL && speaker))
			state->count[channel] = read_count(channel, status);
	}
	state->gate = inb(PORT_B) & PORT_B_WRITABLE;
	if (speaker)
		state->count[PIT_SPEAKER_CHANNEL] = speaker_reload(state);
	else if (state->gate != silent(state->gate))
		outb(PORT_B, silent(state->gate));
}

void pit_silence(void)
{
	uint8_t gate = inb(PORT_B) & PORT_B_WRITABLE;

	if (gate != silent(gate))
		outb(PORT_B, silent(gate));
}

/*
 * True if the channel is as the slot left it, but for a count that nobody can miss: it has none, or
 * has run down, now as then; or it is channel 0, reloads itself, and the slot has not noted from
 * what. Such a slot programs it again, if it uses it.
 */
static bool channel_goes_on(const struct pit_state *state, const struct pit_state *now,
			    unsigned int channel)
{
	uint8_t status = state->status[channel], is = now->status[channel];

	if ((status ^ is) & (PIT_STATUS_PROGRAM | PIT_STATUS_NULL))
		return false;
	if (channel == 0 && periodic(status))
		return !state->reload;
	return !counts(status) && !counts(is);
}

static void restore_channel(const struct pit_state *state, unsigned int channel)
{
	uint8_t status = state->status[channel];
	uint16_t count = state->count[channel];

	if (channel == 0 && periodic(status) && state->reload)
		count = (uint16_t)state->reload; /* 65536 is written as 0 */
	outb(PIT_COMMAND, PIT_SELECT(channel) | (status & PIT_STATUS_PROGRAM));
	/* If it had no count yet, a count would start it. */
	if (!(status & PIT_STATUS_NULL))
		write_count(channel, status, count);
}

void pit_restore(const struct pit_state *state, const struct pit_state *now)
{
	for (unsigned int channel = 0; channel < PIT_CHANNELS; channel++)
		if (PIT_ACCESS(state->status[channel]) &&
		    !(now && channel_goes_on(state, now, channel)))
			restore_channel(state, channel);
	if (!now || silent(now->gate) != state->gate)
		outb(PORT_B, state->gate);
}

void pit_wait(uint16_t count)
{
	uint8_t gate = inb(PORT_B) & PORT_B_WRITABLE;

	outb(PORT_B, (gate & ~PORT_B_SPEAKER) | PORT_B_GATE);
	outb(PIT_COMMAND, PIT_SELECT(PIT_SPEAKER_CHANNEL) | PIT_LOW_HIGH_MODE_0);
	outb(PIT_DATA(PIT_SPEAKER_CHANNEL), (uint8_t)count);
	outb(PIT_DATA(PIT_SPEAKER_CHANNEL), (uint8_t)(count >> 8));
	for (uint32_t reads = 0; reads < PIT_WAIT_READS && !(inb(PORT_B) & PORT_B_OUT2); reads++)
		cpu_pause();
	outb(PORT_B, gate);
}
