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
