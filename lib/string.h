/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * string.h - the memory and string functions that C compilers and this program expect.
 *
 * The contracts are those of ISO C (C11, section 7.24). Programs on the host use the C library's
 * functions, which sanitizers know.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#ifdef SWITCHYARD_HOST
#include <string.h>
#else

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t size);

#endif
#endif
