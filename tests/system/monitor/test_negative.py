# SPDX-License-Identifier: GPL-2.0-only
"""The negative control: the tests must catch a monitor that leaves the IO-APIC unmasked.

A Linux that panics leaves the IO-APIC's entries live, with its own vectors; before a deep switch it masks them
itself. A kernel that boots next and knows nothing of the IO-APIC then gets interrupts at vectors that it
never set up: tick counts those as stray.

Nine possible CPUs make Linux address interrupts by physical APIC IDs. With fewer it uses logical ones,
which nothing answers to as soon as the monitor has reset the local APIC: that alone would hide the fault.
"""

import pytest

from linux import GENERIC, Linux, linux_slot
from paths import MONITOR, MONITOR_UNMASKED
from qemu import PROMPT
from switchyard import tick_slot


@pytest.mark.parametrize('monitor, clean', [(MONITOR, True), (MONITOR_UNMASKED, False)],
                         ids=['masked', 'unmasked'])
def test_stray_interrupts(machines, monitor, clean):
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', GENERIC) + tick_slot(),
                             monitor=monitor, smp='1,maxcpus=9')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect(PROMPT)
    machine.sendline('boot tick')
    stray = int(machine.expect(r'^tick: 3 s, \d+ ticks, (\d+) stray\n')[1])
    assert (stray == 0) == clean, f'{stray} stray interrupts'
