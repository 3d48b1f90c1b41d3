// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * restore_file.c - `restore`: of a snapshot that the monitor has, or, with --from, of a file that
 * `dump` has written of one. The file is read twice: to check all of it, and to restore it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core_file.h"
#include "slot_file.h"

#define MIB   (1u << 20)
#define PIECE SWITCHYARD_PIECE

_Static_assert(PIECE <= SWITCHYARD_FILE_MOST && PIECE % SLOT_FILE_PAGE == 0, "it goes at once");

struct restore {
	const char *name, *path; /* of a snapshot, or of a file */
	bool json, force, wrong;
	int device, file;
	uint64_t done, all; /* bytes of both readings */
	uint32_t id;	    /* of what was begun */
	uint8_t *head, *piece;
	struct slot_file of;
};

static bool restore_flag(void *context, const char *word)
{
	struct restore *restore = context;

	if (strcmp(word, "--force") != 0)
		return false;
	restore->force = true;
	return true;
}

static bool restore_option(void *context, const char *option, char *value)
{
	struct restore *restore = context;

	if (strcmp(option, "--from") != 0 || restore->path)
		return false;
	restore->path = value;
	return true;
}

static int ask_file(struct restore *restore, struct switchyard_ask *ask, const void *buffer,
		    size_t size)
{
	ask->service = SWITCHYARD_RESTORE_FILE;
	ask->slot = restore->id;
	ask->buffer = (uintptr_t)buffer;
	ask->length = size;
	return ask_monitor(restore->device, restore->path, ask);
}

/* The monitor looks at the record, and forgets what was begun before. */
static int begin_restore(struct restore *restore)
{
	struct switchyard_ask ask = {.kind = SWITCHYARD_FILE_BEGIN |
					     (restore->force ? SWITCHYARD_RESTORE_FORCE : 0)};
	int status = ask_file(restore, &ask, restore->head + restore->of.record_at,
			      restore->of.record_size);

	restore->id = (uint32_t)ask.done;
	return status;
}

/* Sends pages that are one after the other, without zeros at their ends, which are there already. */
static int send_pages(struct restore *restore, const uint8_t *bytes, size_t size, uint64_t address)
{
	struct switchyard_ask ask = {.kind = SWITCHYARD_FILE_PAGES};

	while (size && slot_file_is_zero(bytes, SLOT_FILE_PAGE)) {
		bytes += SLOT_FILE_PAGE;
		address += SLOT_FILE_PAGE;
		size -= SLOT_FILE_PAGE;
	}
	while (size && slot_file_is_zero(bytes + size - SLOT_FILE_PAGE, SLOT_FILE_PAGE))
		size -= SLOT_FILE_PAGE;
	ask.bytes = address;
	return size ? ask_file(restore, &ask, bytes, size) : EXIT_DONE;
}

/* What the slot's memory has of these bytes, which are whole pages there. */
static int send_piece(struct restore *restore, const uint8_t *bytes, size_t size, uint64_t at)
{
	int status = EXIT_DONE;

	for (uint32_t i = 0; i < restore->of.piece_count && status == EXIT_DONE; i++) {
		const struct slot_file_piece *piece = &restore->of.piece[i];
		uint64_t begin = at > piece->offset ? at : piece->offset;
		uint64_t end = at + size, last = piece->offset + piece->size;

		end = end < last ? end : last;
		if (begin < end)
			status = send_pages(restore, bytes + (begin - at), end - begin,
					    piece->physical + (begin - piece->offset));
	}
	return status;
}

/* In the sum, the place of the sum itself counts as if it had none yet. */
static void hide_sum(const struct restore *restore, uint8_t *bytes, size_t size, uint64_t at)
{
	uint64_t place = restore->of.sum_at;

	for (size_t i = 0; i < strlen(SWITCHYARD_NO_SUM); i++)
		if (place + i >= at && place + i - at < size)
			bytes[place + i - at] = (uint8_t)SWITCHYARD_NO_SUM[i];
}

/* Reads all of the file, and sends its memory if it is to be sent. */
static int read_file(struct restore *restore, bool send)
{
	uint64_t sum = 0, at = 0;
	int status = EXIT_DONE;

	while (at < restore->of.size && status == EXIT_DONE) {
		ssize_t got = read_whole(restore->file, restore->piece, PIECE, (off_t)at);

		if (got < 0)
			return fail("%s: %s", restore->path, strerror(errno));
		if (!got)
			break;
		hide_sum(restore, restore->piece, (size_t)got, at);
		slot_file_add(&sum, restore->piece, (size_t)got, at);
		if (send)
			status = send_piece(restore, restore->piece, (size_t)got, at);
		at += (uint64_t)got;
		restore->done += (uint64_t)got;
		show_progress(restore->done, restore->all);
	}
	if (status == EXIT_DONE && (sum != restore->of.sum || at != restore->of.size))
		return fail("%s: damaged: its sum is %016llx; expected %016llx", restore->path,
			    (unsigned long long)sum, (unsigned long long)restore->of.sum);
	return status;
}

static int commit_restore(struct restore *restore)
{
	struct switchyard_ask ask = {.kind = SWITCHYARD_FILE_COMMIT};

	return ask_file(restore, &ask, restore->head + restore->of.record_at,
			restore->of.record_size);
}

/* What the monitor would refuse is known before the file is read, which takes longer. */
static int restore_parts(struct restore *restore)
{
	int status = begin_restore(restore);

	if (status == EXIT_DONE)
		status = read_file(restore, false);
	if (status == EXIT_DONE)
		status = begin_restore(restore);
	if (status == EXIT_DONE)
		status = read_file(restore, true);
	return status == EXIT_DONE ? commit_restore(restore) : status;
}

static uint64_t memory_size(const struct slot_file *file)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < file->piece_count; i++)
		size += file->piece[i].size;
	return size;
}

static int open_file(struct restore *restore)
{
	static char reason[SWITCHYARD_TEXT_SIZE];
	struct stat status;
	const char *error;
	ssize_t got;

	/* A FIFO is not waited for. */
	restore->file = open(restore->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (restore->file < 0 || fstat(restore->file, &status) < 0)
		return fail("%s: %s", restore->path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return fail("%s: no regular file; expected one that \"syctl dump SLOT@NAME FILE\" "
			    "has written",
			    restore->path);
	restore->head = malloc(SLOT_FILE_HEAD);
	restore->piece = malloc(PIECE);
	if (!restore->head || !restore->piece)
		return fail("%s: %s", restore->path, strerror(ENOMEM));
	got = read_whole(restore->file, restore->head, SLOT_FILE_HEAD, 0);
	if (got < 0)
		return fail("%s: %s", restore->path, strerror(errno));
	error = slot_file_read(restore->head, (uint64_t)got, (uint64_t)status.st_size, &restore->of,
			       reason);
	return error ? fail("%s: %s", restore->path, error) : EXIT_DONE;
}

static int restore_from(struct restore *restore)
{
	int status = open_file(restore);

	if (status != EXIT_DONE)
		return status;
	restore->all = 2 * restore->of.size;
	if (!restore->json) {
		printf("restoring %s: slot %s, %llu MiB ", restore->of.snapshot, restore->of.slot,
		       (unsigned long long)memory_size(&restore->of) / MIB);
		begin_progress();
	}
	status = restore_parts(restore);
	if (status != EXIT_DONE)
		return status;
	end_progress(true);
	if (restore->json) {
		printf("{\"snapshot\": \"%s\", \"slot\": \"%s\", \"restored\": true, \"file\": ",
		       restore->of.snapshot, restore->of.slot);
		print_json_text(restore->path, strlen(restore->path));
		printf("}\n");
	}
	return EXIT_DONE;
}

int run_restore(int count, char **word, const struct options *options)
{
	static struct restore restore;
	const struct words words = {.context = &restore,
				    .named = &restore.name,
				    .json = &restore.json,
				    .flag = restore_flag,
				    .option = restore_option};
	struct options its = *options;

	restore.json = options->json;
	restore.force = options->force;
	if (options->quick || options->deep || !read_words(&words, count, word) ||
	    !restore.name == !restore.path)
		return wrong_usage("restore");
	restore.device = open_device();
	if (restore.device < 0)
		return EXIT_FAILED;
	if (restore.path)
		return restore_from(&restore);
	its.json = restore.json;
	its.force = restore.force;
	return restore_snapshot(restore.device, restore.name, &its);
}
