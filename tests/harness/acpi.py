# SPDX-License-Identifier: GPL-2.0-only
"""Reads the firmware's ACPI tables in a machine's memory: ACPI 6.4, 5.2.5 to 5.2.8."""

import struct

BIOS_AREA, BIOS_END = 0xe0000, 0x100000  # where a BIOS has its root pointer, 5.2.5.1
RSDP_ALIGN, RSDP_SIZE = 16, 20           # of ACPI 1.0, which is what QEMU's BIOS makes
LENGTH, OEM_ID, HEADER_SIZE = 4, 10, 36  # of a table's header, 5.2.6
MADT_ENTRIES, LOCAL_APIC = 44, 0         # behind the MADT's header, and a type of them, 5.2.12
OLD_DSDT, OLD_PM1A_CONTROL = 40, 64      # in the FADT, 4 bytes each; there are newer fields, 5.2.9
BOOT_ARCHITECTURE = 109                  # in the FADT, 2 bytes


def find_tables(memory):
    """Returns addresses of a BIOS's tables by signature, with the RSDT. memory is a GdbRemote."""
    area = memory.read(BIOS_AREA, BIOS_END - BIOS_AREA)
    places = [at for at in range(0, len(area), RSDP_ALIGN)
              if area[at:at + 8] == b'RSD PTR ' and not sum(area[at:at + RSDP_SIZE]) % 256]
    assert len(places) == 1, f'root pointers at {places}'
    root = struct.unpack_from('<I', area, places[0] + 16)[0]
    length = struct.unpack('<I', memory.read(root + LENGTH, 4))[0]
    entries = memory.read(root + HEADER_SIZE, length - HEADER_SIZE)
    found = {memory.read(address, 4).decode(): address
             for address in struct.unpack(f'<{len(entries) // 4}I', entries)}
    return {'RSDT': root, **found}


def find_local_apics(memory, madt):
    """Returns (address, length) of the MADT's entries of type 0, one a processor: 5.2.12.2."""
    end = madt + struct.unpack('<I', memory.read(madt + LENGTH, 4))[0]
    at, found = madt + MADT_ENTRIES, []
    while at < end:
        kind, length = memory.read(at, 2)
        if kind == LOCAL_APIC:
            found.append((at, length))
        at += length
    return found
