# SPDX-License-Identifier: GPL-2.0-only
"""The main job: two stock Debian kernels with disks, network and work to do, to and fro many times.

After each switch the guest that is back checks its CPUs and timers, its memory, its own disk and the one that
both share, the network, its TCP stream, that its processes go on, the clock, and the kernel's log.
"""

import pytest

from linux import CLOUD, GENERIC, OLDER_CLOUD, OLDER_GENERIC, OLDER_RT, RT
from two_debians import Case, run_case

IDE = ('-device', 'ide-hd,drive=shared,bus=ide.0')
# Messages of MSI-X, and of MSI without mask bits.
NVME = ('-device', 'nvme,drive=shared-{name},serial={name},addr={address}')
AHCI = ('-device', 'ahci,id=ahci-{name},addr={address}', '-device', 'ide-hd,drive=shared-{name},bus=ahci-{name}.0')

# Debian's cloud kernel has no driver for AHCI, but one for PIIX IDE. Linux waits seconds for an e1000's
# link after each switch, so that case has fewer.
CASES = [
    Case('generic+rt-q35-smp2', (GENERIC, RT), 'q35', 'e1000', IDE, 2, 4),
]
MORE_CASES = [
    Case('older-generic+generic-q35-smp2-quick', (OLDER_GENERIC, GENERIC), 'q35', 'e1000', AHCI, 2, 6, quick=True),
    Case('cloud+generic-pc-smp2', (CLOUD, GENERIC), 'pc', 'virtio-net-pci', IDE, 2, 15),
    Case('cloud+generic-pc-smp2-quick', (CLOUD, GENERIC), 'pc', 'virtio-net-pci', NVME, 2, 12, quick=True),
    Case('older-cloud+older-generic-pc-smp2', (OLDER_CLOUD, OLDER_GENERIC), 'pc', 'virtio-net-pci', IDE, 2, 6),
    Case('cloud+generic-pc-smp2-uefi', (CLOUD, GENERIC), 'pc', 'virtio-net-pci', IDE, 2, 5, 'uefi'),
    Case('generic+older-rt-q35-smp1', (GENERIC, OLDER_RT), 'q35', 'virtio-net-pci', IDE, 1, 4),
    Case('cloud+generic-pc-smp1', (CLOUD, GENERIC), 'pc', 'virtio-net-pci', IDE, 1, 6),
]


@pytest.mark.parametrize('case', [pytest.param(case, id=case.name) for case in CASES] + [
    pytest.param(case, id=case.name, marks=pytest.mark.thorough) for case in MORE_CASES])
def test_two_debians(case, machines):
    run_case(machines, case)
