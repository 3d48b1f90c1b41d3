# SPDX-License-Identifier: GPL-2.0-only
"""The scheduler's clock stands still while another kernel runs, as in suspend to RAM; the time of day goes on."""

import re

import pytest

from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from switchyard import open_console, tick_slot

AWAY_S = 6
SOON_S = 2

# The shell that switches is in a group whose tasks may use a fifth of a CPU.
LIMITED = """mkdir -p /tmp/cgroup && mount -t cgroup2 none /tmp/cgroup && mkdir /tmp/cgroup/limited
echo +cpu > /tmp/cgroup/cgroup.subtree_control
echo "20000 100000" > /tmp/cgroup/limited/cpu.max
"""


def stamp(alpha, mark):
    """The kernel log's time of a line that is written now."""
    alpha.run(f'echo {mark} > /dev/kmsg')
    return float(re.search(rf'\[ *([0-9.]+)\] {mark}', alpha.run('dmesg | tail -n 20'))[1])


def uptime(alpha):
    return float(alpha.run('cat /proc/uptime').split()[0])


@pytest.mark.parametrize('flavour', sorted({CLOUD, OLDER_CLOUD}))
def test_the_scheduler_does_not_count_the_time_away(machines, flavour):
    machine = machines.start('timeout=-1', linux_slot('alpha', flavour)
                             + tick_slot(string=f'every={AWAY_S * 100} to=1'), memory='512M', smp=2)
    open_console(machine)
    alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    alpha.wait()
    alpha.put_file('/tmp/limited.sh', LIMITED)
    alpha.run('sh -e /tmp/limited.sh && echo $$ > /tmp/cgroup/limited/cgroup.procs')

    up, before = uptime(alpha), stamp(alpha, 'before')
    alpha.leave('syctl switch tick')
    machine.expect(rf'tick: {AWAY_S} s')
    alpha.come_back(SOON_S)
    after = stamp(alpha, 'after')
    assert uptime(alpha) - up >= AWAY_S - 1  # by the RTC, which counts whole seconds
    assert 0 < after - before < SOON_S
    # The group has used no time meanwhile, so the shell may go on.
    alpha.run('cat /tmp/cgroup/limited/cpu.stat', SOON_S)
    assert alpha.alarms() == []
