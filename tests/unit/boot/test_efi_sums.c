// SPDX-License-Identifier: GPL-2.0-only
/* Tests of SHA-256, of the list of sums, and of its place in the application's image. */
#include "cmocka.h"
#include <stdio.h>
#include <string.h>
#include "boot/efi/sha256.h"
#include "boot/efi/sums.h"

#define SUM_ABC	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SUM_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void assert_sum(const void *data, uint64_t size, const char *expected)
{
	uint8_t digest[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];

	sha256(data, size, digest);
	for (int i = 0; i < SHA256_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(text, expected);
}

/*
 * FIPS 180-4's examples (NIST, "Examples with intermediate values", SHA256.pdf), and both paddings.
 */
static void test_vectors(void **state)
{
	static char million[1000000];

	(void)state;
	assert_sum("", 0, SUM_EMPTY);
	assert_sum("abc", 3, SUM_ABC);
	assert_sum("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
		   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', sizeof(million));
	assert_sum(million, sizeof(million),
		   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	assert_sum(million, 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
	assert_sum(million, 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
	assert_sum(million, 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

static bool check(const char *list, const char *path, const char *data, struct error *error)
{
	struct sums sums = {.text = list, .size = strlen(list)};

	return sums_check(&sums, path, data, strlen(data), error);
}

static void what_is_listed_is_taken(void **state)
{
	static const char list[] = SUM_EMPTY "  other\n" SUM_ABC " *./Boot/Vmlinuz-A\r\n";
	struct error error;

	(void)state;
	assert_true(check(list, "\\boot\\vmlinuz-a", "abc", &error));
	assert_true(check(SUM_ABC "  /boot/x", "\\boot\\x", "abc", &error));
	assert_true(check(SUM_ABC "  boot\\x", "\\boot\\x", "abc", &error));
}

static void what_is_changed_is_refused(void **state)
{
	struct error error;

	(void)state;
	assert_false(check(SUM_ABC "  boot/x\n", "\\boot\\x", "abd", &error));
	assert_non_null(strstr(error.text, "refused: changed"));
	/* The first line is used. */
	assert_false(
		check(SUM_EMPTY "  boot/x\n" SUM_ABC "  boot/x\n", "\\boot\\x", "abc", &error));
}

static void what_is_not_listed_is_refused(void **state)
{
	static const char *const lists[] = {
		"",
		"\n",
		SUM_ABC,
		SUM_ABC "  ",
		SUM_ABC "  boot/xx\n",
		SUM_ABC "  boot/\n",
		"g" SUM_ABC " boot/x\n",
		"#" SUM_ABC " boot/x\n",
		SUM_ABC "  boot\n",
	};
	struct error error;

	(void)state;
	for (unsigned int i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		assert_false(check(lists[i], "\\boot\\x", "abc", &error));
		assert_non_null(strstr(error.text, "not in the list"));
	}
}

static void no_list_refuses_everything(void **state)
{
	struct sums sums = {0};
	struct error error;

	(void)state;
	assert_false(sums_check(&sums, "\\boot\\x", "abc", 3, &error));
	assert_non_null(strstr(error.text, "Secure Boot is on"));
}

static void a_list_ends_with_the_section(void **state)
{
	static const char text[] = SUM_EMPTY "  boot/y\n\0" SUM_ABC "  boot/x\n";
	struct sums sums = {.text = text, .size = sizeof(text) - 1};
	struct error error;

	(void)state;
	assert_false(sums_check(&sums, "\\boot\\x", "abc", 3, &error));
	sums.size = 80; /* the NUL would be later */
	sums.text = SUM_ABC "  boot/xyz-------------------------";
	assert_false(sums_check(&sums, "\\boot\\xyz", "abc", 3, &error));
}

/* A PE file in memory, with the parts that sums_find() reads: PE Format, sections 2 to 4. */
struct pe_image {
	uint8_t stub[0x3c];
	uint32_t offset;
	uint8_t signature[4];
	uint16_t machine, sections;
	uint32_t zero[3];
	uint16_t optional_size, characteristics;
	uint8_t optional[8];
	struct {
		char name[8];
		uint32_t size, address, rest[6];
	} section[2];
	char list[16];
};

static struct pe_image image_with(const char *name, uint32_t size, uint32_t address)
{
	struct pe_image image = {.offset = 0x40,
				 .signature = "PE\0",
				 .sections = 2,
				 .optional_size = 8,
				 .section = {{.name = ".text", .size = 1, .address = 0},
					     {.size = size, .address = address}},
				 .list = "the list"};

	memcpy(image.section[1].name, name, strlen(name));
	return image;
}

#define LIST_AT __builtin_offsetof(struct pe_image, list)

static void the_section_is_found(void **state)
{
	struct pe_image image = image_with(".sums", 8, LIST_AT);
	struct sums sums;

	(void)state;
	sums_find(&sums, &image, sizeof(image));
	assert_ptr_equal(sums.text, image.list);
	assert_int_equal(sums.size, 8);
}

static void assert_none(const struct pe_image *image, uint64_t size)
{
	struct sums sums;

	sums_find(&sums, image, size);
	assert_null(sums.text);
}

static void other_images_have_no_list(void **state)
{
	struct pe_image image = image_with(".sbat", 8, LIST_AT);

	(void)state;
	assert_none(&image, sizeof(image));
	image = image_with(".sumsx", 8, LIST_AT);
	assert_none(&image, sizeof(image));
	image = image_with(".sums", sizeof(image), LIST_AT);
	assert_none(&image, sizeof(image));
	image = image_with(".sums", 8, UINT32_MAX - 4);
	assert_none(&image, sizeof(image));
	image = image_with(".sums", 8, LIST_AT);
	image.signature[0] = 'N';
	assert_none(&image, sizeof(image));
	image = image_with(".sums", 8, LIST_AT);
	image.offset = UINT32_MAX;
	assert_none(&image, sizeof(image));
	image = image_with(".sums", 8, LIST_AT);
	for (uint64_t size = 0; size < LIST_AT + 8; size++)
		assert_none(&image, size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(what_is_listed_is_taken),
		cmocka_unit_test(what_is_changed_is_refused),
		cmocka_unit_test(what_is_not_listed_is_refused),
		cmocka_unit_test(no_list_refuses_everything),
		cmocka_unit_test(a_list_ends_with_the_section),
		cmocka_unit_test(the_section_is_found),
		cmocka_unit_test(other_images_have_no_list),
	};

	return cmocka_run_group_tests_name("efi_sums", tests, NULL, NULL);
}
