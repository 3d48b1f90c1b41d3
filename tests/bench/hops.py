# SPDX-License-Identifier: GPL-2.0-only
"""Linux to Linux, one hop, and beside it the other ways to another kernel. All machines of a round run at the same
time, and take turns hop by hop, so that a load of the host meets all of them."""

import os

from kernels import Jump, Slots
from peers import KexecReboot, Saved
from report import Goal

CPUS = (1, 2)
ROUNDS = 6       # of a hop to the other kernel and one back
SLOW_ROUNDS = int(os.environ.get('SLOW_ROUNDS', '3'))  # in so many of them, the peers that take seconds also run
QUICK_HOPS = 6

NO_VGA = ['-vga', 'none']
WAYS = {'deep': {}, 'deep, integrity=off': {'options': 'integrity=off'}, 'quick': {'way': 'quick'},
        'quick, without VGA': {'way': 'quick', 'devices': NO_VGA}}
QUICK_WAYS = [way for way in WAYS if way.startswith('quick')]


def cpus_text(cpus):
    return f'{cpus} CPU{"s" * (cpus > 1)}'


def names(cpus):
    """The figures that the goals compare."""
    text = cpus_text(cpus)
    return {'deep': f'Linux to Linux, {text}: deep', 'monitor': f'Linux to Linux, {text}: deep, of it the monitor',
            'there': f'Linux to Linux, {text}: kexec jump to B', 'back': f'Linux to Linux, {text}: kexec jump back',
            **{way: f'Linux to Linux, {text}: {way}' for way in QUICK_WAYS}}


def against_jump(cpus, way, divisor):
    kind, comma, screen = way.partition(',')
    return Goal(f'{kind} hop{comma}{screen}, {cpus_text(cpus)}, ms against kexec jump', names(cpus)[way],
                (names(cpus)['there'], names(cpus)['back']), divisor)


GOALS = [goal for cpus, divisor in ((1, 12), (2, 7)) for goal in (
    against_jump(cpus, 'deep', divisor),
    *(against_jump(cpus, way, 200) for way in QUICK_WAYS),
    Goal(f"the monitor's part, {cpus_text(cpus)}, ms", names(cpus)['monitor'], limit=1.0))]


def rounds(bench, prefix, pairs, peers):
    for number in range(ROUNDS):
        for _ in range(2):
            for pair in pairs:
                pair.hop()
        for peer in peers if number < SLOW_ROUNDS else ():
            for name, milliseconds in peer.round():
                bench.add(f'{prefix}: {name}', 'ms', [milliseconds])
        bench.say(f'{prefix}: round {number + 1} of {ROUNDS}')


def measure_with(bench, cpus):
    prefix = f'Linux to Linux, {cpus_text(cpus)}'
    ways = {way: Slots(bench.machines, cpus, **settings) for way, settings in WAYS.items()}
    jump = Jump(bench.machines, cpus)
    peers = [KexecReboot(bench.machines, cpus), Saved(bench.machines, cpus)] if SLOW_ROUNDS else []
    rounds(bench, prefix, [*ways.values(), jump], peers)
    for way, pair in ways.items():
        pair.finish()
        bench.add(f'{prefix}: {way}', 'ms', pair.times())
        bench.add(f'{prefix}: {way}, of it the monitor', 'ms', pair.monitor_times())
        bench.add(f'{prefix}: {way}, of it Linux', 'ms',
                  [all - monitor for all, monitor in zip(pair.times(), pair.monitor_times())])
    jump.finish()
    bench.add(names(cpus)['there'], 'ms', jump.times('there'))
    bench.add(names(cpus)['back'], 'ms', jump.times('back'))


# As if a hotkey were pressed again and again: each kernel leaves as soon as it is back. Linux's next suspend waits
# until its PS/2 devices are there again; without a mouse there is less to wait for. A quick switch leaves them alone,
# and its hops show what caches do that a pause lets go cold.
WITHOUT_PAUSE = {'deep, without a pause before it': {},
                 'deep, without a pause before it, and without a PS/2 mouse': {'words': 'i8042.noaux'},
                 'quick, without VGA, without a pause before it': WAYS['quick, without VGA']}


def without_pause(bench):
    for name, settings in WITHOUT_PAUSE.items():
        pair = Slots(bench.machines, 1, **settings)
        pair.bounce(QUICK_HOPS)
        pair.finish()
        # Before the first two, each kernel had a pause.
        bench.add(f'Linux to Linux, {cpus_text(1)}: {name}', 'ms', pair.times()[2:2 * QUICK_HOPS])


def measure(bench):
    for cpus in CPUS:
        measure_with(bench, cpus)
        bench.machines.end()
    without_pause(bench)
