# SPDX-License-Identifier: GPL-2.0-only
"""Switches, 1,000 of them, between two torture guests, which fill all state that a slot keeps and compare it."""

import sys

import pytest

from paths import QEMU_CPU, ROOT
from switchyard import BOOT_LIMIT
from torture import differences, start, wait_begin, wait_both

sys.path.insert(0, str(ROOT / 'tests/mutation'))

import mutate  # noqa: E402
from mutation import Mutation  # noqa: E402
from mutations import MUTATIONS  # noqa: E402

# The switches of each slot. The first case does all, the others enough for each item's turn.
SWITCHES = 500
FEWER = 100
LIMIT = 300

# The emulated CPUs and the machine lack these: pc has neither PCI Express nor an ICH9.
PC = {'pci-express', 'tco'}
HASWELL = {'smap', 'umip', 'pks', 'mpx', 'avx512', 'pku', 'svm', 'mpx-kernel', 'pks-rights'}
MAX = {'avx512', 'misc-enable'}
EPYC = {'umip', 'pks', 'mpx', 'avx512', 'pku', 'misc-enable', 'mpx-kernel', 'pks-rights'}
QEMU64 = {'fsgsbase', 'smep', 'smap', 'umip', 'pks', 'xsave', 'avx', 'mpx', 'avx512', 'pku', 'tsc-aux',
          'misc-enable', 'mpx-kernel', 'pks-rights'}

INTEL_IOMMU, AMD_IOMMU = 'intel-iommu,intremap=on', 'amd-iommu,intremap=on'
WITHOUT_IOMMU = {'': {'vtd', 'amd-iommu'}, INTEL_IOMMU: {'amd-iommu'}, AMD_IOMMU: {'vtd'}}

CASES = [
    pytest.param(QEMU_CPU, 'pc', '', '', HASWELL | PC, id='default-pc'),
    pytest.param(QEMU_CPU, 'q35', '', '', HASWELL, id='default-q35', marks=pytest.mark.thorough),
    pytest.param('max', 'q35', '', INTEL_IOMMU, MAX, id='max-q35', marks=pytest.mark.thorough),
    pytest.param('max', 'pc', 'la57', '', MAX | PC, id='max-la57'),
    pytest.param('EPYC', 'q35', '', AMD_IOMMU, EPYC, id='EPYC-q35', marks=pytest.mark.thorough),
    pytest.param('qemu64', 'pc', '', '', QEMU64 | PC, id='qemu64-pc'),
]


@pytest.mark.parametrize('cpu, machine, options, iommu, without', CASES)
def test_switches_lose_nothing(machines, request, cpu, machine, options, iommu, without):
    switches = SWITCHES if 'default-pc' in request.node.name else FEWER
    running = start(machines, switches, options=options, machine=machine, iommu=iommu, cpu=cpu)
    assert wait_begin(running) == without | WITHOUT_IOMMU[iommu]
    levels = 'five' if options else 'four'
    running.expect(rf'^one: {switches} switches to slot 2, with {levels} levels of paging')
    assert wait_both(running, LIMIT) == 0
    assert not differences(running)


@pytest.mark.thorough
def test_switches_under_uefi_lose_nothing(machines):
    """The VGA's own items are left out, because it is in no text mode; test_screen_state.py is about them."""
    running = start(machines, FEWER, machine='q35', firmware='uefi', cpu=QEMU_CPU)
    assert wait_begin(running) == HASWELL | WITHOUT_IOMMU[''] | {'vga-text', 'vga-index'}
    assert wait_both(running, LIMIT) == 0
    assert not differences(running)


# What is the IOMMU's and PCI functions' is not kept, and the functions' registers are not compared.
@pytest.mark.parametrize('cpu, machine, without', [
    pytest.param(QEMU_CPU, 'pc', HASWELL | {'tco'}, id='default-pc'),
    pytest.param('max', 'q35', MAX, id='max-q35'),
])
def test_quick_switches_on_two_cpus_lose_nothing(machines, cpu, machine, without):
    running = start(machines, FEWER, options='quick', machine=machine, cpu=cpu, smp=2)
    assert wait_begin(running) == without
    assert int(running.expect(r'^one: on the second CPU: (\d+) values', BOOT_LIMIT)[1]) > 50
    assert wait_both(running, LIMIT, 'quick') == 0
    assert not differences(running)


# What a deep switch keeps, and the second CPU as in a quick one. The guests do what docs/GUEST-ABI.md says, no more.
@pytest.mark.parametrize('cpu, machine, without', [
    pytest.param(QEMU_CPU, 'pc', HASWELL | PC, id='default-pc'),
    pytest.param('max', 'q35', MAX, id='max-q35', marks=pytest.mark.thorough),
])
def test_deep_switches_that_keep_cpus_lose_nothing(machines, cpu, machine, without):
    running = start(machines, FEWER, options='keep', machine=machine, cpu=cpu, smp=2)
    assert wait_begin(running) == without | WITHOUT_IOMMU['']
    assert int(running.expect(r'^one: on the second CPU: (\d+) values', BOOT_LIMIT)[1]) > 50
    assert wait_both(running, LIMIT) == 0
    assert not differences(running)


# One each of what gate.asm, C for the CPU, C for devices, and the second CPU keep; `make mutation` tries them all.
@pytest.mark.parametrize('item', ['r12', 'lstar', 'pci-msix-table', 'lapic-pending', pytest.param(
    'elcr-slave', marks=pytest.mark.thorough)])
def test_what_is_left_out_is_found(monitor_copy, item):
    mutation = next(mutation for mutation in MUTATIONS if item in mutation.items)
    assert mutate.try_one(mutation) is None


@pytest.fixture(scope='module')
def monitor_copy():
    mutate.copy_tree()


def test_a_mutation_that_changes_nothing_survives(monitor_copy):
    assert mutate.try_one(Mutation(('r12',), ())) == 'no DIFF line names r12'


def test_a_mutation_whose_text_is_gone_is_an_error(monitor_copy):
    gone = Mutation(('r12',), (('arch/x86/gate/gate.asm', 'no such text', ''),))
    assert 'has 0 times, not once' in mutate.try_one(gone)
