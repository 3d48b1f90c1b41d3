// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/sums.h"
#include <stddef.h>
#include "boot/efi/sha256.h"
#include "lib/string.h"

/* Microsoft, PE Format: MS-DOS stub, signature, COFF file header, section table. */
#define PE_OFFSET_AT   0x3c /* where the signature's offset stands */
#define PE_SIGNATURE   0x00004550
#define PE_NAME_LENGTH 8

struct pe_header {
	uint32_t signature;
	uint16_t machine, section_count;
	uint32_t time, symbols, symbol_count;
	uint16_t optional_size, characteristics;
};

struct pe_section {
	char name[PE_NAME_LENGTH]; /* filled up with NULs */
	uint32_t size, address;	   /* in memory; address counts from the image's start */
	uint32_t file_size, file_offset;
	uint32_t relocations, lines;
	uint16_t relocation_count, line_count;
	uint32_t characteristics;
};

_Static_assert(sizeof(struct pe_header) == 24, "signature and COFF file header");
_Static_assert(sizeof(struct pe_section) == 40, "section header");

#define DIGITS	  (2 * SHA256_SIZE)
#define PATH_AT	  (DIGITS + 2)
#define BAD_DIGIT 16

/*
 * Copies an entry of the image's headers, which need not be aligned. False if it lies beyond the
 * image.
 */
static bool read(const void *image, uint64_t size, uint64_t offset, void *entry, uint64_t length)
{
	if (offset > size || length > size - offset)
		return false;
	memcpy(entry, (const uint8_t *)image + offset, length);
	return true;
}

void sums_find(struct sums *sums, const void *image, uint64_t size)
{
	static const char wanted[PE_NAME_LENGTH] = SUMS_SECTION;
	struct pe_section section;
	struct pe_header header;
	uint32_t start;
	uint64_t table;

	*sums = (struct sums){0};
	if (!read(image, size, PE_OFFSET_AT, &start, sizeof(start)) ||
	    !read(image, size, start, &header, sizeof(header)) || header.signature != PE_SIGNATURE)
		return;
	table = (uint64_t)start + sizeof(header) + header.optional_size;
	for (uint32_t i = 0; i < header.section_count; i++) {
		if (!read(image, size, table + i * sizeof(section), &section, sizeof(section)))
			return;
		if (memcmp(section.name, wanted, sizeof(wanted)) != 0 || section.address > size ||
		    section.size > size - section.address)
			continue;
		sums->text = (const char *)image + section.address;
		sums->size = section.size;
		return;
	}
}

static char folded(char c)
{
	if (c == '/')
		return '\\';
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_separator(char c)
{
	return c == '/' || c == '\\';
}

/* True if listed, which has length characters, and path name the same file from the root. */
static bool same_path(const char *listed, uint64_t length, const char *path)
{
	uint64_t at = 0;

	if (length >= 2 && listed[0] == '.' && is_separator(listed[1]))
		at++;
	while (at < length && is_separator(listed[at]))
		at++;
	while (is_separator(*path))
		path++;
	for (; at < length && *path; at++, path++)
		if (folded(listed[at]) != folded(*path))
			return false;
	return at == length && !*path;
}

static uint8_t digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	c = folded(c);
	return c >= 'a' && c <= 'f' ? (uint8_t)(c - 'a' + 10) : BAD_DIGIT;
}

static bool read_digest(const char *text, uint8_t digest[SHA256_SIZE])
{
	for (int i = 0; i < SHA256_SIZE; i++) {
		uint8_t high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high == BAD_DIGIT || low == BAD_DIGIT)
			return false;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Finds the digest of path. The first line for path is the valid one. */
static bool find_digest(const struct sums *sums, const char *path, uint8_t digest[SHA256_SIZE])
{
	const char *line = sums->text, *end = sums->text + sums->size;

	while (line < end && *line) {
		const char *line_end = line;
		uint64_t length;

		while (line_end < end && *line_end && *line_end != '\n')
			line_end++;
		length = (uint64_t)(line_end - line);
		if (length && line[length - 1] == '\r')
			length--;
		if (length > PATH_AT && same_path(line + PATH_AT, length - PATH_AT, path) &&
		    read_digest(line, digest))
			return true;
		line = line_end < end ? line_end + 1 : end;
	}
	return false;
}

bool sums_check(const struct sums *sums, const char *path, const void *data, uint64_t size,
		struct error *error)
{
	uint8_t expected[SHA256_SIZE], found[SHA256_SIZE];

	if (!sums->text)
		return fail(error, "refused: Secure Boot is on, and this switchyard.efi carries no "
				   "list of SHA-256 sums");
	if (!find_digest(sums, path, expected))
		return fail(error, "refused: not in the list of SHA-256 sums that switchyard.efi "
				   "carries");
	sha256(data, size, found);
	if (memcmp(found, expected, sizeof(found)) != 0)
		return fail(error, "refused: changed; its SHA-256 sum is not the one in the list "
				   "that switchyard.efi carries");
	return true;
}
