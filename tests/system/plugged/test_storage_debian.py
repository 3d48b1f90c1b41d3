# SPDX-License-Identifier: GPL-2.0-only
"""A real Debian on a GPT disk, with what initramfs-tools and udev make of guest/storage/: systemd takes the disk's swap
by itself, and a second Debian on the same disk is kept from it, and from the first one's root."""

import re
import subprocess

import pytest

from linux import KERNELS, OLDER_GENERIC, kernel
from paths import TEST
from qemu import PROMPT
from real_debian import BOOT_LIMIT, DISK, Debian
from switchyard import module

ROOT, SWAP = '/dev/vda1', '/dev/vda3'
OTHER_ROOT = '/dev/vda2'
RELEASE = (KERNELS / OLDER_GENERIC / 'version').read_text().strip()
WORDS = 'ro quiet pti=off console=tty0 console=ttyS0,115200 panic_on_oops=1'
SWAP_MIB = 96
SWAP_FILE, SWAP_RAM = 48 << 20, 16 << 20
SECTOR = 512
NO_TIMEOUT_S = 60  # systemd's own limit for a device is 90 s


def partitions(disk):
    table = subprocess.run(['/usr/sbin/sfdisk', '-d', disk], check=True, timeout=60, text=True, capture_output=True).stdout
    return [(int(start), int(size)) for start, size in re.findall(r'start= *(\d+), size= *(\d+)', table)]


@pytest.fixture(scope='module')
def disk(tmp_path_factory):
    """The two roots of the Debians' disk at the same places in a GPT, and a swap area behind them."""
    image = tmp_path_factory.mktemp('gpt') / 'disk'
    subprocess.run(['cp', '--sparse=always', DISK, image], check=True, timeout=300)
    roots = partitions(DISK)
    swap_at = sum(roots[-1])
    with open(image, 'r+b') as file:
        file.write(bytes(34 * SECTOR))  # MBR and GRUB's core image: the GPT's place
        file.truncate((swap_at + 2048) * SECTOR + (SWAP_MIB << 20))
    lines = ['label: gpt', *(f'start={start}, size={size}, type=linux' for start, size in roots),
             f'start={swap_at}, size={SWAP_MIB << 11}, type=swap']
    subprocess.run(['/usr/sbin/sfdisk', '-q', '--wipe', 'never', '--wipe-partitions', 'never', image], check=True,
                   timeout=60, text=True, input='\n'.join(lines))
    swap = image.with_name('swap')
    swap.write_bytes(bytes(SWAP_MIB << 20))
    subprocess.run(['/usr/sbin/mkswap', '-q', swap], check=True, timeout=60)
    subprocess.run(['dd', f'if={swap}', f'of={image}', 'bs=1M', f'seek={swap_at * SECTOR}', 'oflag=seek_bytes',
                    'conv=notrunc', 'status=none'], check=True, timeout=60)
    yield image
    image.unlink()


@pytest.fixture
def debians(machines, disk):
    """alpha runs, and has made its initramfs anew, with the hook. beta is an empty slot."""
    initrd = machines.logs / 'initrd'
    subprocess.run(['/usr/sbin/debugfs', '-R', f'dump /boot/initrd.img-{RELEASE} {initrd}',
                    f'{disk}?offset={partitions(disk)[0][0] * SECTOR}'], check=True, timeout=60)
    machine = machines.start('timeout=0 default=alpha', [
        module('kernel', 'alpha', kernel(OLDER_GENERIC), 'mem=640M', f'root={ROOT} {WORDS}'),
        module('initrd', 'alpha', initrd)], memory='2G', smp=1, lifetime=1500,
        devices=['-drive', f'file={disk},format=raw,if=virtio,cache=unsafe'])
    alpha, beta = Debian(machine, 'alpha'), Debian(machine, 'beta')
    alpha.wait(BOOT_LIMIT)
    alpha.run('dmesg -n 1')
    alpha.run(f'update-initramfs -u -k {RELEASE}', 300)
    alpha.run('syctl add beta --mem 640M')
    return alpha, beta


def load(alpha, root, more=''):
    alpha.run(f'syctl load beta --kernel /boot/vmlinuz-{RELEASE} --initrd /boot/initrd.img-{RELEASE} '
              f'--append "root={root} {WORDS} sy.name=beta {more}"', 120)


def swap_out(debian):
    """A file in memory that goes to swap. Returns its checksum."""
    debian.run(f'systemd-run -q --wait -p MemoryMax={SWAP_RAM} sh -c "head -c {SWAP_FILE} /dev/urandom > /dev/shm/file"', 120)
    debian.run("test $(awk '/vda3/ { print $4 }' /proc/swaps) -gt 16384")
    return debian.run('sha256sum /dev/shm/file', 120)


def refuse_root(alpha, beta, root):
    """beta is to have alpha's root: the initramfs says whose it is, and its shell leads back."""
    load(alpha, root)
    alpha.leave('syctl boot beta')
    said = alpha.machine.expect(r'([\s\S]*?)\(initramfs\) ', BOOT_LIMIT)[1]
    assert (f'root file system: {ROOT}: slot alpha, which is parked, has {ROOT} on /; "syctl switch SLOT" goes back there, '
            'switchyard.storage=force on the command line mounts it all the same') in said.replace('\r', ''), said
    beta.machine.sendline('syctl switch alpha')
    alpha.come_back()


@pytest.mark.thorough
@pytest.mark.limit(1500)
def test_disk_of_two_systems(debians):
    alpha, beta = debians
    machine = alpha.machine
    assert SWAP in alpha.run('cat /proc/swaps'), 'systemd takes the swap of the disk by itself'
    assert alpha.run('grep -c swap /etc/fstab; true').strip() == '0'
    listed = alpha.run(f'lsinitramfs /boot/initrd.img-{RELEASE}')
    for file in 'switchyard.ko', 'usr/sbin/syctl', 'rules.d/60-switchyard.rules', 'local-premount/switchyard':
        assert file in listed, file
    kept = swap_out(alpha)

    uuid = alpha.run(f'blkid -s UUID -o value {ROOT}').strip()
    refuse_root(alpha, beta, ROOT)
    refuse_root(alpha, beta, f'UUID={uuid}')

    # With a root of its own, it boots. systemd's swap unit fails at once.
    load(alpha, OTHER_ROOT)
    alpha.switch_to(beta, BOOT_LIMIT)
    beta.run('dmesg -n 1')
    beta.try_run('systemctl is-system-running --wait', 120)
    assert SWAP not in beta.run('cat /proc/swaps')
    print(beta.run('systemctl --failed --no-legend; systemd-analyze time; systemctl show dev-vda3.swap', 60))
    failed = beta.run('systemctl --failed --no-legend --plain').split('\n')
    assert all('vda3' in line or 'swap' in line for line in failed if line), failed
    assert 'imed out' not in beta.run('journalctl -b -o cat -u dev-vda3.swap -u dev-vda3.device; true')
    properties = beta.run(f'udevadm info -q property {SWAP}')
    assert 'UDISKS_IGNORE=1' in properties and 'SWITCHYARD_SLOT=alpha' in properties
    assert 'UDISKS_IGNORE' not in beta.run(f'udevadm info -q property {OTHER_ROOT}')
    beta.switch_to(alpha)
    assert alpha.run('sha256sum /dev/shm/file', 120) == kept
    # What beta has is kept from alpha, which udev hears, too.
    alpha.run('udevadm settle')
    assert 'SWITCHYARD_SLOT=beta' in alpha.run(f'udevadm info -q property {OTHER_ROOT}')
    alpha.switch_to(beta)
    beta.power_off()
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.prompt()
    alpha.run('udevadm settle')
    assert 'SWITCHYARD_SLOT' not in alpha.run(f'udevadm info -q property {OTHER_ROOT}')

    # By force, systemd takes the swap, and what alpha keeps there is gone.
    load(alpha, OTHER_ROOT, 'switchyard.storage=force')
    alpha.leave('syctl boot beta')
    beta.wait(BOOT_LIMIT)
    beta.run('dmesg -n 1')
    beta.run('until grep vda3 /proc/swaps; do sleep 1; done', 60)
    swap_out(beta)
    output, status = beta.try_run('syctl switch alpha')
    assert status == 1 and f'slot alpha has {SWAP}, swap: slot beta has' in output, output
    beta.leave('syctl --force switch alpha')
    alpha.come_back()
    assert alpha.run('sha256sum /dev/shm/file', 120) != kept
