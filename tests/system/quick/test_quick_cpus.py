# SPDX-License-Identifier: GPL-2.0-only
"""Quick switches between stock kernels with up to 8 CPUs, and between slots that have different ones."""

import pytest

from linux import BUSY_HOST, CLOUD, Linux, linux_slot
from own_devices import keep_own

ROUNDS = 3  # each is two switches
BOOT_LIMIT = 300  # with 8 CPUs, which QEMU emulates by one thread

# Which CPUs each slot has. gamma and delta share only the boot CPU.
CPUS = {'alpha': range(8), 'beta': range(4), 'gamma': (0, 2), 'delta': (0, 4, 5, 6, 7)}
# From each to each other.
WAY = 'alpha beta alpha gamma alpha delta beta gamma beta delta gamma delta alpha'.split()


def boot_all(machines, cpus, smp):
    """Boots the slots one after the other. No kernel keeps a device. The last one has the machine."""
    modules = []
    for name, own in cpus.items():
        modules += linux_slot(name, CLOUD, 'mem=192M cpus=' + ','.join(map(str, own)))
    machine = machines.start(f'timeout=0 default={next(iter(cpus))}', modules, memory='1280M', smp=smp)
    guests = {name: Linux(machine, name) for name in cpus}
    last = None
    for guest in guests.values():
        if last:
            last.switch_to(guest, BOOT_LIMIT)
        else:
            guest.wait(BOOT_LIMIT)
        guest.check_cpus(len(cpus[guest.name]))
        keep_own(guest, 0)
        last = guest
    return guests


def hop(guest, to, cpus):
    guest.hop(to)
    to.check_cpus(len(cpus[to.name]))


@pytest.mark.parametrize('smp', [
    pytest.param(3, marks=pytest.mark.thorough), 4,
    pytest.param(8, marks=[pytest.mark.thorough, pytest.mark.limit(900)])])
def test_all_cpus_of_both(machines, smp):
    cpus = {name: range(smp) for name in ('alpha', 'beta')}
    guests = boot_all(machines, cpus, smp)
    alpha, beta = guests.values()
    for _ in range(ROUNDS):
        hop(beta, alpha, cpus)
        hop(alpha, beta, cpus)
    assert beta.alarms(BUSY_HOST) == []
    hop(beta, alpha, cpus)
    assert alpha.alarms(BUSY_HOST) == []


@pytest.mark.thorough
@pytest.mark.limit(1200)
def test_slots_with_different_cpus(machines):
    """A CPU may be the next slot's, another one's, or nobody's."""
    guests = boot_all(machines, CPUS, 8)
    way = ['delta', *WAY, 'beta', 'gamma', 'delta']
    for name, to in zip(way, way[1:]):
        hop(guests[name], guests[to], CPUS)
        assert guests[to].alarms(BUSY_HOST) == []
