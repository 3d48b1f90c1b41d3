# SPDX-License-Identifier: GPL-2.0-only
"""crash, gdb and makedumpfile of a Debian that knows newer kernels, with debug information: make debug-tools. They read
a core file here, or /proc/switchyard/SLOT in a guest."""

import re
import shutil
import subprocess
import tempfile
import types

import pytest

from linux import CLOUD, I386, I386_FOLDER, KERNELS, OLDER_GENERIC
from paths import BUILD

DEBUG = BUILD / 'debug'
TOOLS = DEBUG / 'tools'
LIBRARIES = TOOLS / 'usr/lib/x86_64-linux-gnu'
LOADER = LIBRARIES / 'ld-linux-x86-64.so.2'
TOOLS_I386 = DEBUG / 'tools-i386'
LIBRARIES_I386 = TOOLS_I386 / 'usr/lib/i386-linux-gnu'
LOADER_I386 = LIBRARIES_I386 / 'ld-linux.so.2'
RUNNER_I386 = TOOLS_I386 / 'qemu'  # where this machine's kernel does not run programs for the i386
# Linux for the i386 does not say by how much KASLR has moved it, and crash takes its first address for PAGE_OFFSET.
CRASH_I386 = ['--kaslr=auto', '--machdep', 'page_offset=0xc0000000']
LIMIT = 300
DISK_MIB = 100  # beside vmlinux

# A file of tests that need them has this as its pytestmark.
NEEDED = [pytest.mark.thorough,
          pytest.mark.skipif(not all((DEBUG / flavour / 'version').exists() for flavour in (OLDER_GENERIC, CLOUD)),
                             reason='no debug information: make debug-tools')]


NEEDED_I386 = [pytest.mark.thorough,
               pytest.mark.skipif(not (DEBUG / I386 / 'version').exists(), reason='no debug information: make debug-tools')]

# What a slot's kernel says of itself before its memory is read.
MARKER = 'page %d of a file that beta has open'
PAGES = 20
PAGE = 4096
COMM = 15  # characters of a name that a task has; /proc shows more of a kernel's thread
TASKS = """set $offset = (long)&((struct task_struct *)0)->tasks
set $task = &init_task
set $count = 0
while $count < 1000
  printf "@%d %s\\n", $task->pid, $task->comm
  set $task = (struct task_struct *)((char *)$task->tasks.next - $offset)
  set $count = $task == &init_task ? 1000 : $count + 1
end"""


def make_file(guest):
    """A file in memory, which a program has open from now on."""
    guest.run(f"i=0; while [ $i -lt {PAGES} ]; do printf '%-{PAGE}s' \"{MARKER.replace('%d', '$i')}\"; "
              'i=$((i + 1)); done > /tmp/marked')
    guest.run('sleep 10000 < /tmp/marked & until pidof sleep; do sleep 0.1; done')


def told_by(guest):
    """Its processes, modules and so on, after make_file()."""
    status = guest.run("cd /proc; for p in [0-9]*; do sed -n 's/^\\(Name\\|Pid\\|PPid\\):.//p' $p/status 2>/dev/null | "
                       "tr '\\n' '@'; echo; done; cd /")
    processes = {int(pid): (int(parent), name[:COMM]) for name, pid, parent
                 in (line.split('@')[:3] for line in status.splitlines() if line.count('@') == 3)}
    modules = {name: (int(size), int(address, 16)) for name, size, *_, address
               in (line.replace(' (OE)', '').replace(' (O)', '').split() for line in guest.run('cat /proc/modules').splitlines())}
    return types.SimpleNamespace(
        processes=processes, modules=modules, by_name={name: pid for pid, (_, name) in processes.items()},
        release=guest.run('uname -r').strip(), version=guest.run('cat /proc/version').strip(),
        memory=int(re.search(r'MemTotal: +(\d+)', guest.run('cat /proc/meminfo'))[1]))


def processes_in(ps):
    """What crash's ps lists, as told_by() has it."""
    rows = [line.replace('>', ' ').split(maxsplit=8) for line in ps.splitlines()[1:]]
    return {int(row[0]): (int(row[1]), row[8].strip('[]')) for row in rows if row[0] != '0'}


def check_processes(told, listed):
    """All that still ran when it stopped. The shell's last sed and cat have ended; and workers of the kernel come and go,
    and /proc adds to their names."""
    known = {pid: of for pid, of in told.processes.items()
             if not of[1].startswith('kworker') and of[1] not in ('sed', 'sh', 'cat')}
    assert len(known) > 20
    assert known.items() <= listed.items(), known.items() - listed.items()
    names = [name for _, name in listed.values()]
    assert names.count('init') == 1 and 'sh' in names


def check_modules(told, mod):
    """What crash's mod lists."""
    rows = [line.split() for line in mod.splitlines()[1:]]
    assert {row[1]: (int(row[3]), int(row[2], 16)) for row in rows} == told.modules


def check_memory(told, kmem):
    """What crash's kmem -i sums up, in pages."""
    total = int(re.search(r'TOTAL MEM +(\d+)', kmem)[1]) * PAGE // 1024
    assert abs(total - told.memory) < told.memory / 50


def check_file(core, pages, address_digits=16):
    """crash's files -p says where in RAM the pages of the file are."""
    found = {}
    for row in (line.split() for line in pages.splitlines()):
        if len(row) > 4 and re.fullmatch(f'[0-9a-f]{{{address_digits}}}', row[0]):
            found[int(row[3], 16)] = core.physical(int(row[1], 16), PAGE).decode().rstrip()
    assert found == {number: MARKER % number for number in range(PAGES)}


def check_gdb(told, core, *load):
    output = gdb(*load, f'core-file {core}', 'printf "%s", linux_banner', 'printf "%s\\n", init_uts_ns.name.nodename', TASKS)
    assert f'{told.version}\nbeta\n' in output, output
    check_processes(told, {int(pid): (told.processes.get(int(pid), (0, 0))[0], name)
                           for pid, name in re.findall(r'^@(\d+) (.*)$', output, re.M)})


def vmlinux(flavour):
    kernel = I386_FOLDER if flavour == I386 else KERNELS / flavour
    assert (DEBUG / flavour / 'version').read_text() == (kernel / 'version').read_text()
    return DEBUG / flavour / 'vmlinux'


def _tool(name, flavour=CLOUD):
    if flavour == I386:
        runner = [RUNNER_I386] if RUNNER_I386.exists() else []
        return [*runner, LOADER_I386, '--library-path', LIBRARIES_I386, TOOLS_I386 / 'usr/bin' / name]
    return [LOADER, '--library-path', LIBRARIES, TOOLS / 'usr/bin' / name]


def _run(*command, text=None):
    return subprocess.run([str(word) for word in command], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors='replace', timeout=LIMIT, check=False)


def crash(flavour, core, *commands):
    """What each command of crash says."""
    lines = ''.join(f'!echo @{number}@\n{command}\n' for number, command in enumerate(commands)) + '!echo @@\nquit\n'
    said = _run(*_tool('crash', flavour), '-s', *(CRASH_I386 if flavour == I386 else []), vmlinux(flavour), core, text=lines)
    assert said.returncode == 0, said.stdout
    return pieces_of(said.stdout, len(commands))


def pieces_of(said, count):
    """What stands behind @0@, @1@ and so on, up to @@."""
    found = re.split(r'^@\d*@\n', said, flags=re.M)[1:]
    assert len(found) == count + 1, said
    return found[:-1]


def gdb(*commands):
    with tempfile.NamedTemporaryFile('w', suffix='.gdb') as script:
        script.write('\n'.join(commands) + '\n')
        script.flush()
        said = _run('gdb', '-batch', '-nx', '-x', script.name)
    assert said.returncode == 0, said.stdout
    return said.stdout


def makedumpfile(options, core, to, flavour=CLOUD):
    to.unlink(missing_ok=True)
    said = _run(*_tool('makedumpfile', flavour), *options, core, to)
    assert said.returncode == 0, said.stdout
    return said.stdout


def flatten(options, core, to):
    """Writes a dump in makedumpfile's flattened form (-F) through a pipe, and puts it together again (-R)."""
    to.unlink(missing_ok=True)
    with subprocess.Popen([*map(str, _tool('makedumpfile')), *options, '-F', str(core)], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as source:
        said = subprocess.run([*map(str, _tool('makedumpfile')), '-R', str(to)], stdin=source.stdout,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT, check=False)
    assert said.returncode == 0 and source.returncode == 0, said.stdout


def tools_disk(flavour, folder):
    """A disk (ext4) with crash, its libraries, and that kernel's vmlinux, to chroot into. Returns QEMU's arguments."""
    root, image = folder / 'tools', folder / 'tools.ext4'
    shutil.rmtree(root, ignore_errors=True)
    for name in ('bin', 'dev', 'proc', 'tmp', 'usr/bin', 'usr/lib64', 'lib64'):
        (root / name).mkdir(parents=True)
    listed = _run(LOADER, '--library-path', LIBRARIES, '--list', TOOLS / 'usr/bin/crash').stdout
    shutil.copy(TOOLS / 'usr/bin/crash', root / 'usr/bin')
    shutil.copy('/bin/busybox', root / 'bin/sh')  # for crash's own `!`
    (root / 'lib').symlink_to('usr/lib64')
    for path in re.findall(r'=> (/\S+)', listed):
        shutil.copy(path, root / 'usr/lib64')
    shutil.copy(LOADER, root / 'lib64')
    (root / 'vmlinux').hardlink_to(vmlinux(flavour))
    image.unlink(missing_ok=True)
    subprocess.run(['/usr/sbin/mkfs.ext4', '-q', '-d', root, image,
                    f'{(vmlinux(flavour).stat().st_size >> 20) + DISK_MIB}M'], check=True, timeout=120)
    shutil.rmtree(root)
    return ['-drive', f'file={image},format=raw,if=virtio,readonly=on']


def mount_tools(guest, device):
    guest.run(f'mkdir -p /tools; mount -t ext4 -o ro {device} /tools; '
              'for d in proc dev tmp; do mount -o bind /$d /tools/$d; done')
