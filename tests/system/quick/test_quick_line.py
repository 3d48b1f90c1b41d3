# SPDX-License-Identifier: GPL-2.0-only
"""`switch=quick` on a slot's line: each way to ask for a switch takes the quick one. If that is refused, it is a deep
one, and the person is told."""

import json

import pytest

from linux import GENERIC, Linux, linux_slot
from qemu import PROMPT
from switchyard import tick_count, tick_slot

REFUSED = 'deep, because a quick switch is refused: tick would look at all devices when it starts, ' \
    'and those of alpha work while it is parked'


@pytest.fixture(scope='module')
def alpha(module_machines):
    """alpha is at its shell before and after each test, and tick is parked."""
    machine = module_machines.start(
        'timeout=0 default=alpha', linux_slot('alpha', GENERIC, 'mem=256M switch=quick') + tick_slot(),
        memory='512M', smp=2, devices=['-nic', 'user,model=virtio-net-pci'])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.leave('syctl --deep switch tick')
    back(alpha)
    return alpha


def back(alpha):
    tick_count(alpha.machine)
    alpha.machine.send('1')
    if alpha.is_parked:
        alpha.come_back()
    else:
        alpha.prompt()


def was_quick(alpha):
    """Whether the last switch was. Then no time went by for the suspend of devices."""
    return json.loads(alpha.run('syctl status --json'))['switches'][0]['suspend_us'] == 0


def press(alpha):
    alpha.machine.send_keys(['ctrl', 'alt', 'shift', '2'])
    back(alpha)


def test_by_syctl(alpha):
    alpha.leave('syctl switch tick')
    back(alpha)
    assert was_quick(alpha)
    alpha.leave('syctl --deep switch tick')
    back(alpha)
    assert not was_quick(alpha)


def test_by_a_key(alpha):
    press(alpha)
    assert was_quick(alpha)


def test_by_sysrq(alpha):
    machine = alpha.machine
    machine.sysrq('y')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    machine.expect(r'switch alpha\n')
    alpha.prompt()
    assert was_quick(alpha)


def test_refused_by_syctl(alpha):
    alpha.run('syctl kill tick')
    alpha.leave('syctl switch tick')
    alpha.machine.expect(f'tick: {REFUSED}')
    back(alpha)
    assert not was_quick(alpha)


def test_refused_by_a_key(alpha):
    alpha.run('syctl kill tick; dmesg -c')
    press(alpha)
    assert not was_quick(alpha)
    assert f'switchyard: {REFUSED}' in alpha.run('dmesg')


def test_no_alarm(alpha):
    assert alpha.alarms() == []
