# SPDX-License-Identifier: GPL-2.0-only
"""Tests of firmware that lists devices wrongly: tables twice and cut, entries of 0, devices that are not listed
or not there, many CPUs with gaps. What the monitor can't do for a slot it refuses by name; all else goes on."""

import struct

import pytest

from acpi import BOOT_ARCHITECTURE, HEADER_SIZE, LENGTH, find_tables
from gdb_remote import GdbRemote
from grub_image import build_image, switchyard_config
from paths import TORTURE
from qemu import PROMPT
from switchyard import BOOT_LIMIT, module, open_console, parse_table, slots, tick_count, tick_slot
from torture import wait_both

I8042 = 1 << 1  # the FADT's flag: there is one
TURNS = 30
SLOTS = (tick_slot('tick') + tick_slot('few', 'mem=16M cpus=0,2') + tick_slot('many', 'mem=16M cpus=0-5')
         + [module('kernel', name, TORTURE, 'mem=16M', f'to={other} count={TURNS}')
            for name, other in (('one', 5), ('two', 4))])


def spoil(memory):
    """The HPET and the i8042 are not listed, the root table has an entry of 0 and three bytes more."""
    tables = find_tables(memory)
    memory.flip(tables['HPET'])
    flags = struct.unpack('<H', memory.read(tables['FACP'] + BOOT_ARCHITECTURE, 2))[0]
    memory.write(tables['FACP'] + BOOT_ARCHITECTURE, struct.pack('<H', flags & ~I8042))
    length = struct.unpack('<I', memory.read(tables['RSDT'] + LENGTH, 4))[0]
    entries = memory.read(tables['RSDT'] + HEADER_SIZE, length - HEADER_SIZE)
    at = entries.index(struct.pack('<I', tables['WAET']))
    memory.write(tables['RSDT'] + HEADER_SIZE + at, bytes(4))
    memory.write(tables['RSDT'] + LENGTH, struct.pack('<I', length + 3))


@pytest.fixture(scope='module')
def faulty(module_machines):
    """At the prompt. There is a second MADT, of odd length, which lists CPUs that are not there."""
    madt = module_machines.logs / 'madt'
    madt.write_bytes(bytes(8) + b''.join(struct.pack('<BBBBI', 0, 8, cpu, cpu, 1) for cpu in range(9)) + b'\0')
    commands, files = switchyard_config('timeout=-1', SLOTS)
    socket = module_machines.logs / 'gdb'
    machine = module_machines.start_image(
        build_image(['echo before the monitor', 'read key', *commands], files), memory='256M', smp='3,maxcpus=12',
        devices=['-gdb', f'unix:{socket},server=on,wait=off', '-acpitable', f'sig=APIC,data={madt}'])
    machine.expect(r'before the monitor', BOOT_LIMIT)
    with GdbRemote(socket) as memory:
        spoil(memory)
    machine.send('\r')
    open_console(machine)
    return machine


def test_faults_are_told(faulty):
    log = faulty.command('log')
    assert 'warn: ACPI: 2 tables are named APIC; the first one counts, as for Linux' in log
    assert 'warn: ACPI lists no HPET, but one answers at 0xfed00000' in log
    assert 'MADT entry' not in log and 'no PS/2 keyboard' not in log
    assert "error: slot many can't be started: cpus= names CPU 3, but this machine has CPUs 0 to 2" in log


def test_the_keyboard_may_be_there(faulty):
    faulty.type('frobnicate\n')
    faulty.expect(r'error: .*frobnicate')
    faulty.expect(PROMPT)


def test_a_slot_without_its_cpus_is_refused(faulty):
    """At the console and from a slot, and nobody else is."""
    said = "slot many can't be started: cpus= names CPU 3, but this machine has CPUs 0 to 2"
    assert said in faulty.command('boot many')
    assert slots(faulty)['many']['STATE'] == 'ready'
    faulty.sendline('boot few')
    before = tick_count(faulty, 'few')
    faulty.send('3')
    assert tick_count(faulty, 'few') > before
    faulty.send('0')
    faulty.expect(PROMPT)
    states = {name: row['STATE'] for name, row in slots(faulty).items()}
    assert (states['few'], states['many']) == ('parked', 'ready')


def test_an_hpet_that_is_not_listed_is_kept_and_quiet(faulty):
    """Each guest fills its registers, starts it, and finds its own again."""
    faulty.sendline('boot one')
    without = faulty.expect(r'((?:^one: without: .*\n)*)^one: \d+ values in \d+ groups.*\n', BOOT_LIMIT)[1]
    assert 'hpet' not in without
    assert wait_both(faulty, BOOT_LIMIT) == 0
    faulty.expect(PROMPT)
    faulty.sendline('boot tick')
    assert tick_count(faulty, 'tick') > 0
    faulty.send('0')
    faulty.expect(PROMPT)


def test_neither_hpet_nor_keyboard_and_many_cpus(machines):
    """Two devices less, and 12 CPUs whose APIC IDs have gaps: nothing waits for what is not there."""
    machine = machines.start('timeout=-1', tick_slot('tick', 'mem=16M cpus=0,9-11') + tick_slot('tock'),
                             machine='q35,hpet=off,i8042=off', smp='12,sockets=4,cores=3', memory='128M')
    open_console(machine)
    log = machine.command('log')
    assert 'ACPI' not in log and 'no PS/2 keyboard' in log
    rows = parse_table(machine.command('cpus'))
    assert [row['CPU'] for row in rows] == [str(cpu) for cpu in range(12)]
    assert [row['APIC ID'] for row in rows] == [str(4 * (cpu // 3) + cpu % 3) for cpu in range(12)]
    assert [row['CPU'] for row in rows if 'tick' in row['SLOTS']] == ['0', '9', '10', '11']
    machine.sendline('boot tick')
    before = tick_count(machine, 'tick')
    machine.send('2')
    tick_count(machine, 'tock')
    machine.send('1')
    assert tick_count(machine, 'tick') >= before
