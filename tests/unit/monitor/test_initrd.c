// SPDX-License-Identifier: GPL-2.0-only
/* Tests of how large an initrd is when it is unpacked. */
#include <stdio.h>
#include <string.h>
#include "cmocka.h"
#include "fake/fake.h"
#include "lib/units.h"
#include "monitor/load/initrd.h"

#define IMAGE_AT   (3 * GIB)
#define IMAGE_ROOM (64 * KIB)

static uint8_t *bytes;
static uint64_t size;

static int start(void **state)
{
	(void)state;
	bytes = fake_memory(IMAGE_AT, IMAGE_ROOM, 0);
	size = 0;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void put(const void *data, uint64_t length)
{
	assert_true(size + length <= IMAGE_ROOM);
	memcpy(bytes + size, data, length);
	size += length;
}

static void put_zeros(uint64_t length)
{
	assert_true(size + length <= IMAGE_ROOM);
	memset(bytes + size, 0, length);
	size += length;
}

/* One entry of a cpio archive in the format "newc"; the archive begins at a multiple of 4. */
static void put_entry(const char *name, uint32_t length)
{
	char header[111];

	snprintf(header, sizeof(header), "070701%48s%08X%32s%08X%08X", "", length, "",
		 (unsigned int)strlen(name) + 1, 0);
	put(header, 110);
	put(name, strlen(name) + 1);
	put_zeros(-size & 3);
	put_zeros(align_up(length, 4));
}

/* A frame with one raw block of content bytes, and a header of length bytes behind the magic. */
static void put_zstd(const char *header, uint64_t length, uint32_t content)
{
	uint32_t block = content << 3 | 1;

	put("\x28\xb5\x2f\xfd", 4);
	put(header, length);
	put(&block, 3);
	put_zeros(content);
}

static void expect(uint64_t unpacked, bool estimated)
{
	struct image image = {.base = IMAGE_AT, .size = size, .string = ""};
	struct initrd_size found = initrd_unpacked(&image);

	assert_int_equal(found.bytes, unpacked);
	assert_int_equal(found.estimated, estimated);
}

static void no_initrd(void **state)
{
	(void)state;
	expect(0, false);
}

static void plain(void **state)
{
	(void)state;
	put_entry("etc", 0);
	put_entry("etc/motd", 1000);
	put_entry("TRAILER!!!", 0);
	expect(size, false);
	put_zeros(400); /* archives are padded to 512 bytes */
	expect(size - 400, false);
}

static void gzip(void **state)
{
	uint32_t unpacked = 3000000;

	(void)state;
	put("\x1f\x8b\x08", 3);
	put_zeros(9000);
	put(&unpacked, 4);
	expect(3000000, false);
}

/* The last four bytes can't be the size of what deflate makes: too small, or too large. */
static void gzip_with_something_behind(void **state)
{
	uint32_t sizes[] = {100, 0xffffffff};

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		size = 0;
		put("\x1f\x8b\x08", 3);
		put_zeros(9000);
		put(&sizes[i], 4);
		expect(size * 4, true);
	}
}

static void microcode_before_gzip(void **state)
{
	uint32_t unpacked = 20000;
	uint64_t plain_size;

	(void)state;
	put_entry("kernel/x86/microcode/GenuineIntel.bin", 3000);
	put_entry("TRAILER!!!", 0);
	plain_size = size;
	put_zeros(512 - size % 512);
	put("\x1f\x8b\x08", 3);
	put_zeros(9000);
	put(&unpacked, 4);
	expect(plain_size + 20000, false);
}

/* All four widths of the frame's content size, with and without the window's descriptor. */
static void zstd(void **state)
{
	static const struct {
		uint8_t header[16];
		uint64_t length, content;
	} frames[] = {
		{{0x20, 200}, 2, 200},
		{{0x40, 0x58, 0x10, 0x00}, 4, 0x10 + 256},
		{{0x61, 7, 0x10, 0x20}, 4, 0x2010 + 256},
		{{0x80, 0x58, 1, 2, 3, 4}, 6, 0x04030201},
		{{0xc3, 0x58, 7, 7, 7, 7, 1, 2, 3, 4, 5, 0, 0, 0}, 14, 0x0504030201},
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		size = 0;
		put_zstd((const char *)frames[i].header, frames[i].length, 20);
		expect(frames[i].content, false);
	}
}

/* The first frame has blocks of all kinds and a checksum; a second frame follows it. */
static void frames_of_zstd(void **state)
{
	uint32_t rle = 100000 << 3 | 1 << 1, raw = 10 << 3, last = 50 << 3 | 2 << 1 | 1;

	(void)state;
	put("\x28\xb5\x2f\xfd\x84\x58\x00\x00\x10\x00", 10);
	put(&rle, 3);
	put_zeros(1);
	put(&raw, 3);
	put_zeros(10);
	put(&last, 3);
	put_zeros(50);
	put("\xff\xff\xff\xff", 4);
	put_zstd("\x20\x07", 2, 30);
	expect(0x100000 + 7, false);
}

static void zstd_without_a_size(void **state)
{
	uint64_t first;

	(void)state;
	put_zstd("\x00\x58", 2, 500);
	first = size;
	put_zstd("\x20\x07", 2, 30);
	expect(first * 4 + 7, true);
}

static void other_compressors(void **state)
{
	static const char *const magics[] = {"BZh9", "]\0\0\x80",
					     "\xfd"
					     "7zX",
					     "\x89LZO", "\x02!L\x18"};

	(void)state;
	for (uint32_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		size = 0;
		put(magics[i], 4);
		put_zeros(96);
		expect(400, true);
	}
}

/* Linux keeps it as a file of the same size, for an old initrd with a file system. */
static void something_else(void **state)
{
	(void)state;
	put("something", 9);
	put_zeros(91);
	expect(100, false);
}

/* Every prefix of an image ends somewhere inside of a header. Nothing is read behind it. */
static void cut_anywhere(void **state)
{
	static uint8_t whole[IMAGE_ROOM];

	(void)state;
	put_entry("file", 10);
	put_entry("TRAILER!!!", 0);
	put_zstd("\xc7\x58\1\1\1\1\2\2\2\2\2\0\0\0", 14, 5);
	put_zeros(4);
	put("\x1f\x8b\x08", 3);
	memcpy(whole, bytes, size);
	for (uint64_t cut = 1; cut < size; cut++) {
		struct image image = {.base = IMAGE_AT + IMAGE_ROOM - cut, .size = cut};

		memcpy(bytes + IMAGE_ROOM - cut, whole, cut);
		assert_true(initrd_unpacked(&image).bytes > 0);
	}
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_initrd),
		TEST(plain),
		TEST(gzip),
		TEST(gzip_with_something_behind),
		TEST(microcode_before_gzip),
		TEST(zstd),
		TEST(frames_of_zstd),
		TEST(zstd_without_a_size),
		TEST(other_compressors),
		TEST(something_else),
		TEST(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
