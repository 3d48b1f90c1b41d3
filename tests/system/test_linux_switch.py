# SPDX-License-Identifier: GPL-2.0-only
"""The main job: two stock Debian kernels with disks, network and work to do, to and fro 20 times."""

import dataclasses
import statistics
import subprocess

import pytest

from linux import CLOUD, GENERIC, RT, Linux, linux_slot
from paths import scaled

MIB = 1 << 20
DISK_BYTES = 48 * MIB
SHARED_BYTES = 16 * MIB
SHARED_OFFSET_MIB = {'alpha': 0, 'beta': 8}  # each guest's half of the shared disk
CLOCK_LIMIT_S = 1.0
RESUME_MEDIAN_S = 1.0  # a switch by syctl, seen from outside
RESUME_LIMIT_S = 5.0   # the slowest, on a busy host


@dataclasses.dataclass
class Case:
    name: str
    kernels: tuple
    machine: str
    nic: str
    shared: tuple  # QEMU's arguments for the shared disk, drive `shared`
    smp: int = 2
    rounds: int = 20
    firmware: str = 'bios'


# Debian's cloud kernel has no driver for AHCI, but one for PIIX IDE.
CASES = [
    Case('cloud+generic-pc-smp2', (CLOUD, GENERIC), 'pc', 'virtio-net-pci',
         ('-device', 'ide-hd,drive=shared,bus=ide.0')),
    Case('generic+rt-q35-smp2', (GENERIC, RT), 'q35', 'e1000',
         ('-device', 'ide-hd,drive=shared,bus=ide.0')),
    Case('cloud+generic-pc-smp1', (CLOUD, GENERIC), 'pc', 'virtio-net-pci',
         ('-device', 'ide-hd,drive=shared,bus=ide.0'), smp=1, rounds=5),
    Case('cloud+generic-pc-smp2-uefi', (CLOUD, GENERIC), 'pc', 'virtio-net-pci',
         ('-device', 'ide-hd,drive=shared,bus=ide.0'), rounds=5, firmware='uefi'),
]


def make_disk(path, size, ext4):
    with open(path, 'wb') as disk:
        disk.truncate(size)
    if ext4:
        subprocess.run(['/usr/sbin/mkfs.ext4', '-q', '-F', str(path)], check=True, timeout=60)
    return path


def devices(case, folder):
    alpha = make_disk(folder / 'alpha.img', DISK_BYTES, True)
    beta = make_disk(folder / 'beta.img', DISK_BYTES, True)
    shared = make_disk(folder / 'shared.img', SHARED_BYTES, False)
    return ['-drive', f'file={alpha},format=raw,if=virtio',
            '-drive', f'file={beta},format=raw,if=virtio',
            '-drive', f'file={shared},format=raw,if=none,id=shared', *case.shared,
            '-netdev', 'user,id=net0', '-device', f'{case.nic},netdev=net0']


class Worker:
    """A guest with its disk, its tmpfs, its network and a process that counts."""

    def __init__(self, machine, name, disk):
        self.linux = Linux(machine, name)
        self.name = name
        self.disk = disk
        self.round = 0
        self.shared_at = SHARED_OFFSET_MIB[name]

    def run(self, line, timeout=30):
        return self.linux.run(line, timeout)

    def set_up(self):
        """A file tree on the disk, random data in a tmpfs, checksums of both, a busy process."""
        self.run(f'mkdir -p /mnt /t && mount -t ext4 {self.disk} /mnt && mount -t tmpfs t /t')
        self.run('for d in 1 2 3; do mkdir -p /mnt/tree/$d; for f in 1 2 3 4; do '
                 'dd if=/dev/urandom of=/mnt/tree/$d/$f bs=64k count=4 2>/dev/null; done; done')
        self.run('for f in 1 2 3 4; do dd if=/dev/urandom of=/t/$f bs=512k count=1 2>/dev/null; done')
        self.run('find /mnt/tree -type f | xargs sha256sum > /tree.sums && sync')
        self.run('grep tree/1/ /tree.sums > /branch.sums')
        self.run('sha256sum /t/1 /t/2 /t/3 /t/4 > /t.sums')
        self.run("(sh -c 'i=0; while :; do i=$((i+1)); "
                 "[ $((i % 1000)) = 0 ] && echo $i >> /count; done' &)")
        self.run('until [ -s /count ]; do :; done')
        self.linux.set_clock()

    def count(self):
        return int(self.run('tail -n 1 /count'))

    def check_round(self):
        """After every switch: memory, both disks, the network, and the process still going on."""
        self.round += 1
        before = self.count()
        self.run('sha256sum -c -s /t.sums')
        self.run('i=0; until ping -c1 -W1 10.0.2.2 >/dev/null; do i=$((i+1)); [ $i -lt 10 ] || '
                 'break; done; [ $i -lt 10 ]', 30)
        self.run(f'echo round {self.round} > /mnt/round && sync && '
                 'echo 3 > /proc/sys/vm/drop_caches && sha256sum -c -s /branch.sums')
        assert self.run('cat /mnt/round').strip() == f'round {self.round}'
        self.check_shared_disk()
        assert self.count() > before, f'{self.name}: the busy process stands still'

    def check_shared_disk(self):
        """Writes 256 KiB to this guest's half, past the cache, and reads what it wrote before."""
        device = '$(cat /shared-disk)'
        at = self.shared_at * 4  # in units of 256 KiB
        if self.round > 1:
            self.run(f'dd if={device} bs=256k skip={at} count=1 iflag=direct 2>/dev/null '
                     '| cmp - /written')
        self.run('dd if=/dev/urandom of=/written bs=256k count=1 2>/dev/null && '
                 f'dd if=/written of={device} bs=256k seek={at} count=1 oflag=direct 2>/dev/null')
        self.run(f'dd if={device} bs=256k skip={at} count=1 iflag=direct 2>/dev/null '
                 '| cmp - /written')

    def find_shared_disk(self):
        """By its size: names of SATA and IDE disks differ from driver to driver."""
        sectors = SHARED_BYTES // 512
        self.run('for d in /sys/block/sd*; do '
                 f'[ $(cat $d/size) = {sectors} ] && echo /dev/${{d##*/}} > /shared-disk; done; '
                 '[ -b "$(cat /shared-disk)" ]')

    def check_end(self, smp):
        self.run('echo 3 > /proc/sys/vm/drop_caches && sha256sum -c -s /tree.sums')
        assert int(self.run('nproc')) == smp
        first = self.linux.local_timer_counts()
        assert len(first) == smp
        self.run('sleep 1')
        second = self.linux.local_timer_counts()
        assert all(b > a for a, b in zip(first, second)), f'timer stands still: {first} {second}'
        assert self.linux.alarms() == []


@pytest.mark.parametrize('case', CASES, ids=lambda case: case.name)
def test_two_debians(case, machines):
    folder = machines.logs
    machine = machines.start(
        'serial=com1,115200 timeout=0 default=alpha',
        linux_slot('alpha', case.kernels[0]) + linux_slot('beta', case.kernels[1]),
        machine=case.machine, smp=case.smp, memory='1G', devices=devices(case, folder),
        firmware=case.firmware)
    alpha = Worker(machine, 'alpha', '/dev/vda')
    beta = Worker(machine, 'beta', '/dev/vdb')
    alpha.linux.wait()
    alpha.find_shared_disk()
    alpha.set_up()
    alpha.check_round()
    alpha.linux.switch_to(beta.linux)
    beta.find_shared_disk()
    beta.set_up()
    beta.check_round()

    seconds, errors = [], []
    running, parked = beta, alpha
    for _ in range(2 * case.rounds):
        seconds.append(running.linux.switch_to(parked.linux))
        running, parked = parked, running
        running.check_round()
        errors.append(running.linux.clock_error())
    print(f'{len(seconds)} switches: median {statistics.median(seconds):.2f} s, '
          f'longest {max(seconds):.2f} s; clock off by {max(map(abs, errors)):.3f} s at most')
    assert statistics.median(seconds) < scaled(RESUME_MEDIAN_S)
    assert max(seconds) < scaled(RESUME_LIMIT_S)
    assert max(map(abs, errors)) <= CLOCK_LIMIT_S

    running.check_end(case.smp)
    running.linux.switch_to(parked.linux)
    parked.check_end(case.smp)
