/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.c - the monitor's own options.
 */
#include "lib/error.h"
#include "monitor/config/options.h"
#include "lib/string.h"
#include "monitor/config/words.h"

#define BAUD_MAX     115200u /* the clock divided by 16; BAUD_MAX / rate is the divisor */
#define WAIT_FOREVER (-1)

/*
 * One option. set() changes options only if value is right. Otherwise it says in error what it
 * expected.
 */
struct option {
	const char *name;
	bool (*set)(struct options *options, const struct word *value, struct error *error);
};

static bool set_serial(struct options *options, const struct word *value, struct error *error)
{
	static const char *const ports[] = {"none", "com1", "com2"};
	const char *expected =
		"com1, com2 or none, and a rate that divides 115200, as in com1,9600";
	struct word port = *value, rate;
	uint64_t baud = BAUD_MAX;

	for (port.length = 0; port.length < value->length; port.length++)
		if (value->text[port.length] == ',')
			break;
	if (port.length < value->length) {
		rate.text = port.text + port.length + 1;
		rate.length = value->length - port.length - 1;
		if (!word_number(&rate, &baud) || !baud || BAUD_MAX % baud)
			return fail(error, "%s", expected);
	}
	for (int i = 0; i < (int)(sizeof(ports) / sizeof(ports[0])); i++) {
		if (word_is(&port, ports[i])) {
			options->serial = i;
			options->baud = (uint32_t)baud;
			return true;
		}
	}
	return fail(error, "%s", expected);
}

static bool set_video(struct options *options, const struct word *value, struct error *error)
{
	if (!word_is(value, "on") && !word_is(value, "off"))
		return fail(error, "on or off");
	options->video = word_is(value, "on");
	return true;
}

static bool set_default(struct options *options, const struct word *value, struct error *error)
{
	struct error reason;

	if (!word_slot_name(value, options->default_slot, &reason))
		return fail(error, "a slot's name");
	return true;
}

static bool set_timeout(struct options *options, const struct word *value, struct error *error)
{
	uint64_t seconds;

	if (word_is(value, "-1")) {
		options->timeout = WAIT_FOREVER;
		return true;
	}
	if (!word_number(value, &seconds) || seconds > INT32_MAX)
		return fail(error, "a number of seconds, or -1 to wait for ever");
	options->timeout = (int32_t)seconds;
	return true;
}

static bool set_loglevel(struct options *options, const struct word *value, struct error *error)
{
	static const char *const levels[] = {"error", "warn", "info", "debug"};

	for (int i = 0; i < (int)(sizeof(levels) / sizeof(levels[0])); i++) {
		if (word_is(value, levels[i])) {
			options->loglevel = (enum log_level)i;
			return true;
		}
	}
	return fail(error, "error, warn, info or debug");
}

static bool set_integrity(struct options *options, const struct word *value, struct error *error)
{
	static const char *const names[] = {
		[INTEGRITY_OFF] = "off",
		[INTEGRITY_CONTROL] = "control",
		[INTEGRITY_TEXT] = "text",
		[INTEGRITY_ALL] = "all",
	};

	for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++) {
		if (word_is(value, names[i])) {
			options->integrity = (enum integrity_check)i;
			return true;
		}
	}
	return fail(error, "off, control, text or all");
}

static const struct option option_table[] = {
	{"serial", set_serial},	  {"video", set_video},	      {"default", set_default},
	{"timeout", set_timeout}, {"loglevel", set_loglevel}, {"integrity", set_integrity},
};

#define OPTION_COUNT (sizeof(option_table) / sizeof(option_table[0]))

/* seen has a bit for each entry of option_table that was given. */
static bool parse_monitor_option(struct options *options, const struct word *word, uint32_t *seen,
				 struct error *error)
{
	struct word name, value;
	struct error expected;
	char quote[QUOTE_TEXT];

	word_split(word, &name, &value);
	for (uint32_t i = 0; i < OPTION_COUNT; i++) {
		if (!word_is(&name, option_table[i].name))
			continue;
		if (*seen & 1u << i)
			return fail(error, "option \"%s\": given twice; the first one counts",
				    quote_word(quote, word));
		*seen |= 1u << i;
		if (!option_table[i].set(options, &value, &expected))
			return fail(error, "option \"%s\": bad value; expected %s",
				    quote_word(quote, word), expected.text);
		return true;
	}
	return fail(
		error,
		"option \"%s\": unknown; expected serial=, video=, default=, timeout=, loglevel= "
		"or integrity=",
		quote_word(quote, word));
}

void options_parse(const char *text, struct options *options, report_fn report, void *context)
{
	const char *cursor = text;
	struct error error;
	struct word word;
	uint32_t seen = 0;
	bool first = true;

	*options = (struct options){
		.serial = 1,
		.baud = BAUD_MAX,
		.video = true,
		.timeout = OPTIONS_TIMEOUT,
		.loglevel = LOG_INFO,
		.integrity = INTEGRITY_TEXT,
	};
	for (; word_next(&cursor, &word); first = false) {
		if (first && word_has(&word, '/'))
			continue;
		if (!parse_monitor_option(options, &word, &seen, &error))
			report(context, error.text);
	}
}

void options_check_default(struct options *options, struct slot_table *table, report_fn report,
			   void *context)
{
	struct error error;

	if (!options->default_slot[0] || slot_find(table, options->default_slot))
		return;
	fail(&error, "default=%s: no slot has that name", options->default_slot);
	report(context, error.text);
	options->default_slot[0] = '\0';
}
