# SPDX-License-Identifier: GPL-2.0-only
"""Watchdogs that a slot has started: they run only while that slot has the machine.

QEMU tells by its event WATCHDOG when one runs out, and does nothing else.
"""

import pytest

from linux import GENERIC, Linux, linux_slot
from linux_modules import load_module, module_disk, unpack_modules
from qemu import PROMPT
from qmp import QmpError
from switchyard import tick_count, tick_slot

SECONDS = 3  # of a watchdog
RUNS_OUT = 3 * SECONDS  # some have two stages, each of that time
QUIET = ['-action', 'watchdog=none']

BMC = ['-device', 'ipmi-bmc-sim,id=bmc', '-device', 'isa-ipmi-kcs,bmc=bmc']
PC = {'machine': 'pc'}
Q35 = {'machine': 'q35'}
UEFI = {'machine': 'q35', 'firmware': 'uefi'}

# The modules that bring it, QEMU's machine and arguments, and its event when it runs out.
DOGS = [
    pytest.param(['i6300esb'], Q35, ['-device', 'i6300esb'], 'WATCHDOG', id='i6300esb'),
    pytest.param(['lpc_ich', 'iTCO_wdt'], Q35, ['-global', 'ICH9-LPC.noreboot=false'], 'WATCHDOG', id='iTCO',
                 marks=pytest.mark.thorough),
    pytest.param(['ib700wdt'], PC, ['-device', 'ib700'], 'WATCHDOG', id='ib700', marks=pytest.mark.thorough),
]
# When Linux panics, it gives this one 255 s.
MANAGED = [
    pytest.param(['ipmi_si', 'ipmi_watchdog'], kind, BMC, 'SHUTDOWN', id=name, marks=pytest.mark.thorough)
    for name, kind in (('ipmi', PC), ('ipmi-uefi', UEFI))
]


def arm(alpha):
    """A process feeds it each second."""
    alpha.run(f'watchdog -T {SECONDS} -t 1 /dev/watchdog')


def check_silent(machine, event):
    with pytest.raises(QmpError):
        machine.qmp.wait_event(event, RUNS_OUT)


def start(machines, modules, kind, devices, parameters=''):
    disk = module_disk(GENERIC, machines.logs / 'modules.tar', modules)
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', GENERIC) + tick_slot(), memory='512M',
                             devices=[*disk, *devices, *QUIET], **kind)
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    unpack_modules(alpha)
    for module in modules:
        load_module(alpha, module, parameters)
    arm(alpha)
    return alpha


@pytest.fixture
def alpha(machines, modules, kind, devices):
    return start(machines, modules, kind, devices)


def stop_feeding(alpha):
    alpha.run('killall -STOP watchdog')


@pytest.mark.parametrize('modules, kind, devices, event', DOGS + MANAGED)
def test_a_watchdog_is_its_slots(alpha, event):
    machine = alpha.machine
    alpha.leave('syctl switch tick')
    tick_count(machine)
    check_silent(machine, event)
    machine.send('1')
    alpha.come_back()
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.come_back()
    alpha.run('sleep 2')  # an IB700 starts when it is fed
    stop_feeding(alpha)  # the process goes on where it was
    machine.qmp.wait_event(event, RUNS_OUT)


@pytest.mark.parametrize('modules, kind, devices, event', DOGS)
def test_a_watchdog_ends_with_its_slot(alpha, event):
    machine = alpha.machine
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect(PROMPT)
    check_silent(machine, event)
    machine.sendline('boot tick')
    tick_count(machine)
    check_silent(machine, event)


def test_one_that_is_locked_is_told_and_fed_at_the_prompt(machines):
    alpha = start(machines, ['i6300esb'], Q35, ['-device', 'i6300esb'], 'nowayout=1')
    machine = alpha.machine
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect('slot alpha: its watchdog i6300esb is locked')
    machine.expect(PROMPT)
    check_silent(machine, 'WATCHDOG')
    machine.sendline('boot tick')  # which does not feed it
    machine.qmp.wait_event('WATCHDOG', RUNS_OUT)
