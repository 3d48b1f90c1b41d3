# SPDX-License-Identifier: GPL-2.0-only
"""What newer versions of QEMU emulate, and Debian 12's does not: x2APIC mode."""

import subprocess

import pytest

from linux import GENERIC, RT
from paths import QEMU, scaled
from two_debians import Case, run_case

CPU = 'Haswell-noTSX,-pcid,-invpcid,-tsc-deadline,+x2apic'


def emulates(cpu):
    """Does this QEMU emulate all that the model has?"""
    result = subprocess.run([QEMU, '-accel', 'tcg', '-machine', 'q35', '-cpu', f'{cpu},enforce', '-S',
                             '-nodefaults', '-display', 'none', '-qmp', 'stdio'],
                            input='{"execute": "qmp_capabilities"} {"execute": "quit"}', text=True,
                            capture_output=True, timeout=scaled(30), check=False)
    return result.returncode == 0


pytestmark = pytest.mark.skipif(not emulates(CPU), reason='this QEMU does not emulate x2APIC mode')

# virtio keeps the disks where both kernels have a driver, and AHCI is behind the IOMMU.
IOMMU = ('-device', 'intel-iommu,intremap=on,eim=on')
AHCI = ('-device', 'ide-hd,drive=shared,bus=ide.0')
SAYS = (r'x2apic: IRQ remapping|Enabled IRQ remapping in x2apic mode',
        r'Switched APIC routing to.* cluster x2apic', r'DMAR: .*(IOMMU|translation|Queued|Intel)')


@pytest.mark.parametrize('smp, kernels', [(1, (GENERIC, GENERIC)), (2, (GENERIC, RT))])
def test_x2apic_with_interrupt_remapping(machines, smp, kernels):
    run_case(machines, Case(f'x2apic-smp{smp}', kernels, 'q35', 'virtio-net-pci', AHCI, smp, 6, cpu=CPU,
                            devices=IOMMU, extra='intel_iommu=on', says=SAYS))
