# SPDX-License-Identifier: GPL-2.0-only
"""A dump slot: its kernel has another slot's memory as /proc/vmcore, and kdump's own programs read it there."""

import hashlib
import re

import pytest

from core_file import CoreFile, driver_of, processes_of, symbols_of
from dump_tools import drive, dump_initrd, tools_disk
from linux import CLOUD, OLDER_CLOUD, Linux, kernel, linux_slot
from qemu import PROMPT
from switchyard import module, open_console, slots, tick_slot

DISK_MIB = 320  # the image of the kernel is in the file twice
BETA = 'mem=128M'
LAST_LINES = 40


@pytest.fixture(scope='module', params=[OLDER_CLOUD, pytest.param(CLOUD, marks=pytest.mark.thorough)])
def guests(request, module_machines):
    """beta has told of itself, and is parked; the prompt waits."""
    folder = module_machines.logs / request.param
    folder.mkdir(exist_ok=True)
    out = folder / 'out.img'
    with open(out, 'wb') as disk:
        disk.truncate(DISK_MIB << 20)
    machine = module_machines.start(
        'timeout=-1', linux_slot('beta', request.param, BETA) + linux_slot('gamma', CLOUD) + tick_slot(),
        memory='640M', smp=2, devices=tools_disk(folder / 'tools.img') + drive(out))
    open_console(machine)
    beta, gamma = Linux(machine, 'beta'), Linux(machine, 'gamma')
    machine.sendline('boot beta')
    beta.wait()
    beta.told = {'symbols': symbols_of(beta), 'driver': driver_of(beta), 'processes': processes_of(beta),
                 'release': beta.run('uname -r').strip(), 'log': beta.run('dmesg').splitlines()[-LAST_LINES:]}
    beta.leave('syctl monitor')
    machine.expect(PROMPT)
    gamma.out = out
    return machine, beta, gamma


def memory_of(machine, slot, path):
    """A sum of all its RAM."""
    row = slots(machine)[slot]
    size, unit = row['MEMORY'].split()
    assert unit == 'MiB'
    machine.qmp.human(f'pmemsave {row["BASE"]} {int(size) << 20} "{path}"')
    with open(path, 'rb') as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    path.unlink()
    return digest


def look_at(machine, gamma):
    """Starts gamma as the dump slot of beta."""
    machine.sendline('dump beta via gamma')
    shown = machine.expect(r"slot gamma: its /proc/vmcore is the memory of slot beta\n"
                           r".*slot gamma: appended to its command line: (elfcorehdr=0x[0-9a-f]+)\n")
    gamma.wait()
    assert gamma.run('cat /proc/cmdline').split()[-1] == shown[1]
    gamma.run('tar xf /dev/vda -C /')


def test_a_parked_slot(guests, tmp_path):
    machine, beta, gamma = guests
    before = memory_of(machine, 'beta', tmp_path / 'memory')
    look_at(machine, gamma)
    said = gamma.run('vmcore-dmesg /proc/vmcore', 60).splitlines()
    assert beta.told['log'][-1] in said
    said = gamma.run('makedumpfile -l -d 31 /proc/vmcore /tmp/thin', 120)
    assert 'The dumpfile is saved to /tmp/thin' in said
    gamma.run('dd if=/proc/vmcore of=/dev/vdb bs=1M conv=fsync 2>/dev/null', 120)
    told = beta.told
    with CoreFile(gamma.out) as core:
        assert f'OSRELEASE={told["release"]}\n' in core.note('VMCOREINFO').decode()
        assert [name for name, _, _ in core.notes] == ['CORE', 'QEMU', 'VMCOREINFO', 'SWITCHYARD']
        assert core.note('SWITCHYARD').decode().startswith('SLOT=beta\nSTATE=parked\n')
        assert {'init', 'kthreadd', 'sh'} & set(told['processes']) <= set(core.tasks(told['symbols']['init_task']))
        first, last = told['driver']
        assert first <= core.registers()[0]['rip'] < last
    output, status = gamma.try_run('syctl switch beta')
    assert status == 1 and "slot beta: its memory is slot gamma's /proc/vmcore until that one ends or is killed" in output
    gamma.leave('syctl monitor')
    machine.expect(PROMPT)
    for command in ('switch beta', 'switch beta force', 'boot beta', 'kill beta'):
        assert machine.command(command).split('\n')[-2] == \
            "error: slot beta: its memory is slot gamma's /proc/vmcore until that one ends or is killed"
    machine.command('kill gamma')
    assert memory_of(machine, 'beta', tmp_path / 'memory') == before
    machine.sendline('switch beta')
    beta.come_back()
    assert beta.alarms() == []


def test_a_crashed_slot(guests):
    """The last test: beta does not come back."""
    machine, beta, gamma = guests
    machine.sendline("echo 'the last words' > /dev/kmsg; echo c > /proc/sysrq-trigger")
    machine.expect('slot beta has crashed', 60)
    machine.expect(PROMPT)
    look_at(machine, gamma)
    said = gamma.run('vmcore-dmesg /proc/vmcore', 60)
    assert 'the last words' in said and 'Kernel panic - not syncing: sysrq triggered crash' in said
    said = gamma.run('makedumpfile -c -d 31 /proc/vmcore /tmp/thin', 120)
    assert 'The dumpfile is saved to /tmp/thin' in said
    machine.sendline('poweroff -f')
    machine.expect('slot gamma has powered off', 60)
    machine.expect(PROMPT)
    assert re.match('error: slot beta has crashed', machine.command('switch beta'))
    assert machine.command('kill beta') == ''


@pytest.mark.thorough
@pytest.mark.parametrize('flavour', [OLDER_CLOUD, CLOUD])
def test_a_kernel_without_the_driver(machines, flavour):
    """efi=on brings its reboot to the monitor. kdump-tools do what they do in a crash kernel."""
    initrd = dump_initrd(machines.logs / 'initrd', '''
        cat /proc/cmdline
        kdump-config savecore
        cd /var/crash/*
        grep -h 'Kernel panic' dmesg.*
        head -c 12 dump.*; echo
        reboot -f''')
    machine = machines.start(
        'timeout=-1', linux_slot('beta', CLOUD, BETA) +
        [module('kernel', 'gamma', kernel(flavour), 'mem=256M efi=on cpus=0', 'console=ttyS0,115200 panic=5 quiet'),
         module('initrd', 'gamma', initrd)], memory='768M', smp=2)
    open_console(machine)
    beta = Linux(machine, 'beta')
    machine.sendline('boot beta')
    beta.wait()
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect('slot beta has crashed', 60)
    machine.expect(PROMPT)
    machine.sendline('dump beta via gamma')
    words = machine.expect('slot gamma: appended to its command line: (reboot=efi efi=runtime elfcorehdr=0x[0-9a-f]+)\n')[1]
    machine.expect(f' panic=5 quiet {words}\n', 60)
    machine.expect('saved dmesg content', 60)
    machine.expect('saved vmcore', 120)
    machine.expect('(?s)Kernel panic - not syncing: sysrq triggered crash.*\nmakedumpfile\n', 60)
    machine.expect('slot gamma has rebooted', 60)
    machine.expect(PROMPT)
    assert slots(machine)['beta']['STATE'] == 'crashed'
