/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * new_image.h - new images for slots, loaded by the kernel of another slot.
 *
 * A slot has at most one job, which is another slot's new image. Its files are copied to the pool
 * piece by piece, so that all is copied before it is judged. When it is complete, it is checked as
 * an image of GRUB's is, and replaces the old image. Files that a slot has already are kept once.
 * Until then, nothing of the other slot changes.
 */
#ifndef MONITOR_SWITCH_NEW_IMAGE_H
#define MONITOR_SWITCH_NEW_IMAGE_H

#include <stdint.h>
#include "guest/linux/switchyard.h"
#include "lib/error.h"
#include "monitor/slot/slot.h"

struct monitor;

struct new_images {
	uint64_t job[SWITCHYARD_MAX_SLOTS]; /* each slot's job, in the pool; 0: it has none */
	uint64_t changes;		    /* how often slots or their images changed */
};

/* A file that is to be loaded. */
struct new_image_file {
	uint32_t kind; /* enum switchyard_file */
	uint64_t size;
	const char *string; /* string_length characters; it may be changed meanwhile */
	uint64_t string_length;
};

enum new_image_result { NEW_IMAGE_DONE, NEW_IMAGE_REFUSED, NEW_IMAGE_AGAIN };

/*
 * These are the steps of a job of the slot that runs. On failure, error says why, and the job is as
 * it was before. new_image_commit() does a part of its work at each call; NEW_IMAGE_AGAIN: there is
 * more. If it is done or refused, the job has ended.
 */
bool new_image_begin(struct monitor *monitor, const struct slot *target, struct error *error);
bool new_image_file(struct monitor *monitor, const struct new_image_file *file,
		    struct error *error);
bool new_image_write(struct monitor *monitor, const void *from, uint64_t size, struct error *error);
enum new_image_result new_image_commit(struct monitor *monitor, struct error *error);

/* Forgets the job of slot number index, if it has one. It is called when that slot has ended. */
void new_image_drop(struct monitor *monitor, uint32_t index);

/* Forgets all jobs for slot number target, which is removed. */
void new_image_drop_for(struct monitor *monitor, uint32_t target);

/* Called when slots or their images have changed: a search for equal images begins anew. */
void new_image_slots_changed(struct monitor *monitor);

#endif
