# SPDX-License-Identifier: GPL-2.0-only
"""Core files of slots at other places: crash and gdb find the kernel without KASLR, with five levels of page tables, and
above 4 GiB; crash in another slot's own shell reads /proc/switchyard/SLOT."""

import re
import shutil

import pytest

from core_file import CoreFile
from debug_tools import NEEDED, crash, gdb, mount_tools, pieces_of, tools_disk, vmlinux
from linux import CLOUD, OLDER_GENERIC, Linux, linux_slot
from paths import QEMU_CPU
from switchyard import open_console

pytestmark = NEEDED

FIVE_LEVELS = 'max'
PLACES = {'no KASLR': ('mem=160M', 'nokaslr', QEMU_CPU, '768M'),
          'five levels': ('mem=160M', '', FIVE_LEVELS, '768M'),
          'above 4 GiB': ('mem=160M@4608M', '', QEMU_CPU, '5G'),
          'all of them': ('mem=160M@4608M', 'nokaslr', FIVE_LEVELS, '5G')}
COMMANDS = ['sys', 'ps', 'mod', 'kmem -i', 'bt -a', 'files 1', 'log']


def names_in(ps):
    return {line.split()[-1].strip('[]') for line in ps.splitlines()[1:]}


@pytest.mark.parametrize('flavour', [OLDER_GENERIC, CLOUD])
@pytest.mark.parametrize('place', PLACES)
def test_places(machines, place, flavour):
    memory, words, cpu, all_memory = PLACES[place]
    folder = machines.logs
    with open(folder / 'out.img', 'wb') as disk:
        disk.truncate(256 << 20)
    machine = machines.start('timeout=-1', linux_slot('alpha', CLOUD) + linux_slot('beta', flavour, memory, words),
                             memory=all_memory, smp=2, cpu=cpu,
                             devices=['-drive', f'if=virtio,format=raw,file={folder}/out.img'])
    open_console(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot beta')
    beta.wait()
    assert ('la57' in beta.run('cat /proc/cpuinfo')) == (cpu == FIVE_LEVELS)
    version = beta.run('cat /proc/version')
    beta.switch_to(alpha)
    alpha.run('dd if=/proc/switchyard/beta of=/dev/vda bs=1M conv=fsync 2>/dev/null', 120)
    machine.quit()
    core = folder / 'out.img'
    with CoreFile(core) as file:
        offset = int(re.search(r'^KERNELOFFSET=(\w+)', file.note('VMCOREINFO').decode(), re.M)[1], 16)
        size = file.size
        assert (file.loads[-1][2] >= 4 << 30) == ('@' in memory)
    assert (offset == 0) == (words == 'nokaslr')
    with open(core, 'r+b') as disk:
        disk.truncate(size)
    system, ps, backtrace = crash(flavour, core, 'sys', 'ps', 'bt -a')
    assert 'NODENAME: beta\n' in system
    assert {'init', 'kthreadd', 'sh', 'syctl'} <= names_in(ps)
    assert ' pm_suspend' in backtrace
    banner = ['printf "%s", linux_banner']
    load = [f'symbol-file -o {offset:#x} {vmlinux(flavour)}'] if offset else [f'file {vmlinux(flavour)}']
    assert version.strip() in gdb(*load, f'core-file {core}', *banner)
    shutil.rmtree(folder)


@pytest.mark.limit(1500)
@pytest.mark.parametrize('flavour', [OLDER_GENERIC, CLOUD])
def test_crash_in_a_slot(machines, flavour):
    """It reads beta's memory where it is. Most of its time, it reads the debug information."""
    folder = machines.logs
    machine = machines.start('timeout=-1', linux_slot('alpha', CLOUD, 'mem=1600M') + linux_slot('beta', flavour, 'mem=160M'),
                             memory='2G', smp=2, lifetime=1500, devices=tools_disk(flavour, folder))
    open_console(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot beta')
    beta.wait()
    version = beta.run('cat /proc/version').strip()
    beta.switch_to(alpha)
    mount_tools(alpha, '/dev/vda')
    alpha.put_file('/tmp/commands', ''.join(f'!echo @{i}@\n{command}\n' for i, command in enumerate(COMMANDS))
                   + '!echo @@\nquit\n')
    said = alpha.run('chroot /tools /usr/bin/crash -s /vmlinux $(syctl core beta) < /tmp/commands 2>&1', 1200)
    system, ps, modules, memory, backtrace, files, log = pieces_of(said, len(COMMANDS))
    assert 'DUMPFILE: /proc/switchyard/beta\n' in system and 'NODENAME: beta\n' in system
    assert {'init', 'kthreadd', 'sh', 'syctl'} <= names_in(ps)
    assert ' switchyard ' in modules and 'TOTAL MEM' in memory
    assert '[exception RIP: switchyard_gate_call_asm' in backtrace and ' pm_suspend' in backtrace
    assert '/dev/console' in files
    assert version in log
    assert alpha.alarms() == []
    (folder / 'tools.ext4').unlink()
