# SPDX-License-Identifier: GPL-2.0-only
"""Requests that hang, because a disk does not take what is to be written, or a task does not stop: they end, the
person is told why, and is not kept from the monitor. In both versions of Linux, with virtio and IDE disks."""

import re
import time

import pytest

from fixtures import with_older
from linux import GENERIC, OLDER_GENERIC, Linux, linux_slot
from qemu import PROMPT
from switchyard import slots, tick_count, tick_slot

LIMIT_S = 3  # of the driver's parameter, here
NEVER_S = 1000
FREEZE_MS = 2000
PATIENCE_S = 5.5  # SUSPEND_PATIENCE of the driver, and a little
HOTKEY = ['ctrl', 'alt', 'shift']
PARAMETER = '/sys/module/switchyard/parameters/sync_limit'
SETTING = '/sys/power/sync_on_suspend'
DISKS = {'vda': 'virtio', 'sda': 'ide'}


@pytest.fixture(scope='module', params=with_older(GENERIC, OLDER_GENERIC))
def alpha(request, module_machines, tmp_path_factory):
    """alpha runs at its shell before and after each test, and its disks take what they are given."""
    folder = tmp_path_factory.mktemp(request.param)
    devices = []
    for kind in DISKS.values():
        (folder / kind).write_bytes(bytes(1 << 24))
        devices += ['-drive', f'file={folder / kind},format=raw,if={kind},id={kind}0,cache=unsafe']
    machine = module_machines.start('timeout=0 default=alpha', tick_slot() + linux_slot('alpha', request.param),
                                    machine='pc', memory='512M', smp=2, devices=devices)
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.run(f'echo {LIMIT_S} > {PARAMETER}')
    yield alpha
    machine.quit()


def throttle(alpha, disk, bytes_per_second):
    alpha.machine.qmp.throttle(f'{DISKS[disk]}0', write=bytes_per_second)


@pytest.fixture(params=['vda', pytest.param('sda', marks=pytest.mark.thorough)])
def dead(alpha, request):
    """A disk takes a byte a second, and there is much to be written to it. Its name."""
    disk = request.param
    throttle(alpha, disk, 1)
    # One request passes. The shell keeps the disk open: a program that closes it waits for it.
    alpha.run(f'dd if=/dev/urandom of=/dev/{disk} bs=4k count=1 conv=fsync')
    alpha.run(f'exec 3<>/dev/{disk}; dd if=/dev/urandom bs=4k count=256 >&3')
    yield disk
    throttle(alpha, disk, 0)
    alpha.run('sync; exec 3>&-; until ! grep -l switchyard_sync /proc/[0-9]*/comm; do sleep 0.1; done', 60)
    alpha.run(f'echo {LIMIT_S} > {PARAMETER}; echo 1 > {SETTING}')


def to_tick_and_back(alpha):
    alpha.leave('syctl switch tick')
    tick_count(alpha.machine)
    alpha.machine.send('2')
    alpha.come_back()


def back_from_monitor(alpha):
    """From the console, which alpha opened."""
    alpha.machine.expect(PROMPT)
    assert slots(alpha.machine)['alpha']['STATE'] == 'parked'
    alpha.machine.sendline('switch alpha')
    alpha.machine.expect(r'switch alpha\n')


def ask_in_background(alpha):
    """What syctl says goes to a file."""
    alpha.run('{ syctl switch tick 2> /tmp/said & }')


def sysrq_y_ends_it(alpha):
    alpha.machine.sysrq('y')
    back_from_monitor(alpha)
    alpha.prompt()
    alpha.run('until grep -q "^error: tick: it was kept waiting, and gave up for another request$" /tmp/said; '
              'do sleep 0.1; done')


def test_it_says_which_disk_and_ends(alpha, dead):
    output, status = alpha.try_run('syctl switch tick')
    assert status == 1
    assert re.search(rf'^waiting for storage: {dead}, 1 s$.*^waiting for storage: {dead}, 2 s$', output, re.M | re.S)
    assert re.search(rf'^error: tick: storage has not taken in {LIMIT_S} s what is to be written: '
                     rf'{dead} has \d+ requests? under way, .* waits in \w+.*; ask again to go without that$',
                     output, re.M)
    assert alpha.run(f'cat {SETTING}').strip() == '1'
    # The next one does not sync. It does not wait for the disk either.
    output, status = alpha.try_run('syctl switch tick')
    assert status == 1 and 'waiting' not in output
    assert re.search(rf'^error: tick: not deep, because storage does not answer: {dead} has \d+ requests? under way; '
                     'nor quick: tick would look at all devices', output, re.M)


def test_sysrq_y_while_a_request_hangs(alpha, dead):
    alpha.run(f'echo {NEVER_S} > {PARAMETER}; dmesg -c > /dev/null')
    ask_in_background(alpha)
    alpha.run(f'until grep -q "waiting for storage: {dead}, 2 s" /tmp/said; do sleep 0.1; done')
    sysrq_y_ends_it(alpha)
    assert 'quick: the request before this one hung' in alpha.run('dmesg')


@pytest.mark.parametrize('dead', ['vda'], indirect=True)
def test_another_key_while_a_key_hangs(alpha, dead):
    """The progress and the end are the kernel's errors, which are on the console."""
    alpha.run(f'echo {NEVER_S} > {PARAMETER}')
    alpha.machine.send_keys([*HOTKEY, '1'])
    alpha.machine.expect(f'switchyard: waiting for storage: {dead}, 3 s')
    alpha.machine.send_keys([*HOTKEY, '0'])
    alpha.machine.expect('switchyard: not switched: it was kept waiting, and gave up for another request')
    back_from_monitor(alpha)
    alpha.prompt()
    alpha.run(f'echo {LIMIT_S} > {PARAMETER}')
    alpha.machine.send_keys([*HOTKEY, '1'])
    alpha.machine.expect('switchyard: not switched: not deep, because storage does not answer: '
                         f'{dead} .*; nor quick: tick would look at all devices')
    alpha.machine.sysrq('y')
    back_from_monitor(alpha)
    alpha.prompt()


@pytest.mark.parametrize('dead', ['vda'], indirect=True)
def test_whoever_does_not_want_a_sync(alpha, dead):
    """Nothing is written then, so the disk has no request."""
    alpha.run(f'echo 0 > {SETTING}')
    to_tick_and_back(alpha)
    assert alpha.run(f'cat {SETTING}').strip() == '0'
    assert alpha.run('grep Dirty: /proc/meminfo').split()[1] != '0'


@pytest.fixture
def frozen(alpha):
    """A task writes to a file system that stands still: it can't be woken. Its name. Linux tells its stack when it
    can't be frozen, which counts as an alarm."""
    alpha.run('mke2fs -q /dev/vda && mkdir -p /tmp/frozen && mount -t ext4 /dev/vda /tmp/frozen')
    alpha.run('fsfreeze --freeze /tmp/frozen; { /bin/dd if=/dev/zero of=/tmp/frozen/file count=1 & }')
    alpha.run('until grep -q "State:.*D" /proc/$(pidof dd)/status; do sleep 0.1; done')
    yield 'dd'
    alpha.run('fsfreeze --unfreeze /tmp/frozen; wait; umount /tmp/frozen; dmesg -c > /dev/null')


def test_a_task_that_does_not_stop(alpha, frozen):
    alpha.try_run('syctl kill tick')  # a tick that is parked uses no devices, so it might go there
    alpha.run(f'echo {FREEZE_MS} > /sys/power/pm_freeze_timeout')
    output, status = alpha.try_run('syctl switch tick')
    alpha.run('echo 20000 > /sys/power/pm_freeze_timeout')
    assert status == 1
    assert re.search(rf'^error: tick: these tasks do not stop: {frozen} \(\d+\) waits in \w+.*; nor quick: ', output,
                     re.M)


def test_sysrq_y_while_a_task_does_not_stop(alpha, frozen):
    """Linux waits for it for 20 s. The second request is heard before."""
    ask_in_background(alpha)
    time.sleep(PATIENCE_S)
    sysrq_y_ends_it(alpha)


def test_when_all_stops_it_switches(alpha):
    to_tick_and_back(alpha)
    assert alpha.run(f'cat {SETTING}').strip() == '1'
    alpha.run(f'echo 0 > {SETTING}')
    to_tick_and_back(alpha)
    assert alpha.run(f'cat {SETTING}; echo 1 > {SETTING}').strip() == '0'
    assert alpha.alarms() == []
