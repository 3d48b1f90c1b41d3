# SPDX-License-Identifier: GPL-2.0-only
"""Quick switches between stock kernels that share no device: no device is suspended, no CPU goes offline."""

import re

import pytest

import accesses
from linux import BUSY_HOST, CLOUD, OLDER_CLOUD, RT, Linux, linux_slot
from own_devices import keep_own, own_disks, pci_name
from qemu import PROMPT
from switchyard import slots, tick_count, tick_slot

HOPS = {1: 20, 2: 100}  # by CPUs: to beta, and as many back
ACCESS_LIMIT = 150
NO_VGA = ['-vga', 'none']
CLOCK_SOURCE = 'cat /sys/devices/system/clocksource/clocksource0/current_clocksource'
AWAY_S = 25  # longer than what Linux calls a lockup


def boot_alpha(machines, flavour, smp, beta='mem=256M', no_vga=False, **settings):
    machine = machines.start('timeout=0 default=alpha',
                             linux_slot('alpha', flavour) + linux_slot('beta', flavour, beta) + tick_slot(),
                             memory='1G', smp=smp, devices=own_disks(machines.logs, 16) + NO_VGA * no_vga, **settings)
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    return alpha, Linux(machine, 'beta')


def start(machines, flavour, smp, beta='mem=256M', **settings):
    alpha, beta = boot_alpha(machines, flavour, smp, beta, **settings)
    keep_own(alpha)
    alpha.switch_to(beta)
    keep_own(beta)
    return alpha, beta


def refused(guest, command, reason):
    """The command fails with that line, and the guest goes on."""
    output, status = guest.try_run(f'{command} 2>&1')
    assert (output.strip(), status) == (f'error: {reason}', 1)


def read_disk(guest):
    guest.run('dd if=$(ls /dev/vd?) bs=1M count=4 iflag=direct of=/dev/null')


def test_device_accesses(machines):
    """Of the monitor, with two CPUs: what docs/PERFORMANCE.md says. An interrupt that waits just then takes more."""
    alpha, beta = start(machines, CLOUD, 2, machine='q35', no_vga=True)
    counts = []
    for guest, other in 2 * [(beta, alpha), (alpha, beta)]:
        with accesses.traced(alpha.machine) as found:
            guest.hop(other)
        found = accesses.of_monitor(found)
        print(accesses.table(found))
        counts.append(len(found))
    assert min(counts) <= ACCESS_LIMIT, counts


@pytest.mark.parametrize('flavour, smp', [
    (CLOUD, 2), *(pytest.param(*case, marks=pytest.mark.thorough) for case in ((CLOUD, 1), (OLDER_CLOUD, 2), (OLDER_CLOUD, 1)))])
def test_to_and_fro(machines, flavour, smp):
    alpha, beta = start(machines, flavour, smp)
    for _ in range(HOPS[smp]):
        beta.hop(alpha)
        alpha.hop(beta)
    for guest in beta, alpha:
        read_disk(guest)
        assert guest.alarms() == [], guest.run("dmesg | tail -40")
        guest.check_cpus(smp)
        if guest is beta:
            beta.hop(alpha)


def test_what_is_refused(machines):
    """Nothing is stopped then, and the line says why."""
    alpha, beta = boot_alpha(machines, CLOUD, 1)
    refused(alpha, 'syctl --quick switch beta',
            'beta: beta would look at all devices when it starts, and those of alpha work while it is parked')
    alpha.switch_to(beta)
    output, status = beta.try_run('syctl --quick switch alpha 2>&1')
    assert status == 1 and re.match('error: alpha: both beta and alpha use 0000:00:', output)
    assert pci_name('alpha') in output and pci_name('beta') in output
    keep_own(beta)
    refused(beta, 'syctl --quick switch alpha', f'alpha: both beta and alpha use {pci_name("beta")}')
    beta.hop(alpha, '--deep')
    keep_own(alpha)
    alpha.hop(beta)
    # tick would start beside the devices of alpha, which work.
    refused(beta, 'syctl boot tick',
            'tick: tick would look at all devices when it starts, and those of alpha work while it is parked')
    beta.hop(alpha)


def test_real_time_is_refused(machines):
    alpha, _ = boot_alpha(machines, RT, 1)
    refused(alpha, 'syctl --quick switch beta', 'beta: this kernel is PREEMPT_RT: locks may be held when its '
            'CPUs are stopped')


def test_both_ways_and_other_cpus(machines):
    """alpha has two CPUs, and beta has one of them. Devices that work stay alone in every order."""
    alpha, beta = start(machines, CLOUD, 2, 'mem=256M cpus=0')
    machine = alpha.machine
    beta.hop(alpha)            # alpha was left deep
    alpha.check_cpus(2)
    for _ in range(3):
        alpha.hop(beta)
        read_disk(beta)
        beta.hop(alpha)        # its other CPU is started by the monitor
        alpha.check_cpus(2)
        read_disk(alpha)
    alpha.hop(beta)
    beta.hop(alpha, '--deep')
    read_disk(alpha)
    alpha.hop(beta, '--deep')
    read_disk(beta)
    beta.hop(alpha)
    alpha.leave('syctl --quick monitor')
    machine.expect(PROMPT)
    assert slots(machine)['alpha']['STATE'] == 'parked'
    assert 'those of alpha work while it is parked' in machine.command('boot tick')
    machine.sendline('switch alpha')
    alpha.come_back()
    alpha.check_cpus(2)
    alpha.hop(beta)
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect('slot beta has crashed')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.come_back()
    read_disk(alpha)
    alpha.check_cpus(2)
    assert alpha.alarms() == [], alpha.run('dmesg | tail -40')


@pytest.mark.thorough
@pytest.mark.parametrize('flavour', sorted({CLOUD, OLDER_CLOUD}))
def test_clocks_after_the_time_away(machines, flavour):
    """Linux says nothing of it, and its own time stood still on both CPUs."""
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', flavour) + tick_slot(), memory='512M',
                             smp=2)
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.leave('syctl switch tick')
    tick_count(machine)
    machine.send('1')
    alpha.come_back()
    alpha.set_clock()
    alpha.run('dmesg -c')
    source = alpha.run(CLOCK_SOURCE)
    up = float(alpha.run('cat /proc/uptime').split()[0])
    alpha.leave('syctl --quick switch tick')
    first = tick_count(machine)
    while tick_count(machine) < first + AWAY_S * 100:
        pass
    machine.send('1')
    alpha.come_back()
    assert abs(alpha.clock_error()) < 1
    assert float(alpha.run('cat /proc/uptime').split()[0]) - up >= AWAY_S
    alpha.check_cpus(2)
    lines = [line for line in alpha.run('dmesg').split('\n') if line and not BUSY_HOST.search(line)]
    assert lines == []
    assert alpha.run(CLOCK_SOURCE) == source
