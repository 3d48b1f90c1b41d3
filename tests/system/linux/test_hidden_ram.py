# SPDX-License-Identifier: GPL-2.0-only
"""RAM that no slot's memory map has, and that ACPI tells every kernel of: no slot takes it."""

import re

import pytest

from fixtures import with_older
from linux import GENERIC, OLDER_GENERIC, Linux, linux_slot
from switchyard import open_console

GREEDY = 'memhp_default_state=online_kernel'
PLUGGED = ('-object', 'memory-backend-ram,id=more,size=512M', '-device', 'pc-dimm,memdev=more')
LASTING = ('-object', 'memory-backend-ram,id=lasting,size=128M', '-device', 'nvdimm,memdev=lasting')


def last_ram(guest):
    """The last address that it takes for RAM."""
    return max(int(end, 16) for end in re.findall(r'^[0-9a-f]+-([0-9a-f]+) : System RAM',
                                                  guest.run('cat /proc/iomem'), re.M))


@pytest.mark.parametrize('flavour', with_older(GENERIC, OLDER_GENERIC))
def test_plugged_memory_is_nobodys(machines, flavour):
    """Without the word, both kernels would add the same 512 MiB, and the first one dies when it comes back."""
    machine = machines.start('timeout=-1', linux_slot('alpha', flavour, 'mem=256M', GREEDY) +
                             linux_slot('beta', flavour, 'mem=256M', GREEDY), machine='q35,nvdimm=on',
                             memory='1G,slots=4,maxmem=8G', devices=PLUGGED + LASTING)
    open_console(machine)
    shown = machine.command('mem')
    assert re.search(r'^0x0+1[0-9a-f]{8} +0x[0-9a-f]+ +.*: place for memory devices, which no slot gets$', shown, re.M)
    assert re.search(r'^0x[0-9a-f]+ +0x[0-9a-f]+ +128 MiB: NVDIMM, which no slot gets$', shown, re.M)
    assert 'ACPI has memory devices; Linux slots get acpi_no_memhotplug' in shown
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot alpha')
    alpha.wait()
    alpha.switch_to(beta)
    beta.switch_to(alpha)
    for guest in alpha, beta:
        if guest.is_parked:
            alpha.switch_to(guest)
        assert ' acpi_no_memhotplug' in guest.run('cat /proc/cmdline')
        assert last_ram(guest) < 1 << 30
        assert 'PNP0C80' in guest.run('cat /sys/bus/acpi/devices/*/hid')
        assert not guest.try_run('ls /sys/firmware/acpi/tables/NFIT')[1] == 0
        assert not guest.alarms()


@pytest.mark.thorough
def test_a_slot_that_is_to_have_it(machines):
    """The person's word wins."""
    machine = machines.start('timeout=-1', linux_slot('alpha', GENERIC, 'mem=256M', f'{GREEDY} acpi_memhotplug'),
                             memory='1G,slots=4,maxmem=8G', devices=PLUGGED)
    open_console(machine)
    machine.sendline('boot alpha')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    assert last_ram(alpha) > 4 << 30
