# SPDX-License-Identifier: GPL-2.0-only
"""One network card, and each slot has its own MAC address on it: so each gets its own IP address by DHCP, and
the slot that runs does not reset the connections of one that is parked."""

import re
import socket

import pytest

from linux import CLOUD, GENERIC, OLDER_CLOUD, OLDER_GENERIC, Linux, linux_slot
from paths import scaled
from tcp_stream import HOST

CARD = '52:54:00:12:34:56'
BETAS = '42:54:00:12:34:56'
CHOSEN = '02:00:00:00:00:07'
STUBBORN = '52:54:00:12:34:57'  # of a card whose driver does not set another
NO_SLEEP = ['-global', 'PIIX4_PM.disable_s3=1']  # so that the driver can be unloaded
ADDRESS_LIMIT = 60

# What busybox's DHCP client calls.
DHCP_SCRIPT = """#!/bin/sh
[ "$1" = bound ] || exit 0
ip address add $ip/24 dev $interface
ip route add default via $router
"""


class Echo:
    """A TCP connection to a guest, which sends back what it gets."""

    def __init__(self, guest):
        listener = socket.create_server(('127.0.0.1', 0))
        port = listener.getsockname()[1]
        listener.settimeout(scaled(30))
        guest.run(f'(nc {HOST} {port} -e cat < /dev/null > /dev/null 2>&1 &)')
        self._connection = listener.accept()[0]
        self._connection.settimeout(scaled(60))
        listener.close()

    def send(self, text):
        self._connection.sendall(text)

    def receives(self, text):
        got = b''
        while len(got) < len(text):
            more = self._connection.recv(len(text))
            assert more, 'the guest closed the connection'
            got += more
        return got == text

    def close(self):
        self._connection.close()


def mac(guest, device='eth0'):
    return guest.run(f'cat /sys/class/net/{device}/address').strip()


def dhcp(guest):
    """Asks for an IP address; returns it."""
    guest.put_file('/dhcp', DHCP_SCRIPT)
    guest.run('chmod +x /dhcp; udhcpc -i eth0 -n -q -s /dhcp', ADDRESS_LIMIT)
    return re.search(r'inet (\S+)/', guest.run('ip -4 address show dev eth0'))[1]


def can_ping(guest):
    return guest.try_run(f'ping -c 3 -W 5 {HOST}')[1] == 0


def boot(machines, kernels, devices, options=''):
    lines = [line for name, kernel in zip(('alpha', 'beta'), kernels)
             for line in linux_slot(name, kernel, extra=options)]
    machine = machines.start('timeout=0 default=alpha', lines, memory='1G', devices=devices)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    alpha.wait()
    return alpha, beta


@pytest.mark.parametrize('card, kernels', [('virtio-net-pci', (OLDER_CLOUD, CLOUD)),
                                           pytest.param('virtio-net-pci', (CLOUD, OLDER_CLOUD),
                                                        marks=pytest.mark.thorough),
                                           pytest.param('e1000', (GENERIC, OLDER_GENERIC), marks=pytest.mark.thorough)])
def test_connections_of_a_parked_slot_live(machines, card, kernels):
    alpha, beta = boot(machines, kernels, [
        '-netdev', 'user,id=net0', '-device', f'{card},netdev=net0,mac={CARD}'], 'sy.ip=none')
    first = dhcp(alpha)
    to_alpha = Echo(alpha)
    alpha.switch_to(beta)
    assert dhcp(beta) != first
    to_alpha.send(b'key')
    to_beta = Echo(beta)
    to_beta.send(b'own')
    assert to_beta.receives(b'own')

    beta.switch_to(alpha)
    assert to_alpha.receives(b'key')
    to_beta.send(b'key')
    assert can_ping(alpha)
    alpha.switch_to(beta)
    assert to_beta.receives(b'key')

    assert (mac(beta), beta.alarms()) == (BETAS, [])
    # Linux tells the card anew what to let through, and the card goes by the address that it knows.
    beta.run('ip link set eth0 promisc on; ip link set eth0 promisc off')
    assert can_ping(beta)
    beta.switch_to(alpha)
    assert (mac(alpha), alpha.alarms()) == (CARD, [])
    to_alpha.close()
    to_beta.close()

    # An address that somebody chose is the card's again after a switch, in the first slot, too.
    alpha.run(f'ip link set eth0 down; ip link set eth0 address {CHOSEN}; ip link set eth0 up')
    alpha.switch_to(beta)
    beta.switch_to(alpha)
    alpha.run('ip link set eth0 promisc on; ip link set eth0 promisc off')
    assert mac(alpha) == CHOSEN and can_ping(alpha)


@pytest.fixture(scope='module')
def beta(module_machines):
    """beta runs at its shell before and after each test, and can load its drivers anew."""
    alpha, beta = boot(module_machines, (CLOUD, CLOUD), [
        *NO_SLEEP, '-netdev', 'user,id=net0', '-device', f'virtio-net-pci,netdev=net0,mac={CARD}',
        '-netdev', 'user,id=net1', '-device', f'virtio-net-pci,netdev=net1,mac={STUBBORN},failover=on'])
    alpha.switch_to(beta)
    return beta


def test_the_second_slot_has_its_own_addresses(beta):
    assert mac(beta) == BETAS
    assert 'inet 10.0.2.16/24' in beta.run('ip address show dev eth0')


def load_anew(beta, between, parameters=''):
    """Loads the drivers of card and monitor; `between` is a command after the first. Returns the new log."""
    beta.run('for d in /sys/class/net/eth*; do ip link set ${d##*/} down; done; rmmod switchyard virtio_net; dmesg -c; '
             f'insmod /lib/modules/virtio_net.ko; {between}; insmod /lib/modules/switchyard.ko {parameters}')
    return beta.run('dmesg')


def test_a_driver_that_sets_no_address_is_named(beta):
    log = load_anew(beta, 'true')
    assert f'switchyard: eth0: has {BETAS} in this slot' in log
    assert f'has {STUBBORN} in all slots, as its driver does not set another: error -95' in log
    assert mac(beta) == BETAS


def test_a_card_that_comes_later(beta):
    load_anew(beta, 'true')
    beta.run('rmmod virtio_net; insmod /lib/modules/virtio_net.ko')
    assert mac(beta) == CARD
    beta.run('ip link set eth0 up')
    assert mac(beta) == BETAS


def test_a_card_that_is_up_already(beta):
    log = load_anew(beta, 'ip link set eth0 up')
    assert f'switchyard: eth0: keeps {CARD}, which other slots have, too, until it goes down and up' in log
    assert mac(beta) == CARD
    beta.run('ip link set eth0 down; ip link set eth0 up')
    assert mac(beta) == BETAS


def test_an_address_that_somebody_chose_stays(beta):
    log = load_anew(beta, f'ip link set eth0 address {CHOSEN}')
    beta.run('ip link set eth0 up')
    assert mac(beta) == CHOSEN
    assert 'eth0: ' not in '\n'.join(line for line in log.split('\n') if 'switchyard' in line)


def test_own_mac_0_switches_it_off(beta):
    log = load_anew(beta, 'true', 'own_mac=0')
    beta.run('ip link set eth0 up')
    assert mac(beta) == CARD and STUBBORN not in log
    load_anew(beta, 'true')
