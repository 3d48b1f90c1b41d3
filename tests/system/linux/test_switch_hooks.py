# SPDX-License-Identifier: GPL-2.0-only
"""What the administrator's programs in /etc/switchyard/switch.d see of a switch, whoever asked for it, and how
long each phase takes, as `syctl status` tells it. In both versions of Linux."""

import json

import pytest

from linux import GENERIC, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import open_console, parse_table, tick_count, tick_slot

FOLDER = '/etc/switchyard/switch.d'
HOTKEY = ['ctrl', 'alt', 'shift']
PHASES = ['pre', 'freeze', 'suspend', 'cpus_off', 'away', 'cpus_on', 'resume', 'thaw', 'post']
HANG_LIMIT_S = 10  # of guest/syctl/hooks.c
# Loops of the shell, in which no time is lost, and which no signal but SIGKILL ends.
HANGS = "trap '' TERM INT HUP; while :; do sleep 1; done"


@pytest.fixture(scope='module')
def machine(module_machines):
    """alpha is at its shell before and after each test; tick and beta are parked."""
    machine = module_machines.start('timeout=-1', linux_slot('alpha', GENERIC) + linux_slot('beta', OLDER_CLOUD)
                                    + tick_slot(), memory='1G', smp=2)
    open_console(machine)
    machine.alpha, machine.beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot alpha')
    machine.alpha.wait()
    machine.alpha.switch_to(machine.beta)
    machine.beta.switch_to(machine.alpha)
    return machine


def put(guest, name, text, mode='755'):
    guest.run(f'mkdir -p {FOLDER}')
    guest.put_file(f'{FOLDER}/{name}', f'#!/bin/sh\n{text}\n')
    guest.run(f'chmod {mode} {FOLDER}/{name}')


@pytest.fixture
def clean(machine):
    """No programs, and no lines in the kernels' logs."""
    yield machine
    machine.alpha.run(f'rm -rf {FOLDER} /tmp/told; dmesg -c > /dev/null')


def told(guest):
    return guest.run('cat /tmp/told; rm /tmp/told').replace('\r', '').split('\n')[:-1]


def to_tick_and_back(machine):
    machine.alpha.leave('syctl switch tick')
    tick_count(machine)
    machine.send('1')
    machine.alpha.come_back(60)


def test_once_for_each_way_to_ask(clean):
    machine, alpha = clean, clean.alpha
    put(alpha, '10-tell', 'echo "$@" >> /tmp/told')
    to_tick_and_back(machine)
    assert told(alpha) == ['pre tick', 'post tick']
    machine.send_keys(HOTKEY + ['3'])
    tick_count(machine)
    machine.send('1')
    alpha.prompt()
    alpha.run('until grep -q post /tmp/told; do :; done')
    assert told(alpha) == ['pre tick', 'post tick']
    machine.sysrq('y')
    machine.expect(PROMPT)
    machine.sendline('switch alpha')
    alpha.prompt()
    alpha.run('until grep -q post /tmp/told; do :; done')
    assert told(alpha) == ['pre monitor', 'post monitor']


def test_also_in_the_older_kernel(clean):
    machine, beta = clean, clean.beta
    machine.alpha.switch_to(beta)
    put(beta, '10-tell', 'echo "$@" >> /tmp/told')
    beta.switch_to(machine.alpha)
    machine.alpha.switch_to(beta)
    assert told(beta) == ['pre alpha', 'post alpha']
    beta.run(f'rm -r {FOLDER}')
    beta.switch_to(machine.alpha)


def test_a_switch_that_fails_is_undone(clean):
    machine, alpha = clean, clean.alpha
    put(alpha, '10-tell', 'echo "$@" >> /tmp/told')
    alpha.run('echo 0 > /sys/module/suspend/parameters/pm_test_delay; echo devices > /sys/power/pm_test')
    output, status = alpha.try_run('syctl switch tick')
    alpha.run('echo none > /sys/power/pm_test')
    assert status == 1 and 'pm_test' in output
    assert told(alpha) == ['pre tick', 'post tick']
    assert alpha.try_run('syctl switch alpha')[1] == 1  # refused before anything is done
    assert alpha.try_run('cat /tmp/told')[1] != 0


def test_in_the_order_of_names_and_only_what_root_alone_can_write(clean):
    machine, alpha = clean, clean.alpha
    for name in ('20-second', '10-first', '30-open', '40-others', 'README', '.hidden', '50-old.bak'):
        put(alpha, name, f'echo {name} "$@" >> /tmp/told')
    alpha.run(f'cd {FOLDER}; chmod 777 30-open; chown 1 40-others; chmod 644 README; mkdir 60-folder; '
              'ln -s /nowhere 70-nothing; cd')
    to_tick_and_back(machine)
    assert told(alpha) == ['10-first pre tick', '20-second pre tick', '10-first post tick', '20-second post tick']
    log = alpha.run('dmesg')
    for name in ('30-open', '40-others', '50-old.bak', '70-nothing'):
        assert log.count(f'switchyard: {FOLDER}/{name} pre tick: ') == 1
    for name in ('README', '.hidden', '60-folder', '10-first', '20-second'):
        assert name not in log
    alpha.run(f'chmod 777 {FOLDER}; dmesg -c > /dev/null')
    to_tick_and_back(machine)
    assert alpha.try_run('cat /tmp/told')[1] != 0
    assert 'only root may own the folder' in alpha.run('dmesg')


def test_programs_that_fail_or_hang_keep_nobody(clean):
    machine, alpha = clean, clean.alpha
    put(alpha, '10-fails', 'echo out of order; exit 3')
    put(alpha, '20-hangs', f'[ $1 = post ] || {{ {HANGS}; }}')
    put(alpha, '30-crashes', 'kill -SEGV $$')
    put(alpha, '40-no-shell', '')
    alpha.run(f'echo "#!/nowhere" > {FOLDER}/40-no-shell')
    put(alpha, '50-tell', 'echo "$@" >> /tmp/told')
    to_tick_and_back(machine)
    assert told(alpha) == ['pre tick', 'post tick']
    log = alpha.run('dmesg')
    for name, when, text in [('10-fails', 'pre', 'ended with status 3'), ('10-fails', 'post', 'ended with status 3'),
                             ('20-hangs', 'pre', 'was killed; it may take seconds: 10'),
                             ('30-crashes', 'pre', 'ended by signal 11'),
                             ('40-no-shell', 'pre', 'No such file or directory')]:
        assert log.count(f'switchyard: {FOLDER}/{name} {when} tick: {text}') == 1
    assert '20-hangs post' not in log and 'out of order' in log
    assert alpha.try_run('pgrep -f 20-hangs')[1] != 0
    assert alpha.alarms() == []


def test_a_key_counts_while_programs_run_after_a_switch(clean):
    machine, alpha = clean, clean.alpha
    put(alpha, '10-slow', '[ $1 = pre ] || { echo "goes on" > /dev/ttyS0; sleep 2; }')
    machine.sendline('syctl switch tick')
    tick_count(machine)
    machine.send('1')
    machine.expect('goes on', 60)
    machine.send_keys(HOTKEY + ['3'])
    tick_count(machine)
    machine.send('1')
    machine.expect('goes on', 60)
    alpha.prompt()
    assert 'not switched' not in alpha.run('dmesg')


def switches(guest):
    return json.loads(guest.run('syctl status --json'))['switches']


def switch_with_a_slow_program(guest, other):
    """A switch and back. Returns what passed by the guest's clock, in seconds, and what `syctl status` tells."""
    put(guest, '10-slow', '[ $1 = post ] || sleep 2')
    before = guest.clock()
    guest.switch_to(other)
    other.run('sleep 1')
    other.switch_to(guest)
    passed = guest.clock() - before
    guest.run(f'rm -r {FOLDER}')
    return passed, switches(guest)[0]


@pytest.mark.parametrize('name', ['alpha', 'beta'])
def test_times_of_the_phases(clean, name):
    """The phases fill the time that Linux's own clock saw pass."""
    alpha, beta = clean.alpha, clean.beta
    if name == 'alpha':
        passed, last = switch_with_a_slow_program(alpha, beta)
    else:
        alpha.switch_to(beta)
        passed, last = switch_with_a_slow_program(beta, alpha)
        beta.switch_to(alpha)
    us = {phase: last[f'{phase}_us'] for phase in PHASES}
    assert last['to'] == ('beta' if name == 'alpha' else 'alpha') and sum(us.values()) == last['whole_us']
    assert passed - 2 < last['whole_us'] / 1e6 < passed + 0.1  # the shell has run for the rest of it
    assert 2e6 <= us['pre'] < 8e6 and us['post'] < 2e6 and us['away'] >= 1e6
    assert all(us[phase] > 0 for phase in PHASES)


def shortest(machine, phase, rounds=3):
    """Microseconds of that phase, of some switches: the host may have been busy during one of them."""
    for _ in range(rounds):
        to_tick_and_back(machine)
    return min(last[f'{phase}_us'] for last in switches(machine.alpha)[:rounds])


@pytest.mark.parametrize('phase', ['pre', 'post'])
def test_without_programs_they_cost_nothing(clean, phase):
    """A folder without programs takes the start of syctl. Without it, nothing is started."""
    without = shortest(clean, phase)
    clean.alpha.run(f'mkdir -p {FOLDER}')
    assert without * 2 < shortest(clean, phase)
    clean.alpha.run(f'rmdir {FOLDER}')


def test_the_last_eight(clean):
    machine, alpha = clean, clean.alpha
    for _ in range(9):
        to_tick_and_back(machine)
    told_json = switches(alpha)
    assert len(told_json) == 8 and {each['to'] for each in told_json} == {'tick'}
    assert [each['asked'] for each in told_json] == sorted((each['asked'] for each in told_json), reverse=True)
    table = alpha.run('syctl status').replace('\r', '').split('milliseconds:\n\n')[1]
    rows = parse_table(table)
    assert len(rows) == 8 and list(rows[0]) == ['TO', 'ASKED', *PHASES, 'whole']
    assert float(rows[0]['away']) == pytest.approx(told_json[0]['away_us'] / 1000, abs=0.1)


def test_no_alarm(machine):
    assert machine.alpha.alarms() == []
