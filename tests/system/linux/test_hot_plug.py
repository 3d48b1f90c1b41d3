# SPDX-License-Identifier: GPL-2.0-only
"""What PCI Express lets one slot do to another's devices: a port's power, and virtual functions."""

import re

from linux import GENERIC, Linux, linux_slot
from qemu import PROMPT
from switchyard import open_console, tick_count, tick_slot

# Without ACPI's way to plug, the ports' own registers are used.
NATIVE = ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off']
PORT = ['-device', 'pcie-root-port,id=root,chassis=1,slot=1']
NVME = ['-device', 'nvme-subsys,id=sub', '-device',
        'nvme,serial=1,subsys=sub,bus=root,sriov_max_vfs=1,sriov_vq_flexible=2,sriov_vi_flexible=1']
PORT_CONFIG = '$(dirname $(grep -l 0x000c $(grep -l 0x1b36 /sys/bus/pci/devices/*/vendor | sed s/vendor/device/)))/config'
AER = 0x100  # the first extended capability of QEMU's port
PLUGGED = '/sys/bus/pci/devices/0000:01:00.0'


def start(machines, devices, more_slots=()):
    slots = [*linux_slot('alpha', GENERIC), *linux_slot('beta', GENERIC), *more_slots]
    machine = machines.start('timeout=-1', slots, machine='q35', memory='768M', devices=NATIVE + PORT + devices)
    open_console(machine)
    machine.sendline('boot alpha')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    return machine, alpha, Linux(machine, 'beta')


def mask_errors(guest, bits):
    """Writes the port's mask of correctable errors, and reads it back."""
    at = AER + 0x14
    guest.run(f"printf '{bits}' | dd of={PORT_CONFIG} bs=1 seek={at} conv=notrunc 2>/dev/null")
    return masked_errors(guest)


def masked_errors(guest):
    return guest.run(f'dd if={PORT_CONFIG} bs=1 skip={AER + 0x14} count=4 2>/dev/null | od -An -tx4').strip()


def test_a_device_that_another_slot_plugged_in_keeps_its_power(machines):
    machine, alpha, beta = start(machines, [])
    own = mask_errors(alpha, r'\001')
    alpha.switch_to(beta)
    others = mask_errors(beta, r'\100')
    assert own != others
    machine.qmp.execute('device_add', driver='virtio-rng-pci', bus='root', id='plugged')
    beta.run(f'until [ -e {PLUGGED}/vendor ]; do sleep 0.1; done')
    for guest, other in ((beta, alpha), (alpha, beta)):
        guest.switch_to(other)
        # QEMU takes a device out when its port's power is switched off.
        assert machine.qmp.execute('qom-get', path='/machine/peripheral/plugged', property='realized')
    beta.run(f'until [ -e {PLUGGED}/vendor ]; do sleep 0.1; done')
    assert beta.alarms() == []
    assert masked_errors(beta) == others
    beta.switch_to(alpha)
    assert masked_errors(alpha) == own  # all else of the port is the slot's own


# Bus 1's configuration space, where q35's ECAM has it: functions 0 and 1, the physical and the virtual one.
ECAM = 0xb0100000
FUNCTION = 0x1000
COMMAND = 4
MASTER = 4
GONE = 0xffffffff


def config(machine, function, offset):
    """Reads a function's register, whoever has the machine."""
    answer = machine.qmp.human(f'xp /1wx {ECAM + function * FUNCTION + offset:#x}')
    return int(re.search(r': (0x[0-9a-f]+)', answer)[1], 16)


def make_virtual(alpha):
    alpha.run(f'echo 0 > {PLUGGED}/sriov_drivers_autoprobe; echo 1 > {PLUGGED}/sriov_numvfs')


def make_master(alpha):
    """The virtual function may write to memory, as with a driver."""
    alpha.run(f"printf '\\006' | dd of={PLUGGED}/virtfn0/config bs=1 seek={COMMAND} conv=notrunc 2>/dev/null")
    assert config(alpha.machine, 1, COMMAND) & MASTER


def test_virtual_functions_go_away_with_their_slot(machines):
    machine, alpha, beta = start(machines, NVME, tick_slot())
    make_virtual(alpha)
    make_master(alpha)
    alpha.leave('syctl switch tick')
    tick_count(machine)
    assert config(machine, 1, COMMAND) == GONE
    machine.send('1')
    alpha.come_back()
    assert config(machine, 1, COMMAND) != GONE
    assert alpha.run(f'cat {PLUGGED}/sriov_numvfs').strip() == '1'
    assert alpha.alarms() == []

    make_master(alpha)
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect(PROMPT)
    assert not config(machine, 1, COMMAND) & MASTER
    machine.sendline('boot beta')
    beta.wait()
    assert config(machine, 1, COMMAND) == GONE
    assert beta.run(f'cat {PLUGGED}/sriov_numvfs').strip() == '0'
