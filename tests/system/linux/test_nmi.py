# SPDX-License-Identifier: GPL-2.0-only
"""An NMI that nobody claims: the monitor opens, whatever the kernel does, and shows where that was. It goes on if that is
possible."""

import re
import time

import pytest

from linux import CLOUD, GENERIC, OLDER_CLOUD, Linux, linux_slot
from linux_modules import load_module, module_disk, probe_disk, unpack_modules
from paths import scaled
from qemu import PROMPT

AWAY_S = (0.2, 3)  # less and more than what Linux's watchdog of clock sources forgives
MARK = 0x5157495443480000  # hang_probe.c
BANNER_BYTES = 16
SAID = r'slot alpha was interrupted by an NMI; "regs alpha" shows where, "switch alpha" continues it'


def start(machines, flavour, smp, devices=(), slots=(), **settings):
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', flavour) + list(slots), smp=smp,
                             devices=list(devices), **settings)
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    return alpha


def press(machine):
    """The button. The console opens by itself, because a terminal answers."""
    machine.qmp.execute('inject-nmi')
    machine.expect(SAID)
    machine.expect(PROMPT)


def state(machine, name='alpha'):
    return re.search(rf'^{name} +(\w+) ', machine.command('slots'), re.M)[1]


def go_on(alpha):
    alpha.machine.sendline('switch alpha')
    alpha.machine.expect('resuming alpha')
    alpha.prompt()


def registers(machine):
    """{CPU: {name: value}} as `regs` shows them, and the line of each CPU."""
    found = {}
    for part in re.split(r'^(?=CPU )', machine.command('regs alpha'), flags=re.M)[1:]:
        cpu = {name: int(value, 16) for name, value in re.findall(r'\b(\w+) +([0-9a-f]{4,16})\b', part)}
        cpu['line'], cpu['name'] = part.splitlines()[0], re.search(r'rip \w+ *(\S*)', part)[1]
        found[int(re.match(r'CPU (\d+)', part)[1])] = cpu
    return found


def memory(machine, address, size):
    """Bytes as `md` shows them."""
    shown = machine.command(f'md alpha:{address:#x} {size}')
    return b''.join(bytes.fromhex(line[18:66]) for line in shown.splitlines())


def symbol(guest, name):
    return int(guest.run(f'grep -w {name} /proc/kallsyms').split()[0], 16)


def check_goes_on(alpha, smp):
    """Its clocks stood still, nobody barked, and all of its CPUs work."""
    for away in AWAY_S:
        before = alpha.run('cat /proc/uptime')
        press(alpha.machine)
        time.sleep(away)
        go_on(alpha)
        assert float(alpha.run('cat /proc/uptime').split()[0]) > float(before.split()[0])
    log = alpha.run(f"until [ $(dmesg | grep -c 'NMI, and continued') = {1 + len(AWAY_S)} ]; do sleep 0.1; done; dmesg")
    assert alpha.alarms() == [], log
    alpha.check_cpus(smp)
    assert abs(alpha.clock_error()) < 2


@pytest.mark.parametrize('flavour, smp', [
    (CLOUD, 2), *(pytest.param(*case, marks=pytest.mark.thorough)
                  for case in ((CLOUD, 1), (OLDER_CLOUD, 1), (OLDER_CLOUD, 2)))])
def test_an_idle_kernel_goes_on(machines, flavour, smp):
    alpha = start(machines, flavour, smp)
    banner, stext = symbol(alpha, 'linux_banner'), symbol(alpha, '_stext')
    version = alpha.run('cat /proc/version').encode()
    machine = alpha.machine
    alpha.set_clock()
    press(machine)
    assert state(machine) == 'interrupted'
    assert memory(machine, banner, BANNER_BYTES) == version[:BANNER_BYTES]
    cpus = registers(machine)
    assert sorted(cpus) == list(range(smp))
    assert all(cpu['rip'] > stext and cpu['name'] for cpu in cpus.values()), cpus
    assert 'PM: suspend' not in machine.command('log alpha')
    assert machine.command('md alpha:0x10').startswith('error: address 0x10 can\'t be read')
    go_on(alpha)
    check_goes_on(alpha, smp)


def wait_hang(machine, cpus):
    """Nothing else tells when it begins, and when it goes on."""
    deadline = time.monotonic() + scaled(30)
    while machine.qmp.human('info registers -a').count(f'R12={MARK:016x}') != cpus.bit_count():
        assert time.monotonic() < deadline, 'the CPUs do not hang'


def hang(alpha, cpus):
    """These CPUs spin with interrupts off, for good. Returns the address of the function that does it."""
    alpha.run('tar xf /dev/vda -C /tmp; insmod /tmp/hang_probe.ko')
    at = symbol(alpha, 'hang_probe_spin')
    alpha.machine.sendline(f'echo {cpus} > /sys/module/hang_probe/parameters/cpus')
    wait_hang(alpha.machine, cpus)
    return at


def check_hung(registers_, at):
    assert at <= registers_['rip'] < at + 64
    assert registers_['r12'] == MARK
    assert registers_['line'].endswith('in the kernel, interrupts off')


def test_a_kernel_that_hangs(machines):
    """Both CPUs spin with interrupts off. What they did is seen from the console, and then from another slot's shell.
    That one used the devices, so the first can't go on; it can be killed."""
    alpha = start(machines, CLOUD, 2, probe_disk(CLOUD, 'hang_probe', machines.logs), linux_slot('beta', CLOUD, 'mem=512M'),
                  memory='1G')
    at = hang(alpha, 3)
    machine = alpha.machine
    press(machine)
    for cpu in registers(machine).values():
        check_hung(cpu, at)
    assert memory(machine, at, 64).count(b'\xfa\xeb\xfe') == 1  # cli; jmp
    assert 'hang_probe: CPUs 0-1 spin' in machine.command('log alpha')

    beta = Linux(machine, 'beta')
    machine.sendline('boot beta')
    machine.expect('slot alpha: devices that worked for it are stopped, because beta may use them')
    beta.wait()
    assert 'interrupted' in beta.run('syctl list')
    assert 'hang_probe: CPUs 0-1 spin' in beta.run('syctl log alpha')
    assert re.search(r'\n/tmp/whole: [0-9.]+ MiB of zeros left out; ', beta.run('syctl dump alpha /tmp/whole', 120))
    cpus = beta.run("head -c 65536 /tmp/whole | od -An -v -tx8 -w8 | grep -c -w 5157495443480000")
    assert int(cpus) >= 2
    assert beta.run('head -c 65536 /tmp/whole | grep -ae ^STATE= -e ^LEVEL=') == 'STATE=interrupted\nLEVEL=1 \n'
    assert beta.run('cmp /tmp/whole $(syctl core alpha) | grep -c .', 120) == '1\n'  # at the level
    beta.run('rm /tmp/whole')
    output, status = beta.try_run('syctl switch alpha 2>&1')
    assert status == 1 and "slot alpha can't be continued: beta was started, and looked at all devices" in output
    beta.leave('syctl monitor')
    machine.expect(PROMPT)
    said = machine.command('switch alpha force')
    assert said.startswith("error: slot alpha can't be continued: beta was started, and looked at all devices")
    machine.command('kill alpha')
    assert state(machine) == 'ready'


@pytest.mark.parametrize('cpus, smp', [(1, 2), pytest.param(2, 2, marks=pytest.mark.thorough),
                                       pytest.param(1, 1, marks=pytest.mark.thorough)])
def test_one_cpu_hangs(machines, cpus, smp):
    """It is the boot CPU, or the other one; that one waits for an interrupt. It goes on, and hangs on."""
    alpha = start(machines, OLDER_CLOUD, smp, probe_disk(OLDER_CLOUD, 'hang_probe', machines.logs), memory='512M')
    at = hang(alpha, cpus)
    machine = alpha.machine
    for _ in range(2):
        press(machine)
        found = registers(machine)
        assert sorted(found) == list(range(smp))
        for number, cpu in found.items():
            if cpus >> number & 1:
                check_hung(cpu, at)
            else:
                assert cpu['r12'] != MARK
        machine.sendline('switch alpha')
        machine.expect('resuming alpha')
        wait_hang(machine, cpus)


@pytest.mark.thorough
def test_switched_off(machines):
    """Linux says what it says without Switchyard."""
    alpha = start(machines, CLOUD, 1, memory='512M')
    alpha.run('echo 0 > /sys/module/switchyard/parameters/nmi')
    alpha.machine.qmp.execute('inject-nmi')
    alpha.run('until dmesg | grep -q "NMI received for unknown reason"; do sleep 0.1; done')
    alpha.leave('syctl monitor')
    alpha.machine.expect(PROMPT)
    assert state(alpha.machine) == 'parked'


def test_a_watchdog_that_sends_an_nmi(machines):
    devices = [*module_disk(GENERIC, machines.logs / 'modules.tar', ['i6300esb']), '-device', 'i6300esb',
               '-action', 'watchdog=inject-nmi']
    alpha = start(machines, GENERIC, 1, devices, machine='q35', memory='512M')
    unpack_modules(alpha)
    load_module(alpha, 'i6300esb')
    alpha.machine.sendline('watchdog -T 2 -t 1 /dev/watchdog; killall -9 watchdog')
    alpha.machine.expect(SAID)
    alpha.machine.expect(PROMPT)
    assert state(alpha.machine) == 'interrupted'
    go_on(alpha)
    assert alpha.alarms() == []
