# SPDX-License-Identifier: GPL-2.0-only
"""Tests of what a Linux slot gets when it starts: command line, memory, CPUs, screen, tables."""

import re

import pytest

from linux import CLOUD, GENERIC, Linux, linux_slot
from switchyard import open_console, slots, tick_slot

WORDS = 'one=1 two="a b" three=x,y;z -- four'
MIB = 1 << 20


@pytest.fixture(scope='module', params=[(CLOUD, '0'), (GENERIC, '0-1')],
                ids=lambda param: f'{param[0]}-cpus={param[1]}')
def machine(request, module_machines):
    flavour, cpus = request.param
    machine = module_machines.start(
        'timeout=-1',
        tick_slot() + linux_slot('alpha', flavour, f'mem=256M cpus={cpus}', WORDS),
        memory='1G', smp=4)
    machine.cpus = cpus
    open_console(machine)
    machine.row = slots(machine)['alpha']
    machine.alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    machine.alpha.wait()
    yield machine
    machine.quit()


def test_command_line_to_the_letter(machine):
    """GRUB puts a backslash before quotes (grub-core/lib/cmdline.c)."""
    line = machine.alpha.run('cat /proc/cmdline').strip()
    assert line.endswith(WORDS.replace('"', '\\"'))
    assert line.startswith('console=tty0')


def test_cpus_limits_what_a_slot_sees(machine):
    """Of four CPUs. The DSDT still has all of them as devices, and Linux looks at each: it must not
    take one for a CPU that was plugged in."""
    folder = '/sys/devices/system/cpu'
    for which in ('possible', 'present', 'online'):
        assert machine.alpha.run(f'cat {folder}/{which}').strip() == machine.cpus, which
    assert machine.alpha.run('ls /sys/bus/acpi/devices').count('LNXCPU') == 4
    assert machine.alpha.run(f'ls -d {folder}/cpu[0-9]* | wc -l').strip() == \
        ('1' if machine.cpus == '0' else '2')


def test_kernel_lies_in_its_range(machine):
    """Address randomisation is on (nobody asked for nokaslr), and stays within the slot."""
    base = int(machine.row['BASE'], 16)
    iomem = machine.alpha.run('cat /proc/iomem')
    start, end = re.search(r'([0-9a-f]+)-([0-9a-f]+) : Kernel code', iomem).groups()
    assert base <= int(start, 16) < int(end, 16) < base + 256 * MIB


def test_acpi_is_found(machine):
    assert 'SWYD' in machine.alpha.run('ls /sys/firmware/acpi/tables')
    assert int(machine.alpha.run('ls /sys/bus/acpi/devices | grep -c PNP')) > 0


def test_screen(machine):
    """The guest finds the text screen, and writes below the monitor's text."""
    machine.type('\n')
    machine.wait_screen(r'^alpha# ?$')


def test_no_alarm(machine):
    assert machine.alpha.alarms() == []
