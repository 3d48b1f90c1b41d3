// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/files.h"
#include "boot/efi/app_screen.h"
#include "boot/efi/conf.h"
#include "lib/units.h"

#define READ_CHUNK MIB /* progress is shown after each */
/* UEFI 2.10, 13.5 (SetPosition): this position means the end of the file. */
#define END_OF_FILE UINT64_MAX

/*
 * The firmware allocates from the top, so kernels that are linked for low addresses keep their
 * room.
 */
bool pages_allocate(const struct app *app, EFI_MEMORY_TYPE type, uint64_t bytes, uint64_t limit,
		    uint64_t *address, struct error *error)
{
	const uint64_t limits[] = {PAGES_BELOW_4G, limit};
	uint64_t pages = units_up(bytes, PAGE_SIZE);

	for (unsigned int i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		EFI_PHYSICAL_ADDRESS found = limits[i] - 1;

		if (app->system->BootServices->AllocatePages(AllocateMaxAddress, type, pages,
							     &found) == EFI_SUCCESS) {
			*address = found;
			return true;
		}
	}
	return fail(error, "no %lu KiB of memory in one piece below %lu GiB",
		    (pages * PAGE_SIZE / KIB), (limit / GIB));
}

bool files_open(struct app *app, struct error *error)
{
	EFI_GUID guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
	EFI_FILE_IO_INTERFACE *volume;

	app->root = NULL;
	if (!app->loaded->DeviceHandle ||
	    app->system->BootServices->HandleProtocol(app->loaded->DeviceHandle, &guid,
						      (void **)&volume) != EFI_SUCCESS ||
	    volume->OpenVolume(volume, &app->root) != EFI_SUCCESS)
		return fail(error, "switchyard.efi was not loaded from a volume with files; "
				   "expected it on the EFI system partition");
	return true;
}

static bool open_file(const struct app *app, const char *path, EFI_FILE_HANDLE *file,
		      struct error *error)
{
	CHAR16 wide[CONF_PATH_SIZE];
	uint32_t i = 0;
	EFI_STATUS status;

	for (; i < CONF_PATH_SIZE - 1 && path[i]; i++)
		wide[i] = (CHAR16)path[i];
	wide[i] = 0;
	status = app->root->Open(app->root, file, wide, EFI_FILE_MODE_READ, 0);
	if (status == EFI_NOT_FOUND)
		return fail(error, "no such file");
	if (status != EFI_SUCCESS)
		return fail(error, "can't be opened: EFI status %#lx", status);
	return true;
}

static bool find_size(EFI_FILE_HANDLE file, uint64_t *size, struct error *error)
{
	if (file->SetPosition(file, END_OF_FILE) != EFI_SUCCESS ||
	    file->GetPosition(file, size) != EFI_SUCCESS || file->SetPosition(file, 0))
		return fail(error, "no file that can be read; expected no folder");
	if (!*size)
		return fail(error, "the file is empty");
	return true;
}

static bool read_contents(const struct app *app, EFI_FILE_HANDLE file, const char *path,
			  const struct region *contents, struct error *error)
{
	uint64_t done = 0;

	while (done < contents->size) {
		uint64_t left = contents->size - done;
		UINTN length = left < READ_CHUNK ? left : READ_CHUNK;
		EFI_STATUS status = file->Read(file, &length, (void *)(contents->base + done));

		if (status != EFI_SUCCESS || !length)
			return fail(error, "can't be read at offset %lu of %lu: EFI status %#lx",
				    done, contents->size, status);
		done += length;
		app_progress(app, path, done, contents->size);
	}
	return true;
}

static void pages_free(const struct app *app, const struct region *contents)
{
	app->system->BootServices->FreePages(contents->base, units_up(contents->size, PAGE_SIZE));
}

/* The copy in memory is checked, because nobody can change it between check and use. */
static bool read_and_check(const struct app *app, EFI_FILE_HANDLE file, const char *path,
			   struct region *contents, struct error *error)
{
	bool right;

	if (!find_size(file, &contents->size, error) ||
	    !pages_allocate(app, EfiLoaderData, contents->size, PAGES_ANYWHERE, &contents->base,
			    error))
		return false;
	right = read_contents(app, file, path, contents, error);
	app_print(app, "\n");
	right = right && (!app->verify || sums_check(&app->sums, path, (void *)contents->base,
						     contents->size, error));
	if (!right)
		pages_free(app, contents);
	return right;
}

bool files_read(const struct app *app, const char *path, struct region *contents,
		struct error *error)
{
	EFI_FILE_HANDLE file;
	bool done;

	contents->type = REGION_RAM;
	if (!open_file(app, path, &file, error))
		return false;
	done = read_and_check(app, file, path, contents, error);
	file->Close(file);
	return done;
}
