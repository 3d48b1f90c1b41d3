# SPDX-License-Identifier: GPL-2.0-only
"""What tests know about the monitor: module lines, menu, console, and the tables that it prints."""

import re

from paths import BUILD, TICK
from qemu import PROMPT

INITRD = BUILD / 'initrd'
BOOT_LIMIT = 60  # seconds for BIOS, GRUB and the monitor


def module(kind, slot, path, options='', string=None):
    """One (file, module line) pair."""
    line = f'{kind} slot={slot}' + (f' {options}' if options else '')
    return path, line + (f' -- {string}' if string is not None else '')


def tick_slot(name='tick', options='mem=16M', string=None):
    return [module('kernel', name, TICK, options, string)]


def tick_count(machine, name='tick', timeout=BOOT_LIMIT):
    """The next count of timer interrupts that a tick slot prints, once a second."""
    return int(machine.expect(rf'^{re.escape(name)}: \d+ s, (\d+) ticks', timeout)[1])


def wait_menu(machine):
    """Waits until the monitor's menu takes keys."""
    machine.expect(r'c opens the console', BOOT_LIMIT)


def open_console(machine):
    """From the menu to the monitor's prompt."""
    wait_menu(machine)
    machine.send('c')
    machine.expect(PROMPT)


def parse_table(text):
    """A console table, up to an empty line, as a list of {column: value}.

    Columns are apart by two blanks or more.
    """
    lines = text.split('\n\n')[0].rstrip('\n').split('\n')
    names = re.split(r' {2,}', lines[0].strip())
    return [dict(zip(names, re.split(r' {2,}', line.strip()))) for line in lines[1:]]


def slots(machine):
    """The console's `slots`, by name."""
    return {row['SLOT']: row for row in parse_table(machine.command('slots'))}
