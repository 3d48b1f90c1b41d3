# SPDX-License-Identifier: GPL-2.0-only
"""A slot that was on a disk while the machine was off: hibernation of one slot."""

import subprocess

import pytest

from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from switchyard import open_console


def start(machines, disk, flavour, cpus):
    machine = machines.start('timeout=-1', linux_slot('alpha', OLDER_CLOUD) + linux_slot('beta', flavour, 'mem=128M'),
                             memory='768M', smp=cpus,
                             devices=('-drive', f'file={disk},format=raw,if=virtio,cache=unsafe'))
    open_console(machine)
    return machine, Linux(machine, 'alpha'), Linux(machine, 'beta')


@pytest.mark.thorough
@pytest.mark.parametrize('flavour,cpus', [(OLDER_CLOUD, 2), (CLOUD, 1)])
def test_the_machine_was_off(machines, tmp_path, flavour, cpus):
    disk = tmp_path / 'disk'
    disk.write_bytes(bytes(256 << 20))
    subprocess.run(['/usr/sbin/mke2fs', '-q', '-t', 'ext4', disk], check=True, timeout=60)
    machine, alpha, beta = start(machines, disk, flavour, cpus)
    machine.sendline('boot beta')
    beta.wait()
    beta.run('echo before > /tmp/state; dd if=/dev/urandom of=/tmp/large bs=1M count=8 2>/dev/null')
    wanted = beta.run('sha256sum /tmp/large')
    beta.leave('syctl snapshot night')
    taken = beta._parked_at
    beta.come_back(60)
    beta.switch_to(alpha)
    alpha.run('mkdir /disk && mount -t ext4 /dev/vda /disk && syctl dump beta@night /disk/night && umount /disk', 120)
    machine.quit()
    machine, alpha, beta = start(machines, disk, flavour, cpus)
    machine.sendline('boot alpha')
    alpha.wait()
    alpha.run('mkdir /disk && mount -t ext4 -o ro /dev/vda /disk')
    before = int(alpha.run('date +%s'))
    output = alpha.run('syctl restore --from /disk/night', 120)
    assert output.replace('\r', '').strip().endswith('done')
    alpha.leave('syctl switch beta')
    beta._parked_at = taken  # the same command ends once more
    machine.expect('snapshot night: this slot is back at it, from a file', 60)
    beta.come_back(60)
    assert beta.run('cat /tmp/state').strip() == 'before'
    assert beta.run('sha256sum /tmp/large') == wanted
    # The time-stamp counter began anew, so Linux has asked the RTC, which counts whole seconds.
    assert -2 <= int(beta.run('date +%s')) - before <= 60
    beta.check_cpus(cpus)
    assert beta.alarms() == []
    beta.switch_to(alpha)
    assert alpha.alarms() == []
