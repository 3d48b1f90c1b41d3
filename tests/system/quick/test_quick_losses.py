# SPDX-License-Identifier: GPL-2.0-only
"""What a slot may lose while it is parked by a quick switch: its devices, to a slot that comes by force, or by a reset of
the machine. And what is refused, so that it does not lose them: an IOMMU under them, and memory types."""

import pytest

from linux import CLOUD, GENERIC, Linux, linux_slot
from own_devices import addresses, keep_own, own_disks
from qemu import PROMPT
from switchyard import parse_table, slots

RESET = r"printf '\6' | dd of=/dev/port bs=1 seek=$((0xcf9)) 2>/dev/null"


def start(machines, beta=CLOUD, words=('', ''), devices=(), **settings):
    """alpha has the machine, and beta is parked deep. Each has a disk of its own."""
    machine = machines.start('timeout=0 default=alpha',
                             linux_slot('alpha', CLOUD, extra=words[0]) + linux_slot('beta', beta, extra=words[1]),
                             memory='1G', devices=own_disks(machines.logs, 1) + list(devices), **settings)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    alpha.wait()
    keep_own(alpha)
    alpha.switch_to(beta)
    keep_own(beta)
    beta.hop(alpha, '--deep')
    return machine, alpha, beta


def read_disks(guest, count):
    assert guest.run('ls /dev/vd?').split() == ['/dev/vda', '/dev/vdb'][:count]
    guest.run('for disk in /dev/vd?; do dd if=$disk bs=4096 count=4 iflag=direct of=/dev/null || exit; done')


def row(machine, name):
    return {row['ADDRESS']: row for row in parse_table(machine.command('pci'))}[f'00:{addresses(name)[0]}']


@pytest.mark.thorough
def test_a_reset_of_the_machine(machines):
    """beta resets the machine. alpha's disk is as after power-on then, so alpha can't go on."""
    machine, alpha, beta = start(machines, beta=GENERIC, no_reboot=False)
    alpha.hop(beta)
    machine.sendline(RESET)
    machine.expect(PROMPT, 60)
    assert slots(machine)['beta']['STATE'] == 'crashed'
    assert slots(machine)['alpha']['STATE'] == 'crashed'
    assert ('error: slot alpha has crashed (the machine was reset under its devices); "boot alpha" starts it afresh'
            in machine.command('switch alpha'))
    assert row(machine, 'alpha')['SLOT'] == '-'
    assert 'PM: suspend exit' in machine.command('log alpha')
    machine.sendline('boot alpha')
    alpha.wait()
    read_disks(alpha, 2)
    assert alpha.alarms() == []


@pytest.mark.thorough
def test_a_start_by_force(machines):
    """beta starts, and drives alpha's disk. That is alpha's no more: it is stopped with beta, and alpha does not come back
    as if nothing had been."""
    machine, alpha, beta = start(machines)
    alpha.hop(beta)
    beta.leave('syctl --deep monitor')
    machine.expect(PROMPT)
    assert row(machine, 'alpha')['SLOT'] == 'alpha, works'
    assert machine.command('boot beta').startswith('error: beta would look at all devices when it starts')
    machine.sendline('boot beta force')
    machine.expect('slot alpha: devices that worked for it are stopped, because beta may use them')
    beta.wait()
    read_disks(beta, 2)
    beta.leave('syctl --deep monitor')
    machine.expect(PROMPT)
    assert row(machine, 'alpha')['SLOT'] == '-'
    assert ('error: slot alpha: devices that worked for it were given to another slot by force; "switch alpha force" '
            'resumes it without them') in machine.command('switch alpha')
    assert slots(machine)['alpha']['STATE'] == 'parked'
    machine.sendline('switch beta')
    beta.come_back()
    assert beta.try_run('syctl switch alpha')[1] == 1
    assert beta.try_run('syctl kill alpha')[1] == 0  # nothing works for it any more
    read_disks(beta, 2)
    assert beta.alarms() == []


@pytest.mark.thorough
def test_an_iommu_and_memory_types(machines):
    """beta's kernel switches an IOMMU on when it is resumed, so alpha leaves its devices working for nobody else."""
    words = 'intel_iommu=off no_timer_check', 'intel_iommu=on no_timer_check'
    _, alpha, beta = start(machines, beta=GENERIC, words=words, machine='q35', smp=2,
                           devices=['-device', 'intel-iommu,intremap=off'])
    assert alpha.try_run('syctl --quick switch beta') == (
        'error: beta: beta has an IOMMU translate what devices write, and those of alpha work without\n', 1)
    alpha.run("echo 'base=0xe0000000 size=0x100000 type=write-combining' > /proc/mtrr")
    output, status = alpha.try_run('syctl --quick monitor')
    assert status == 1 and output.endswith(
        'its memory types (MTRRs) are not those of firmware, and all CPUs would have to change them at the same time; a '
        'deep switch can do that, without its other CPUs\n')
    alpha.hop(beta, '--deep')
    beta.hop(alpha, '--deep')
    assert alpha.alarms() == []
