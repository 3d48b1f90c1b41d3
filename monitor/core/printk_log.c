// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/core/printk_log.h"
#include <stddef.h>
#include "lib/print.h"
#include "lib/string.h"

/* The two highest bits of prb_desc.state_var are the state, the others the ID. */
#define STATE_BITS	2
#define STATE_COMMITTED 1 /* desc_committed and desc_finalized have text */
#define STATE_FINALIZED 2
#define NO_TEXT		1u /* in lpos: the record has no text */

/* No ring of Linux is larger: CONFIG_LOG_BUF_SHIFT and log_buf_len= end at 2 GiB of text. */
#define COUNT_BITS_MAX 26
#define DATA_BITS_MAX  31

#define TEXT_MAX       1024 /* of a record: PRINTKRB_RECORD_MAX in Linux */
#define LINES_MAX      64   /* of a record that are shown: Linux writes some ten at most */
#define NS_PER_S       1000000000u
#define NS_PER_US      1000u
#define FIRST_SHOWN    0x20 /* other characters are shown as \xNN */
#define LAST_SHOWN     0x7e

static const struct {
	const char *key;
	size_t at;
} keys[] = {
#define KEY(key, field)                                    \
	{                                                  \
		key, offsetof(struct printk_layout, field) \
	}
	KEY("OFFSET(printk_ringbuffer.desc_ring)", ring_descs),
	KEY("OFFSET(printk_ringbuffer.text_data_ring)", ring_data),
	KEY("OFFSET(prb_desc_ring.count_bits)", descs_count),
	KEY("OFFSET(prb_desc_ring.descs)", descs_array),
	KEY("OFFSET(prb_desc_ring.infos)", descs_infos),
	KEY("OFFSET(prb_desc_ring.head_id)", descs_head),
	KEY("OFFSET(prb_desc_ring.tail_id)", descs_tail),
	KEY("OFFSET(prb_data_ring.size_bits)", data_size),
	KEY("OFFSET(prb_data_ring.data)", data_bytes),
	KEY("SIZE(prb_desc)", desc_size),
	KEY("OFFSET(prb_desc.state_var)", desc_state),
	KEY("OFFSET(prb_desc.text_blk_lpos)", desc_text),
	KEY("OFFSET(prb_data_blk_lpos.begin)", text_begin),
	KEY("OFFSET(prb_data_blk_lpos.next)", text_next),
	KEY("SIZE(printk_info)", info_size),
	KEY("OFFSET(printk_info.ts_nsec)", info_time),
	KEY("OFFSET(printk_info.text_len)", info_length),
	KEY("OFFSET(atomic_long_t.counter)", counter),
#undef KEY
};

static bool read_layout(struct printk_layout *layout, const struct vmcoreinfo *info,
			struct error *error)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		uint64_t *field = (uint64_t *)((uint8_t *)layout + keys[i].at);

		if (!vmcoreinfo_number(info, keys[i].key, field))
			return fail(
				error,
				"the kernel's VMCOREINFO has no %s; expected Linux 5.10 or later",
				keys[i].key);
	}
	return true;
}

static bool read_long(const struct printk_log *log, uint64_t address, uint64_t *value)
{
	return guest_memory_number(&log->memory, address, guest_memory_word(&log->memory), value);
}

/* Reads a power of two whose exponent is an unsigned int. */
static bool read_exponent(const struct printk_log *log, uint64_t address, uint32_t most,
			  uint64_t *value)
{
	uint64_t bits;

	if (!guest_memory_number(&log->memory, address, sizeof(uint32_t), &bits) || bits > most)
		return false;
	*value = 1ull << bits;
	return true;
}

static bool read_ring(struct printk_log *log, uint64_t ring)
{
	const struct printk_layout *layout = &log->layout;
	uint64_t descs = ring + layout->ring_descs, data = ring + layout->ring_data;

	return read_exponent(log, descs + layout->descs_count, COUNT_BITS_MAX, &log->desc_count) &&
	       read_exponent(log, data + layout->data_size, DATA_BITS_MAX, &log->data_bytes) &&
	       read_long(log, descs + layout->descs_array, &log->descs) &&
	       read_long(log, descs + layout->descs_infos, &log->infos) &&
	       read_long(log, data + layout->data_bytes, &log->data) &&
	       read_long(log, descs + layout->descs_tail + layout->counter, &log->oldest) &&
	       read_long(log, descs + layout->descs_head + layout->counter, &log->newest);
}

bool printk_log_open(struct printk_log *log, const struct region *ram,
		     const struct vmcoreinfo *info, struct error *error)
{
	uint64_t pointer, ring;

	*log = (struct printk_log){0};
	if (!guest_memory_init(&log->memory, ram, info))
		return fail(error, "the kernel's VMCOREINFO does not say where its memory is");
	if (!read_layout(&log->layout, info, error))
		return false;
	if (!vmcoreinfo_number(info, "SYMBOL(prb)", &pointer) || !read_long(log, pointer, &ring) ||
	    !read_ring(log, ring))
		return fail(error,
			    "the kernel's log is not where its VMCOREINFO says, or is damaged");
	return true;
}

/* A record, as its descriptor and its information say. */
struct record {
	uint64_t begin; /* of its text, in the data */
	uint64_t length;
	uint64_t time; /* nanoseconds since the kernel's start */
};

/* IDs have as many bits as the kernel's long has beside the state. */
static uint64_t id_mask(const struct printk_log *log)
{
	return UINT64_MAX >> (64 - (8 * guest_memory_word(&log->memory) - STATE_BITS));
}

/*
 * A block of text begins with the ID of its record. One that would not fit at the end of the data
 * lies at the start (prb_data_ring's "wrapping" blocks).
 */
static bool find_text(const struct printk_log *log, uint64_t begin, uint64_t next,
		      struct record *record)
{
	uint64_t word = guest_memory_word(&log->memory), end;

	if (begin & NO_TEXT) {
		record->length = 0;
		return true;
	}
	begin %= log->data_bytes;
	end = next % log->data_bytes;
	if (end == 0)
		end = log->data_bytes;
	if (begin > end)
		begin = 0;
	begin += word;
	if (begin > end)
		return false;
	record->begin = begin;
	if (record->length > end - begin)
		record->length = end - begin;
	return true;
}

/* False: there is no such record, or the kernel was writing it. */
static bool read_record(const struct printk_log *log, uint64_t id, struct record *record)
{
	const struct printk_layout *layout = &log->layout;
	uint64_t index = id % log->desc_count, state, begin, next;
	uint64_t desc = log->descs + index * layout->desc_size;
	uint64_t info = log->infos + index * layout->info_size;
	uint64_t text = desc + layout->desc_text;

	if (!read_long(log, desc + layout->desc_state + layout->counter, &state) ||
	    (state & id_mask(log)) != id)
		return false;
	state >>= 8 * guest_memory_word(&log->memory) - STATE_BITS;
	if (state != STATE_COMMITTED && state != STATE_FINALIZED)
		return false;
	return read_long(log, text + layout->text_begin, &begin) &&
	       read_long(log, text + layout->text_next, &next) &&
	       guest_memory_number(&log->memory, info + layout->info_length, sizeof(uint16_t),
				   &record->length) &&
	       guest_memory_number(&log->memory, info + layout->info_time, sizeof(uint64_t),
				   &record->time) &&
	       find_text(log, begin, next, record);
}

/* Adds a character to a line of PRINTK_LINE_SIZE bytes, if there is room for its longest form. */
static uint32_t add_character(char *line, uint32_t length, uint8_t c)
{
	static const char digits[] = "0123456789abcdef";

	if (length + sizeof("\\xNN") > PRINTK_LINE_SIZE)
		return length;
	if ((c >= FIRST_SHOWN && c <= LAST_SHOWN) || c == '\t') {
		line[length++] = (char)c;
		return length;
	}
	memcpy(line + length, "\\x", 2);
	line[length + 2] = digits[c >> 4];
	line[length + 3] = digits[c & 0xf];
	return length + 4;
}

static void show_record(const struct printk_log *log, const struct record *record,
			printk_line_fn show, void *context)
{
	char text[TEXT_MAX], line[PRINTK_LINE_SIZE];
	uint32_t size = record->length < sizeof(text) ? (uint32_t)record->length : sizeof(text);
	uint32_t at = 0, lines = 0;

	if (size > 0 && !guest_memory_read(&log->memory, log->data + record->begin, text, size))
		return;
	do {
		uint32_t length = (uint32_t)format_text(line, sizeof(line), "[%5lu.%06lu] ",
							record->time / NS_PER_S,
							record->time % NS_PER_S / NS_PER_US);

		for (; at < size && text[at] != '\n'; at++)
			length = add_character(line, length, (uint8_t)text[at]);
		line[length] = '\0';
		show(line, context);
	} while (++at < size && ++lines < LINES_MAX);
}

uint64_t printk_log_count(const struct printk_log *log)
{
	uint64_t count = ((log->newest - log->oldest) & id_mask(log)) + 1;

	return count < log->desc_count ? count : log->desc_count;
}

void printk_log_show(const struct printk_log *log, uint64_t first, uint64_t count,
		     printk_line_fn line, void *context)
{
	uint64_t oldest = log->newest - (printk_log_count(log) - 1);
	struct record record;

	for (uint64_t number = first; number < printk_log_count(log) && count > 0;
	     number++, count--)
		if (read_record(log, (oldest + number) & id_mask(log), &record))
			show_record(log, &record, line, context);
}

void printk_log_show_last(const struct printk_log *log, uint64_t count, printk_line_fn line,
			  void *context)
{
	uint64_t all = printk_log_count(log);

	printk_log_show(log, all > count ? all - count : 0, count, line, context);
}
