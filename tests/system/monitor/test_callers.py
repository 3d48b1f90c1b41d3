# SPDX-License-Identifier: GPL-2.0-only
"""Each caller of the gate gets its own answer: two CPUs at once, and a CPU that calls a second time.

The guest `callers` (images/callers/) asks for a switch to its own slot, which the boot CPU is told; any
other CPU is told that it may not ask.
"""

import re

import pytest

from paths import CALLERS
from qemu import PROMPT
from switchyard import BOOT_LIMIT, module, open_console, slots, tick_count, tick_slot

CALLS = 500
AGAIN = -11    # SWITCHYARD_EAGAIN
REFUSED = -10  # SWITCHYARD_EREFUSED
BAD = -1       # SWITCHYARD_EBADOP
NMIS = 100
LIMIT = 60
ANSWERS = r'(\d+) self, (\d+) not boot CPU, (\d+) busy, (\d+) other\n'


@pytest.fixture(scope='module')
def machine(module_machines):
    machine = module_machines.start('timeout=0 default=callers', [module('kernel', 'callers', CALLERS, 'mem=16M'),
                                                                  *tick_slot()], smp=2)
    machine.expect(r'^callers: 1 other CPUs are ready\n', BOOT_LIMIT)
    return machine


def answers(machine, who):
    return tuple(int(count) for count in machine.expect(rf'^callers: {who}: {ANSWERS}', LIMIT).groups())


def test_two_cpus_at_once(machine):
    machine.send('c')
    assert answers(machine, 'boot CPU') == (CALLS, 0, 0, 0)
    assert answers(machine, 'other CPU') == (0, CALLS, 0, 0)


def test_a_call_inside_the_gate_is_refused(machine):
    """The breakpoint hits on entry, before and after the gate's first write, and on the way out."""
    machine.send('d')
    before, other_cpu, busy, other = answers(machine, 'inside')
    assert (other_cpu, other) == (0, 0)
    assert before > 0
    assert busy > 2
    assert answers(machine, 'outside') == (1, 0, 0, 0)


def test_nmis(machine):
    machine.send('n')
    own, other_cpu, busy, other = answers(machine, 'inside')
    assert own + busy > 0
    assert (other_cpu, other) == (0, 0)
    own, *others = answers(machine, 'outside')
    assert own > 0
    assert others == [0, 0, 0]


def services(machine, who):
    answers = r'(\d+) done, (\d+) bad, (\d+) refused, (\d+) other\n'
    return tuple(int(count) for count in machine.expect(rf'^callers: {who}: {answers}', LIMIT).groups())


def test_services_on_two_cpus_at_once(machine):
    machine.send('s')
    assert services(machine, 'boot CPU') == (CALLS, 0, 0, 0)
    assert services(machine, 'other CPU') == (CALLS, 0, 0, 0)


def test_services_take_only_the_callers_memory(machine):
    machine.send('h')
    assert services(machine, 'foreign memory') == (0, 7, 7, 0)


def test_no_nmi_is_lost_in_a_service(machine):
    """The other CPU sends the next one when the guest's own handler has got the last one."""
    machine.send('i')
    came, lost = machine.expect(r'^callers: (\d+) NMIs came, (\d+) were lost\n', LIMIT).groups()
    assert (int(came), int(lost)) == (NMIS, 0)
    done, *others = services(machine, 'meanwhile')
    assert done > 0 and others == [0, 0, 0]


def test_quick_switches_to_which_not_all_come(machine):
    """The gate gives up after a second, on both CPUs. That many CPUs (2^32 - 1, and two others) there are not."""
    machine.send('k')
    for what, boot, other in (('the other does not come', AGAIN, 0), ('the boot CPU does not come', 0, AGAIN),
                              ('more than there are', BAD, None), ('two of two', BAD, None)):
        given = machine.expect(rf'^callers: {what}: (-\d+) on the boot CPU, (-\d+) on the other\n', LIMIT)
        assert int(given[1]) == boot
        assert int(given[2]) in ([other] if other is not None else [BAD, AGAIN])


def back_after_tick(machine):
    """The console is open, and callers is parked. Another slot runs before callers comes back."""
    machine.sendline('boot tick')
    tick_count(machine)
    machine.send('m')
    machine.expect(PROMPT)
    machine.sendline('switch callers')
    machine.expect(r'^callers: back after')


def test_the_other_parks_when_the_slot_is_left(machine):
    """It gets INIT in the gate, and nobody takes it for one that has come."""
    machine.send('l')
    machine.expect(PROMPT)
    back_after_tick(machine)
    machine.expect(rf'^callers: with the other gone: {AGAIN}\n', LIMIT)


def test_each_service(machine):
    """It adds a slot, loads an image twice, and removes it. Equal images are compared in parts. Tick is parked."""
    machine.send('m')
    machine.expect(PROMPT)
    machine.sendline('boot tick')
    tick_count(machine)
    machine.send('1')
    machine.expect(r'^callers: back after')
    machine.send('a')
    lines = machine.expect(r'((?:^callers: \w+: -?\d+\n)+)^callers: all asked', LIMIT)[1]
    calls = [(name, int(answer)) for name, answer in re.findall(r'^callers: (\w+): (-?\d+)$', lines, re.MULTILINE)]
    assert {name for name, _ in calls} == {'LIST', 'KILL', 'LOG', 'ADD', 'REMOVE', 'LOAD_BEGIN', 'LOAD_FILE', 'LOAD_WRITE',
                                           'LOAD_COMMIT', 'LOAD_ABORT', 'OUTCOME', 'TAKE_CRASH', 'SETTLE_CRASH', 'LOG_OF_SLOT',
                                           'MEMORY', 'PREPARE', 'FUNCTIONS', 'DEVICES'}
    assert {answer for _, answer in calls} == {0, AGAIN, REFUSED}
    assert {name for name, answer in calls if answer == AGAIN} == {'LOAD_COMMIT', 'LOG_OF_SLOT'}
    assert [name for name, answer in calls if answer == REFUSED] == ['OUTCOME', 'LOG_OF_SLOT', 'SETTLE_CRASH']
    machine.send('m')
    machine.expect(PROMPT)
    assert {name: row['STATE'] for name, row in slots(machine).items()} == {'callers': 'parked', 'tick': 'ready'}
    machine.sendline('switch callers')
    machine.expect(r'^callers: back after')


def test_the_slot_can_be_left_and_resumed(machine):
    machine.send('m')
    machine.expect(PROMPT)
    back_after_tick(machine)


def test_edges_after_a_quick_switch(machines):
    """The monitor raises each unmasked edge-triggered pin once. No device is at these pins."""
    machine = machines.start('timeout=0 default=callers', [module('kernel', 'callers', CALLERS, 'mem=16M')])
    machine.expect(r'^callers: 0 other CPUs are ready\n', BOOT_LIMIT)
    for time in 1, 2:
        machine.send('q')
        machine.expect(PROMPT)
        machine.sendline('switch callers')
        came = dict(re.findall(r'callers: (\w+): (\d+)\n', machine.expect(r'((?:.*\n)*?)callers: all pins told', LIMIT)[1]))
        assert came == {'fixed': f'{time}', 'logical': f'{time}', 'lowest': f'{time}', 'masked': '0', 'level': '0',
                        'nmi': '0'}


def test_what_was_begun_ends_with_its_slot(machines):
    """A slot has a part of an image in the pool when it ends, crashes, or is killed."""
    machine = machines.start('timeout=-1', [module('kernel', 'callers', CALLERS, 'mem=16M'), *tick_slot()])
    open_console(machine)
    before = machine.command('mem')
    for key, said in ('p', 'has powered off'), ('x', 'has crashed: a key was pressed'), ('m', 'is parked'):
        machine.sendline('boot callers')
        machine.expect(r'^callers: 0 other CPUs are ready\n', BOOT_LIMIT)
        machine.send('b')
        machine.expect(r'^callers: begun: 3\n')
        machine.send('m')
        machine.expect(PROMPT)
        assert machine.command('mem') != before
        machine.sendline('switch callers')
        machine.expect(r'^callers: back after')
        machine.send(key)
        machine.expect(f'slot callers {said}')
        machine.expect(PROMPT)
        if key == 'm':
            machine.command('kill callers')
        assert machine.command('mem') == before


def end(machines, key, **settings):
    """The other CPU ends the slot, while tick is parked."""
    machine = machines.start('timeout=0 default=tick', [module('kernel', 'callers', CALLERS, 'mem=16M'), *tick_slot()],
                             smp=2, **settings)
    tick_count(machine)
    machine.send('m')
    machine.expect(PROMPT)
    machine.sendline('boot callers')
    machine.expect(r'^callers: 1 other CPUs are ready\n', BOOT_LIMIT)
    machine.send(key)
    machine.expect(r'slot callers has powered off')
    return machine


@pytest.mark.parametrize('firmware', ['bios', pytest.param('uefi', marks=pytest.mark.thorough)])
def test_the_other_cpu_ends_the_slot(machines, firmware):
    machine = end(machines, 'w', firmware=firmware)
    machine.expect(PROMPT)
    machine.sendline('switch tick')
    tick_count(machine)


def test_the_boot_cpu_does_not_wait(machines):
    """QEMU's BIOS brings it back, by a reset."""
    machine = end(machines, 'e', no_reboot=False)
    machine.expect(PROMPT)
    machine.sendline('switch tick')
    tick_count(machine)


def test_the_boot_cpu_is_lost(machines):
    """Nothing brings it back: the console runs on the other CPU, and resumes nobody."""
    machine = end(machines, 'e', firmware='uefi')
    machine.expect(r'error: the boot CPU did not come')
    machine.expect(PROMPT)
    assert slots(machine)['tick']['STATE'] == 'parked'
    for command in 'switch tick', 'boot callers':
        assert 'error: the boot CPU did not come back' in machine.command(command)
    assert slots(machine)['tick']['STATE'] == 'parked'
    machine.sendline('poweroff')
    machine.wait_end('guest-shutdown')


@pytest.mark.thorough
def test_the_boot_cpu_is_lost_and_nobody_is_there(machines):
    """No kernel can run any more, so a reset brings the machine back."""
    machine = machines.start('timeout=0 default=callers serial=none', [module('kernel', 'callers', CALLERS, 'mem=16M')],
                             smp=2, firmware='uefi')
    machine.expect(r'^callers: 1 other CPUs are ready\n', BOOT_LIMIT)
    machine.send('e')
    machine.wait_screen('Resetting the machine in [0-9]+ s; any key opens the console', BOOT_LIMIT)
    machine.wait_end('guest-reset', 90)
