# SPDX-License-Identifier: GPL-2.0-only
"""Tests of what only UEFI tells kernels (SMBIOS), and of the monitor's screen after a kernel with a driver of its own for the adapter."""

from linux import GENERIC, Linux, linux_slot
from linux_modules import load_module, module_disk, unpack_modules
from picture import Font
from qemu import PROMPT


def test_dmi_and_a_native_driver(machines):
    """efi=on hands SMBIOS over. bochs-drm switches the adapter's picture off when it is suspended."""
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', GENERIC, 'mem=512M efi=on', 'quiet'),
                             memory='1G', machine='q35', firmware='uefi',
                             devices=module_disk(GENERIC, machines.logs / 'bochs.img', ['bochs']))
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    assert 'DMI: QEMU' in alpha.run('dmesg | grep DMI')
    assert alpha.run('cat /sys/class/dmi/id/sys_vendor').strip() == 'QEMU'
    unpack_modules(alpha)
    load_module(alpha, 'bochs')
    assert 'bochs-drm' in alpha.run('cat /proc/fb')
    for _ in range(2):
        alpha.leave('syctl monitor')
        machine.expect(PROMPT)
        machine.font = Font.monitor()
        machine.wait_screen(r'^slot alpha is parked$')
        machine.sendline('switch alpha')
        alpha.come_back()
        assert 'bochs-drm' in alpha.run('cat /proc/fb')
    assert alpha.alarms() == []
