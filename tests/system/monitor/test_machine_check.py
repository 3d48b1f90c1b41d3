# SPDX-License-Identifier: GPL-2.0-only
"""Machine checks, as QEMU's own console makes them: told of, and survived, one after the other.

A CPU at which a machine check comes while IA32_MCG_STATUS.MCIP is set shuts down: SDM volume 3, 16.3.1.2.
"""

import re

from linux import GENERIC, Linux, linux_slot
from qemu import PROMPT
from switchyard import open_console, slots, tick_count, tick_slot

BANK, ADDRESS = 1, 0xdead000
# IA32_MCi_STATUS: valid, uncorrected, reporting enabled, with an address; and, where no kernel may go
# on, context corrupt.
SURVIVABLE, FATAL = 0xb400000000000134, 0xb600000000000134
OVERFLOW = 1 << 62  # of IA32_MCi_STATUS: nobody had taken the error before out of the bank
IN_PROGRESS = 5  # IA32_MCG_STATUS: RIPV, MCIP


def inject(machine, status):
    """If a CPU would shut down, QEMU resets the machine. That ends QEMU."""
    assert machine.qmp.human(f'mce 0 {BANK} {status:#x} {IN_PROGRESS} {ADDRESS:#x} 0') == ''


def expect_answer(machine, status):
    """Returns the monitor's report of a machine check, up to its prompt."""
    shown = machine.expect(r'fault in the monitor: vector 18 \(#MC machine check\)(.*\n)*' + PROMPT)[0]
    assert re.search(rf'bank {BANK}: status {status:016x}, address {ADDRESS:#x}', shown)
    assert shown.count('bank ') == 1


def test_two_in_the_monitor(machines):
    machine = machines.start('timeout=-1', tick_slot(), memory='128M')
    open_console(machine)
    for _ in range(2):
        inject(machine, SURVIVABLE)
        expect_answer(machine, SURVIVABLE)
    machine.sendline('boot tick')
    assert tick_count(machine) > 0


def test_one_after_a_kernel_that_panics_by_one(machines):
    """The kernel panics in its handler, so the machine check stays in progress."""
    machine = machines.start('timeout=0 default=beta', linux_slot('beta', GENERIC), memory='512M')
    beta = Linux(machine, 'beta')
    beta.wait()
    inject(machine, FATAL)
    machine.expect(PROMPT, 60)
    assert slots(machine)['beta']['STATE'] == 'crashed'
    inject(machine, SURVIVABLE)
    expect_answer(machine, SURVIVABLE | OVERFLOW)
