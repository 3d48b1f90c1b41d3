// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - the UEFI application as one column of calls. It loads the files that switchyard.conf
 * names, fills struct boot_info, ends boot services, and enters the monitor's image, which it
 * carries.
 */
#include "boot/efi/app.h"
#include "boot/efi/files.h"
#include "boot/efi/firmware.h"
#include "boot/efi/leave.h"
#include "boot/efi/named_files.h"
#include "boot/efi/app_screen.h"
#include "boot/efi/monitor_elf.h"
#include "lib/string.h"
#include "guest/linux/version.h"

/* embedded.asm */
extern const uint8_t embedded_monitor[], embedded_monitor_end[];

typedef void (*monitor_entry)(const struct boot_info *boot); /* efi_entry.asm */

/* The application's own entry, called by GNU-EFI's crt0. */
EFI_STATUS efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *system);

static bool start(struct app *app, EFI_HANDLE handle, EFI_SYSTEM_TABLE *system, struct error *error)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	uint64_t address;

	*app = (struct app){.handle = handle, .system = system};
	if (system->BootServices->HandleProtocol(handle, &guid, (void **)&app->loaded) !=
	    EFI_SUCCESS)
		return fail(error, "firmware does not say where switchyard.efi came from");
	if (!pages_allocate(app, EfiLoaderData, sizeof(*app->boot), PAGES_ANYWHERE, &address,
			    error))
		return false;
	app->boot = (void *)address;
	memset(app->boot, 0, sizeof(*app->boot));
	return true;
}

static bool place_monitor(const struct app *app, uint64_t *entry, struct error *error)
{
	uint64_t size = (uint64_t)(embedded_monitor_end - embedded_monitor), bytes, address;

	return monitor_elf_memory(embedded_monitor, size, &bytes, error) &&
	       pages_allocate(app, EfiLoaderCode, bytes, PAGES_BELOW_4G, &address, error) &&
	       monitor_elf_place(embedded_monitor, size, (void *)address, entry, error);
}

EFI_STATUS efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *system)
{
	struct error error;
	struct app app;
	uint64_t entry;
	bool secure;

	if (!start(&app, handle, system, &error)) {
		app_print(&app, "error: %s\n", error.text);
		return EFI_LOAD_ERROR;
	}
	secure = firmware_secure_boot(&app);
	sums_find(&app.sums, app.loaded->ImageBase, app.loaded->ImageSize);
	app.verify = secure || app.sums.text;
	app_print(&app, "\nSwitchyard " SWITCHYARD_VERSION ", Secure Boot %s, files are %s\n",
		  secure ? "on" : "off", app.verify ? "checked" : "not checked");
	firmware_describe(&app);
	load_all(&app);
	/*
	 * The monitor is placed last. Boot services still exist then, so each failure can be shown.
	 */
	if (!place_monitor(&app, &entry, &error) || !leave_boot_services(&app, &error)) {
		app_print(&app, "error: %s\n", error.text);
		return EFI_LOAD_ERROR;
	}
	((monitor_entry)entry)(app.boot);
	return EFI_LOAD_ERROR; /* not reached */
}
