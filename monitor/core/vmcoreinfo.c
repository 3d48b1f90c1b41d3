// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/core/vmcoreinfo.h"
#include <stddef.h>
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/units.h"

/* The note as it lies in memory: Elf64_Nhdr, which is the same in ELF32, and a padded name. */
struct note {
	uint32_t name_size, text_size, type;
	char name[12];
};

_Static_assert(sizeof(struct note) == VMCOREINFO_HEADER, "the text follows");

#define NAME	      "VMCOREINFO"
#define FIRST_LINE    "OSRELEASE="
#define KEY_OF_SYMBOL "SYMBOL("

static bool line_starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static bool is_note(const struct note *note)
{
	return note->name_size == sizeof(NAME) && note->type == 0 &&
	       note->text_size >= strlen(FIRST_LINE) && note->text_size <= VMCOREINFO_SIZE &&
	       !memcmp(note->name, NAME, sizeof(NAME));
}

/* Copies the note at that physical address. False: there is none in that RAM. */
static bool read_note(const struct region *ram, uint64_t address, struct vmcoreinfo *info)
{
	uint64_t most = sizeof(struct note) + VMCOREINFO_SIZE;
	struct note note;

	if (address % PAGE_SIZE || address < ram->base || ram->size < most ||
	    address - ram->base > ram->size - most)
		return false;
	/* Devices of a kernel that has crashed may still write to it, so what is checked is a copy. */
	memcpy(&note, phys(address), sizeof(note));
	if (!is_note(&note))
		return false;
	info->size = note.text_size;
	memcpy(info->text, (const uint8_t *)phys(address) + sizeof(note), info->size);
	return line_starts_with(info->text, FIRST_LINE);
}

bool vmcoreinfo_search(const struct region *ram, uint64_t *address, uint64_t pages,
		       struct vmcoreinfo *info)
{
	for (; pages > 0 && *address < ram->base + ram->size; pages--) {
		if (read_note(ram, *address, info))
			return true;
		*address += PAGE_SIZE;
	}
	return false;
}

/* The bytes behind "KEY=", up to the end of the line. NULL: there is no such line. */
static const char *value_of(const struct vmcoreinfo *info, const char *key, uint32_t *length)
{
	uint32_t key_length = (uint32_t)strlen(key), at = 0;

	while (at < info->size) {
		const char *line = info->text + at;
		uint32_t end = 0, left = info->size - at;

		while (end < left && line[end] != '\n' && line[end])
			end++;
		if (end > key_length && line[key_length] == '=' &&
		    !strncmp(line, key, key_length)) {
			*length = end - key_length - 1;
			return line + key_length + 1;
		}
		at += end + 1;
	}
	return NULL;
}

/* The value of a digit, or more than any base has. */
static uint32_t value_of_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10 : UINT32_MAX;
}

bool vmcoreinfo_number(const struct vmcoreinfo *info, const char *key, uint64_t *value)
{
	bool is_hex = line_starts_with(key, KEY_OF_SYMBOL);
	uint32_t base = is_hex ? 16 : 10, length, at = 0;
	const char *text = value_of(info, key, &length);
	bool negative;

	if (!text)
		return false;
	negative = length > 0 && text[0] == '-';
	if (negative)
		at++;
	if (at == length)
		return false;
	for (*value = 0; at < length; at++) {
		if (value_of_digit(text[at]) >= base)
			return false;
		*value = *value * base + value_of_digit(text[at]);
	}
	if (negative)
		*value = -*value;
	return true;
}

bool vmcoreinfo_is_on(const struct vmcoreinfo *info, const char *key)
{
	uint32_t length;
	const char *text = value_of(info, key, &length);

	return text && length == 1 && text[0] == 'y';
}
