// SPDX-License-Identifier: GPL-2.0-only
/*
 * initrd.c - measures an initrd without unpacking it.
 *
 * It is a row of cpio archives, each plain or compressed, with zero bytes between them: Linux's
 * Documentation/driver-api/early-userspace/buffer-format.rst. Microcode comes first, as a plain
 * archive. Plain archives and zstd's frames say where they end. What other formats compress is
 * taken to reach to the image's end.
 */
#include "monitor/load/initrd.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/load/load_format.h"

#define CPIO_MAGIC     "07070" /* and 1, or 2 with checksums */
#define CPIO_HEADER    110u    /* bytes: a magic of 6, and 13 fields of 8 hexadecimal digits */
#define CPIO_FIELD     8u
#define CPIO_FILE_SIZE 54u
#define CPIO_NAME_SIZE 94u
#define CPIO_ALIGN     4u
#define CPIO_TRAILER   "TRAILER!!!" /* the name of an archive's last entry */

#define GZIP_RATIO     1032u /* RFC 1951 compresses no better than this */
#define GZIP_SLACK     64u   /* its header and trailer are smaller */

/* RFC 8878, section 3.1.1. */
#define ZSTD_SIZE_SHIFT	 6
#define ZSTD_SINGLE	 (1u << 5) /* the descriptor of the window is missing */
#define ZSTD_CHECKSUM	 (1u << 2)
#define ZSTD_DICTIONARY	 3u
#define ZSTD_SMALL_BIAS	 256u
#define ZSTD_BLOCK	 3u /* bytes of a block's header */
#define ZSTD_LAST	 1u
#define ZSTD_TYPE_SHIFT	 1
#define ZSTD_TYPE	 3u
#define ZSTD_TYPE_RLE	 1u
#define ZSTD_BLOCK_SHIFT 3

/* Debian's initrds shrink to a fourth, more or less, by whatever compressor. */
#define USUAL_RATIO 4u

static const uint8_t gzip_magic[] = {0x1f, 0x8b};
static const uint8_t zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};

/* The other compressors that Linux knows: lib/decompress.c. */
static const struct {
	uint8_t size, magic[4];
} other_compressors[] = {
	{3, {'B', 'Z', 'h'}},	       /* bzip2 */
	{3, {0x5d, 0, 0}},	       /* lzma */
	{4, {0xfd, '7', 'z', 'X'}},    /* xz */
	{4, {0x89, 'L', 'Z', 'O'}},    /* lzo */
	{4, {0x02, 0x21, 0x4c, 0x18}}, /* lz4 */
};

#define OTHER_COMPRESSORS (sizeof(other_compressors) / sizeof(other_compressors[0]))

/* The part of the image that is not measured yet, and what was found before it. */
struct walk {
	const uint8_t *next;
	uint64_t left;
	struct initrd_size size;
};

static bool begins_with(const struct walk *walk, const void *magic, uint64_t size)
{
	return walk->left >= size && !memcmp(walk->next, magic, size);
}

static void skip(struct walk *walk, uint64_t bytes)
{
	bytes = bytes < walk->left ? bytes : walk->left;
	walk->next += bytes;
	walk->left -= bytes;
}

static uint64_t little_endian(const uint8_t *bytes, uint32_t count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

static void take_rest(struct walk *walk, uint64_t bytes, bool estimated)
{
	walk->size.bytes += bytes;
	walk->size.estimated |= estimated;
	skip(walk, walk->left);
}

static bool hexadecimal(const uint8_t *digits, uint64_t *value)
{
	*value = 0;
	for (uint32_t i = 0; i < CPIO_FIELD; i++) {
		uint8_t digit = digits[i] | ('a' - 'A');

		if (digit >= '0' && digit <= '9')
			*value = *value << 4 | (uint8_t)(digit - '0');
		else if (digit >= 'a' && digit <= 'f')
			*value = *value << 4 | (uint8_t)(digit - 'a' + 10);
		else
			return false;
	}
	return true;
}

/* Walks over one entry. False: it is none, or the last one. */
static bool walk_entry(struct walk *walk)
{
	uint64_t name, file;
	bool last;

	if (walk->left < CPIO_HEADER || !begins_with(walk, CPIO_MAGIC, strlen(CPIO_MAGIC)) ||
	    !hexadecimal(walk->next + CPIO_NAME_SIZE, &name) ||
	    !hexadecimal(walk->next + CPIO_FILE_SIZE, &file))
		return false;
	last = walk->left - CPIO_HEADER >= sizeof(CPIO_TRAILER) &&
	       !memcmp(walk->next + CPIO_HEADER, CPIO_TRAILER, sizeof(CPIO_TRAILER));
	skip(walk, align_up(CPIO_HEADER + name, CPIO_ALIGN));
	skip(walk, align_up(file, CPIO_ALIGN));
	return !last;
}

static bool walk_cpio(struct walk *walk)
{
	uint64_t before = walk->left;

	while (walk_entry(walk))
		;
	walk->size.bytes += before - walk->left;
	return walk->left < before;
}

/* The trailer's last four bytes are the size. They are not, if something else follows. */
static bool walk_gzip(struct walk *walk)
{
	uint64_t size;

	if (!begins_with(walk, gzip_magic, sizeof(gzip_magic)))
		return false;
	size = walk->left >= 4 ? little_endian(walk->next + walk->left - 4, 4) : 0;
	if (size + GZIP_SLACK < walk->left || size / GZIP_RATIO > walk->left)
		take_rest(walk, walk->left * USUAL_RATIO, true);
	else
		take_rest(walk, size, false);
	return true;
}

/* Skips the frame's header. Returns the size that it says, 0: it says none. */
static uint64_t zstd_header(struct walk *walk, uint8_t descriptor)
{
	static const uint8_t dictionary[] = {0, 1, 2, 4}, content[] = {0, 2, 4, 8};
	uint32_t count = content[descriptor >> ZSTD_SIZE_SHIFT];
	uint64_t size;

	if (descriptor & ZSTD_SINGLE)
		count = count ? count : 1;
	else
		skip(walk, 1);
	skip(walk, dictionary[descriptor & ZSTD_DICTIONARY]);
	if (walk->left < count)
		return 0;
	size = little_endian(walk->next, count);
	skip(walk, count);
	return count == 2 ? size + ZSTD_SMALL_BIAS : size;
}

static void zstd_blocks(struct walk *walk)
{
	uint64_t header = 0;

	while (walk->left >= ZSTD_BLOCK && !(header & ZSTD_LAST)) {
		header = little_endian(walk->next, ZSTD_BLOCK);
		skip(walk, ZSTD_BLOCK);
		skip(walk, (header >> ZSTD_TYPE_SHIFT & ZSTD_TYPE) == ZSTD_TYPE_RLE
				   ? 1
				   : header >> ZSTD_BLOCK_SHIFT);
	}
}

static bool walk_zstd(struct walk *walk)
{
	uint64_t before = walk->left, size;
	uint8_t descriptor;

	if (!begins_with(walk, zstd_magic, sizeof(zstd_magic)) || walk->left == sizeof(zstd_magic))
		return false;
	descriptor = walk->next[sizeof(zstd_magic)];
	skip(walk, sizeof(zstd_magic) + 1);
	size = zstd_header(walk, descriptor);
	zstd_blocks(walk);
	if (descriptor & ZSTD_CHECKSUM)
		skip(walk, 4);
	walk->size.bytes += size ? size : (before - walk->left) * USUAL_RATIO;
	walk->size.estimated |= !size;
	return true;
}

static bool walk_other(struct walk *walk)
{
	for (uint32_t i = 0; i < OTHER_COMPRESSORS; i++) {
		if (!begins_with(walk, other_compressors[i].magic, other_compressors[i].size))
			continue;
		take_rest(walk, walk->left * USUAL_RATIO, true);
		return true;
	}
	return false;
}

struct initrd_size initrd_unpacked(const struct image *initrd)
{
	struct walk walk = {.left = initrd->size};

	if (initrd->size)
		walk.next = phys(initrd->base);
	while (walk.left) {
		if (!*walk.next)
			skip(&walk, 1);
		else if (!walk_cpio(&walk) && !walk_gzip(&walk) && !walk_zstd(&walk) &&
			 !walk_other(&walk))
			take_rest(&walk, walk.left, false); /* Linux keeps it as it is */
	}
	return walk.size;
}
