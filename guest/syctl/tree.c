// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define _GNU_SOURCE
#include "tree.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "syctl.h"

/* Linux's boot protocol: Documentation/arch/x86/boot.rst. */
#define HEADER_MAGIC   0x202
#define HEADER_RELEASE 0x20e /* 16 bits: where the release is, less HEADER_START */
#define HEADER_START   0x200
#define HEADER_END     0x264

#define VERMAGIC       "vermagic="

/* What a module needs of its kernel, and what keeps it out. */
static const struct {
	const char *option;
	bool wanted;
	const char *why;
} options[] = {
	{"CONFIG_MODULES", true,
	 "it loads no modules, so the driver has to be built into it: with our patch series "
	 "(guest/linux/patches), and CONFIG_SWITCHYARD=y"},
	{"CONFIG_MODULE_SIG_FORCE", false, "it loads signed modules only"},
	{"CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY", false, "it loads signed modules only"},
	{"CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY", false, "it loads signed modules only"},
	{"CONFIG_TRIM_UNUSED_KSYMS", false, "it exports only what its own modules use"},
	{"CONFIG_BLK_DEV_INITRD", true, "the driver comes to it in an initrd"},
	{"CONFIG_BINFMT_ELF", true, "its first program is an ELF file"},
	{"CONFIG_X86_64", true, "the driver is for 64-bit kernels"},
	{"CONFIG_SMP", true, "the driver needs it"},
	{"CONFIG_ACPI", true, "the driver finds the monitor by it"},
	{"CONFIG_SUSPEND", true, "the driver suspends the kernel by it"},
	{"CONFIG_PCI", true, "the driver needs it"},
	{"CONFIG_INPUT", true, "the driver needs it"},
	{"CONFIG_NET", true, "the driver needs it"},
};

int contents_read(struct contents *contents, const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	ssize_t got = 0;
	size_t done;

	if (file < 0 || fstat(file, &status) < 0)
		return fail("%s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode) || !status.st_size)
		return fail("%s: expected a file that is not empty", path);
	contents->size = (size_t)status.st_size;
	contents->bytes = calloc(1, contents->size + 1);
	if (!contents->bytes)
		return fail("%s: %s", path, strerror(errno));
	for (done = 0; done < contents->size; done += (size_t)got) {
		got = read(file, (char *)contents->bytes + done, contents->size - done);
		if (got <= 0)
			return fail("%s: it can't be read to its end", path);
	}
	close(file);
	return EXIT_DONE;
}

int kernel_release(const char *path, char release[RELEASE_SIZE])
{
	struct contents kernel = {NULL, 0};
	const uint8_t *bytes;
	size_t at;

	if (contents_read(&kernel, path) != EXIT_DONE)
		return EXIT_FAILED;
	bytes = kernel.bytes;
	if (kernel.size < HEADER_END || memcmp(bytes + HEADER_MAGIC, "HdrS", 4) != 0)
		return fail("%s: expected a bzImage of Linux", path);
	at = HEADER_START + (size_t)(bytes[HEADER_RELEASE] | bytes[HEADER_RELEASE + 1] << 8);
	if (at == HEADER_START || at + RELEASE_SIZE > kernel.size)
		return fail("%s: it does not say its release", path);
	memcpy(release, bytes + at, RELEASE_SIZE);
	release[RELEASE_SIZE - 1] = '\0';
	release[strcspn(release, " ")] = '\0';
	free(kernel.bytes);
	return EXIT_DONE;
}

/* True if a configuration has the line "OPTION=y". */
static bool is_set(const char *config, const char *option)
{
	size_t length = strlen(option);

	for (const char *line = config; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, option, length) == 0 && strncmp(line + length, "=y\n", 3) == 0)
			return true;
	}
	return false;
}

static int check_config(const char *tree, const char *config, bool *has_driver)
{
	*has_driver = is_set(config, "CONFIG_SWITCHYARD");
	for (size_t i = 0; !*has_driver && i < sizeof(options) / sizeof(options[0]); i++)
		if (is_set(config, options[i].option) != options[i].wanted)
			return fail("%s: its kernel is built %s %s: %s", tree,
				    options[i].wanted ? "without" : "with", options[i].option,
				    options[i].why);
	return EXIT_DONE;
}

int tree_check(const char *tree, bool *has_driver)
{
	struct contents config = {NULL, 0};
	char path[PATH_MAX];
	int status;

	snprintf(path, sizeof(path), "%s/.config", tree);
	if (contents_read(&config, path) != EXIT_DONE)
		return EXIT_FAILED;
	status = check_config(tree, config.bytes, has_driver);
	free(config.bytes);
	if (status != EXIT_DONE || *has_driver)
		return status;
	snprintf(path, sizeof(path), "%s/Module.symvers", tree);
	if (access(path, R_OK) < 0)
		return fail("%s: %s; \"make modules\" makes it", path, strerror(errno));
	return EXIT_DONE;
}

int driver_check(const struct contents *driver, const char *path, const char *release)
{
	const char *found = memmem(driver->bytes, driver->size, VERMAGIC, sizeof(VERMAGIC) - 1);
	size_t length = strlen(release);

	if (!found)
		return fail("%s: expected a module of Linux", path);
	found += sizeof(VERMAGIC) - 1;
	if (strncmp(found, release, length) == 0 && found[length] == ' ')
		return EXIT_DONE;
	return fail("%s: it is for %.*s, and the kernel is %s", path, (int)strcspn(found, " "),
		    found, release);
}
