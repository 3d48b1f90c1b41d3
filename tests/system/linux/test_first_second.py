# SPDX-License-Identifier: GPL-2.0-only
"""A kernel whose driver is not loaded yet: memory for its initrd, and what a person is told."""

import gzip
import subprocess

import pytest

from linux import CLOUD, OLDER_CLOUD, Linux, initrd, kernel, linux_slot
from paths import QEMU_CPU
from qemu import PROMPT
from switchyard import module, open_console, slots

MIB = 1 << 20
FILLER = 100 * MIB
STRING = 'console=ttyS0,115200'


def cpio(folder):
    return subprocess.run(['cpio', '--quiet', '-o', '-H', 'newc', '-R', '0:0'], cwd=folder, input=b'filler\n',
                          stdout=subprocess.PIPE, check=True, timeout=60).stdout


@pytest.fixture(scope='module')
def large_initrd(module_machines):
    """A gzip file like Debian's own, which is several times as large when it is unpacked."""
    folder = module_machines.logs
    with open(folder / 'filler', 'wb') as file:
        file.truncate(FILLER)
    ours = subprocess.run(['zstd', '-dc', initrd(CLOUD)], stdout=subprocess.PIPE, check=True,
                          timeout=60).stdout
    path = folder / 'initrd.gz'
    path.write_bytes(gzip.compress(cpio(folder) + ours, 1, mtime=0))
    return path


@pytest.fixture(scope='module')
def machine(module_machines, large_initrd):
    lines = [module('kernel', 'small', kernel(CLOUD), 'mem=224M', STRING), module('initrd', 'small', large_initrd)]
    machine = module_machines.start('timeout=-1', lines)
    open_console(machine)
    return machine


def test_the_loader_does_not_unpack_it(machine, large_initrd):
    """The store holds it as small as it is in its file."""
    image_kib = int(slots(machine)['small']['IMAGE'].removesuffix(' KiB'))
    files = kernel(CLOUD).stat().st_size + large_initrd.stat().st_size
    assert files / 1024 <= image_kib < files / 1024 + 1


def test_a_slot_that_is_too_small_is_told(machine, large_initrd):
    """Linux goes on with a part of its files, which nobody would notice. The monitor has said so before."""
    machine.sendline('boot small')
    said = machine.expect(r'slot small: (224 MiB may be too little for its initrd: .*)\r?\n', 60)
    unpacked = int.from_bytes(large_initrd.read_bytes()[-4:], 'little')
    assert f', and {-(-unpacked // MIB)} MiB unpacked from it' in said[1]
    machine.expect('Initramfs unpacking failed: write error', 60)
    machine.expect('Kernel panic', 60)


def test_a_slot_that_is_large_enough(machines, large_initrd):
    lines = [module('kernel', 'large', kernel(CLOUD), 'mem=384M', STRING), module('initrd', 'large', large_initrd)]
    machine = machines.start('timeout=-1', lines, memory='640M')
    open_console(machine)
    machine.sendline('boot large')
    guest = Linux(machine, 'large')
    guest.wait()
    assert guest.run('stat -c %s /filler').strip() == str(FILLER)
    guest.leave('syctl monitor')
    machine.expect(PROMPT)
    assert 'too little' not in machine.command('log')


def test_a_slot_without_a_driver_is_told_of(machines):
    """Lockdown keeps an unsigned driver out. alpha is parked meanwhile, so a panic would take it along."""
    lines = linux_slot('alpha', CLOUD) + linux_slot('locked', CLOUD, extra='lockdown=integrity')
    machine = machines.start('timeout=-1', lines)
    open_console(machine)
    machine.sendline('boot alpha')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.leave('syctl switch locked')
    machine.expect('slot locked: its kernel has never shown a driver; until it does, its panic or reboot '
                   'takes the parked slots along', 60)
    locked = Linux(machine, 'linux')  # init asks syctl for the slot's name
    locked.wait()
    locked.run('mount -t securityfs none /sys/kernel/security')
    output, status = locked.try_run('syctl list')
    assert status == 1 and 'this kernel is in lockdown' in output and 'boot it without lockdown=' in output


@pytest.mark.thorough
def test_a_driver_that_was_shown_is_remembered(machines):
    """beta's driver is there from its first boot on. So its second boot needs no warning."""
    machine = machines.start('timeout=-1', linux_slot('alpha', CLOUD) + linux_slot('beta', CLOUD))
    open_console(machine)
    for name in ('alpha', 'beta', 'beta'):
        before = len(machine.serial.text)
        machine.sendline(f'boot {name}')
        guest = Linux(machine, name)
        guest.wait()
        said = machine.serial.text[before:]
        guest.leave('syctl monitor')
        machine.expect(PROMPT)
        assert 'shown no driver' not in machine.command('slots')
    assert machine.command('log').count('its kernel has never shown a driver') == 1
    assert 'shown a driver' not in said


def dies(machine, name, line, how):
    """The kernel has no driver, and EFI's ResetSystem ends its slot alone."""
    guest = Linux(machine, 'linux')
    machine.sendline(f'boot {name}')
    machine.expect(rf'slot {name}: appended to its command line: reboot=efi panic=1 efi=runtime')
    guest.wait()
    machine.sendline(line)
    machine.expect(how, 30)
    machine.expect(f'slot {name} has rebooted; it is ready to be started again', 60)
    machine.expect(PROMPT)


@pytest.mark.thorough
@pytest.mark.parametrize('firmware, cpu', [
    pytest.param('bios', QEMU_CPU, id='bios'), pytest.param('uefi', QEMU_CPU, id='uefi'),
    pytest.param('bios', 'max', id='five-levels')])
def test_efi_ends_a_slot_without_a_driver(machines, firmware, cpu):
    """A reboot, an emergency reboot and a panic of stock kernels that have loaded no driver. With the CPU max,
    they use five levels of paging."""
    stock = 'module_blacklist=switchyard'
    machine = machines.start(
        'timeout=-1', linux_slot('alpha', CLOUD)
        + linux_slot('newer', CLOUD, 'mem=256M efi=on', stock)
        + linux_slot('older', OLDER_CLOUD, 'mem=256M efi=on', stock), memory='1280M', firmware=firmware, cpu=cpu)
    open_console(machine)
    alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    alpha.wait()
    assert ('la57' in alpha.run('cat /proc/cpuinfo')) == (cpu == 'max')
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    dies(machine, 'newer', 'reboot -f', 'reboot: Restarting system')
    dies(machine, 'older', 'echo b > /proc/sysrq-trigger', 'sysrq-trigger')
    dies(machine, 'newer', 'echo c > /proc/sysrq-trigger', 'Kernel panic')
    assert 'older: its kernel has shown no driver' in machine.command('slots')
    machine.sendline('switch alpha')
    alpha.come_back()
    assert alpha.alarms() == []


@pytest.mark.thorough
def test_efi_ends_a_slot_on_another_cpu(machines):
    """The boot CPU does not come, so the monitor resets the machine and comes back."""
    machine = machines.start(
        'timeout=-1', linux_slot('alpha', CLOUD)
        + linux_slot('beta', CLOUD, 'mem=256M efi=on', 'module_blacklist=switchyard'), memory='1G', smp=2,
        no_reboot=False)
    open_console(machine)
    alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    alpha.wait()
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    dies(machine, 'beta', "taskset 2 sh -c 'echo b > /proc/sysrq-trigger'", 'sysrq-trigger')
    dies(machine, 'beta', "taskset 2 sh -c 'echo c > /proc/sysrq-trigger'", 'Kernel panic')
    machine.sendline('switch alpha')
    alpha.come_back()
    assert alpha.alarms() == []
