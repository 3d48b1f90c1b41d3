# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the Linux driver: loading and unloading it, and what it does if its version is not the
monitor's."""

import contextlib
import json
import re
import shutil
import subprocess
import tarfile

import pytest

from copies import build_driver
from fixtures import with_older
from gdb_remote import GdbRemote
from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from paths import ROOT
from switchyard import open_console, tick_count, tick_slot

CR4_SMEP = 1 << 20

# Copies of the driver, in which these texts of its files are replaced.
COPIES = {
    # The structure has another size in another version.
    'older': [('switchyard.h', 'message[120]', 'message[88]')],
    # The driver knows numbers that the monitor does not know, and the reverse.
    'few-words': [('switchyard.h', 'SWITCHYARD_MONITOR = 2', 'SWITCHYARD_MONITOR = 99'),
                  ('switchyard.h', 'SWITCHYARD_EBADOP, -1', 'SWITCHYARD_EBADOP, -101'),
                  ('switchyard.h', 'SWITCHYARD_READY, 1', 'SWITCHYARD_READY, 101'),
                  ('switchyard.h', 'SWITCHYARD_PARKED, 3', 'SWITCHYARD_PARKED, 103')],
    # QEMU has no LASS, so this takes another pinned bit, which Linux sets.
    'lass': [('compat.h', '#define X86_CR4_LASS BIT(27)', '#define X86_CR4_LASS X86_CR4_SMEP')],
    # It has no VMX either.
    'vmx': [('hooks_quick.c', 'X86_CR4_VMXE', 'X86_CR4_SMEP')],
}
LASS = '/tmp/lass/switchyard.ko'
# Which test, or which parameter of one, alone uses these.
THOROUGH = {'older': 'test_an_older_driver_works',
            'few-words': 'test_numbers_without_words_are_unknown', 'lass': LASS,
            'vmx': 'test_a_quick_switch_is_refused_in_vmx_operation'}
HOOKS = '/etc/switchyard/switch.d'
STOCK = '/lib/modules/switchyard.ko'
NO_SLEEP = ['-global', 'PIIX4_PM.disable_s3=1']  # firmware has no sleep state except S4


def make_copy(folder, edits):
    """Builds switchyard.ko and syctl there."""
    shutil.copytree(ROOT / 'guest/linux', folder)
    for name, text, other in edits:
        before = (folder / name).read_text()
        assert text in before, f'{name} has no {text!r} any more'
        (folder / name).write_text(before.replace(text, other))
    result = build_driver(CLOUD, folder)
    assert result.returncode == 0, result.stderr
    subprocess.run(['gcc', '-Os', '-static', '-s', f'-I{folder}', f'-I{ROOT}', '-o', folder / 'syctl',
                    ROOT / 'lib/xxh64.c', *(ROOT / 'guest/syctl').glob('*.c')], check=True, timeout=60)


@pytest.fixture(scope='module')
def disk(request, tmp_path_factory):
    """A disk that is a tar file: NAME/switchyard.ko, NAME/syctl. To make a copy takes long, so those of which no test is
    selected are left out."""
    root = tmp_path_factory.mktemp('drivers')
    tests = {item.originalname for item in request.session.items}
    tests |= {value for item in request.session.items if hasattr(item, 'callspec') for value in item.callspec.params.values()
              if isinstance(value, str)}
    names = [name for name in COPIES if name not in THOROUGH or THOROUGH[name] in tests]
    for name in names:
        make_copy(root / name, COPIES[name])
    image = root / 'disk.img'
    with tarfile.open(image, 'w') as archive:
        for name in names:
            for file in ('switchyard.ko', 'syctl'):
                archive.add(root / name / file, f'{name}/{file}')
    return image


@pytest.fixture(scope='module')
def machine(module_machines, tmp_path_factory, disk):
    """alpha is at its shell before and after each test."""
    socket = tmp_path_factory.mktemp('gdb') / 'gdb'
    machine = module_machines.start(
        'timeout=-1', linux_slot('alpha', CLOUD) + tick_slot(), memory='512M', smp=2,
        devices=[*NO_SLEEP, '-drive', f'file={disk},format=raw,if=virtio,readonly=on',
                 '-gdb', f'unix:{socket},server=on,wait=off'])
    open_console(machine)
    machine.alpha = Linux(machine, 'alpha')
    machine.halt = lambda: GdbRemote(socket)
    machine.sendline('boot alpha')
    machine.alpha.wait()
    machine.alpha.run('tar xf /dev/vda -C /tmp')
    return machine


def load(machine, file):
    """Loads another driver, and returns (status, the line that it prints). insmod tries twice."""
    machine.alpha.run('! grep -q ^switchyard /proc/modules || rmmod switchyard; dmesg -c > /dev/null')
    status = machine.alpha.try_run(f'insmod {file}')[1]
    lines = set(re.findall(r'switchyard: .*', machine.alpha.run('dmesg')))
    assert len(lines) == 1
    return status, lines.pop()


def to_tick_and_back(machine):
    machine.alpha.leave('syctl switch tick')
    tick_count(machine)
    machine.send('1')
    machine.alpha.come_back()


@pytest.mark.thorough
def test_an_older_driver_works(machine):
    assert load(machine, '/tmp/older/switchyard.ko')[0] == 0
    assert 'tick' in machine.alpha.run('/tmp/older/syctl list')
    to_tick_and_back(machine)
    assert json.loads(machine.alpha.run('syctl status --json'))['returns'] == 1
    machine.alpha.check_cpus(2)
    assert machine.alpha.alarms() == []


@contextlib.contextmanager
def other_info(machine, offset, value):
    """The monitor's structure has that number there, as if the monitor was another one. Its address is at byte 40 of
    the ACPI table (struct switchyard_acpi)."""
    table = machine.alpha.run('od -An -tx8 -j40 -N8 /sys/firmware/acpi/tables/SWYD')
    address = int(table, 16) + offset
    with machine.halt() as gdb:
        before = gdb.read(address, 4)
        gdb.write(address, value.to_bytes(4, 'little'))
    yield int.from_bytes(before, 'little')
    with machine.halt() as gdb:
        gdb.write(address, before)


def test_another_version_says_which(machine):
    with other_info(machine, 4, 2):
        status, line = load(machine, STOCK)
    assert status != 0
    assert 'the monitor speaks version 2 of the guest ABI, this driver version 1' in line


def test_a_driver_that_wants_more_says_what(machine):
    with other_info(machine, 8, 100) as size:
        status, line = load(machine, STOCK)
    assert status != 0
    assert f"the monitor's structure has 100 bytes, at least {size} expected" in line


@pytest.mark.thorough
def test_numbers_without_words_are_unknown(machine):
    assert load(machine, '/tmp/few-words/switchyard.ko')[0] == 0
    rows = {row['slot']: row for row in json.loads(machine.alpha.run('/tmp/few-words/syctl list --json'))}
    assert rows['alpha']['state'] == 'running' and rows['tick']['state'] == 'unknown'
    output, status = machine.alpha.try_run('/tmp/few-words/syctl monitor')
    assert status == 1 and 'error: monitor: unknown' in output
    machine.alpha.run("echo y > /proc/sysrq-trigger; until dmesg | grep -q 'not switched'; do :; done")
    assert 'switchyard: not switched: unknown' in machine.alpha.run('dmesg')
    machine.alpha.check_cpus(2)
    assert machine.alpha.alarms() == []


def load_with(machine, parameter):
    machine.alpha.run(f'mkdir -p {HOOKS}; rmmod switchyard; insmod {STOCK} {parameter}; dmesg -c > /dev/null')


def test_syctl_lies_where_the_parameter_says(machine):
    """The driver starts it before and after a switch."""
    machine.alpha.run("printf '#!/bin/sh\\necho \"$@\" >> /tmp/called\\n' > /tmp/other; chmod 755 /tmp/other")
    load_with(machine, 'syctl=/tmp/other')
    to_tick_and_back(machine)
    assert machine.alpha.run('cat /tmp/called').split('\n')[:-1] == ['hooks pre tick', 'hooks post tick']
    load_with(machine, 'syctl=/nowhere/syctl')
    to_tick_and_back(machine)
    machine.alpha.run(f'rmdir {HOOKS}')
    assert machine.alpha.run('dmesg').count(f"nothing in {HOOKS} was run: /nowhere/syctl can't be started") == 2


def cr4(machine):
    return int(re.search(r'CR4=([0-9a-f]+)', machine.qmp.human('info registers'))[1], 16)


@pytest.mark.parametrize('driver, is_set', [(STOCK, True), pytest.param(LASS, False, marks=pytest.mark.thorough)])
def test_lass_is_off_at_the_gate(machine, driver, is_set):
    assert load(machine, driver)[0] == 0
    gate = json.loads(machine.alpha.run('syctl status --json'))['gate']
    with machine.halt() as gdb:
        machine.sendline('taskset 1 syctl switch tick')  # it asks for a list first, on any CPU
        gdb.run_to(gate)
        assert bool(cr4(machine) & CR4_SMEP) == is_set
    tick_count(machine)
    machine.send('1')
    machine.alpha.prompt()
    assert cr4(machine) & CR4_SMEP
    assert machine.alpha.alarms() == []


@pytest.mark.thorough
def test_a_quick_switch_is_refused_in_vmx_operation(machine):
    load(machine, '/tmp/vmx/switchyard.ko')
    output, status = machine.alpha.try_run('syctl --quick monitor 2>&1')
    assert (output.strip(), status) == ('error: monitor: a CPU is in VMX operation; unload kvm_intel', 1)
    to_tick_and_back(machine)


def try_sleep(machine, state):
    return machine.alpha.try_run(f'echo {state} > /sys/power/state')[0]


def test_unloading_leaves_nothing(machine):
    """Firmware has no sleep state, so the PM core had no operations before. What "mem" means stays as it was."""
    load(machine, STOCK)
    states = machine.alpha.run('cat /sys/power/state /sys/power/mem_sleep')
    assert 'standby' not in states and states.endswith('[s2idle]\n')
    machine.alpha.run('rmmod switchyard')
    assert machine.alpha.run('cat /sys/power/state /sys/power/mem_sleep') == states
    output, status = machine.alpha.try_run('syctl list')
    assert status == 1 and output.startswith('error: /dev/switchyard')
    load(machine, STOCK)
    to_tick_and_back(machine)


@pytest.mark.parametrize('flavour', with_older(CLOUD, OLDER_CLOUD))
def test_what_took_the_place_of_acpis_sleep_stays(machines, flavour):
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', flavour), memory='512M')
    machine.alpha = Linux(machine, 'alpha')
    machine.alpha.wait()
    assert "switchyard: takes the place of ACPI's sleep for good: can't be unloaded" in \
        machine.alpha.run('dmesg')
    assert 'deep' in machine.alpha.run('cat /sys/power/mem_sleep')
    output, status = machine.alpha.try_run('rmmod switchyard')
    assert status != 0 and 'temporarily unavailable' in output
    assert 'Invalid argument' in try_sleep(machine, 'mem')
    assert 'alpha' in machine.alpha.run('syctl list')
