# SPDX-License-Identifier: GPL-2.0-only
"""What it saves that CPUs stay online in a deep switch, as kernels with the patch series do it: beside each other run two
pairs of the same kernel, one of them with switchyard.keep_cpus=0, which takes CPUs offline and starts them again, as a
stock kernel does. They take turns hop by hop, so that a load of the host meets both."""

import json

from hops import cpus_text
from kernels import PeerFailed, Slots, host_rate, rate_in
from report import Goal

CPUS = (2, 4)
ROUNDS = 5  # of a hop to the other kernel and one back
RATE_ERROR = 0.02
WAYS = {'CPUs stay': '', 'CPUs go offline': 'switchyard.keep_cpus=0'}


def name(cpus, way):
    return f'deep hop, {cpus_text(cpus)}: {way}'


def part(cpus, way):
    return f'{name(cpus, way)}, of it for that'


STAY, OFFLINE = WAYS
GOALS = [goal for cpus in CPUS for goal in (
    Goal(f'a deep hop whose CPUs stay, {cpus_text(cpus)}, ms against CPUs that go offline', name(cpus, STAY),
         (name(cpus, OFFLINE),)),
    Goal(f'of it for that, {cpus_text(cpus)}, ms', part(cpus, STAY), (part(cpus, OFFLINE),)))]


def phases(kernel):
    """Milliseconds that each of the last switches of this kernel took to stop its CPUs, and to have them back."""
    turns = json.loads(kernel.run('syctl status --json'))['switches']
    return [(turn['cpus_off_us'] + turn['cpus_on_us']) / 1000 for turn in turns]


def check(kernel, way):
    """That its CPUs did what the figure says, and that its clock is right, by which it measures its phases."""
    if abs(rate_in(kernel.run('hop rate')) / host_rate() - 1) > RATE_ERROR:
        raise PeerFailed(f'{way}: the kernel took the time-stamp counter for a slower one: the host was too busy')
    offline = 'Disabling non-boot CPUs' in kernel.run('dmesg')
    if offline != (way == OFFLINE):
        raise PeerFailed(f'{way}: the kernel took them {"offline" if offline else "through the switch"}')


def measure_with(bench, cpus):
    pairs = {way: Slots(bench.machines, cpus, words=words) for way, words in WAYS.items()}
    for number in range(ROUNDS):
        for _ in range(2):
            for pair in pairs.values():
                pair.hop()
        bench.say(f'kept, {cpus_text(cpus)}: round {number + 1} of {ROUNDS}')
    for way, pair in pairs.items():
        for _ in range(2):
            check(pair.kernels[pair.at], way)
            bench.add(part(cpus, way), 'ms', phases(pair.kernels[pair.at]))
            pair.hop()
        pair.finish()
        bench.add(name(cpus, way), 'ms', pair.times())


def measure(bench):
    for cpus in CPUS:
        measure_with(bench, cpus)
        bench.machines.end()
