// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "torture.h"
#include "../tick/instructions.h"
#include "../tick/serial.h"
#include "../tick/boot_tags.h"
#include "item.h"
#include "registers.h"
#include "second.h"
#include "timing.h"

#define CHECK_EVERY  100 /* iterations */
#define MEMORY_WORDS (64 * 1024 / sizeof(uint64_t))

void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard);

/* Memory that is filled and compared. */
struct area {
	const char *name;
	volatile uint64_t *words;
	uint32_t count;
};

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
uint64_t torture_random(struct torture *torture)
{
	uint64_t z = torture->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

void torture_seed(struct torture *torture)
{
	uint64_t self = torture->tick->switchyard->self;

	torture->random = (uint64_t)torture->cpu << 48 | self << 32 | torture->iteration;
}

void torture_differs(struct torture *torture, const char *name, uint64_t is, uint64_t was)
{
	torture->differences++;
	say(torture->tick, "DIFF iteration %u: %s is 0x%lx, was 0x%lx%s", torture->iteration, name,
	    is, was, torture->cpu ? ", on the second CPU" : "");
}

static void area_fill(struct torture *torture, const struct area *area)
{
	torture_seed(torture);
	for (uint32_t i = 0; i < area->count; i++)
		area->words[i] = torture_random(torture);
}

/* Reports one difference for the whole area: its first word that is wrong. */
static void area_compare(struct torture *torture, const struct area *area)
{
	torture_seed(torture);
	for (uint32_t i = 0; i < area->count; i++) {
		uint64_t was = torture_random(torture), is = area->words[i];

		if (is != was) {
			torture_differs(torture, area->name, is, was);
			return;
		}
	}
}

/* The screen's last row, which is blank between two lines of text. */
static struct area last_row(const struct tick *tick)
{
	const uint32_t row_bytes = SCREEN_COLUMNS * sizeof(uint16_t);

	return (struct area){
		.name = "vga-contents",
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

static bool has_second(const struct torture *torture)
{
	return torture->options.quick || torture->options.keep;
}

/* Calls the gate, after all is filled but what lies in registers. Interrupts are off. */
static int64_t leave(struct torture *torture)
{
	const uint64_t others = 1ull << SWITCHYARD_OTHERS_SHIFT;
	uint64_t flag = torture->options.quick ? SWITCHYARD_QUICK : SWITCHYARD_KEEP_CPUS;

	if (!has_second(torture))
		return torture_registers_switch(torture, SWITCHYARD_SWITCH, torture->options.to);
	second_park();
	return torture_registers_switch(torture, SWITCHYARD_SWITCH | flag,
					torture->options.to | others);
}

static void compare_second(struct torture *torture, int64_t result)
{
	int64_t others = second_compare(torture);

	if (others == result)
		return;
	say(torture->tick, "the gate returned 0x%lx on the second CPU, and 0x%lx on this one",
	    (uint64_t)others, (uint64_t)result);
	gate_crash(torture->tick, "the gate's answers differ");
}

/* Switches to the other slot and back. Returns what the gate returned. */
static int64_t round_trip(struct torture *torture)
{
	static uint64_t words[MEMORY_WORDS];
	struct area memory = {.name = "memory", .words = words, .count = MEMORY_WORDS};
	struct area screen = last_row(torture->tick);
	uint32_t stray = torture->tick->interrupts.stray;
	int64_t result;

	area_fill(torture, &memory);
	area_fill(torture, &screen);
	interrupts_off();
	if (has_second(torture))
		second_fill(torture);
	items_fill(torture);
	result = leave(torture);
	items_read(torture);
	items_settle();
	serial_init(); /* the port may have any speed now */
	interrupts_on();
	area_compare(torture, &screen); /* before anything is printed there */
	area_blank(&screen);
	torture_registers_compare(torture);
	items_compare(torture);
	if (has_second(torture))
		compare_second(torture, result);
	area_compare(torture, &memory);
	if (torture->tick->interrupts.stray != stray)
		torture_differs(torture, "stray-interrupts", torture->tick->interrupts.stray,
				stray);
	torture->tick->switches++;
	return result;
}

static void report(const struct torture *torture, const char *done)
{
	say(torture->tick, "%s%u switches, %u differences", done, torture->iteration,
	    torture->differences);
}

static void run(struct torture *torture)
{
	int64_t result;

	for (torture->iteration = 1;; torture->iteration++) {
		torture_seed(torture);
		result = round_trip(torture);
		if (result < 0) {
			gate_explain(torture->tick, result);
			return;
		}
		if (torture->iteration % CHECK_EVERY == 1 ||
		    torture->iteration == torture->options.count)
			timing_check(torture);
		if (torture->iteration == torture->options.count)
			break;
		if (torture->iteration % CHECK_EVERY == 0)
			report(torture, "");
	}
	report(torture, "done, ");
	gate_monitor(torture->tick);
}

/* Prepares the test. Returns false if it can't begin. */
static bool prepare(struct torture *torture, const struct multiboot2_info *information)
{
	struct tick *tick = torture->tick;

	if (!torture_read_options(torture, information))
		return false;
	if (!tick->switchyard || !torture->options.to) {
		say(tick, "torture needs Switchyard, and to=SLOT, another slot's number");
		return false;
	}
	torture_tables_init(tick->switchyard->self, torture->cpu);
	torture_registers_init();
	if (torture->options.la57 && !torture_la57(tick->switchyard)) {
		say(tick, "without: la57");
		return false;
	}
	timing_init(tick);
	items_init(torture);
	return true;
}

/*
 * Beside a slot whose functions work, none starts. So the other slot is started before. Torture
 * tells that it uses no PCI function.
 */
static bool prepare_quick(struct torture *torture)
{
	struct tick *tick = torture->tick;
	const struct switchyard_slot *other = &tick->switchyard->slot[torture->options.to - 1];

	if (quick_prepare(tick, SWITCHYARD_MONITOR, 0) < 0)
		return false;
	return other->state != SWITCHYARD_READY || gate_switch(tick, torture->options.to) >= 0;
}

static bool prepare_way(struct torture *torture, const struct multiboot2_info *information)
{
	if (torture->options.quick && !prepare_quick(torture))
		return false;
	return !has_second(torture) || second_init(torture, information);
}

/* entry.asm calls it. It is like tick's, without tick's command line and keys. */
void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard)
{
	static struct tick tick;
	static struct torture torture = {.tick = &tick};

	tick.switchyard = switchyard;
	tick.name = switchyard ? switchyard->slot[switchyard->self - 1].name : "torture";
	serial_init();
	screen_init(&tick.screen, boot_tags_text_screen(magic, information));
	if (prepare(&torture, information)) {
		say(&tick, "%u switches to slot %u, with %s levels of paging",
		    torture.options.count, torture.options.to,
		    torture.options.la57 ? "five" : "four");
		interrupts_on();
		if (prepare_way(&torture, information))
			run(&torture);
	}
	for (;;)
		cpu_wait();
}
