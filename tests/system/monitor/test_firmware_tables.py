# SPDX-License-Identifier: GPL-2.0-only
"""Tests of wrong ACPI tables: QEMU's tables are damaged from outside before the monitor reads them."""

import pytest
from acpi import OEM_ID, OLD_DSDT, OLD_PM1A_CONTROL, find_local_apics, find_tables
from gdb_remote import GdbRemote
from grub_image import build_image, switchyard_config
from switchyard import BOOT_LIMIT, open_console, parse_table, tick_count, tick_slot


def start(machines, damage, slot_lines=None, **settings):
    """Gives a machine at the monitor's prompt. damage(memory, tables) has changed its tables before."""
    commands, files = switchyard_config('timeout=-1', slot_lines or tick_slot())
    socket = machines.logs / 'gdb'
    machine = machines.start_image(
        build_image(['echo before the monitor', 'read key', *commands], files), memory='128M',
        devices=['-gdb', f'unix:{socket},server=on,wait=off'], **settings)
    machine.expect(r'before the monitor', BOOT_LIMIT)
    with GdbRemote(socket) as memory:
        damage(memory, find_tables(memory))
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
