# SPDX-License-Identifier: GPL-2.0-only
"""What leaves the devices of a slot alone that was parked by a quick switch: other slots that start, switch deep,
crash and end. And what stops them: the slot's own end."""

import pytest

from linux import CLOUD, Linux, linux_slot
from own_devices import addresses, keep_own, own_disk, pci_name
from qemu import PROMPT
from switchyard import parse_table, tick_count, tick_slot

READS = 24
READS_A_SECOND = 4
BLOCK = 4096
NAMES = 'alpha', 'beta', 'gamma'


def disks(folder):
    """A disk for each slot; alpha's is slow, so that a read is always under way."""
    arguments = []
    for name in NAMES:
        path = folder / f'{name}.img'
        path.write_bytes(b''.join(number.to_bytes(512, 'little') for number in range(2048)))
        slow = f',throttling.iops-total={READS_A_SECOND}' if name == 'alpha' else ''
        arguments += own_disk(name, path, slow)
    return arguments


def start(machines, names=NAMES, extra=()):
    """Starts the slots one after the other, each beside those that were left by a deep switch."""
    machine = machines.start('timeout=0 default=alpha',
                             [line for name in names for line in linux_slot(name, CLOUD, 'mem=192M')] + list(extra),
                             memory='1G', devices=disks(machines.logs))
    guests = [Linux(machine, name) for name in names]
    guests[0].wait()
    for guest, following in zip(guests, [*guests[1:], None]):
        keep_own(guest)
        if following:
            guest.switch_to(following)
    return guests


def read_disk(guest):
    guest.run(f'dd if=$(ls /dev/vd?) bs={BLOCK} count=4 iflag=direct of=/dev/null')


def begin_reading(guest):
    guest.run(f'dd if=$(ls /dev/vd?) of=/tmp/copy bs={BLOCK} count={READS} iflag=direct & reader=$!')


def end_reading(guest):
    """All blocks have come, each with what belongs there."""
    guest.run('wait $reader', 60)
    guest.run(f'dd if=$(ls /dev/vd?) bs={BLOCK} count={READS} iflag=direct | cmp - /tmp/copy', 60)
    assert guest.alarms() == [], guest.run('dmesg | tail -40')


def function(machine, name):
    """The console's row of a slot's function."""
    return {row['ADDRESS']: row for row in parse_table(machine.command('pci'))}[f'00:{addresses(name)[0]}']


def enabled(machine, name):
    return function(machine, name)['ENABLED'].split()


def is_master(guest, name):
    """The same in a guest: bit 2 of the byte at 4 (PCI 3.0, section 6.2.2)."""
    return int(guest.run(f"hexdump -s 4 -n 1 -e '\"%u\"' /sys/bus/pci/devices/{pci_name(name)}/config")) & 4


def is_message(machine, name):
    return function(machine, name)['INTERRUPT'].startswith('MSI')


def to_console(guest):
    guest.leave('syctl --deep monitor')
    guest.machine.expect(PROMPT)


@pytest.mark.thorough
def test_a_deep_switch_of_two_others(machines):
    """alpha reads all the time. It is parked while beta and gamma switch deep, beside it."""
    alpha, beta, gamma = start(machines)
    machine = alpha.machine
    gamma.hop(alpha, '--deep')
    begin_reading(alpha)
    alpha.hop(beta)
    for _ in range(2):
        beta.hop(gamma, '--deep')
        read_disk(gamma)
        gamma.hop(beta, '--deep')
        read_disk(beta)
    to_console(beta)
    assert 'master' in enabled(machine, 'alpha')
    machine.sendline('switch gamma')
    gamma.come_back()
    gamma.hop(alpha, '--deep')
    end_reading(alpha)
    alpha.hop(gamma)
    gamma.hop(beta)
    read_disk(beta)


def is_refused_to_start(machine, name):
    return machine.command(f'boot {name}').startswith(
        f'error: {name} would look at all devices when it starts, and those of alpha work')


@pytest.mark.parametrize('ends', [pytest.param('echo c > /proc/sysrq-trigger', id='crash'),
                                  pytest.param('poweroff -f', id='end', marks=pytest.mark.thorough)])
def test_another_slots_end(machines, ends):
    """It stops only the functions of the slot that has ended. No slot starts beside those that work."""
    alpha, beta = start(machines, NAMES[:2])
    machine = alpha.machine
    beta.hop(alpha, '--deep')
    begin_reading(alpha)
    alpha.hop(beta)
    machine.sendline(ends)
    machine.expect('slot beta has ')
    machine.expect(PROMPT)
    assert 'master' in enabled(machine, 'alpha')
    machine.command('kill beta')  # if it has crashed
    assert is_refused_to_start(machine, 'beta')
    machine.sendline('switch alpha')
    alpha.come_back()
    assert is_master(alpha, 'alpha') and not is_master(alpha, 'beta')
    end_reading(alpha)


def park_beside_alpha(machines, extra=()):
    """The console, with alpha parked quick in the middle of a read, and beta parked deep."""
    alpha, beta = start(machines, NAMES[:2], extra)
    beta.hop(alpha, '--deep')
    begin_reading(alpha)
    alpha.hop(beta)
    return alpha, beta


@pytest.mark.thorough
def test_a_slot_that_is_killed(machines):
    """Its functions are no bus masters before its memory gets another owner. Then the next kernel finds them as
    firmware left them."""
    alpha, beta = park_beside_alpha(machines, tick_slot())
    machine = alpha.machine
    for service in 'kill', 'remove':  # a service touches no device
        assert beta.try_run(f'syctl {service} alpha')[1] == 1
    to_console(beta)
    assert 'master' in enabled(machine, 'alpha')
    assert machine.command('remove alpha').startswith('error: ')
    assert machine.command('kill alpha') == ''
    assert 'master' not in enabled(machine, 'alpha')
    assert is_message(machine, 'alpha')
    assert 'error' not in machine.command('remove alpha')
    machine.sendline('boot tick')
    tick_count(machine)
    machine.send('m')
    machine.expect(PROMPT)
    assert not is_message(machine, 'alpha')
    machine.sendline('switch beta')
    beta.come_back()
    read_disk(beta)
    assert beta.alarms() == []


@pytest.mark.thorough
def test_a_slot_that_starts_afresh(machines):
    """Its kernel uses its devices as if it were the first."""
    alpha, beta = park_beside_alpha(machines)
    to_console(beta)
    alpha.machine.sendline('boot alpha')
    alpha.wait()
    keep_own(alpha)
    begin_reading(alpha)
    alpha.hop(beta)
    read_disk(beta)
    beta.hop(alpha)
    end_reading(alpha)
