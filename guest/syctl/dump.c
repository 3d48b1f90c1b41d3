// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * dump.c - `dump`: writes the memory of a slot that does not run, or of a snapshot, to a file.
 *
 * The file is FILE.partial until it is complete and on the disk. By itself, syctl leaves out pages
 * of zeros, as holes. With -d, makedumpfile writes the file, and leaves out what that level says.
 * It reads only kernels of its own kind, so a 32-bit kernel's memory needs the i386's makedumpfile.
 * Levels that syctl itself can do need none there.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "core_file.h"
#include "slot_file.h"

#define MIB	   (1u << 20)
#define PAGE	   4096u
#define PIECE	   MIB
#define PATH_ROOM  4096u
#define LEVEL_ZERO 1 /* what makedumpfile calls it when pages of zeros are left out */
#define LEVEL_MOST 31

struct dump {
	const char *slot, *path, *level; /* level NULL: no makedumpfile */
	bool json;
	struct core core;
	char partial[PATH_ROOM];
	int file;
	uint64_t zero;	      /* bytes that were left out */
	uint64_t sum, sum_at; /* of the file, and where it goes; 0: it has none */
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

/* A person who stops it leaves no file behind. */
static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = stop};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* Ends with a reason, without a file. */
static int give_up(const struct dump *dump, const char *path, int error)
{
	unlink(dump->partial);
	if (error == ESTALE && dump->core.is_snapshot)
		return fail("%s: the snapshot was dropped meanwhile", dump->slot);
	if (error == ESTALE)
		return fail("%s: the slot has run meanwhile, so its memory is not the same any "
			    "more",
			    dump->slot);
	if (stopped)
		return fail("%s: stopped by a signal", dump->path);
	return fail("%s: %s", path, strerror(error));
}

/* Writes pages that are not zero, each run of them at once. A hole has the others. */
static bool write_pages(struct dump *dump, const uint8_t *bytes, size_t size, off_t at)
{
	size_t begin = 0;

	for (size_t page = 0; page <= size; page += PAGE) {
		bool hole = page < size && slot_file_is_zero(bytes + page, PAGE);

		if (page < size && !hole)
			continue;
		if (begin < page && pwrite(dump->file, bytes + begin, page - begin,
					   at + (off_t)begin) != (ssize_t)(page - begin))
			return false;
		dump->zero += hole ? PAGE : 0;
		begin = page + PAGE;
	}
	return true;
}

/* Where the first segment of a core file begins; size: behind these bytes. */
static uint64_t first_segment_64(const uint8_t *bytes, uint64_t size)
{
	const Elf64_Ehdr *elf = (const void *)bytes;
	const Elf64_Phdr *header = (const void *)(bytes + elf->e_phoff);
	uint64_t end = size;

	for (uint32_t i = 0; i < elf->e_phnum; i++)
		if (header[i].p_type == PT_LOAD && header[i].p_offset < end)
			end = header[i].p_offset;
	return end;
}

static uint64_t first_segment_32(const uint8_t *bytes, uint64_t size)
{
	const Elf32_Ehdr *elf = (const void *)bytes;
	const Elf32_Phdr *header = (const void *)(bytes + elf->e_phoff);
	uint64_t end = size;

	for (uint32_t i = 0; i < elf->e_phnum; i++)
		if (header[i].p_type == PT_LOAD && header[i].p_offset < end)
			end = header[i].p_offset;
	return end;
}

/* The headers end where the first segment begins. */
static uint64_t headers_size(const uint8_t *bytes, uint64_t size)
{
	return bytes[EI_CLASS] == ELFCLASS32 ? first_segment_32(bytes, size)
					     : first_segment_64(bytes, size);
}

/* Notes in the file what was left out: the driver's note has a place for it. */
static void note_level(uint8_t *bytes, uint64_t size, int level)
{
	static const char key[] = "\nLEVEL=";
	uint64_t end = headers_size(bytes, size);
	char number[3];

	snprintf(number, sizeof(number), "%-2u", (unsigned int)level % 100);
	for (uint64_t at = 0; at + sizeof(key) + 1 < end; at++)
		if (!memcmp(bytes + at, key, sizeof(key) - 1))
			memcpy(bytes + at + sizeof(key) - 1, number, 2);
}

/* Reads a whole piece, or less at the end. -1: errno says why. */
static ssize_t read_piece(const struct dump *dump, uint8_t *bytes, off_t at)
{
	ssize_t got = read_whole(dump->core.file, bytes, PIECE, at);

	if (!stopped)
		return got;
	errno = EINTR;
	return -1;
}

/* `restore --from` wants it. Returns 0 or an errno. */
static int write_sum(const struct dump *dump)
{
	char digits[SLOT_FILE_DIGITS];

	if (!dump->sum_at)
		return 0;
	snprintf(digits, sizeof(digits), "%016llx", (unsigned long long)dump->sum);
	errno = ENOSPC;
	return pwrite(dump->file, digits, strlen(digits), (off_t)dump->sum_at) ==
			       (ssize_t)strlen(digits)
		       ? 0
		       : errno;
}

/* Copies the core. Returns 0, or an errno; *path is what it is about. */
static int copy_core(struct dump *dump, const char **path)
{
	uint8_t *bytes = malloc(PIECE);
	ssize_t got = bytes ? 1 : 0;
	int error = bytes ? 0 : ENOMEM;

	for (off_t at = 0; got > 0 && !error; at += got) {
		*path = dump->core.path;
		got = read_piece(dump, bytes, at);
		if (got < 0)
			error = errno;
		if (got <= 0)
			break;
		if (!at) {
			note_level(bytes, (uint64_t)got, LEVEL_ZERO | core_level(&dump->core));
			dump->sum_at =
				slot_file_sum_place(bytes, headers_size(bytes, (uint64_t)got));
		}
		if (dump->sum_at)
			slot_file_add(&dump->sum, bytes, (size_t)got, (uint64_t)at);
		*path = dump->path;
		errno = ENOSPC; /* a write that is cut short has no errno */
		if (!write_pages(dump, bytes, (size_t)got, at))
			error = errno;
		show_progress((uint64_t)at, dump->core.size);
	}
	free(bytes);
	*path = error && !bytes ? dump->path : *path;
	if (!error && ftruncate(dump->file, (off_t)dump->core.size) < 0)
		error = errno;
	if (!error)
		error = write_sum(dump);
	if (!error)
		show_progress(dump->core.size, dump->core.size);
	return error;
}

static int write_core(struct dump *dump)
{
	const char *path = dump->path;
	int error;

	if (!dump->json) {
		printf("dumping %s: %.1f MiB ", dump->slot, (double)dump->core.size / MIB);
		begin_progress();
	}
	error = copy_core(dump, &path);
	if (!error && fsync(dump->file) < 0)
		error = errno;
	return error ? give_up(dump, path, error) : EXIT_DONE;
}

/* makedumpfile shows its own progress, and says what is wrong. */
static int run_makedumpfile(struct dump *dump)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (dump->json)
			dup2(STDERR_FILENO, STDOUT_FILENO);
		execlp("makedumpfile", "makedumpfile", "-f", "-l", "-d", dump->level,
		       dump->core.path, dump->partial, (char *)NULL);
		fail("makedumpfile: %s; install it, or leave out -d", strerror(errno));
		_exit(127);
	}
	while (child < 0 || (waitpid(child, &status, 0) < 0 && errno == EINTR))
		if (child < 0)
			return give_up(dump, "makedumpfile", errno);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !stopped && fsync(dump->file) == 0)
		return EXIT_DONE;
	unlink(dump->partial);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return EXIT_FAILED;
	if (dump->core.is_32)
		return fail("%s: makedumpfile has failed; %s's kernel is 32-bit, which only the "
			    "i386's makedumpfile reads: leave out -d; no file is left",
			    dump->path, dump->slot);
	return fail("%s: makedumpfile has failed; no file is left", dump->path);
}

/* The name counts only when the folder is on the disk, too. */
static void sync_folder(const char *path)
{
	char copy[PATH_ROOM];
	int folder;

	snprintf(copy, sizeof(copy), "%s", path);
	folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0) {
		fsync(folder);
		close(folder);
	}
}

static void show_json(const struct dump *dump, uint64_t written, double seconds)
{
	printf("{\"slot\": \"%s\", \"file\": ", dump->slot);
	print_json_text(dump->path, strlen(dump->path));
	printf(", \"level\": %d, \"size\": %llu, \"written\": %llu, \"seconds\": %.3f}\n",
	       dump->level ? atoi(dump->level) : LEVEL_ZERO | core_level(&dump->core),
	       (unsigned long long)dump->core.size, (unsigned long long)written, seconds);
}

static void show_result(const struct dump *dump, double seconds)
{
	double rate = (double)dump->core.size / MIB / (seconds > 0.001 ? seconds : 0.001);
	struct stat status = {.st_blocks = 0};

	stat(dump->path, &status);
	if (dump->json)
		show_json(dump, (uint64_t)status.st_blocks * 512, seconds);
	else if (dump->level)
		printf("%s: %.1f MiB of %.1f MiB, in %.1f s\n", dump->path,
		       (double)status.st_blocks * 512 / MIB, (double)dump->core.size / MIB,
		       seconds);
	else
		printf("%s: %.1f MiB of zeros left out; %.1f s, %.0f MiB/s\n", dump->path,
		       (double)dump->zero / MIB, seconds, rate);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The file takes the place of what has that name, which must not be /dev/null, say. */
static bool may_be_replaced(const char *path)
{
	struct stat status;

	return stat(path, &status) < 0 || S_ISREG(status.st_mode);
}

/*
 * What another syctl has begun is left alone. That one may have renamed it between open() and
 * flock(). A file system without locks is no reason to have no dump.
 */
static bool is_first(const struct dump *dump)
{
	struct stat own, named;

	if (flock(dump->file, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return false;
	return fstat(dump->file, &own) == 0 && stat(dump->partial, &named) == 0 &&
	       own.st_dev == named.st_dev && own.st_ino == named.st_ino;
}

static int open_partial(struct dump *dump)
{
	dump->file = open(dump->partial, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (dump->file < 0)
		return fail("%s: %s", dump->partial, strerror(errno));
	if (!is_first(dump))
		return fail("%s: another syctl writes it", dump->partial);
	if (ftruncate(dump->file, 0) < 0)
		return fail("%s: %s", dump->partial, strerror(errno));
	return EXIT_DONE;
}

static int write_dump(struct dump *dump)
{
	double begin = now();
	int status;

	if (!may_be_replaced(dump->path))
		return fail("%s: no regular file; expected one, or a name that nothing has",
			    dump->path);
	if (snprintf(dump->partial, sizeof(dump->partial), "%s.partial", dump->path) >=
	    (int)sizeof(dump->partial))
		return fail("%s: %s", dump->path, strerror(ENAMETOOLONG));
	status = open_partial(dump);
	if (status != EXIT_DONE)
		return status;
	catch_signals();
	status = dump->level ? run_makedumpfile(dump) : write_core(dump);
	if (status != EXIT_DONE)
		return status;
	if (rename(dump->partial, dump->path) < 0)
		return give_up(dump, dump->path, errno);
	close(dump->file);
	sync_folder(dump->path);
	end_progress(true);
	show_result(dump, now() - begin);
	return EXIT_DONE;
}

static bool is_level(const char *text)
{
	char *end;
	long level = strtol(text, &end, 10);

	return *text >= '0' && *text <= '9' && !*end && level <= LEVEL_MOST;
}

/* A level that is done without makedumpfile. */
static bool is_own_level(const struct dump *dump)
{
	return !dump->level || (dump->core.is_32 && strtol(dump->level, NULL, 10) <= LEVEL_ZERO);
}

static bool dump_option(void *context, const char *option, char *value)
{
	struct dump *dump = context;

	if (strcmp(option, "-d") != 0 || dump->level || !is_level(value))
		return false;
	dump->level = value;
	return true;
}

int run_dump(int count, char **word, const struct options *options)
{
	static struct dump dump;
	int device;

	dump.json = options->json;
	if (options->force || options->quick || options->deep)
		return wrong_usage("dump");
	for (int i = 0; i < count; i++) {
		if (strcmp(word[i], "--json") == 0)
			dump.json = true;
		else if (i + 1 < count && dump_option(&dump, word[i], word[i + 1]))
			i++;
		else if (word[i][0] == '-' || (dump.slot && dump.path))
			return wrong_usage("dump");
		else
			*(dump.slot ? &dump.path : &dump.slot) = word[i];
	}
	if (!dump.path)
		return wrong_usage("dump");
	device = open_device();
	if (device < 0 || open_core(device, dump.slot, &dump.core) != EXIT_DONE)
		return EXIT_FAILED;
	warn_of_changes(&dump.core);
	if (is_own_level(&dump))
		dump.level = NULL;
	return write_dump(&dump);
}
