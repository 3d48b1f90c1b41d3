// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/kept_copy.h"
#include <stddef.h>
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/platform/platform.h"
#include "arch/x86/screen/framebuffer.h"
#include "lib/string.h"
#include "lib/units.h"
#include "lib/xxh64.h"
#include "monitor/plan/plan_monitor.h"
#include "monitor/switch/kept_state.h"

#define KEPT_COPY_VERSION 1

/* What the copy begins with. The platform's state follows, then contexts of CPUs, font, picture. */
struct kept_copy {
	uint32_t version;
	uint32_t spared;
	uint64_t form; /* which items there are on this machine, in which layout */
	uint64_t cpus; /* whose contexts follow, as bits */
	uint64_t crew, registers, interrupted, log_hint;
	uint64_t apart_size, picture_size;
};

_Static_assert(sizeof(struct kept_copy) % 8 == 0, "what follows is aligned");

/* A sum over the names, versions and places of all items. */
static uint64_t form_of(const struct state_layout *layout, uint64_t seed)
{
	for (uint32_t i = 0; i < layout->count; i++) {
		const struct state_place *place = &layout->place[i];
		const struct state_item *item = place->item;
		uint32_t numbers[] = {item->version, place->offset, place->size};

		seed = xxh64(item->name, strlen(item->name), seed);
		seed = xxh64(numbers, sizeof(numbers), seed);
	}
	return seed;
}

static uint64_t form(void)
{
	return form_of(platform_layout(), form_of(cpu_state_layout(), sizeof(struct cpu_context)));
}

static struct kept_copy describe(const struct monitor *monitor, uint32_t index)
{
	const struct kept_state *kept = kept_state(index);
	struct kept_copy copy = {
		.version = KEPT_COPY_VERSION,
		.spared = kept->spared,
		.form = form(),
		.crew = kept->crew,
		.registers = kept->registers,
		.interrupted = kept->interrupted,
		.log_hint = kept->log_hint,
		.apart_size = kept->apart_size,
	};

	for (uint32_t cpu = 0; cpu < GATE_MAX_CPUS; cpu++)
		if (kept->cpu[cpu])
			copy.cpus |= 1ull << cpu;
	if (kept->picture && !(kept->spared & SWITCHYARD_SPARE_PICTURE))
		copy.picture_size = framebuffer_size(&monitor->boot->framebuffer);
	return copy;
}

/* What is copied, piece by piece. */
struct walk {
	uint8_t *at;
	uint64_t size; /* so far */
	bool write;    /* to the copy; else from it */
};

static void copy_step(struct walk *walk, void *state, uint64_t size)
{
	if (walk->at && walk->write)
		memcpy(walk->at + walk->size, state, size);
	else if (walk->at)
		memcpy(state, walk->at + walk->size, size);
	walk->size += align_up(size, sizeof(uint64_t));
}

/* Goes through all that follows the first part. The contexts hold which CPUs the slot has. */
static void walk_parts(struct walk *walk, struct kept_state *kept, const struct kept_copy *copy)
{
	copy_step(walk, kept->platform, platform_layout()->size);
	for (uint32_t cpu = 0; cpu < GATE_MAX_CPUS; cpu++)
		if (kept->cpu[cpu])
			copy_step(walk, kept->cpu[cpu], cpu_state_layout()->size);
	if (copy->apart_size)
		copy_step(walk, phys(kept->apart), copy->apart_size);
	if (copy->picture_size)
		copy_step(walk, phys(kept->picture), copy->picture_size);
}

static uint64_t copy_size(uint32_t index, const struct kept_copy *copy)
{
	struct walk walk = {.size = sizeof(*copy)};

	walk_parts(&walk, kept_state(index), copy);
	return walk.size;
}

uint64_t kept_copy_size(const struct monitor *monitor, uint32_t index)
{
	struct kept_copy copy = describe(monitor, index);

	return copy_size(index, &copy);
}

void kept_copy_write(const struct monitor *monitor, uint32_t index, void *to)
{
	struct kept_copy copy = describe(monitor, index);
	struct walk walk = {.at = to, .size = sizeof(copy), .write = true};

	memcpy(to, &copy, sizeof(copy));
	walk_parts(&walk, kept_state(index), &copy);
}

/* The font needs RAM of its own, which the slot may not have any more, or not enough of it. */
static bool take_room_apart(struct monitor *monitor, struct kept_state *kept, uint64_t size,
			    struct error *error)
{
	if (size <= kept->apart_room)
		return true;
	if (kept->apart_room || size > UINT32_MAX ||
	    !plan_take(&monitor->plan, size, UINT64_MAX, OWNER_KEPT, &kept->apart))
		return fail(error, "no RAM for %lu bytes of its font", size);
	kept->apart_room = page_up(size);
	return true;
}

bool kept_copy_read(struct monitor *monitor, uint32_t index, const void *from, uint64_t size,
		    struct error *error)
{
	struct kept_copy now = describe(monitor, index), copy;
	struct kept_state *kept = kept_state(index);
	struct walk walk = {.at = (uint8_t *)from, .size = sizeof(copy)};

	if (size < sizeof(copy))
		return fail(error, "%lu bytes of kept state; expected %lu at least", size,
			    sizeof(copy));
	memcpy(&copy, from, sizeof(copy));
	if (copy.version != KEPT_COPY_VERSION)
		return fail(error, "kept state of version %u; expected %d", copy.version,
			    KEPT_COPY_VERSION);
	if (copy.form != now.form || copy.cpus != now.cpus)
		return fail(error, "kept state of another machine: its CPUs or devices differ");
	if (copy.picture_size &&
	    (!kept->picture || copy.picture_size != framebuffer_size(&monitor->boot->framebuffer)))
		return fail(error, "a picture of %lu bytes, which does not fit this screen",
			    copy.picture_size);
	if (!take_room_apart(monitor, kept, copy.apart_size, error))
		return false;
	if (size != copy_size(index, &copy))
		return fail(error, "%lu bytes of kept state; expected %lu", size,
			    copy_size(index, &copy));
	walk_parts(&walk, kept, &copy);
	kept->spared = copy.spared;
	kept->crew = copy.crew;
	kept->registers = copy.registers;
	kept->interrupted = copy.interrupted;
	kept->log_hint = copy.log_hint;
	kept->log_note = 0;
	kept->apart_size = (uint32_t)copy.apart_size;
	kept->from_file = false;
	return true;
}

void kept_copy_open(const void *copy, struct kept_copy_parts *parts)
{
	const struct kept_copy *from = copy;
	const uint8_t *platform = (const uint8_t *)(from + 1);

	*parts = (struct kept_copy_parts){
		.platform = platform,
		.context = platform + align_up(platform_layout()->size, sizeof(uint64_t)),
		.crew = from->crew,
		.log_hint = from->log_hint,
		.spared = from->spared,
	};
}
