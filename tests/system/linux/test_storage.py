# SPDX-License-Identifier: GPL-2.0-only
"""Two kernels with the same disks, an ext4 and a swap: the driver keeps one from what the other has, while that one is
parked. Forced, the file system is destroyed, and the monitor says who did it before alpha goes on."""

import json
import re
import subprocess

import pytest

from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import tick_count, tick_slot

FILES = 40
BUSY = r'(Device or resource busy|already mounted or|mount point busy)'
EXT4, SWAP = '/dev/vda', '/dev/vdb'
SWAP_FILE, SWAP_RAM = 12 << 20, 4 << 20


@pytest.fixture(scope='module')
def disks(tmp_path_factory):
    folder = tmp_path_factory.mktemp('disks')
    ext4, swap = folder / 'ext4', folder / 'swap'
    for disk in ext4, swap:
        disk.write_bytes(bytes(32 << 20))
    subprocess.run(['/usr/sbin/mke2fs', '-q', '-t', 'ext4', ext4], check=True, timeout=60)
    subprocess.run(['/usr/sbin/mkswap', '-q', swap], check=True, timeout=60)
    return ext4, swap


@pytest.fixture(scope='module')
def slots(module_machines, disks):
    """alpha runs at its shell, and beta is parked at its own, before and after each test. Nothing is mounted."""
    devices = [word for disk in disks for word in ('-drive', f'file={disk},format=raw,if=virtio,cache=unsafe')]
    machine = module_machines.start('timeout=0 default=alpha', linux_slot('alpha', OLDER_CLOUD) +
                                    linux_slot('beta', CLOUD) + tick_slot() + tick_slot('tock'),
                                    memory='1G', smp=1, devices=devices)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    alpha.wait()
    alpha.switch_to(beta)
    beta.switch_to(alpha)
    for each in alpha, beta:
        if each is beta:
            alpha.switch_to(beta)
        each.run('mkdir -p /disk')
    beta.switch_to(alpha)
    yield alpha, beta
    machine.quit()


def use(alpha):
    alpha.run(f'mount -t ext4 {EXT4} /disk && swapon {SWAP}')


def swap_out(slot):
    """Puts a file to memory that the slot has not: its pages go to swap. Returns its checksum, and leaves it there."""
    slot.run('mkdir -p /cg /ram; mount -t cgroup2 none /cg; mount -t tmpfs none /ram; '
             'echo +memory > /cg/cgroup.subtree_control; mkdir -p /cg/small; '
             f'echo {SWAP_RAM} > /cg/small/memory.max')
    slot.run(f"sh -c 'echo 0 > /cg/small/cgroup.procs; head -c {SWAP_FILE} /dev/urandom > /ram/file' && "
             "test $(awk '/vdb/ { print $4 }' /proc/swaps) -gt 4096")
    return slot.run('sha256sum /ram/file')


def forget(slot):
    slot.run('rm /ram/file; umount /ram')


def leave(alpha):
    alpha.run(f'umount /disk; swapoff {SWAP}')


def check(disk):
    result = subprocess.run(['/usr/sbin/e2fsck', '-fn', disk], timeout=60, text=True, capture_output=True, check=False)
    return result.returncode, result.stdout + result.stderr


def test_what_a_parked_slot_has_is_busy(slots, disks):
    alpha, beta = slots
    use(alpha)
    alpha.run('echo of alpha > /disk/file')
    kept = swap_out(alpha)
    alpha.switch_to(beta)
    rows = [row for row in json.loads(beta.run('syctl storage --json'))['storage']]
    assert {(row['slot'], row['use'], row['device']) for row in rows} == {
        ('alpha', 'mounted', f'{EXT4} on /disk'), ('alpha', 'swap', f'{SWAP}, swap')}
    output, status = beta.try_run(f'mount -t ext4 {EXT4} /disk')
    assert status and re.search(BUSY, output), output
    output, status = beta.try_run(f'swapon {SWAP}')
    assert status and re.search(BUSY, output), output
    # For mkfs, LVM and RAID: they ask for the device as a whole, and dd can do so, too.
    output, status = beta.try_run(f'dd if=/dev/zero of={SWAP} bs=4096 count=1 conv=fsync')
    assert status and 'Operation not permitted' in output, output
    output, status = beta.try_run(f'syctl storage check {SWAP}')
    assert status == 1 and output.strip() == f'error: {SWAP}: slot alpha, which is parked, has {SWAP}, swap'
    said = beta.run('dmesg')
    for device, name in (EXT4, f'{EXT4} on /disk'), (SWAP, f'{SWAP}, swap'):
        assert f"{device[5:]} can't be used here, because slot alpha, which is parked, has {name}" in said
    beta.switch_to(alpha)
    assert alpha.run('cat /disk/file; grep -c vdb /proc/swaps') == 'of alpha\n1\n'
    assert alpha.run('sha256sum /ram/file') == kept
    forget(alpha)
    leave(alpha)
    assert check(disks[0])[0] == 0
    # It is nobody's now, and can be written to.
    alpha.switch_to(beta)
    use(beta)
    beta.run('touch /disk/file')
    leave(beta)
    beta.run(f'syctl storage check {EXT4}')
    beta.switch_to(alpha)


def test_what_was_in_use_is_held_once_it_is_free(slots):
    """beta reads it while alpha, which is parked, has it mounted writable."""
    alpha, beta = slots
    alpha.switch_to(beta)
    beta.run(f'mount -t ext4 -o ro {EXT4} /disk')
    beta.switch_to(alpha)
    alpha.run(f'mount -t ext4 {EXT4} /disk && sync')
    alpha.switch_to(beta)
    assert f'{EXT4[5:]} is in use here, and slot alpha, which is parked, has {EXT4} on /disk' in beta.run('dmesg')
    output, status = beta.try_run(f'umount /disk; syctl storage check {EXT4}; mount -t ext4 {EXT4} /disk')
    assert status and re.search(BUSY, output), output
    beta.switch_to(alpha)
    alpha.run('umount /disk')


def start_by_console(alpha, name):
    """A kernel that prints each second. Returns what the console says before it runs, and ends it."""
    machine = alpha.machine
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    machine.sendline(f'boot {name}')
    said = machine.expect(rf'([\s\S]*?)^{name}: slot {name}')[1].replace('\r', '')
    tick_count(machine, name)
    machine.send('p')
    machine.expect(f'slot {name} has powered off')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.come_back()
    return said


def test_boot_warns_of_a_kernel_that_nothing_keeps_away(slots):
    alpha, _ = slots
    said = start_by_console(alpha, 'tick')
    assert 'warn: slot tick: its kernel has never shown a driver' in said and 'in use' not in said
    use(alpha)
    assert (f"warn: slot alpha has {EXT4} on /disk in use; nothing keeps slot tock from it until that one's driver is "
            'loaded\n') in start_by_console(alpha, 'tock')
    leave(alpha)


def test_forced_it_is_destroyed(slots, disks):
    alpha, beta = slots
    use(alpha)
    alpha.run(f'for i in $(seq {FILES}); do echo alpha > /disk/alpha$i; done; sync')
    alpha.switch_to(beta)
    beta.run('syctl storage free')
    beta.run(f'mount -t ext4 {EXT4} /disk && for i in $(seq {FILES}); do echo beta > /disk/beta$i; done; umount /disk')
    output, status = beta.try_run('syctl switch alpha')
    assert status == 1
    assert (f'error: alpha: slot alpha has {EXT4} on /disk: slot beta has written to it since; what it keeps of that '
            'in memory would destroy it') in output
    # The console says the same.
    beta.leave('syctl monitor')
    beta.machine.expect(PROMPT)
    beta.machine.sendline('switch alpha')
    beta.machine.expect(rf'error: slot alpha has {EXT4} on /disk: slot beta has written to it since')
    beta.machine.expect(PROMPT)
    beta.machine.sendline('switch alpha force')
    alpha.come_back()
    alpha.run(f'for i in $(seq {FILES}); do echo alpha > /disk/more$i; done')
    leave(alpha)
    status, said = check(disks[0])
    print(said)
    alpha.run(f'mount -t ext4 {EXT4} /disk')
    left = alpha.run('ls /disk | grep -c beta; true')
    alpha.run('umount /disk')
    assert status or int(left) < FILES


def test_forced_swap_is_destroyed(slots):
    """What alpha has in memory and beta has swapped out is beta's, when alpha reads it back."""
    alpha, beta = slots
    use(alpha)
    kept = swap_out(alpha)
    alpha.switch_to(beta)
    beta.run(f'syctl storage free && swapon {SWAP}')
    swap_out(beta)
    forget(beta)
    beta.run(f'swapoff {SWAP}; syctl storage guard')
    output, status = beta.try_run('syctl switch alpha')
    assert status == 1
    assert f'error: alpha: slot alpha has {SWAP}, swap: slot beta has written to it since' in output
    beta.leave('syctl --force switch alpha')
    alpha.come_back()
    assert alpha.run('sha256sum /ram/file') != kept
    forget(alpha)
    leave(alpha)
