# SPDX-License-Identifier: GPL-2.0-only
"""Bad files and bad lines: each spoils only its own slot, and one line says why. Other slots start."""

import dataclasses
import re
import struct

import pytest

import guest_images
from linux import CLOUD, initrd, kernel
from paths import TICK
from switchyard import module, open_console, slots, tick_count, tick_slot

MIB = 1 << 20

# Offsets in a bzImage's header: Linux boot protocol, "Details of header fields".
SETUP_SECTS, SYSSIZE, HEADER_MAGIC, INIT_SIZE = 0x1f1, 0x1f4, 0x202, 0x260
KERNEL_CMDLINE_MOST = 2047  # x86 Linux's COMMAND_LINE_SIZE - 1, in the header of Debian's kernels


@dataclasses.dataclass
class Row:
    slot: str      # slot that must be refused
    fact: str      # what its error line must say besides the slot's name: a regular expression
    modules: object  # makes the module lines
    whole_line: str = ''  # used in place of slot and fact where the slot has no name


def kernel_row(slot, fact, make_file, options='mem=64M', string=None):
    return Row(slot, fact, lambda: [module('kernel', slot, make_file(), options, string)])


def bad_linux(name, patches, size=None):
    return lambda: guest_images.patched(name, kernel(CLOUD), patches, size=size)


def bad_elf(name, *segments, entry=None, bits=64):
    maker = guest_images.elf64 if bits == 64 else guest_images.elf32
    return lambda: maker(name, segments, entry=entry)


def tick_file():
    return TICK


FILES = [
    kernel_row('cut-setup', r'bzImage is truncated: \d+ bytes',
               bad_linux('cut-setup', {}, size=4096)),
    kernel_row('cut-half', r'bzImage is truncated: \d+ bytes',
               bad_linux('cut-half', {}, size=2 * MIB)),
    kernel_row('magic', r'magic|HdrS|not a',
               bad_linux('magic', {HEADER_MAGIC: b'XdrS'}), 'mem=64M type=linux'),
    kernel_row('no-format', r'not|unknown|format|type|magic',
               lambda: guest_images.write('no-format', b'no kernel at all\n' * 1000)),
    kernel_row('setup-sects', r'bzImage is truncated: \d+ bytes',
               bad_linux('setup-sects', {SETUP_SECTS: b'\xff'}, size=100 * 512)),
    kernel_row('syssize', r'bzImage is truncated: \d+ bytes',
               bad_linux('syssize', {SYSSIZE: struct.pack('<I', 0x7fffffff)})),
    kernel_row('init-size', r'kernel needs \d.* [MG]iB, mem=',
               bad_linux('init-size', {INIT_SIZE: struct.pack('<I', 0xfffff000)})),
    kernel_row('elf-overlap', r'overlap',
               bad_elf('elf-overlap', (4096, 0x400000, 512, 8192), (4096, 0x401000, 512, 512))),
    kernel_row('elf-wrap64', r'wrap|end|beyond|past|overflow',
               bad_elf('elf-wrap64', (4096, 0xfffffffffffff000, 512, 8192))),
    kernel_row('elf-wrap32', r'wrap|end|beyond|past|overflow|4 GiB|too high',
               bad_elf('elf-wrap32', (4096, 0xfffff000, 512, 8192), bits=32)),
    kernel_row('elf-file', r'file|truncated|bytes',
               bad_elf('elf-file', (4096, 0x400000, 0x100000, 0x100000))),
    kernel_row('elf-entry', r'entry',
               bad_elf('elf-entry', (4096, 0x400000, 512, 512), entry=0x10000000)),
    kernel_row('elf-sizes', r'file|mem|larger|size',
               bad_elf('elf-sizes', (4096, 0x400000, 512, 256))),
    kernel_row('elf-line', r'command line', lambda: guest_images.assemble('elf32', 0x400000),
               string='a line'),
    kernel_row('elf-none', r'segment|load|program header', bad_elf('elf-none', entry=0x400000)),
]

LINES = [
    Row('lonely', r'kernel', lambda: [module('initrd', 'lonely', initrd(CLOUD))]),
    Row('twice', r'second|two|already|more than one',
        lambda: [module('kernel', 'twice', TICK, 'mem=16M')] * 2),
    kernel_row('option', r'colour', tick_file, 'mem=16M colour=red'),
    kernel_row('size', r'12X', tick_file, 'mem=12X'),
    kernel_row('size-huge', r'99999999999999999999G', tick_file, 'mem=99999999999999999999G'),
    kernel_row('base', r'nowhere', tick_file, 'mem=16M@nowhere'),
    kernel_row('type', r'windows', tick_file, 'mem=16M type=windows'),
    kernel_row('cpus', r'0-x', tick_file, 'mem=16M cpus=0-x'),
    kernel_row('too-large', r'100 GiB', tick_file, 'mem=100G'),
    kernel_row('too-small', r'kernel needs \d+ MiB, mem=8 MiB', lambda: kernel(CLOUD), 'mem=8M'),
    kernel_row('seventeen-letters', r'16', tick_file, 'mem=16M'),
    kernel_row('UPPER', r'UPPER', tick_file, 'mem=16M'),
    kernel_row('long-line', str(KERNEL_CMDLINE_MOST), lambda: kernel(CLOUD), 'mem=64M',
               'console=ttyS0 ' + 'x' * KERNEL_CMDLINE_MOST),
    Row('', '', lambda: [(TICK, 'kernel mem=16M')], r'no slot='),
    Row('', '', lambda: [(TICK, 'colonel slot=kind mem=16M')], r'colonel'),
]


def boot(machines, rows):
    lines = [pair for row in rows for pair in row.modules()]
    machine = machines.start('timeout=-1', lines + tick_slot('good'), memory='1G')
    open_console(machine)
    return machine


@pytest.fixture(scope='module')
def machine_of(module_machines):
    """All faults are on one machine: a fault in one slot must not touch another."""
    made = {id(table): boot(module_machines, table) for table in (FILES, LINES)}
    logs = {key: machine.command('log') for key, machine in made.items()}
    return lambda table: (made[id(table)], logs[id(table)])


def reason(fault):
    """The text of an error behind the slot's name, and behind the line if the error quotes it."""
    return re.sub(r'^.*?error: (slot \S+: )?(line ".*?": )?', '', fault)


def check_row(row, machine, log):
    faults = [line for line in log.split('\n') if 'error: ' in line]
    if row.whole_line:
        about = [fault for fault in faults if re.search(row.whole_line, fault)]
    else:
        about = [fault for fault in faults if f'error: slot {row.slot}: ' in fault
                 or f'"kernel slot={row.slot} ' in fault]
    assert len(about) == 1, 'not one line for one fault among:\n' + '\n'.join(faults)
    assert re.search(row.fact, reason(about[0])), about[0]
    assert row.slot not in slots(machine)


@pytest.mark.parametrize('row', FILES, ids=lambda row: row.slot)
def test_bad_file(machine_of, row):
    check_row(row, *machine_of(FILES))


@pytest.mark.parametrize('row', LINES, ids=lambda row: row.slot or row.whole_line)
def test_bad_line(machine_of, row):
    check_row(row, *machine_of(LINES))


@pytest.mark.parametrize('table', [FILES, LINES], ids=['files', 'lines'])
def test_the_good_slot_starts(machine_of, table):
    machine, _ = machine_of(table)
    assert list(slots(machine)) == ['good']
    machine.sendline('boot good')
    assert tick_count(machine, 'good') > 0


def test_no_slot_at_all(machines):
    machine = machines.start('timeout=-1', [], memory='128M')
    machine.expect(r'no slot')
    machine.expect('switchyard> ')
    assert slots(machine) == {}


def test_more_slots_than_there_can_be(machines):
    """There can be 16 slots (switchyard.h). The 17th is refused by name."""
    lines = [pair for number in range(17) for pair in tick_slot(f's{number}', 'mem=4M')]
    machine = machines.start('timeout=-1', lines, memory='512M')
    open_console(machine)
    assert list(slots(machine)) == [f's{number}' for number in range(16)]
    assert re.search(r'error.*\bs16\b.*\b16\b', machine.command('log'))
