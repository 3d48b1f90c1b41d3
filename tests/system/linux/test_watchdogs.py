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

SECONDS = 4  # of a watchdog
RUNS_OUT = 3 * SECONDS  # some have two stages, each of that time
QUIET = ['-action', 'watchdog=none']

# The modules that bring it, QEMU's machine and arguments.
DOGS = {
    'i6300esb': (['i6300esb'], 'q35', ['-device', 'i6300esb']),
    'iTCO': (['lpc_ich', 'iTCO_wdt'], 'q35', ['-global', 'ICH9-LPC.noreboot=false']),
}


def arm(alpha):
    """A process feeds it each second."""
    alpha.run(f'watchdog -T {SECONDS} -t 1 /dev/watchdog0')


def check_silent(machine):
    with pytest.raises(QmpError):
        machine.qmp.wait_event('WATCHDOG', RUNS_OUT)


@pytest.fixture(params=DOGS)
def alpha(request, machines):
    modules, kind, devices = DOGS[request.param]
    disk = module_disk(GENERIC, machines.logs / 'modules.tar', modules)
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', GENERIC) + tick_slot(), memory='512M',
                             machine=kind, devices=[*disk, *devices, *QUIET])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    unpack_modules(alpha)
    for module in modules:
        load_module(alpha, module)
    arm(alpha)
    return alpha


def test_a_watchdog_is_its_slots(alpha):
    machine = alpha.machine
    alpha.leave('syctl switch tick')
    tick_count(machine)
    check_silent(machine)
    machine.send('1')
    alpha.come_back()
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    check_silent(machine)
    machine.sendline('switch alpha')
    alpha.come_back()

    alpha.run('killall -STOP watchdog')  # it goes on where it was: now nobody feeds it
    machine.qmp.wait_event('WATCHDOG', RUNS_OUT)

    alpha.run('killall -CONT watchdog; killall watchdog; while pidof watchdog; do :; done')
    arm(alpha)
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect(PROMPT)
    check_silent(machine)
    machine.sendline('boot tick')
    tick_count(machine)
    check_silent(machine)
