# SPDX-License-Identifier: GPL-2.0-only
"""Snapshots at the console: a parked slot is put back to an earlier moment, any number of times."""

import re

import pytest

from fixtures import with_older
from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import open_console, parse_table, slots

PAGE = 4096
RESTORES = 3


@pytest.fixture(scope='module', params=with_older(CLOUD, OLDER_CLOUD))
def guests(request, module_machines):
    """alpha has the machine; it has kept its mark in a file."""
    machine = module_machines.start('timeout=-1', linux_slot('alpha', request.param, 'mem=256M'), memory='512M', smp=2)
    open_console(machine)
    alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    alpha.wait()
    return machine, alpha


def leave(machine, alpha):
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)


def largest_piece(machine):
    return re.search(r'^largest free piece: (.*)$', machine.command('mem'), re.M)[1]


def test_back_again_and_again(guests):
    machine, alpha = guests
    alpha.run('echo one > /tmp/state; dd if=/dev/urandom of=/tmp/large bs=1M count=20 2>/dev/null')
    wanted = alpha.run('sha256sum /tmp/large')
    leave(machine, alpha)
    left = alpha._parked_at
    before = largest_piece(machine)
    assert re.search(r'^snapshot one of slot alpha: \d+ KiB of \d+ KiB kept, \d+ ms$',
                     machine.command('snapshot alpha one'), re.M)
    (row,) = parse_table(machine.command('snapshots'))
    assert (row['SNAPSHOT'], row['SLOT'], row['KIND']) == ('one', 'alpha', 'deep')
    # What is free is left out, and what is zero takes no room. The slice below 1 MiB counts, too.
    pages = [int(row[name]) for name in ('PAGES', 'ZERO', 'FREE')]
    assert 0 <= sum(pages) * PAGE - (256 << 20) <= 64 << 10
    assert 20 << 20 < pages[0] * PAGE < 128 << 20 and min(pages) > 0
    machine.sendline('switch alpha')
    alpha.come_back()
    for _ in range(RESTORES):
        alpha.run('echo two > /tmp/state; rm -f /tmp/large; dd if=/dev/urandom of=/tmp/other bs=1M count=30 2>/dev/null')
        leave(machine, alpha)
        assert 'slot alpha is as at snapshot one; "switch alpha" lets it go on' in machine.command('restore one', 60)
        assert slots(machine)['alpha']['STATE'] == 'parked'
        machine.sendline('switch alpha')
        alpha._parked_at = left  # the same command ends once more
        alpha.come_back()
        assert alpha.run('cat /tmp/state').strip() == 'one'
        assert alpha.run('sha256sum /tmp/large') == wanted
        alpha.check_cpus(2)
    assert not alpha.alarms()
    leave(machine, alpha)
    assert 'snapshot one was dropped' in machine.command('drop one')
    assert largest_piece(machine) == before
    machine.sendline('switch alpha')
    alpha.come_back()


def test_one_line_for_each_fault(guests):
    machine, alpha = guests
    leave(machine, alpha)
    assert 'snapshot one of slot alpha' in machine.command('snapshot alpha one')
    for line, error in (
            ('snapshot alpha one', 'there is a snapshot "one" already; "drop one" forgets it'),
            ('snapshot alpha One', 'bad name "One"; expected a-z, 0-9, then also dot, _ and -'),
            ('restore two', 'no snapshot "two"; "snapshots" lists them'),
            ('restore one now', '"now" behind the snapshot; expected "force"')):
        assert machine.command(line).strip().endswith(f'error: {error}')
    machine.command('kill alpha')
    assert 'error: slot alpha is ready; expected one that is parked' in machine.command('snapshot alpha two')
    # Its memory may be anything now: what was kept brings it back.
    assert 'slot alpha is as at snapshot one' in machine.command('restore one', 60)
    machine.sendline('switch alpha')
    alpha.come_back()
    assert alpha.run('cat /tmp/state').strip() == 'one'


def test_after_a_panic(guests):
    """The test that destroys everything: its kernel is back a second later."""
    machine, alpha = guests
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect('slot alpha has crashed: Kernel panic - not syncing: sysrq triggered crash', 60)
    machine.expect(PROMPT)
    assert 'slot alpha is as at snapshot one' in machine.command('restore one', 60)
    machine.sendline('switch alpha')
    machine.expect('alpha# ')
    assert alpha.run('cat /tmp/state').strip() == 'one'
    assert not alpha.alarms()
