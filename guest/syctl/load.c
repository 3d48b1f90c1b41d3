// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * load.c - gives a slot that does not run another image.
 *
 * The monitor judges the image when all of it is there. Until then, and if it refuses, nothing
 * changes.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "switchyard_names.h"
#include "syctl.h"

#define PAGE 4096u
#define MIB  1048576.0
#define KIB  1024.0

static const char *kind_name(uint32_t kind)
{
	static const char *const names[] = {"", "kernel", "initrd", "module"};

	return names[kind];
}

struct load_file *load_add_file(struct load *load, uint32_t kind, const char *path)
{
	struct load_file *file = &load->file[load->count];

	if (load->count == LOAD_MAX_FILES)
		return NULL;
	load->count++;
	*file = (struct load_file){.kind = kind,
				   .path = path,
				   .name = kind_name(kind),
				   .string = "",
				   .descriptor = -1};
	return file;
}

/* --module FILE[,STRING]: the string begins behind the first comma. */
static bool add_module(struct load *load, char *text)
{
	struct load_file *file = load_add_file(load, SWITCHYARD_FILE_MODULE, text);
	char *comma = strchr(text, ',');

	if (file && comma) {
		*comma = '\0';
		file->string = comma + 1;
	}
	return file;
}

static bool has_kind(const struct load *load, uint32_t kind)
{
	for (uint32_t i = 0; i < load->count; i++)
		if (load->file[i].kind == kind)
			return true;
	return false;
}

static bool parse_option(void *context, const char *option, char *value)
{
	struct load *load = context;

	if (strcmp(option, "--kernel") == 0)
		return !has_kind(load, SWITCHYARD_FILE_KERNEL) &&
		       load_add_file(load, SWITCHYARD_FILE_KERNEL, value);
	if (strcmp(option, "--initrd") == 0)
		return !has_kind(load, SWITCHYARD_FILE_INITRD) &&
		       load_add_file(load, SWITCHYARD_FILE_INITRD, value);
	if (strcmp(option, "--module") == 0)
		return add_module(load, value);
	if (strcmp(option, "--append") != 0 || load->append)
		return false;
	load->append = value;
	return true;
}

bool load_parse(struct load *load, int count, char **word)
{
	const struct words words = {.context = load,
				    .named = &load->slot,
				    .json = &load->json,
				    .option = parse_option};

	if (!read_words(&words, count, word))
		return false;
	for (uint32_t i = 0; i < load->count && load->append; i++)
		if (load->file[i].kind == SWITCHYARD_FILE_KERNEL)
			load->file[i].string = load->append;
	return load->slot && has_kind(load, SWITCHYARD_FILE_KERNEL);
}

static int open_file(struct load_file *file)
{
	struct stat status;

	if (file->descriptor < 0)
		file->descriptor = open(file->path, O_RDONLY | O_CLOEXEC);
	if (file->descriptor < 0 || fstat(file->descriptor, &status) < 0)
		return fail("%s: %s", file->path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return fail("%s: no regular file", file->path);
	if (!status.st_size)
		return fail("%s: the file is empty", file->path);
	file->size = (uint64_t)status.st_size;
	return EXIT_DONE;
}

/* A load that is under way. */
struct transfer {
	int device;
	const struct load *load;
	char *piece;
	size_t piece_size;
	uint64_t total, done;
};

static void say_what_loads(const struct load *load)
{
	if (load->json)
		return;
	printf("loading %s:", load->slot);
	for (uint32_t i = 0; i < load->count; i++) {
		bool large = load->file[i].size >= (uint64_t)MIB;

		printf("%s %s %.1f %s", i ? "," : "", load->file[i].name,
		       (double)load->file[i].size / (large ? MIB : KIB), large ? "MiB" : "KiB");
	}
	putchar(' ');
	begin_progress();
}

/* The kernel may lack memory in one piece, so smaller pieces are tried. */
static int write_piece(struct transfer *transfer, const struct load_file *file, size_t size)
{
	struct switchyard_ask ask = {
		.service = SWITCHYARD_LOAD_WRITE,
		.buffer = (uintptr_t)transfer->piece,
		.length = size,
	};
	size_t written = 0;

	while (written < size) {
		ask.buffer = (uintptr_t)transfer->piece + written;
		ask.length = size - written < transfer->piece_size ? size - written
								   : transfer->piece_size;
		if (ioctl(transfer->device, SWITCHYARD_IOC_ASK, &ask) < 0) {
			if (errno != ENOMEM || transfer->piece_size <= PAGE)
				return fail("%s: %s", file->path, strerror(errno));
			transfer->piece_size /= 2;
			continue;
		}
		if (ask.error)
			return fail("%s: %s", file->path,
				    ask.error == SWITCHYARD_EREFUSED
					    ? ask.text
					    : switchyard_error_text(ask.error));
		written += ask.length;
	}
	return EXIT_DONE;
}

/* Reads as much as there is, up to size. */
static size_t read_whole(int descriptor, char *to, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t more = read(descriptor, to + got, size - got);

		if (more < 0 && errno == EINTR)
			continue;
		if (more <= 0)
			break;
		got += (size_t)more;
	}
	return got;
}

static int send_contents(struct transfer *transfer, const struct load_file *file)
{
	uint64_t left = file->size;

	while (left) {
		size_t size = left < SWITCHYARD_PIECE ? (size_t)left : SWITCHYARD_PIECE;

		if (read_whole(file->descriptor, transfer->piece, size) != size)
			return fail("%s: it can't be read to its end", file->path);
		if (write_piece(transfer, file, size) != EXIT_DONE)
			return EXIT_FAILED;
		left -= size;
		transfer->done += size;
		show_progress(transfer->done, transfer->total);
	}
	return EXIT_DONE;
}

static int send_file(struct transfer *transfer, const struct load_file *file)
{
	struct switchyard_ask ask = {
		.service = SWITCHYARD_LOAD_FILE,
		.kind = file->kind,
		.bytes = file->size,
		.buffer = (uintptr_t)file->string,
		.length = strlen(file->string),
	};

	if (ask_monitor(transfer->device, file->path, &ask) != EXIT_DONE)
		return EXIT_FAILED;
	return send_contents(transfer, file);
}

static int send_all(struct transfer *transfer)
{
	struct switchyard_ask commit = {.service = SWITCHYARD_LOAD_COMMIT};
	const struct load *load = transfer->load;

	for (uint32_t i = 0; i < load->count; i++)
		if (send_file(transfer, &load->file[i]) != EXIT_DONE)
			return EXIT_FAILED;
	return ask_monitor(transfer->device, load->slot, &commit);
}

static int show_loaded(int device, const struct load *load)
{
	uint64_t size[SWITCHYARD_FILE_MODULE + 1] = {0};
	struct switchyard_list list;
	uint32_t slot;

	if (!get_list(device, &list) || !(slot = named_slot(&list, load->slot)))
		return EXIT_FAILED;
	for (uint32_t i = 0; i < load->count; i++)
		size[load->file[i].kind] += load->file[i].size;
	printf("{\"slot\": \"%s\", \"state\": \"%s\", \"type\": \"%s\", "
	       "\"kernel\": %" PRIu64 ", \"initrd\": %" PRIu64 ", \"modules\": %" PRIu64 "}\n",
	       load->slot, switchyard_state_name(list.slot[slot - 1].state),
	       switchyard_type_name(list.slot[slot - 1].type), size[SWITCHYARD_FILE_KERNEL],
	       size[SWITCHYARD_FILE_INITRD], size[SWITCHYARD_FILE_MODULE]);
	return EXIT_DONE;
}

int load_send(int device, struct load *load)
{
	struct transfer transfer = {.device = device, .load = load, .piece_size = SWITCHYARD_PIECE};
	struct switchyard_ask begin = {.service = SWITCHYARD_LOAD_BEGIN};
	struct switchyard_list list;
	int status;

	for (uint32_t i = 0; i < load->count; i++) {
		if (open_file(&load->file[i]) != EXIT_DONE)
			return EXIT_FAILED;
		transfer.total += load->file[i].size;
	}
	if (!get_list(device, &list))
		return EXIT_FAILED;
	begin.slot = named_slot(&list, load->slot);
	if (!begin.slot || ask_monitor(device, load->slot, &begin) != EXIT_DONE)
		return EXIT_FAILED;
	transfer.piece = malloc(SWITCHYARD_PIECE);
	if (!transfer.piece)
		return fail("%s: %s", load->slot, strerror(errno));
	say_what_loads(load);
	status = send_all(&transfer);
	free(transfer.piece);
	end_progress(status == EXIT_DONE);
	return status;
}

int load_image(int device, struct load *load)
{
	if (load_send(device, load) != EXIT_DONE)
		return EXIT_FAILED;
	return load->json ? show_loaded(device, load) : EXIT_DONE;
}
