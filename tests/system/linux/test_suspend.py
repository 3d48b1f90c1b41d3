# SPDX-License-Identifier: GPL-2.0-only
"""What Linux tells its drivers about a switch: that firmware suspends to RAM and resumes. Another module that
is built against the kernel's headers has a device and writes down what its driver is told."""

import re

import pytest

from fixtures import with_older
from gdb_remote import GdbRemote
from linux import GENERIC, OLDER_GENERIC, Linux, linux_slot
from linux_modules import probe_disk
from qemu import PROMPT
from switchyard import parse_table, tick_count, tick_slot

MEM = 3  # of suspend_state_t (include/linux/suspend.h)


@pytest.fixture(scope='module', params=with_older(GENERIC, OLDER_GENERIC))
def alpha(request, module_machines, tmp_path_factory):
    """alpha runs at its shell before and after each test, with the probe."""
    folder = tmp_path_factory.mktemp(request.param)
    machine = module_machines.start(
        'timeout=0 default=alpha', tick_slot() + linux_slot('alpha', request.param), memory='512M',
        devices=[*probe_disk(request.param, 'pm_probe', folder), '-gdb', f'unix:{folder}/gdb,server=on,wait=off'])
    alpha = Linux(machine, 'alpha')
    alpha.gdb = folder / 'gdb'
    alpha.wait()
    alpha.run('tar xf /dev/vda -C /tmp; insmod /tmp/pm_probe.ko')
    yield alpha
    machine.quit()


def told(alpha):
    """What the probe was told since the last call: (step, state, firmware suspends, firmware resumes)."""
    log = alpha.run('dmesg -c')
    return [(step, *map(int, numbers)) for step, *numbers in
            re.findall(r'pm_probe: (\w+): state (\d), firmware suspends (\d), firmware resumes (\d)', log)]


def test_a_switch_is_suspend_to_ram_by_firmware(alpha):
    told(alpha)
    alpha.leave('syctl switch tick')
    tick_count(alpha.machine)
    alpha.machine.send('2')
    alpha.come_back()
    assert alpha.alarms() == []
    assert told(alpha) == [('suspend', MEM, 1, 0), ('resume', MEM, 1, 1)]


def damage_image(alpha):
    """Tick's image, the first one, can't be started any more."""
    alpha.leave('syctl monitor')
    alpha.machine.expect(PROMPT)
    rows = parse_table(alpha.machine.command('mem'))
    store = min(int(row['START'], 16) for row in rows if row['OWNER'] == 'store')
    with GdbRemote(alpha.gdb) as memory:
        memory.flip(store + 100)
    alpha.machine.sendline('switch alpha')
    alpha.come_back()


def test_an_image_that_does_not_start_is_seen_when_devices_are_suspended(alpha):
    """The monitor has parked the slot by then, and has used devices."""
    alpha.try_run('syctl kill tick')  # a test before this one may have started it
    damage_image(alpha)
    told(alpha)
    output, status = alpha.try_run('syctl switch tick')
    assert status == 1 and "error: tick: that slot's image could not be started" in output
    assert told(alpha) == [('suspend', MEM, 1, 0), ('resume', MEM, 1, 1)]
    assert alpha.alarms() == []


def test_turned_back_half_way_it_is_not(alpha):
    """Nobody else had the devices."""
    alpha.run('echo 0 > /sys/module/suspend/parameters/pm_test_delay; echo core > /sys/power/pm_test; dmesg -c')
    output, status = alpha.try_run('syctl switch tick')
    assert status == 1 and 'the suspend test of /sys/power/pm_test is on' in output
    assert told(alpha) == [('suspend', MEM, 1, 0), ('resume', MEM, 1, 0)]
    alpha.run('echo none > /sys/power/pm_test')


def test_a_device_that_fails_is_named(alpha):
    alpha.run('dmesg -c; echo 1 > /sys/module/pm_probe/parameters/fails')
    output, status = alpha.try_run('syctl switch tick')
    assert status == 1 and 'error: tick: the device pm_probe could not be suspended, error -5' in output
    alpha.run('echo 0 > /sys/module/pm_probe/parameters/fails; echo core > /sys/power/pm_test')
    output, status = alpha.try_run('syctl switch tick')  # another failure does not name it
    assert status == 1 and 'pm_probe' not in output
    alpha.run('echo none > /sys/power/pm_test; dmesg -c')


@pytest.mark.parametrize('state, what', [('freeze', 'suspend-to-idle'), ('disk', 'hibernation')])
def test_this_kernel_does_not_sleep(alpha, state, what):
    alpha.run('dmesg -c')
    output, status = alpha.try_run(f'echo {state} > /sys/power/state')
    assert status != 0 and 'Operation not permitted' in output
    assert re.search(rf'switchyard: {what} is refused.*"syctl switch"', alpha.run('dmesg'))
    assert told(alpha) == []


@pytest.mark.parametrize('state', ['mem', 'standby'])
def test_nor_by_firmware(alpha, state):
    alpha.run('echo deep > /sys/power/mem_sleep 2> /dev/null; dmesg -c')
    output, status = alpha.try_run(f'echo {state} > /sys/power/state')
    assert status != 0, output
    assert re.search(r'switchyard: suspend(-to-idle)? is refused.*"syctl switch"', alpha.run('dmesg')) \
        or state not in alpha.run('cat /sys/power/state').split()
    assert told(alpha) == []


def test_freeze_if_it_is_allowed(alpha):
    """Half the way is enough to see that nobody refuses."""
    alpha.run('echo 1 > /sys/module/switchyard/parameters/allow_freeze; echo freezer > /sys/power/pm_test')
    alpha.run('echo freeze > /sys/power/state')
    alpha.run('echo none > /sys/power/pm_test; echo 0 > /sys/module/switchyard/parameters/allow_freeze')
