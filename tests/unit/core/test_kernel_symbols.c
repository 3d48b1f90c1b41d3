// SPDX-License-Identifier: GPL-2.0-only
/* Tests of names for a kernel's addresses, from its own table, which may be anything. */
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_printk.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/core/kernel_symbols.h"

#define BASE	   0xffffffff80000000ull
#define NAMES_AT   (PRINTK_RAM_AT + 52 * KIB)
#define TOKENS_AT  (PRINTK_RAM_AT + 56 * KIB)
#define INDEX_AT   (PRINTK_RAM_AT + 57 * KIB)
#define OFFSETS_AT (PRINTK_RAM_AT + 58 * KIB)
#define COUNT_AT   (PRINTK_RAM_AT + 59 * KIB)
#define BASE_AT	   (PRINTK_RAM_AT + 60 * KIB)
#define END_AT	   (PRINTK_RAM_AT + PRINTK_RAM_SIZE)

static const struct region ram = {.base = PRINTK_RAM_AT, .size = PRINTK_RAM_SIZE};
static struct guest_memory memory;
static char text[KERNEL_SYMBOL_TEXT];

static void name_place(const char *name, uint64_t at)
{
	fake_printk_add("SYMBOL(kallsyms_%s)=%llx\n", name,
			(unsigned long long)fake_printk_virtual(at));
}

static void put_bytes(uint64_t at, const void *bytes, uint64_t size)
{
	memcpy(phys(at), bytes, size);
}

/* Per-CPU "Apart", then "T_text" at the base, "ttext_part" 0x40 behind, "tlong" 0x1000 behind. */
static int start(void **state)
{
	static const uint8_t names[] = {2, 0, 3, 2, 1, 4, 3, 5, 6, 3, 0x82, 0, 2, 7};
	static const char tokens[] = "A\0T_\0t\0part\0text\0ttext\0_\0long";
	static const uint16_t index[] = {0, 2, 5, 7, 12, 17, 23, 25};
	static const int32_t offsets[] = {0x10, -1, -0x41, -0x1001};
	static const uint32_t count = 4;
	static const uint64_t base = BASE;

	(void)state;
	fake_reset();
	fake_memory(PRINTK_RAM_AT, PRINTK_RAM_SIZE, 0);
	fake_printk_describe(8);
	fake_printk_map();
	name_place("names", NAMES_AT);
	name_place("token_table", TOKENS_AT);
	name_place("token_index", INDEX_AT);
	name_place("offsets", OFFSETS_AT);
	name_place("num_syms", COUNT_AT);
	name_place("relative_base", BASE_AT);
	put_bytes(NAMES_AT, names, sizeof(names));
	put_bytes(TOKENS_AT, tokens, sizeof(tokens));
	put_bytes(INDEX_AT, index, sizeof(index));
	put_bytes(OFFSETS_AT, offsets, sizeof(offsets));
	put_bytes(COUNT_AT, &count, sizeof(count));
	put_bytes(BASE_AT, &base, sizeof(base));
	assert_true(guest_memory_init(&memory, &ram, &fake_printk_info));
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static bool has_name(uint64_t address)
{
	return kernel_symbols_name(&memory, &fake_printk_info, address, text);
}

static void assert_name(uint64_t address, const char *name)
{
	assert_true(has_name(address));
	assert_string_equal(text, name);
}

/* names has the tokens of each symbol; the first character of each is its type. */
static void names_and_offsets(void **state)
{
	(void)state;
	assert_name(BASE, "_text+0x0");
	assert_name(BASE + 0x3f, "_text+0x3f");
	assert_name(BASE + 0x40, "text_part+0x0");
	assert_name(BASE + 0xfff, "text_part+0xfbf");
	assert_false(has_name(BASE - 1));
	assert_false(has_name(0x10)); /* a program's address, not a per-CPU variable */
	assert_name(BASE + 0x1001, "long+0x1");
	assert_false(has_name(BASE + 0x1000 + (1 << 20)));
}

/* A length of more than 127 tokens has two bytes. */
static void long_names(void **state)
{
	uint8_t *name = (uint8_t *)phys(NAMES_AT) + 10;

	(void)state;
	name[0] = 0x80;
	name[1] = 1;
	memset(name + 2, 7, 128);
	assert_true(has_name(BASE + 0x1001));
	assert_int_equal(strlen(text), 62 + strlen("+0x1"));
	assert_memory_equal(text, "onglong", 7);
}

static void what_is_wrong_has_no_name(void **state)
{
	static const uint32_t many = 1u << 20 | 1, none = 0;

	(void)state;
	put_bytes(COUNT_AT, &none, sizeof(none));
	assert_false(has_name(BASE));
	put_bytes(COUNT_AT, &many, sizeof(many));
	assert_false(has_name(BASE));
	start(state);
	memset(phys(NAMES_AT), 0, 16); /* no name has any token */
	assert_false(has_name(BASE));
	start(state);
	memset(phys(NAMES_AT), 0x7f, 4 * KIB);
	assert_true(has_name(BASE)); /* of tokens that have no text of their own */
	start(state);
	memset(phys(OFFSETS_AT), 0xff, KIB);
	assert_true(has_name(BASE));		       /* all of them are there */
	fake_printk_add("SYMBOL(kallsyms_names)=0\n"); /* the first one counts */
	assert_true(has_name(BASE));
	fake_printk_describe(8);
	assert_false(has_name(BASE));
}

/* What the note names may lie at the end of RAM, or beyond it. */
static void tables_elsewhere(void **state)
{
	static const char *const names[] = {"names",   "token_table", "token_index",
					    "offsets", "num_syms",    "relative_base"};

	(void)state;
	for (size_t wrong = 0; wrong < sizeof(names) / sizeof(names[0]); wrong++) {
		start(state);
		fake_printk_describe(8);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			static const uint64_t places[] = {NAMES_AT,   TOKENS_AT, INDEX_AT,
							  OFFSETS_AT, COUNT_AT,	 BASE_AT};

			name_place(names[i], i == wrong ? END_AT : places[i]);
		}
		assert_false(has_name(BASE + 0x40));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_and_offsets, start, end),
		cmocka_unit_test_setup_teardown(long_names, start, end),
		cmocka_unit_test_setup_teardown(what_is_wrong_has_no_name, start, end),
		cmocka_unit_test_setup_teardown(tables_elsewhere, start, end),
	};

	return cmocka_run_group_tests_name("kernel_symbols", tests, NULL, NULL);
}
