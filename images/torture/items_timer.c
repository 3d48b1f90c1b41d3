// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_timer.c - the 8254 (Intel data sheet) and the real-time clock (Motorola MC146818 data
 * sheet).
 */
#include "access.h"
#include "item.h"

#define PIT_SPEAKER	2 /* channel */
#define PIT_STATUS_MODE 0x3f
#define PIT_MODES	6
#define PIT_LOW_HIGH	0x30
#define PIT_COUNT	0x5555 /* any count; the channel may not count */
#define PORT_B		0x61   /* ICH9 data sheet, 13.7.1 */
#define PORT_B_VARY	0x03   /* gate, speaker */

#define RTC_INDEX	0x70
#define RTC_DATA	0x71
#define RTC_A		0x0a
#define RTC_B		0x0b
#define RTC_ALARM	0x01 /* seconds; minutes and hours are 2 apart */
#define RTC_ALARM_COUNT 3
#define RTC_A_VARY	0x0f /* rate */
#define RTC_A_UPDATING	0x80ull
#define RTC_B_VARY	0x78 /* interrupts, all masked at the 8259; square wave */
#define RTC_ALARM_VARY	0x17 /* a number in BCD, fit for hours, too */

static uint64_t pit_mode_get(uint32_t channel)
{
	return pit_read(channel).status & PIT_STATUS_MODE;
}

static void pit_mode_set(uint32_t channel, uint64_t value)
{
	uint16_t port = (uint16_t)(PIT_CHANNEL_0 + channel);

	outb(PIT_COMMAND, (uint8_t)(channel << 6 | PIT_LOW_HIGH | value % PIT_MODES << 1));
	outb(port, PIT_COUNT & 0xff);
	outb(port, PIT_COUNT >> 8);
}

static uint64_t port_b_get(uint32_t which)
{
	return port_get(which) & PORT_B_VARY;
}

static uint64_t rtc_get(uint32_t which)
{
	outb(RTC_INDEX, (uint8_t)which);
	return inb(RTC_DATA);
}

/* Register A also has a bit that is set while an update is in progress. It is left out. */
static uint64_t rtc_rate_get(uint32_t which)
{
	return rtc_get(which) & ~RTC_A_UPDATING;
}

static void rtc_set(uint32_t which, uint64_t value)
{
	outb(RTC_INDEX, (uint8_t)which);
	outb(RTC_DATA, (uint8_t)value);
}

static const struct item pit[] = {
	{.name = "pit-mode", .get = pit_mode_get, .which = 0},
	{.name = "pit-speaker-mode",
	 .get = pit_mode_get,
	 .set = pit_mode_set,
	 .which = PIT_SPEAKER,
	 .vary = 0xff,
	 .clear = ~0ull},
	{.name = "port-61",
	 .get = port_b_get,
	 .set = port_set,
	 .which = PORT_B,
	 .vary = PORT_B_VARY},
};

#define RTC(title, index, bits) \
	.name = title, .get = rtc_get, .set = rtc_set, .which = index, .vary = bits

static const struct item rtc[] = {
	{.name = "rtc-rate",
	 .get = rtc_rate_get,
	 .set = rtc_set,
	 .which = RTC_A,
	 .vary = RTC_A_VARY},
	{RTC("rtc-control", RTC_B, RTC_B_VARY)},
	{RTC("rtc-alarm", RTC_ALARM, RTC_ALARM_VARY), .clear = 0xff, .count = RTC_ALARM_COUNT,
	 .step = 2},
};

const struct group groups_timer[] = {
	{GROUP("pit", NULL, pit)},
	{GROUP("rtc", NULL, rtc)},
	{0},
};
