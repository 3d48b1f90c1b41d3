# SPDX-License-Identifier: GPL-2.0-only
"""Endurance: many switches, with a line of progress now and then. `make soak` runs them."""

import os
import time

import pytest

import torture
from linux import CLOUD, GENERIC
from qemu import PROMPT
from two_debians import Case, run_case

DEBIAN_SWITCHES = int(os.environ.get('SOAK_SWITCHES', '500'))
QUICK_SWITCHES = int(os.environ.get('SOAK_QUICK_SWITCHES', '10000'))
CHECKED_SWITCHES = int(os.environ.get('SOAK_CHECKED_SWITCHES', '100000'))

# Patience, not a measure: what a switch with all its checks may take on a busy host.
DEBIAN_SECONDS_EACH = 6
QUICK_SECONDS_EACH = 1
CHECKED_SECONDS_EACH = 0.2
START_SECONDS = 300

DEBIAN_LIMIT = START_SECONDS + DEBIAN_SECONDS_EACH * DEBIAN_SWITCHES
QUICK_LIMIT = START_SECONDS + QUICK_SECONDS_EACH * QUICK_SWITCHES
CHECKED_LIMIT = START_SECONDS + CHECKED_SECONDS_EACH * CHECKED_SWITCHES

CASE = Case('soak', (CLOUD, GENERIC), 'pc', 'virtio-net-pci',
            ('-device', 'ide-hd,drive=shared,bus=ide.0'), 2, DEBIAN_SWITCHES)
QUICK_CASE = Case('soak-quick', (CLOUD, GENERIC), 'pc', 'virtio-net-pci',
                  ('-device', 'nvme,drive=shared-{name},serial={name},addr={address}'), 2, QUICK_SWITCHES,
                  quick=True, check_each=99)


@pytest.mark.limit(DEBIAN_LIMIT)
def test_two_debians_under_load(machines):
    print(f'\n{DEBIAN_SWITCHES} switches between two Debian kernels', flush=True)
    run_case(machines, CASE, lifetime=DEBIAN_LIMIT, progress=100)


@pytest.mark.limit(QUICK_LIMIT)
def test_two_debians_quick_under_load(machines):
    print(f'\n{QUICK_SWITCHES} quick switches between two Debian kernels', flush=True)
    run_case(machines, QUICK_CASE, lifetime=QUICK_LIMIT, progress=500)


@pytest.mark.limit(CHECKED_LIMIT)
def test_two_that_check_everything(machines):
    """Two torture guests: all state is filled with a pattern, and compared after each switch."""
    rounds = CHECKED_SWITCHES // 2  # each of the two leaves so often
    print(f'\n{CHECKED_SWITCHES} switches between two guests that check all state', flush=True)
    machine = torture.start(machines, rounds, lifetime=CHECKED_LIMIT)
    torture.wait_begin(machine)
    start = time.monotonic()
    done = 0
    while done < rounds:
        line = machine.expect(r'^one: (?:done, )?(\d+) switches, (\d+) differences\n', 60)
        done = int(line[1])
        assert line[2] == '0', f'DIFF: {sorted(torture.differences(machine))[:10]}'
        if done % 500 == 0 or done == rounds:
            spent = time.monotonic() - start
            print(f'{2 * done} switches, 0 differences; {1e3 * spent / (2 * done):.1f} ms each, '
                  'checks included', flush=True)
    machine.expect(PROMPT)
    machine.sendline('switch two')
    assert torture.wait_end(machine, 'two', 60) == 0
    assert not torture.differences(machine)
