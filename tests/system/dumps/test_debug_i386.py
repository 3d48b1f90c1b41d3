# SPDX-License-Identifier: GPL-2.0-only
"""What crash, gdb and makedumpfile of the i386 say of a slot with a 32-bit kernel, which has reset the machine, is what that
kernel said of itself before."""

import re
import shutil
import subprocess

import pytest

from core_file import CoreFile
from debug_tools import (NEEDED_I386, check_file, check_gdb, check_memory, check_modules, check_processes, crash, make_file,
                         makedumpfile, processes_in, told_by, vmlinux)
from linux import CLOUD, I386, LINUX_BOOT_LIMIT, Linux, i386_slot, linux_slot
from qemu import PROMPT
from switchyard import open_console

pytestmark = NEEDED_I386

LOW_START = 0xc0000000
LOW_END = 896 << 20  # RAM that such a kernel maps all the time ends before
MIB = 1 << 20
EM_386, EM_X86_64 = 3, 62
MACHINE_AT = 18  # e_machine in a file

# Options of the slot, words for its kernel, and what the machine has.
PLACES = {'KASLR': ('mem=192M cpus=0', '', '1G'), 'no KASLR': ('mem=192M cpus=0', 'nokaslr', '1G'),
          'high memory': ('mem=1000M@16M cpus=0', '', '2G')}


@pytest.fixture(scope='module', params=PLACES)
def said(request, module_machines):
    """What beta told, and its core file after its panic, as alpha and as a dump slot show it."""
    options, words, memory = PLACES[request.param]
    folder = module_machines.logs / request.param.replace(' ', '-')
    folder.mkdir(exist_ok=True)
    with open(folder / 'out.img', 'wb') as disk:
        disk.truncate(1100 * MIB)
    machine = module_machines.start(
        'timeout=-1', i386_slot('beta', options, f'panic=1 {words}') + linux_slot('alpha', CLOUD),
        memory=memory, smp=2, no_reboot=False, devices=['-drive', f'if=virtio,format=raw,file={folder}/out.img'])
    open_console(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot beta')
    beta.wait()
    make_file(beta)
    told = told_by(beta)
    told.text = int(beta.run("sed -n 's/ T _stext$//p' /proc/kallsyms"), 16)
    told.place, told.folder = request.param, folder
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect('slot beta has crashed: it reset the machine', 60)
    machine.expect(PROMPT)
    machine.sendline('dump beta via alpha')
    machine.expect("slot beta: its kernel is 32-bit, and slot alpha's 64-bit one shows it as x86-64; copy it, and make byte "
                   '18 of the copy 3\n')
    alpha.wait(LINUX_BOOT_LIMIT)
    told.shown = take(alpha, '/proc/vmcore', folder, 'shown')
    told.core = take(alpha, '$(syctl core beta)', folder, 'core')
    machine.quit()
    yield told
    shutil.rmtree(folder)


def take(alpha, path, folder, name):
    """Brings the file out of the machine."""
    alpha.run(f'dd if={path} of=/dev/vda bs=1M conv=fsync 2>/dev/null', 300)
    with CoreFile(folder / 'out.img') as core:
        size = core.size
    with open(folder / name, 'wb') as to, open(folder / 'out.img', 'rb') as image:
        for start in range(0, size, MIB):
            to.write(image.read(min(MIB, size - start)))
    return folder / name


def check_crash(told, core):
    system, ps, modules, memory, log, panicked, files = crash(
        I386, core, 'sys', 'ps', 'mod', 'kmem -i', 'log', 'bt', f'files {told.by_name["sleep"]}')
    assert f'RELEASE: {told.release}\n' in system and 'NODENAME: beta\n' in system and 'CPUS: 1' in system
    assert 'PANIC: "Kernel panic - not syncing: sysrq triggered crash"' in system
    check_processes(told, processes_in(ps))
    check_modules(told, modules)
    check_memory(told, memory)
    assert told.version in log and 'sysrq: Trigger a crash' in log
    assert re.match(r'PID: \d+ +TASK: [0-9a-f]{8} +CPU: 0 +COMMAND: "sh"\n', panicked), panicked
    assert ' panic at ' in panicked and ' sysrq_handle_crash at ' in panicked and ' ksys_write at ' in panicked
    shown = re.search(r'^ +0 +\S+ +\S+ +(\S+) +REG +/tmp/marked$', files, re.M)
    assert shown, files
    return shown[1]


def test_headers(said):
    with CoreFile(said.core) as core:
        assert core.is_32 and core.machine == EM_386
        assert [name for name, _, _ in core.notes] == ['VMCOREINFO', 'SWITCHYARD']
        low, high = core.loads[:2], core.loads[2:]
    assert all(address == physical + LOW_START and physical + size <= LOW_END for _, address, physical, size in low)
    assert any(address <= said.text < address + size for _, address, _, size in low)
    assert [address for _, address, _, _ in high] == ([0xffffffff] if said.place == 'high memory' else [])
    assert said.place != 'no KASLR' or said.text == LOW_START + low[1][2]


def test_crash(said):
    inode = check_crash(said, said.core)
    pages, = crash(I386, said.core, f'files -p {inode}')
    with CoreFile(said.core) as core:
        check_file(core, pages, 8)


def test_gdb(said):
    """This machine's own. vmlinux is linked to where its first section is."""
    sections = subprocess.run(['readelf', '-SW', vmlinux(I386)], stdout=subprocess.PIPE, text=True, check=True,
                              timeout=60).stdout
    linked = int(re.search(r' \.text +PROGBITS +([0-9a-f]+)', sections)[1], 16)
    check_gdb(said, said.core, 'set architecture i386', f'symbol-file -o {said.text - linked:#x} {vmlinux(I386)}')


@pytest.mark.parametrize('way', ['-c', '-l'])
def test_makedumpfile(said, way):
    """crash says the same by a dump without pages of zeros, of programs and of caches, and without free ones."""
    thin = said.folder / 'thin'
    makedumpfile([way, '-d', '31'], said.core, thin, I386)
    assert thin.stat().st_size < said.core.stat().st_size / 3
    check_crash(said, thin)


def test_a_dump_slot(said):
    """Linux for x86-64 shows it as such. One byte makes it what it is."""
    with CoreFile(said.shown) as core:
        assert not core.is_32 and core.machine == EM_X86_64
    with open(said.shown, 'r+b') as file:
        file.seek(MACHINE_AT)
        file.write(bytes([EM_386]))
    check_crash(said, said.shown)
