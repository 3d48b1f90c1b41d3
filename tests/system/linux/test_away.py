# SPDX-License-Identifier: GPL-2.0-only
"""Linux's clocks, timers and watchdogs, and what NTP has found out, after up to 20 minutes away.

QEMU counts the instructions that it executes, and makes a clock of that. When all CPUs sleep, the clock
jumps to the next event. So minutes pass in seconds, no guest can tell, and no busy host disturbs.
"""

import re
import tarfile

import pytest

import guest_images
from guest_images import compile_static
from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from switchyard import module, tick_count, tick_slot

FAST = ['-icount', 'shift=3,sleep=off', '-rtc', 'base=utc,clock=vm']
AWAY_S = (25, 180, 1200)  # 25 s is longer than what Linux calls a lockup
BY_TSC_S = 1000           # longer absences are counted by the RTC, in whole seconds, if it is right
EXACT_S, WHOLE_S = 0.01, 2
SHORT_S = 1
WALL_S, OWN_S = 10, 20    # see timers.c: one passes while the slot is parked, one does not
SOON_S = 5
LATE_S = 30               # Linux's watchdogs look at least so often
LIMIT_S = 120
CLOCK_SOURCE = 'cat /sys/devices/system/clocksource/clocksource0/current_clocksource'

# With a clock like that, QEMU 7.2 does not get past the place where Linux 6.1 starts its second CPU.
CPUS = {flavour: 1 if flavour.startswith('6.1-') else 2 for flavour in (CLOUD, OLDER_CLOUD)}

# Timers run on the first CPU, and on the last one others that nothing else wakes.
LEAVE = f"""taskset 1 /tmp/timers {WALL_S} {OWN_S} > /tmp/timers0 &
taskset $(nproc) /tmp/timers {WALL_S} {OWN_S} still > /tmp/timers1 &
sleep 1
/tmp/ntp set > /tmp/before && syctl "$@" && /tmp/ntp > /tmp/after
"""

# The second one has no watchdog of clock sources, which would wake an idle CPU each second.
SOURCES = {'tsc': '', 'tsc-alone': 'tsc=reliable', 'hpet': 'clocksource=hpet', 'acpi_pm': 'clocksource=acpi_pm'}


def disk(folder):
    with tarfile.open(folder / 'disk.img', 'w') as archive:
        for name in ('timers', 'ntp'):
            archive.add(compile_static(name), name)
    return ['-drive', f'file={folder / "disk.img"},format=raw,if=virtio,readonly=on']


def start(machines, flavour, source):
    """For each time away there is a tick, which then switches back by itself. All have run once."""
    ticks = {away: tick_slot(f'tick{away}', string=f'every={away * 100} to=1') for away in (SHORT_S, *AWAY_S)}
    machine = machines.start('timeout=0 default=alpha',
                             linux_slot('alpha', flavour, extra=f'nohz_full=1 {SOURCES[source]}') + sum(ticks.values(), []),
                             memory='512M', smp=CPUS[flavour], devices=[*FAST, *disk(machines.logs)])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.run('tar xf /dev/vda -C /tmp')
    alpha.put_file('/tmp/leave', LEAVE)
    for away in ticks:
        alpha.leave(f'syctl switch tick{away}')
        tick_count(machine, f'tick{away}')
        alpha.come_back(LIMIT_S)
    return alpha


def log(alpha):
    """Takes the kernel's log: its lines without stamps and numbers."""
    alpha.run(f'sleep {LATE_S}')
    lines = alpha.run('dmesg -c').replace('\r', '').split('\n')
    return {re.sub(r'\d+', 'N', re.sub(r'^\[ *[0-9.]+\] ', '', line)) for line in lines if line}


def ntp(alpha, when):
    return {name: float(value) for name, value in re.findall(r'(\w+)=([\d.]+)', alpha.run(f'cat /tmp/{when}'))}


def check_timers(alpha, file, away):
    """Those that have passed fired once and at once, and the others go by Linux's own time."""
    alpha.run(f'until grep -q end {file}; do sleep 1; done')
    fired = {name: (int(count), float(after)) for name, count, after in
             re.findall(r'(\w+): (\d+) after ([0-9.]+) s', alpha.run(f'cat {file}'))}
    for name in ('wall', 'boot'):
        assert fired[name][0] == 1 and fired[name][1] < SOON_S, fired
    assert fired['own'][0] == 1 and OWN_S <= fired['own'][1] < OWN_S + SOON_S, fired
    if 'seconds' in fired:
        assert abs(fired['seconds'][0] - fired['seconds'][1]) < WHOLE_S, fired
        assert abs(fired['beats'][0] - fired['beats'][1]) < WHOLE_S, fired
        assert fired['beats'][0] > away, fired


def check_ntp(before, after, away):
    kept = ('status', 'freq', 'constant', 'esterror', 'tick', 'tai')
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert 0.9 * before['offset'] < after['offset'] <= before['offset']
    assert after['maxerror'] < before['maxerror'] + 1e5
    passed = after['boot'] - before['boot']
    assert away <= passed + WHOLE_S and passed < away + SOON_S
    assert after['real'] - before['real'] == pytest.approx(passed, abs=1e-3)
    # QEMU's time-stamp counter counts nanoseconds then.
    error = passed - (after['tsc'] - before['tsc']) / 1e9
    assert abs(error) < (EXACT_S if away < BY_TSC_S else WHOLE_S)


def be_away(alpha, way, away):
    alpha.leave(f'sh /tmp/leave {way} switch tick{away}')
    alpha.come_back(LIMIT_S)


def check_away(alpha, way, away, usual, cpus):
    source = alpha.run(CLOCK_SOURCE)
    be_away(alpha, way, away)
    for file in ('/tmp/timers0', '/tmp/timers1'):
        check_timers(alpha, file, away)
    check_ntp(ntp(alpha, 'before'), ntp(alpha, 'after'), away)
    assert log(alpha) <= usual
    assert alpha.run(CLOCK_SOURCE) == source
    alpha.check_cpus(cpus)


def check_quick(alpha, flavour, source):
    assert alpha.run(CLOCK_SOURCE).strip() == source.split('-')[0]
    log(alpha)
    for away in AWAY_S:
        check_away(alpha, '--quick', away, set(), CPUS[flavour])


@pytest.mark.thorough
def test_quick(machines):
    check_quick(start(machines, CLOUD, 'tsc-alone'), CLOUD, 'tsc-alone')


@pytest.mark.thorough
def test_another_kernel_sets_the_rtc(machines):
    """The RTC is hours off when alpha comes back, and not believed; the next time it is right again."""
    guest = guest_images.assemble('sets_rtc', 0x3000000, bits=64)
    away = AWAY_S[-1]
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', CLOUD) + tick_slot(
        string=f'every={away * 100} to=1') + [module('kernel', 'sets', guest, 'mem=4M on-crash=tick')],
                             memory='512M', devices=[*FAST, *disk(machines.logs)])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.run('tar xf /dev/vda -C /tmp')
    alpha.put_file('/tmp/leave', '/tmp/ntp set > /tmp/before && syctl switch $1 && /tmp/ntp > /tmp/after')
    for slot in ('sets', 'tick'):
        alpha.leave(f'sh /tmp/leave {slot}')
        alpha.come_back(LIMIT_S)
        check_ntp(ntp(alpha, 'before'), ntp(alpha, 'after'), away)
    assert alpha.run('dmesg | grep -c "PM: suspend entry"').strip() == '2'


@pytest.mark.thorough
@pytest.mark.parametrize('flavour', sorted({CLOUD, OLDER_CLOUD}))
@pytest.mark.parametrize('source', SOURCES)
def test_quick_and_deep(machines, flavour, source):
    alpha = start(machines, flavour, source)
    check_quick(alpha, flavour, source)
    usual = set()
    for _ in range(2):  # some lines of a deep switch come late
        be_away(alpha, '--deep', SHORT_S)
        usual |= log(alpha)
    for away in AWAY_S:
        check_away(alpha, '--deep', away, usual, CPUS[flavour])
