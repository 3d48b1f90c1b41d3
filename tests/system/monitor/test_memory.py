# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the memory plan: 512 MiB to 6 GiB, no overlap, slots above 4 GiB, many slots."""

import json
import re

import pytest

from linux import CLOUD, Linux, linux_slot
from paths import MONITOR_LARGE, TEST
from qemu import PROMPT
from switchyard import (BOOT_LIMIT, module, open_console, parse_table, slots, tick_count,
                        tick_slot)

MIB, GIB = 1 << 20, 1 << 30
LARGE_PAGE = 2 * MIB
BLOCK_MAX = 32 * 1024  # the block at the end of a slot's range


def regions(machine):
    """The output of `mem` as (start, end, owner). end is the first byte behind the region."""
    return [(int(row['START'], 16), int(row['END'], 16) + 1, row['OWNER'])
            for row in parse_table(machine.command('mem'))]


def ranges(iomem, what):
    """The ranges that Linux's /proc/iomem has under that name, as (first, last) address."""
    return [(int(a, 16), int(b, 16)) for a, b in
            re.findall(rf'^([0-9a-f]+)-([0-9a-f]+) : {what}', iomem, re.MULTILINE)]


def joined(found):
    """Ranges that meet become one: Linux lists what a loader's setup_data lies in by itself."""
    result = []
    for first, last in sorted(found):
        if result and result[-1][1] + 1 == first:
            first = result.pop()[0]
        result.append((first, last))
    return result


def check_plan(machine, names):
    """Checks that regions are in order and do not overlap, and that each slot has a slice and a range, and a piece below
    4 GiB if the range lies above."""
    plan = regions(machine)
    assert len(plan) >= 2 * len(names) + 3, 'too few lines in `mem`'
    for (_, end, what), (start, _, other) in zip(plan, plan[1:]):
        assert end <= start, f'{what} and {other} overlap'
    for name in names:
        own = [(start, end) for start, end, what in plan if what == name]
        (low_start, low_end), *piece, (start, end) = own
        assert len(piece) == (start >= 4 * GIB), f'slot {name} has {len(own)} ranges'
        assert all(MIB < first and last <= 4 * GIB for first, last in piece)
        assert low_start >= 0x10000 and low_end <= 0xa0000
        assert start >= MIB and start % LARGE_PAGE == 0
        assert end > start
    return plan


@pytest.mark.parametrize('memory', ['512M', '1G', '3G', '4G', '6G'])
def test_plan(machines, memory):
    machine = machines.start(
        'timeout=-1', tick_slot('one') + linux_slot('two', CLOUD, 'mem=192M') + tick_slot('three'),
        memory=memory)
    open_console(machine)
    assert list(slots(machine)) == ['one', 'two', 'three']
    check_plan(machine, ['one', 'two', 'three'])
    machine.sendline('boot three')
    assert tick_count(machine, 'three') > 0


def test_linux_in_512_mib(machines):
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', CLOUD, 'mem=256M'),
                             memory='512M')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    total = int(re.search(r'MemTotal:\s+(\d+) kB', alpha.run('cat /proc/meminfo'))[1])
    assert 128 * 1024 < total < 256 * 1024


def test_slot_above_4_gib(machines):
    machine = machines.start('timeout=-1', linux_slot('high', CLOUD, 'mem=512M@4G') + tick_slot(),
                             memory='6G')
    open_console(machine)
    plan = check_plan(machine, ['high', 'tick'])
    assert any(start == 4 * GIB and what == 'high' for start, _, what in plan)
    machine.sendline('boot high')
    high = Linux(machine, 'high')
    high.wait()
    iomem = high.run('cat /proc/iomem')
    ram = joined(ranges(iomem, 'System RAM'))
    block = ranges(iomem, 'ACPI Tables')[-1][0]
    assert 'SWYD' in high.run('ls /sys/firmware/acpi/tables')
    assert (4 * GIB, block - 1) in ram
    assert 0 < 4 * GIB + 512 * MIB - block <= BLOCK_MAX, 'the end of the range tells of the monitor'
    [piece] = [(start, end - 1) for start, end, what in plan if what == 'high' and MIB < start < 4 * GIB]
    assert all(end < MIB or start >= 4 * GIB for start, end in ram if (start, end) != piece), 'RAM of others is seen'
    assert piece in ram
    code = re.search(r'^\s*([0-9a-f]+)-[0-9a-f]+ : Kernel code', iomem, re.MULTILINE)
    assert int(code[1], 16) >= 4 * GIB


def test_slots_go_above_4_gib_by_themselves(machines):
    """Two slots ask for 2 GiB anywhere. Only one has room below 4 GiB (QEMU's pc has 3 GiB there)."""
    machine = machines.start(
        'timeout=-1', linux_slot('one', CLOUD, 'mem=2G') + linux_slot('two', CLOUD, 'mem=2G'),
        memory='6G')
    open_console(machine)
    check_plan(machine, ['one', 'two'])
    bases = {int(row['BASE'], 16): name for name, row in slots(machine).items()}
    low, high = sorted(bases)
    assert low < 4 * GIB <= high
    for base in (high, low):
        guest = Linux(machine, bases[base])
        machine.sendline(f'boot {bases[base]}')
        guest.wait()
        ram = re.findall(r'^([0-9a-f]+)-[0-9a-f]+ : System RAM', guest.run('cat /proc/iomem'),
                         re.MULTILINE)
        assert base in [int(start, 16) for start in ram]
        guest.leave('syctl monitor')
        machine.expect(PROMPT)


def test_a_guest_sees_its_own_ram_only(machines):
    machine = machines.start(
        'timeout=0 default=alpha',
        linux_slot('alpha', CLOUD, 'mem=256M') + linux_slot('beta', CLOUD, 'mem=256M'),
        memory='1G')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    iomem = alpha.run('cat /proc/iomem')
    high = [(a, b) for a, b in ranges(iomem, 'System RAM') if b >= MIB]
    [(block, end)] = ranges(iomem, 'ACPI Tables')
    assert len(high) == 1 and block == high[0][1] + 1 and end + 1 - block <= BLOCK_MAX
    assert end + 1 - high[0][0] == 256 * MIB
    listed = re.search(r'^alpha\s.*?(0x[0-9a-f]+)', alpha.run('syctl list'), re.MULTILINE)
    assert high[0][0] == int(listed[1], 16)


def test_eight_slots_and_more(machines):
    names = [f'slot{number}' for number in range(12)]
    machine = machines.start('timeout=-1', [pair for name in names for pair in
                                            tick_slot(name, 'mem=8M')], memory='512M')
    open_console(machine)
    assert list(slots(machine)) == names
    check_plan(machine, names)
    machine.sendline('boot slot11')
    assert tick_count(machine, 'slot11') > 0


def test_slots_that_do_not_fit_are_refused_by_name(machines):
    machine = machines.start(
        'timeout=-1',
        tick_slot('one', 'mem=300M') + tick_slot('two', 'mem=300M') + tick_slot('three', 'mem=16M'),
        memory='512M')
    open_console(machine)
    assert list(slots(machine)) == ['one', 'three']
    assert re.search(r'error.*\btwo\b.*300 MiB.*MiB', machine.command('log'))


@pytest.mark.parametrize('options, fact', [
    ('mem=16M@3G', r'3 GiB|c0000000'),     # no RAM there
    ('mem=16M@0x1234000', r'1234000|2 MiB|aligned'),
    ('mem=16M@8G', r'8 GiB|200000000'),
])
def test_a_base_that_can_not_be(machines, options, fact):
    machine = machines.start('timeout=-1', tick_slot('bad', options) + tick_slot('good'),
                             memory='512M')
    open_console(machine)
    assert list(slots(machine)) == ['good']
    assert re.search(rf'error.*\bbad\b.*({fact})', machine.command('log'))


def test_two_slots_that_ask_for_one_place(machines):
    machine = machines.start(
        'timeout=-1', tick_slot('one', 'mem=32M@64M') + tick_slot('two', 'mem=32M@80M'),
        memory='512M')
    open_console(machine)
    assert list(slots(machine)) == ['one']
    assert re.search(r'error.*\btwo\b', machine.command('log'))


def test_files_too_large_for_the_store(machines):
    """The slot with the largest files is refused by name. The other one stays."""
    large = TEST / 'large.bin'
    with large.open('wb') as file:
        file.truncate(64 * MIB)
    machine = machines.start('timeout=-1', [*tick_slot(), *tick_slot('two'),
                                            module('module', 'two', large)], memory='128M')
    machine.expect(r'error: slot two: no place for its files of \d+ KiB', BOOT_LIMIT)
    open_console(machine)
    assert list(slots(machine)) == ['tick']


KNOWN = ('Reserved', 'System RAM', 'ACPI Tables', 'ACPI Non-volatile Storage')


def map_of_alpha(machines, before, behind, **settings):
    """Returns the memory map and the gate's address that a Linux slot with a fixed place gets."""
    machine = machines.start(
        'timeout=0 default=alpha',
        before + linux_slot('alpha', CLOUD, 'mem=192M@512M') + behind, memory='2G', **settings)
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    iomem = alpha.run('cat /proc/iomem')
    gate = json.loads(alpha.run('syctl status --json'))['gate']
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    monitor = [start for start, _, owner in regions(machine) if owner == 'monitor']
    return {what: ranges(iomem, what) for what in KNOWN}, gate, monitor


@pytest.mark.thorough
def test_nothing_of_a_slot_moves(machines):
    """Other slots' lines, before or behind its own, and a larger monitor do not change its map."""
    alone, gate, monitor = map_of_alpha(machines, [], [])
    [(block, end)] = alone['ACPI Tables'][-1:]
    assert end == (512 + 192) * MIB - 1 and block <= gate <= end
    others = map_of_alpha(machines, linux_slot('beta', CLOUD, 'mem=128M@256M') + tick_slot(),
                          tick_slot('last', 'mem=32M'))
    assert others[:2] == (alone, gate)
    large = map_of_alpha(machines, [], [], monitor=MONITOR_LARGE)
    assert large[:2] == (alone, gate) and large[2] != monitor


def size_of(text):
    number, unit = text.split()
    return float(number) * {'bytes': 1, 'KiB': 1024, 'MiB': MIB}[unit]


@pytest.mark.parametrize('cpus', [1, 2, 8])
def test_what_slots_cost(machines, cpus):
    """The monitor 940 KiB, a slot 64 KiB with its block; each of them 16 KiB a CPU."""
    machine = machines.start('timeout=-1', tick_slot() + tick_slot('tock'), memory='1G', smp=cpus)
    open_console(machine)
    shown = machine.command('mem')
    kept = {row['KEPT FOR']: row for row in parse_table(shown[shown.index('KEPT FOR'):])}
    assert set(kept) == {'monitor', 'tick', 'tock'}
    assert size_of(kept['monitor']['SIZE']) <= (940 + 16 * cpus) * 1024
    for name in ('tick', 'tock'):
        total = size_of(kept[name]['SIZE']) + size_of(kept[name]['BLOCK'])
        assert total <= (64 + 16 * cpus) * 1024
