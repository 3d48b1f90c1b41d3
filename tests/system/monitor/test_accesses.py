# SPDX-License-Identifier: GPL-2.0-only
"""How often a hop between two slots touches a device, and that sparing accesses loses nothing.

docs/PERFORMANCE.md has the limits, and says what counts (accesses.py).
"""

import pytest

import accesses
import torture
from paths import TORTURE
from switchyard import BOOT_LIMIT, module, tick_slot

TEXT_LIMIT = 1300  # with a screen in text mode
BARE_LIMIT = 310   # without VGA
QUICK_LIMIT = 230  # the same, in a quick switch
MSIX_LIMIT = 30    # more for each PCI function with MSI-X
ROWS = 25
GLYPH_ROWS = 16
OTHER = 'the-second-slot'  # its lines begin elsewhere, so hardly any cell is as in the first slot's
INIT_TO_OTHERS = 0xc4500
ICR = 0xfee00300
NVME = ['-drive', 'if=none,id=nvme,driver=null-co,size=1M', '-device', 'nvme,drive=nvme,serial=1']
NO_VGA = ['-vga', 'none']


def start(machines, devices, string=None, **settings):
    """Two tick slots that both have had the machine. Slot one has it."""
    slots = [line for name in ('one', OTHER) for line in tick_slot(name, string=string)]
    machine = machines.start('timeout=0 default=one', slots, memory='128M', machine='q35', devices=devices,
                             **settings)
    machine.expect(r'^one: slot one', BOOT_LIMIT)
    machine.send('2')
    machine.expect(rf'^{OTHER}: slot {OTHER}', BOOT_LIMIT)
    machine.send('1')
    machine.expect(r'^one: back after')
    return machine


def hop(machine):
    """From slot one to the other one: the accesses, which the test's report shows as a table."""
    found = accesses.of_hop(machine, '2', OTHER)
    print(accesses.table(found))
    return found


def fill_screens(machine):
    """Both slots write each row of their screens; slot one has the machine after that."""
    for _ in range(ROWS):
        machine.send('2')
        machine.expect(rf'^{OTHER}: back after')
        machine.send('1')
        machine.expect(r'^one: back after')


def full(name):
    """A screen with that slot's lines only. The cursor is in the last row."""
    return rf'\A(?:{name}: .*\n){{{ROWS - 1}}}\s*\Z'


def test_text_screen(machines):
    machine = start(machines, [])
    fill_screens(machine)
    machine.wait_screen(full('one'))
    found = hop(machine)
    machine.wait_screen(full(OTHER))
    written = sum(access.kind == 'write' and access.region == 'vga-lowmem' for access in found)
    assert written > 100  # both wrote to it
    assert len(found) <= TEXT_LIMIT
    machine.send('1')
    machine.wait_screen(full('one'))


def test_without_vga(machines):
    found = hop(start(machines, NO_VGA))
    assert len(found) <= BARE_LIMIT
    assert not [access for access in found if 'vga' in access.region]
    assert not any(access.address == ICR and access.value == INIT_TO_OTHERS for access in found)


def test_quick(machines):
    """tick uses no PCI function, and a quick switch looks at no other one."""
    found = hop(start(machines, NO_VGA, 'quick'))
    assert len(found) <= QUICK_LIMIT
    assert not [access for access in found if 'mmcfg' in access.region]


def test_functions_with_msix(machines):
    found = hop(start(machines, [*NO_VGA, '-device', 'virtio-net-pci', *NVME]))
    assert len(found) <= BARE_LIMIT + 2 * MSIX_LIMIT


def test_two_cpus(machines):
    """The second one is stopped by an INIT, whoever started it."""
    found = hop(start(machines, NO_VGA, smp=2))
    assert any(access.address == ICR and access.value == INIT_TO_OTHERS for access in found)


def top_of_screen(machine):
    """Size and pixels of the first row of text, as QEMU's screendump (PPM) has them."""
    machine.picture()
    _, size, _, pixels = (machine.logs / 'screen.ppm').read_bytes().split(b'\n', 3)
    return size, pixels[:int(size.split()[0]) * GLYPH_ROWS * 3]


@pytest.mark.parametrize('machine_type', ['q35', 'pc'])
def test_a_slot_with_notes_and_one_without(machines, machine_type):
    """Tick finds its font and colours, though the other slot, which notes nothing, has spoilt them; and that
    one finds all of its own state, though much of it was not read in between."""
    machine = machines.start(
        'timeout=0 default=one',
        [*tick_slot('one'), module('kernel', 'two', TORTURE, 'mem=16M', 'to=1 count=3')], memory='128M',
        machine=machine_type, devices=torture.DEVICES + torture.ROOT_PORT[machine_type])
    machine.expect(r'^one: slot one.*\n(?:.*\n)*?one: on the keyboard.*\n', BOOT_LIMIT)
    before = top_of_screen(machine)
    assert len(set(before[1])) > 1
    for turn in range(3):
        machine.send('2')
        machine.expect(rf'^one: back after {turn + 1} switches\n', BOOT_LIMIT)
        assert top_of_screen(machine) == before
    machine.send('2')
    assert torture.wait_end(machine, 'two', BOOT_LIMIT) == 0
