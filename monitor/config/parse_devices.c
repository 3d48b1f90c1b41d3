// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/config/parse_devices.h"

#define MAX_DEVICE   0x1f
#define MAX_FUNCTION 7

/*
 * Reads numbers by a pattern, in which each x is a digit, and any other character stands for
 * itself. numbers has room for those between other characters. False if the word is not like the
 * pattern.
 */
static bool read_pattern(const struct word *word, const char *pattern, uint32_t *numbers)
{
	uint32_t i = 0, number = 0;

	for (; i < word->length && pattern[i]; i++) {
		int digit = word_digit(word->text[i]);

		if (pattern[i] != 'x') {
			if (word->text[i] != pattern[i])
				return false;
			*numbers++ = number;
			number = 0;
		} else if (digit < 0) {
			return false;
		} else {
			number = number << 4 | (uint32_t)digit;
		}
	}
	*numbers = number;
	return i == word->length && !pattern[i];
}

static bool read_address(const struct word *word, struct device_name *device)
{
	uint32_t number[4] = {0}; /* domain, bus, device, function */

	if (!read_pattern(word, "xx:xx.x", number + 1) &&
	    !read_pattern(word, "xxxx:xx:xx.x", number))
		return false;
	if (number[0] || number[2] > MAX_DEVICE || number[3] > MAX_FUNCTION)
		return false;
	*device = (struct device_name){
		.address = (uint16_t)(number[1] << 8 | number[2] << 3 | number[3])};
	return true;
}

static bool read_kind(const struct word *word, struct device_name *device)
{
	uint32_t number[2]; /* vendor, device */

	if (!read_pattern(word, "xxxx:xxxx", number))
		return false;
	*device = (struct device_name){.id = number[1] << 16 | number[0], .is_kind = true};
	return true;
}

/* Takes the entry at *rest, and moves *rest behind its comma. Returns false if it was the last one. */
static bool take_entry(struct word *rest, struct word *entry)
{
	*entry = (struct word){.text = rest->text};
	while (entry->length < rest->length && entry->text[entry->length] != ',')
		entry->length++;
	if (entry->length == rest->length)
		return false;
	rest->text += entry->length + 1;
	rest->length -= entry->length + 1;
	return true;
}

bool parse_devices(const struct word *value, struct devices *devices, struct error *error)
{
	struct word rest = *value, entry;
	char quote[QUOTE_TEXT];
	bool more = true;

	devices->count = 0;
	while (more) {
		struct device_name *device = &devices->device[devices->count];

		more = take_entry(&rest, &entry);
		if (devices->count == SLOT_MAX_DEVICES)
			return fail(error,
				    "more than %d devices; name kinds of them, as in 1af4:1001",
				    SLOT_MAX_DEVICES);
		if (!read_address(&entry, device) && !read_kind(&entry, device))
			return fail(error,
				    "bad device \"%s\"; expected an address in PCI domain 0, as in "
				    "00:10.0, or VENDOR:DEVICE, as in 1af4:1001",
				    quote_word(quote, &entry));
		devices->count++;
	}
	return true;
}
