# SPDX-License-Identifier: GPL-2.0-only
"""Interrupts of devices while their slot is away by a quick switch: each comes when it is back, none is lost, and
at most one too many comes. Linux runs with two CPUs, and tick has the machine meanwhile."""

import itertools
import socket

import pytest

from fixtures import with_older
from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from linux_modules import probe_disk
from switchyard import tick_count, tick_slot

READS = 6
READS_A_SECOND = 4  # so one is always under way
ALARM_S, ALARM_AWAY_S = 2, 4

# Where the device gets its order: when the boot CPU still takes interrupts, and when its local APIC is off.
BEFORE, LATE = 'syscore_suspend', 'switchyard_request_enter'


def slow_disk(folder, name):
    path = folder / f'{name}.img'
    path.write_bytes(b''.join(number.to_bytes(512, 'little') for number in range(2048)))
    return ['-drive', f'file={path},format=raw,if=none,id={name},throttling.iops-total={READS_A_SECOND}']


def start(machines, flavour, *devices):
    machine = machines.start(
        'timeout=0 default=alpha', linux_slot('alpha', flavour) + tick_slot(), memory='512M', smp=2,
        devices=[*probe_disk(flavour, 'edu_probe', machines.logs), *slow_disk(machines.logs, 'slow'), '-device',
                 'virtio-blk-pci,drive=slow,addr=10', *slow_disk(machines.logs, 'nvme'), '-device',
                 'nvme,drive=nvme,serial=nvme,addr=11', '-device', 'edu,dma_mask=0xffffffff,addr=12', *devices])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.leave('syctl switch tick')  # tick starts, so it can be resumed later
    tick_count(machine)
    machine.send('1')
    alpha.come_back()
    return alpha


@pytest.fixture(scope='module', params=with_older(CLOUD, OLDER_CLOUD))
def alpha(request, module_machines):
    """alpha runs at its shell before and after each test."""
    serial = module_machines.logs / 'com2'
    serial.unlink(missing_ok=True)
    alpha = start(module_machines, request.param, '-serial', f'unix:{serial},server=on,wait=off')
    alpha.com2 = serial
    alpha.run('tar xf /dev/vda -C /tmp')
    yield alpha
    alpha.machine.quit()


def leave_for(alpha, seconds=1, meanwhile=lambda: None):
    alpha.leave('syctl --quick switch tick')
    first = tick_count(alpha.machine)
    meanwhile()
    while tick_count(alpha.machine) < first + seconds * 100:
        pass
    alpha.machine.send('1')
    alpha.come_back()


def counts(alpha, *names):
    return [int(alpha.run(f'cat /sys/module/edu_probe/parameters/{name}')) for name in names]


@pytest.mark.parametrize('pin', [False, pytest.param(True, marks=pytest.mark.thorough)], ids=['msi', 'pin'])
def test_a_device_that_can_not_mask_messages(alpha, pin):
    """At once, or 100 ms later, when the slot is away; before and after the boot CPU's local APIC is off; and to
    either CPU. The device also writes to the slot's memory while that is away."""
    for at, dma, cpu in itertools.product((BEFORE, LATE), (0, 1), (0, 1)):
        alpha.run(f'insmod /tmp/edu_probe.ko at={at} dma={dma} pin={int(pin)}')
        irq, = counts(alpha, 'irq')
        alpha.run(f'echo {1 << cpu} > /proc/irq/{irq}/smp_affinity')
        leave_for(alpha)
        interrupts, answered, transfers = counts(alpha, 'interrupts', 'answered', 'transfers')
        assert (answered, transfers) == (1, dma), (at, dma, cpu)
        assert 1 <= interrupts <= 2, (at, dma, cpu)
        alpha.run('rmmod edu_probe')
    assert alpha.alarms() == []


@pytest.mark.parametrize('disk', ['/dev/vdb', '/dev/nvme0n1'])
def test_msix_of_transfers_under_way(alpha, disk):
    """A read is under way when the slot leaves, and ends while it is away."""
    alpha.run(f'(dd if={disk} of=/tmp/copy bs=4k count={READS} iflag=direct; sync) & reader=$!')
    leave_for(alpha)
    alpha.run(f'wait $reader && [ $(stat -c %s /tmp/copy) = {READS * 4096} ]')
    alpha.run(f'dd if={disk} bs=4k count={READS} iflag=direct | cmp - /tmp/copy')
    assert alpha.alarms() == []
    assert 'timeout' not in alpha.run('dmesg')


def test_an_alarm(alpha):
    """It rings once: IRQ 8 is edge-triggered, and the time has passed."""
    alarm = '/sys/class/rtc/rtc0/wakealarm'
    alpha.run(f'echo +{ALARM_S} > {alarm}')
    leave_for(alpha, ALARM_AWAY_S)
    alpha.run(f'until [ -z "$(cat {alarm})" ]; do sleep 0.1; done')
    alpha.run(f'echo +{ALARM_S} > {alarm}')  # the next one rings, too
    alpha.run(f'until [ -z "$(cat {alarm})" ]; do sleep 0.1; done')
    assert alpha.alarms() == []


def test_a_serial_port(alpha):
    """IRQ 3 is edge-triggered. The byte that came meanwhile belongs to whoever looks, but the port goes on."""
    alpha.run('stty -F /dev/ttyS1 raw -echo clocal -crtscts')
    alpha.run('grep -m 1 back < /dev/ttyS1 > /tmp/line & reader=$!')
    with socket.socket(socket.AF_UNIX) as com2:
        com2.connect(str(alpha.com2))
        leave_for(alpha, meanwhile=lambda: com2.sendall(b'away\n'))
        com2.sendall(b'\nback\n')
        alpha.run('wait $reader')
    assert alpha.run('cat /tmp/line').strip() == 'back'
