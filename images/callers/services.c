// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * services.c - each service of the gate, as a guest without an operating system asks for it.
 *
 * The image is a kernel by Multiboot 1 that says where it wants to be loaded. It is never started.
 * The second image is the same, so the monitor compares it with the first one, step by step.
 */
#include "services.h"
#include "switchyard_names.h"

#define MOST_CALLS 128
#define LOG_ROOM   32768
#define SLOT_TEXT  "slot=new mem=8M cpus=0"
#define STRING	   "a string of the image"
#define MODULES	   8
#define MODULE	   5000 /* bytes */
#define FUNCTIONS  128	/* as many as the monitor takes */

/* Multiboot 0.6.96, section 3.1. */
#define MULTIBOOT_MAGIC	    0x1badb002u
#define MULTIBOOT_ADDRESSES (1u << 16)
struct multiboot_header {
	uint32_t magic, flags, checksum;
	uint32_t header, load, load_end, bss_end, entry;
};

typedef int64_t gate_function(uint64_t op, uint64_t arg);

static struct {
	struct tick *tick;
	struct switchyard_call call;
	uint32_t count;
	struct {
		const char *name;
		int64_t result;
	} done[MOST_CALLS];
	char text[LOG_ROOM];
	uint16_t functions[FUNCTIONS];
	/* Some pieces of the largest size, and a rest. */
	uint8_t image[4 * SWITCHYARD_PIECE + 100] __attribute__((aligned(8)));
} services;

static const char *const names[] = {
	[SWITCHYARD_LIST] = "LIST",
	[SWITCHYARD_KILL] = "KILL",
	[SWITCHYARD_LOG] = "LOG",
	[SWITCHYARD_LOAD_BEGIN] = "LOAD_BEGIN",
	[SWITCHYARD_LOAD_FILE] = "LOAD_FILE",
	[SWITCHYARD_LOAD_WRITE] = "LOAD_WRITE",
	[SWITCHYARD_LOAD_COMMIT] = "LOAD_COMMIT",
	[SWITCHYARD_LOAD_ABORT] = "LOAD_ABORT",
	[SWITCHYARD_ADD] = "ADD",
	[SWITCHYARD_REMOVE] = "REMOVE",
	[SWITCHYARD_OUTCOME] = "OUTCOME",
	[SWITCHYARD_PREPARE] = "PREPARE",
	[SWITCHYARD_DEVICES] = "DEVICES",
	[SWITCHYARD_FUNCTIONS] = "FUNCTIONS",
	[SWITCHYARD_MEMORY] = "MEMORY",
	[SWITCHYARD_TAKE_CRASH] = "TAKE_CRASH",
	[SWITCHYARD_SETTLE_CRASH] = "SETTLE_CRASH",
};

/* The log of a slot is found in its memory, which is another task than the monitor's own. */
static const char *name_of(uint32_t service)
{
	return service == SWITCHYARD_LOG && services.call.slot ? "LOG_OF_SLOT" : names[service];
}

/* One call. Its fields are set, except the size and the service. */
static int64_t ask(uint32_t service)
{
	gate_function *gate = (gate_function *)services.tick->switchyard->gate;
	int64_t result;

	services.call.size = sizeof(services.call);
	services.call.service = service;
	result = gate(SWITCHYARD_SERVICE, (uint64_t)&services.call);
	if (services.count < MOST_CALLS) {
		services.done[services.count].name = name_of(service);
		services.done[services.count++].result = result;
	}
	return result;
}

static void ask_about(uint32_t service, uint32_t slot)
{
	services.call.slot = slot;
	ask(service);
}

static void ask_with(uint32_t service, const void *buffer, uint64_t length)
{
	services.call.address = (uint64_t)buffer;
	services.call.length = length;
	ask(service);
}

static void send_file(uint32_t kind, const uint8_t *bytes, uint64_t size)
{
	services.call.kind = kind;
	services.call.bytes = size;
	ask_with(SWITCHYARD_LOAD_FILE, STRING, sizeof(STRING) - 1);
	for (uint64_t at = 0; at < size; at += SWITCHYARD_PIECE)
		ask_with(SWITCHYARD_LOAD_WRITE, bytes + at,
			 size - at < SWITCHYARD_PIECE ? size - at : SWITCHYARD_PIECE);
}

/* The most files that a slot can have, but an initrd, which such a kernel does not take. */
static void load(uint32_t slot)
{
	ask_about(SWITCHYARD_LOAD_BEGIN, slot);
	send_file(SWITCHYARD_FILE_KERNEL, services.image, sizeof(services.image));
	for (uint32_t i = 1; i <= MODULES; i++)
		send_file(SWITCHYARD_FILE_MODULE, services.image + i, MODULE);
	while (ask(SWITCHYARD_LOAD_COMMIT) == SWITCHYARD_EAGAIN)
		;
}

static void make_image(uint64_t base)
{
	struct multiboot_header *header = (struct multiboot_header *)services.image;

	for (uint32_t i = 0; i < sizeof(services.image); i++)
		services.image[i] = (uint8_t)(i * 251 >> 3);
	*header = (struct multiboot_header){
		.magic = MULTIBOOT_MAGIC,
		.flags = MULTIBOOT_ADDRESSES,
		.checksum = 0u - MULTIBOOT_MAGIC - MULTIBOOT_ADDRESSES,
		.header = (uint32_t)base,
		.load = (uint32_t)base,
		.entry = (uint32_t)base + sizeof(*header),
	};
}

static void say_all(struct tick *tick)
{
	for (uint32_t i = 0; i < services.count; i++)
		say(tick, "%s: %s%lu", services.done[i].name,
		    services.done[i].result < 0 ? "-" : "",
		    (uint64_t)(services.done[i].result < 0 ? -services.done[i].result
							   : services.done[i].result));
	say(tick, "all asked");
}

/* The first slot in that state; 0: none is. */
static uint32_t slot_that_is(const struct switchyard_info *info, enum switchyard_state state)
{
	for (uint32_t i = 0; i < info->slot_count; i++)
		if (info->slot[i].state == state)
			return i + 1;
	return 0;
}

/*
 * It has not ended, it has no log that can be found, and no crash of it was taken. So three of the
 * answers are refusals.
 */
static void ask_about_parked(uint32_t slot)
{
	ask_about(SWITCHYARD_OUTCOME, slot);
	services.call.bytes = 0;
	do
		ask_with(SWITCHYARD_LOG, services.text, LOG_ROOM);
	while (services.done[services.count - 1].result == SWITCHYARD_EAGAIN &&
	       services.count < MOST_CALLS);
	ask_with(SWITCHYARD_MEMORY, services.text, LOG_ROOM);
	services.call.kind = SWITCHYARD_CARE_NONE;
	ask(SWITCHYARD_SETTLE_CRASH);
	ask_about(SWITCHYARD_KILL, slot);
}

/*
 * The list is the longest that there can be, and most of it is of functions that are not there,
 * which takes the longest. A deep request needs no such list, so it is answered all the same.
 */
static void ask_about_functions(void)
{
	for (uint32_t i = 0; i < FUNCTIONS; i++)
		services.functions[i] = (uint16_t)i;
	services.call.slot = 0;
	services.call.kind = SWITCHYARD_MONITOR;
	services.call.bytes = SWITCHYARD_USES_MORE;
	ask_with(SWITCHYARD_PREPARE, services.functions, sizeof(services.functions));
	ask_with(SWITCHYARD_FUNCTIONS, services.functions, sizeof(services.functions));
	ask_with(SWITCHYARD_DEVICES, services.text, LOG_ROOM);
}

void services_ask_each(struct tick *tick)
{
	const struct switchyard_info *info = tick->switchyard;
	uint32_t slot;

	services.tick = tick;
	services.count = 0;
	ask(SWITCHYARD_LIST);
	ask(SWITCHYARD_TAKE_CRASH);
	ask_about_parked(slot_that_is(info, SWITCHYARD_PARKED));
	ask_about_functions();
	services.call.slot = 0; /* the monitor's own log */
	ask_with(SWITCHYARD_LOG, services.text, LOG_ROOM);
	ask_with(SWITCHYARD_ADD, SLOT_TEXT, sizeof(SLOT_TEXT) - 1);
	slot = (uint32_t)services.call.done;
	if (slot >= 1 && slot <= info->slot_count)
		make_image(info->slot[slot - 1].base);
	load(slot);
	load(slot);
	ask_about(SWITCHYARD_LOAD_BEGIN, slot);
	send_file(SWITCHYARD_FILE_KERNEL, services.image, sizeof(services.image));
	ask(SWITCHYARD_LOAD_ABORT);
	ask_about(SWITCHYARD_REMOVE, slot);
	ask(SWITCHYARD_LIST);
	say_all(tick);
}

void services_begin_to_load(struct tick *tick)
{
	uint32_t done = 0;

	services.tick = tick;
	services.count = 0;
	ask_about(SWITCHYARD_LOAD_BEGIN, slot_that_is(tick->switchyard, SWITCHYARD_READY));
	services.call.kind = SWITCHYARD_FILE_KERNEL;
	services.call.bytes = sizeof(services.image);
	ask_with(SWITCHYARD_LOAD_FILE, STRING, sizeof(STRING) - 1);
	ask_with(SWITCHYARD_LOAD_WRITE, services.image, SWITCHYARD_PIECE);
	for (uint32_t i = 0; i < services.count; i++)
		done += !services.done[i].result;
	say(tick, "begun: %u", done);
}
