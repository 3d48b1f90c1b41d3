# SPDX-License-Identifier: GPL-2.0-only
"""One slot ends, crashes or starts afresh. The others go on as if nothing had happened."""

import pytest

from linux import CLOUD, DEFAULT, GENERIC, NEWEST, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from survivor import boot, check_alpha, park_alpha
from switchyard import slots


# These slots end or crash. older has an older kernel, if there is one.
VICTIMS = ['beta'] if NEWEST == DEFAULT else ['beta', 'older']


@pytest.fixture(scope='module')
def machine(module_machines):
    """alpha always keeps a file in memory. Each test does something to beta, then goes back to alpha."""
    machine = module_machines.start(
        'timeout=-1', linux_slot('alpha', GENERIC) + linux_slot('beta', CLOUD)
        + linux_slot('older', OLDER_CLOUD), memory='1280M', smp=2)
    park_alpha(machine)
    return machine


ENDS = ['poweroff', 'reboot', 'halt', 'poweroff -f', 'reboot -f']
QUICK_ENDS = [('beta', 'poweroff'), ('beta', 'reboot'), ('older', 'reboot')]


@pytest.mark.parametrize('name, command', [
    pytest.param(name, command, marks=() if (name, command) in QUICK_ENDS else pytest.mark.thorough)
    for name in VICTIMS for command in ENDS])
def test_a_guest_that_ends(machine, name, command):
    boot(machine, name)
    machine.sendline(command)
    machine.expect(PROMPT, 60)
    states = {name: row['STATE'] for name, row in slots(machine).items()}
    assert states == {'alpha': 'parked', 'beta': 'ready', 'older': 'ready'}
    check_alpha(machine)


@pytest.mark.parametrize('cpu', [0, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize('name', VICTIMS[:1] + [pytest.param(name, marks=pytest.mark.thorough) for name in VICTIMS[1:]])
def test_a_guest_that_panics(machine, name, cpu):
    boot(machine, name)
    machine.sendline(f"taskset {1 << cpu} sh -c 'echo c > /proc/sysrq-trigger'")
    machine.expect(PROMPT, 60)
    assert slots(machine)[name]['STATE'] == 'crashed'
    assert 'sysrq' in machine.serial.text[-4000:].lower(), 'the reason is not shown'
    refused = machine.command(f'switch {name}')
    assert refused.startswith('error: ') and 'crashed' in refused
    check_alpha(machine)
    boot(machine, name)
    again = Linux(machine, name)
    assert int(again.run('nproc')) == 2
    again.leave('syctl monitor')
    machine.expect(PROMPT)
    assert slots(machine)[name]['STATE'] == 'parked'
    machine.command(f'kill {name}')


def test_syctl_refuses_a_crashed_slot(machine):
    boot(machine, 'beta')
    machine.sendline('echo c > /proc/sysrq-trigger')
    machine.expect(PROMPT, 60)
    machine.sendline('switch alpha')
    machine.alpha.come_back()
    output, status = machine.alpha.try_run('syctl switch beta')
    assert status == 1 and output.startswith('error: ') and 'crashed' in output
    machine.alpha.leave('syctl monitor')
    machine.expect(PROMPT)


def test_booting_again_while_alpha_is_parked(machine):
    for turn in range(2):
        boot(machine, 'beta')
        assert machine.beta.try_run('cat /tmp/turn')[1] != 0, 'beta is not fresh'
        machine.beta.run(f'echo {turn} > /tmp/turn')
        machine.beta.leave('syctl monitor')
        machine.expect(PROMPT)
    check_alpha(machine)


def test_kill_a_parked_guest(machine):
    boot(machine, 'beta')
    machine.beta.leave('syctl monitor')
    machine.expect(PROMPT)
    assert 'error' not in machine.command('kill beta')
    assert slots(machine)['beta']['STATE'] == 'ready'
    check_alpha(machine)


def test_alpha_can_be_booted_from_beta(machine):
    """A ready slot boots when another switches to it. A parked slot is resumed."""
    boot(machine, 'beta')
    machine.beta.leave('syctl switch alpha')
    machine.alpha.come_back()
    machine.alpha.switch_to(machine.beta)
    machine.beta.leave('syctl monitor')
    machine.expect(PROMPT)
    check_alpha(machine)
