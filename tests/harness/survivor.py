# SPDX-License-Identifier: GPL-2.0-only
"""One slot, alpha, lives on while another one, beta, ends in some way: for tests of such ends."""

from linux import Linux
from qemu import PROMPT
from switchyard import open_console


def park_alpha(machine):
    """alpha keeps a file in memory, and is parked. Leaves the machine at the monitor's prompt."""
    open_console(machine)
    machine.alpha, machine.beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot alpha')
    machine.alpha.wait()
    machine.alpha.run('dd if=/dev/urandom of=/tmp/r bs=1M count=4 2>/dev/null; '
                      'sha256sum /tmp/r > /tmp/sum')
    machine.alpha.leave('syctl monitor')
    machine.expect(PROMPT)


def boot(machine, name):
    machine.sendline(f'boot {name}')
    Linux(machine, name).wait()


def check_alpha(machine):
    """alpha must come back unharmed, with two CPUs. Leaves the machine at the monitor's prompt."""
    machine.sendline('switch alpha')
    machine.alpha.come_back()
    machine.alpha.run('sha256sum -c -s /tmp/sum')
    machine.alpha.check_cpus(2)
    assert machine.alpha.alarms() == []
    machine.alpha.leave('syctl monitor')
    machine.expect(PROMPT)
