# SPDX-License-Identifier: GPL-2.0-only
"""1,000 switches between two torture guests, which fill all state that a slot keeps and compare it."""

import pytest

from paths import QEMU_CPU
from torture import differences, start, wait_begin, wait_both

SWITCHES = 1000
LIMIT = 300

# What the emulated CPUs lack. The machine and its devices lack nothing.
HASWELL = {'smap', 'umip', 'pks', 'mpx', 'avx512', 'pku', 'svm', 'mpx-kernel', 'pks-rights'}
MAX = {'avx512', 'misc-enable'}
EPYC = {'umip', 'pks', 'mpx', 'avx512', 'pku', 'misc-enable', 'mpx-kernel', 'pks-rights'}
QEMU64 = {'fsgsbase', 'smep', 'smap', 'umip', 'pks', 'xsave', 'avx', 'mpx', 'avx512', 'pku', 'tsc-aux',
          'misc-enable', 'mpx-kernel', 'pks-rights'}

CASES = [
    pytest.param(QEMU_CPU, 'pc', '', HASWELL, id='default-pc'),
    pytest.param(QEMU_CPU, 'q35', '', HASWELL, id='default-q35'),
    pytest.param('max', 'q35', '', MAX, id='max-q35'),
    pytest.param('max', 'pc', 'la57', MAX, id='max-la57'),
    pytest.param('EPYC', 'q35', '', EPYC, id='EPYC-q35'),
    pytest.param('qemu64', 'pc', '', QEMU64, id='qemu64-pc'),
]


@pytest.mark.parametrize('cpu, machine, options, without', CASES)
def test_thousand_switches_lose_nothing(machines, cpu, machine, options, without):
    running = start(machines, SWITCHES, options=options, machine=machine, cpu=cpu)
    assert wait_begin(running) == without
    levels = 'five' if options else 'four'
    running.expect(rf'^one: {SWITCHES} switches to slot 2, with {levels} levels of paging')
    assert wait_both(running, LIMIT) == 0
    assert not differences(running)
