# SPDX-License-Identifier: GPL-2.0-only
"""What each service of the gate takes, with interrupts off: instructions from the gate's first one to the return.
The guest `callers` asks for each. With -icount shift=0 an instruction is a nanosecond of QEMU's clock, so a service
that keeps its promise of a millisecond takes less than a million of them."""

import re
from collections import defaultdict

from gate import FIRMWARE_LIMIT, ICOUNT, hops_of
from kernels import Slots
from monitor_image import counting_calls, find_base
from paths import CALLERS
from qemu import PROMPT
from switchyard import module, tick_slot

SLOTS = tick_slot() + [module('kernel', 'callers', CALLERS, 'mem=16M')]
LIMIT = 1_000_000
AGAIN = -11    # SWITCHYARD_EAGAIN
REFUSED = -10  # SWITCHYARD_EREFUSED
COMPARES = 'LOAD_COMMIT that compares'


def asked(machine):
    """(service, answer) of each call."""
    lines = machine.expect(r'((?:^callers: \w+: -?\d+\n)+)^callers: all asked', FIRMWARE_LIMIT)[1]
    return [(name, int(answer)) for name, answer in re.findall(r'^callers: (\w+): (-?\d+)$', lines, re.MULTILINE)]


def measure_linux(bench):
    """The log of a Linux slot, copied record by record out of its memory, and what its memory's readers are told.
    The calls before are LIST."""
    pair = Slots(bench.machines, 1, watch=counting_calls)
    for name, command in (('LOG_OF_SLOT', 'syctl log alpha'), ('MEMORY', 'head -c 64 $(syctl core alpha)')):
        before = len(hops_of(pair.file.read_text()))
        pair.kernels[1].run(f'{command} > /dev/null')
        add(bench, f'{name}, Linux', [hop.instructions for hop in hops_of(pair.file.read_text())[before:]])
    pair.machine.quit()


def add(bench, name, instructions):
    bench.add(f'service {name}: instructions', 'instructions', instructions)
    if max(instructions) > LIMIT:
        bench.fail(f'service {name}: {max(instructions)} instructions with interrupts off; {LIMIT} is the most')


def measure(bench):
    settings = {'machine': 'q35', 'memory': '256M'}
    options = 'serial=com1,115200 timeout=0 default=tick'
    base, _ = find_base(bench.machines, options, SLOTS, devices=ICOUNT, **settings)
    file = bench.machines.logs / 'services'
    machine = bench.machines.start(options, SLOTS, devices=[*ICOUNT, *counting_calls(base, file)], **settings)
    machine.expect(r'^tick: slot tick', FIRMWARE_LIMIT)
    machine.send('2')  # tick is parked, and will be killed
    machine.expect(r'^callers: 0 other CPUs are ready', FIRMWARE_LIMIT)
    machine.send('a')
    calls = asked(machine)
    machine.send('m')
    machine.expect(PROMPT, FIRMWARE_LIMIT)
    machine.quit()
    # Before them are those of tick. The switch to the monitor, behind them, does not return.
    hops = hops_of(file.read_text())[-len(calls):]
    assert len(hops) == len(calls) and all(answer in (0, AGAIN, REFUSED) for _, answer in calls), calls
    taken = defaultdict(list)
    for (name, answer), hop in zip(calls, hops):
        taken[COMPARES if (name, answer) == ('LOAD_COMMIT', AGAIN) else name].append(hop.instructions)
    assert COMPARES in taken
    for name, instructions in sorted(taken.items()):
        add(bench, name, instructions)
    measure_linux(bench)
