# SPDX-License-Identifier: GPL-2.0-only
"""RAID and LVM in the initramfs of a real Debian: udev's rules assemble an array, and mdadm writes to its members, as soon as
a disk is found. A second kernel with that initramfs leaves alone what the first one, which is parked, has assembled."""

import hashlib
import re
import subprocess

import pytest

from linux import KERNELS, OLDER_GENERIC, Linux, kernel
from paths import BUILD, ROOT
from qemu import PROMPT
from real_debian import DISK
from switchyard import module

RELEASE = (KERNELS / OLDER_GENERIC / 'version').read_text().strip()
STORAGE = ROOT / 'guest/storage'
SHELL = r'\(initramfs\) '
BOOT_LIMIT = 200
MEMBERS = '/dev/vda', '/dev/vdb'
VOLUMES = '/dev/vdc'
DISK_BYTES = 24 << 20
FIRST_ROOT_AT = 2048 * 512  # images/debian/build-disk.sh

pytestmark = [pytest.mark.thorough, pytest.mark.limit(900)]


class Initramfs(Linux):
    """Its shell, which has no other prompt and few programs."""

    def wait(self, timeout=BOOT_LIMIT):
        self._parked_at = None
        self.machine.expect(SHELL, timeout)

    def try_run(self, line, timeout=60):
        result = self.machine.shell(line, timeout)
        self.machine.expect(SHELL)
        return result

    def come_back(self, timeout=60):
        self.machine.expect(rf'@R{self._parked_at}@0@', timeout)
        self._parked_at = None
        self.machine.expect(SHELL)


def add_hook(initrd, folder):
    """What the hook adds to an initramfs. Linux takes several archives, one behind the other."""
    early = re.search(r"<<'END'\n(.*?)^END$", (STORAGE / 'initramfs/hook').read_text(), re.MULTILINE | re.DOTALL)[1]
    for name, data in (('conf/conf.d/switchyard', early.encode()),
                       ('usr/sbin/syctl', (BUILD / 'guest/syctl').read_bytes()),
                       ('usr/lib/udev/rules.d/60-switchyard.rules', (STORAGE / '60-switchyard.rules').read_bytes())):
        file = folder / name
        file.parent.mkdir(parents=True)
        file.write_bytes(data)
        file.chmod(0o755)
    names = '\n'.join(str(path.relative_to(folder)) for path in sorted(folder.rglob('*')))
    more = subprocess.run(['cpio', '--quiet', '-o', '-H', 'newc', '-R', '0:0'], cwd=folder, input=names.encode(),
                          check=True, timeout=60, capture_output=True).stdout
    initrd.write_bytes(initrd.read_bytes() + bytes(-initrd.stat().st_size % 4) + more)


@pytest.fixture(scope='module')
def slots(module_machines, tmp_path_factory):
    """alpha has assembled an array and a volume group. beta has not started yet."""
    folder = tmp_path_factory.mktemp('volumes')
    initrd = folder / 'initrd'
    subprocess.run(['/usr/sbin/debugfs', '-R', f'dump /boot/initrd.img-{RELEASE} {initrd}', f'{DISK}?offset={FIRST_ROOT_AT}'],
                   check=True, timeout=60)
    add_hook(initrd, folder / 'hook')
    disks = [folder / name for name in ('raid1', 'raid2', 'volumes')]
    for disk in disks:
        disk.write_bytes(bytes(DISK_BYTES))
    words = 'quiet pti=off console=tty0 console=ttyS0,115200 break=premount root=/dev/none'
    lines = [pair for name in ('alpha', 'beta') for pair in (
        module('kernel', name, kernel(OLDER_GENERIC), 'mem=256M', words), module('initrd', name, initrd))]
    devices = [word for disk in disks for word in ('-drive', f'file={disk},format=raw,if=virtio,cache=unsafe')]
    machine = module_machines.start('timeout=0 default=alpha', lines, memory='1G', smp=1, lifetime=1500, devices=devices)
    alpha = Initramfs(machine, 'alpha')
    alpha.wait()
    alpha.run(f'mdadm -q --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 --assume-clean {" ".join(MEMBERS)}')
    alpha.run(f'modprobe dm-mod; lvm pvcreate -qq {VOLUMES} && lvm vgcreate -qq kept {VOLUMES} && '
              'lvm lvcreate -qq -y -Zn -l 100%FREE -n volume kept')
    alpha.run('udevadm settle; sync')
    assert has_assembled(alpha)
    return alpha, Initramfs(machine, 'beta'), disks


def has_assembled(slot):
    """(RAID, LVM)"""
    assembled = (bool(re.search('^md.* active', slot.run('cat /proc/mdstat'), re.MULTILINE)),
                 'kept-volume' in slot.run('dmsetup ls'))
    assert assembled[0] == assembled[1], assembled
    return assembled[0]


def sums(disks):
    return [hashlib.sha256(disk.read_bytes()).hexdigest() for disk in disks]


def look_again(beta):
    """As if the disks had come just now."""
    beta.run('udevadm trigger --settle --action=add --subsystem-match=block')


def test_nobody_assembles_them(slots):
    alpha, beta, disks = slots
    alpha.leave('syctl monitor')
    alpha.machine.expect(PROMPT)
    before = sums(disks)
    alpha.machine.sendline('boot beta')
    beta.wait()
    beta.run('udevadm settle')
    assert not has_assembled(beta)
    for device in *MEMBERS, VOLUMES:
        properties = beta.run(f'udevadm info -q property {device}')
        assert 'SWITCHYARD_SLOT=alpha' in properties and 'UDISKS_IGNORE=1' in properties
        assert 'ID_FS_TYPE' not in properties
    look_again(beta)
    for line in (f'mdadm --incremental {MEMBERS[0]}', f'mdadm --assemble --run /dev/md0 {" ".join(MEMBERS)}',
                 f'mdadm --zero-superblock {MEMBERS[1]}', 'lvm vgchange -ay kept',
                 f'echo spoilt > {VOLUMES}'):
        assert beta.try_run(line)[1], line
    assert not has_assembled(beta)
    beta.run('sync')
    assert sums(disks) == before
    beta.switch_to(alpha)
    assert has_assembled(alpha)


def test_by_force_they_are(slots):
    """So udev would have done it at beta's start, too."""
    alpha, beta, disks = slots
    alpha.switch_to(beta)
    before = sums(disks)
    beta.run('syctl storage free')
    look_again(beta)
    assert has_assembled(beta)
    beta.run('echo spoilt > /dev/md0; echo spoilt > /dev/kept/volume; sync')
    assert all(now != then for now, then in zip(sums(disks), before))
