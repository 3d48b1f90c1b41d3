# SPDX-License-Identifier: GPL-2.0-only
"""Kernels with the patch series, which have the driver built in."""

import re

import pytest

from linux import BUSY_HOST, CLOUD, LINUX_BOOT_LIMIT, Linux
from own_devices import keep_own, own_disks, pci_name
from patched_kernels import ON_CONSOLE, ON_EACH
from qemu import PROMPT
from switchyard import module, open_console, tick_count, tick_slot
from trial import make_disk, make_initrd

# Initcalls behind this one need what it makes.
DIES_EARLY = 'initcall_blacklist=ksysfs_init'

pytestmark = ON_EACH


def patched(guest, name, options='mem=256M', extra=''):
    return [module('kernel', name, guest / 'vmlinuz', options, f'{ON_CONSOLE} {extra}'.strip()),
            module('initrd', name, guest / 'initrd')]


def start(machines, lines, first='alpha', **settings):
    machine = machines.start('timeout=-1', lines, **settings)
    open_console(machine)
    machine.sendline(f'boot {first}')
    alpha = Linux(machine, first)
    alpha.wait()
    return machine, alpha


# Where Linux does not trust the local APICs' timers, the boot CPU passes on the interrupts of another timer.
@pytest.mark.parametrize('extra', ['', 'nolapic_timer'])
def test_cpus_stay_in_a_deep_switch(machines, guest, extra):
    lines = patched(guest, 'alpha', extra=extra) + patched(guest, 'beta', extra=extra)
    machine, alpha = start(machines, lines, memory='640M', smp=2)
    beta = Linux(machine, 'beta')
    assert alpha.try_run('ls /lib/modules/switchyard.ko')[1] == 1
    for _ in range(3):
        alpha.switch_to(beta)
        beta.switch_to(alpha)
    for kernel in (alpha, beta):
        if kernel is beta:
            alpha.switch_to(beta)
        kernel.check_cpus(2)
        said = kernel.run('dmesg')
        assert 'PM: suspend entry (switch)' in said
        assert not re.search('CPU 1 is now offline|Disabling non-boot CPUs|Booting Node 0 Processor 1.*\n.*suspend', said)
        assert kernel.alarms(BUSY_HOST) == []


@pytest.mark.parametrize('extra, before', [
    ('switchyard.keep_cpus=0', 'true'),
    # All CPUs would have to change these together, which they do not when they come along.
    ('', "echo 'base=0xe0000000 size=0x100000 type=write-combining' > /proc/mtrr")], ids=['parameter', 'memory types'])
def test_cpus_that_can_not_stay_go_offline(machines, guest, extra, before):
    machine, alpha = start(machines, patched(guest, 'alpha', extra=extra) + patched(guest, 'beta'), memory='640M', smp=2)
    beta = Linux(machine, 'beta')
    alpha.run(before)
    alpha.switch_to(beta)
    beta.switch_to(alpha)
    alpha.check_cpus(2)
    assert alpha.run('dmesg').count('CPU 1 is now offline') == 1
    assert alpha.alarms(BUSY_HOST) == []
    alpha.switch_to(beta)
    assert 'CPU 1 is now offline' not in beta.run('dmesg')


def sleeps(kernel):
    return kernel.run('dmesg').count('PM: suspend entry (switch)')


def test_a_quick_switch_stops_no_device(machines, guest):
    machine, alpha = start(machines, patched(guest, 'alpha') + patched(guest, 'beta'), memory='640M', smp=2,
                           devices=own_disks(machines.logs, 4))
    beta = Linux(machine, 'beta')
    alpha.switch_to(beta)
    output, status = beta.try_run('syctl --quick switch alpha 2>&1')
    assert status == 1 and re.match('error: alpha: both beta and alpha use 0000:00:', output)
    assert pci_name('alpha') in output and pci_name('beta') in output
    keep_own(beta)
    beta.hop(alpha, '--deep')
    keep_own(alpha)
    alpha.hop(beta)
    before = sleeps(beta)
    for _ in range(5):
        beta.hop(alpha)
        alpha.hop(beta)
    assert before == sleeps(beta)
    for kernel in (beta, alpha):
        if kernel is alpha:
            beta.hop(alpha)
        kernel.run('dd if=$(ls /dev/vd?) bs=1M count=2 iflag=direct of=/dev/null')
        kernel.check_cpus(2)
        assert kernel.alarms(BUSY_HOST) == []
    assert sleeps(alpha) == 1


def test_a_dead_disk_keeps_nobody(machines, guest):
    """The driver asks for a sleep state of its own, so its way to suspend without a sync is another one, too."""
    disk = machines.logs / 'dead.img'
    disk.write_bytes(bytes(1 << 24))
    machine, alpha = start(machines, patched(guest, 'alpha') + tick_slot(), memory='512M', smp=2, devices=[
        '-drive', f'file={disk},format=raw,if=virtio,id=dead,cache=unsafe'])

    limit = '/sys/module/switchyard/parameters/sync_limit'
    alpha.run(f'echo 2 > {limit}')
    machine.qmp.throttle('dead', write=1)
    alpha.run('dd if=/dev/urandom of=/dev/vda bs=4k count=1 conv=fsync')
    alpha.run('exec 3<>/dev/vda; dd if=/dev/urandom bs=4k count=256 >&3')
    output, status = alpha.try_run('syctl switch tick')
    assert status == 1 and 'error: tick: storage has not taken in 2 s what is to be written: vda has ' in output
    machine.sysrq('y')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    machine.expect(r'switch alpha\n')
    alpha.prompt()
    machine.qmp.throttle('dead')
    alpha.run('sync; exec 3>&-')
    alpha.leave('syctl switch tick')
    tick_count(machine)
    machine.send('1')
    alpha.come_back()
    assert alpha.run('cat /sys/power/sync_on_suspend').strip() == '1'
    assert alpha.alarms(BUSY_HOST) == []


def test_an_nmi_opens_the_console(machines, guest):
    machine, alpha = start(machines, patched(guest, 'alpha') + patched(guest, 'beta'), memory='640M', smp=2)
    machine.qmp.execute('inject-nmi')
    machine.expect('slot alpha was interrupted by an NMI')
    machine.expect(PROMPT)
    assert machine.command('regs alpha').count('\nCPU ') + 1 == 2
    machine.sendline('switch alpha')
    machine.expect('resuming alpha')
    alpha.prompt()
    alpha.check_cpus(2)
    alpha.switch_to(Linux(machine, 'beta'))
    machine.sysrq('y')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.come_back()
    assert alpha.alarms(BUSY_HOST) == []


def test_kunit(machines, guest):
    _, alpha = start(machines, patched(guest, 'alpha', extra='kunit.enable=1'))
    assert re.search(r'ok \d+ (- )?switchyard', alpha.run('dmesg'))


@pytest.mark.parametrize('command, said', [
    ('reboot -f', 'has rebooted'), ('poweroff -f', 'has powered off'), ('halt -f', 'has halted'),
    ('echo b > /proc/sysrq-trigger', 'has rebooted'),
    ('echo c > /proc/sysrq-trigger', 'has crashed: Kernel panic - not syncing: sysrq triggered crash')])
@pytest.mark.parametrize('cpu', [0, 1])
def test_it_ends_alone(machines, guest, command, said, cpu):
    machine, alpha = start(machines, patched(guest, 'alpha') + patched(guest, 'beta'), memory='640M', smp=2)
    beta = Linux(machine, 'beta')
    alpha.switch_to(beta)
    machine.sendline(f"taskset {1 << cpu} sh -c '{command}'")
    machine.expect(f'slot beta {said}', 60)
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.come_back()
    alpha.check_cpus(2)


# Of more than 32 names that Linux does not know, it dies before it has an allocator for the driver, or other CPUs.
DIES_EARLIER = ' '.join(f'unknown{number}=1' for number in range(33))


@pytest.mark.parametrize('dies, why', [(DIES_EARLY, ''), (DIES_EARLIER, 'Too many boot env vars')],
                         ids=['initcall', 'start_kernel'])
def test_a_panic_in_the_first_second_comes_back(machines, guest, dies, why):
    lines = patched(guest, 'alpha') + patched(guest, 'beta', extra=dies)
    machine, alpha = start(machines, lines, memory='640M', smp=2)
    alpha.leave('syctl switch beta')
    # The monitor shows the end of its log, which it finds by VMCOREINFO.
    seconds = machine.expect(rf'\[ *(\d+\.\d+)\] Kernel panic - not syncing: {why}[^\n]*\n(?:\[.*\n|\r?\n)*'
                             f'.*slot beta has crashed: Kernel panic - not syncing: {why}', 60)[1]
    assert float(seconds) < 10
    assert 'clocksource: switchyard-away' not in machine.command('log beta')  # the driver's main part was not there
    machine.sendline('switch alpha')
    alpha.come_back()
    alpha.check_cpus(2)


def test_ram_of_others_is_not_added(machines, guest):
    """The machine's ACPI tables have a memory device, whose RAM no slot's map has."""
    _, alpha = start(machines, patched(guest, 'alpha'), memory='512M,slots=1,maxmem=2G',
                     devices=('-object', 'memory-backend-ram,id=more,size=256M', '-device', 'pc-dimm,memdev=more'))
    ends = re.findall(r'^[0-9a-f]+-([0-9a-f]+) : System RAM', alpha.run('cat /proc/iomem'), re.M)
    assert ends and max(int(end, 16) for end in ends) < 512 << 20
    assert 'PNP0C80' in alpha.run('cat /sys/bus/acpi/devices/*/hid')


def test_functions_of_others_are_hidden(machines, guest):
    lines = patched(guest, 'alpha') + patched(guest, 'beta', 'mem=256M devices=00:10.0')
    machine, alpha = start(machines, lines, memory='640M', devices=('-device', 'virtio-rng-pci,addr=0x10'))
    beta = Linux(machine, 'beta')
    assert '0000:00:10.0' not in alpha.run('ls /sys/bus/pci/devices')
    assert '1 PCI functions of other slots are hidden' in alpha.run('dmesg')
    alpha.switch_to(beta)
    assert '0000:00:10.0' in beta.run('ls /sys/bus/pci/devices')


@pytest.mark.thorough
def test_it_is_tried(machines, guest):
    """From its build tree. It has the driver, so nothing is built, and its initrd's own init is the first program."""
    files = {'linux/arch/x86/boot/bzImage': guest / 'vmlinuz', 'linux/.config': guest / 'config',
             'initrd': make_initrd(CLOUD, machines.logs / 'initrd', ('zstd', '-q', '-c'))}
    machine, alpha = start(machines, patched(guest, 'alpha'), memory='768M', smp=2,
                           devices=make_disk(machines.logs / 'files.tar', files))
    alpha.run('tar xf /dev/vda -C /tmp')
    for program, options, ended in (
            ('panic', '', 'crashed after [0-9.]+ s: Kernel panic - not syncing: sysrq triggered crash'),
            ('poweroff', '', 'powered off after [0-9.]+ s'), ('reboot', '--cpus 0', 'rebooted after [0-9.]+ s'),
            ('wait', '--timeout 8', 'crashed after [0-9.]+ s: timeout after 8 s')):
        output, _ = alpha.try_run(f'syctl try /tmp/linux --initrd /tmp/initrd {options} '
                                  f'--append "console=ttyS0,115200 rdinit=/{program}"', LINUX_BOOT_LIMIT)
        assert re.search(rf'^try: {ended}\r?\n\Z', output, re.MULTILINE)
        assert 'switchyard/init' not in output
    alpha.check_cpus(2)
    assert alpha.alarms(BUSY_HOST) == []
