# SPDX-License-Identifier: GPL-2.0-only
"""The keyboard's lights: the monitor's own Caps Lock shows, and a guest that notes its lights finds them."""

import guest_images
from qemu import PROMPT
from switchyard import module, open_console
from vnc import CAPS, NUM, SCROLL, Lights


def test_lights(machines):
    guest = guest_images.assemble('lights', 0x3000000, bits=64)
    with Lights() as lights:
        machine = machines.start('timeout=-1', [module('kernel', 'lights', guest, 'mem=4M')],
                                 memory='128M', devices=lights.qemu)
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
