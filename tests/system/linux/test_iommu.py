# SPDX-License-Identifier: GPL-2.0-only
"""A slot that switches an IOMMU on, and a slot that does not know of it: each finds it as it needs it."""

import hashlib
import os
import re

import pytest

from linux import CLOUD, GENERIC, LINUX_BOOT_LIMIT, Linux, linux_slot
from paths import QEMU_CPU
from qemu import PROMPT
from switchyard import open_console

DISK_MIB = 4
CHECK_LIMIT = 60
END_LIMIT = 60
# With interrupt remapping, Linux panics if too few timer interrupts come within 40 ms, as on a busy host. It does so
# without Switchyard, too. Without remapping, Linux tries other ways.
NO_TIMER_CHECK = 'no_timer_check'
NET = ['-netdev', 'user,id=net0', '-device', 'virtio-net-pci,netdev=net0,iommu_platform=on,disable-legacy=on']


NO_QUICK = 'error: monitor: an IOMMU translates what its devices write; only a deep switch stops them'


class Guest(Linux):
    """It uses the disk and the network, which both write to memory."""

    def __init__(self, machine, name, content):
        super().__init__(machine, name)
        self.sum = hashlib.sha256(content).hexdigest()

    def boot(self):
        self.machine.sendline(f'boot {self.name}')
        self.wait(LINUX_BOOT_LIMIT)

    def check(self):
        read = self.run('dd if=/dev/nvme0n1 bs=1M iflag=direct 2>/dev/null | sha256sum', CHECK_LIMIT)
        assert read.split()[0] == self.sum
        self.run('ping -c 1 -W 10 10.0.2.2', CHECK_LIMIT)

    def check_no_quick(self):
        """Linux would switch the IOMMU off, under devices that go on working."""
        output, status = self.try_run('syctl --quick monitor 2>&1')
        assert (output.strip(), status) == (NO_QUICK, 1)

    def park(self):
        self.leave('syctl monitor')
        self.machine.expect(PROMPT, CHECK_LIMIT)

    def resume(self):
        self.machine.sendline(f'switch {self.name}')
        self.come_back(CHECK_LIMIT)

    def end(self, command):
        self.machine.sendline(command)
        self.machine.expect(PROMPT, END_LIMIT)


def start(module_machines, cpu, iommu, with_iommu, without):
    """A machine at the monitor's prompt, with a slot that uses the IOMMU and one that does not."""
    content = os.urandom(DISK_MIB << 20)
    path = module_machines.logs / (iommu.replace(',', '-') + '.img')
    path.write_bytes(content)
    machine = module_machines.start(
        'timeout=-1', linux_slot('user', GENERIC, extra=with_iommu) + without, machine='q35', cpu=cpu, memory='1G',
        devices=['-device', iommu, '-drive', f'file={path},format=raw,if=none,id=nvme',
                 '-device', 'nvme,drive=nvme,serial=1', *NET])
    open_console(machine)
    machine.user = Guest(machine, 'user', content)
    machine.other = Guest(machine, 'other', content)
    return machine


@pytest.fixture(scope='module')
def amd(module_machines):
    return start(module_machines, 'EPYC', 'amd-iommu,intremap=on', NO_TIMER_CHECK, linux_slot('other', CLOUD))


@pytest.fixture(scope='module')
def intel(module_machines):
    """Without interrupt remapping: with it, Linux writes to the unit when it resumes, and translation goes off."""
    return start_intel(module_machines, 'intel-iommu,intremap=off')


@pytest.fixture(scope='module')
def intel_remapping(module_machines):
    return start_intel(module_machines, 'intel-iommu,intremap=on')


def start_intel(module_machines, iommu):
    return start(module_machines, QEMU_CPU, iommu, f'intel_iommu=on {NO_TIMER_CHECK}',
                 linux_slot('other', GENERIC, extra=f'intel_iommu=off {NO_TIMER_CHECK}'))


PANIC = 'echo c > /proc/sysrq-trigger'
UNITS = {'amd': r'IOMMU at 0xfed80000 \(AMD\): firmware left it off',
         'intel': r'IOMMU at 0xfed90000 \(VT-d\): firmware left it off'}


def check_log(machine, unit):
    """The unit was found, and has done all that was asked of it."""
    log = machine.command('log')
    assert re.search(UNITS[unit], log)
    assert log.count('IOMMU at') == 1


def user_panics(machine):
    machine.other.boot()
    machine.other.check()
    machine.other.park()
    machine.user.boot()
    machine.user.check()
    machine.user.check_no_quick()
    machine.user.end(PANIC)
    machine.other.resume()
    machine.other.check()
    machine.other.park()


def user_comes_back(machine):
    """What its kernel reports after that must not be more than before: on a busy host, it may call the TSC unstable."""
    machine.user.boot()
    machine.user.check()
    before = machine.user.alarms()
    machine.user.park()
    machine.other.boot()
    machine.other.check()
    machine.other.park()
    machine.user.resume()
    machine.user.check()
    assert machine.user.alarms() == before


def test_amd_user_ends_and_other_boots(amd):
    amd.user.boot()
    assert 'AMD-Vi: Interrupt remapping enabled' in amd.user.run('dmesg')
    amd.user.check()
    amd.user.end('poweroff')
    amd.other.boot()
    amd.other.check()
    amd.other.park()
    check_log(amd, 'amd')


def test_amd_user_panics_and_other_resumes(amd):
    user_panics(amd)
    check_log(amd, 'amd')


@pytest.mark.thorough
def test_amd_user_comes_back(amd):
    user_comes_back(amd)
    amd.user.park()
    check_log(amd, 'amd')


def test_intel_user_panics_and_other_resumes(intel):
    user_panics(intel)
    check_log(intel, 'intel')


@pytest.mark.thorough
def test_intel_user_comes_back(intel_remapping):
    user_comes_back(intel_remapping)
    said = intel_remapping.user.run('dmesg')
    assert 'DMAR: Intel(R) Virtualization Technology for Directed I/O' in said
    assert 'DMAR-IR: Enabled IRQ remapping' in said
    intel_remapping.user.end(PANIC)
    intel_remapping.other.resume()
    intel_remapping.other.check()
    intel_remapping.other.park()
    check_log(intel_remapping, 'intel')
