# SPDX-License-Identifier: GPL-2.0-only
"""Tests of what only UEFI tells kernels (SMBIOS), and of the monitor's screen and the guest's after a kernel with a driver of
its own for the display adapter, under both kinds of firmware."""

import time

import pytest

from linux import GENERIC, Linux, linux_slot
from linux_modules import load_module, module_disk, unpack_modules
from paths import scaled
from picture import LEARN_LINE, Font
from qemu import PROMPT
from switchyard import open_console

CLEAR = '\x0c'  # Control-L: only the prompt is left, at the top
PROMPT_SIZE = (8 * len(PROMPT.strip()), 16)  # pixels, without the cursor behind it, which blinks
LIMIT = 20
LOST = r'warn: the screen is lost: .* adapter 1af4:1050 at 0000:00:01\.0; the console is on the serial port'
MARK = 'this picture is of alpha'


def prompt_picture(machine):
    """The monitor's prompt, as the screen shows it at the top left, alone. QEMU's qxl may show what was there before, so
    it is cleared until two pictures are alike. Nor does qxl take its picture's size back with text mode."""
    deadline = time.monotonic() + scaled(LIMIT)
    before = shown = None
    while not shown or shown != before or not any(shown):
        assert time.monotonic() < deadline, 'the screen does not come to rest'
        machine.send(CLEAR)
        machine.expect(PROMPT)
        before, shown = shown, machine.picture().ink(*PROMPT_SIZE)
    return shown


def wait_prompt_picture(machine, wanted):
    """The screen must become what prompt_picture() returned."""
    machine.send(CLEAR)
    machine.expect(PROMPT)
    deadline = time.monotonic() + scaled(LIMIT)
    while machine.picture().ink(*PROMPT_SIZE) != wanted:
        assert time.monotonic() < deadline, 'the screen does not show the monitor'


def start(machines, firmware, adapter, module, way='timeout=-1', options='mem=512M'):
    """A machine with one adapter, and a disk with the module for its driver."""
    return machines.start(way, linux_slot('alpha', GENERIC, options, 'quiet'), memory='1G', machine='q35',
                          firmware=firmware, devices=['-vga', 'none', '-device', adapter,
                                                      *module_disk(GENERIC, machines.logs / 'module.img', [module])])


def learn(machine):
    """The guest's font. Its driver draws a little later than its console writes."""
    deadline = time.monotonic() + scaled(LIMIT)
    while True:
        try:
            return Font.learned(machine.picture())
        except AssertionError:
            if time.monotonic() > deadline:
                raise


def drive(alpha, module, name):
    """Loads the driver, and has it draw."""
    unpack_modules(alpha)
    load_module(alpha, module)
    assert name in alpha.run('cat /proc/fb')
    alpha.run(LEARN_LINE)
    alpha.machine.font = learn(alpha.machine)
    alpha.run(f"printf '\\033[30;1H{MARK}' > /dev/tty1")
    wait_mark(alpha.machine)


def wait_mark(machine):
    """The guest's picture is seen again, in its own mode."""
    deadline = time.monotonic() + scaled(LIMIT)
    while not any(MARK in line for line in machine.font.read(machine.picture())):
        assert time.monotonic() < deadline, "the screen does not show the guest's picture"


def there_and_back(machines, firmware, adapter, module, name):
    machine = start(machines, firmware, adapter, module)
    open_console(machine)
    shown = prompt_picture(machine)
    machine.sendline('boot alpha')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    drive(alpha, module, name)
    for _ in range(2):
        alpha.leave('syctl monitor')
        machine.expect(PROMPT)
        wait_prompt_picture(machine, shown)
        assert 'the screen is lost' not in machine.command('log')
        machine.sendline('switch alpha')
        alpha.come_back()
        assert name in alpha.run('cat /proc/fb')
        wait_mark(machine)
    assert alpha.alarms() == []


def test_dmi_and_a_native_driver(machines):
    """efi=on hands SMBIOS over. bochs-drm switches the adapter's picture off when it is suspended."""
    machine = start(machines, 'uefi', 'VGA', 'bochs', 'timeout=0 default=alpha', 'mem=512M efi=on')
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


def test_cirrus_is_taken_back(machines):
    there_and_back(machines, 'bios', 'cirrus-vga', 'cirrus', 'cirrus')


@pytest.mark.thorough
@pytest.mark.parametrize('firmware, adapter, module, name', [
    ('bios', 'VGA', 'bochs', 'bochs-drm'), ('uefi', 'VGA', 'bochs', 'bochs-drm'), ('uefi', 'cirrus-vga', 'cirrus', 'cirrus'),
    ('bios', 'qxl-vga', 'qxl', 'qxl'), ('uefi', 'qxl-vga', 'qxl', 'qxl')])
def test_others_are_taken_back(machines, firmware, adapter, module, name):
    there_and_back(machines, firmware, adapter, module, name)


@pytest.mark.thorough
@pytest.mark.parametrize('firmware', ['bios', 'uefi'])
def test_a_driver_that_refuses_the_adapter(machines, firmware):
    """vmwgfx finds too old a device in QEMU, and leaves the screen without a driver."""
    machine = start(machines, firmware, 'vmware-svga', 'vmwgfx')
    open_console(machine)
    shown = prompt_picture(machine)
    machine.sendline('boot alpha')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    unpack_modules(alpha)
    alpha.run('for f in /tmp/vmwgfx/*; do insmod $f 2>/dev/null; done; true')
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    wait_prompt_picture(machine, shown)
    machine.sendline('switch alpha')
    alpha.come_back()


@pytest.mark.thorough
@pytest.mark.parametrize('firmware', ['bios', 'uefi'])
def test_what_is_lost_is_told(machines, firmware):
    """virtio_gpu goes on drawing in a quick switch. The guest finds its picture again. Its end does not bring the screen back."""
    machine = start(machines, firmware, 'virtio-vga', 'virtio-gpu')
    open_console(machine)
    machine.sendline('boot alpha')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    drive(alpha, 'virtio-gpu', 'virtio_gpu')
    output, status = alpha.try_run('syctl --deep monitor')
    assert status and 'its driver virtio_gpu does not suspend it' in output
    alpha.leave('syctl --quick monitor')
    machine.expect(LOST)
    machine.expect(PROMPT)
    assert 'the screen is lost' in machine.command('log')
    machine.sendline('switch alpha')
    alpha.come_back()
    wait_mark(machine)
    machine.sendline('poweroff -f')
    machine.expect(LOST)
    machine.expect('slot alpha has powered off')
    machine.expect(PROMPT)
