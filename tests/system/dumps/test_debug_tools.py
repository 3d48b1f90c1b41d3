# SPDX-License-Identifier: GPL-2.0-only
"""What crash, gdb and makedumpfile say of a parked and of a crashed slot, by its core file, is what that slot's kernel said
of itself before."""

import re
import shutil
import tarfile

import pytest

import debug_tools
from core_file import PAGE, CoreFile
from debug_tools import (NEEDED, check_file, check_gdb, check_memory, check_modules, check_processes, crash, make_file,
                         processes_in, told_by, vmlinux)
from guest_images import compile_static
from linux import CLOUD, OLDER_GENERIC, Linux, linux_slot
from linux_modules import build_probe
from switchyard import open_console

pytestmark = NEEDED

BETA = 'mem=160M'
DISK_MIB = 256
WORD, NUMBER = 'told at load time', 0x1234567
PATTERN = 0x5359 << 48  # and the register's number: spin.c
CASES = [(OLDER_GENERIC, 1), (OLDER_GENERIC, 2), (CLOUD, 1), (CLOUD, 2)]


def make_disks(flavour, folder):
    with tarfile.open(folder / 'files.img', 'w') as archive:
        archive.add(compile_static('spin'), 'spin')
        archive.add(build_probe(flavour, 'known_values', folder), 'known_values.ko')
    with open(folder / 'out.img', 'wb') as disk:
        disk.truncate(DISK_MIB << 20)
    return [word for name in ('files', 'out') for word in ('-drive', f'if=virtio,format=raw,file={folder / name}.img')]


def tell(beta, cpus):
    """What it says of itself. A program spins on its last CPU, and another one has a file open."""
    beta.run('tar xf /dev/vda -C /tmp; '
             f"insmod /tmp/known_values.ko word='\"{WORD}\"' number={NUMBER}")
    make_file(beta)
    beta.run(f'taskset {1 << cpus - 1:x} /tmp/spin & until pidof spin; do sleep 0.1; done')
    return told_by(beta)


@pytest.fixture(scope='module', params=CASES, ids=lambda case: f'{case[0]}-{case[1]}')
def said(request, module_machines):
    """What beta told, and its core file, parked and crashed."""
    flavour, cpus = request.param
    folder = module_machines.logs / f'{flavour}-{cpus}'
    folder.mkdir(exist_ok=True)
    machine = module_machines.start('timeout=-1', linux_slot('alpha', CLOUD) + linux_slot('beta', flavour, BETA),
                                    memory='768M', smp=cpus, devices=make_disks(flavour, folder))
    open_console(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot beta')
    beta.wait()
    told = tell(beta, cpus)
    told.flavour, told.cpus, told.folder = flavour, cpus, folder
    beta.switch_to(alpha)
    told.parked = take(alpha, folder, 'parked')
    alpha.leave('syctl switch beta')
    beta.come_back()
    machine.sendline('taskset 1 sh -c "echo c > /proc/sysrq-trigger"')
    machine.expect('slot beta has crashed', 60)
    machine.expect('switchyard> ')
    machine.sendline('switch alpha')
    alpha.come_back()
    told.crashed = take(alpha, folder, 'crashed')
    machine.quit()
    yield told
    shutil.rmtree(folder)


def take(alpha, folder, name):
    """Brings the core file out of the machine."""
    alpha.run('dd if=/proc/switchyard/beta of=/dev/vdb bs=1M conv=fsync 2>/dev/null', 120)
    with CoreFile(folder / 'out.img') as core:
        (folder / name).write_bytes(core.contents())
    return folder / name


def check_spinning(backtrace):
    for number in (8, 9, 10, 12, 13, 14, 15):
        found = re.search(rf'\bR{number}: ([0-9a-f]{{16}})', backtrace)
        assert found and int(found[1], 16) == PATTERN + number, backtrace


@pytest.mark.parametrize('state', ['parked', 'crashed'])
def test_crash(said, state):
    core = getattr(said, state)
    system, ps, modules, memory, files, spinning, log = crash(
        said.flavour, core, 'sys', 'ps', 'mod', 'kmem -i', f'files {said.by_name["sleep"]}', f'bt {said.by_name["spin"]}', 'log')
    assert f'RELEASE: {said.release}\n' in system and 'NODENAME: beta\n' in system and f'CPUS: {said.cpus}' in system
    check_processes(said, processes_in(ps))
    check_modules(said, modules)
    check_memory(said, memory)
    assert re.search(r'^ +0 \S+ \S+ \S+ REG +/tmp/marked$', files, re.M), files
    check_spinning(spinning)
    assert said.version in log
    inode = re.search(r'^ +0 \S+ \S+ (\S+) REG', files, re.M)[1]
    module = said.folder / 'known_values/known_values.ko'
    pages, _, values = crash(said.flavour, core, f'files -p {inode}', f'mod -s known_values {module}', 'p known_values')
    with CoreFile(core) as file:
        check_file(file, pages)
    assert f'word = "{WORD}\\000' in values
    assert ', '.join(str((i + 1) * NUMBER) for i in range(4)) in values


def test_backtraces(said):
    """Of the tasks that had the CPUs. What CPU 1 did at the panic, it had chosen itself."""
    panicked, panicking = crash(said.flavour, said.crashed, 'bt -a', 'bt')
    parked, = crash(said.flavour, said.parked, 'bt -a')
    assert 'sysrq_handle_crash at ' in panicking and panicking.count('PID: ') == 1
    assert 'sysrq_handle_crash at ' in panicked and panicked.count('PID: ') == said.cpus
    assert '[exception RIP: switchyard_gate_call_asm' in parked and ' pm_suspend' in parked
    assert parked.count('PID: ') == said.cpus


def load_offset(core):
    with CoreFile(core) as file:
        return int(re.search(r'^KERNELOFFSET=(\w+)', file.note('VMCOREINFO').decode(), re.M)[1], 16)


@pytest.mark.parametrize('state', ['parked', 'crashed'])
def test_gdb(said, state):
    """KASLR has moved the kernel: symbol-file takes the offset."""
    core = getattr(said, state)
    check_gdb(said, core, f'symbol-file -o {load_offset(core):#x} {vmlinux(said.flavour)}')


@pytest.mark.parametrize('way', ['-c', '-l'])
def test_makedumpfile(said, way):
    """crash says the same by a dump without pages of zeros, of programs and of caches, and without free ones."""
    thin = said.folder / 'thin'
    debug_tools.makedumpfile([way, '-d', '31'], said.crashed, thin)
    assert thin.stat().st_size < said.crashed.stat().st_size / 3
    ps, backtrace = crash(said.flavour, thin, 'ps', f'bt {said.by_name["spin"]}')
    check_processes(said, processes_in(ps))
    check_spinning(backtrace)


def test_flattened(said):
    """What makedumpfile writes to a pipe, and puts together again, is what it writes to a file."""
    thin, again = said.folder / 'thin', said.folder / 'again'
    debug_tools.makedumpfile(['-c', '-d', '31'], said.parked, thin)
    debug_tools.flatten(['-c', '-d', '31'], said.parked, again)
    ps, = crash(said.flavour, again, 'ps')
    check_processes(said, processes_in(ps))
    assert abs(again.stat().st_size - thin.stat().st_size) < PAGE
