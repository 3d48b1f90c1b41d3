// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "timing.h"
#include "../tick/instructions.h"
#include "../tick/interrupts.h"
#include "access.h"

#define OTHER_VECTOR 0x40		  /* of the 8259s, in every other slot */
#define OTHER_RELOAD (PIT_RELOAD * 3 / 4) /* of the counter, likewise */
/* Channel 0, low byte then high byte: modes 2 and 3 of the 8254 data sheet. */
#define MODE	   0x34
#define OTHER_MODE 0x36
#define WAIT_LOOKS 1000000000 /* some seconds */
/* If the counter is read often enough, one read in each period is near its reload value. */
#define PERIODS_MAX  20
#define NEAR(reload) ((reload) - (reload) / 8)

static bool is_other(const struct tick *tick)
{
	return tick->switchyard->self % 2 == 0;
}

static uint32_t reload_of(const struct tick *tick)
{
	return is_other(tick) ? OTHER_RELOAD : PIT_RELOAD;
}

static void start_timer(const struct tick *tick)
{
	uint32_t reload = reload_of(tick);

	outb(PIT_COMMAND, is_other(tick) ? OTHER_MODE : MODE);
	outb(PIT_CHANNEL_0, (uint8_t)reload);
	outb(PIT_CHANNEL_0, (uint8_t)(reload >> 8));
}

void timing_init(struct tick *tick)
{
	uint8_t vector = is_other(tick) ? OTHER_VECTOR : PIC_MASTER_VECTOR;
	uint32_t reload = reload_of(tick);

	interrupts_init(tick, vector);
	start_timer(tick);
	tick->switchyard->notes.pit_reload = reload;
	tick->switchyard->notes.pic_master = vector;
	tick->switchyard->notes.pic_slave = vector + PIC_SLAVE_VECTOR - PIC_MASTER_VECTOR;
}

static bool wait_for_tick(const struct tick *tick)
{
	uint64_t ticks = tick->interrupts.ticks;

	for (uint32_t looks = 0; looks < WAIT_LOOKS; looks++)
		if (tick->interrupts.ticks != ticks)
			return true;
	return false;
}

/* The highest count seen in one period. */
static uint32_t highest_count(const struct tick *tick)
{
	uint64_t ticks = tick->interrupts.ticks;
	uint32_t highest = 0;

	while (tick->interrupts.ticks == ticks) {
		uint32_t count = pit_read(0).count;

		if (count > highest)
			highest = count;
	}
	return highest;
}

void timing_check(struct torture *torture)
{
	const struct tick *tick = torture->tick;
	uint32_t reload = reload_of(tick), highest = 0;

	if (!wait_for_tick(tick)) {
		torture_differs(torture, "pic-vectors", tick->interrupts.ticks,
				tick->interrupts.ticks + 1);
		return;
	}
	for (uint32_t period = 0; period < PERIODS_MAX && highest < NEAR(reload); period++)
		highest = highest_count(tick);
	if (highest >= NEAR(reload) && highest <= reload)
		return;
	torture_differs(torture, "pit-reload", highest, reload);
	start_timer(tick); /* otherwise interrupts come ever faster, and nothing else runs */
}
