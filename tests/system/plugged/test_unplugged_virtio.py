# SPDX-License-Identifier: GPL-2.0-only
"""virtio devices that are taken out while the slot that uses them is away: its drivers let go of them, and what used
them gets errors. Nothing faults, and nothing waits for ever."""

import subprocess

import pytest

from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from linux_modules import load_module, module_disk, unpack_modules

DEVICES = ('net', 'disk', 'scsi', 'rng')  # in the order of their slots, from FIRST_SLOT
MODULES = ('virtio_scsi', 'sd_mod', 'virtio-rng')
FIRST_SLOT = 0x10
PCI = '/sys/bus/pci/devices'
GONE_LIMIT = 60


def slot_of(name):
    return FIRST_SLOT + DEVICES.index(name)


def path(name):
    return f'{PCI}/0000:00:{slot_of(name):02x}.0'


@pytest.fixture(params=sorted({OLDER_CLOUD, CLOUD}))
def slots(request, machines, tmp_path):
    """alpha uses all devices, and beta is parked."""
    disk = tmp_path / 'ext4'
    disk.write_bytes(bytes(16 << 20))
    subprocess.run(['/usr/sbin/mke2fs', '-q', '-t', 'ext4', disk], check=True, timeout=60)
    words = {'net': 'virtio-net-pci,netdev=none,mq=on,vectors=6', 'disk': 'virtio-blk-pci,drive=ext4,num-queues=2',
             'rng': 'virtio-rng-pci'}
    devices = module_disk(request.param, tmp_path / 'modules', MODULES)
    devices += ['-drive', f'if=none,id=ext4,format=raw,file={disk}', '-drive', 'if=none,id=null,driver=null-co,size=1M',
                '-netdev', 'hubport,hubid=0,id=none']
    for name, word in words.items():
        devices += ['-device', f'{word},id={name},addr={slot_of(name):#x}']
    machine = machines.start('timeout=0 default=beta', [*linux_slot('alpha', request.param), *linux_slot('beta', request.param)],
                             machine='pc', memory='768M', smp=2, devices=devices)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    beta.wait()
    beta.switch_to(alpha)
    # GRUB hangs with a disk of virtio-scsi, so it comes later.
    machine.qmp.execute('device_add', driver='virtio-scsi-pci', id='scsi', addr=hex(slot_of('scsi')))
    machine.qmp.execute('device_add', driver='scsi-hd', bus='scsi.0', drive='null')
    unpack_modules(alpha)
    for module in MODULES:
        load_module(alpha, module)
    yield alpha, beta


@pytest.mark.thorough
@pytest.mark.limit(300)
def test_taken_out_while_away(slots):
    alpha, beta = slots
    machine = alpha.machine
    alpha.run('until [ -e /dev/sda ]; do sleep 0.1; done; ip link set eth0 up; head -c 8 /dev/hwrng | wc -c')
    alpha.run('mkdir /tmp/disk; mount -t ext4 /dev/vdb /tmp/disk; echo kept > /tmp/disk/file; exec 5< /dev/sda')
    alpha.switch_to(beta)
    for name in DEVICES:
        machine.qmp.execute('device_del', id=name)
        machine.qmp.wait_event('DEVICE_DELETED', 60)
    beta.switch_to(alpha)
    for name in DEVICES:
        alpha.run(f'until [ ! -e {path(name)} ]; do sleep 0.1; done', GONE_LIMIT)
    assert alpha.alarms() == []
    assert alpha.try_run('ip link show eth0')[1] != 0
    # The file system is there, without its disk: its journal ends with the first write.
    alpha.try_run('echo more > /tmp/disk/more; sync')
    assert alpha.try_run('echo again > /tmp/disk/again')[1] != 0
    alpha.run('umount /tmp/disk; exec 5<&-; ! [ -e /dev/vdb ]')
    # The slot is whole: it goes and comes, and takes new devices.
    alpha.switch_to(beta)
    machine.qmp.execute('device_add', driver='virtio-net-pci', id='again', addr=hex(slot_of('net')), netdev='none')
    beta.switch_to(alpha)
    alpha.run(f'until [ -e {path("net")}/virtio*/net ]; do sleep 0.1; done', GONE_LIMIT)
    assert alpha.alarms() == []
