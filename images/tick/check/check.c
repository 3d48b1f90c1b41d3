// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "../cpu.h"
#include "check.h"

#define DEFAULT_COUNT	1000
#define REPORT_EVERY	100
#define MEMORY_WORDS	(1024 * 1024 / sizeof(uint64_t))
#define TICK_WAIT_LOOKS 1000000000 /* some seconds */

/* Memory that is filled and compared. */
struct area {
	const char *name;
	volatile uint64_t *words;
	uint32_t count;
};

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
uint64_t check_random(struct check *check)
{
	uint64_t z = check->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void seed(struct check *check)
{
	check->random = (uint64_t)check->tick->switchyard->self << 32 | check->iteration;
}

void check_differs(struct check *check, const char *name, uint64_t is, uint64_t was)
{
	check->differences++;
	say(check->tick, "DIFF iteration %u: %s is 0x%lx, was 0x%lx", check->iteration, name, is,
	    was);
}

static void area_fill(struct check *check, const struct area *area)
{
	seed(check);
	for (uint32_t i = 0; i < area->count; i++)
		area->words[i] = check_random(check);
}

/* One difference for all of it: its first word that is wrong. */
static void area_compare(struct check *check, const struct area *area)
{
	seed(check);
	for (uint32_t i = 0; i < area->count; i++) {
		uint64_t was = check_random(check), is = area->words[i];

		if (is != was) {
			check_differs(check, area->name, is, was);
			return;
		}
	}
}

/* The screen's last row, which is blank between two lines of text. */
static struct area last_row(const struct tick *tick)
{
	const uint32_t row_bytes = SCREEN_COLUMNS * sizeof(uint16_t);

	return (struct area){
		.name = "last row of the screen",
		.words = (uint64_t *)(SCREEN_MEMORY + (SCREEN_ROWS - 1) * (uint64_t)row_bytes),
		.count = tick->screen.present ? row_bytes / sizeof(uint64_t) : 0,
	};
}

static void area_blank(const struct area *area)
{
	const uint64_t blank = SCREEN_BLANK * 0x0001000100010001ull;

	for (uint32_t i = 0; i < area->count; i++)
		area->words[i] = blank;
}

/* Do timer interrupts go on? */
static void wait_for_tick(struct check *check)
{
	uint64_t ticks = check->tick->interrupts.ticks;

	for (uint32_t looks = 0; looks < TICK_WAIT_LOOKS; looks++)
		if (check->tick->interrupts.ticks != ticks)
			return;
	check_differs(check, "number of ticks, after a wait,", ticks, ticks + 1);
}

/* One switch to the other slot and back. Returns what the gate did. */
static int64_t round_trip(struct check *check)
{
	static uint64_t words[MEMORY_WORDS];
	struct area memory = {"memory", words, MEMORY_WORDS};
	struct area screen = last_row(check->tick);
	uint32_t stray = check->tick->interrupts.stray;
	int64_t result;

	area_fill(check, &memory);
	area_fill(check, &screen);
	interrupts_off();
	check_items_fill(check);
	result = check_registers_switch(check);
	check_items_read(check);
	interrupts_on();
	area_compare(check, &screen); /* before anything is printed there */
	area_blank(&screen);
	check_registers_compare(check);
	check_items_compare(check);
	area_compare(check, &memory);
	if (check->tick->interrupts.stray != stray)
		check_differs(check, "number of stray interrupts", check->tick->interrupts.stray,
			      stray);
	check->tick->switches++;
	return result;
}

static void report(const struct check *check, const char *done)
{
	say(check->tick, "%s%u switches, %u differences", done, check->iteration,
	    check->differences);
}

void check_run(struct tick *tick)
{
	struct check check = {.tick = tick};
	uint32_t count = tick->options.count ? tick->options.count : DEFAULT_COUNT;
	int64_t result;

	if (!tick->switchyard || !tick->options.to) {
		say(tick, "check needs Switchyard, and to=SLOT, another slot's number");
		return;
	}
	interrupts_off();
	check_tables_init(tick->switchyard->self);
	check_enable_vectors(&check);
	interrupts_on();
	say(tick, "checking %u switches to slot %u, %s", count, tick->options.to,
	    check.features & HAS_AVX ? "with AVX" : "without AVX");
	for (check.iteration = 1;; check.iteration++) {
		seed(&check);
		result = round_trip(&check);
		if (result < 0) {
			gate_explain(tick, result);
			return;
		}
		if (check.iteration == count)
			break;
		if (check.iteration % REPORT_EVERY == 0) {
			wait_for_tick(&check);
			report(&check, "");
		}
	}
	report(&check, "done, ");
	gate_monitor(tick);
}
