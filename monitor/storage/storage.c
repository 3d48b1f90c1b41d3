// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/storage/storage.h"
#include <stddef.h>
#include "guest/linux/format/unit.h"
#include "lib/print.h"
#include "lib/string.h"

/* What a kernel can tell of one device, and what the ABI leaves for later. */
_Static_assert(sizeof(struct switchyard_storage) == 128, "the ABI's size of an entry");
_Static_assert(SWITCHYARD_STORAGE_LIMIT <= 32, "entries have a bit each");

static bool in_use(const struct switchyard_storage *entry)
{
	return entry->use != SWITCHYARD_STORAGE_WRITTEN &&
	       entry->use != SWITCHYARD_STORAGE_MORE_WRITTEN;
}

/* It stands for devices that are not listed. */
static bool is_any(const struct switchyard_storage *entry)
{
	return entry->use == SWITCHYARD_STORAGE_MORE ||
	       entry->use == SWITCHYARD_STORAGE_MORE_WRITTEN;
}

static bool know_units(const struct switchyard_storage *one, const struct switchyard_storage *two)
{
	return one->unit != SWITCHYARD_STORAGE_NO_UNIT && two->unit != SWITCHYARD_STORAGE_NO_UNIT;
}

/*
 * A disk that can't be told from others is taken for any of them: a needless question is better
 * than a lost file system. Both are checked, so no sum overflows.
 */
static bool same_place(const struct switchyard_storage *one, const struct switchyard_storage *two)
{
	return one->disk == two->disk && switchyard_same_unit(one->unit, two->unit) &&
	       one->start < two->start + two->sectors && two->start < one->start + one->sectors;
}

static bool same_id(const struct switchyard_storage *one, const struct switchyard_storage *two)
{
	return one->sectors == two->sectors && !memcmp(one->id, two->id, sizeof(one->id));
}

/* True if both may mean the same sectors. Another id on one disk is a file system made since. */
static bool same_device(const struct switchyard_storage *one, const struct switchyard_storage *two)
{
	bool have_ids = one->id_at && two->id_at;

	if (is_any(one) || is_any(two) || (have_ids && same_id(one, two)))
		return true;
	return (!have_ids || know_units(one, two)) && same_place(one, two);
}

static void copy_name(char *to, const char *from, uint32_t size)
{
	uint32_t i = 0;

	for (; i < size - 1 && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	memset(to + i, 0, size - i);
}

/* A copy of a guest's entry, with a name that can be shown. */
static bool take_told(struct switchyard_storage *to, const struct switchyard_storage *from,
		      uint32_t index, struct error *error)
{
	*to = *from;
	if (to->use < SWITCHYARD_STORAGE_WRITTEN || to->use > SWITCHYARD_STORAGE_MORE)
		return fail(error, "use %u of a block device; expected %u to %u", to->use,
			    SWITCHYARD_STORAGE_WRITTEN, SWITCHYARD_STORAGE_MORE);
	if (to->sectors > UINT64_MAX / 2 || to->start > UINT64_MAX / 2)
		return fail(error, "a block device of %#lx sectors from %#lx; expected less",
			    to->sectors, to->start);
	copy_name(to->name, from->name, sizeof(to->name));
	to->slot = (uint8_t)(index + 1);
	return true;
}

static void set_write(struct storage *storage, struct storage_write *write,
		      const struct switchyard_storage *what, const struct slot *by)
{
	write->what = *what;
	write->time = ++storage->now;
	memcpy(write->by, by->name, sizeof(write->by));
}

/* The place for a write to that device. If there is none left, the oldest is given up. */
static struct storage_write *find_write(struct storage *storage,
					const struct switchyard_storage *what)
{
	struct storage_write *oldest = &storage->write[0];

	for (uint32_t i = 0; i < storage->write_count; i++) {
		struct storage_write *write = &storage->write[i];

		if (write->what.id_at == what->id_at && write->what.start == what->start &&
		    write->what.disk == what->disk && write->what.unit == what->unit &&
		    write->what.sectors == what->sectors &&
		    !memcmp(write->what.id, what->id, sizeof(what->id)))
			return write;
		if (write->time < oldest->time)
			oldest = write;
	}
	if (storage->write_count < STORAGE_WRITES)
		return &storage->write[storage->write_count++];
	/* Who asks for a time before that one can't know any more. */
	storage->unknown = *oldest;
	return oldest;
}

static void note_write(struct storage *storage, const struct switchyard_storage *what,
		       const struct slot *by)
{
	set_write(storage, is_any(what) ? &storage->unknown : find_write(storage, what), what, by);
}

static void note_unknown(struct storage *storage, const struct slot *by)
{
	const struct switchyard_storage any = {.use = SWITCHYARD_STORAGE_MORE_WRITTEN};

	note_write(storage, &any, by);
}

/* True if the kernel may have told of the same device before. */
static bool is_told_again(const struct switchyard_storage *before,
			  const struct switchyard_storage *entry)
{
	return before->disk == entry->disk && before->unit == entry->unit &&
	       before->start == entry->start && before->sectors == entry->sectors &&
	       is_any(before) == is_any(entry) &&
	       (!before->id_at || !entry->id_at ||
		!memcmp(before->id, entry->id, sizeof(entry->id)));
}

/*
 * The bit of what the kernel told of the same device before, with the same count or with any; 0:
 * nothing. Disks that can't be told from each other may be alike, so each entry is left for one.
 */
static uint32_t find_before(const struct storage_list *list, uint32_t left,
			    const struct switchyard_storage *entry, bool any_count)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (left & 1U << i && is_told_again(&list->entry[i], entry) &&
		    (any_count || list->entry[i].written == entry->written))
			return 1U << i;
	return 0;
}

/* Those of the first list whose count is none of the second one's. Each of these counts once. */
static uint32_t find_changed(const struct storage_list *now, const struct storage_list *list,
			     uint32_t *left)
{
	uint32_t changed = 0;

	for (uint32_t i = 0; i < now->count; i++) {
		uint32_t before = find_before(list, *left, &now->entry[i], false);

		*left &= ~before;
		changed |= before ? 0 : 1U << i;
	}
	return changed;
}

/* A count that went down is one of another device. */
static void note_changes(struct storage *storage, const struct storage_list *list,
			 const struct storage_list *now, const struct slot *slot)
{
	uint32_t left = UINT32_MAX, changed = find_changed(now, list, &left);

	for (uint32_t i = 0; i < now->count; i++) {
		uint32_t before =
			changed & 1U << i ? find_before(list, left, &now->entry[i], true) : 0;

		left &= ~before;
		if (changed & 1U << i && (before || now->entry[i].written))
			note_write(storage, &now->entry[i], slot);
	}
	/* What it tells no longer was unplugged, or dissolved: it may have been written before. */
	for (uint32_t i = 0; i < list->count; i++)
		if (left & 1U << i)
			note_write(storage, &list->entry[i], slot);
}

bool storage_list_read(struct storage_list *list, uint32_t index,
		       const struct switchyard_storage *entries, uint32_t count,
		       struct error *error)
{
	if (count > SWITCHYARD_STORAGE_LIMIT)
		return fail(error, "%u block devices; %u are the most", count,
			    SWITCHYARD_STORAGE_LIMIT);
	list->count = count;
	for (uint32_t i = 0; i < count; i++)
		if (!take_told(&list->entry[i], &entries[i], index, error))
			return false;
	return true;
}

bool storage_tell(struct storage *storage, uint32_t index, const struct slot *slot,
		  const struct switchyard_storage *entries, uint32_t count, struct error *error)
{
	static struct storage_list now; /* the caller has the monitor's lock */
	struct storage_list *list = &storage->list[index];

	if (!storage_list_read(&now, index, entries, count, error))
		return false;
	note_changes(storage, list, &now, slot);
	list->told = true;
	list->count = count;
	memcpy(list->entry, now.entry, count * sizeof(now.entry[0]));
	return true;
}

static void forget_list(struct storage_list *list)
{
	list->told = false;
	list->count = 0;
}

void storage_begin(struct storage *storage, uint32_t index)
{
	forget_list(&storage->list[index]);
}

void storage_park(struct storage *storage, uint32_t index, const struct slot *slot)
{
	if (!storage->list[index].told)
		note_unknown(storage, slot);
	storage->list[index].left = storage->now;
}

void storage_interrupt(struct storage *storage, uint32_t index, const struct slot *slot)
{
	note_unknown(storage, slot);
	storage->list[index].left = storage->now;
}

void storage_end(struct storage *storage, uint32_t index, const struct slot *slot, bool fault)
{
	struct storage_list *list = &storage->list[index];

	if (fault || !list->told)
		note_unknown(storage, slot);
	for (uint32_t i = 0; i < list->count; i++)
		if (in_use(&list->entry[i]))
			note_write(storage, &list->entry[i], slot);
	forget_list(list);
}

static const struct storage_write *written_since(const struct storage *storage,
						 const struct switchyard_storage *entry,
						 uint64_t since, enum storage_belief belief)
{
	for (uint32_t i = 0; i < storage->write_count; i++)
		if (storage->write[i].time > since && same_device(&storage->write[i].what, entry))
			return &storage->write[i];
	return belief == STORAGE_POSSIBLE && storage->unknown.time > since ? &storage->unknown
									   : NULL;
}

static const char *name_of(const struct switchyard_storage *entry)
{
	return is_any(entry) || !entry->name[0] ? "a block device" : entry->name;
}

bool storage_unwritten_since(const struct storage *storage, const struct storage_list *list,
			     uint64_t since, enum storage_belief belief, struct error *error)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const struct switchyard_storage *entry = &list->entry[i];
		const struct storage_write *write;

		if (!in_use(entry))
			continue;
		write = written_since(storage, entry, since, belief);
		if (write)
			return fail(error, "%s: slot %s %s to it since", name_of(entry), write->by,
				    is_any(&write->what) ? "may have written" : "has written");
	}
	return true;
}

bool storage_goes_on(const struct storage *storage, uint32_t index, const struct slot *slot,
		     struct error *error)
{
	const struct storage_list *list = &storage->list[index];
	struct error reason;

	return storage_unwritten_since(storage, list, list->left, STORAGE_KNOWN, &reason) ||
	       fail(error, "slot %s has %s; what it keeps of that in memory would destroy it",
		    slot->name, reason.text);
}

bool storage_is_alone(const struct storage *storage, const struct slot_table *slots, uint32_t index,
		      struct error *error)
{
	const struct storage_list *own = &storage->list[index];

	for (uint32_t i = 0; i < slots->count; i++) {
		const struct storage_list *other = &storage->list[i];

		if (i == index || !slot_waits(&slots->slot[i]))
			continue;
		for (uint32_t n = 0; n < own->count * other->count; n++) {
			const struct switchyard_storage *mine = &own->entry[n / other->count],
							*theirs = &other->entry[n % other->count];

			if (in_use(mine) && in_use(theirs) && !is_any(mine) && !is_any(theirs) &&
			    same_device(mine, theirs))
				return fail(error, "slot %s uses %s, which slot %s has as %s",
					    slots->slot[index].name, name_of(mine),
					    slots->slot[i].name, name_of(theirs));
		}
	}
	return true;
}

uint64_t storage_copy(const struct storage *storage, const struct slot_table *slots,
		      const struct slot *of, uint32_t self, void *to, uint64_t room)
{
	uint64_t done = 0;

	for (uint32_t i = 0; i < slots->count; i++) {
		const struct storage_list *list = &storage->list[i];

		if (of ? i != slot_index(slots, of) : i == self || !slot_waits(&slots->slot[i]))
			continue;
		for (uint32_t n = 0; n < list->count; n++) {
			if (!in_use(&list->entry[n]))
				continue;
			if (done < room)
				memcpy((uint8_t *)to + done * sizeof(list->entry[n]),
				       &list->entry[n], sizeof(list->entry[n]));
			done++;
		}
	}
	return done;
}

const char *storage_list_first_use(const struct storage_list *list)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (in_use(&list->entry[i]))
			return name_of(&list->entry[i]);
	return NULL;
}

const char *storage_first_use(const struct storage *storage, uint32_t index)
{
	return storage_list_first_use(&storage->list[index]);
}
