# SPDX-License-Identifier: GPL-2.0-only
"""syctl load, boot, kill, log, add and remove: new images and new slots, from the shell of a running Linux."""

import base64
import http.server
import json
import re
import subprocess
import threading

import pytest

import guest_images
from core_file import PAGE, CoreFile
from linux import CLOUD, I386_FOLDER, NO_I386, OLDER_CLOUD, Linux, initrd, kernel, linux_slot
from paths import TICK
from qemu import PROMPT
from switchyard import BOOT_LIMIT, open_console, slots, tick_count, tick_slot

HOST = '10.0.2.2'  # QEMU's user network
APPEND = 'console=tty0 console=ttyS0,115200'


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope='module')
def files():
    """Files for the guests, by HTTP."""
    content = {'/vmlinuz': kernel(CLOUD).read_bytes(), '/initrd': initrd(CLOUD).read_bytes(),
               '/tick': TICK.read_bytes()}
    content |= {f'/i386-{file.name}': file.read_bytes() for file in (I386_FOLDER / 'vmlinuz', I386_FOLDER / 'initrd') if file.exists()}

    class Handler(Quiet):
        def do_GET(self):
            self.send_response(200)
            self.send_header('Content-Length', str(len(content[self.path])))
            self.end_headers()
            self.wfile.write(content[self.path])

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://{HOST}:{server.server_port}'
    server.shutdown()


@pytest.fixture(scope='module')
def machine(module_machines, files):
    """Alpha runs a Linux and has the files in /tmp. Beta has tick, in a range that is large enough for a Linux."""
    machine = module_machines.start(
        'timeout=-1', linux_slot('alpha', OLDER_CLOUD, 'mem=384M') + tick_slot('beta', 'mem=192M'),
        memory='1G', smp=2, no_reboot=False, devices=['-nic', 'user,model=virtio-net-pci'])
    open_console(machine)
    machine.sendline('boot alpha')
    machine.alpha = Linux(machine, 'alpha')
    machine.beta = Linux(machine, 'beta')
    machine.alpha.wait()
    for name in ('vmlinuz', 'initrd', 'tick'):
        machine.alpha.run(f'wget -q -O /tmp/{name} {files}/{name}', 120)
    return machine


def at_console(machine, command):
    """What the console says. It is reached from alpha, which goes on then."""
    machine.alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    shown = machine.command(command)
    machine.sendline('switch alpha')
    machine.alpha.come_back()
    return shown


def listed(machine):
    return {row['slot']: row for row in json.loads(machine.alpha.run('syctl list --json'))}


def free_memory(machine):
    """How much RAM is free, as the console says it."""
    return re.search(r'^free +(\d.*)$', at_console(machine, 'mem'), re.MULTILINE)[1]


def test_the_log(machine):
    text = machine.alpha.run('syctl log')
    assert re.search(r'^\[\d+\.\d{6}\] starting alpha: linux', text, re.MULTILINE)
    lines = json.loads(machine.alpha.run('syctl log --json'))['lines']
    assert lines == text.replace('\r', '').rstrip('\n').split('\n')


@pytest.mark.parametrize('command, reason', [
    ('load beta --kernel /etc/nothing', 'error: /etc/nothing: No such file or directory'),
    ('load beta --kernel /tmp', 'error: /tmp: no regular file'),
    ('load alpha --kernel /tmp/tick', 'error: alpha: slot alpha is running; only a slot that does not run can be loaded'),
    ('load nobody --kernel /tmp/tick', 'error: no slot is called nobody; there are alpha, beta'),
    ('load beta --kernel /bin/busybox', r'error: beta: .*'),
    ('load beta --kernel /etc/motd', 'error: beta: not a kernel of a known type: no bzImage, Multiboot or ELF magic'),
    ('load beta --kernel /tmp/short', r'error: beta: .*'),
    ('load beta --kernel /tmp/sparse', r'error: /tmp/sparse: no room: wanted 2 GiB in one piece; the largest free piece has .*'),
    ('load beta --kernel /tmp/vmlinuz --initrd /tmp/large', r'error: beta: kernel needs .*'),
    ('kill beta', 'error: beta: slot beta is ready; only a parked, crashed or interrupted one can be killed'),
    ('boot alpha', 'error: alpha: that slot is this one'),
])
def test_refusals(machine, command, reason):
    """One line each, and nothing changes."""
    alpha = machine.alpha
    alpha.run('[ -e /tmp/short ] || { head -c 3000000 /tmp/vmlinuz > /tmp/short; truncate -s 2G /tmp/sparse; '
              'truncate -s 140M /tmp/large; }')
    before = alpha.run('syctl list')
    output, status = alpha.try_run(f'syctl {command}', 60)
    errors = [line for line in output.replace('\r', '').rstrip('\n').split('\n') if not line.startswith('loading ')]
    assert status == 1 and len(errors) == 1
    assert re.fullmatch(reason, errors[0])
    assert alpha.run('syctl list') == before


@pytest.mark.parametrize('arguments', ['', 'beta', '--kernel /tmp/tick', 'beta --kernel', 'beta --kernel /tmp/tick --initrd',
                                       'beta --kernel /tmp/tick --kernel /tmp/tick', 'beta --xml --kernel /tmp/tick'])
def test_wrong_usage(machine, arguments):
    output, status = machine.alpha.try_run(f'syctl load {arguments}')
    assert status == 2 and 'usage' in output


def test_refused_images_have_changed_nothing(machine):
    """The old image of beta still starts."""
    machine.alpha.leave('syctl boot beta')
    tick_count(machine, 'beta')
    machine.send('1')
    machine.alpha.come_back()


@pytest.mark.parametrize('loads', [20, pytest.param(100, marks=pytest.mark.thorough)])
def test_many_loads_leak_nothing(machine, loads):
    """On a CPU that is not the boot CPU. Each image differs, so that it is not kept once."""
    alpha = machine.alpha
    alpha.run('syctl load beta --kernel /tmp/tick')  # as GRUB's, which is kept
    before = free_memory(machine)
    alpha.run(f'for i in $(seq {loads}); do cp /tmp/tick /tmp/image; echo $i >> /tmp/image; '
              'taskset 2 syctl load beta --kernel /tmp/image --append "number $i" --module /tmp/image,$i || exit; done '
              '> /tmp/loads', 600)
    assert alpha.run('grep -c "^loading beta: .*done" /tmp/loads').strip() == str(loads)
    alpha.run('syctl load beta --kernel /tmp/tick')
    assert free_memory(machine) == before


def test_a_larger_kernel(machine):
    """Beta was a small guest, and becomes a newer Linux than alpha. Its files are larger than all before."""
    alpha, beta = machine.alpha, machine.beta
    output = alpha.run(f'syctl load beta --kernel /tmp/vmlinuz --initrd /tmp/initrd --append "{APPEND}"', 120)
    assert re.match(r'loading beta: kernel \d+\.\d MiB, initrd \d+\.\d MiB \.{10} done', output)
    assert re.search(r'^beta +parked .* linux ', alpha.run('syctl list'), re.MULTILINE)  # tick, until it starts afresh
    alpha.leave('syctl boot beta')
    beta.wait()
    assert APPEND in beta.run('cat /proc/cmdline')
    assert beta.run('uname -r').strip().endswith(CLOUD.split('-', 1)[1])
    beta.leave('syctl switch alpha')
    alpha.come_back()
    row = next(row for row in json.loads(alpha.run('syctl list --json')) if row['slot'] == 'beta')
    assert row['state'] == 'parked'


def test_a_parked_slot_goes_on_until_it_is_killed(machine):
    """A new image changes nothing of what it does; kill forgets that; the same image is kept once."""
    alpha, beta = machine.alpha, machine.beta
    before = free_memory(machine)
    told = json.loads(alpha.run(f'syctl load beta --kernel /tmp/vmlinuz --initrd /tmp/initrd --append "{APPEND}" --json', 120))
    assert told['slot'] == 'beta' and told['state'] == 'parked' and told['type'] == 'linux'
    assert told['kernel'] == kernel(CLOUD).stat().st_size and told['initrd'] == initrd(CLOUD).stat().st_size
    assert free_memory(machine) == before
    alpha.leave('syctl switch beta')
    beta.come_back()
    beta.leave('syctl switch alpha')
    alpha.come_back()
    assert json.loads(alpha.run('syctl kill beta --json')) == {'slot': 'beta', 'state': 'ready'}
    assert re.search(r'^beta +ready ', alpha.run('syctl list'), re.MULTILINE)
    assert 'slot beta was killed; it is ready' in alpha.run('syctl log')


def test_what_was_begun_is_forgotten(machine):
    """A program that ends in the middle of it leaves nothing behind, also if it has to wait for another one."""
    before = free_memory(machine)
    machine.alpha.run('truncate -s 200M /tmp/slow; (while [ -e /tmp/slow ]; do syctl log; done > /dev/null) & '
                      'for i in 1 2 3 4 5 6; do timeout -s KILL 0.2 syctl load beta --kernel /tmp/slow; done; '
                      'rm /tmp/slow; wait', 60)
    assert free_memory(machine) == before
    machine.alpha.run('syctl load beta --kernel /tmp/tick && syctl load beta --kernel /tmp/vmlinuz '
                      f'--initrd /tmp/initrd --append "{APPEND}"', 120)


def test_the_console_knows_the_image(machine):
    machine.alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    assert slots(machine)['beta']['TYPE'] == 'linux'
    assert 'error' not in machine.command('selftest')
    machine.sendline('switch alpha')
    machine.alpha.come_back()


@pytest.mark.parametrize('command, reason', [
    ('add beta --mem 16M', 'error: beta: slot beta is there already'),
    ('add Try --mem 16M', 'error: Try: bad name "Try"; expected a-z, 0-9, then also dot, _ and -'),
    ('add a-name-that-is-too-long --mem 16M', 'error: .*: name ".*" has 23 characters; expected at most 16'),
    ('add try --mem 5X', 'error: try: bad size "5X"; expected a number with K, M or G'),
    ('add try --mem 4K', 'error: try: a size of 4 KiB; expected 1 MiB at least'),
    ('add try --mem 9G', 'error: try: no room: wanted 9 GiB in one piece, .* left; lower mem= or drop a slot'),
    ('add try --mem 16M@16M', 'error: try: mem= asks for 0x1000000-0x2000000, but slot beta has .*; change mem='),
    ('add try --mem 16M --cpus 1', 'error: try: bad CPUs "1"; expected CPU 0 among them: every slot runs on it'),
    ('add try --mem 16M --on-crash !', "error: try: bad successor \"!\"; expected monitor, restart or a slot's name"),
    ("add try --mem '16M x=1'", 'error: try: unknown option "x=1"; expected .*'),
    ('remove alpha', 'error: alpha: slot alpha is running; only a ready or empty slot can be removed'),
    ('remove beta', 'error: beta: slot beta is parked; it can be removed when it is killed'),
    ('remove nobody', 'error: no slot is called nobody; there are alpha, beta'),
])
def test_slots_that_can_not_come_or_go(machine, command, reason):
    """One line each, and nothing changes."""
    alpha = machine.alpha
    if listed(machine)['beta']['state'] != 'parked':
        alpha.leave('syctl switch beta')
        machine.beta.wait()
        machine.beta.leave('syctl switch alpha')
        alpha.come_back()
    before = alpha.run('syctl list')
    output, status = alpha.try_run(f'syctl {command}')
    errors = output.replace('\r', '').rstrip('\n').split('\n')
    assert status == 1 and len(errors) == 1
    assert re.fullmatch(reason, errors[0])
    assert alpha.run('syctl list') == before


@pytest.mark.parametrize('arguments', ['add', 'add try', 'add --mem 16M', 'add try --mem', 'add try --mem 1M --mem 2M',
                                       'add try --mem 16M --xml', 'add try two --mem 16M', 'remove', 'remove a b'])
def test_wrong_usage_of_add(machine, arguments):
    output, status = machine.alpha.try_run(f'syctl {arguments}')
    assert status == 2 and 'usage' in output


def test_a_slot_that_was_added(machine):
    """It is empty, then a Linux with one of the two CPUs, which comes back; its RAM and files are free in the end."""
    alpha = machine.alpha
    guest = Linux(machine, 'try')
    before = at_console(machine, 'mem')
    told = json.loads(alpha.run('syctl add try --mem 192M --cpus 0 --on-end alpha --json'))
    assert told['number'] == 3 and told['state'] == 'empty' and told['memory'] == 192 << 20
    row = listed(machine)['try']
    assert row['type'] is None and row['base'] == told['base'] and row['runs'] == 0
    for way in ('boot', 'switch'):
        output, status = alpha.try_run(f'syctl {way} try')
        assert status == 1 and output.strip() == 'error: try: that slot has no image yet; "syctl load" gives it one'
    assert 'error: slot try is empty; "syctl load try" gives it an image' in at_console(machine, 'boot try')
    alpha.run(f'syctl load try --kernel /tmp/vmlinuz --initrd /tmp/initrd --append "{APPEND}"', 120)
    alpha.leave('syctl boot try')
    guest.wait()
    assert guest.run('nproc').strip() == '1'
    start, = re.findall(r'^([0-9a-f]+)-[0-9a-f]+ : System RAM', guest.run('cat /proc/iomem | tail -n +4'), re.MULTILINE)[:1]
    assert int(start, 16) == told['base']
    guest.leave('syctl switch alpha')
    alpha.come_back()
    assert listed(machine)['try']['state'] == 'parked'
    guest_again(machine, guest)
    alpha.run('syctl kill try')
    assert json.loads(alpha.run('syctl remove try --json')) == {'number': 3, 'slot': 'try', 'removed': True}
    assert list(listed(machine)) == ['alpha', 'beta']
    assert at_console(machine, 'mem') == before
    log = alpha.run('syctl log')
    assert 'slot try was added: 192 MiB at ' in log and 'slot try was removed' in log


def guest_again(machine, guest):
    """It goes on where it was, and ends: its line says that alpha is next."""
    machine.alpha.leave('syctl switch try')
    guest.come_back()
    guest.leave('poweroff -f')
    machine.alpha.come_back()
    assert listed(machine)['try']['state'] == 'ready'
    machine.alpha.leave('syctl boot try')
    guest.wait()
    guest.leave('syctl switch alpha')
    machine.alpha.come_back()


@pytest.mark.parametrize('rounds', [20, pytest.param(100, marks=pytest.mark.thorough)])
def test_slots_that_come_and_go_leak_nothing(machine, rounds):
    """Two of them at a time, loaded, on a CPU that is not the boot CPU. Numbers of others stay."""
    alpha = machine.alpha
    before = at_console(machine, 'mem')
    alpha.run(f'for i in $(seq {rounds}); do taskset 2 syctl add one --mem 16M && taskset 2 syctl add two --mem 8M@1M && '
              'echo $i | cat /tmp/tick - > /tmp/image && syctl load two --kernel /tmp/image && syctl remove one && '
              'syctl list && syctl remove two || break; done > /tmp/rounds', 600)
    assert alpha.run('grep -c "^two *ready *8 MiB *0x100000 *multiboot2 " /tmp/rounds').strip() == str(rounds)
    assert at_console(machine, 'mem') == before


def test_each_type_of_kernel_in_an_added_slot(machine):
    """Multiboot 2, then the console removes what a guest has added; a slot of GRUB's lines goes, too."""
    alpha = machine.alpha
    alpha.run('syctl add small --mem 16M')
    alpha.run('syctl load small --kernel /tmp/tick')
    alpha.leave('syctl boot small')
    tick_count(machine, 'small')
    machine.send('1')
    alpha.come_back()
    alpha.run('syctl kill beta; syctl remove beta')
    assert [row['number'] for row in listed(machine).values()] == [1, 3]
    alpha.leave('syctl switch small')
    tick_count(machine, 'small')
    machine.send('2')
    machine.expect('the gate refused: error -2, no slot has that number')
    machine.send('m')
    machine.expect(PROMPT)
    assert list(slots(machine)) == ['alpha', 'small']
    assert 'slot again was added' in machine.command('add again --mem 64M --cpus 0')
    assert machine.command('remove small').strip() == 'error: slot small is parked; it can be removed when it is killed'
    machine.command('kill small')
    machine.command('remove small')
    assert list(slots(machine)) == ['alpha', 'again']
    assert 'error' not in machine.command('selftest')
    machine.sendline('switch alpha')
    alpha.come_back()
    assert listed(machine)['again'] | {'base': 0} == {
        'number': 2, 'slot': 'again', 'state': 'empty', 'memory': 64 << 20, 'base': 0, 'type': None, 'runs': 0,
        'driverless': False, 'crash': 'none', 'self': False}


@pytest.mark.skipif(NO_I386, reason='this Debian has no kernel for the i386')
def test_an_i386_kernel(machine, files, tmp_path):
    """The last one of this machine. This kernel has no driver, and its panic resets the machine. Its memory is a core file
    for the i386."""
    alpha, old = machine.alpha, Linux(machine, 'old')
    for name in ('vmlinuz', 'initrd'):
        alpha.run(f'wget -q -O /tmp/i386-{name} {files}/i386-{name}', 120)
    alpha.run('syctl add old --mem 192M --cpus 0')
    alpha.run('syctl load old --kernel /tmp/i386-vmlinuz --initrd /tmp/i386-initrd '
              f'--append "{APPEND} sy.name=old panic=1"', 120)
    assert listed(machine)['old']['type'] == 'linux'
    alpha.leave('syctl boot old')
    old.wait()
    assert old.run('uname -m') == 'i686\n'
    text = int(re.search('^([0-9a-f]+) T _stext$', old.run('grep " _stext$" /proc/kallsyms'), re.M)[1], 16)
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect('slot old has crashed: it reset the machine', 60)
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.come_back()
    assert 'Kernel panic - not syncing: sysrq triggered crash' in alpha.run('syctl log old')
    check_i386_core(alpha.run(f'head -c {PAGE} $(syctl core old) | base64'), text, tmp_path / 'core')
    check_i386_dumps(alpha)


def check_i386_core(encoded, text, path):
    path.write_bytes(base64.b64decode(encoded))
    said = subprocess.run(['readelf', '-h', '-n', path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=True, timeout=60).stdout
    assert 'ELF32' in said and 'Intel 80386' in said and 'CORE (Core file)' in said and 'arning' not in said, said
    with CoreFile(path) as core:
        assert [name for name, _, _ in core.notes] == ['VMCOREINFO', 'SWITCHYARD']
        assert f'SYMBOL(_stext)={text:x}\n' in core.note('VMCOREINFO').decode()
        assert all(address == physical + 0xc0000000 for _, address, physical, _ in core.loads)
        assert any(address <= text < address + size for _, address, _, size in core.loads)


def check_i386_dumps(alpha):
    """What makedumpfile is not needed for. A script takes the place of one that is not for the i386."""
    alpha.put_file('/bin/makedumpfile', '#!/bin/sh\necho "it is no x86_64"\nexit 1\n')
    alpha.run('chmod +x /bin/makedumpfile')
    # Other slots have used that RAM, so less of it may be zero than /tmp has room for.
    alpha.run('mkdir /room && mount -t tmpfs -o size=300M none /room')
    for level in ('0', '1'):
        assert ' of zeros left out; ' in alpha.run(f'syctl dump old /room/old.core -d {level}', 60)
        assert alpha.run('dd if=/room/old.core bs=1 skip=4 count=1 2>/dev/null | od -An -tu1').split() == ['1']
        assert alpha.run('head -c 4096 /room/old.core | grep -ac "^LEVEL=1 $"') == '1\n'
        alpha.run('rm /room/old.core')
    output, status = alpha.try_run('syctl dump old /room/old.core -d 31')
    assert (output, status) == ("it is no x86_64\nerror: /room/old.core: makedumpfile has failed; old's kernel is 32-bit, which "
                                "only the i386's makedumpfile reads: leave out -d; no file is left\n", 1)
    assert alpha.try_run('ls /room/old.core*')[1] == 1
    alpha.run('umount /room')


@pytest.mark.thorough
@pytest.mark.parametrize('name, address, bits, greeting', [
    ('multiboot1', 32 << 20, 32, 'OK multiboot1 elf'), ('elf64', 48 << 20, 64, 'OK elf64')])
def test_a_kernel_that_is_linked_to_an_address(machines, name, address, bits, greeting):
    """It gets a slot there, and is entered as if GRUB had loaded it."""
    disk = guest_images.assemble(name, address, bits=bits)
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', CLOUD, 'mem=384M@64M'), memory='1G',
                             devices=['-drive', f'file={disk},format=raw,if=virtio,readonly=on'])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.run(f'syctl add small --mem 4M@{address:#x}')
    alpha.run(f'head -c {disk.stat().st_size} /dev/vda > /tmp/kernel')
    alpha.run('syctl load small --kernel /tmp/kernel')
    alpha.leave('syctl boot small')
    machine.expect(greeting, BOOT_LIMIT)
