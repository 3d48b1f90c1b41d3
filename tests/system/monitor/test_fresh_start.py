# SPDX-License-Identifier: GPL-2.0-only
"""A kernel that boots finds nothing of the kernel before it. One that fails at once harms nobody."""

import re

import pytest

import guest_images
from qemu import PROMPT
from switchyard import module, open_console, slots, tick_count, tick_slot


@pytest.fixture(scope='module', params=['default', 'qemu64', 'max'])
def machine(request, module_machines):
    """It runs with XSAVE, without, and with protection keys, which XSAVE alone does not reset."""
    lines = [*tick_slot(),
             module('kernel', 'traces', guest_images.assemble('leaves_traces', 0x3000000, bits=64),
                    'mem=4M'),
             module('kernel', 'faults', guest_images.assemble('faults', 0x3400000, bits=64),
                    'mem=4M'),
             module('kernel', 'breaks', guest_images.assemble('breaks', 0x3c00000, bits=64),
                    'mem=4M'),
             module('kernel', 'at8', guest_images.assemble('code_at_8', 0x4000000, bits=64),
                    'mem=4M'),
             module('kernel', 'tables', guest_images.assemble('own_tables', 0x3800000, bits=64),
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
    """The kernel is reported and its slot marked. Another slot runs, and the kernel can be tried again."""
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
    assert states == {'tick': 'parked', 'traces': 'ready', 'faults': 'crashed',
                      'tables': 'ready', 'breaks': 'ready', 'at8': 'ready'}
    assert 'error' not in machine.command('kill faults')


def test_a_kernel_that_faults_with_another_layout(machine):
    """The exception finds no code at 0x10; the double fault that follows is reported."""
    machine.sendline('boot at8')
    machine.expect(r'fault in a kernel that starts: vector 8 \(#DF.*\n.* rip 00000000040000')
    machine.expect(PROMPT)
    assert slots(machine)['at8']['STATE'] == 'crashed'
    assert [line for line in machine.command('selftest').split('\n') if line.startswith('error')] == []


def test_a_breakpoint_in_the_monitor(machine):
    """It hits nowhere in the monitor. It is set again after a refused call, and gone after the slot's end."""
    machine.sendline('boot breaks')
    machine.expect(r'still armed\n')
    machine.expect(PROMPT)
    assert 'DR7=0000000000000400' in machine.qmp.human('info registers')


def test_a_kernel_that_faults_with_tables_of_its_own(machine):
    """Everything that it loaded is reset, and so is the serial port's loopback before the report."""
    own = 'DR7=0000000000000400', 'EFER=0000000000000500'
    before = machine.qmp.human('info registers')
    assert all(text in before for text in own)
    machine.sendline('boot tables')
    machine.expect(r'fault in a kernel that starts: vector 6 \(#UD')
    machine.expect(PROMPT)
    assert slots(machine)['tables']['STATE'] == 'crashed'
    after = machine.qmp.human('info registers')
    for line in before.split('\n'):
        if re.match('(ES|CS|SS|DS|FS|GS|LDT|TR|GDT|IDT|CR0|DR0|DR6) *=', line):
            assert line in after
    assert all(text in after for text in own)
    assert [line for line in machine.command('selftest').split('\n') if line.startswith('error')] == []
    assert machine.command('md 0x8000000000 16').startswith('error')
    machine.sendline('boot traces')
    machine.expect(r'all fresh\n')
    machine.expect(PROMPT)
