// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/firmware.h"
#include "arch/x86/acpi/acpi_tables.h"
#include "boot/efi/app_screen.h"
#include "lib/print.h"
#include "lib/string.h"

#define VENDOR_LENGTH 40

_Static_assert(sizeof(((struct boot_info *)0)->rsdp) == sizeof(struct acpi_rsdp),
	       "boot_info has room for a whole root pointer");

static bool same_guid(const EFI_GUID *a, const EFI_GUID *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static const void *find_table(const struct app *app, const EFI_GUID *guid)
{
	for (UINTN i = 0; i < app->system->NumberOfTableEntries; i++)
		if (same_guid(&app->system->ConfigurationTable[i].VendorGuid, guid))
			return app->system->ConfigurationTable[i].VendorTable;
	return NULL;
}

static void find_rsdp(struct app *app)
{
	EFI_GUID acpi_2 = ACPI_20_TABLE_GUID, acpi_1 = ACPI_TABLE_GUID;
	struct boot_info *boot = app->boot;
	const struct acpi_rsdp *rsdp = find_table(app, &acpi_2);

	if (!rsdp)
		rsdp = find_table(app, &acpi_1);
	if (!rsdp)
		return;
	boot->rsdp_size = rsdp->revision >= ACPI_RSDP_V2 ? sizeof(*rsdp) : ACPI_RSDP_V1_SIZE;
	memcpy(boot->rsdp, rsdp, boot->rsdp_size);
}

/*
 * Finds where the bits of mask begin, and how many they are. By the specification they are one run.
 */
static void take_mask(uint32_t mask, uint8_t *position, uint8_t *size)
{
	if (!mask)
		return;
	*position = (uint8_t)__builtin_ctz(mask);
	*size = (uint8_t)(32 - __builtin_clz(mask) - *position);
}

/* UEFI 2.10, 12.9 (EFI_PIXEL_BITMASK). The two fixed formats are turned into masks. */
static bool pixel_masks(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode, EFI_PIXEL_BITMASK *masks)
{
	switch (mode->PixelFormat) {
	case PixelRedGreenBlueReserved8BitPerColor:
		*masks = (EFI_PIXEL_BITMASK){0xff, 0xff00, 0xff0000, 0xff000000};
		return true;
	case PixelBlueGreenRedReserved8BitPerColor:
		*masks = (EFI_PIXEL_BITMASK){0xff0000, 0xff00, 0xff, 0xff000000};
		return true;
	case PixelBitMask:
		*masks = mode->PixelInformation;
		return true;
	default:
		return false; /* the pixels are not in memory */
	}
}

static bool read_mode(struct boot_framebuffer *framebuffer,
		      const EFI_GRAPHICS_OUTPUT_PROTOCOL *output)
{
	const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode;
	EFI_PIXEL_BITMASK masks;
	uint32_t used;

	if (!output->Mode || !output->Mode->Info || !output->Mode->FrameBufferBase)
		return false;
	mode = output->Mode->Info;
	if (!pixel_masks(mode, &masks))
		return false;
	used = masks.RedMask | masks.GreenMask | masks.BlueMask | masks.ReservedMask;
	if (!used)
		return false;
	/* A pixel has as many bytes as all its masks cover. */
	framebuffer->bits = (uint8_t)((32 - __builtin_clz(used) + 7) / 8 * 8);
	take_mask(masks.RedMask, &framebuffer->red.position, &framebuffer->red.size);
	take_mask(masks.GreenMask, &framebuffer->green.position, &framebuffer->green.size);
	take_mask(masks.BlueMask, &framebuffer->blue.position, &framebuffer->blue.size);
	framebuffer->base = output->Mode->FrameBufferBase;
	framebuffer->pitch = mode->PixelsPerScanLine * (framebuffer->bits / 8);
	framebuffer->width = mode->HorizontalResolution;
	framebuffer->height = mode->VerticalResolution;
	return true;
}

/*
 * Takes the mode that the firmware's own console is in, on the first output with a framebuffer. The
 * firmware may also have a virtual output that writes to several screens at once. That one has no
 * framebuffer.
 */
static void take_graphics_output(struct app *app)
{
	EFI_BOOT_SERVICES *services = app->system->BootServices;
	EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
	struct boot_info *boot = app->boot;
	EFI_GRAPHICS_OUTPUT_PROTOCOL *output;
	EFI_HANDLE *handles;
	UINTN count;

	boot->screen = SCREEN_NONE;
	if (services->LocateHandleBuffer(ByProtocol, &guid, NULL, &count, &handles) != EFI_SUCCESS)
		return;
	for (UINTN i = 0; i < count && boot->screen == SCREEN_NONE; i++)
		if (services->HandleProtocol(handles[i], &guid, (void **)&output) == EFI_SUCCESS &&
		    read_mode(&boot->framebuffer, output))
			boot->screen = SCREEN_FRAMEBUFFER;
	services->FreePool(handles);
}

static void show_screen(const struct app *app)
{
	const struct boot_framebuffer *framebuffer = &app->boot->framebuffer;

	if (app->boot->screen == SCREEN_FRAMEBUFFER)
		app_print(app, "Screen: %ux%u, %u bits, at %#lx\n", framebuffer->width,
			  framebuffer->height, framebuffer->bits, framebuffer->base);
	else
		app_print(app, "Screen: none with a framebuffer\n");
}

static void take_name(struct app *app)
{
	const EFI_SYSTEM_TABLE *system = app->system;
	char vendor[VENDOR_LENGTH] = "";

	for (uint32_t i = 0;
	     system->FirmwareVendor && system->FirmwareVendor[i] && i < sizeof(vendor) - 1; i++) {
		CHAR16 c = system->FirmwareVendor[i];

		vendor[i] = c >= ' ' && c <= '~' ? (char)c : '?';
		vendor[i + 1] = '\0';
	}
	/* The revision's minor half counts in tenths: 70 is 2.7. */
	app->boot->uefi = true;
	app->boot->efi_system_table = (uint64_t)system;
	format_text(app->boot->loader, sizeof(app->boot->loader), "UEFI %u.%u of %s",
		    system->Hdr.Revision >> 16, (system->Hdr.Revision & 0xffff) / 10, vendor);
}

void firmware_describe(struct app *app)
{
	take_name(app);
	find_rsdp(app);
	take_graphics_output(app);
	show_screen(app);
}

static bool variable_is(const struct app *app, CHAR16 *name, uint8_t expected)
{
	EFI_GUID guid = EFI_GLOBAL_VARIABLE;
	uint8_t value = 0;
	UINTN size = sizeof(value);

	return app->system->RuntimeServices->GetVariable(name, &guid, NULL, &size, &value) ==
		       EFI_SUCCESS &&
	       size == sizeof(value) && value == expected;
}

/* UEFI 2.10, 3.3: in setup mode nothing is enforced, even if SecureBoot is 1. */
bool firmware_secure_boot(const struct app *app)
{
	return variable_is(app, L"SecureBoot", 1) && !variable_is(app, L"SetupMode", 1);
}
