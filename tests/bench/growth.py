# SPDX-License-Identifier: GPL-2.0-only
"""How a hop grows: with a slot's memory, with the number of slots, with CPUs. It must not grow with memory or slots.
Memory and slots are counted in instructions, which no load of the host changes; CPUs are measured in time, between
two Linux kernels, because Linux takes CPUs away and back."""

from gate import FIRMWARE_LIMIT, ICOUNT, hops_of
from kernels import Slots
from monitor_image import counting, find_base
from switchyard import tick_slot

MEMORIES = {'128M': '512M', '512M': '2G', '1G': '4G', '4G': '10G'}  # a slot's, and the machine's
SLOTS = (2, 4, 8, 16)
CPUS = (1, 2, 4, 8)
HOPS = 6
LINUX_HOPS = 4
GROWS = 1.1  # times as many instructions are growth: which pages are checked changes from hop to hop


def count_hops(machines, slots, memory):
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


def ticks(count, size):
    """first and last have the numbers 1 and 2; the others are parked nowhere: they never ran."""
    names = ['first', 'last', *(f'other{number}' for number in range(count - 2))]
    lines = [tick_slot(name, f'mem={size}') for name in names]
    return [line for slot in lines for line in slot]


def must_not_grow(bench, what, medians):
    smallest, largest = medians[0], max(medians)
    if largest > smallest * GROWS:
        bench.fail(f'a hop grows with {what}: from {smallest} to {largest} instructions')


def by(bench, what, cases):
    """cases: (label, module lines, the machine's memory)."""
    medians = []
    for label, slots, memory in cases:
        name = f'growth, {label}: instructions'
        bench.add(name, 'instructions', count_hops(bench.machines, slots, memory))
        medians.append(bench.median(name))
    must_not_grow(bench, what, medians)


def measure(bench):
    by(bench, 'memory', [(f'slots of {size}', ticks(2, size), machine) for size, machine in MEMORIES.items()])
    by(bench, 'slots', [(f'{count} slots', ticks(count, '16M'), '1G') for count in SLOTS])
    for cpus in CPUS:
        pair = Slots(bench.machines, cpus)
        for _ in range(LINUX_HOPS):
            pair.hop()
        pair.finish()
        bench.add(f'growth, Linux to Linux, {cpus} CPU{"s" * (cpus > 1)}', 'ms', pair.times())
        bench.add(f'growth, of it the monitor, {cpus} CPU{"s" * (cpus > 1)}', 'ms', pair.monitor_times())
