/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rtc.h - the real-time clock's interrupts and alarm. Motorola MC146818 data sheet; ICH9 data
 * sheet, section 13.6.
 *
 * The monitor never changes the clock itself, its divider, or the format of its registers (binary
 * or BCD, 12 or 24 hours). It never changes the rest of the CMOS memory either, which is the
 * firmware's, except the shutdown status.
 */
#ifndef ARCH_X86_TIME_RTC_H
#define ARCH_X86_TIME_RTC_H

#include <stdint.h>

#define RTC_ALARM_BYTES 5 /* seconds, minutes, hours; day and month if the FADT names them */

struct rtc_state {
	uint8_t rate;	    /* of the periodic interrupt, register A */
	uint8_t interrupts; /* which are enabled, and the square wave: register B */
	uint8_t alarm[RTC_ALARM_BYTES];
};

/* Where the alarm's day and month are, as the FADT says. 0 means that this clock has none. */
struct rtc_layout {
	uint8_t day_alarm, month_alarm;
};

/*
 * A mirrored pair. Save leaves all interrupts off, and none pending. The index register (port 0x70)
 * is write-only. Restore leaves it at a register that nothing depends on, with NMIs enabled. now is
 * what was saved last, or NULL.
 */
void rtc_save(const struct rtc_layout *layout, struct rtc_state *state);
void rtc_restore(const struct rtc_layout *layout, const struct rtc_state *state,
		 const struct rtc_state *now);

/* Sets what firmware looks at after a reset, to know why there was one. It is a byte of the CMOS. */
void rtc_set_shutdown_status(uint8_t status);

#endif
