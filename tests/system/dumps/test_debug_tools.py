# SPDX-License-Identifier: GPL-2.0-only
"""What crash, gdb and makedumpfile say of a parked and of a crashed slot, by its core file, is what that slot's kernel said
of itself before."""

import re
import shutil
import tarfile
import types

import pytest

import debug_tools
from core_file import PAGE, CoreFile
from debug_tools import NEEDED, crash, gdb, vmlinux
from guest_images import compile_static
from linux import CLOUD, OLDER_GENERIC, Linux, linux_slot
from linux_modules import build_probe
from switchyard import open_console

pytestmark = NEEDED

BETA = 'mem=160M'
DISK_MIB = 256
MARKER = 'page %d of a file that beta has open'
PAGES = 20
COMM = 15  # characters of a name that a task has; /proc shows more of a kernel's thread
WORD, NUMBER = 'told at load time', 0x1234567
PATTERN = 0x5359 << 48  # and the register's number: spin.c
TASKS = """set $offset = (long)&((struct task_struct *)0)->tasks
set $task = &init_task
set $count = 0
while $count < 1000
  printf "@%d %s\\n", $task->pid, $task->comm
  set $task = (struct task_struct *)((char *)$task->tasks.next - $offset)
  set $count = $task == &init_task ? 1000 : $count + 1
end"""

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
    beta.run(f"i=0; while [ $i -lt {PAGES} ]; do printf '%-{PAGE}s' \"{MARKER.replace('%d', '$i')}\"; "
             'i=$((i + 1)); done > /tmp/marked')
    beta.run(f'sleep 10000 < /tmp/marked & taskset {1 << cpus - 1:x} /tmp/spin & '
             'until pidof spin && pidof sleep; do sleep 0.1; done')
    status = beta.run("cd /proc; for p in [0-9]*; do sed -n 's/^\\(Name\\|Pid\\|PPid\\):.//p' $p/status 2>/dev/null | "
                      "tr '\\n' '@'; echo; done; cd /")
    processes = {int(pid): (int(parent), name[:COMM]) for name, pid, parent
                 in (line.split('@')[:3] for line in status.splitlines() if line.count('@') == 3)}
    modules = {name: (int(size), int(address, 16)) for name, size, *_, address
               in (line.replace(' (OE)', '').replace(' (O)', '').split() for line in beta.run('cat /proc/modules').splitlines())}
    by_name = {name: pid for pid, (_, name) in processes.items()}
    return types.SimpleNamespace(
        processes=processes, modules=modules, spins=by_name['spin'], sleeps=by_name['sleep'],
        release=beta.run('uname -r').strip(), version=beta.run('cat /proc/version').strip(),
        memory=int(re.search(r'MemTotal: +(\d+)', beta.run('cat /proc/meminfo'))[1]),
        inode=int(beta.run('stat -c %i /tmp/marked')))


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


def is_kept(name):
    """Workers of the kernel come and go, and /proc adds to their names."""
    return not name.startswith('kworker')


def processes_in(ps):
    rows = [line.replace('>', ' ').split(maxsplit=8) for line in ps.splitlines()[1:]]
    return {int(row[0]): (int(row[1]), row[8].strip('[]')) for row in rows if row[0] != '0'}


def check_processes(told, listed):
    """All that still ran when it stopped. The shell's last sed and cat have ended."""
    known = {pid: of for pid, of in told.processes.items() if is_kept(of[1]) and of[1] not in ('sed', 'sh', 'cat')}
    assert len(known) > 20
    assert known.items() <= listed.items(), known.items() - listed.items()
    names = [name for _, name in listed.values()]
    assert names.count('init') == 1 and 'sh' in names


def check_file(path, pages):
    """crash says where in RAM the pages of the file are."""
    found = {}
    with CoreFile(path) as core:
        for row in (line.split() for line in pages.splitlines()):
            if len(row) > 4 and row[0].startswith('ffff'):
                found[int(row[3], 16)] = core.physical(int(row[1], 16), PAGE).decode().rstrip()
    assert found == {number: MARKER % number for number in range(PAGES)}


def check_spinning(backtrace):
    for number in (8, 9, 10, 12, 13, 14, 15):
        found = re.search(rf'\bR{number}: ([0-9a-f]{{16}})', backtrace)
        assert found and int(found[1], 16) == PATTERN + number, backtrace


@pytest.mark.parametrize('state', ['parked', 'crashed'])
def test_crash(said, state):
    core = getattr(said, state)
    system, ps, modules, memory, files, spinning, log = crash(
        said.flavour, core, 'sys', 'ps', 'mod', 'kmem -i', f'files {said.sleeps}', f'bt {said.spins}', 'log')
    assert f'RELEASE: {said.release}\n' in system and 'NODENAME: beta\n' in system and f'CPUS: {said.cpus}' in system
    check_processes(said, processes_in(ps))
    rows = [line.split() for line in modules.splitlines()[1:]]
    assert {row[1]: (int(row[3]), int(row[2], 16)) for row in rows} == said.modules
    total = int(re.search(r'TOTAL MEM +(\d+)', memory)[1]) * PAGE // 1024
    assert abs(total - said.memory) < said.memory / 50
    assert re.search(r'^ +0 \S+ \S+ \S+ REG +/tmp/marked$', files, re.M), files
    check_spinning(spinning)
    assert said.version in log
    inode = re.search(r'^ +0 \S+ \S+ (\S+) REG', files, re.M)[1]
    module = said.folder / 'known_values/known_values.ko'
    pages, _, values = crash(said.flavour, core, f'files -p {inode}', f'mod -s known_values {module}', 'p known_values')
    check_file(core, pages)
    assert f'word = "{WORD}\\000' in values
    assert ', '.join(str((i + 1) * NUMBER) for i in range(4)) in values


def test_backtraces(said):
    """Of the tasks that had the CPUs. What CPU 1 did at the panic, it had chosen itself."""
    panicked, parked = crash(said.flavour, said.crashed, 'bt -a')[0], crash(said.flavour, said.parked, 'bt -a')[0]
    assert 'sysrq_handle_crash at ' in panicked and panicked.count('PID: ') == said.cpus
    assert '[exception RIP: switchyard_gate_call_asm' in parked and ' pm_suspend' in parked
    assert parked.count('PID: ') == said.cpus


def load_offset(core):
    with CoreFile(core) as file:
        return int(re.search(r'^KERNELOFFSET=(\w+)', file.note('VMCOREINFO').decode(), re.M)[1], 16)


def check_gdb(told, core, *load):
    output = gdb(*load, f'core-file {core}', 'printf "%s", linux_banner', 'printf "%s\\n", init_uts_ns.name.nodename', TASKS)
    assert f'{told.version}\nbeta\n' in output, output
    check_processes(told, {int(pid): (told.processes.get(int(pid), (0, 0))[0], name)
                           for pid, name in re.findall(r'^@(\d+) (.*)$', output, re.M)})


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
    ps, backtrace = crash(said.flavour, thin, 'ps', f'bt {said.spins}')
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
