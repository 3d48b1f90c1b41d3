# SPDX-License-Identifier: GPL-2.0-only
"""A panic in beta: alpha is back, keeps its memory and its log on a disk, and starts it afresh. Whatever goes wrong
is told once, and nothing is tried twice."""

import re
import subprocess
import tarfile

import pytest

import guest_images
from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import module, open_console

FOLDER = '/etc/switchyard/on-crash.d'
STORE = '/var/crash'
STORE_MIB = 160
BETA_MIB = 128
SAYS = 'beta: after its crash, programs in /etc/switchyard/on-crash.d '
NAME = r'beta-\d{8}-\d{6}'
FAULTS = ('one', 'two')


def disks(folder):
    """One to keep dumps on, and one with makedumpfile and its libraries."""
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / 'tools.img', 'w', dereference=True) as archive:
        said = subprocess.run(['ldd', '/usr/bin/makedumpfile'], stdout=subprocess.PIPE, text=True, check=True,
                              timeout=60).stdout
        for file in ['/usr/bin/makedumpfile', *re.findall(r'/\S+', said)]:
            archive.add(file)
    with open(folder / 'store.img', 'wb') as disk:
        disk.truncate(STORE_MIB << 20)
    subprocess.run(['/usr/sbin/mkfs.ext4', '-q', folder / 'store.img'], check=True, timeout=60)
    return [word for name in ('store', 'tools')
            for word in ('-drive', f'if=virtio,format=raw,file={folder / name}.img')]


@pytest.fixture(scope='module')
def machine(module_machines):
    """alpha runs, and takes care of crashes of all others."""
    folder = module_machines.logs / 'disks'
    faults = [module('kernel', name, guest_images.assemble('faults', 0x3400000 + (number << 22), bits=64),
                     'mem=4M on-crash=alpha') for number, name in enumerate(FAULTS)]
    machine = module_machines.start(
        'timeout=-1', linux_slot('alpha', CLOUD, 'mem=384M on-crash=restart')
        + linux_slot('beta', OLDER_CLOUD, f'mem={BETA_MIB}M on-crash=alpha') + faults, memory='768M', devices=disks(folder))
    open_console(machine)
    machine.alpha, machine.beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.store = folder / 'store.img'
    machine.sendline('boot alpha')
    prepare(machine.alpha)
    return machine


def prepare(alpha):
    """After alpha has booted."""
    alpha.wait()
    alpha.run(f'cd / && tar xf /dev/vdb && mkdir -p {STORE} /etc/switchyard && mount /dev/vda {STORE} && '
              f'cp -r /usr/share/switchyard/on-crash.d {FOLDER}; cd', 60)


@pytest.fixture
def alpha(machine):
    yield machine.alpha
    machine.alpha.run(f'rm -f {FOLDER}/*; cp /usr/share/switchyard/on-crash.d/* {FOLDER}; dmesg -c > /dev/null')


def put(guest, name, text):
    guest.put_file(f'{FOLDER}/{name}', f'#!/bin/sh\n{text}\n')
    guest.run(f'chmod 755 {FOLDER}/{name}')


def crash(machine, mark=''):
    """beta runs, is fresh, and panics."""
    machine.beta.run(f'echo "{mark}" > /dev/kmsg; echo gone > /tmp/mark')
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect('slot beta has crashed: ', 60)
    machine.alpha.come_back()


def told(alpha):
    """The lines about programs that have failed, as soon as there is one."""
    alpha.run(f'until dmesg | grep -q "switchyard: {FOLDER}"; do sleep 0.1; done', 120)
    alpha.run('while pidof syctl > /dev/null; do sleep 0.1; done')
    return [line.split('switchyard: ')[1] for line in alpha.run('dmesg').splitlines() if FOLDER in line]


def kept(alpha):
    return alpha.run(f'ls {STORE}').split()


def test_a_panic_is_kept_and_beta_starts_afresh(machine, alpha):
    alpha.switch_to(machine.beta)
    crash(machine, 'these words are in its log')
    machine.beta.wait()
    assert machine.beta.try_run('cat /tmp/mark')[1] != 0, 'beta is not fresh'
    machine.beta.leave('syctl switch alpha')
    alpha.prompt()
    name, = (name for name in kept(alpha) if name != 'lost+found')
    assert re.fullmatch(NAME, name)
    machine.kept = name
    assert alpha.run(f'ls {STORE}/{name}').split() == ['dmesg', 'dump']
    log = alpha.run(f'cat {STORE}/{name}/dmesg')
    for words in ('these words are in its log', 'sysrq: Trigger a crash', 'Kernel panic - not syncing: sysrq'):
        assert words in log
    alpha.run(f'umount {STORE}')
    dump = machine.store.with_name('dump')
    subprocess.run(['/usr/sbin/debugfs', '-R', f'dump /{name}/dump {dump}', machine.store], check=True, timeout=60)
    alpha.run(f'mount /dev/vda {STORE}')
    assert dump.read_bytes().startswith(b'KDUMP   ')
    log = dump.with_name('log')
    subprocess.run(['makedumpfile', '-f', '--dump-dmesg', dump, log], check=True, timeout=60, stdout=subprocess.DEVNULL)
    assert 'these words are in its log' in log.read_text()
    assert FOLDER not in alpha.run('dmesg')
    assert SAYS not in alpha.run('syctl list')
    assert alpha.alarms() == []


def test_a_full_disk(machine, alpha):
    """What there was is kept, and beta is not started."""
    alpha.run(f'dd if=/dev/zero of={STORE}/full bs=1M 2>/dev/null; true', 60)
    alpha.leave('syctl switch beta')
    machine.beta.come_back()
    crash(machine)
    lines = told(alpha)
    assert len(lines) == 1
    assert re.fullmatch(rf'{FOLDER}/50-dump beta: ended with status 1: {STORE} has 0 MiB free; expected \d+ MiB for a '
                        'dump of beta', lines[0])
    alpha.run(f'rm {STORE}/full')
    assert kept(alpha) == [machine.kept, 'lost+found']
    listed = alpha.run('syctl list')
    assert re.search('^beta +crashed ', listed, re.MULTILINE)
    assert SAYS + 'have failed; they are not run again for it\n' in listed
    assert alpha.try_run('syctl on-crash') == ('', 0)


@pytest.mark.thorough
def test_a_disk_that_becomes_full(machine, alpha):
    """Without makedumpfile, the file gets larger than the quarter that was free before."""
    alpha.run('mv /usr/bin/makedumpfile /tmp')
    free = int(alpha.run(f"df -kP {STORE} | awk 'END {{ print int($4 / 1024) }}'"))
    alpha.run(f'dd if=/dev/zero of={STORE}/full bs=1M count={free - BETA_MIB // 4 - 1} 2>/dev/null', 60)
    alpha.leave('syctl boot beta')
    machine.beta.wait()
    crash(machine)
    assert re.fullmatch(rf'\[{FOLDER}/50-dump beta: ended with status 1: {STORE}/{NAME}.partial/dump: No space left on '
                        r'device\]', f"[{', '.join(told(alpha))}]")
    alpha.run(f'rm {STORE}/full; mv /tmp/makedumpfile /usr/bin')
    assert kept(alpha) == [machine.kept, 'lost+found']


@pytest.mark.thorough
def test_a_program_that_fails(machine, alpha):
    put(alpha, '10-fails', 'echo first; echo out of order; exit 3')
    alpha.leave('syctl boot beta')
    machine.beta.wait()
    crash(machine)
    assert told(alpha) == [f'{FOLDER}/10-fails beta: ended with status 3: out of order']
    assert kept(alpha) == [machine.kept, 'lost+found']
    assert SAYS in alpha.run('syctl list')
    alpha.run('syctl kill beta')
    assert SAYS not in alpha.run('syctl list')


@pytest.mark.thorough
def test_a_panic_in_the_middle(machine, alpha):
    """Of alpha itself. When it is back, it does not begin again."""
    alpha.put_file('/usr/bin/makedumpfile', '#!/bin/sh\necho half > $6; sync; echo c > /proc/sysrq-trigger\n')
    alpha.leave('syctl boot beta')
    machine.beta.wait()
    machine.beta.run('echo gone > /tmp/mark')
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect('slot beta has crashed: ', 60)
    machine.expect('slot alpha has crashed: ', 60)
    prepare(alpha)
    half, = (name for name in kept(alpha) if name.endswith('.partial'))
    assert alpha.run(f'cat {STORE}/{half}/dump.partial') == 'half\n'
    assert SAYS + 'run, or were cut short\n' in alpha.run('syctl list')
    assert alpha.try_run('syctl on-crash') == (
        f'error: {FOLDER} beta: the programs did not come to their end, and are not run again for this crash\n', 1)
    assert SAYS + 'have failed' in alpha.run('syctl list')
    assert alpha.try_run('syctl on-crash') == ('', 0)
    assert {machine.kept, half} < set(kept(alpha))


def test_crashes_from_before_alpha_booted(machine, alpha):
    """Each is told once, in the order in which they came."""
    alpha.run(f'rm -r {FOLDER}')
    for name in reversed(FAULTS):
        alpha.leave(f'syctl boot {name}')
        alpha.come_back()
    machine.sendline('reboot')
    machine.expect(PROMPT)
    machine.sendline('boot alpha')
    prepare(alpha)
    alpha.run(f'rm {FOLDER}/*')
    put(alpha, '10-tell', 'echo "$@" >> /tmp/told')
    assert alpha.try_run('syctl on-crash') == ('', 0)
    lines = alpha.run('cat /tmp/told').splitlines()
    assert [line.split()[0] for line in lines] == list(reversed(FAULTS))
    assert all(len(line.split()) > 1 for line in lines)
    assert alpha.try_run('syctl on-crash') == ('', 0)
    assert len(alpha.run('cat /tmp/told').splitlines()) == 2


def test_a_crash_that_is_found_later(machine, alpha):
    """When it comes, there are no programs yet. Somebody goes to the console, and back to alpha."""
    alpha.run(f'rm -r {FOLDER} /tmp/told')
    alpha.leave('syctl boot one')
    alpha.come_back()
    alpha.run(f'mkdir {FOLDER}')
    put(alpha, '10-tell', 'echo "$@" >> /tmp/told')
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.come_back()
    alpha.run('until [ -s /tmp/told ]; do sleep 0.1; done')
    assert alpha.run('cat /tmp/told').startswith('one ')


@pytest.mark.thorough
def test_a_slot_that_always_crashes(machine, alpha):
    """It is no Linux, so there is a dump by syctl itself, and a log that says so."""
    alpha.run('syctl kill one; rm -rf /run/switchyard')
    alpha.leave('syctl boot one')
    alpha.come_back()
    assert told(alpha) == [f'{FOLDER}/90-boot one: ended with status 1: '
                           'one has crashed 4 times within 3600 s; it stays as it is']
    folders = [name for name in kept(alpha) if name.startswith('one-')]
    assert len(folders) == 4
    for name in folders:
        assert alpha.run(f'head -c 4 {STORE}/{name}/dump') == '\x7fELF'
        assert alpha.run(f'cat {STORE}/{name}/dmesg').startswith('error: one: ')
    assert SAYS.replace('beta', 'one') + 'have failed' in alpha.run('syctl list')
