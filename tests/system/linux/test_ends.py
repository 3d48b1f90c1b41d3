# SPDX-License-Identifier: GPL-2.0-only
"""A slot ends in ways that its driver has to come before, or that no boot CPU takes part in. The others go on.

beta has QEMU's pvpanic device, which ends the machine if its notifier is called, and memory for a crash
kernel.
"""

import io
import lzma
import tarfile

import pytest

from guest_images import compile_static
from linux import CLOUD, GENERIC, initrd, kernel, linux_slot
from linux_modules import module_files
from qemu import PROMPT
from survivor import boot, check_alpha, park_alpha
from switchyard import slots

CRASH_LINE = 'console=ttyS0,115200 nr_cpus=1 irqpoll reset_devices panic=10'


def tools_disk(path):
    """A disk that is a tar file: pvpanic's two modules, a crash kernel, and the program that loads it."""
    files = {f'{number}.ko': file for number, file in enumerate(module_files(CLOUD, 'pvpanic-pci'))}
    files |= {'kernel': kernel(CLOUD), 'initrd': initrd(CLOUD), 'load': compile_static('load_crash_kernel')}
    with tarfile.open(path, 'w') as archive:
        for name, file in files.items():
            data = file.read_bytes()
            data = lzma.decompress(data) if file.suffix == '.xz' else data
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o755
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.fixture(scope='module')
def machine(module_machines, tmp_path_factory):
    """alpha keeps a file in memory and is parked. Each test ends beta in its own way."""
    disk = tools_disk(tmp_path_factory.mktemp('ends') / 'tools.tar')
    machine = module_machines.start(
        'timeout=-1', linux_slot('alpha', CLOUD)
        + linux_slot('beta', CLOUD, 'mem=640M', 'crashkernel=192M'), memory='1280M', smp=2,
        devices=['-drive', f'file={disk},format=raw,if=virtio,readonly=on', '-device', 'pvpanic-pci'])
    park_alpha(machine)
    return machine


def panic(machine, cpu):
    machine.sendline(f"taskset {1 << cpu:x} sh -c 'echo c > /proc/sysrq-trigger'")


@pytest.mark.parametrize('cpu', [pytest.param(0, marks=pytest.mark.thorough), 1])
def test_a_panic_with_pvpanic(machine, cpu):
    boot(machine, 'beta')
    machine.beta.run('tar xf /dev/vda -C /tmp 0.ko 1.ko; insmod /tmp/0.ko; insmod /tmp/1.ko; lsmod | grep pvpanic_pci')
    panic(machine, cpu)
    machine.expect(PROMPT, 60)
    assert slots(machine)['beta']['STATE'] == 'crashed'
    check_alpha(machine)


@pytest.mark.parametrize('cpu', [pytest.param(0, marks=pytest.mark.thorough), 1])
def test_sysrq_b(machine, cpu):
    """It calls no notifier."""
    boot(machine, 'beta')
    machine.sendline(f"taskset {1 << cpu:x} sh -c 'echo b > /proc/sysrq-trigger'")
    machine.expect(PROMPT, 60)
    assert slots(machine)['beta']['STATE'] == 'ready'
    check_alpha(machine)


@pytest.mark.parametrize('command', ['reboot', pytest.param('poweroff', marks=pytest.mark.thorough)])
def test_an_end_on_another_cpu(machine, command):
    boot(machine, 'beta')
    machine.beta.run('echo 1 > /sys/kernel/reboot/cpu')
    machine.sendline(f'{command} -f')
    machine.expect(PROMPT, 60)
    assert slots(machine)['beta']['STATE'] == 'ready'
    check_alpha(machine)


@pytest.mark.thorough
@pytest.mark.parametrize('cpu', [0, 1])
def test_a_crash_kernel_that_reboots(machine, cpu):
    """It runs on the CPU that panicked. In its reboot nobody else takes part."""
    boot(machine, 'beta')
    machine.beta.run('tar xf /dev/vda -C /tmp kernel initrd load')
    machine.beta.run(f"/tmp/load /tmp/kernel /tmp/initrd '{CRASH_LINE}'", 120)
    assert machine.beta.run('cat /sys/kernel/kexec_crash_loaded').strip() == '1'
    panic(machine, cpu)
    machine.beta.wait()
    notes = machine.beta.run("dd if=/proc/vmcore bs=4k count=4 2>/dev/null | strings | grep -c '^CORE$'")
    assert int(notes) == 2, 'registers of each CPU'
    machine.sendline('reboot')
    machine.expect(PROMPT, 60)
    assert slots(machine)['beta']['STATE'] == 'ready'
    check_alpha(machine)


@pytest.fixture(params=['pc', 'q35'])
def resettable(request, machines):
    """A machine whose reset does not end QEMU. alpha is parked."""
    machine = machines.start(
        'timeout=-1', linux_slot('alpha', CLOUD) + linux_slot('beta', GENERIC), memory='768M', smp=2,
        machine=request.param, no_reboot=False)
    park_alpha(machine)
    return machine


@pytest.mark.thorough
def test_a_reset(resettable):
    """Linux has cleared the shutdown status when it started CPU 1. The driver has asked for it again."""
    machine = resettable
    for _ in range(2):
        boot(machine, 'beta')
        machine.sendline(r"printf '\6' | dd of=/dev/port bs=1 seek=$((0xcf9)) 2>/dev/null")
        machine.expect(PROMPT, 60)
        assert slots(machine)['beta']['STATE'] == 'crashed'
        check_alpha(machine)
