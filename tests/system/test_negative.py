# SPDX-License-Identifier: GPL-2.0-only
"""The negative control: a monitor that leaves the IO-APIC unmasked must be caught.

Linux leaves the IO-APIC's entries unmasked, with its own vectors. A kernel that boots next and knows
nothing of the IO-APIC would get interrupts at vectors that it never set up: tick counts those.
"""

import pytest

from linux import GENERIC, Linux, linux_slot
from paths import MONITOR, MONITOR_UNMASKED
from switchyard import tick_slot


@pytest.mark.parametrize('monitor, clean', [(MONITOR, True), (MONITOR_UNMASKED, False)],
                         ids=['masked', 'unmasked'])
def test_stray_interrupts(machines, monitor, clean):
    machine = machines.start('timeout=0 default=alpha',
                             linux_slot('alpha', GENERIC) + tick_slot(), monitor=monitor)
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.leave('syctl switch tick')
    machine.expect(r'^tick: 3 s, \d+ ticks, ' + ('0 stray' if clean else r'[1-9]\d* stray'), 60)
