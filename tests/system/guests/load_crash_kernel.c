// SPDX-License-Identifier: GPL-2.0-only
/*
 * load_crash_kernel.c - loads the kernel that Linux starts when it panics, as "kexec -p" does.
 *
 * load_crash_kernel KERNEL INITRD "COMMAND LINE"
 */
#include <fcntl.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int kernel, initrd;

	if (argc != 4) {
		fprintf(stderr, "error: 3 arguments expected\n");
		return 2;
	}
	kernel = open(argv[1], O_RDONLY);
	initrd = open(argv[2], O_RDONLY);
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(argv[3]) + 1, argv[3],
		    (unsigned long)KEXEC_FILE_ON_CRASH)) {
		perror("error: kexec_file_load");
		return 1;
	}
	return 0;
}
