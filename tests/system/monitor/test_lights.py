# SPDX-License-Identifier: GPL-2.0-only
"""The keyboard's lights: the monitor's own Caps Lock shows, and a guest that notes its lights finds them."""

import pytest

import guest_images
from picture import Font
from qemu import PROMPT
from switchyard import module, open_console
from vnc import CAPS, NUM, SCROLL, Lights


@pytest.mark.parametrize('firmware', ['bios', pytest.param('uefi', marks=pytest.mark.thorough)])
def test_lights(machines, firmware):
    guest = guest_images.assemble('lights', 0x3000000, bits=64)
    with Lights() as lights:
        machine = machines.start('timeout=-1', [module('kernel', 'lights', guest, 'mem=4M')],
                                 memory='256M', devices=lights.qemu, firmware=firmware)
        machine.font = Font.monitor() if firmware == 'uefi' else None
        open_console(machine)
        lights.connect()
        lights.wait(0)
        machine.send_keys(['caps_lock'])
        lights.wait(CAPS)
        machine.type('xy\n')
        machine.wait_screen(r'^error: .*"XY"')
        machine.send_keys(['caps_lock'])
        lights.wait(0)
        machine.expect(PROMPT)

        machine.sendline('boot lights')
        lights.wait(NUM | SCROLL)
        machine.expect(r'slot lights is parked')
        machine.expect(PROMPT)
        lights.wait(0)
        machine.sendline('switch lights')
        lights.wait(NUM | SCROLL)
