# SPDX-License-Identifier: GPL-2.0-only
"""How a hop grows: with a slot's memory, with the number of slots, with CPUs. It must not grow with memory or slots.
Memory and slots are counted in instructions, which no load of the host changes; CPUs are measured in time, between
two Linux kernels, because Linux takes CPUs away and back."""

from functools import partial

from gate import FIRMWARE_LIMIT, ICOUNT, hops_of
from kernels import Slots
from monitor_image import counting, find_base
from switchyard import tick_slot

MEMORIES = {'128M': '512M', '1G': '4G', '4G': '12G'}  # a slot's, and the machine's
SLOTS = (2, 4, 16)
CPUS = (1, 2, 4, 8)
HOPS = 6
LINUX_HOPS = 6
GROWS = 1.5  # times as many instructions are growth; which pages are checked, and so a hop, differs each time


def between_ticks(machines, slots, memory):
    """Instructions of each hop to and fro between first and last."""
    options = 'serial=com1,115200 timeout=0 default=last'
    base, _ = find_base(machines, options, slots, machine='q35', memory=memory)
    file = machines.logs / f'growth-{len(machines.started)}'
    machine = machines.start(options, slots, machine='q35', memory=memory,
                             devices=[*ICOUNT, *counting(base, file)])
    machine.expect(r'^last: slot last', FIRMWARE_LIMIT)
    machine.send('1')
    machine.expect(r'^first: slot first', FIRMWARE_LIMIT)
    for turn in range(HOPS):
        key, name = ('1', 'first') if turn % 2 else ('2', 'last')
        machine.send(key)
        machine.expect(rf'^{name}: back after', FIRMWARE_LIMIT)
    machine.quit()
    return [hop.instructions for hop in hops_of(file.read_text())[-HOPS:]]


def between_linuxes(machines, size, memory):
    """Instructions of the monitor in each hop between two Linux kernels with so much memory. tick must lie below 4 GiB."""
    pair = Slots(machines, 1, slot=size, memory=memory, watch=counting)
    for _ in range(LINUX_HOPS):
        pair.hop()
    pair.finish()
    return [hop.instructions for hop in hops_of(pair.file.read_text())[-LINUX_HOPS:]]


def ticks(count):
    """first and last have the numbers 1 and 2. The others never run."""
    names = ['first', 'last', *(f'other{number}' for number in range(count - 2))]
    return [line for name in names for line in tick_slot(name)]


def must_not_grow(bench, what, medians):
    smallest, largest = medians[0], max(medians)
    if largest > smallest * GROWS:
        bench.fail(f'a hop grows with {what}: from {smallest} to {largest} instructions')


def by(bench, what, cases):
    """cases: (label, a function that counts)."""
    medians = []
    for label, count in cases:
        name = f'growth, {label}: instructions'
        bench.add(name, 'instructions', count())
        bench.say(name)
        medians.append(bench.median(name))
    must_not_grow(bench, what, medians)


def measure(bench):
    machines = bench.machines
    by(bench, 'memory', [(f'slots of {size}', partial(between_linuxes, machines, size, memory))
                         for size, memory in MEMORIES.items()])
    by(bench, 'slots', [(f'{count} slots', partial(between_ticks, machines, ticks(count), '1G')) for count in SLOTS])
    for cpus in CPUS:
        pair = Slots(bench.machines, cpus)
        for _ in range(LINUX_HOPS):
            pair.hop()
        pair.finish()
        bench.add(f'growth, Linux to Linux, {cpus} CPU{"s" * (cpus > 1)}', 'ms', pair.times())
        bench.add(f'growth, of it the monitor, {cpus} CPU{"s" * (cpus > 1)}', 'ms', pair.monitor_times())
