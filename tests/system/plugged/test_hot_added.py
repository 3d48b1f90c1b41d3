# SPDX-License-Identifier: GPL-2.0-only
"""What is plugged in while a slot runs: a CPU, which is not the slot's if it has cpus=, although the DSDT names it; and RAM by virtio-mem."""

import pytest

from linux import GENERIC, OLDER_GENERIC, Linux, linux_slot
from linux_modules import load_module, module_disk, unpack_modules
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


@pytest.mark.thorough
def test_virtio_mem_is_named(machines, tmp_path):
    """A slot that has RAM of it does not park, and the line says why."""
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', GENERIC), memory='512M,maxmem=2G', devices=[
        *module_disk(GENERIC, tmp_path / 'modules', ['virtio_mem']), '-object', 'memory-backend-ram,id=more,size=128M',
        '-device', 'virtio-mem-pci,memdev=more,requested-size=128M,addr=0x15'])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    unpack_modules(alpha)
    before = int(alpha.run("awk '/MemTotal/ { print $2 }' /proc/meminfo"))
    load_module(alpha, 'virtio_mem')
    alpha.run('echo online > /sys/devices/system/memory/auto_online_blocks; '
              "until dmesg | grep -q 'virtio_mem.*plugged size: 0x[1-9a-f]' || "
              f"[ $(awk '/MemTotal/ {{ print $2 }}' /proc/meminfo) -gt {before} ]; do sleep 0.2; done", 60)
    output, status = alpha.try_run('syctl monitor')
    assert status == 1 and 'the device virtio-mem 0000:00:15.0 could not be suspended' in output, output
    assert alpha.run('echo goes on') == 'goes on\n'
