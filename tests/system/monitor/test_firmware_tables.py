# SPDX-License-Identifier: GPL-2.0-only
"""Tests of wrong ACPI tables: QEMU's tables are damaged from outside before the monitor reads them."""

import struct

import pytest
from acpi import (BIOS_AREA, BIOS_END, HEADER_SIZE, LENGTH, OEM_ID, OLD_DSDT, OLD_PM1A_CONTROL, RSDP_ALIGN, RSDP_SIZE,
                  find_local_apics, find_tables)
from gdb_remote import GdbRemote
from grub_image import build_image, switchyard_config
from linux import CLOUD, Linux, linux_slot
from switchyard import BOOT_LIMIT, open_console, parse_table, tick_count, tick_slot


def start(machines, damage, slot_lines=None, memory='128M', more=(), **settings):
    """Gives a machine at the monitor's prompt. damage(memory, tables) has changed its tables before."""
    commands, files = switchyard_config('timeout=-1', slot_lines or tick_slot())
    socket = machines.logs / 'gdb'
    machine = machines.start_image(
        build_image(['echo before the monitor', 'read key', *commands], files), memory=memory,
        devices=['-gdb', f'unix:{socket},server=on,wait=off', *more], **settings)
    machine.expect(r'before the monitor', BOOT_LIMIT)
    with GdbRemote(socket) as gdb:
        damage(gdb, find_tables(gdb))
    machine.send('\r')
    open_console(machine)
    return machine


@pytest.mark.parametrize('signature', ['RSDT', 'APIC', 'FACP', 'HPET'])
def test_a_wrong_checksum(machines, signature):
    """As Linux does: the table is used, and the log says that it is wrong. Without the MADT, say, no
    IO-APIC would be masked."""
    machine = start(machines, lambda memory, tables: memory.flip(tables[signature] + OEM_ID))
    log = machine.command('log')
    assert log.count(f'warn: ACPI: {signature} has checksum 0x') == 1
    assert log.count('ACPI: ') == 1
    assert len(parse_table(machine.command('ioapic'))) == 24
    machine.sendline('boot tick')
    assert tick_count(machine) > 0


def test_poweroff_by_the_new_fields(machines):
    """Firmware may leave the FADT's 32-bit addresses 0 where it gives 64-bit ones, as q35's does."""
    def damage(memory, tables):
        for field in (OLD_DSDT, OLD_PM1A_CONTROL):
            assert memory.read(tables['FACP'] + field, 4) != bytes(4)
            memory.write(tables['FACP'] + field, bytes(4))

    machine = start(machines, damage, machine='q35')
    machine.sendline('poweroff')
    machine.wait_end('guest-shutdown')


def test_the_boot_cpu_need_not_be_listed_first(machines):
    """CPU 0 of cpus= is the CPU that runs the monitor. Here the MADT lists it last."""
    def damage(memory, tables):
        entries = find_local_apics(memory, tables['APIC'])
        assert len(entries) == 3
        contents = [memory.read(*entry) for entry in entries]
        for (address, _), content in zip(entries, contents[1:] + contents[:1]):
            memory.write(address, content)

    machine = start(machines, damage, slot_lines=tick_slot('tick', 'mem=16M cpus=0-1'), smp=3)
    assert 'ACPI: ' not in machine.command('log')
    rows = parse_table(machine.command('cpus'))
    assert [(row['CPU'], row['APIC ID'], row['STATE'], row['SLOTS']) for row in rows] == [
        ('1', '1', 'enabled', 'tick'), ('2', '2', 'enabled', '-'), ('0', '0', 'boot', 'tick')]


NOWHERE = 1 << 40  # beyond what the monitor maps
X2APIC, IOAPIC, OVERRIDE = 9, 1, 2  # types of a MADT's entries: ACPI 6.4, 5.2.12
ROOM = 'ROOM'  # a table whose place an XSDT takes


def root_entries(memory, tables):
    length = struct.unpack('<I', memory.read(tables['RSDT'] + LENGTH, 4))[0]
    entries = memory.read(tables['RSDT'] + HEADER_SIZE, length - HEADER_SIZE)
    return struct.unpack(f'<{len(entries) // 4}I', entries)


def with_sum(table, place):
    """The table, whose bytes have the sum 0 by the one at that place."""
    table[place] = -sum(table) % 256
    return bytes(table)


def give_xsdt(memory, tables, entries):
    """The firmware becomes one of ACPI 2.0: an XSDT, and a root pointer that names it (5.2.5.3, 5.2.8)."""
    body = struct.pack(f'<{len(entries)}Q', *entries)
    header = bytearray(memory.read(tables['RSDT'], HEADER_SIZE))
    header[:8] = b'XSDT' + struct.pack('<I', HEADER_SIZE + len(body))
    header[9] = 0
    memory.write(tables[ROOM], with_sum(header + body, 9))
    area = memory.read(BIOS_AREA, BIOS_END - BIOS_AREA)
    at = next(at for at in range(0, len(area), RSDP_ALIGN) if area[at:at + 8] == b'RSD PTR ')
    old = bytearray(area[at:at + RSDP_SIZE])
    old[8], old[15] = 0, 2
    new = bytearray(with_sum(old, 8)) + struct.pack('<IQI', 36, tables[ROOM], 0)
    memory.write(BIOS_AREA + at, with_sum(new, 32))


@pytest.mark.thorough
def test_tables_above_what_is_mapped(machines):
    """A slot with cpus= can't be had, and the other one can."""
    def damage(memory, tables):
        give_xsdt(memory, tables, [NOWHERE + 0x1000 if entry == tables['HPET'] else NOWHERE if entry == tables['APIC'] else entry
                                   for entry in root_entries(memory, tables)])

    room = machines.logs / 'room'
    room.write_bytes(bytes(256))
    machine = start(machines, damage, tick_slot('tick') + tick_slot('few', 'mem=16M cpus=0'),
                    more=['-acpitable', f'sig={ROOM},data={room}'])
    said = (f"slot few can't be started: ACPI: no MADT, unless it is the table at {NOWHERE:#x}, "
            "which is not in mapped memory; cpus= can't be done")
    assert f'error: {said}' in machine.command('log')
    assert said in machine.command('boot few')
    machine.sendline('boot tick')
    assert tick_count(machine, 'tick') > 0


@pytest.mark.thorough
def test_x2apic_entries(machines):
    """The MADT lists all CPUs by entries for x2APIC, the boot CPU last, and one with an ID that needs it. Linux gets those of
    its cpus=."""
    body = struct.pack('<II', 0xfee00000, 1) + b''.join(
        struct.pack('<BBHIII', X2APIC, 16, 0, apic_id, 1, uid) for uid, apic_id in enumerate((300, 2, 1, 0)))
    body += struct.pack('<BBBBII', IOAPIC, 12, 0, 0, 0xfec00000, 0)
    body += struct.pack('<BBBBIH', OVERRIDE, 10, 0, 0, 2, 0)
    madt = machines.logs / 'madt'
    madt.write_bytes(body)
    lines = linux_slot('alpha', CLOUD, 'mem=256M cpus=0,2', 'quiet') + tick_slot('tick')

    def damage(memory, tables):
        """The first MADT, QEMU's own, is none."""
        memory.flip(next(entry for entry in root_entries(memory, tables) if memory.read(entry, 4) == b'APIC'))

    machine = start(machines, damage, lines, memory='512M', smp=3,
                    more=['-acpitable', f'sig=APIC,data={madt}'])
    rows = parse_table(machine.command('cpus'))
    assert sorted(row['APIC ID'] for row in rows) == ['0', '1', '2', '300']
    assert sorted(row['APIC ID'] for row in rows if 'alpha' in row['SLOTS']) == ['0', '2']
    machine.sendline('boot alpha')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    assert alpha.run('grep ^apicid /proc/cpuinfo').split() == ['apicid', ':', '0', 'apicid', ':', '2']
    alpha.check_cpus(2)
    alpha.leave('syctl switch tick')
    tick_count(machine, 'tick')
    machine.send('1')
    alpha.come_back()
    alpha.check_cpus(2)
    assert alpha.alarms() == []


@pytest.mark.thorough
def test_a_root_table_of_no_use(machines):
    """Each slot is refused, but for one whose kernel reads no tables. Linux would read the table that the monitor can't."""
    lines = tick_slot('tick') + linux_slot('alpha', CLOUD, 'mem=256M') + linux_slot(
        'none', CLOUD, 'mem=256M', 'quiet acpi=off sy.name=none')
    machine = start(machines, lambda memory, tables: memory.flip(tables['RSDT']), lines, memory='1G')
    log = machine.command('log')
    assert "error: slot tick can't be started: ACPI: " in log
    assert "error: slot alpha can't be started: ACPI: " in log
    assert 'slot none' not in ''.join(line for line in log.splitlines() if 'error' in line)
    said = machine.command('boot alpha')
    assert "slot alpha can't be started" in said and 'acpi=off on its command line' in said
    machine.sendline('boot none')
    alone = Linux(machine, 'none')
    alone.wait()
    assert alone.try_run('ls /sys/firmware/acpi/tables')[1]
