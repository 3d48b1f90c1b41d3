# SPDX-License-Identifier: GPL-2.0-only
"""What a quick hop between two Linux kernels costs in the gate, in numbers that no load of the host changes. The boot
CPU's instructions with more CPUs depend on how long it waits for the others, so only those of the assembly count."""

from collections import Counter

import accesses
from hops import NO_VGA, cpus_text
from kernels import Slots
from monitor_image import Symbols, counting
from gate import hops_of
from report import Goal

CASES = ((1, ''), (1, 'integrity=off'), (2, ''))  # CPUs, options
HOPS = 12  # each slot reads six things in turn (docs/INTEGRITY.md)


def prefix(cpus, options=''):
    return f"quick hop, {cpus_text(cpus)}{options and f', {options}'}"


GOALS = [*(Goal(f'device accesses of a quick hop, {cpus_text(cpus)}', f'{prefix(cpus)}: device accesses', limit=150)
           for cpus in (1, 2)),
         *(Goal(f'assembly of a quick hop, {cpus_text(cpus)}', f'{prefix(cpus)}: instructions in assembly', limit=1000)
           for cpus in (1, 2)),
         *(Goal(f'instructions of a quick hop{options and f", {options}"}', f'{prefix(1, options)}: instructions',
                limit=60_000) for options in ('', 'integrity=off'))]


def measure_with(bench, cpus, options, symbols):
    name = prefix(cpus, options)
    pair = Slots(bench.machines, cpus, options, watch=counting, way='quick', machine='q35', devices=NO_VGA)
    for _ in range(HOPS):
        pair.hop()
    with accesses.traced(pair.machine) as found:
        pair.hop()
    pair.finish()
    counted = accesses.of_monitor(found)
    hops = hops_of(pair.file.read_text())[-HOPS:]
    files = [hop.by_file(pair.base, symbols) for hop in hops]
    bench.add(f'{name}: device accesses', 'accesses', [len(counted)])
    for region, count in sorted(Counter(access.region for access in counted).items()):
        bench.add(f'{name}: accesses to {region}', 'accesses', [count])
    bench.add(f'{name}: instructions in assembly', 'instructions', [counts['assembly'] for counts in files])
    if cpus == 1:
        bench.add(f'{name}: instructions', 'instructions', [hop.instructions for hop in hops])
        for file in sorted(set().union(*files) - {'assembly'}):
            bench.add(f'{name}: instructions in {file}', 'instructions', [counts[file] for counts in files])
    bench.say(name)


def measure(bench):
    symbols = Symbols()
    for cpus, options in CASES:
        measure_with(bench, cpus, options, symbols)
        bench.machines.end()
