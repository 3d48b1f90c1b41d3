# SPDX-License-Identifier: GPL-2.0-only
"""A reset of the machine ends the slot that has it. The monitor comes back on QEMU's BIOS, and so do parked slots."""

import pytest

import guest_images
from qemu import PROMPT
from switchyard import module, open_console, slots, tick_count, tick_slot

WAYS = {'triple fault': 't', 'chipset': 'c', 'keyboard controller': 'k'}


@pytest.fixture(scope='module', params=['pc', 'q35'])
def machine(request, module_machines):
    """tick is parked. A reset does not end QEMU."""
    guest = guest_images.assemble('resets', 0x3000000, bits=64)
    machine = module_machines.start('timeout=-1', tick_slot() + [module('kernel', 'resets', guest, 'mem=4M')],
                                    machine=request.param, memory='128M', smp=2, no_reboot=False)
    open_console(machine)
    machine.sendline('boot tick')
    tick_count(machine)
    machine.send('m')
    machine.expect(PROMPT)
    yield machine
    machine.quit()


def check_tick(machine):
    """It counts on, with its timer and its interrupts."""
    machine.sendline('switch tick')
    count = tick_count(machine)
    assert count > machine.count
    machine.count = tick_count(machine)
    assert machine.count > count
    machine.send('m')
    machine.expect(PROMPT)


@pytest.mark.parametrize('way', WAYS)
def test_a_guest_that_resets_the_machine(machine, way):
    machine.count = getattr(machine, 'count', 0)
    machine.sendline('boot resets')
    machine.expect(r'resets: how\?')
    machine.send(WAYS[way])
    machine.expect(r'slot resets has crashed: it reset the machine')
    machine.expect(PROMPT)
    machine.wait_screen('it reset the machine')
    states = {name: row['STATE'] for name, row in slots(machine).items()}
    assert states == {'tick': 'parked', 'resets': 'crashed'}
    check_tick(machine)


def test_the_reset_button(machine):
    """It takes the machine from the slot that has it. At the console, it resets the machine."""
    machine.sendline('switch tick')
    tick_count(machine)
    machine.reset()
    machine.expect(r'slot tick has crashed: it reset the machine')
    machine.expect(PROMPT)
    machine.reset()
    open_console(machine)
    assert slots(machine)['tick']['STATE'] == 'ready'


def test_reboot_at_the_console(machine):
    machine.sendline('boot tick')
    tick_count(machine)
    machine.send('m')
    machine.expect(PROMPT)
    machine.sendline('reboot')
    open_console(machine)
    assert slots(machine)['tick']['STATE'] == 'ready'
