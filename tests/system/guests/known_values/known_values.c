// SPDX-License-Identifier: GPL-2.0-only
/*
 * known_values.c - a module with a structure whose values a debugger has to find. What is in it comes
 * from the parameters, so nothing in the module's file has it.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

static char *word = "";
static unsigned long number;
module_param(word, charp, 0444);
module_param(number, ulong, 0444);
MODULE_PARM_DESC(word, "goes into the structure");
MODULE_PARM_DESC(number, "its multiples go there, too");

struct known_values {
	char word[32];
	unsigned long multiple[4];
};

struct known_values known_values;

static int __init known_values_init(void)
{
	unsigned int i;

	strscpy(known_values.word, word, sizeof(known_values.word));
	for (i = 0; i < ARRAY_SIZE(known_values.multiple); i++)
		known_values.multiple[i] = (i + 1) * number;
	return 0;
}

static void __exit known_values_exit(void)
{
}

module_init(known_values_init);
module_exit(known_values_exit);

MODULE_DESCRIPTION("Values that are known");
MODULE_LICENSE("GPL");
