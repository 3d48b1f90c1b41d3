// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/time/rtc.h"
#include "arch/x86/cpu/io.h"

#define RTC_INDEX 0x70 /* bit 7 disables NMIs; it is written as 0 */
#define RTC_DATA  0x71

enum rtc_register {
	RTC_SECONDS_ALARM = 0x01,
	RTC_MINUTES_ALARM = 0x03,
	RTC_HOURS_ALARM = 0x05,
	RTC_A = 0x0a,
	RTC_B = 0x0b,
	RTC_C = 0x0c, /* what is pending; cleared by reading it */
	RTC_D = 0x0d,
	RTC_SHUTDOWN_STATUS = 0x0f,
};

#define A_RATE	     0x0f
#define B_SQUARE     0x08
#define B_UPDATE     0x10
#define B_ALARM	     0x20
#define B_PERIODIC   0x40
#define B_INTERRUPTS (B_UPDATE | B_ALARM | B_PERIODIC)
#define B_KEPT	     (B_INTERRUPTS | B_SQUARE)
/*
 * The bits of the day's alarm register that belong to the alarm. A clock without such an alarm has
 * other things there (ICH9, register D: bit 7 is "power is good", read-only).
 */
#define DAY_MASK 0x3f

static uint8_t rtc_read(uint8_t index)
{
	outb(RTC_INDEX, index);
	return inb(RTC_DATA);
}

static void rtc_write(uint8_t index, uint8_t value)
{
	outb(RTC_INDEX, index);
	outb(RTC_DATA, value);
}

/* Sets the bits in mask. */
static void rtc_set(uint8_t index, uint8_t mask, uint8_t value)
{
	uint8_t all = rtc_read(index);

	if ((all ^ value) & mask)
		rtc_write(index, (all & (uint8_t)~mask) | (value & mask));
}

/* The index and mask of an alarm byte. Index 0 means that there is none. */
static uint8_t alarm_index(const struct rtc_layout *layout, uint32_t which)
{
	const uint8_t index[RTC_ALARM_BYTES] = {RTC_SECONDS_ALARM, RTC_MINUTES_ALARM,
						RTC_HOURS_ALARM, layout->day_alarm,
						layout->month_alarm};

	return index[which];
}

static uint8_t alarm_mask(const struct rtc_layout *layout, uint32_t which)
{
	return alarm_index(layout, which) == RTC_D ? DAY_MASK : 0xff;
}

void rtc_save(const struct rtc_layout *layout, struct rtc_state *state)
{
	state->rate = rtc_read(RTC_A) & A_RATE;
	state->interrupts = rtc_read(RTC_B) & B_KEPT;
	for (uint32_t i = 0; i < RTC_ALARM_BYTES; i++)
		if (alarm_index(layout, i))
			state->alarm[i] = rtc_read(alarm_index(layout, i)) & alarm_mask(layout, i);
	if (!(state->interrupts & B_INTERRUPTS))
		return;
	rtc_set(RTC_B, B_INTERRUPTS, 0);
	rtc_read(RTC_C); /* otherwise the interrupt line stays raised */
}

/*
 * The flags rise even if their interrupts are disabled. Those that rose meanwhile are cleared
 * before interrupts are enabled, because the kernel did not ask for these interrupts. The index is as
 * every kernel leaves it only after this: until then nobody but the monitor uses it.
 */
void rtc_restore(const struct rtc_layout *layout, const struct rtc_state *state,
		 const struct rtc_state *now)
{
	for (uint32_t i = 0; i < RTC_ALARM_BYTES; i++)
		if (alarm_index(layout, i) && (!now || now->alarm[i] != state->alarm[i]))
			rtc_set(alarm_index(layout, i), alarm_mask(layout, i), state->alarm[i]);
	if (!now || now->rate != state->rate)
		rtc_set(RTC_A, A_RATE, state->rate);
	if (!now || state->interrupts & B_INTERRUPTS)
		rtc_read(RTC_C);
	if (!now || (now->interrupts & (uint8_t)~B_INTERRUPTS) != state->interrupts)
		rtc_set(RTC_B, B_KEPT, state->interrupts);
	outb(RTC_INDEX, RTC_D);
}

void rtc_set_shutdown_status(uint8_t status)
{
	rtc_write(RTC_SHUTDOWN_STATUS, status);
	outb(RTC_INDEX, RTC_D);
}
