# SPDX-License-Identifier: GPL-2.0-only
"""No CPU runs on in a parked slot's memory, whatever it was doing and however little it cooperates.

The guest `busy` (images/busy/) has other CPUs that count for ever, each in another state, and gives the
machine away without a word to them. As long as it is parked the counters must stand still. The negative
control is a monitor that sends no INIT: there all of them move on.
"""

import re

import pytest

from linux import CLOUD, Linux, linux_slot
from paths import BUSY, MONITOR, MONITOR_NO_INIT, QEMU_CPU
from qemu import PROMPT
from switchyard import BOOT_LIMIT, module, slots, tick_count, tick_slot

WAYS = ['spins with interrupts off', 'wakes from HLT by its timer', 'spins in an NMI handler',
        'wakes from MWAIT']
COUNTER_BYTES = 8


def start_busy(machines, others, monitor=MONITOR, **settings):
    """A machine with busy, tick and a Linux. Gives the addresses of busy's counters by CPU state."""
    machine = machines.start(
        'timeout=0 default=busy',
        [module('kernel', 'busy', BUSY, 'mem=16M'), *tick_slot(), *linux_slot('alpha', CLOUD)],
        monitor=monitor, cpu=f'{QEMU_CPU},+monitor', **settings)
    end = machine.expect(r'^busy: (\d+) other CPUs count\n', BOOT_LIMIT)
    assert int(end[1]) == others
    machine.counters = {way: int(address, 16) for address, way in re.findall(
        r'^busy: CPU \d+ counts at (0x[0-9a-f]+): it (.*)$', machine.serial.text, re.MULTILINE)}
    return machine


def park(machine, keys='m'):
    machine.send(keys)
    machine.expect(PROMPT)


def counts(machine):
    """Reads the counters with the console's `md`."""
    found = {}
    for way, address in machine.counters.items():
        line = machine.command(f'md {address:#x} {COUNTER_BYTES}')
        value = bytes.fromhex(''.join(re.findall(r'\b[0-9a-f]{2}\b', line)[:COUNTER_BYTES]))
        found[way] = int.from_bytes(value, 'little')
    return found


@pytest.mark.parametrize('monitor, still', [(MONITOR, True), (MONITOR_NO_INIT, False)],
                         ids=['init', 'no-init'])
def test_other_cpus_stand_still(machines, monitor, still):
    machine = start_busy(machines, len(WAYS), monitor, smp=1 + len(WAYS))
    assert list(machine.counters) == WAYS
    park(machine)
    first = counts(machine)
    assert all(first.values()), f'one has never counted: {first}'
    machine.sendline('boot tick')
    tick_count(machine)
    tick_count(machine)
    park(machine)
    second = counts(machine)
    for way in WAYS:
        assert (second[way] == first[way]) == still, f'{way}: {first[way]}, then {second[way]}'


def test_those_that_do_not_park_stand_still(machines):
    """In a quick switch the other CPUs come to the gate. These do not, and get INIT."""
    machine = start_busy(machines, len(WAYS), smp=1 + len(WAYS))
    park(machine, 'qm')
    before = counts(machine)
    assert all(before.values()), f'one has never counted: {before}'
    assert slots(machine)['busy']['STATE'] == 'parked'
    machine.sendline('switch busy')
    machine.expect(r'^busy: back after 1 switches')
    park(machine)
    assert counts(machine) == before


def test_linux_gets_cpus_that_were_busy(machines):
    """They answer to SIPI, interrupts and NMIs again, even if they were in a handler for these."""
    machine = start_busy(machines, 3, smp=4, memory='512M')
    machine.send('3')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.check_cpus(4)
    alpha.run('echo l > /proc/sysrq-trigger')
    assert set(re.findall(r'NMI backtrace for cpu (\d)', alpha.run('dmesg'))) == set('0123')
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    before = counts(machine)
    machine.sendline('switch busy')
    machine.expect(r'^busy: back after 1 switches')
    park(machine)
    assert counts(machine) == before, 'a CPU of a slot that is back runs without being started'
