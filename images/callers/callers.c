// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * callers.c - a guest that calls the gate on two CPUs at once, and from inside the gate. It asks
 * for a switch to its own slot. The gate refuses that on every CPU, and each gets another error.
 *
 * Keys on the serial port: c: both CPUs call. d: a data breakpoint interrupts the gate where it
 * writes to one word of the caller's stack, and the breakpoint's handler calls the gate, too. n:
 * the other CPU sends NMIs, whose handler does the same. s: both CPUs ask for services. h: they name
 * memory that is not theirs. a: the boot CPU asks for each service (services.c). i: the other CPU
 * sends NMIs while services are at work. m: the monitor.
 * q: the boot CPU leaves by a quick switch, with pins of the IO-APIC unmasked (edges.c). k: quick
 * switches to which the CPUs do not come as they should. l: the other CPU parks again and again, and
 * the boot CPU goes to the monitor.
 * b: it begins to load an image and does not go on. p: it powers off. x: it crashes.
 * w: the boot CPU waits in the monitor, and the other CPU ends the slot. e: the same, but the boot
 * CPU does not wait.
 * tests/system/monitor/test_callers.py reads the output.
 */
#include "../tick/flat_segments.h"
#include "../tick/instructions.h"
#include "../tick/serial.h"
#include "../busy/busy.h"
#include "edges.h"
#include "services.h"

#define CALLS	       500
#define NMI_PAUSES     1000
#define LOST_PAUSES    100000000u /* an NMI that has not come by then is lost */
#define NMIS	       100
#define LOG_ROOM       16384
#define VECTOR_DEBUG   1
#define VECTOR_NMI     2
#define GATE_INTERRUPT 0x8e /* present, 64-bit interrupt gate: SDM volume 3, 6.14.1 */

/* A breakpoint that is enabled, on writes of 8 bytes: SDM volume 3, 18.2.4. */
#define DR7_WATCH 0x90002ull
#define DR7_OFF	  0x400ull
/*
 * The third word of the stack below the caller's. The first two are the return address and RFLAGS.
 * The gate reuses this one.
 */
#define WATCHED_WORD 24

struct busy_cpu busy_cpus[BUSY_MAX_CPUS];

typedef int64_t gate_function(uint64_t op, uint64_t arg);

/* How often each answer came. */
struct answers {
	volatile uint32_t done, self, not_boot_cpu, busy, bad, refused, other;
};

static struct {
	gate_function *gate;
	uint64_t self; /* the slot's number */
	/* What the other CPU must do, and what it has done. */
	volatile uint32_t calls_wanted, services_wanted, nmis_wanted, counted_wanted, end_wanted;
	volatile uint32_t parks_wanted;
	volatile int64_t parked; /* what PARK returned */
	struct answers boot, other, inside;
	volatile uint32_t nmis_came, nmis_lost;
} callers;

/* Each CPU has its own structure, and room for a part of the log. */
static struct {
	struct switchyard_call call;
	char text[LOG_ROOM];
} asked[2];

static void count_answer(struct answers *answers, int64_t answer)
{
	switch (answer) {
	case 0:
		answers->done++;
		break;
	case SWITCHYARD_EBADOP:
		answers->bad++;
		break;
	case SWITCHYARD_EREFUSED:
		answers->refused++;
		break;
	case SWITCHYARD_ESELF:
		answers->self++;
		break;
	case SWITCHYARD_ENOTBOOTCPU:
		answers->not_boot_cpu++;
		break;
	case SWITCHYARD_EBUSY:
		answers->busy++;
		break;
	default:
		answers->other++;
	}
}

static int64_t call(void)
{
	return callers.gate(SWITCHYARD_SWITCH, callers.self);
}

/* Asks for the log: of all services that change nothing, it takes the longest. */
static int64_t ask(uint32_t cpu)
{
	asked[cpu].call = (struct switchyard_call){
		.size = sizeof(struct switchyard_call),
		.service = SWITCHYARD_LOG,
		.address = (uint64_t)asked[cpu].text,
		.length = LOG_ROOM,
	};
	return callers.gate(SWITCHYARD_SERVICE, (uint64_t)&asked[cpu].call);
}

static void pause(uint32_t times)
{
	while (times-- > 0)
		__builtin_ia32_pause();
}

/* Sends an NMI, and waits until the boot CPU has counted it. */
static void send_counted(void)
{
	uint32_t before = callers.nmis_came;

	cpu_send(0, ICR_NMI);
	for (uint32_t waited = 0; callers.nmis_came == before; waited++) {
		if (waited == LOST_PAUSES) {
			callers.nmis_lost++;
			return;
		}
		__builtin_ia32_pause();
	}
}

/* What the other CPU does. The counter only shows that it runs. */
static void serve(volatile uint64_t *counter)
{
	interrupts_off();
	*counter = 1;
	for (;;) {
		for (; callers.calls_wanted; callers.calls_wanted--)
			count_answer(&callers.other, call());
		for (; callers.services_wanted; callers.services_wanted--)
			count_answer(&callers.other, ask(1));
		for (; callers.counted_wanted; callers.counted_wanted--)
			send_counted();
		for (; callers.nmis_wanted; callers.nmis_wanted--) {
			cpu_send(0, ICR_NMI);
			pause(NMI_PAUSES);
		}
		for (; callers.parks_wanted; callers.parks_wanted--)
			callers.parked = callers.gate(SWITCHYARD_PARK, 0);
		if (callers.end_wanted)
			callers.gate(SWITCHYARD_END, SWITCHYARD_END_POWEROFF);
		__builtin_ia32_pause();
	}
}

static const struct way calling = {"calls the gate", serve, false};

const struct way *way_of(uint32_t apic_id)
{
	(void)apic_id;
	return &calling;
}

__attribute__((interrupt)) static void call_inside(struct pushed *frame)
{
	(void)frame;
	count_answer(&callers.inside, call());
}

__attribute__((interrupt)) static void count_nmi(struct pushed *frame)
{
	(void)frame;
	callers.nmis_came++;
}

/* SDM volume 3, figure 6-8. */
struct gate_descriptor {
	uint16_t offset_low, selector;
	uint8_t stack, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};

void callers_set_gate(uint32_t vector, void (*handler)(struct pushed *))
{
	struct table_pointer idt;
	uint64_t address = (uint64_t)handler;

	__asm__ volatile("sidt %0" : "=m"(idt));
	((struct gate_descriptor *)idt.base)[vector] = (struct gate_descriptor){
		.offset_low = (uint16_t)address,
		.selector = SELECTOR_CODE,
		.type = GATE_INTERRUPT,
		.offset_middle = (uint16_t)(address >> 16),
		.offset_high = (uint32_t)(address >> 32),
	};
}

/* The other CPU runs with interrupts off, and expects no exception, so it needs no IDT. */
void ways_init(void)
{
}

void ways_load_idt(void)
{
}

static void say_answers(struct tick *tick, const char *who, const struct answers *answers)
{
	say(tick, "%s: %u self, %u not boot CPU, %u busy, %u other", who, answers->self,
	    answers->not_boot_cpu, answers->busy, answers->other);
}

static void clear_answers(void)
{
	callers.boot = callers.other = callers.inside = (struct answers){.done = 0};
}

static void both_call(struct tick *tick)
{
	clear_answers();
	callers.calls_wanted = CALLS;
	for (uint32_t i = 0; i < CALLS; i++)
		count_answer(&callers.boot, call());
	while (callers.calls_wanted)
		__builtin_ia32_pause();
	say_answers(tick, "boot CPU", &callers.boot);
	say_answers(tick, "other CPU", &callers.other);
}

/* Calls the gate with a breakpoint on a word that the gate writes. */
static int64_t call_watched(void)
{
	int64_t result;
	uint64_t op = SWITCHYARD_SWITCH, arg = callers.self;

	__asm__ volatile("lea %c5(%%rsp), %%rax\n\t"
			 "mov %%rax, %%dr0\n\t"
			 "mov %3, %%dr7\n\t"
			 "call *%6\n\t"
			 "mov %4, %%dr7"
			 : "=&a"(result), "+D"(op), "+S"(arg)
			 : "r"(DR7_WATCH), "r"(DR7_OFF), "i"(-WATCHED_WORD), "r"(callers.gate)
			 : "memory");
	return result;
}

static void watched_call(struct tick *tick)
{
	clear_answers();
	callers_set_gate(VECTOR_DEBUG, call_inside);
	interrupts_off();
	count_answer(&callers.boot, call_watched());
	interrupts_on();
	say_answers(tick, "inside", &callers.inside);
	say_answers(tick, "outside", &callers.boot);
}

static void nmis_while_calling(struct tick *tick)
{
	clear_answers();
	callers_set_gate(VECTOR_NMI, call_inside);
	callers.nmis_wanted = CALLS;
	while (callers.nmis_wanted) {
		count_answer(&callers.boot, call());
		pause(NMI_PAUSES); /* some NMIs must come here; the monitor drops those it gets */
	}
	say_answers(tick, "inside", &callers.inside);
	say_answers(tick, "outside", &callers.boot);
}

static void say_services(struct tick *tick, const char *who, const struct answers *answers)
{
	say(tick, "%s: %u done, %u bad, %u refused, %u other", who, answers->done, answers->bad,
	    answers->refused, answers->other);
}

static void both_ask(struct tick *tick)
{
	clear_answers();
	callers.services_wanted = CALLS;
	for (uint32_t i = 0; i < CALLS; i++)
		count_answer(&callers.boot, ask(0));
	while (callers.services_wanted)
		__builtin_ia32_pause();
	say_services(tick, "boot CPU", &callers.boot);
	say_services(tick, "other CPU", &callers.other);
}

/* Structures and buffers that are not in this slot's memory, or only in part. */
static void name_foreign_memory(struct tick *tick)
{
	const struct switchyard_slot *own = &tick->switchyard->slot[callers.self - 1];
	const uint64_t places[] = {0,
				   0x1000,
				   own->base - 8,
				   own->base + own->size - 8,
				   own->base + own->size,
				   tick->switchyard->gate & -8ull,
				   -8ull};

	clear_answers();
	for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		count_answer(&callers.boot, callers.gate(SWITCHYARD_SERVICE, places[i]));
		asked[0].call.size = sizeof(asked[0].call);
		asked[0].call.service = SWITCHYARD_LOG;
		asked[0].call.address = places[i];
		asked[0].call.length = LOG_ROOM;
		count_answer(&callers.boot,
			     callers.gate(SWITCHYARD_SERVICE, (uint64_t)&asked[0].call));
	}
	say_services(tick, "foreign memory", &callers.boot);
}

static void nmis_while_asking(struct tick *tick)
{
	clear_answers();
	callers_set_gate(VECTOR_NMI, count_nmi);
	callers.nmis_came = callers.nmis_lost = 0;
	callers.counted_wanted = NMIS;
	while (callers.counted_wanted)
		count_answer(&callers.boot, ask(0));
	say(tick, "%u NMIs came, %u were lost", callers.nmis_came, callers.nmis_lost);
	say_services(tick, "meanwhile", &callers.boot);
}

/* Says how many other CPUs come. */
static int64_t call_quick(uint64_t others)
{
	return callers.gate(SWITCHYARD_MONITOR | SWITCHYARD_QUICK,
			    others << SWITCHYARD_OTHERS_SHIFT);
}

static void say_quick(struct tick *tick, const char *what, int64_t boot)
{
	while (callers.parks_wanted)
		__builtin_ia32_pause();
	say(tick, "%s: -%lu on the boot CPU, -%lu on the other", what, (uint64_t)-boot,
	    (uint64_t)-callers.parked);
}

/* None of these is a switch, and each ends. */
static void quick_without_the_other(struct tick *tick)
{
	quick_prepare(tick, SWITCHYARD_MONITOR, 0);
	callers.parked = 0;
	say_quick(tick, "the other does not come", call_quick(1));
	callers.parks_wanted = 1;
	say_quick(tick, "the boot CPU does not come", 0);
	callers.parks_wanted = 1;
	say_quick(tick, "more than there are", call_quick(UINT32_MAX));
	callers.parks_wanted = 1;
	pause(NMI_PAUSES); /* it is there, or not yet: both must end */
	say_quick(tick, "two of two", call_quick(2));
}

/* The other CPU is in the gate, or on its way there, when it gets INIT. */
static void leave_while_the_other_parks(struct tick *tick)
{
	callers.parks_wanted = UINT32_MAX;
	pause(NMI_PAUSES);
	gate_monitor(tick);
	callers.parks_wanted = 0;
	say(tick, "with the other gone: -%lu", (uint64_t)-call_quick(1));
}

static void end_on_the_other(bool boot_cpu_waits)
{
	callers.end_wanted = 1;
	if (boot_cpu_waits)
		callers.gate(SWITCHYARD_WAIT, 0);
	interrupts_off();
	for (;;)
		__builtin_ia32_pause();
}

static void obey(struct tick *tick, int key)
{
	if (key == 'c')
		both_call(tick);
	else if (key == 'd')
		watched_call(tick);
	else if (key == 'n')
		nmis_while_calling(tick);
	else if (key == 's')
		both_ask(tick);
	else if (key == 'h')
		name_foreign_memory(tick);
	else if (key == 'a')
		services_ask_each(tick);
	else if (key == 'b')
		services_begin_to_load(tick);
	else if (key == 'p')
		gate_poweroff(tick);
	else if (key == 'x')
		gate_crash(tick, "a key was pressed");
	else if (key == 'i')
		nmis_while_asking(tick);
	else if (key == 'k')
		quick_without_the_other(tick);
	else if (key == 'l')
		leave_while_the_other_parks(tick);
	else if (key == 'm')
		gate_monitor(tick);
	else if (key == 'q')
		edges_while_away(tick);
	else if (key == 'w' || key == 'e')
		end_on_the_other(key == 'w');
}

void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard);

void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard)
{
	static struct tick tick;
	bool can_start;

	tick.switchyard = switchyard;
	tick.name = "callers";
	serial_init();
	boot_read(&tick, magic, information);
	interrupts_init(&tick, PIC_MASTER_VECTOR);
	interrupts_on();
	can_start = cpu_start_init(information);
	if (!switchyard || !can_start) {
		say(&tick, "no Switchyard, or no memory below 1 MiB for the other CPUs");
		return;
	}
	callers.gate = (gate_function *)switchyard->gate;
	callers.self = switchyard->self;
	say(&tick, "%u other CPUs are ready", cpus_start(&tick));
	for (;;) {
		cpu_wait();
		obey(&tick, serial_get());
	}
}
