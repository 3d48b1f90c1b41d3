# SPDX-License-Identifier: GPL-2.0-only
"""What a hop costs in the gate, in numbers that no load of the host changes: instructions, accesses to
devices, bytes of memory. Two tick slots switch to each other. QEMU counts one instruction as a nanosecond, so that
also loops that wait for a time take the same number. OVMF does not start with such a clock; with a framebuffer, these
loops vary."""

import itertools
import re
from collections import Counter

import accesses
from monitor_image import Symbols, counting, find_base
from switchyard import BOOT_LIMIT, tick_slot

CPUS = (1, 2, 4)
ICOUNT = ['-icount', 'shift=0,sleep=off']
SCREENS = {'text': {'devices': ICOUNT}, 'framebuffer': {'firmware': 'uefi', 'devices': []},
           'none': {'devices': ['-vga', 'none', *ICOUNT]}}
HOPS = 6
FIRMWARE_LIMIT = 5 * BOOT_LIMIT  # with the plugin, firmware takes its time


class Hop:
    """One hop as the plugin wrote it."""

    def __init__(self, text):
        self.instructions = int(re.search(r'^hop (\d+)', text, re.MULTILINE)[1])
        self.at = {int(address, 16): int(count)
                   for address, count in re.findall(r'^at (\S+) (\d+)', text, re.MULTILINE)}
        self.pages = {int(address, 16): int(touched) for address, touched
                      in re.findall(r'^page (\S+) \d+ \d+ (\d+)', text, re.MULTILINE)}

    def by_file(self, base, symbols):
        """Instructions by the source file of the function that executed them."""
        counts = Counter()
        for address, count in self.at.items():
            counts[symbols.at(address - base)[1]] += count
        return counts

    def bytes_by_owner(self, memory):
        counts = Counter()
        for address, touched in self.pages.items():
            owner = next((owner for start, end, owner in memory if start <= address < end), 'devices')
            counts[owner] += touched
        return counts


def hops_of(text):
    return [Hop(part) for part in re.findall(r'^hop .*?^end$', text, re.MULTILINE | re.DOTALL)]


def run(machines, cpus, screen, way=None):
    """Returns (base, memory, the plugin's hops, accesses of the last of them). way: an option of tick."""
    slots = tick_slot('one', string=way) + tick_slot('two', string=way)
    settings = {'machine': 'q35', 'memory': '256M', 'smp': cpus, **SCREENS[screen]}
    devices = settings.pop('devices')
    options = 'serial=com1,115200 timeout=0 default=two'
    base, memory = find_base(machines, options, slots, devices=devices, **settings)
    file = machines.logs / f"gate-{screen}-{cpus}-{way or 'deep'}"
    machine = machines.start(options, slots, devices=[*devices, *counting(base, file)], **settings)
    machine.expect(r'^two: slot two', FIRMWARE_LIMIT)
    machine.send('1')
    machine.expect(r'^one: slot one', FIRMWARE_LIMIT)
    for number in range(HOPS + 1):
        machine.send('21'[number % 2])
        machine.expect(rf"^{('two', 'one')[number % 2]}: back after", FIRMWARE_LIMIT)
    counted = accesses.of_hop(machine, '1', 'one')
    machine.quit()
    return base, memory, hops_of(file.read_text())[-HOPS:], counted


def measure(bench):
    symbols = Symbols()
    for screen, cpus, way in [*itertools.product(SCREENS, CPUS, [None]), ('none', 1, 'quick')]:
        base, memory, hops, counted = run(bench.machines, cpus, screen, way)
        name = f'gate, {cpus} CPU{"s" * (cpus > 1)}, screen {screen}{way and ", quick" or ""}'
        bench.add(f'{name}: instructions', 'instructions', [hop.instructions for hop in hops])
        bench.add(f'{name}: device accesses', 'accesses', [len(counted)])
        bench.add(f'{name}: memory touched', 'bytes', [sum(hop.pages.values()) for hop in hops])
        bench.say(name)
        if cpus == 1:
            details(bench, name, hops, counted, base, memory, symbols)


def details(bench, name, hops, counted, base, memory, symbols):
    """Each item's share. With more CPUs it is the same but for INITs."""
    def add(what, unit, parts):
        for part in sorted(set().union(*parts)):
            bench.add(f'{name}: {what} {part}', unit, [counts[part] for counts in parts])

    add('instructions in', 'instructions', [hop.by_file(base, symbols) for hop in hops])
    add('memory of', 'bytes', [hop.bytes_by_owner(memory) for hop in hops])
    add('accesses to', 'accesses', [Counter(access.region for access in counted)])
