# SPDX-License-Identifier: GPL-2.0-only
"""Who gets the machine when a kernel ends: on-end=, on-crash=, and a machine that nobody looks at."""

import guest_images
from linux import CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import BOOT_LIMIT, module, open_console, slots, tick_count, tick_slot


def test_linux_names_its_successors(machines):
    """A panic brings alpha's shell back, and a reboot starts beta afresh, without the console."""
    machine = machines.start(
        'timeout=-1', linux_slot('alpha', CLOUD)
        + linux_slot('beta', CLOUD, 'mem=256M on-crash=alpha on-end=restart'))
    open_console(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot alpha')
    alpha.wait()
    alpha.run('echo here > /tmp/mark')
    alpha.switch_to(beta)

    beta.run('echo gone > /tmp/mark')
    machine.sendline('reboot')
    machine.expect('starting beta: ')
    beta.wait()
    assert beta.try_run('cat /tmp/mark')[1] != 0, 'beta is not fresh'

    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect('slot beta has crashed: ')
    alpha.come_back()
    assert alpha.run('cat /tmp/mark').strip() == 'here'
    assert 'crashed' in alpha.run('syctl list')
    assert alpha.alarms() == []


def test_a_loop_of_faults_ends(machines):
    """A kernel that faults at once is started three times more. Then a person is asked."""
    machine = machines.start(
        'timeout=-1',
        [*tick_slot(),
         module('kernel', 'faults', guest_images.assemble('faults', 0x3400000, bits=64),
                'mem=4M on-crash=restart'),
         module('kernel', 'lost', guest_images.assemble('faults', 0x3800000, bits=64),
                'mem=4M on-crash=nobody')], memory='256M')
    open_console(machine)
    assert 'slot lost: on-crash=nobody: no slot has that name' in machine.serial.text
    machine.sendline('boot faults')
    machine.expect('slot faults: the successors ended 3 times in a row within 60 s; '
                   'no other one is started at once')
    machine.expect(PROMPT)
    assert slots(machine)['faults']['RUNS'] == '4'

    machine.sendline('boot tick')
    tick_count(machine)
    machine.send('m')
    machine.expect(PROMPT)
    machine.sendline('boot lost')
    machine.expect('slot lost: its successor nobody is not there')
    machine.expect('Going to tick in 9 s; any key opens the console')
    machine.send('x')
    machine.expect(PROMPT)


def test_a_machine_that_nobody_looks_at(machines):
    """No key was ever pressed, and no serial line answers: the slot that ran last comes back."""
    faults = guest_images.assemble('faults', 0x3400000, bits=64)
    machine = machines.start(
        'default=tick timeout=0 serial=none',
        [*tick_slot(string='every=100 to=2 count=1'),
         module('kernel', 'faults', faults, 'mem=4M')], memory='256M')
    tick_count(machine)
    machine.wait_screen('slot faults has crashed|fault in a kernel that starts', BOOT_LIMIT)
    machine.wait_screen('Going to tick in [0-9]+ s; any key opens the console')
    machine.expect('tick: back after 1 switches', BOOT_LIMIT)
