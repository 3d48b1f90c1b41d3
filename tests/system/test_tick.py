# SPDX-License-Identifier: GPL-2.0-only
"""The demo guest: it counts timer interrupts, and two of them check all CPU state over 1,000 switches."""

import re

import pytest

from qemu import PROMPT
from switchyard import open_console, slots, tick_slot

TWO_TICKS = tick_slot('tick') + tick_slot('tock')


@pytest.fixture
def machine(machines):
    machine = machines.start('timeout=-1', TWO_TICKS, memory='128M')
    open_console(machine)
    return machine


def count(machine, name, timeout=20):
    """The next count that the guest prints."""
    return int(machine.expect(rf'{name}\b.*?\b(\d+)', timeout)[1])


def test_counts_timer_interrupts(machine):
    machine.sendline('boot tick')
    first = count(machine, 'tick')
    second = count(machine, 'tick')
    assert second > first


def test_switches_by_key_and_goes_on_counting(machine):
    machine.sendline('boot tick')
    for _ in range(3):
        left_at = count(machine, 'tick')
    machine.send('2')
    assert count(machine, 'tock') <= 2, 'tock starts afresh'
    machine.send('1')
    assert count(machine, 'tick') >= left_at, 'tick starts where it was'


def test_goes_to_the_monitor_and_comes_back(machine):
    machine.sendline('boot tick')
    for _ in range(3):
        left_at = count(machine, 'tick')
    machine.send('0')
    machine.expect(PROMPT)
    assert slots(machine)['tick']['STATE'] == 'parked'
    machine.sendline('switch tick')
    assert count(machine, 'tick') >= left_at


def test_runs_in_the_table(machine):
    for turn in (1, 2, 3):
        machine.sendline('switch tick')
        count(machine, 'tick')
        machine.send('0')
        machine.expect(PROMPT)
        assert slots(machine)['tick']['RUNS'] == str(turn)


def test_boot_starts_a_parked_slot_afresh(machine):
    machine.sendline('boot tick')
    for _ in range(4):
        left_at = count(machine, 'tick')
    machine.send('0')
    machine.expect(PROMPT)
    machine.sendline('boot tick')
    assert count(machine, 'tick') < left_at


def test_kill_forgets_a_parked_slot(machine):
    machine.sendline('boot tick')
    count(machine, 'tick')
    machine.send('0')
    machine.expect(PROMPT)
    machine.command('kill tick')
    assert slots(machine)['tick']['STATE'] == 'ready'
    assert re.match(r'error: ', machine.command('kill tick'))


@pytest.mark.parametrize('cpu', ['max', 'qemu64'])
def test_thousand_switches_lose_nothing(machines, cpu):
    """With AVX (max) and with SSE alone (qemu64)."""
    machine = machines.start(
        'timeout=0 default=one',
        tick_slot('one', string='check=1000 with=two') + tick_slot('two',
                                                                   string='check=1000 with=one'),
        memory='128M', cpu=cpu)
    machine.expect(r'done, 1,?000 switches, 0 differences', 300)
    assert 'difference' not in re.sub(r'0 differences', '', machine.serial.text)
