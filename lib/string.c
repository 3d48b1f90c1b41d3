/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * string.c - memory and strings without a C library.
 *
 * The monitor copies images of many MiB with these, so copies and fills go eight bytes at a time.
 */
#include <stdint.h>
#include "lib/string.h"

/*
 * Without this, gcc would recognise the loops, and replace each with a call of the function that it
 * is in.
 */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

/* Eight bytes at any address. The type needs no alignment, and may overlay objects of any type. */
struct chunk {
	uint64_t value;
} __attribute__((packed, may_alias));

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	uint8_t *d = to;
	const uint8_t *s = from;

#pragma GCC unroll 8
	for (; size >= sizeof(struct chunk); size -= sizeof(struct chunk)) {
		*(struct chunk *)d = *(const struct chunk *)s;
		d += sizeof(struct chunk);
		s += sizeof(struct chunk);
	}
	while (size--)
		*d++ = *s++;
	return to;
}

/* Copies from the end. This is right if `to` lies above `from` and they overlap. */
static void copy_down(uint8_t *to, const uint8_t *from, size_t size)
{
	while (size >= sizeof(struct chunk)) {
		size -= sizeof(struct chunk);
		*(struct chunk *)(to + size) = *(const struct chunk *)(from + size);
	}
	while (size--)
		to[size] = from[size];
}

void *memmove(void *to, const void *from, size_t size)
{
	uint8_t *d = to;
	const uint8_t *s = from;

	if ((uintptr_t)d - (uintptr_t)s < size) {
		copy_down(d, s, size);
		return to;
	}
	/* If `to` lies below `from`, each word is read before a store overwrites it. */
	for (; size >= sizeof(struct chunk); size -= sizeof(struct chunk)) {
		*(struct chunk *)d = *(const struct chunk *)s;
		d += sizeof(struct chunk);
		s += sizeof(struct chunk);
	}
	while (size--)
		*d++ = *s++;
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	const uint64_t every_byte = 0x0101010101010101ull;
	uint64_t value = every_byte * (uint8_t)byte;
	uint8_t *d = to;

#pragma GCC unroll 8
	for (; size >= sizeof(struct chunk); size -= sizeof(struct chunk)) {
		((struct chunk *)d)->value = value;
		d += sizeof(struct chunk);
	}
	while (size--)
		*d++ = (uint8_t)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a, *y = b;

	for (; size >= sizeof(struct chunk) &&
	       ((const struct chunk *)x)->value == ((const struct chunk *)y)->value;
	     size -= sizeof(struct chunk)) {
		x += sizeof(struct chunk);
		y += sizeof(struct chunk);
	}
	for (size_t i = 0; i < size; i++)
		if (x[i] != y[i])
			return x[i] - y[i];
	return 0;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t x = (uint8_t)a[i], y = (uint8_t)b[i];

		if (x != y || !x)
			return x - y;
	}
	return 0;
}
