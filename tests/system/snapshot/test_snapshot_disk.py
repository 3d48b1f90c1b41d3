# SPDX-License-Identifier: GPL-2.0-only
"""What a snapshot can't bring back is the disk: a slot whose file system was written since is put back by force only."""

import re
import subprocess

import pytest

from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from switchyard import open_console


@pytest.fixture
def slots(machines, tmp_path):
    """beta runs at its shell, with a file system on a disk; alpha is parked."""
    disk = tmp_path / 'disk'
    disk.write_bytes(bytes(32 << 20))
    subprocess.run(['/usr/sbin/mke2fs', '-q', '-t', 'ext4', disk], check=True, timeout=60)
    machine = machines.start('timeout=-1', linux_slot('alpha', CLOUD) + linux_slot('beta', OLDER_CLOUD, 'mem=128M'),
                             memory='768M', devices=('-drive', f'file={disk},format=raw,if=virtio,cache=unsafe'))
    open_console(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot alpha')
    alpha.wait()
    alpha.switch_to(beta)
    beta.run('mkdir /disk && mount -t ext4 /dev/vda /disk && echo one > /disk/file && sync')
    return alpha, beta


def restore(alpha, option=''):
    output, status = alpha.try_run(f'syctl {option} restore clean', 120)
    return output.replace('\r', '').strip(), status


def test_a_disk_that_was_written_since(slots):
    alpha, beta = slots
    beta.leave('syctl snapshot clean')
    taken = beta._parked_at
    beta.come_back(60)
    beta.run('echo two > /disk/file && sync')
    beta.switch_to(alpha)
    # Whoever has written: this time it is the slot itself.
    output, status = restore(alpha)
    assert status == 1
    assert output.endswith('error: restore: snapshot clean: /dev/vda on /disk: slot beta has written to it since')
    # Nothing has happened to it.
    alpha.switch_to(beta)
    assert beta.run('cat /disk/file') == 'two\n'
    beta.switch_to(alpha)
    # Nor has beta the disk any more once it is killed; then alpha writes, and is told of that by name.
    alpha.run('syctl kill beta && mkdir -p /disk && mount -t ext4 /dev/vda /disk && sync && umount /disk')
    output, status = restore(alpha)
    assert status == 1 and 'snapshot clean: /dev/vda on /disk: slot ' in output
    output, status = restore(alpha, '--force')
    assert status == 0 and output.endswith('done')
    # beta is parked with its disk again, so it is kept from alpha at once.
    output, status = alpha.try_run('mount -t ext4 /dev/vda /disk')
    assert status and re.search(r'(?i)busy', output), output
    alpha.leave('syctl switch beta')
    beta._parked_at = taken  # the same command ends once more
    beta.come_back(60)
    assert beta.run('cat /disk/file') == 'one\n'  # out of its memory


@pytest.mark.thorough
def test_a_file_system_that_was_made_since(slots):
    """It has another UUID, in the same place. beta has written nothing since."""
    alpha, beta = slots
    beta.leave('syctl snapshot clean')
    beta.come_back(60)
    beta.switch_to(alpha)
    alpha.run('syctl kill beta && mkdir -p /disk && mke2fs /dev/vda && mount -t ext4 /dev/vda /disk && '
              'echo other > /disk/other && umount /disk', 60)
    output, status = restore(alpha)
    assert status == 1
    assert output.endswith('error: restore: snapshot clean: /dev/vda on /disk: slot alpha has written to it since')


@pytest.mark.thorough
def test_a_slot_that_panics_counts_as_having_written(slots):
    alpha, beta = slots
    beta.leave('syctl snapshot clean')
    beta.come_back(60)
    beta.machine.sendline('echo c > /proc/sysrq-trigger')
    beta.machine.expect('switchyard> ', 60)
    beta.machine.sendline('restore clean')
    beta.machine.expect('error: snapshot clean: /dev/vda on /disk: slot beta has written to it since')
    beta.machine.sendline('switch alpha')
    alpha.come_back(60)
