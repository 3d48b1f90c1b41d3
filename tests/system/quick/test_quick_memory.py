# SPDX-License-Identifier: GPL-2.0-only
"""The memory of a slot that is parked quick, read by another: no task sees it any more once that slot has run."""

import json
import tarfile

from core_file import CoreFile, check_mapping_is_gone, driver_of, symbols_of, watch_mapping
from guest_images import compile_static
from linux import CLOUD, Linux, linux_slot
from own_devices import keep_own, own_disk

DISK_MIB = 192
SETTINGS = {'memory': '768M', 'smp': 2}


def alphas_disk(folder):
    """The program first, and room for a core file."""
    with tarfile.open(folder / 'alpha.img', 'w') as archive:
        archive.add(compile_static('map_core'), 'map_core')
    with open(folder / 'alpha.img', 'ab') as disk:
        disk.truncate(DISK_MIB << 20)
    return folder / 'alpha.img'


def test_no_task_sees_the_memory_of_a_slot_that_ran(machines):
    disk = alphas_disk(machines.logs)
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', CLOUD) + linux_slot('beta', CLOUD, 'mem=128M'),
                             devices=own_disk('alpha', disk), **SETTINGS)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    alpha.wait()
    alpha.run('dd if=/dev/vda bs=1M count=4 2> /dev/null | tar x -C /tmp')
    keep_own(alpha)
    alpha.switch_to(beta)
    keep_own(beta)
    symbols, (first, last) = symbols_of(beta), driver_of(beta)
    beta.hop(alpha)

    said = alpha.run('syctl core beta 2>&1').splitlines()
    assert said == ['beta is parked quick: its devices may write to its memory while it is read',
                    '/proc/switchyard/beta']
    assert json.loads(alpha.run('syctl --json core beta 2> /dev/null'))['changes']
    alpha.run('dd if=/proc/switchyard/beta of=/dev/vda bs=1M conv=fsync 2> /dev/null', 120)
    with CoreFile(disk) as core:
        registers = core.registers()
        assert list(registers) == [0, 1]  # both CPUs are in the gate
        assert all(first <= cpu['rip'] < last for cpu in registers.values())

    # The program never sleeps, so it is on a CPU when all CPUs are stopped, and when they go on.
    watch_mapping(alpha, '/proc/switchyard/beta', symbols['jiffies_64'])
    alpha.hop(beta)
    beta.hop(alpha)
    check_mapping_is_gone(alpha)
    assert alpha.alarms() == []
