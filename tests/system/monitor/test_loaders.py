# SPDX-License-Identifier: GPL-2.0-only
"""Every kind of kernel starts: Linux by both protocols, Multiboot 1 and 2, address fields, plain ELF."""

import gzip
import re

import pytest

import guest_images
from paths import MEMTEST_IA32, MEMTEST_X64, TICK
from qemu import PROMPT
from switchyard import module, open_console, slots, tick_count, wait_menu

STRING = 'its own line, x=1 -- y'


def kernels():
    """Slot, file, type, address."""
    data = guest_images.write('data.txt', b'module data')
    files = {
        'mb1-elf': (guest_images.assemble('multiboot1', 0x2000000), 'multiboot1'),
        'mb1-fields': (guest_images.assemble_flat('multiboot1', 0x2400000), 'multiboot1'),
        'mb2-elf': (guest_images.assemble('multiboot2', 0x2800000), 'multiboot2'),
        'elf32': (guest_images.assemble('elf32', 0x2c00000), 'elf'),
        'elf64': (guest_images.assemble('elf64', 0x3000000, bits=64), 'elf'),
    }
    lines = []
    for name, (path, kind) in files.items():
        if kind == 'elf':
            lines.append(module('kernel', name, path, 'mem=4M'))
        else:
            lines.append(module('kernel', name, path, 'mem=4M', STRING))
            lines.append(module('module', name, data, '', 'string of it'))
    return lines, {name: kind for name, (_, kind) in files.items()}


@pytest.fixture(scope='module')
def loaded(module_machines):
    lines, types = kernels()
    machine = module_machines.start('timeout=-1', lines, memory='256M', no_reboot=False)
    machine.types = types
    open_console(machine)
    yield machine
    machine.quit()


def back_to_the_console(machine):
    """The guests never give the machine back, so it is reset after each one. The monitor comes back."""
    machine.reset()
    machine.expect(PROMPT)


def test_types_are_recognised(loaded):
    assert {name: row['TYPE'] for name, row in slots(loaded).items()} == loaded.types


@pytest.mark.parametrize('slot, greeting', [
    ('mb1-elf', 'OK multiboot1 elf'), ('mb1-fields', 'OK multiboot1 fields'),
    ('mb2-elf', 'OK multiboot2')])
def test_multiboot(loaded, slot, greeting):
    loaded.sendline(f'boot {slot}')
    output = loaded.expect(greeting + r'\n((?:.*\n)*?)END\n')[1]
    assert 'abi right\n' in output
    assert f'cmdline <{STRING}>' in output
    assert 'module <string of it> <module data>' in output
    assert 'WRONG' not in output
    back_to_the_console(loaded)


@pytest.mark.parametrize('slot', ['elf32', 'elf64'])
def test_plain_elf(loaded, slot):
    loaded.sendline(f'boot {slot}')
    loaded.expect(rf'OK {slot}\nabi right\nEND\n')
    back_to_the_console(loaded)


def test_a_kernel_of_high_addresses(machines):
    """It is linked to 17 MiB, its entry point is physical, and its RAM begins at 1 MiB."""
    kernel = guest_images.with_high_addresses(guest_images.assemble('elf32', 17 << 20))
    machine = machines.start('timeout=-1', [module('kernel', 'high', kernel, 'mem=32M')],
                             memory='256M')
    open_console(machine)
    assert slots(machine)['high']['BASE'] == '0x100000'
    machine.sendline('boot high')
    machine.expect(r'OK elf32\nabi right\nEND\n')


@pytest.mark.parametrize('path', [MEMTEST_IA32, MEMTEST_X64], ids=['ia32', 'x64'])
def test_memtest_from_the_menu(machines, path):
    """memtest86+ is a bzImage; the 32-bit one has no 64-bit entry (XLF_KERNEL_64)."""
    machine = machines.start('timeout=-1', [module('kernel', 'memtest', path, 'mem=64M')],
                             memory='256M')
    wait_menu(machine)
    machine.send('1')
    machine.wait_screen(r'Memtest86\+', 60)
    machine.wait_screen(r'(?i)pass', 60)


def test_two_kernels_at_1_mib(machines):
    first = guest_images.assemble('multiboot1', 0x100000)
    second = guest_images.assemble('multiboot2', 0x100000)
    machine = machines.start(
        'timeout=-1', [module('kernel', 'first', first, 'mem=4M', 'one'),
                       module('kernel', 'second', second, 'mem=4M', 'two')], memory='256M')
    open_console(machine)
    assert list(slots(machine)) == ['first']
    assert re.search(r'error.*\bsecond\b.*(1 MiB|100000).*\bfirst\b', machine.command('log'))
    machine.sendline('boot first')
    machine.expect(r'OK multiboot1 elf')
    machine.expect(r'abi right\ncmdline <one>\nEND\n')


def test_type_that_does_not_fit_the_file(machines):
    """type= is used instead of the detected type. If the file can't have that type, an error says so."""
    kernel = guest_images.assemble('elf32', 0x400000)
    machine = machines.start('timeout=-1', [module('kernel', 'wrong', kernel, 'mem=4M type=linux'),
                                            module('kernel', 'right', kernel, 'mem=4M type=elf')],
                             memory='256M')
    open_console(machine)
    assert list(slots(machine)) == ['right']
    assert re.search(r'error.*\bwrong\b', machine.command('log'))


def test_a_kernel_that_is_packed(machines):
    """GRUB unpacks gzip itself, so the monitor gets the ELF file with its real size."""
    packed = guest_images.write('tick.elf.gz', gzip.compress(TICK.read_bytes(), mtime=0))
    assert packed.stat().st_size < TICK.stat().st_size
    machine = machines.start('timeout=0 default=tick',
                             [module('kernel', 'tick', packed, 'mem=16M')], memory='128M')
    tick_count(machine)
