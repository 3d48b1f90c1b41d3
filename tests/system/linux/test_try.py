# SPDX-License-Identifier: GPL-2.0-only
"""syctl try: a kernel without our driver is started from a shell, and the shell comes back when it ends."""

import json
import re

import pytest

from linux import CLOUD, LINUX_BOOT_LIMIT, OLDER_CLOUD, Linux, kernel, linux_slot
from qemu import PROMPT
from switchyard import open_console, tick_count, tick_slot
from trial import driver, make_disk, make_initrd

APPEND = 'console=ttyS0,115200 oops=panic'
FILES = '--kernel /tmp/vmlinuz --driver /tmp/switchyard.ko'


@pytest.fixture(scope='module')
def machine(module_machines):
    """Alpha's kernel is an older one than the one that it tries."""
    logs = module_machines.logs
    disk = make_disk(logs / 'files.tar', {
        'vmlinuz': kernel(CLOUD), 'switchyard.ko': driver(CLOUD), 'older.ko': driver(OLDER_CLOUD),
        'initrd': make_initrd(CLOUD, logs / 'initrd'),
        'initrd.lz4': make_initrd(CLOUD, logs / 'initrd.lz4', ('lz4', '-l', '-9'))})
    machine = module_machines.start(
        'timeout=-1', linux_slot('alpha', OLDER_CLOUD, 'mem=256M') + tick_slot(), memory='768M', smp=2, devices=disk)
    open_console(machine)
    machine.sendline('boot alpha')
    machine.alpha = Linux(machine, 'alpha')
    machine.alpha.wait()
    machine.alpha.run('tar xf /dev/vda -C /tmp')
    return machine


def tries(machine, program, options='', append='', initrd='/tmp/initrd'):
    """Returns what is printed, of the kernel that is tried, too, and the exit status."""
    output, status = machine.alpha.try_run(
        f'syctl try {FILES} --initrd {initrd} {options} --append "{APPEND} rdinit=/{program} {append}"', LINUX_BOOT_LIMIT)
    return output.replace('\r', ''), status


def slot_row(machine):
    rows = json.loads(machine.alpha.run('syctl list --json'))
    return next(row for row in rows if row['slot'] == 'try')


def state(machine):
    return slot_row(machine)['state']


def test_a_module_with_a_bug(machine):
    """The slot is added. There is no 1 GiB for it, and no 512 MiB."""
    output, status = tries(machine, 'init')
    assert status == 1
    assert re.match(r'loading try: bzImage \d+\.\d MiB, initrd \d+\.\d MiB \.{10} done\n', output)
    assert re.search(r'^try: crashed after \d+\.\d s: Kernel panic - not syncing: Fatal exception\n\Z', output, re.MULTILINE)
    assert 'slot try: its kernel has never shown a driver' in output
    # The last lines of its log.
    assert 'Modules linked in: faulty' in output.split('error: slot try has crashed')[1]
    assert slot_row(machine)['memory'] == 256 << 20 and state(machine) == 'crashed'


def test_the_slots_options(machine):
    """They make the slot anew. Without them it stays as it is."""
    output, status = tries(machine, 'count', '--mem 192M --cpus 0')
    assert status == 0 and '\n@1@\n' in output
    assert slot_row(machine)['memory'] == 192 << 20
    output, status = tries(machine, 'count')
    assert status == 0 and '\n@1@\n' in output
    output, status = tries(machine, 'count', '--mem 64G')
    assert status == 1 and re.fullmatch('error: try: .*64 GiB.*\n', output)
    output, status = tries(machine, 'count')
    assert status == 0 and '\n@2@\n' in output
    assert slot_row(machine)['memory'] == 256 << 20


def test_a_panic_on_the_other_cpu(machine):
    output, status = tries(machine, 'panic', '--json')
    assert status == 1
    told = json.loads(output.rstrip('\n').split('\n')[-1])
    assert told['slot'] == 'try' and told['outcome'] == 'crashed' and told['seconds'] > 0
    assert told['reason'] == 'Kernel panic - not syncing: sysrq triggered crash'


@pytest.mark.parametrize('program, outcome', [('poweroff', 'powered off'), ('reboot', 'rebooted')])
def test_an_end(machine, program, outcome):
    output, status = tries(machine, program)
    assert status == 0
    assert re.search(rf'^try: {outcome} after \d+\.\d s\n\Z', output, re.MULTILINE)
    assert state(machine) == 'ready'


def test_the_initrds_own_init(machine):
    """It gets the words of the command line, finds the driver loaded, and nothing of our files. Our archive
    stands before the initrd, so it does not matter how that is compressed."""
    output, status = tries(machine, 'words', append='-- one two')
    assert status == 0 and '\n@/words one two@\n' in output
    output, status = tries(machine, 'look', initrd='/tmp/initrd.lz4')
    assert status == 0
    files, modules = re.search(r'^@([^@]*) @(.*)', output, re.MULTILINE | re.DOTALL).groups()
    assert 'faulty.ko' in files and 'switchyard' not in files
    assert modules.startswith('switchyard ')


def test_no_init(machine):
    output, status = tries(machine, 'nothing')
    assert status == 1
    assert "switchyard: the initrd's /nothing can't be started: No such file or directory; rdinit= names another one" in output
    assert 'Kernel panic - not syncing: Attempted to kill init!' in output.rstrip('\n').split('\n')[-1]


def test_a_driver_that_is_not_loaded(machine):
    """Here, the kernel insists on signed modules. With --efi on, its panic comes back as a reboot."""
    output, status = tries(machine, 'panic', '--efi on --cpus 0', 'module.sig_enforce=1')
    assert "switchyard: the driver can't be loaded: " in output
    assert status == 0 and re.search(r'^try: rebooted after ', output, re.MULTILINE)
    assert machine.alpha.run('syctl list --json').count('"driverless": true') == 1


@pytest.mark.parametrize('program', [pytest.param('wait', marks=pytest.mark.thorough), 'hang'])
def test_a_timeout(machine, program):
    """Of a kernel that only waits, and of one whose boot CPU hangs with interrupts off."""
    output, status = tries(machine, program, '--timeout 12 --cpus 0-1')
    assert status == 1
    assert re.search(r'^try: crashed after \d+\.\d s: timeout after 12 s\n\Z', output, re.MULTILINE)


def test_a_trial_can_be_left(machine):
    """Somebody goes back to alpha by the console. Later the trial goes on there, and ends."""
    alpha = machine.alpha
    alpha.leave(f'syctl try {FILES} --initrd /tmp/initrd --append "{APPEND} rdinit=/wait sysrq_always_enabled" > /tmp/told')
    machine.expect('^@ready@', LINUX_BOOT_LIMIT)
    machine.sysrq('y')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.come_back()
    assert alpha.run('tail -n 1 /tmp/told').strip() == 'try: it is parked; "syctl switch try" goes on with it'
    alpha.leave('syctl switch try')
    machine.expect('PM: suspend exit|Restarting tasks')
    machine.sysrq('c')
    alpha.come_back()
    assert state(machine) == 'crashed'


def test_other_slots_are_parked(machine):
    """The person is asked. A program has to say --yes."""
    alpha = machine.alpha
    alpha.leave('syctl switch tick')
    tick_count(machine)
    machine.send('1')
    alpha.come_back()
    before = state(machine)
    command = f'syctl try {FILES} --initrd /tmp/initrd --append "{APPEND} rdinit=/poweroff"'
    output, status = alpha.try_run(f'{command} < /dev/null')
    assert status == 1 and output.startswith('error: try: other slots are parked: tick; ') and '--yes' in output
    alpha.put_file('/tmp/try', command)
    alpha.leave('sh /tmp/try || true')
    machine.expect(r'Other slots are parked: tick\. .* Go on\? \[y/N\] ')
    machine.sendline('n')
    machine.expect('error: try: not started')
    alpha.come_back()
    assert state(machine) == before
    alpha.leave('sh /tmp/try')
    machine.expect(r'Go on\? \[y/N\] ')
    machine.sendline('y')
    machine.expect('^try: powered off after ', LINUX_BOOT_LIMIT)
    alpha.come_back()
    output, status = alpha.try_run(f'{command} --yes < /dev/null', LINUX_BOOT_LIMIT)
    assert status == 0 and 'try: powered off after ' in output


@pytest.mark.parametrize('arguments, reason', [
    ('/tmp', 'error: /tmp/arch/x86/boot/bzImage: No such file or directory'),
    ('--kernel /tmp/initrd', 'error: /tmp/initrd: expected a bzImage of Linux'),
    (f'{FILES} --initrd /tmp/nothing', 'error: /tmp/nothing: No such file or directory'),
    (FILES, r'error: /boot has no initrd.img-\S+ and no initrd.img-\S+; --initrd names one'),
    ('--kernel /tmp/vmlinuz --driver /tmp/older.ko --initrd /tmp/initrd',
     r'error: /tmp/older.ko: it is for 6\.\S+, and the kernel is 6\.\S+'),
    ('--kernel /tmp/vmlinuz --driver /tmp/vmlinuz --initrd /tmp/initrd', 'error: /tmp/vmlinuz: expected a module of Linux'),
    ('--kernel /tmp/vmlinuz --initrd /tmp/initrd', r'error: /lib/modules/\S+/build/.config: No such file or directory'),
])
def test_refusals(machine, arguments, reason):
    output, status = machine.alpha.try_run(f'syctl try {arguments} --yes')
    assert status == 1 and re.fullmatch(reason + '\n', output.replace('\r', ''))


@pytest.mark.parametrize('arguments', ['', '/a /b', '--kernel', '--kernel /a --kernel /b', '/a --timeout 0', '/a --timeout x',
                                       '/a --timeout 5s', '/a --xml'])
def test_wrong_usage(machine, arguments):
    output, status = machine.alpha.try_run(f'syctl try {arguments}')
    assert status == 2 and 'usage' in output
