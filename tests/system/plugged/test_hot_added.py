# SPDX-License-Identifier: GPL-2.0-only
"""A CPU that is plugged in while a slot with cpus= runs: it is not the slot's, although the DSDT names it."""

import pytest

from linux import GENERIC, OLDER_GENERIC, Linux, linux_slot
from qemu import PROMPT

ONLINE = 'cat /sys/devices/system/cpu/online /sys/devices/system/cpu/possible'


@pytest.mark.thorough
@pytest.mark.parametrize('flavour', [GENERIC, OLDER_GENERIC])
def test_a_cpu_that_is_plugged_in(machines, flavour):
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', flavour, 'mem=256M cpus=0-1'),
                             machine='q35', smp='2,maxcpus=4', memory='512M')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    assert alpha.run(ONLINE).split() == ['0-1', '0-1']
    place = next(place for place in machine.qmp.execute('query-hotpluggable-cpus') if 'qom-path' not in place)
    machine.qmp.execute('device_add', driver=place['type'], id='added', **place['props'])
    alpha.run('until dmesg | grep -q "ACPI: Unable to map lapic"; do usleep 100000; done', timeout=30)
    assert alpha.run(ONLINE).split() == ['0-1', '0-1']
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.come_back()
    assert alpha.run(ONLINE).split() == ['0-1', '0-1']
