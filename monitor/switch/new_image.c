// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/new_image.h"
#include "arch/x86/memory/phys.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/units.h"
#include "lib/xxh64.h"
#include "monitor/load/load.h"
#include "monitor/plan/plan_slots.h"
#include "monitor/plan/pool.h"
#include "monitor/slot/life.h"
#include "monitor/switch/monitor.h"

#define JOB_SIZE PAGE_SIZE

/* Bytes that one call compares. Interrupts are off meanwhile. */
#define COMPARED_AT_ONCE (256 * KIB)

/* A file's place in a slot: slot_image(). */
#define KERNEL_NUMBER 0
#define INITRD_NUMBER 1
#define FIRST_MODULE  2

struct file {
	struct image image;
	uint64_t done; /* bytes that are written */
	struct xxh64_state sum;
	uint32_t number; /* its place in a slot */
	uint64_t same;	 /* the place of an image with the same contents; 0: none is known */
};

/* A job lies in the pool. */
struct job {
	uint32_t target; /* index of the slot that gets the image */
	uint32_t count;	 /* of files; the last one may be incomplete */
	struct file file[SLOT_IMAGES];
	/* How far the search for images with the same contents has come. */
	uint64_t changes; /* new_images.changes when it began */
	uint32_t searched, candidate;
	uint64_t offset;
	bool judged;	     /* scratch can run it */
	struct slot scratch; /* the slot, as it would be with the new image */
};
_Static_assert(sizeof(struct job) <= JOB_SIZE, "JOB_SIZE bytes of the pool hold a job");

static struct job *job_of(const struct monitor *monitor, uint32_t index)
{
	return monitor->new_images.job[index] ? phys(monitor->new_images.job[index]) : NULL;
}

/* The job of the slot that runs. */
static struct job *current_job(const struct monitor *monitor, struct error *error)
{
	struct job *job = job_of(monitor, monitor->current);

	if (!job)
		fail(error, "nothing is being loaded; expected LOAD_BEGIN first");
	return job;
}

static void drop_file(struct plan *plan, const struct image *image)
{
	pool_give(plan, image->base, image->size);
	if (image->string_base)
		pool_give(plan, image->string_base, PAGE_SIZE);
}

/* Frees the job itself. Its files stay. */
static void end_job(struct monitor *monitor, uint32_t index)
{
	pool_give(&monitor->plan, monitor->new_images.job[index], JOB_SIZE);
	monitor->new_images.job[index] = 0;
}

void new_image_drop(struct monitor *monitor, uint32_t index)
{
	const struct job *job = job_of(monitor, index);

	if (!job)
		return;
	for (uint32_t i = 0; i < job->count; i++)
		drop_file(&monitor->plan, &job->file[i].image);
	end_job(monitor, index);
}

void new_image_drop_for(struct monitor *monitor, uint32_t target)
{
	for (uint32_t i = 0; i < SWITCHYARD_MAX_SLOTS; i++) {
		const struct job *job = job_of(monitor, i);

		if (job && job->target == target)
			new_image_drop(monitor, i);
	}
}

void new_image_slots_changed(struct monitor *monitor)
{
	monitor->new_images.changes++;
}

bool new_image_begin(struct monitor *monitor, const struct slot *target, struct error *error)
{
	uint64_t *place = &monitor->new_images.job[monitor->current];
	struct job *job;

	if (!life_allows(target, LIFE_LOAD, error))
		return false;
	new_image_drop(monitor, monitor->current);
	if (!pool_take(&monitor->plan, JOB_SIZE, place, error)) {
		*place = 0;
		return false;
	}
	job = phys(*place);
	memset(job, 0, sizeof(*job));
	job->target = slot_index(&monitor->slots, target);
	return true;
}

static bool has_number(const struct job *job, uint32_t number)
{
	for (uint32_t i = 0; i < job->count; i++)
		if (job->file[i].number == number)
			return true;
	return false;
}

/* Finds the place in a slot for a file of that kind. */
static bool find_number(const struct job *job, uint32_t kind, uint32_t *number, struct error *error)
{
	switch (kind) {
	case SWITCHYARD_FILE_KERNEL:
		*number = KERNEL_NUMBER;
		return !has_number(job, *number) || fail(error, "a second kernel; expected one");
	case SWITCHYARD_FILE_INITRD:
		*number = INITRD_NUMBER;
		return !has_number(job, *number) || fail(error, "a second initrd; expected one");
	case SWITCHYARD_FILE_MODULE:
		for (*number = FIRST_MODULE; *number < SLOT_IMAGES; ++*number)
			if (!has_number(job, *number))
				return true;
		return fail(error, "module %d; %d is the most", SLOT_MAX_MODULES + 1,
			    SLOT_MAX_MODULES);
	}
	return fail(error, "a file of kind %u; expected 1 to 3", kind);
}

/* Copies the string to a piece of the pool. An empty one needs none. */
static bool keep_string(struct plan *plan, struct image *image, const struct new_image_file *file,
			struct error *error)
{
	char *copy;

	image->string = "";
	if (!file->string_length)
		return true;
	if (file->string_length >= PAGE_SIZE)
		return fail(error, "a string of %lu characters; %lu is the most",
			    file->string_length, PAGE_SIZE - 1);
	if (!pool_take(plan, PAGE_SIZE, &image->string_base, error)) {
		image->string_base = 0;
		return false;
	}
	copy = phys(image->string_base);
	memcpy(copy, file->string, file->string_length);
	copy[file->string_length] = '\0'; /* one that lies before cuts the string */
	image->string = copy;
	return true;
}

static bool is_complete(const struct job *job)
{
	return !job->count ||
	       job->file[job->count - 1].done == job->file[job->count - 1].image.size;
}

bool new_image_file(struct monitor *monitor, const struct new_image_file *file, struct error *error)
{
	struct job *job = current_job(monitor, error);
	struct file new_file = {.image = {.size = file->size}};
	struct image *image = &new_file.image;

	if (!job)
		return false;
	if (!is_complete(job))
		return fail(error, "the file before is not complete");
	if (!file->size)
		return fail(error, "the file is empty");
	if (!find_number(job, file->kind, &new_file.number, error) ||
	    !keep_string(&monitor->plan, image, file, error))
		return false;
	if (!pool_take(&monitor->plan, file->size, &image->base, error)) {
		if (image->string_base)
			pool_give(&monitor->plan, image->string_base, PAGE_SIZE);
		return false;
	}
	xxh64_begin(&new_file.sum);
	job->file[job->count++] = new_file;
	job->judged = false;
	return true;
}

bool new_image_write(struct monitor *monitor, const void *from, uint64_t size, struct error *error)
{
	struct job *job = current_job(monitor, error);
	struct file *file;
	uint64_t left;
	void *to;

	if (!job)
		return false;
	if (is_complete(job))
		return fail(error, "no file is incomplete; expected LOAD_FILE first");
	file = &job->file[job->count - 1];
	left = file->image.size - file->done;
	if (size > left || size > SWITCHYARD_PIECE || !size || (size % PAGE_SIZE && size != left))
		return fail(error,
			    "a piece of %lu bytes, and %lu are left of the file; expected whole "
			    "pages, or the rest, and at most %u",
			    size, left, SWITCHYARD_PIECE);
	to = phys(file->image.base + file->done);
	memcpy(to, from, size);
	if (size == left)
		file->image.sum = xxh64_end(&file->sum, to, size);
	else
		xxh64_add(&file->sum, to, size);
	file->done += size;
	return true;
}

/* Puts the job's files into its copy of the slot. */
static bool put_files(struct job *job, struct error *error)
{
	struct slot *scratch = &job->scratch;

	if (!is_complete(job) || !has_number(job, KERNEL_NUMBER))
		return fail(error, is_complete(job) ? "there is no kernel among the files"
						    : "the last file is not complete");
	for (uint32_t n = 0; n < SLOT_IMAGES; n++)
		*slot_image(scratch, n) = (struct image){.string = ""};
	scratch->module_count = 0;
	for (uint32_t i = 0; i < job->count; i++) {
		*slot_image(scratch, job->file[i].number) = job->file[i].image;
		scratch->module_count += job->file[i].number >= FIRST_MODULE;
	}
	scratch->type = TYPE_AUTO;
	return true;
}

/*
 * Checks that the slot can run the new image. That is done once, at the first call of a commit, as
 * only the slot's state can change until the last one.
 */
static bool judge(const struct monitor *monitor, struct job *job, struct error *error)
{
	const struct slot *slot = &monitor->slots.slot[job->target];
	struct slot *scratch = &job->scratch;

	if (!life_allows(slot, LIFE_LOAD, error) || !pool_can_drop(&monitor->plan, 0, error))
		return false;
	if (job->judged)
		return true;
	*scratch = *slot;
	job->judged = put_files(job, error) && load_inspect(scratch, error) &&
		      plan_slot_fits(scratch, error);
	return job->judged;
}

/*
 * Number n of the images that a file can be the same as: those of all slots, then the files before
 * it. NULL: it can't be the same as that one.
 */
static const struct image *candidate_for(const struct monitor *monitor, const struct job *job,
					 const struct file *file, uint32_t n)
{
	uint32_t of_slots = monitor->slots.count * SLOT_IMAGES;
	const struct image *image =
		n < of_slots ? slot_image(&monitor->slots.slot[n / SLOT_IMAGES], n % SLOT_IMAGES)
			     : &job->file[n - of_slots].image;

	return image->size == file->image.size && image->sum == file->image.sum ? image : NULL;
}

/*
 * Compares the next bytes of the file with those of a candidate. Returns true if the search for this
 * file has ended.
 */
static bool compare_next(const struct monitor *monitor, struct job *job, struct file *file)
{
	uint32_t candidates = monitor->slots.count * SLOT_IMAGES + job->searched;
	const struct image *other = NULL;
	uint64_t size = file->image.size - job->offset;

	while (job->candidate < candidates && !other) {
		other = candidate_for(monitor, job, file, job->candidate);
		job->candidate += !other;
	}
	if (!other)
		return true;
	if (size > COMPARED_AT_ONCE)
		size = COMPARED_AT_ONCE;
	if (memcmp(phys(file->image.base + job->offset), phys(other->base + job->offset), size)) {
		job->candidate++;
		job->offset = 0;
		return false;
	}
	job->offset += size;
	if (job->offset < file->image.size)
		return false;
	file->same = other->base;
	return true;
}

/* Goes on with the search. True: it has ended for all files. */
static bool search_on(const struct monitor *monitor, struct job *job)
{
	if (job->changes != monitor->new_images.changes) {
		job->changes = monitor->new_images.changes;
		job->searched = job->candidate = 0;
		job->offset = 0;
		for (uint32_t i = 0; i < job->count; i++)
			job->file[i].same = 0;
	}
	if (job->searched == job->count)
		return true;
	if (compare_next(monitor, job, &job->file[job->searched])) {
		job->searched++;
		job->candidate = 0;
		job->offset = 0;
	}
	return job->searched == job->count;
}

/* The new image takes the place of the old one, and files that are the same of those before. */
static void replace_image(struct monitor *monitor, struct job *job)
{
	struct slot *slot = &monitor->slots.slot[job->target];
	struct slot old = *slot;

	for (uint32_t i = 0; i < job->count; i++) {
		struct file *file = &job->file[i];
		struct image *image = slot_image(&job->scratch, file->number);

		if (!file->same)
			continue;
		pool_give(&monitor->plan, image->base, image->size);
		image->base = file->same;
	}
	for (uint32_t n = 0; n < SLOT_IMAGES; n++)
		*slot_image(slot, n) = *slot_image(&job->scratch, n);
	slot->module_count = job->scratch.module_count;
	slot->type = job->scratch.type;
	slot->needs = job->scratch.needs;
	life_apply(slot, LIFE_LOAD);
	pool_drop_images(&monitor->plan, &monitor->slots, &old);
	new_image_slots_changed(monitor);
}

enum new_image_result new_image_commit(struct monitor *monitor, struct error *error)
{
	struct job *job = current_job(monitor, error);
	char size[SIZE_TEXT];

	if (!job)
		return NEW_IMAGE_REFUSED;
	if (!judge(monitor, job, error)) {
		new_image_drop(monitor, monitor->current);
		return NEW_IMAGE_REFUSED;
	}
	if (!search_on(monitor, job))
		return NEW_IMAGE_AGAIN;
	replace_image(monitor, job);
	log_keep(&monitor->log, LOG_INFO, "slot %s has a new image from %s: %s, %s",
		 job->scratch.name, monitor->slots.slot[monitor->current].name,
		 slot_type_name(job->scratch.type),
		 format_size(size, align_up(slot_image_size(&job->scratch), KIB)));
	end_job(monitor, monitor->current);
	return NEW_IMAGE_DONE;
}
