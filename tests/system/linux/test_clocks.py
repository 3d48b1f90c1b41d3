# SPDX-License-Identifier: GPL-2.0-only
"""The scheduler's clock stands still while another kernel runs, as in suspend to RAM; the time of day goes on."""

import re
import subprocess
import tarfile

import pytest

from fixtures import with_older
from linux import BUSY_HOST, CLOUD, GENERIC, OLDER_CLOUD, Linux, linux_slot
from paths import GUESTS
from switchyard import open_console, tick_slot

AWAY_S = 6
LONG_S = 600
SOON_S = 2
WALL_S, OWN_S = 4, 8  # the timers of timers.c: one passes while the slot is parked, one does not
CLOCK_SOURCE = 'cat /sys/devices/system/clocksource/clocksource0/current_clocksource'

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


@pytest.mark.parametrize('flavour', with_older(CLOUD, OLDER_CLOUD))
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
    assert 0 < after - before < AWAY_S - 1
    # The group has used no time meanwhile, so the shell may go on.
    alpha.run('cat /tmp/cgroup/limited/cpu.stat', SOON_S)
    assert alpha.alarms() == []


def timers_disk(folder):
    """A disk that is a tar file with the program timers."""
    subprocess.run(['gcc', '-static', '-O1', '-Wall', '-Werror', '-o', folder / 'timers', GUESTS / 'timers.c'],
                   check=True, timeout=60)
    with tarfile.open(folder / 'disk.img', 'w') as archive:
        archive.add(folder / 'timers', 'timers')
    return folder / 'disk.img'


def stay_away(alpha, seconds):
    """alpha is parked for so long, while tick runs."""
    alpha.leave('syctl switch tick')
    count = int(alpha.machine.expect(r'tick: (\d+) s')[1])
    alpha.machine.expect(rf'tick: {count + seconds} s', seconds + 60)
    alpha.machine.send('1')
    alpha.come_back(SOON_S + 30)


def kinds_of_lines(alpha):
    """What the kernel log says since it was cleared, without stamps and numbers. If another line comes in
    between, "Restarting tasks ... done." is two lines."""
    lines = alpha.run('dmesg -c').split('\n')
    return {re.sub(r'\d+', 'N', re.sub(r'^\[ *[0-9.]+\] | \.\.\. .*', '', line)) for line in lines
            if line and not BUSY_HOST.search(line)} - {'done.'}


@pytest.mark.limit(1500)
@pytest.mark.parametrize('away', [AWAY_S, pytest.param(LONG_S, marks=pytest.mark.thorough)])
def test_timers_after_the_time_away(machines, tmp_path, away):
    """A long absence is to Linux as a short one, and its timers fire once."""
    disk = timers_disk(tmp_path)
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', GENERIC) + tick_slot(),
                             memory='512M', smp=2, lifetime=1400,
                             devices=['-drive', f'file={disk},format=raw,if=virtio,readonly=on'])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.run('tar xf /dev/vda -C /tmp')
    alpha.put_file('/tmp/limited.sh', LIMITED)
    alpha.run('sh -e /tmp/limited.sh && echo $$ > /tmp/cgroup/limited/cgroup.procs')
    source = alpha.run(CLOCK_SOURCE)
    alpha.run('dmesg -c')
    for _ in range(2):  # some lines of a switch come late, for example of a drive without a disk
        stay_away(alpha, 1)
    usual = kinds_of_lines(alpha)

    alpha.run(f'(/tmp/timers {WALL_S} {OWN_S} > /tmp/timers.out &)')
    stay_away(alpha, away)
    alpha.run('cat /tmp/cgroup/limited/cpu.stat', SOON_S)  # the group has used no time meanwhile
    alpha.run('until grep -q seconds /tmp/timers.out; do sleep 0.2; done', OWN_S + 30)
    fired = {name: (int(count), float(after)) for name, count, after in
             re.findall(r'(\w+): (\d+) after ([0-9.]+) s', alpha.run('cat /tmp/timers.out'))}
    assert fired['wall'][0] == 1 and fired['wall'][1] < OWN_S
    assert fired['own'][0] == 1 and OWN_S <= fired['own'][1] < OWN_S + SOON_S
    assert abs(fired['seconds'][0] - fired['seconds'][1]) < SOON_S
    assert not kinds_of_lines(alpha) - usual
    assert alpha.run(CLOCK_SOURCE) == source
    assert float(alpha.run('cat /proc/loadavg').split()[0]) < 3
