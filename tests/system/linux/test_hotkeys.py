# SPDX-License-Identifier: GPL-2.0-only
"""Tests of switching by keyboard and by SysRq, without a program in the guest."""

import pytest

from linux import GENERIC, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import open_console, slots, tick_slot

HOTKEY = ['ctrl', 'alt', 'shift']


@pytest.fixture(scope='module')
def machine(module_machines):
    """alpha is at its shell before and after each test."""
    machine = module_machines.start(
        'timeout=-1',
        linux_slot('alpha', GENERIC) + linux_slot('beta', OLDER_CLOUD) + tick_slot(),
        memory='1G', smp=2)
    open_console(machine)
    machine.alpha, machine.beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot alpha')
    machine.alpha.wait()
    return machine


def monitor_to_alpha(machine):
    machine.sendline('switch alpha')
    machine.expect(r'switch alpha\n')
    machine.alpha.prompt()


def keys_arrived(machine):
    """Waits until alpha has taken every key sent so far: QEMU sends them in the background, and a key
    that comes late would be typed into what the next test has on the machine."""
    machine.send_keys(['ctrl', 'u'])  # drops what was typed on the screen
    machine.type('echo > /tmp/arrived\n')
    machine.alpha.run('until [ -e /tmp/arrived ]; do :; done; rm /tmp/arrived')


def test_hotkey_to_another_linux_and_back(machine):
    machine.alpha.run('echo kept > /tmp/kept')
    machine.send_keys(HOTKEY + ['2'])
    machine.beta.wait()
    machine.send_keys(HOTKEY + ['1'])
    machine.alpha.prompt()
    assert machine.alpha.run('cat /tmp/kept').strip() == 'kept'
    machine.send_keys(HOTKEY + ['2'])
    machine.beta.prompt()
    machine.send_keys(HOTKEY + ['1'])
    machine.alpha.prompt()


def test_hotkey_0_to_the_monitor(machine):
    machine.send_keys(HOTKEY + ['0'])
    machine.expect(PROMPT)
    assert slots(machine)['alpha']['STATE'] == 'parked'
    monitor_to_alpha(machine)


def test_right_hand_keys(machine):
    machine.send_keys(['ctrl_r', 'alt_r', 'shift_r', '0'])
    machine.expect(PROMPT)
    monitor_to_alpha(machine)


def test_modifiers_are_not_stuck(machine):
    """The keys are released while another kernel runs. The shell on the screen must not see them as held."""
    machine.send_keys(HOTKEY + ['0'])
    machine.expect(PROMPT)
    monitor_to_alpha(machine)
    machine.type('echo typed-$((6*7)) > /tmp/typed\n')
    keys_arrived(machine)
    assert machine.alpha.run('cat /tmp/typed').strip() == 'typed-42'


def test_hotkey_to_a_slot_that_is_not(machine):
    machine.send_keys(HOTKEY + ['9'])
    keys_arrived(machine)
    assert 'alpha' in machine.alpha.run('hostname')


def test_digits_alone_do_nothing(machine):
    machine.send_keys(['2'])
    machine.send_keys(['ctrl', 'alt', '2'])
    keys_arrived(machine)
    assert 'alpha' in machine.alpha.run('hostname')


def test_sysrq_y_by_serial_break(machine):
    machine.sysrq('y')
    machine.expect(PROMPT)
    assert slots(machine)['alpha']['STATE'] == 'parked'
    monitor_to_alpha(machine)


def test_no_alarm(machine):
    assert machine.alpha.alarms() == []
