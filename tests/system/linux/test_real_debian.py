# SPDX-License-Identifier: GPL-2.0-only
"""Two real Debians on one disk, started by GRUB from its MBR: systemd, udev, dbus, sshd, cron, networkd, and
stress-ng, which checks what it computes, reads and writes. They switch to and fro."""

import statistics

import pytest

from qemu import PROMPT
from real_debian import BOOT_LIMIT, Debian, check_file_systems, start
from switchyard import BOOT_LIMIT as MONITOR_LIMIT

FEW_SWITCHES, SWITCHES = 2, 20
STAYS, STAY_S = 10, 30  # five minutes


@pytest.fixture
def debians(machines):
    """alpha and beta on one machine, whose disk is the third."""
    machine, overlay = start(machines)
    alpha, beta = Debian(machine, 'alpha'), Debian(machine, 'beta')
    yield alpha, beta, overlay
    alpha.close_session()
    beta.close_session()


@pytest.mark.limit(1500)
@pytest.mark.parametrize('switches', [FEW_SWITCHES, pytest.param(SWITCHES, marks=pytest.mark.thorough)])
def test_two_real_debians(debians, switches):
    alpha, beta, overlay = debians
    machine = alpha.machine
    machine.expect('starting alpha', MONITOR_LIMIT)
    alpha.wait(BOOT_LIMIT)
    alpha.check_started()
    alpha.start_work()
    alpha.switch_to(beta, BOOT_LIMIT)
    beta.check_started()
    beta.start_work()

    running, parked = beta, alpha
    seconds = []
    for _ in range(switches):
        seconds.append(running.switch_to(parked))
        running, parked = parked, running
        parked.send_line()  # TCP sends it until the slot is back
        running.check_round()
    print(f'{switches} switches: median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s')

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


@pytest.mark.thorough
@pytest.mark.limit(1500)
def test_an_ssh_session_outlives_five_minutes(debians):
    """Somebody types into alpha's session, while beta has the machine and uses the same network card."""
    alpha, beta, _ = debians
    alpha.machine.expect('starting alpha', MONITOR_LIMIT)
    alpha.wait(BOOT_LIMIT)
    alpha.check_started()
    alpha.open_session()
    alpha.switch_to(beta, BOOT_LIMIT)
    beta.check_started()
    for _ in range(STAYS):
        alpha.send_line()
        beta.run(f'sleep {STAY_S}', 2 * STAY_S)
        beta.check_network()
    beta.switch_to(alpha)
    alpha.check_session()
    alpha.check_units()
    assert alpha.new_warnings() == []
