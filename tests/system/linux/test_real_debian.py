# SPDX-License-Identifier: GPL-2.0-only
"""Two real Debians on one disk, started by GRUB from its MBR: systemd, udev, dbus, sshd, cron, networkd, and
stress-ng, which checks what it computes, reads and writes. They switch to and fro."""

import statistics

import pytest

from qemu import PROMPT
from real_debian import BOOT_LIMIT, Debian, check_file_systems, start
from switchyard import BOOT_LIMIT as MONITOR_LIMIT

SWITCHES = 20


@pytest.fixture
def debians(machines):
    """alpha and beta on one machine, whose disk is the third."""
    machine, overlay = start(machines)
    alpha, beta = Debian(machine, 'alpha'), Debian(machine, 'beta')
    yield alpha, beta, overlay
    alpha.close_session()
    beta.close_session()


def test_two_real_debians(debians):
    alpha, beta, overlay = debians
    machine = alpha.machine
    machine.expect('starting alpha', MONITOR_LIMIT)
    alpha.wait(BOOT_LIMIT)
    alpha.check_started()
    alpha.start_work()
    alpha.switch_to(beta, BOOT_LIMIT)
    alpha.type_in_session()
    beta.check_started()
    beta.start_work()

    running, parked = beta, alpha
    seconds = []
    for _ in range(SWITCHES):
        seconds.append(running.switch_to(parked))
        running, parked = parked, running
        parked.type_in_session()
        running.check_round()
    print(f'{SWITCHES} switches: median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s')

    running.check_end()
    running.switch_to(parked)
    parked.check_end()
    parked.power_off()
    machine.expect(PROMPT)
    machine.sendline(f'switch {running.name}')
    running.come_back()
    running.power_off()
    machine.quit()
    check_file_systems(overlay)
