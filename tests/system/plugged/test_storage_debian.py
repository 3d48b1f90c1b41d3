# SPDX-License-Identifier: GPL-2.0-only
"""A real Debian on a GPT disk, with what initramfs-tools and udev make of guest/storage/: systemd takes the disk's swap
by itself, and a second Debian on the same disk is kept from it, and from the first one's root, EFI partition, RAID array
and volume group.

All tests share one machine, and go on where the one before has left it: alpha runs at its shell."""

import hashlib
import re
import subprocess

import pytest

from linux import KERNELS, OLDER_GENERIC, kernel
from qemu import PROMPT
from real_debian import BOOT_LIMIT, CALM_LIMIT, DISK, Debian
from switchyard import module

ROOT, OTHER_ROOT, SWAP, EFI, RAID_1, RAID_2, VOLUMES = (f'/dev/vda{number}' for number in range(1, 8))
RELEASE = (KERNELS / OLDER_GENERIC / 'version').read_text().strip()
WORDS = 'ro quiet pti=off console=tty0 console=ttyS0,115200 panic_on_oops=1'
MORE = ((96, 'swap'), (32, 'uefi'), (24, 'raid'), (24, 'raid'), (24, 'lvm'))  # MiB, for SWAP and all behind it
SWAP_FILE, SWAP_RAM = 48 << 20, 16 << 20
SECTOR, MIB_SECTORS = 512, 2048
FAIL_LIMIT = 30  # seconds; systemd waits for 90 s for a device that is not there

pytestmark = [pytest.mark.thorough, pytest.mark.limit(1500)]


def partitions(disk):
    table = subprocess.run(['/usr/sbin/sfdisk', '-d', disk], check=True, timeout=60, text=True, capture_output=True).stdout
    return [(int(start), int(size)) for start, size in re.findall(r'start= *(\d+), size= *(\d+)', table)]


def write_table(image, roots):
    """The roots stay where they are in the MBR. Returns all partitions."""
    lines = [f'start={start}, size={size}, type=linux' for start, size in roots]
    end = sum(roots[-1])
    for size, kind in MORE:
        lines.append(f'start={end}, size={size * MIB_SECTORS}, type={kind}')
        end += size * MIB_SECTORS
    with open(image, 'r+b') as file:
        file.write(bytes(34 * SECTOR))  # MBR and GRUB's core image: the GPT's place
        file.truncate((end + MIB_SECTORS) * SECTOR)
    subprocess.run(['/usr/sbin/sfdisk', '-q', '--wipe', 'never', '--wipe-partitions', 'never', image], check=True,
                   timeout=60, text=True, input='\n'.join(['label: gpt', *lines]))
    return partitions(image)


@pytest.fixture(scope='module')
def disk(tmp_path_factory):
    """The two roots of the Debians' disk, a swap area, an EFI partition, and room for a RAID array and volumes."""
    image = tmp_path_factory.mktemp('gpt') / 'disk'
    subprocess.run(['cp', '--sparse=always', DISK, image], check=True, timeout=300)
    places = write_table(image, partitions(DISK))
    swap = image.with_name('swap')
    swap.write_bytes(bytes(places[2][1] * SECTOR))
    subprocess.run(['/usr/sbin/mkswap', '-q', swap], check=True, timeout=60)
    subprocess.run(['dd', f'if={swap}', f'of={image}', 'bs=1M', f'seek={places[2][0] * SECTOR}', 'oflag=seek_bytes',
                    'conv=notrunc', 'status=none'], check=True, timeout=60)
    subprocess.run(['mformat', '-i', f'{image}@@{places[3][0] * SECTOR}', '-T', str(places[3][1]), '::'], check=True,
                   timeout=60)
    yield image
    image.unlink()


@pytest.fixture(scope='module')
def debians(module_machines, disk):
    """alpha has made its initramfs anew, with the hook, and uses each partition but OTHER_ROOT. beta is an empty slot."""
    initrd = module_machines.logs / 'initrd'
    subprocess.run(['/usr/sbin/debugfs', '-R', f'dump /boot/initrd.img-{RELEASE} {initrd}',
                    f'{disk}?offset={partitions(disk)[0][0] * SECTOR}'], check=True, timeout=60)
    machine = module_machines.start('timeout=0 default=alpha', [
        module('kernel', 'alpha', kernel(OLDER_GENERIC), 'mem=640M', f'root={ROOT} {WORDS}'),
        module('initrd', 'alpha', initrd)], memory='2G', smp=1, lifetime=3000,
        devices=['-drive', f'file={disk},format=raw,if=virtio,cache=unsafe'])
    alpha, beta = Debian(machine, 'alpha'), Debian(machine, 'beta')
    alpha.wait(BOOT_LIMIT)
    alpha.run('dmesg -n 1')
    make_initramfs(alpha)
    alpha.run('syctl add beta --mem 640M')
    use_all(alpha)
    yield alpha, beta


def make_initramfs(alpha):
    """zstd's level 19 takes minutes in QEMU's emulation."""
    alpha.run('echo COMPRESSLEVEL=1 > /etc/initramfs-tools/conf.d/level')
    alpha.run(f'update-initramfs -u -k {RELEASE}', 400)


def use_all(alpha):
    alpha.run('mkdir -p /boot/efi /raid /volume')
    alpha.run(f'mount -t vfat {EFI} /boot/efi && echo of alpha > /boot/efi/file')
    alpha.run(f'mdadm -q --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 --assume-clean {RAID_1} {RAID_2} && '
              'mke2fs -q -t ext4 /dev/md0 && mount /dev/md0 /raid && echo of alpha > /raid/file', 60)
    alpha.run(f'pvcreate -qq {VOLUMES} && vgcreate -qq kept {VOLUMES} && lvcreate -qq -y -l 100%FREE -n volume kept && '
              'mke2fs -q -t ext4 /dev/kept/volume && mount /dev/kept/volume /volume && echo of alpha > /volume/file', 60)
    alpha.run(f'mount {OTHER_ROOT} /mnt && mkdir -p /mnt/boot/efi && umount /mnt')


def add_to_fstab(alpha, device, rest):
    """beta's, by UUID."""
    uuid = alpha.run(f'blkid -s UUID -o value {device}').strip()
    alpha.run(f'mount {OTHER_ROOT} /mnt && echo "UUID={uuid} {rest}" >> /mnt/etc/fstab && umount /mnt')


def load(alpha, root, more=''):
    alpha.run(f'syctl load beta --kernel /boot/vmlinuz-{RELEASE} --initrd /boot/initrd.img-{RELEASE} '
              f'--append "root={root} {WORDS} sy.name=beta {more}"', 120)


def sums(disk):
    """Of what alpha has in use, but for its root and the swap."""
    made = []
    with open(disk, 'rb') as file:
        for start, size in partitions(disk)[3:]:
            file.seek(start * SECTOR)
            made.append(hashlib.sha256(file.read(size * SECTOR)).hexdigest())
    return made


def start_beta(alpha, beta, disk):
    """By way of the console. Returns the disk's sums when alpha had left it."""
    alpha.leave('syctl monitor')
    alpha.machine.expect(PROMPT)
    before = sums(disk)
    alpha.machine.sendline('boot beta')
    beta.wait(BOOT_LIMIT)
    beta.run('dmesg -n 1')
    beta.try_run('systemctl is-system-running --wait', CALM_LIMIT)
    return before


def end_beta(alpha, beta):
    beta.power_off()
    beta.machine.expect(PROMPT)
    beta.machine.sendline('switch alpha')
    alpha.come_back()
    alpha.run('udevadm settle')


def swap_out(debian):
    """A file in memory that goes to swap. Returns its checksum, which is taken on the way: to read it brings it back."""
    debian.run(f'systemd-run -q --wait -p MemoryMax={SWAP_RAM} '
               f'sh -c "head -c {SWAP_FILE} /dev/urandom | tee /dev/shm/file | sha256sum > /run/sum"', 120)
    debian.run("test $(awk '/vda3/ { print $4 }' /proc/swaps) -gt 16384")
    return debian.run('cat /run/sum')


def sum_of_swapped(debian):
    return debian.run('sha256sum < /dev/shm/file', 120)


def seconds_of(debian, unit):
    """How long the unit took until it had failed."""
    said = debian.run(f'systemctl show -p InactiveExitTimestampMonotonic -p InactiveEnterTimestampMonotonic {unit}')
    times = dict(re.findall(r'(\w+)=(\d+)', said))
    return (int(times['InactiveEnterTimestampMonotonic']) - int(times['InactiveExitTimestampMonotonic'])) / 1e6


def check_failed(beta, *patterns):
    """Units with such names have failed, and no others, each at once. systemd is at work otherwise."""
    failed = sorted(line.split()[0] for line in beta.run('systemctl --failed --no-legend --plain --full').split('\n') if line)
    assert len(failed) == len(patterns) and all(map(re.fullmatch, patterns, failed)), failed
    for unit in failed:
        assert seconds_of(beta, f"'{unit}'") < FAIL_LIMIT, unit
    assert beta.run('systemctl is-active multi-user.target').strip() == 'active'
    assert 'imed out' not in beta.run('journalctl -b -o cat -u "*.swap" -u "*.device" -u "*.mount"; true')


@pytest.fixture(scope='module')
def kept(debians):
    """What alpha has in swap."""
    return swap_out(debians[0])


def test_the_hook(debians):
    alpha, _ = debians
    listed = alpha.run(f'lsinitramfs /boot/initrd.img-{RELEASE}')
    for file in ('switchyard.ko', 'usr/sbin/syctl', 'rules.d/60-switchyard.rules', 'local-premount/switchyard',
                 'conf/conf.d/switchyard'):
        assert file in listed, file
    assert '64-md-raid-assembly.rules' in listed, 'udev assembles RAID arrays in the initramfs'


def test_systemd_takes_the_swap_by_itself(debians):
    alpha, _ = debians
    assert SWAP in alpha.run('cat /proc/swaps')
    assert alpha.run('grep -c swap /etc/fstab; true').strip() == '0'


@pytest.mark.parametrize('by_uuid', [False, True])
def test_the_root_of_another_is_refused(debians, kept, by_uuid):
    """The initramfs says whose it is, and its shell leads back."""
    alpha, beta = debians
    uuid = alpha.run(f'blkid -s UUID -o value {ROOT}').strip()
    load(alpha, f'UUID={uuid}' if by_uuid else ROOT)
    alpha.leave('syctl boot beta')
    said = alpha.machine.expect(r'([\s\S]*?)\(initramfs\) ', BOOT_LIMIT)[1]
    assert (f'root file system: {ROOT}: slot alpha, which is parked, has {ROOT} on /; "syctl switch SLOT" goes back there, '
            'switchyard.storage=force on the command line mounts it all the same') in said.replace('\r', ''), said
    beta.machine.sendline('syctl switch alpha')
    alpha.come_back()


def test_a_root_of_its_own(debians, disk, kept):
    """systemd tries the swap by itself, and the EFI partition by fstab. Nobody writes to anything of alpha's."""
    alpha, beta = debians
    add_to_fstab(alpha, EFI, '/boot/efi vfat umask=0077,nofail 0 1')
    events = alpha.run(f'mdadm --examine {RAID_1} | grep Events')
    load(alpha, OTHER_ROOT)
    before = start_beta(alpha, beta, disk)
    assert SWAP not in beta.run('cat /proc/swaps')
    check_failed(beta, 'boot-efi.mount', 'dev-vda3.swap')
    for device in SWAP, EFI, RAID_1, RAID_2, VOLUMES:
        properties = beta.run(f'udevadm info -q property {device}')
        assert 'UDISKS_IGNORE=1' in properties and 'SWITCHYARD_SLOT=alpha' in properties, device
    assert 'UDISKS_IGNORE' not in beta.run(f'udevadm info -q property {OTHER_ROOT}')
    assert not re.search('^md', beta.run('cat /proc/mdstat; true'), re.MULTILINE)
    assert 'kept' not in beta.run('dmsetup ls; true')
    assert sums(disk) == before, 'while it booted'

    # udev once more, as if the disk had come just now; and who goes past it.
    beta.run('udevadm trigger --settle --action=add --subsystem-match=block', 60)
    for line in (f'mdadm --incremental {RAID_1}', f'mdadm --assemble --run /dev/md0 {RAID_1} {RAID_2}', 'vgchange -ay kept',
                 f'fsck.fat -a -w {EFI}', f'dd if=/dev/zero of={EFI} bs=512 count=1', f'mkfs.fat -I {EFI}',
                 f'mount {EFI} /boot/efi', f'swapon {SWAP}', f'wipefs -a -f {VOLUMES}', f'mdadm --zero-superblock {RAID_2}'):
        output, status = beta.try_run(line, 60)
        assert status, f'{line}: {output}'
    assert not re.search('^md', beta.run('cat /proc/mdstat; true'), re.MULTILINE)
    assert 'kept' not in beta.run('dmsetup ls; true')
    beta.run('sync')
    assert sums(disk) == before
    beta.switch_to(alpha)
    assert sum_of_swapped(alpha) == kept
    assert alpha.run(f'mdadm --examine {RAID_1} | grep Events') == events
    assert alpha.run('cat /boot/efi/file /raid/file /volume/file') == 3 * 'of alpha\n'


def test_udev_hears_of_the_other_way(debians):
    """What beta has is kept from alpha, until beta has ended."""
    alpha, beta = debians
    alpha.run('udevadm settle')
    assert 'SWITCHYARD_SLOT=beta' in alpha.run(f'udevadm info -q property {OTHER_ROOT}')
    alpha.leave(f'syctl switch {beta.name}')
    beta.come_back()
    end_beta(alpha, beta)
    assert 'SWITCHYARD_SLOT' not in alpha.run(f'udevadm info -q property {OTHER_ROOT}')
    assert 'UDISKS_IGNORE' not in alpha.run(f'udevadm info -q property {OTHER_ROOT}')
    alpha.run(f'mount {OTHER_ROOT} /mnt && touch /mnt/file && umount /mnt')


def test_swap_in_fstab(debians, disk, kept):
    alpha, beta = debians
    add_to_fstab(alpha, SWAP, 'none swap sw 0 0')
    before = start_beta(alpha, beta, disk)
    assert SWAP not in beta.run('cat /proc/swaps')
    check_failed(beta, 'boot-efi.mount', r'dev-disk-by\\x2duuid-\S+\.swap')
    assert sums(disk) == before
    end_beta(alpha, beta)
    assert sum_of_swapped(alpha) == kept


def test_by_force(debians, disk):
    """Everything is taken then, as if nobody kept it, and what alpha had in swap is gone."""
    alpha, beta = debians
    kept = swap_out(alpha)
    load(alpha, OTHER_ROOT, 'switchyard.storage=force')
    before = start_beta(alpha, beta, disk)
    beta.run('until grep -q vda3 /proc/swaps; do sleep 1; done', 60)
    assert re.search('^md.* active', beta.run('cat /proc/mdstat'), re.MULTILINE), 'udev assembles arrays'
    assert 'kept-volume' in beta.run('dmsetup ls'), 'udev activates volumes'
    beta.run('echo spoilt > /dev/kept/volume; sync')
    assert sums(disk) != before
    swap_out(beta)
    output, status = beta.try_run('syctl switch alpha')
    assert status == 1 and re.search(r'slot alpha has /dev/\S+(, swap| on \S+|, in use): slot beta has', output), output
    beta.leave('syctl --force switch alpha')
    alpha.come_back()
    assert sum_of_swapped(alpha) != kept
