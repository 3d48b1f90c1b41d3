// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/core/kernel_symbols.h"
#include "lib/print.h"
#include "lib/units.h"

#define MOST_SYMBOLS (1u << 20) /* Debian's kernels have some 200,000 */
#define MOST_BYTES   (1u << 20) /* behind the symbol before: no function is longer */
#define LONG_LENGTH  0x80	/* the length has a second byte, with the bits above these */
#define OFFSET_SIZE  4
#define NAME_SIZE    64
#define CACHE_SIZE   1024

struct symbols {
	const struct guest_memory *memory;
	uint64_t names, tokens, token_index, offsets, base;
	uint32_t count;
	uint64_t cached; /* the address of what cache has; 0: nothing */
	uint8_t cache[CACHE_SIZE];
};

static bool open_symbols(const struct guest_memory *memory, const struct vmcoreinfo *info,
			 struct symbols *symbols)
{
	uint64_t count, base;

	symbols->memory = memory;
	symbols->cached = 0;
	if (!memory->is_64 || !vmcoreinfo_number(info, "SYMBOL(kallsyms_num_syms)", &count) ||
	    !vmcoreinfo_number(info, "SYMBOL(kallsyms_names)", &symbols->names) ||
	    !vmcoreinfo_number(info, "SYMBOL(kallsyms_token_table)", &symbols->tokens) ||
	    !vmcoreinfo_number(info, "SYMBOL(kallsyms_token_index)", &symbols->token_index) ||
	    !vmcoreinfo_number(info, "SYMBOL(kallsyms_offsets)", &symbols->offsets) ||
	    !vmcoreinfo_number(info, "SYMBOL(kallsyms_relative_base)", &base) ||
	    !guest_memory_number(memory, count, OFFSET_SIZE, &count) ||
	    !guest_memory_number(memory, base, sizeof(base), &symbols->base))
		return false;
	symbols->count = (uint32_t)count;
	return count && count <= MOST_SYMBOLS;
}

/*
 * The address of symbol number i. Linux has per-CPU variables first, by offsets that are not
 * negative. All others are negative: below the base, counted backwards.
 */
static bool address_of(const struct symbols *symbols, uint32_t i, uint64_t *address)
{
	uint64_t offset;

	if (!guest_memory_number(symbols->memory, symbols->offsets + i * (uint64_t)OFFSET_SIZE,
				 OFFSET_SIZE, &offset))
		return false;
	*address = (int32_t)offset < 0 ? symbols->base - 1 - (uint64_t)(int64_t)(int32_t)offset
				       : offset;
	return true;
}

/* The last symbol at or before the address. They are sorted, if the kernel is as it says. */
static bool find_symbol(const struct symbols *symbols, uint64_t address, uint32_t *found,
			uint64_t *start)
{
	uint32_t low = 0, high = symbols->count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		uint64_t at;

		if (!address_of(symbols, middle, &at))
			return false;
		if (at <= address)
			low = middle;
		else
			high = middle;
	}
	*found = low;
	return address_of(symbols, low, start) && *start <= address &&
	       address - *start < MOST_BYTES;
}

/* Names are read one after the other, and most are a few bytes long. */
static bool table_byte(struct symbols *symbols, uint64_t at, uint8_t *byte)
{
	if (!symbols->cached || at < symbols->cached || at - symbols->cached >= CACHE_SIZE) {
		symbols->cached = align_down(at, CACHE_SIZE);
		if (!guest_memory_read(symbols->memory, symbols->cached, symbols->cache,
				       CACHE_SIZE)) {
			symbols->cached = 0;
			return false;
		}
	}
	*byte = symbols->cache[at - symbols->cached];
	return true;
}

/* A name is a length, and so many tokens. Moves *at to the first token. */
static bool packed_length(struct symbols *symbols, uint64_t *at, uint32_t *length)
{
	uint8_t low, high;

	if (!table_byte(symbols, (*at)++, &low))
		return false;
	*length = low;
	if (!(low & LONG_LENGTH))
		return true;
	if (!table_byte(symbols, (*at)++, &high))
		return false;
	*length = (uint32_t)(low & (LONG_LENGTH - 1)) | (uint32_t)high << 7;
	return true;
}

/* Appends a token's text to the name, as far as there is room. */
static bool add_token(const struct symbols *symbols, uint8_t token, char *name, uint32_t *used)
{
	uint64_t offset, character;

	if (!guest_memory_number(symbols->memory, symbols->token_index + token * 2ull, 2, &offset))
		return false;
	while (*used < NAME_SIZE - 1) {
		if (!guest_memory_number(symbols->memory, symbols->tokens + offset++, 1,
					 &character))
			return false;
		if (!character)
			return true;
		name[(*used)++] = character > ' ' && character <= '~' ? (char)character : '?';
	}
	return true;
}

/* The first character of a name is its type, as nm prints it. */
static bool read_name(struct symbols *symbols, uint32_t number, char *name)
{
	uint64_t at = symbols->names;
	uint32_t length, used = 0;
	uint8_t token;

	for (uint32_t i = 0; i < number; i++) {
		if (!packed_length(symbols, &at, &length))
			return false;
		at += length;
	}
	if (!packed_length(symbols, &at, &length))
		return false;
	for (; length > 0 && used < NAME_SIZE - 1; length--)
		if (!table_byte(symbols, at++, &token) || !add_token(symbols, token, name, &used))
			return false;
	name[used] = '\0';
	return used > 1;
}

bool kernel_symbols_name(const struct guest_memory *memory, const struct vmcoreinfo *info,
			 uint64_t address, char text[KERNEL_SYMBOL_TEXT])
{
	static struct symbols symbols;
	char name[NAME_SIZE];
	uint32_t number;
	uint64_t start;

	if (!open_symbols(memory, info, &symbols) || address < memory->image_start ||
	    !find_symbol(&symbols, address, &number, &start) || !read_name(&symbols, number, name))
		return false;
	format_text(text, KERNEL_SYMBOL_TEXT, "%s+0x%lx", name + 1, address - start);
	return true;
}
