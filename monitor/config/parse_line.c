/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse_line.c - one module line: lines.h says how it is written.
 */
#include "monitor/config/lines.h"
#include "monitor/config/parse_devices.h"
#include "monitor/config/parse_line.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/slot/life.h"

/* x86-64 has no physical addresses from here on: SDM volume 3, 4.1.4. */
#define MAX_ADDRESS (UINT64_C(1) << 52)

struct option {
	const char *name;
	uint32_t kinds; /* of lines that take it, a bit for each */
	bool (*set)(struct line *line, const struct word *value, struct error *error);
};

const char *line_kind_name(enum line_kind kind)
{
	static const char *const names[] = {"kernel", "initrd", "module"};

	return names[kind];
}

static bool set_slot(struct line *line, const struct word *value, struct error *error)
{
	return word_slot_name(value, line->slot, error);
}

static bool parse_base(struct line *line, const struct word *value, struct error *error)
{
	char quote[QUOTE_TEXT];

	if (!word_size(value, &line->base))
		return fail(error, "bad base \"%s\"; expected a number with K, M or G",
			    quote_word(quote, value));
	if (line->base % SLOT_ALIGN && line->base != MIB)
		return fail(error, "bad base \"%s\"; expected a multiple of 2M, or 1M",
			    quote_word(quote, value));
	if (line->base > MAX_ADDRESS - line->mem)
		return fail(error, "bad base \"%s\"; expected a range that ends below 2^52",
			    quote_word(quote, value));
	line->has_base = true;
	return true;
}

static bool set_mem(struct line *line, const struct word *value, struct error *error)
{
	struct word size = *value, base;
	char quote[QUOTE_TEXT];

	for (size.length = 0; size.length < value->length; size.length++)
		if (value->text[size.length] == '@')
			break;
	if (!word_size(&size, &line->mem))
		return fail(error, "bad size \"%s\"; expected a number with K, M or G",
			    quote_word(quote, &size));
	if (!line->mem || line->mem > MAX_ADDRESS)
		return fail(error, "bad size \"%s\"; expected more than 0 and at most 2^52",
			    quote_word(quote, &size));
	if (size.length == value->length)
		return true;
	base.text = size.text + size.length + 1;
	base.length = value->length - size.length - 1;
	return parse_base(line, &base, error);
}

static bool set_low(struct line *line, const struct word *value, struct error *error)
{
	char quote[QUOTE_TEXT];

	line->has_low = true;
	return (word_size(value, &line->low) && line->low < BELOW_4G) ||
	       fail(error, "bad low \"%s\"; expected a size below 4G with K, M or G, or 0 for none",
		    quote_word(quote, value));
}

/*
 * Parses one part of a CPU list, "N" or "N-M", from *p up to a comma or the end. Moves *p behind
 * it.
 */
static bool parse_cpu_range(const char **p, const char *end, uint64_t *cpus)
{
	struct word word = {.text = *p}, last = {0};
	uint64_t from, to;

	while (*p < end && **p != ',') {
		if (**p == '-' && !last.text) {
			word.length = (uint32_t)(*p - word.text);
			last.text = *p + 1;
		}
		(*p)++;
	}
	if (last.text)
		last.length = (uint32_t)(*p - last.text);
	else
		word.length = (uint32_t)(*p - word.text);
	if (!word_number(&word, &from))
		return false;
	to = from;
	if (last.text && !word_number(&last, &to))
		return false;
	if (from > to || to >= LINES_MAX_CPUS)
		return false;
	for (uint64_t cpu = from; cpu <= to; cpu++)
		*cpus |= 1ull << cpu;
	return true;
}

static bool set_cpus(struct line *line, const struct word *value, struct error *error)
{
	const char *p = value->text, *end = value->text + value->length;
	char quote[QUOTE_TEXT];
	bool more = true;

	while (more) {
		if (!parse_cpu_range(&p, end, &line->cpus))
			return fail(error,
				    "bad CPUs \"%s\"; expected a list of 0 to %d, as in 0,2-3",
				    quote_word(quote, value), LINES_MAX_CPUS - 1);
		more = p < end;
		p++; /* the comma */
	}
	if (!(line->cpus & 1))
		return fail(error,
			    "bad CPUs \"%s\"; expected CPU 0 among them: every slot runs on it",
			    quote_word(quote, value));
	return true;
}

static bool set_type(struct line *line, const struct word *value, struct error *error)
{
	char quote[QUOTE_TEXT];

	for (int type = TYPE_AUTO; type <= SWITCHYARD_ELF; type++) {
		if (word_is(value, slot_type_name((enum switchyard_type)type))) {
			line->type = (enum switchyard_type)type;
			return true;
		}
	}
	return fail(error, "bad type \"%s\"; expected auto, linux, multiboot1, multiboot2 or elf",
		    quote_word(quote, value));
}

/* A slot that is named here may be made later, so whether it is there shows when it is needed. */
static bool set_successor(struct successor *successor, const struct word *value,
			  struct error *error)
{
	static const char *const names[] = {
		[SUCCESSOR_MONITOR] = "monitor",
		[SUCCESSOR_RESTART] = "restart",
	};
	char quote[QUOTE_TEXT];
	struct error ignored;

	for (int kind = SUCCESSOR_MONITOR; kind < SUCCESSOR_SLOT; kind++) {
		if (word_is(value, names[kind])) {
			successor->kind = (enum successor_kind)kind;
			return true;
		}
	}
	successor->kind = SUCCESSOR_SLOT;
	return word_slot_name(value, successor->slot, &ignored) ||
	       fail(error, "bad successor \"%s\"; expected monitor, restart or a slot's name",
		    quote_word(quote, value));
}

static bool set_on_end(struct line *line, const struct word *value, struct error *error)
{
	return set_successor(&line->on_end, value, error);
}

static bool set_on_crash(struct line *line, const struct word *value, struct error *error)
{
	return set_successor(&line->on_crash, value, error);
}

static bool set_efi(struct line *line, const struct word *value, struct error *error)
{
	char quote[QUOTE_TEXT];

	line->efi = word_is(value, "on");
	return line->efi || word_is(value, "off") ||
	       fail(error, "bad efi \"%s\"; expected on or off", quote_word(quote, value));
}

static bool set_switch(struct line *line, const struct word *value, struct error *error)
{
	char quote[QUOTE_TEXT];

	line->quick = word_is(value, "quick");
	return line->quick || word_is(value, "deep") ||
	       fail(error, "bad switch \"%s\"; expected deep or quick", quote_word(quote, value));
}

static bool set_devices(struct line *line, const struct word *value, struct error *error)
{
	return parse_devices(value, &line->devices, error);
}

#define ALL_LINES  UINT32_MAX
#define SLOT_LINES (1u << LINE_KERNEL | 1u << LINE_ADDED)

static const struct option option_table[] = {
	{"slot", ALL_LINES, set_slot},	      {"mem", SLOT_LINES, set_mem},
	{"cpus", SLOT_LINES, set_cpus},	      {"type", 1u << LINE_KERNEL, set_type},
	{"on-end", SLOT_LINES, set_on_end},   {"on-crash", SLOT_LINES, set_on_crash},
	{"efi", SLOT_LINES, set_efi},	      {"switch", SLOT_LINES, set_switch},
	{"devices", SLOT_LINES, set_devices}, {"low", SLOT_LINES, set_low},
};

#define OPTION_COUNT (sizeof(option_table) / sizeof(option_table[0]))

static bool parse_slot_option(struct line *line, const struct word *word, uint32_t *seen,
			      struct error *error)
{
	static const char *const expected[] = {
		[LINE_KERNEL] =
			("slot=, mem=, low=, cpus=, devices=, type=, on-end=, on-crash=, efi=, "
			 "switch= or --"),
		[LINE_INITRD] = "slot= or --",
		[LINE_MODULE] = "slot= or --",
		[LINE_ADDED] = "mem=, low=, cpus=, devices=, on-end=, on-crash=, efi= or switch=",
	};
	const char *known = expected[line->kind];
	struct word name, value;
	char quote[QUOTE_TEXT];

	word_split(word, &name, &value);
	for (uint32_t i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &option_table[i];

		if (!word_is(&name, option->name))
			continue;
		if (line->kind == LINE_ADDED && !(option->kinds & 1u << LINE_ADDED))
			break;
		if (*seen & 1u << i)
			return fail(error, "option %s= given twice; expected once", option->name);
		*seen |= 1u << i;
		if (!(option->kinds & 1u << line->kind))
			return fail(error, "option %s= is not for %s lines; expected %s",
				    option->name, line_kind_name(line->kind), known);
		return option->set(line, &value, error);
	}
	return fail(error, "unknown option \"%s\"; expected %s", quote_word(quote, word), known);
}

static bool parse_kind(struct line *line, const struct word *word, struct error *error)
{
	char quote[QUOTE_TEXT];

	for (int kind = LINE_KERNEL; kind <= LINE_MODULE; kind++) {
		if (word_is(word, line_kind_name((enum line_kind)kind))) {
			line->kind = (enum line_kind)kind;
			return true;
		}
	}
	if (word_is(word, "image"))
		return fail(error,
			    "saved slots are not supported by this version; expected kernel, "
			    "initrd or module");
	return fail(error, "unknown kind \"%s\"; expected kernel, initrd or module",
		    quote_word(quote, word));
}

/*
 * Finds the slot that a line is about, even if the rest of the line is wrong. "" if it names none.
 */
static void find_slot_name(const char *text, char *slot)
{
	struct word word, name, value;
	struct error ignored;

	while (word_next(&text, &word) && !word_is(&word, "--")) {
		word_split(&word, &name, &value);
		if (word_is(&name, "slot") && word_slot_name(&value, slot, &ignored))
			return;
	}
	slot[0] = '\0';
}

static bool parse_words(const char *cursor, struct line *line, struct error *error)
{
	uint32_t seen = 0;
	struct word word;

	if (!word_next(&cursor, &word))
		word.length = 0;
	else if (word_has(&word, '/') && !word_next(&cursor, &word))
		word.length = 0;
	if (!word.length)
		return fail(error, "empty; expected KIND slot=NAME");
	if (!parse_kind(line, &word, error))
		return false;
	while (word_next(&cursor, &word)) {
		if (word_is(&word, "--")) {
			line->image.string = *cursor ? cursor + 1 : cursor;
			break;
		}
		if (!parse_slot_option(line, &word, &seen, error))
			return false;
	}
	if (!line->slot[0])
		return fail(error, "no slot=; expected slot=NAME");
	return true;
}

bool parse_line(const struct boot_module *module, uint32_t index, struct line *line,
		struct error *error)
{
	*line = (struct line){.mem = LINES_DEFAULT_MEM, .type = TYPE_AUTO};
	line->image.base = module->base;
	line->image.size = module->size;
	line->image.module = index;
	line->image.string = "";
	find_slot_name(module->line, line->slot);
	if (module->truncated)
		return fail(error, "too long; expected at most %d characters", BOOT_LINE_SIZE - 1);
	if (!parse_words(module->line, line, error))
		return false;
	if (module->absent)
		return fail(error, "its file could not be loaded");
	if (!module->size)
		return fail(error, "the file is empty");
	return true;
}

bool parse_slot_text(const char *text, struct line *line, struct error *error)
{
	uint32_t seen = 0;
	struct word word;

	*line = (struct line){.kind = LINE_ADDED};
	while (word_next(&text, &word))
		if (!parse_slot_option(line, &word, &seen, error))
			return false;
	if (!line->slot[0])
		return fail(error, "no slot=; expected slot=NAME");
	return line->mem || fail(error, "no mem=; expected mem=SIZE");
}

void parse_make_slot(const struct line *line, struct slot *slot)
{
	memset(slot, 0, sizeof(*slot));
	memcpy(slot->name, line->slot, sizeof(slot->name));
	life_begin(slot);
	slot->type = line->type;
	slot->want_size = line->mem;
	slot->want_base = line->base;
	slot->has_base = line->has_base;
	slot->want_low = line->low;
	slot->has_low = line->has_low;
	slot->cpus = line->cpus;
	slot->on_end = line->on_end;
	slot->on_crash = line->on_crash;
	slot->efi = line->efi;
	slot->quick = line->quick;
	slot->devices = line->devices;
}
