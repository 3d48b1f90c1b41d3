// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the number by which two kernels know a disk: other kernels compute the same one. */
#include <cmocka.h>
#include "guest/linux/format/unit.h"

/* docs/GUEST-ABI.md, section 10, has these. */
static void texts_have_these_numbers(void **state)
{
	(void)state;
	assert_int_equal(switchyard_unit("nsid1"), 0x37fe);
	assert_int_equal(switchyard_unit("ata2 0:0:0"), 0x6549);
	assert_int_equal(switchyard_unit("scsi 0:3:0"), 0xe331);
	assert_int_equal(switchyard_unit("usb 0:0:0 0951:1666 08606E6D"), 0x32f9);
	assert_int_equal(switchyard_unit("naa.5000c50015ea71ac"), 0xc33d);
}

/* These come to 0 and 1. */
static void no_text_has_a_number_with_another_meaning(void **state)
{
	(void)state;
	assert_int_equal(switchyard_unit("nsid76135"), 2);
	assert_int_equal(switchyard_unit("nsid67467"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_have_these_numbers),
		cmocka_unit_test(no_text_has_a_number_with_another_meaning),
	};

	return cmocka_run_group_tests_name("unit", tests, NULL, NULL);
}
