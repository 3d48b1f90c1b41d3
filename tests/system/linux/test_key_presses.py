# SPDX-License-Identifier: GPL-2.0-only
"""Each press of a hotkey counts, whatever the keyboard and however long the keys are held."""

import time

import pytest

from linux import GENERIC, Linux, linux_slot
from switchyard import open_console

USB = ['-device', 'qemu-xhci', '-device', 'usb-kbd']
KEYBOARDS = {
    'ps2': ('q35', [], 'bios'),
    'usb': ('q35,i8042=off', USB, 'bios'),
    'ps2-uefi': ('q35', [], 'uefi'),
    'usb-uefi': ('q35,i8042=off', USB, 'uefi'),
}
HOLDS_S = [0.02, 0.08, 0.15, 0.3, 0.6]
LONG_S = 4  # the driver acts after 2 s
SWITCH_LIMIT = 10
PRESS_S = 0.01
STILL_PRESSED_S = 1.5
TRIES = 10  # a key calls a suspend off only if it falls into its last milliseconds
# Linux lets a USB keyboard wake it up; a PS/2 keyboard only if suspend-to-idle is its usual way to sleep.
WAKE_UP = 'for port in /sys/bus/serio/devices/serio*; do [ ! -e $port ] || echo enabled > $port/power/wakeup; done'
# Linux brings a PS/2 keyboard back while tasks run already, and it takes no keys meanwhile. Whoever writes to this
# file waits for that; no driver has such a name, so nothing else comes of it.
KEYBOARD_IS_BACK = 'for port in /sys/bus/serio/devices/serio*; do echo none-such > $port/drvctl; done 2> /dev/null; true'
WAIT_FOR_KEYBOARD = 'until grep -qi keyboard /proc/bus/input/devices; do sleep 0.1; done'


@pytest.fixture(scope='module', params=[kind if kind == 'ps2' else pytest.param(kind, marks=pytest.mark.thorough)
                                        for kind in KEYBOARDS])
def machine(request, module_machines):
    """alpha is at its shell before and after each test, and beta is parked."""
    chipset, devices, firmware = KEYBOARDS[request.param]
    machine = module_machines.start('timeout=-1', linux_slot('alpha', GENERIC) + linux_slot('beta', GENERIC),
                                    machine=chipset, memory='1G', smp=2, devices=devices,
                                    firmware=firmware)
    open_console(machine)
    machine.keyboard = request.param[:3]
    machine.slots = {1: Linux(machine, 'alpha'), 2: Linux(machine, 'beta')}
    machine.sendline('boot alpha')
    machine.slots[1].wait()
    machine.slots[1].run(WAIT_FOR_KEYBOARD)
    machine.slots[1].leave('syctl switch beta')
    machine.slots[2].wait()
    machine.slots[2].run(WAIT_FOR_KEYBOARD)
    machine.hold_keys(chord(1), HOLDS_S[0])
    machine.slots[1].come_back()
    machine.slots[1].run(KEYBOARD_IS_BACK)
    yield machine
    machine.quit()


def chord(number):
    return ['ctrl', 'alt', 'shift', str(number)]


def press(machine, number, seconds):
    """The chord, held for so long, goes to that slot."""
    machine.hold_keys(chord(number), seconds)
    machine.slots[number].prompt(SWITCH_LIMIT)
    machine.slots[number].run(KEYBOARD_IS_BACK)


def press_often(machine, rounds):
    for _ in range(rounds):
        for seconds in HOLDS_S:
            press(machine, 2, seconds)
            press(machine, 1, seconds)


def check_typing(machine):
    """No key counts as held: what is typed on the screen's shell arrives as it was typed."""
    machine.type('echo typed-$((6*7)) > /tmp/typed\n')
    linux = machine.slots[1]
    assert linux.run('until [ -s /tmp/typed ]; do :; done; cat /tmp/typed; rm /tmp/typed').strip() == 'typed-42'


def test_each_press_counts(machine):
    press_often(machine, 1)
    check_typing(machine)


@pytest.mark.thorough
def test_50_presses_count(machine):
    press_often(machine, 5)


def test_a_chord_that_is_held(machine):
    """It acts before it is let go. Its keys are up again when the slot comes back."""
    press(machine, 2, LONG_S)
    press(machine, 1, 0.08)
    press(machine, 2, 0.08)
    press(machine, 1, 0.08)
    check_typing(machine)


def press_and_go_on(machine, number):
    """The chord, and then another key again and again, until that slot runs."""
    machine.hold_keys(chord(number), HOLDS_S[0])
    leaves = time.monotonic() + STILL_PRESSED_S
    while time.monotonic() < leaves:
        machine.hold_keys(['shift'], PRESS_S)
    machine.slots[number].prompt(SWITCH_LIMIT)
    machine.slots[number].run(KEYBOARD_IS_BACK)


def called_off(machine, number):
    """How many suspends that slot's Linux has called off. The slot is brought back for that."""
    press(machine, number, HOLDS_S[0])
    return int(machine.slots[number].run('cat /sys/power/suspend_stats/fail'))


def some_suspend_is_called_off(machine):
    for _ in range(TRIES):
        press_and_go_on(machine, 2)
        press_and_go_on(machine, 1)
        if called_off(machine, 2) + called_off(machine, 1):
            return True
    return False


def test_keys_that_are_pressed_meanwhile(machine):
    """A keyboard may wake Linux up from its suspend. That does not call the switch off."""
    machine.slots[1].run(WAKE_UP)
    press(machine, 2, HOLDS_S[0])
    machine.slots[2].run(WAKE_UP)
    press(machine, 1, HOLDS_S[0])
    if machine.keyboard == 'ps2':
        assert some_suspend_is_called_off(machine)
    else:  # a USB controller may sleep already, so nothing promises that a suspend is called off
        press_and_go_on(machine, 2)
        press_and_go_on(machine, 1)
    check_typing(machine)


def test_no_alarm(machine):
    assert machine.slots[1].alarms() == []
