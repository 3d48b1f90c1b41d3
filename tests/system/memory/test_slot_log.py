# SPDX-License-Identifier: GPL-2.0-only
"""The log of a kernel that does not run, read in its memory: what that kernel said of itself is what the monitor shows."""

import json

import pytest

from linux import CLOUD, GENERIC, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import open_console

ODD = r"printf 'two lines\nand a bell \007 here\n' > /dev/kmsg"
SHOWN = r'and a bell \x07 here'
COMPARED = 60  # lines: less than the monitor shows


@pytest.fixture(params=[CLOUD, *(pytest.param(flavour, marks=pytest.mark.thorough) for flavour in (OLDER_CLOUD, GENERIC))])
def parked(request, machines):
    """A machine with a parked kernel, at the prompt, and the end of that kernel's log as it printed it."""
    machine = machines.start('timeout=-1', linux_slot('alpha', request.param) + linux_slot('beta', CLOUD),
                             memory='1G', smp=2)
    open_console(machine)
    machine.sendline('boot alpha')
    machine.alpha = Linux(machine, 'alpha')
    machine.alpha.wait()
    machine.alpha.run(ODD)
    machine.said = machine.alpha.run('dmesg').splitlines()[-COMPARED:]
    assert len(machine.said) == COMPARED
    machine.alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    return machine


def test_parked_and_crashed(parked):
    shown = parked.command('log alpha').splitlines()
    begin = shown.index(parked.said[0])
    assert shown[begin:begin + COMPARED - 2] == parked.said[:-2]
    assert any(line.endswith('two lines') for line in shown)
    assert any(line.endswith(SHOWN) for line in shown)
    assert any('PM: suspend entry' in line for line in shown[begin + COMPARED:])

    parked.sendline('switch alpha')
    parked.alpha.come_back()
    parked.sendline("echo 'the last words' > /dev/kmsg; echo c > /proc/sysrq-trigger")
    # The kernel prints this line once, and the monitor shows it again as it is in the kernel's memory.
    parked.expect(r'the last words(?:.*\n)*?.*Kernel panic - not syncing: sysrq triggered crash(?:.*\n)*?'
                  r'.* entry_SYSCALL_64_after_hwframe(?:.*\n)*?'
                  r'.* entry_SYSCALL_64_after_hwframe(?:.*\n)*?.*slot alpha has crashed: Kernel panic - not syncing: sysrq triggered crash', 60)
    parked.expect(PROMPT)
    crashed = parked.command('log alpha').splitlines()
    assert any('Kernel panic - not syncing: sysrq triggered crash' in line for line in crashed)

    beta = Linux(parked, 'beta')
    parked.sendline('boot beta')
    beta.wait()
    whole = beta.run('syctl log alpha').splitlines()
    assert whole[-len(crashed):] == crashed and len(whole) > len(crashed)
    assert json.loads(beta.run('syctl --json log alpha'))['lines'] == whole
    output, status = beta.try_run('syctl log beta')
    assert (output.strip(), status) == ('error: beta: slot beta runs; expected one that does not', 1)
    beta.leave('syctl monitor')
    parked.expect(PROMPT)

    parked.sendline('boot alpha')  # notes of the kernel that crashed may still be in that memory
    parked.alpha.wait()
    parked.alpha.run("echo 'of the next run' > /dev/kmsg")
    parked.alpha.leave('syctl monitor')
    parked.expect(PROMPT)
    again = parked.command('log alpha')
    assert 'of the next run' in again and 'the last words' not in again


def test_slots_without_a_log(machines):
    machine = machines.start('timeout=-1', linux_slot('alpha', CLOUD), memory='512M')
    open_console(machine)
    assert machine.command('log alpha').strip() == 'error: slot alpha has never run'
    assert machine.command('log beta').startswith('error: no slot "beta"')
