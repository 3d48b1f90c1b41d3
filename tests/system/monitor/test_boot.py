# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the way from GRUB to the menu, and from there to a slot or to the console."""

import re
import struct
import subprocess
import time

import pytest

import guest_images
from paths import MONITOR
from serial_stream import ExpectError
from switchyard import BOOT_LIMIT, open_console, slots, tick_slot, wait_menu

STD = b'\xfd'
ELF_ENTRY, SEGMENT_OFFSET = 24, 8  # in the ELF header and in a program header: <elf.h>
TWO_TICKS = tick_slot('tick') + tick_slot('tock')


def start(machines, options, modules=None, **settings):
    return machines.start(options, modules or TWO_TICKS, memory='128M', **settings)


def wait_tick(machine, name):
    machine.expect(rf'^{name}: slot {name}', BOOT_LIMIT)


def test_menu_names_the_slots(machines):
    machine = start(machines, 'timeout=-1')
    wait_menu(machine)
    shown = machine.serial.text
    assert re.search(r'^\W*1\W+tick\b', shown, re.MULTILINE)
    assert re.search(r'^\W*2\W+tock\b', shown, re.MULTILINE)
    machine.wait_screen(r'^\W*2\W+tock\b')


@pytest.mark.parametrize('key, slot', [('1', 'tick'), ('2', 'tock')])
def test_menu_digit_starts_a_slot(machines, key, slot):
    machine = start(machines, 'timeout=-1')
    wait_menu(machine)
    machine.send(key)
    wait_tick(machine, slot)


def monitor_begun_with(code):
    """The monitor, with an entry point that runs this code first. The code lies in unused stack."""
    image = MONITOR.read_bytes()
    symbols = subprocess.run(['nm', str(MONITOR)], capture_output=True, text=True, check=True).stdout
    stack = int(re.search(r'^(\w+) \w boot_stack$', symbols, re.MULTILINE)[1], 16)
    entry, segments = struct.unpack_from('<QQ', image, ELF_ENTRY)
    offset, base = struct.unpack_from('<QQ', image, segments + SEGMENT_OFFSET)
    jump = b'\xe9' + struct.pack('<i', entry - (stack + len(code) + 5))
    return guest_images.patched('monitor.elf', MONITOR, {
        ELF_ENTRY: struct.pack('<Q', stack), offset + stack - base: code + jump})


def test_a_loader_that_leaves_the_direction_flag_set(machines):
    """Multiboot2 does not define this flag. C code needs it clear."""
    machine = start(machines, 'timeout=-1', monitor=monitor_begun_with(STD))
    open_console(machine)
    assert set(slots(machine)) == {'tick', 'tock'}


def test_menu_takes_keys_of_the_keyboard(machines):
    machine = start(machines, 'timeout=-1')
    wait_menu(machine)
    machine.send_keys(['2'])
    wait_tick(machine, 'tock')


def test_menu_c_opens_the_console(machines):
    machine = start(machines, 'timeout=-1')
    open_console(machine)
    assert set(slots(machine)) == {'tick', 'tock'}


def test_menu_passes_over_a_digit_without_slot(machines):
    machine = start(machines, 'timeout=-1')
    wait_menu(machine)
    machine.send('7')
    machine.send('2')
    wait_tick(machine, 'tock')


def test_countdown_starts_the_default(machines):
    machine = start(machines, 'timeout=3 default=tock')
    wait_menu(machine)
    before = time.monotonic()
    wait_tick(machine, 'tock')
    assert time.monotonic() - before > 1.5, 'the countdown of 3 s was cut short'


def test_without_default_the_menu_waits(machines):
    machine = start(machines, 'timeout=1')
    wait_menu(machine)
    with pytest.raises(ExpectError):
        machine.expect('Starting|^t[io]ck: ', 3)
    machine.send('2')
    wait_tick(machine, 'tock')


def test_timeout_0_starts_at_once(machines):
    machine = start(machines, 'timeout=0 default=tock')
    wait_tick(machine, 'tock')
    assert 'opens the console' not in machine.serial.text


def test_serial_none_leaves_the_screen(machines):
    machine = start(machines, 'serial=none timeout=-1')
    machine.wait_screen(r'^\W*2\W+tock\b', BOOT_LIMIT)
    machine.send_keys(['c'])
    machine.wait_screen(r'^switchyard>$')
    assert 'switchyard>' not in machine.serial.text


def test_video_off_leaves_the_serial_port(machines):
    machine = start(machines, 'video=off timeout=-1')
    open_console(machine)
    assert 'switchyard>' not in machine.screen_text()


def test_baud(machines):
    """QEMU's port passes bytes at any rate, so the test only checks that the option is accepted."""
    machine = start(machines, 'serial=com1,38400 timeout=-1')
    open_console(machine)
    assert 'error' not in machine.command('log')


def test_loglevel_debug_says_more(machines):
    quiet = start(machines, 'loglevel=error timeout=-1')
    open_console(quiet)
    talkative = start(machines, 'loglevel=debug timeout=-1')
    open_console(talkative)
    assert len(talkative.serial.text) > len(quiet.serial.text)


WRONG_OPTIONS = {
    'frobnicate=1': 'frobnicate',
    'serial=com7': 'com7',
    'timeout=soon': 'soon',
    'loglevel=loud': 'loud',
    'video=maybe': 'maybe',
    'default=nobody': 'nobody',
}


@pytest.fixture(scope='module')
def log_of_wrong_options(module_machines):
    """All options are wrong. Each keeps its default, so the monitor starts as usual."""
    machine = module_machines.start(' '.join(WRONG_OPTIONS), TWO_TICKS, memory='128M')
    open_console(machine)
    assert set(slots(machine)) == {'tick', 'tock'}
    return machine.command('log').split('\n')


@pytest.mark.parametrize('option', WRONG_OPTIONS)
def test_wrong_option_is_named_and_passed_over(log_of_wrong_options, option):
    fact = WRONG_OPTIONS[option]
    faults = [line for line in log_of_wrong_options if re.search('error|warn', line)]
    assert any(fact in line for line in faults), '\n'.join(faults)


def test_wrong_baud(machines):
    machine = start(machines, 'serial=com1,fast timeout=-1')
    open_console(machine)
    assert re.search(r'error.*com1,fast', machine.command('log'))
