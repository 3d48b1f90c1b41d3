# SPDX-License-Identifier: GPL-2.0-only
"""Snapshots at the console: a parked slot is put back to an earlier moment, any number of times."""

import pytest

from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import open_console


@pytest.fixture(scope='module', params=[OLDER_CLOUD, pytest.param(CLOUD, marks=pytest.mark.thorough)])
def guests(request, module_machines):
    machine = module_machines.start('timeout=-1', linux_slot('alpha', request.param, 'mem=256M'),
                                    memory='1G', smp=2)
    open_console(machine)
    alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    alpha.wait()
    return machine, alpha


def test_thin(guests):
    machine, alpha = guests
    alpha.run('echo one > /tmp/state')
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    print(machine.command('mem'))
    print(machine.command('snapshot alpha one'))
    print(machine.command('snapshots'))
    print(machine.command('mem'))
    machine.sendline('switch alpha')
    alpha.come_back()
    alpha.run('echo two > /tmp/state')
    for i in range(3):
        alpha.leave('syctl monitor')
        machine.expect(PROMPT)
        print(machine.command('restore one force'))
        print(machine.command('slots'))
        machine.sendline('switch alpha')
        machine.expect('@R1@0@')
        machine.expect('alpha# ')
        assert alpha.run('cat /tmp/state').strip() == 'one'
        assert not alpha.alarms()
