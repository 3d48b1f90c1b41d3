// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/conf.h"
#include "lib/string.h"

#define FIRST_PRINTABLE ' '
#define LAST_ASCII	'~'

static const uint8_t utf8_mark[] = {0xef, 0xbb, 0xbf};
static const uint8_t utf16_le_mark[] = {0xff, 0xfe}, utf16_be_mark[] = {0xfe, 0xff};

static bool starts_with(const void *text, uint64_t size, const uint8_t *mark, uint32_t length)
{
	return size >= length && !memcmp(text, mark, length);
}

bool conf_open(struct conf *conf, const void *text, uint64_t size, struct error *error)
{
	const char *bytes = text;

	*conf = (struct conf){.next = bytes, .end = bytes + size};
	if (starts_with(text, size, utf16_le_mark, sizeof(utf16_le_mark)) ||
	    starts_with(text, size, utf16_be_mark, sizeof(utf16_be_mark)))
		return fail(error, "this is UTF-16; expected ASCII or UTF-8");
	if (starts_with(text, size, utf8_mark, sizeof(utf8_mark)))
		conf->next += sizeof(utf8_mark);
	for (const char *p = conf->next; p < conf->end; p++)
		if (!*p)
			return fail(error, "a zero byte at offset %lu; expected ASCII or UTF-8",
				    (p - bytes));
	return true;
}

static bool is_conf_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *from, const char *end)
{
	while (from < end && is_conf_blank(*from))
		from++;
	return from;
}

/* Copies a path of length bytes. The copy begins at the root, and has UEFI's separators. */
static bool take_path(struct conf_line *line, const char *from, uint32_t length)
{
	uint32_t to = 0;
	bool separator = false;

	if (from[0] != '/' && from[0] != '\\')
		line->path[to++] = '\\';
	if (length > sizeof(line->path) - 1 - to)
		return fail(&line->error, "the path has %u characters; expected at most %u", length,
			    (unsigned int)sizeof(line->path) - 1 - to);
	for (uint32_t i = 0; i < length; i++) {
		char c = from[i];

		if (c < FIRST_PRINTABLE || c > LAST_ASCII)
			return fail(&line->error,
				    "the path has a character outside ASCII at its place %u",
				    i + 1);
		separator = separator || c == '/' || c == '\\';
		line->path[to++] = c == '/' ? '\\' : c;
	}
	line->path[to] = '\0';
	if (separator)
		return true;
	line->length +=
		(uint32_t)(line->rest - from); /* it belongs to LINE, which tells the slot */
	line->rest = from;
	return fail(&line->error, "begins with neither \"monitor\" nor a path; expected "
				  "\"monitor OPTIONS\" or \"\\PATH KIND slot=NAME\"");
}

/* Reads one line without its end. Its first character is no blank. */
static void read_conf_line(struct conf *conf, const char *from, const char *end,
			   struct conf_line *line)
{
	static const char monitor[] = "monitor";
	const char *word_end = from;
	uint32_t length;

	while (word_end < end && !is_conf_blank(*word_end))
		word_end++;
	length = (uint32_t)(word_end - from);
	line->number = conf->number;
	line->error.text[0] = '\0';
	line->path[0] = '\0';
	line->rest = skip_blanks(word_end, end);
	line->length = (uint32_t)(end - line->rest);
	if (length == sizeof(monitor) - 1 && !memcmp(from, monitor, length)) {
		line->kind = CONF_MONITOR;
		line->faulty = conf->monitor_seen;
		if (line->faulty)
			fail(&line->error, "a second monitor line; the first one counts");
		conf->monitor_seen = true;
		return;
	}
	line->kind = CONF_MODULE;
	line->faulty = !take_path(line, from, length);
	if (line->faulty)
		line->path[0] = '\0';
}

bool conf_next(struct conf *conf, struct conf_line *line)
{
	while (conf->next < conf->end) {
		const char *from = conf->next, *end = from;

		while (end < conf->end && *end != '\n')
			end++;
		conf->next = end < conf->end ? end + 1 : end;
		conf->number++;
		if (end > from && end[-1] == '\r')
			end--;
		from = skip_blanks(from, end);
		if (from < end && *from != '#') {
			read_conf_line(conf, from, end, line);
			return true;
		}
	}
	return false;
}
