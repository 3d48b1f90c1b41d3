# SPDX-License-Identifier: GPL-2.0-only
"""Tests of syctl: its output for people and for programs, and its exit status."""

import json

import pytest

from linux import CLOUD, Linux, linux_slot
from switchyard import open_console, parse_table, slots, tick_count, tick_slot


@pytest.fixture(scope='module')
def machine(module_machines):
    machine = module_machines.start('timeout=-1', linux_slot('alpha', CLOUD) + tick_slot(),
                                    memory='512M')
    open_console(machine)
    machine.table = slots(machine)
    machine.alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    machine.alpha.wait()
    return machine


def test_list(machine):
    rows = {row['SLOT']: row for row in parse_table(machine.alpha.run('syctl list'))}
    assert set(rows) == {'alpha', 'tick'}
    assert rows['alpha']['STATE'] == 'running' and rows['alpha']['TYPE'] == 'linux'
    assert rows['tick']['STATE'] == 'ready' and rows['tick']['TYPE'] == 'multiboot2'
    assert rows['alpha']['RUNS'] == '1' and rows['tick']['RUNS'] == '0'
    for name, row in rows.items():
        assert row['MEMORY'] == machine.table[name]['MEMORY']
        assert int(row['BASE'], 16) == int(machine.table[name]['BASE'], 16)


def test_list_json(machine):
    rows = json.loads(machine.alpha.run('syctl list --json'))
    assert [row['slot'] for row in rows] == ['alpha', 'tick']
    assert [row['number'] for row in rows] == [1, 2]
    assert rows[0]['memory'] == 256 << 20
    assert rows[0]['state'] == 'running' and rows[1]['state'] == 'ready'


def test_status(machine):
    output = machine.alpha.run('syctl status')
    assert 'alpha' in output and 'running' in output


def test_status_counts_returns(machine):
    before = json.loads(machine.alpha.run('syctl --json status'))
    machine.alpha.leave('syctl switch tick')
    tick_count(machine)
    machine.send('1')
    machine.alpha.come_back()
    after = json.loads(machine.alpha.run('syctl --json status'))
    assert after['returns'] == before['returns'] + 1
    assert after['runs'] == before['runs'] + 1
    assert after['slot'] == 'alpha'
    assert 0 < after['away_ms'] < 30_000


@pytest.mark.parametrize('arguments, status, fact', [
    ('', 2, 'usage: syctl'),
    ('frobnicate', 2, 'knows no "frobnicate"; "syctl --help" shows its usage'),
    ('switch', 2, 'wrong words with switch; its usage:\n  switch SLOT'),
    ('snapshot', 2, 'wrong words with snapshot; its usage:\n  snapshot NAME'),
    ('list --xml', 2, 'knows no "--xml"; "syctl --help" shows its usage'),
    ('list --force', 2, 'wrong words with list; its usage:\n  list'),
    ('switch nobody', 1, 'nobody'),
    ('switch alpha', 1, 'this one'),
])
def test_errors(machine, arguments, status, fact):
    output, got = machine.alpha.try_run(f'syctl {arguments}')
    output = output.replace('\r', '')
    assert got == status
    assert fact in output
    if arguments and status == 2:
        assert output.startswith('error: ') and output.count('\n') < 6
    if status == 1:
        assert output.startswith('error: ') and output.count('\n') == 1


def test_not_for_everyone(machine):
    """A switch stops everything, so only root may use /dev/switchyard."""
    machine.alpha.run("printf 'root:x:0:0::/:/bin/sh\\nnobody:x:65534:65534::/:/bin/sh\\n' "
                      '> /etc/passwd; cp /bin/syctl /tmp')
    output, status = machine.alpha.try_run('su nobody -s /bin/sh -c "id -u; /tmp/syctl list"')
    assert output.startswith('65534\n') and 'Permission denied' in output and status == 1


def test_without_the_device(machine):
    machine.alpha.run('mv /dev/switchyard /dev/moved')
    output, status = machine.alpha.try_run('syctl list')
    assert status == 1 and output.startswith('error: /dev/switchyard')
    machine.alpha.run('mv /dev/moved /dev/switchyard')
    machine.alpha.run('syctl list')
