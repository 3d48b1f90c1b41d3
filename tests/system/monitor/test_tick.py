# SPDX-License-Identifier: GPL-2.0-only
"""The demo guest: it counts timer interrupts, and takes turns with other kernels."""

import re

import pytest

from qemu import PROMPT
from switchyard import open_console, slots, tick_count, tick_slot

TWO_TICKS = tick_slot('tick') + tick_slot('tock')


@pytest.fixture
def machine(machines):
    machine = machines.start('timeout=-1', TWO_TICKS, memory='128M')
    open_console(machine)
    return machine


def test_counts_timer_interrupts(machine):
    machine.sendline('boot tick')
    first = tick_count(machine, 'tick')
    second = tick_count(machine, 'tick')
    assert second > first


def test_switches_by_key_and_goes_on_counting(machine):
    machine.sendline('boot tick')
    for _ in range(3):
        left_at = tick_count(machine, 'tick')
    machine.send('2')
    assert tick_count(machine, 'tock') < left_at, 'tock starts afresh'
    machine.send('1')
    assert tick_count(machine, 'tick') >= left_at, 'tick starts where it was'


def test_goes_to_the_monitor_and_comes_back(machine):
    machine.sendline('boot tick')
    for _ in range(3):
        left_at = tick_count(machine, 'tick')
    machine.send('0')
    machine.expect(PROMPT)
    assert slots(machine)['tick']['STATE'] == 'parked'
    machine.sendline('switch tick')
    assert tick_count(machine, 'tick') >= left_at


def test_runs_in_the_table(machine):
    for turn in (1, 2, 3):
        machine.sendline('switch tick')
        tick_count(machine, 'tick')
        machine.send('0')
        machine.expect(PROMPT)
        assert slots(machine)['tick']['RUNS'] == str(turn)


def test_boot_starts_a_parked_slot_afresh(machine):
    machine.sendline('boot tick')
    for _ in range(4):
        left_at = tick_count(machine, 'tick')
    machine.send('0')
    machine.expect(PROMPT)
    machine.sendline('boot tick')
    assert tick_count(machine, 'tick') < left_at


def test_kill_forgets_a_parked_slot(machine):
    machine.sendline('boot tick')
    tick_count(machine, 'tick')
    machine.send('0')
    machine.expect(PROMPT)
    machine.command('kill tick')
    assert slots(machine)['tick']['STATE'] == 'ready'
    assert re.match(r'error: ', machine.command('kill tick'))


HOTKEY = ['ctrl', 'alt', 'shift']


def test_hotkeys(machine):
    machine.sendline('boot tick')
    left_at = tick_count(machine, 'tick')
    machine.send_keys(HOTKEY + ['2'])
    tick_count(machine, 'tock')
    machine.send_keys(HOTKEY + ['1'])
    assert tick_count(machine, 'tick') >= left_at
    machine.send_keys(HOTKEY + ['0'])
    machine.expect(PROMPT)


def test_poweroff_ends_the_slot_alone(machine):
    machine.sendline('boot tick')
    tick_count(machine, 'tick')
    machine.send('p')
    machine.expect(PROMPT)
    assert {name: row['STATE'] for name, row in slots(machine).items()} == {
        'tick': 'ready', 'tock': 'ready'}
    machine.sendline('boot tock')
    tick_count(machine, 'tock')


def test_each_finds_its_own_screen(machine):
    machine.sendline('boot tick')
    left_at = tick_count(machine, 'tick')
    machine.send('2')
    tick_count(machine, 'tock')
    assert 'tick: ' not in machine.screen_text()
    machine.send('1')
    tick_count(machine, 'tick')
    shown = machine.screen_text()
    assert f', {left_at} ticks' in shown and 'tock: ' not in shown


# Hops between two slots: each of them counts on a second CPU, too.
SWITCHES = 102  # of each slot; one of them is deep, because it starts the other slot
LIMIT = 60
BACK = r'back after (\d+) switches, second CPU after (\d+), at (\d+)\n'


def with_two_cpus(name, other, switches):
    return tick_slot(name, 'mem=16M', f'every=1 to={other} count={switches} cpus=2 quick')


def back(machine, name):
    """Switches, those of the second CPU, and how far that one has counted."""
    return tuple(int(number) for number in machine.expect(rf'^{name}: {BACK}', LIMIT).groups())


def both_count(machine, name):
    """Both CPUs' counters, as printed once a second."""
    line = rf'^{name}: \d+ s, (\d+) ticks, 0 stray, second CPU (\d+)\n'
    return tuple(int(number) for number in machine.expect(line, LIMIT).groups())


def test_quick_switches_in_a_row_on_two_cpus(machines):
    machine = machines.start('timeout=0 default=one',
                             with_two_cpus('one', 2, SWITCHES) + with_two_cpus('two', 1, SWITCHES), memory='128M', smp=2)
    machine.expect(rf'^one: done, {SWITCHES} switches', LIMIT)
    machine.expect(PROMPT)
    hops = {name: [tuple(int(number) for number in hop)
                   for hop in re.findall(rf'^{name}: {BACK}', machine.serial.text, re.MULTILINE)]
            for name in ('one', 'two')}
    for name, found in hops.items():
        deep = name == 'one'  # its first one
        assert [hop[:2] for hop in found] == [(n, n - deep) for n in range(1, len(found) + 1)]
        counts = [count for _, _, count in found]
        assert counts == sorted(set(counts)), f'{name}: its second CPU does not go on'
    assert sum(len(found) for found in hops.values()) > 200
    assert 'second CPU c' not in machine.serial.text and 'second CPU d' not in machine.serial.text
    machine.sendline('switch one')
    back(machine, 'one')
    first = both_count(machine, 'one')
    second = both_count(machine, 'one')
    assert second[0] > first[0] and second[1] > first[1]


def test_quick_and_deep_switches_between_slots_of_other_cpus(machines):
    """Slots one and two have both CPUs, and three has CPU 0 alone."""
    machine = machines.start(
        'timeout=0 default=one',
        tick_slot('one', 'mem=16M', 'cpus=2') + tick_slot('two', 'mem=16M', 'cpus=2')
        + tick_slot('three', 'mem=16M cpus=0', 'cpus=2'), memory='128M', smp=2)
    both_count(machine, 'one')
    machine.send('q2')
    machine.expect(r'^one: two would look at all devices when it starts')
    machine.expect(r'^one: the gate refused: error -10')
    for other, name in ('2', 'two'), ('3', 'three'):
        machine.send(other)
        machine.expect(rf'^{name}: \d+ s')
        machine.send('1')
        before = back(machine, 'one')
    assert before[:2] == (2, 0)
    quick = 0
    for there, here in ('q2', 'q1'), ('q3', 'q1'), ('2', 'q1'), ('q3', '1'), ('q2', '1'), ('3', 'q1'), ('q3', 'q1'):
        machine.send(there)
        machine.expect(r'^two: back after' if there[-1] == '2' else r'^three: back after \d+ switches\n')
        machine.send(here)
        switches, parks, count = back(machine, 'one')
        quick += there[0] == 'q'
        assert (switches, parks) == (before[0] + 1, quick)
        assert count > before[2], 'the second CPU does not go on'
        before = switches, parks, count
    assert both_count(machine, 'one')[1] > before[2]
    assert 'second CPU c' not in machine.serial.text and 'second CPU d' not in machine.serial.text
