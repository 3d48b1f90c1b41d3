// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * slot_file.c - reads a file that `dump` has written of a snapshot, whose form is in
 * format/core_notes.h. System V ABI, "Object Files" (ELF).
 */
#include "slot_file.h"
#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/xxh64.h"

#define OWNER	     "SWITCHYARD"
#define MOST_HEADERS 64u
#define NOTE_ALIGN   4u

/* Pages that nobody has, and pages of zeros, may be left out: makedumpfile's numbers. */
#define LEVELS_COMPLETE 17

struct reader {
	const uint8_t *head;
	uint64_t room;
	struct slot_file *file;
	char *text; /* of SWITCHYARD_TEXT_SIZE */
	uint32_t header_count;
	Elf64_Phdr header[MOST_HEADERS];
};

static const char *wrong(struct reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static const char *wrong(struct reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reader->text, SWITCHYARD_TEXT_SIZE, format, args);
	va_end(args);
	return reader->text;
}

bool slot_file_is_zero(const uint8_t *page, size_t size)
{
	return size == SLOT_FILE_PAGE && !page[0] && !memcmp(page, page + 1, SLOT_FILE_PAGE - 1);
}

void slot_file_add(uint64_t *sum, const uint8_t *bytes, size_t size, uint64_t offset)
{
	for (size_t at = 0; at < size; at += SLOT_FILE_PAGE) {
		size_t part = size - at < SLOT_FILE_PAGE ? size - at : SLOT_FILE_PAGE;

		if (!slot_file_is_zero(bytes + at, part))
			*sum = xxh64(bytes + at, part, *sum + (offset + at) / SLOT_FILE_PAGE);
	}
}

static bool begins_with(const struct reader *reader, const char *text)
{
	return reader->room >= strlen(text) && !memcmp(reader->head, text, strlen(text));
}

/* What else people have of a slot's memory. */
static const char *check_kind(struct reader *reader)
{
	if (begins_with(reader, "KDUMP   ") || begins_with(reader, "DISKDUMP") ||
	    begins_with(reader, "makedumpfile"))
		return wrong(reader,
			     "a dump of makedumpfile, which has no way back; dump the snapshot "
			     "without -d: free pages and zeros are left out all the same");
	if (!begins_with(reader, ELFMAG))
		return wrong(reader, "no ELF file; expected one that \"syctl dump SLOT@NAME FILE\" "
				     "has written");
	return NULL;
}

static const char *check_elf(struct reader *reader)
{
	const char *error = check_kind(reader);
	Elf64_Ehdr elf;

	if (error)
		return error;
	if (reader->room < sizeof(elf))
		return wrong(reader, "cut off in its headers");
	memcpy(&elf, reader->head, sizeof(elf));
	if (elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_ident[EI_DATA] != ELFDATA2LSB ||
	    elf.e_type != ET_CORE || elf.e_machine != EM_X86_64)
		return wrong(reader, "not a core file of an x86-64 kernel");
	if (elf.e_phentsize != sizeof(Elf64_Phdr) || !elf.e_phnum || elf.e_phnum > MOST_HEADERS)
		return wrong(reader, "%u program headers of %u bytes; expected 1 to %u of %zu",
			     elf.e_phnum, elf.e_phentsize, MOST_HEADERS, sizeof(Elf64_Phdr));
	if (elf.e_phoff > reader->room ||
	    reader->room - elf.e_phoff < elf.e_phnum * sizeof(Elf64_Phdr))
		return wrong(reader, "cut off in its headers");
	reader->header_count = elf.e_phnum;
	memcpy(reader->header, reader->head + elf.e_phoff, elf.e_phnum * sizeof(Elf64_Phdr));
	return NULL;
}

/* The value of a line "KEY=VALUE". NULL: there is none. */
static const char *line_of(const char *lines, const char *key)
{
	const char *at = strstr(lines, key);

	return at && (at == lines || at[-1] == '\n') ? at + strlen(key) : NULL;
}

static void copy_name(char name[SWITCHYARD_NAME_SIZE], const char *value)
{
	size_t i = 0;

	for (; value && i < SWITCHYARD_NAME_SIZE - 1 && value[i] > ' ' && value[i] <= '~'; i++)
		name[i] = value[i];
	name[i] = '\0';
}

static const char *read_lines(struct reader *reader, uint64_t at, uint32_t size)
{
	struct slot_file *file = reader->file;
	char lines[512] = "", *end;
	const char *level, *sum;

	if (size >= sizeof(lines))
		return wrong(reader, "a note SWITCHYARD of %u bytes; expected less than %zu", size,
			     sizeof(lines));
	memcpy(lines, reader->head + at, size);
	copy_name(file->slot, line_of(lines, "SLOT="));
	copy_name(file->snapshot, line_of(lines, "SNAPSHOT="));
	level = line_of(lines, "LEVEL=");
	if (!file->slot[0] || !level)
		return wrong(reader, "its note SWITCHYARD has no SLOT= or no LEVEL=");
	if (!file->snapshot[0])
		return wrong(reader,
			     "the memory of slot %s, not of a snapshot, so that it can't be "
			     "restored",
			     file->slot);
	if (atoi(level) & ~LEVELS_COMPLETE)
		return wrong(reader,
			     "level %d, so pages in use are missing; expected 0, 1, 16 or 17",
			     atoi(level));
	sum = line_of(lines, "SUM=");
	if (!sum)
		return wrong(reader, "an older version's: its note SWITCHYARD has no SUM=");
	file->sum_at = at + (uint64_t)(sum - lines);
	file->sum = strtoull(sum, &end, 16);
	if (end != sum + strlen(SWITCHYARD_NO_SUM) || *end != '\n')
		return wrong(reader, "it has no sum, which \"syctl dump %s@%s FILE\" adds",
			     file->slot, file->snapshot);
	return NULL;
}

static uint64_t note_padded(uint64_t size)
{
	return (size + NOTE_ALIGN - 1) / NOTE_ALIGN * NOTE_ALIGN;
}

/* One of ours, or somebody else's. */
static const char *read_note(struct reader *reader, const Elf64_Nhdr *note, uint64_t name,
			     uint64_t content)
{
	if (note->n_namesz != sizeof(OWNER) || memcmp(reader->head + name, OWNER, sizeof(OWNER)))
		return NULL;
	if (note->n_type == SWITCHYARD_NOTE_SLOT)
		return read_lines(reader, content, note->n_descsz);
	if (note->n_type != SWITCHYARD_NOTE_RECORD)
		return NULL;
	if (note->n_descsz < sizeof(struct switchyard_record) ||
	    note->n_descsz > SWITCHYARD_RECORD_MOST)
		return wrong(reader, "a record of %u bytes; expected %zu to %u", note->n_descsz,
			     sizeof(struct switchyard_record), SWITCHYARD_RECORD_MOST);
	reader->file->record_at = content;
	reader->file->record_size = note->n_descsz;
	return NULL;
}

static const char *read_notes(struct reader *reader, uint64_t at, uint64_t end)
{
	const char *error = NULL;
	Elf64_Nhdr note;

	while (!error && end - at >= sizeof(note)) {
		uint64_t name = at + sizeof(note), content;

		memcpy(&note, reader->head + at, sizeof(note));
		content = name + note_padded(note.n_namesz);
		if (content > end || note.n_descsz > end - content)
			return wrong(reader, "a note is longer than all notes are");
		error = read_note(reader, &note, name, content);
		at = content + note_padded(note.n_descsz);
		if (at > end)
			break;
	}
	return error;
}

static const char *find_notes(struct reader *reader)
{
	const Elf64_Phdr *found = NULL;
	const char *error;

	for (uint32_t i = 0; i < reader->header_count; i++) {
		if (reader->header[i].p_type != PT_NOTE)
			continue;
		if (found)
			return wrong(reader, "more than one header of notes");
		found = &reader->header[i];
	}
	if (!found)
		return wrong(reader, "no header of notes");
	if (found->p_offset > reader->room || found->p_filesz > reader->room - found->p_offset)
		return wrong(reader, "cut off in its notes");
	error = read_notes(reader, found->p_offset, found->p_offset + found->p_filesz);
	if (error)
		return error;
	if (!reader->file->slot[0])
		return wrong(reader, "no note SWITCHYARD; expected a file that \"syctl dump "
				     "SLOT@NAME FILE\" has written");
	if (!reader->file->record_size)
		return wrong(reader,
			     "snapshot %s of slot %s can only be read: its devices worked, its "
			     "other CPUs were online, or the monitor was older",
			     reader->file->snapshot, reader->file->slot);
	return NULL;
}

/* The headers of memory, but that of the kernel's image: its bytes are in another one, too. */
static bool is_in(const Elf64_Phdr *header, const struct slot_file_piece *piece)
{
	uint64_t skip = header->p_paddr - piece->physical;

	return header->p_paddr >= piece->physical && skip <= piece->size &&
	       header->p_filesz <= piece->size - skip && header->p_offset - piece->offset == skip &&
	       header->p_memsz == header->p_filesz;
}

static const char *add_piece(struct reader *reader, const struct switchyard_range *range)
{
	struct slot_file *file = reader->file;
	struct slot_file_piece *piece = &file->piece[file->piece_count];
	uint64_t before = piece == file->piece ? 0 : piece[-1].offset + piece[-1].size;

	if (!range->size)
		return NULL;
	for (uint32_t i = 0; i < reader->header_count; i++) {
		const Elf64_Phdr *header = &reader->header[i];

		if (header->p_type != PT_LOAD || header->p_paddr != range->base ||
		    header->p_filesz != range->size || header->p_memsz != range->size)
			continue;
		if (header->p_offset % SLOT_FILE_PAGE || range->base % SLOT_FILE_PAGE ||
		    range->size % SLOT_FILE_PAGE)
			return wrong(reader, "memory at %#llx is not in whole pages",
				     (unsigned long long)range->base);
		if (header->p_offset < before || header->p_offset > UINT64_MAX - range->size)
			return wrong(reader, "memory at %#llx overlaps what is before it",
				     (unsigned long long)range->base);
		*piece = (struct slot_file_piece){header->p_offset, range->base, range->size};
		file->piece_count++;
		return NULL;
	}
	return wrong(reader, "no header of the %llu KiB at %#llx, which its record names",
		     (unsigned long long)range->size / 1024, (unsigned long long)range->base);
}

/* All memory that there is belongs to the ranges of the record. */
static const char *check_headers(struct reader *reader)
{
	const struct slot_file *file = reader->file;
	const struct slot_file_piece *last = &file->piece[file->piece_count - 1];

	for (uint32_t i = 0; i < reader->header_count; i++) {
		const Elf64_Phdr *header = &reader->header[i];
		bool found = header->p_type != PT_LOAD;

		for (uint32_t n = 0; n < file->piece_count; n++)
			found |= is_in(header, &file->piece[n]);
		if (!found)
			return wrong(reader,
				     "memory at %#llx overlaps other memory, or is not the "
				     "slot's",
				     (unsigned long long)header->p_paddr);
	}
	if (last->offset + last->size > file->size)
		return wrong(reader, "cut off: %llu bytes; expected %llu",
			     (unsigned long long)file->size,
			     (unsigned long long)(last->offset + last->size));
	return NULL;
}

static const char *find_memory(struct reader *reader)
{
	struct slot_file *file = reader->file;
	struct switchyard_record record;
	const char *error;

	memcpy(&record, reader->head + file->record_at, sizeof(record));
	if (record.version != SWITCHYARD_RECORD_VERSION)
		return wrong(reader, "a record of version %u; expected %u", record.version,
			     SWITCHYARD_RECORD_VERSION);
	if (record.size != file->record_size)
		return wrong(reader, "a record of %u bytes, which says %u", file->record_size,
			     record.size);
	if (memcmp(record.slot, file->slot, strlen(file->slot) + 1))
		return wrong(reader, "its note SWITCHYARD says slot %s, and its record another one",
			     file->slot);
	error = add_piece(reader, &record.low);
	if (!error)
		error = add_piece(reader, &record.dma);
	if (!error)
		error = add_piece(reader, &record.ram);
	if (!error && !file->piece_count)
		error = wrong(reader, "no memory");
	return error ? error : check_headers(reader);
}

const char *slot_file_read(const uint8_t *head, uint64_t room, uint64_t size,
			   struct slot_file *file, char text[SWITCHYARD_TEXT_SIZE])
{
	static struct reader reader;
	const char *error;

	*file = (struct slot_file){.size = size};
	reader = (struct reader){.head = head, .room = room, .file = file, .text = text};
	error = check_elf(&reader);
	if (!error)
		error = find_notes(&reader);
	return error ? error : find_memory(&reader);
}

uint64_t slot_file_sum_place(const uint8_t *head, uint64_t size)
{
	static const char line[] = "\nSUM=" SWITCHYARD_NO_SUM "\n";

	for (uint64_t at = 0; at + sizeof(line) - 1 <= size; at++)
		if (!memcmp(head + at, line, sizeof(line) - 1))
			return at + strlen("\nSUM=");
	return 0;
}
