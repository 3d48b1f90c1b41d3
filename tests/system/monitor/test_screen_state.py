# SPDX-License-Identifier: GPL-2.0-only
"""The console can be read after a guest in a graphics mode, and the guest finds its mode again."""

import pytest

import guest_images
from picture import Font
from qemu import PROMPT
from switchyard import module, open_console

CLEAR = '\x0c'  # Control-L: only the prompt is left, at the top
GLYPH_COLUMNS, GLYPH_ROWS = 9, 16
TEXT_SIZE = (80 * GLYPH_COLUMNS, 25 * GLYPH_ROWS)
SHOWN = len('switchyard>')


def screendump(machine, name):
    """The picture on the screen: (width, height), and a list of rows (PPM, three bytes a pixel)."""
    file = machine.logs / name
    machine.qmp.execute('screendump', filename=str(file))
    _, size, _, pixels = file.read_bytes().split(b'\n', 3)
    width, height = map(int, size.split())
    return (width, height), [pixels[row * width * 3:(row + 1) * width * 3]
                             for row in range(height)]


def prompt_picture(machine, name):
    machine.send(CLEAR)
    machine.expect(PROMPT)
    machine.wait_screen(r'\A' + PROMPT.strip())
    size, rows = screendump(machine, name)
    return size, [row[:SHOWN * GLYPH_COLUMNS * 3] for row in rows[:GLYPH_ROWS]]


@pytest.mark.parametrize('firmware', ['bios', pytest.param('uefi', marks=pytest.mark.thorough)])
def test_graphics_mode(machines, firmware):
    """Pixel by pixel: mode, font and colours are the console's again, though the guest spoilt all of them."""
    guest = guest_images.assemble('graphics', 0x3000000, bits=64)
    machine = machines.start('timeout=-1', [module('kernel', 'graphics', guest, 'mem=4M')],
                             memory='256M', firmware=firmware)
    machine.font = Font.monitor() if firmware == 'uefi' else None
    open_console(machine)
    size, before = prompt_picture(machine, 'before.ppm')
    assert len(set(before)) > 1 and (size == TEXT_SIZE or firmware == 'uefi')
    machine.sendline('boot graphics')
    machine.expect(r'slot graphics is parked')
    machine.expect(PROMPT)
    assert prompt_picture(machine, 'after.ppm') == (size, before)
    machine.sendline('switch graphics')
    machine.expect(r'graphics mode kept\n')
    machine.expect(PROMPT)
    assert prompt_picture(machine, 'end.ppm') == (size, before)
