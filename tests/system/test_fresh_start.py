# SPDX-License-Identifier: GPL-2.0-only
"""A kernel that boots finds nothing of the one before it, and one that fails at once harms nobody."""

import pytest

import guest_images
from qemu import PROMPT
from switchyard import module, open_console, slots, tick_count, tick_slot


@pytest.fixture(scope='module', params=['default', 'qemu64', 'max'])
def machine(request, module_machines):
    """With XSAVE, without, and with protection keys, which XSAVE alone does not reset."""
    lines = [*tick_slot(),
             module('kernel', 'traces', guest_images.assemble('leaves_traces', 0x3000000, bits=64),
                    'mem=4M'),
             module('kernel', 'faults', guest_images.assemble('faults', 0x3400000, bits=64),
                    'mem=4M')]
    settings = {} if request.param == 'default' else {'cpu': request.param}
    machine = module_machines.start('timeout=-1', lines, memory='256M', **settings)
    open_console(machine)
    return machine


def test_registers_are_as_after_a_reset(machine):
    for _ in range(3):
        machine.sendline('boot traces')
        machine.expect(r'all fresh\n')
        machine.expect(PROMPT)


def test_a_kernel_that_faults_at_once(machine):
    """It is reported and marked; another one runs; it can be tried again."""
    for _ in range(2):
        machine.sendline('boot faults')
        machine.expect(r'fault in a kernel that starts: vector 6 \(#UD')
        machine.expect(PROMPT)
        assert slots(machine)['faults']['STATE'] == 'crashed'
        assert 'fault before it had tables of its own' in machine.command('switch faults')
    machine.sendline('boot tick')
    tick_count(machine)
    machine.send('m')
    machine.expect(PROMPT)
    states = {name: row['STATE'] for name, row in slots(machine).items()}
    assert states == {'tick': 'parked', 'traces': 'ready', 'faults': 'crashed'}
    assert 'error' not in machine.command('kill faults')
