#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does the torture guest see it if the monitor forgets one item? `make mutation` asks, item by item.

Each mutation (mutations.py) drops or replaces one text in a copy of the sources below build/mutation/,
rebuilds what that changes, and lets two torture guests switch to each other. They have to say a
difference by the item's name.

Some mutations (quick_mutations.py) are seen by a unit test instead.

  mutate.py              all of them
  mutate.py ITEM...      those that name one of these items
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/harness'))

import torture  # noqa: E402
from mutation import Mutation  # noqa: E402
from mutations import MUTATIONS  # noqa: E402
from paths import BUILD, MONITOR  # noqa: E402
from qemu import PROMPT, Machine  # noqa: E402
from quick_mutations import UNIT_MUTATIONS  # noqa: E402
from serial_stream import ExpectError  # noqa: E402

TREE = BUILD / 'mutation' / 'tree'
MONITORS = BUILD / 'mutation' / 'monitors'
SWITCHES = 8  # of each slot; a bit that two slots fill at random is the same eight times in 2^16 runs
LIMIT = 30  # seconds that those may take
BUILD_LIMIT = 300
UNIT_LIMIT = 20  # a test that waits for what was left out
OBJECTS = ('monitor', 'unit')  # below build/: kept, so that only what a mutation changes is compiled


class MutationError(Exception):
    """The mutation itself is wrong."""


def copy_tree():
    """The sources as they are now, and what the last build made of them, with their times."""
    shutil.rmtree(TREE, ignore_errors=True)
    skipped = shutil.ignore_patterns('.git', 'build', '__pycache__')
    shutil.copytree(ROOT, TREE, ignore=skipped, symlinks=True)
    for objects in OBJECTS:
        if (BUILD / objects).exists():
            shutil.copytree(BUILD / objects, TREE / 'build' / objects)
    shutil.copy2(MONITOR, TREE / 'build' / MONITOR.name)
    MONITORS.mkdir(parents=True, exist_ok=True)


def edited(mutation):
    """{file: its text with the mutation}. Each text that goes has to be there once."""
    texts = {}
    for file, text, replacement in mutation.edits:
        source = texts.get(file) or (ROOT / file).read_text()
        if source.count(text) != 1:
            raise MutationError(f'{file} has {source.count(text)} times, not once: {text.strip()!r}')
        texts[file] = source.replace(text, replacement)
    return texts


def make(target):
    """Builds it in the copy, from what changed. An outer make's options are not for this one."""
    ours = {name: value for name, value in os.environ.items()
            if name not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')}
    result = subprocess.run(['make', '-s', '-C', str(TREE), target], check=False, env=ours,
                            capture_output=True, text=True, timeout=BUILD_LIMIT)
    if result.returncode:
        raise MutationError(f'it does not build:\n{result.stderr.rstrip()}')


def build(mutation, target):
    """Builds the target with this mutation; the copy's sources are as before afterwards."""
    texts = edited(mutation)
    try:
        for file, text in texts.items():
            (TREE / file).write_text(text)
        make(target)
    finally:
        for file in texts:
            shutil.copyfile(ROOT / file, TREE / file)
    return TREE / target


def build_monitor(mutation):
    monitor = MONITORS / (mutation.items[0] + '.elf')
    shutil.copyfile(build(mutation, f'build/{MONITOR.name}'), monitor)
    return monitor


def unit_verdict(mutation):
    """The program fails, or hangs."""
    program = build(mutation, f'build/unit/{mutation.unit}')
    try:
        result = subprocess.run([str(program)], check=False, capture_output=True, timeout=UNIT_LIMIT)
    except subprocess.TimeoutExpired:
        return None
    return None if result.returncode else f'{mutation.unit} passes'


class Starter:
    """What torture.start() starts a machine with: one that this monitor runs, with logs of its name."""

    def __init__(self, name, monitor):
        self._name = name
        self._monitor = monitor

    def start(self, options, modules, **settings):
        return Machine.switchyard(self._name, options, modules, monitor=self._monitor, **settings)


def wait_done(machine, name):
    return machine.expect(rf'^{name}: (done), |^\w+: exception|{PROMPT}', LIMIT)[1] or 'stopped'


def run(monitor, mutation):
    """Names of items that differ, and what ended the run: 'done' or 'stopped'."""
    with torture.start(Starter(f'mutation.{mutation.items[0]}', monitor), SWITCHES, cpu=mutation.cpu,
                       machine=mutation.machine, iommu=mutation.iommu, options=mutation.options,
                       smp=mutation.cpus) as machine:
        try:
            torture.wait_begin(machine)
            first, second = torture.in_order(mutation.options)
            end = wait_done(machine, first)
            if end == 'done' and mutation.cpus > 1:  # the monitor starts the other CPU of the second slot
                machine.expect(PROMPT)
                machine.sendline(f'switch {second}')
                end = wait_done(machine, second)
        except ExpectError:
            end = 'stopped'
    if monitor != MONITOR:  # it will never be built again
        Path(machine.arguments[machine.arguments.index('-cdrom') + 1]).unlink()
    return torture.differences(machine), end


def verdict(mutation, found, end):
    """None if the mutation was seen, else how it was not."""
    missing = [item for item in mutation.items if item not in found]
    if not missing or (mutation.stops and end == 'stopped'):
        return None
    return f'no DIFF line names {", ".join(missing)}' + (' (the guests stopped)' if end == 'stopped' else '')


def baseline():
    """None if the monitor without a mutation shows no difference, in a deep switch and in a quick one."""
    for options, cpus in ('', 1), ('quick', 2):
        found, end = run(MONITOR, Mutation(('baseline',), (), options=options, cpus=cpus))
        if end != 'done' or found:
            return f'the guests {"ran" if end == "done" else "stopped"}, and differ in {", ".join(sorted(found))}'
    return None


def try_one(mutation):
    """Builds it and runs it; None if it was seen."""
    try:
        if mutation.unit:
            return unit_verdict(mutation)
        return verdict(mutation, *run(build_monitor(mutation), mutation))
    except MutationError as error:
        return str(error)


def chosen(items):
    """Those that name one of these items, or all; each item must be known."""
    known = MUTATIONS + UNIT_MUTATIONS
    unknown = set(items) - {item for mutation in known for item in mutation.items}
    if unknown:
        raise SystemExit(f'no mutation names {", ".join(sorted(unknown))}')
    return [mutation for mutation in known if not items or set(items) & set(mutation.items)]


def mutate(items):
    """Tries them, one line each. How many were not seen."""
    mutations = chosen(items)
    survived = 0
    if any(not mutation.unit for mutation in mutations) and (fault := baseline()):
        print(f'without any mutation {fault}')
        return 1
    copy_tree()
    for mutation in mutations:
        begin = time.monotonic()
        fault = try_one(mutation)
        survived += fault is not None
        print(f'{"SURVIVED" if fault else "seen":8}  {time.monotonic() - begin:4.0f} s  '
              f'{", ".join(mutation.items)}' + (f': {fault}' if fault else ''), flush=True)
    print(f'mutation: {len(mutations)} tried, {survived} survived')
    return survived


if __name__ == '__main__':
    sys.exit(1 if mutate(sys.argv[1:]) else 0)
