# SPDX-License-Identifier: GPL-2.0-only
"""Stock Debian kernels on many machines: each number of CPUs with each CPU model, and so that each pair
with a chipset or a kernel occurs, too. Debian 12 has kernels of two versions, Debian 13 has one.

Each row boots one kernel, which then gives the machine away to tick and gets it back, some times.
"""

import itertools

import pytest

from linux import AMD_SAYS, FLAVOURS, Linux, linux_slot
from switchyard import tick_slot

CPUS = [1, 2, 4, 8]
MODELS = ['qemu64', 'Haswell', 'EPYC', 'max']
CHIPSETS = ['pc', 'q35']
KERNELS = [flavour for flavour in FLAVOURS if '-rt-' not in flavour][:4]
SWITCHES = 3  # to tick and back

# tick comes back by itself after so many ticks of 10 ms.
TICK_STAYS = 3


# Latin squares i + j and i + 2j in the field of four elements, where addition is XOR: together they have
# each pair of values.
TIMES_2 = [0, 2, 3, 1]


def make_rows():
    """(cpus, model, chipset, kernel): 16 rows, in which each pair of values occurs, with up to four kernels."""
    for (i, cpus), (j, model) in itertools.product(enumerate(CPUS), enumerate(MODELS)):
        yield cpus, model, CHIPSETS[(i ^ j) % 2], KERNELS[(i ^ TIMES_2[j]) % len(KERNELS)]


ROWS = list(make_rows())

# In these, each value occurs once, and each chipset twice.
QUICK_ROWS = [ROWS[i * len(MODELS) + j] for i, j in enumerate(TIMES_2)]


def test_each_pair_occurs():
    columns = [CPUS, MODELS, CHIPSETS, KERNELS]
    assert all({row[i] for row in QUICK_ROWS} == set(values) for i, values in enumerate(columns))
    for first, second in itertools.combinations(range(len(columns)), 2):
        found = {(row[first], row[second]) for row in ROWS}
        assert found == set(itertools.product(columns[first], columns[second]))


@pytest.mark.parametrize('cpus, model, chipset, kernel', [
    row if row in QUICK_ROWS else pytest.param(*row, marks=pytest.mark.thorough) for row in ROWS])
def test_switches(machines, cpus, model, chipset, kernel):
    machine = machines.start(
        'timeout=0 default=alpha',
        linux_slot('alpha', kernel) + tick_slot('tick', string=f'every={TICK_STAYS} to=1'),
        smp=cpus, cpu=model, machine=chipset, memory='512M')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    # Debian's kernels use five levels of paging where the CPU has them.
    assert ('la57' in alpha.run('grep -m 1 flags /proc/cpuinfo').split()) == (model == 'max')
    alpha.run('dd if=/dev/urandom of=/tmp/r bs=256k count=4 2>/dev/null && '
              'sha256sum /tmp/r > /tmp/sum')
    alpha.check_cpus(cpus)
    for _ in range(SWITCHES):
        alpha.leave('syctl switch tick')
        alpha.come_back()
        alpha.check_cpus(cpus)
        alpha.run('sha256sum -c -s /tmp/sum')
    assert alpha.alarms(but=None if model == 'Haswell' else AMD_SAYS) == []
