# SPDX-License-Identifier: GPL-2.0-only
"""Snapshots that a Linux slot takes of itself: another slot reads them, and puts the slot back to them, any number of
times."""

import json
import re
import subprocess

import pytest

from core_file import PAGE, CoreFile, check_mapping_is_gone, driver_of, processes_of, symbols_of, tools_disk, watch_mapping
from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import open_console, parse_table

MARKER = 'this is page %d of a file in memory'
PAGES = 40
CASES = [(OLDER_CLOUD, 2), *(pytest.param(case, marks=pytest.mark.thorough)
                             for case in ((OLDER_CLOUD, 1), (CLOUD, 2), (CLOUD, 1)))]
RESTORES = 5
SHORT = 40  # MiB that are left in the pool, less than the slot has in use
IN_A_ROW = 50
LIFETIME = 3600  # seconds; so many in a row take a while
LINE = r'snapshot NAME: \d+ MiB of \d+ MiB kept, \d+\.\d{3} s without the machine, \d+\.\d\d s in all\r?\n'
BACK = r'snapshot NAME: this slot is back at it, as it was \d+\.\d s ago\r?\n'


@pytest.fixture(scope='module', params=CASES, ids=lambda case: f'{case[0]}-{case[1]}')
def guests(request, module_machines):
    """beta has told of itself, taken the snapshot "clean", and is parked; alpha runs."""
    flavour, cpus = request.param
    folder = module_machines.logs / f'{flavour}-{cpus}'
    machine = module_machines.start('timeout=-1', linux_slot('alpha', CLOUD) +
                                    linux_slot('beta', flavour, 'mem=128M'),
                                    memory='768M', smp=cpus, lifetime=LIFETIME, devices=tools_disk(folder))
    open_console(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot beta')
    beta.wait()
    beta.run(f"i=0; while [ $i -lt {PAGES} ]; do printf '%-{PAGE}s' \"{MARKER.replace('%d', '$i')}\"; "
             'i=$((i + 1)); done > /tmp/marked; echo before > /tmp/state')
    # A file that is written again is empty for a moment, which the snapshot may be taken in.
    beta.put_file('/tmp/ticks.sh', 'echo $$ > /tmp/ticker; while :; do n=$((n + 1)); echo $n > /tmp/tick; '
                  'mv /tmp/tick /tmp/ticks; sleep 0.1; done\n')
    beta.told = {'symbols': symbols_of(beta), 'driver': driver_of(beta), 'processes': processes_of(beta),
                 'release': beta.run('uname -r').strip(), 'sum': beta.run('sha256sum /tmp/marked')}
    beta.run('(sh /tmp/ticks.sh < /dev/null > /dev/null 2>&1 &)')
    beta.at_snapshot = take(beta, 'clean')
    beta.cpus = cpus
    beta.ticks = int(beta.run('cat /tmp/ticks'))
    beta.switch_to(alpha)
    alpha.run('cd /tmp && tar xf /dev/vda')
    alpha.out = folder / 'out.img'
    return alpha, beta


def take(beta, name):
    """Returns which command ends once more when beta is put back to it."""
    beta.leave(f'syctl snapshot {name}')
    taken = beta._parked_at
    beta.machine.expect(LINE.replace('NAME', name), 60)
    beta.come_back()
    return taken


def put_back(alpha, beta, name, taken, look=False):
    """From alpha on to beta as it was. look: alpha compares all of its memory before."""
    said = alpha.run(f'syctl restore {name}', 120)
    assert re.fullmatch(rf'restoring {name}: slot beta, \d+ MiB \.{{10}} done\r?\n', said)
    if look:
        alpha.run(f'/tmp/map_core /proc/switchyard/beta as /proc/switchyard/beta@{name}', 120)
    go_back(alpha, beta, name, taken)


def go_back(alpha, beta, name, taken):
    """beta gets the machine, and the command that took the snapshot ends once more."""
    alpha.leave('syctl switch beta')
    beta._parked_at = taken
    beta.machine.expect(BACK.replace('NAME', name), 60)
    beta.come_back()


def free_memory(alpha):
    """The rows of the monitor's table that say what no slot has."""
    alpha.leave('syctl monitor')
    alpha.machine.expect(PROMPT)
    rows = [row for row in parse_table(alpha.machine.command('mem')) if row['OWNER'] == 'free']
    alpha.machine.sendline('switch alpha')
    alpha.come_back()
    assert rows
    return rows


def go_on(guest, ticks):
    """Its process in the background counts on, so its timers work."""
    guest.run(f'until [ $(cat /tmp/ticks) -gt {ticks} ]; do sleep 0.1; done')


def check(beta, ticks):
    """It lives: processes and timers, a file in the page cache, and its kernel's log."""
    go_on(beta, ticks)
    assert beta.run('sha256sum /tmp/marked') == beta.told['sum']
    assert beta.alarms() == []


def test_table(guests):
    alpha, _ = guests
    (row,) = json.loads(alpha.run('syctl --json snapshots'))
    assert (row['snapshot'], row['slot'], row['restorable']) == ('clean', 'beta', True)
    assert row['size'] < 129 << 20 and (row['kept'] + row['zero'] + row['free']) * PAGE == row['size']
    assert row['kept'] * PAGE < row['pool'] < row['size'] + (1 << 20)
    table = alpha.run('syctl snapshots').splitlines()
    assert table[0].split() == ['NAME', 'SLOT', 'TIME', 'KIND', 'SIZE', 'KEPT', 'POOL']
    assert re.match(r'clean +beta +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +to restore +', table[1])


def test_core(guests):
    """The file has the memory of that moment, with what beta had told of itself."""
    alpha, beta = guests
    shown = json.loads(alpha.run('syctl --json core beta@clean'))
    assert shown['path'] == alpha.run('syctl core beta@clean').strip() == '/proc/switchyard/beta@clean'
    alpha.run('dd if=/proc/switchyard/beta@clean of=/dev/vdb bs=1M conv=fsync 2>/dev/null', 120)
    with CoreFile(alpha.out) as core:
        assert core.size == shown['size']
        assert f'OSRELEASE={beta.told["release"]}\n' in core.note('VMCOREINFO').decode()
        listed = core.tasks(beta.told['symbols']['init_task'])
        assert listed[0] == 'swapper/0' and {'init', 'kthreadd', 'sh'} & set(beta.told['processes']) <= set(listed)
        first, last = beta.told['driver']
        assert all(first <= cpu['rip'] < last for cpu in core.registers().values())
        own = core.note('SWITCHYARD').decode()
        assert own.startswith('SLOT=beta\nSTATE=parked\n')
        assert f'\nLEVEL={shown["level"]:<2}\nSNAPSHOT=clean\n' in own
        memory = b''.join(core.physical(physical, size) for _, _, physical, size in core.loads[1:])
        assert all(f'{MARKER % number:<{PAGE}}'.encode() in memory for number in range(PAGES))
        word = core.number(beta.told['symbols']['init_task'])
    said = subprocess.run(['readelf', '-a', alpha.out], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=True, timeout=60).stdout
    assert 'CORE (Core file)' in said and 'NT_PRSTATUS' in said and 'arning' not in said
    said = subprocess.run(['gdb', '-batch', '-nx', '-ex', f'core-file {alpha.out}', '-ex',
                           f'p/x *(long *){beta.told["symbols"]["init_task"]:#x}'], stdout=subprocess.PIPE, text=True,
                          check=True, timeout=60).stdout
    assert f'$1 = {word:#x}\n' in said


def test_makedumpfile(guests, tmp_path):
    alpha, _ = guests
    level = '31' if guests[1].told['release'].startswith('6.1.') else '17'
    said = subprocess.run(['makedumpfile', '-l', '-d', level, alpha.out, tmp_path / 'thin'], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120)
    assert said.returncode == 0, said.stdout
    assert 'The dumpfile is saved to' in said.stdout


def test_restore(guests):
    """beta is back in that moment each time, whatever it did since."""
    alpha, beta = guests
    for turn in range(RESTORES):
        put_back(alpha, beta, 'clean', beta.at_snapshot, look=not turn)
        assert beta.run('cat /tmp/state').strip() == 'before'
        ticks = int(beta.run('cat /tmp/ticks'))
        assert ticks < beta.ticks + 1000
        check(beta, ticks)
        beta.run(f'echo {turn} > /tmp/state; rm /tmp/marked; killall -q sleep; echo 1000000 > /tmp/ticks')
        beta.switch_to(alpha)
    assert alpha.alarms() == []


@pytest.mark.thorough
@pytest.mark.limit(LIFETIME)
def test_in_a_row(guests):
    """A new snapshot each time, of what the last one was put back to; then the pool is as before."""
    alpha, beta = guests
    before = free_memory(alpha)
    put_back(alpha, beta, 'clean', beta.at_snapshot)
    beta.run('echo 0 > /tmp/state')
    for turn in range(IN_A_ROW):
        name = f'turn{turn}'
        taken = take(beta, name)
        beta.run('echo spoilt > /tmp/state; rm /tmp/marked; kill $(cat /tmp/ticker)')
        beta.switch_to(alpha)
        put_back(alpha, beta, name, taken, look=True)
        assert beta.run('cat /tmp/state') == f'{turn}\n'
        check(beta, int(beta.run('cat /tmp/ticks')))
        beta.check_cpus(beta.cpus)
        beta.run(f'syctl drop {name}; echo {turn + 1} > /tmp/state')
    beta.switch_to(alpha)
    assert free_memory(alpha) == before
    assert alpha.alarms() == []
def restore_from(alpha, file, options=''):
    output, status = alpha.try_run(f'syctl {options} restore --from {file}', 120)
    return output.replace('\r', '').strip(), status


def test_bad_files(guests):
    """One line each, and nothing has happened to the slot, whatever is wrong with the file."""
    alpha, _ = guests
    alpha.run('syctl dump beta@clean /tmp/clean; mkfifo /tmp/fifo', 120)
    output, status = alpha.try_run('syctl dump beta@clean /dev/null')
    assert status == 1 and output.strip() == \
        'error: /dev/null: no regular file; expected one, or a name that nothing has'
    assert alpha.run('test -c /dev/null && ls /dev | grep -c partial; true').strip() == '0'
    size = int(alpha.run('stat -c %s /tmp/clean'))
    where = size - (1 << 20)
    alpha.run(f'dd if=/tmp/clean of=/tmp/saved bs=4096 skip={where // PAGE} count=1 2>/dev/null; '
              'head -c 1048576 /tmp/clean > /tmp/short; '
              'sed s/LEVEL=17/LEVEL=31/ /tmp/short > /tmp/level; sed s/SLOT=beta/SLOT=alph/ /tmp/short > /tmp/other; '
              'sed s/SUM=/SAM=/ /tmp/short > /tmp/older; head -c 1048576 /proc/switchyard/beta > /tmp/parked; '
              'head -c 1048576 /proc/switchyard/beta@clean > /tmp/copy', 120)
    parked = 'slot beta is parked; expected ready or empty: "syctl kill beta" forgets what it does'
    for file, reason in (('clean', parked), ('short', f'cut off: 1048576 bytes; expected {size}'),
                         ('level', 'level 31, so pages in use are missing; expected 0, 1, 16 or 17'),
                         ('other', 'its note SWITCHYARD says slot alph, and its record another one'),
                         ('older', "an older version's: its note SWITCHYARD has no SUM="),
                         ('parked', "the memory of slot beta, not of a snapshot, so that it can't be restored"),
                         ('copy', 'it has no sum, which "syctl dump beta@clean FILE" adds'),
                         ('fifo', 'no regular file; expected one that "syctl dump SLOT@NAME FILE" has written'),
                         ('none', 'No such file or directory')):
        output, status = restore_from(alpha, f'/tmp/{file}')
        assert status == 1 and output.splitlines()[-1] == f'error: /tmp/{file}: {reason}'
    alpha.run('syctl kill beta')
    alpha.run(f'printf damaged | dd of=/tmp/clean bs=1 seek={where} conv=notrunc 2>/dev/null')
    output, status = restore_from(alpha, '/tmp/clean')
    assert status == 1 and re.search(r'^error: /tmp/clean: damaged: its sum is [0-9a-f]{16}; expected ', output, re.M)
    assert {row['slot']: row['state'] for row in json.loads(alpha.run('syctl --json list'))}['beta'] == 'ready'
    alpha.run(f'dd if=/tmp/saved of=/tmp/clean bs=4096 seek={where // PAGE} conv=notrunc 2>/dev/null')


def test_restore_from_file(guests):
    """beta is killed, so nothing is left of it but the file."""
    alpha, beta = guests
    output, status = restore_from(alpha, '/tmp/clean')
    assert status == 0 and re.fullmatch(r'restoring clean: slot beta, \d+ MiB \.{10} done', output)
    go_back(alpha, beta, 'clean', beta.at_snapshot)
    assert beta.run('cat /tmp/state').strip() == 'before'
    check(beta, int(beta.run('cat /tmp/ticks')))
    beta.switch_to(alpha)
    alpha.run('rm /tmp/clean')


def test_quick(guests):
    """Its devices work meanwhile, so it is only to be read."""
    alpha, beta = guests
    alpha.switch_to(beta)
    beta.run('syctl --quick snapshot fast', 60)
    beta.switch_to(alpha)
    rows = {row['snapshot']: row for row in json.loads(alpha.run('syctl --json snapshots'))}
    assert not rows['fast']['restorable']
    output, status = alpha.try_run('syctl restore fast')
    assert status == 1 and 'can only be read' in output
    alpha.run('cat $(syctl core beta@fast) > /dev/null; syctl drop fast', 60)
    assert beta.name + '@fast' not in alpha.run('ls /proc/switchyard').split()


def test_wrong_names(guests):
    alpha, _ = guests
    assert alpha.try_run('syctl restore none') == \
        ('error: no snapshot is called none; "syctl snapshots" lists them\n', 1)
    output, status = alpha.try_run('syctl snapshot clean')
    assert status == 1 and 'there is a snapshot "clean" already' in output
    assert alpha.try_run('syctl core alpha@clean')[1] == 1
    assert alpha.try_run('syctl --quick restore clean')[1] == 2


def test_pool_is_full(guests):
    """The slot goes on, with one line."""
    alpha, beta = guests
    alpha.run('for s in 512 256 128 64 32; do syctl add fill$s --mem ${s}M 2>/dev/null; done; true')
    alpha.switch_to(beta)
    output, status = beta.try_run('syctl snapshot full', 60)
    assert status == 1 and re.findall('error: .*', output) and output.count('error') == 1 and 'the pool' in output
    assert beta.alarms() == []
    go_on(beta, int(beta.run('cat /tmp/ticks')))
    beta.switch_to(alpha)
    assert [row['snapshot'] for row in json.loads(alpha.run('syctl --json snapshots'))] == ['clean']
    alpha.run('for s in 512 256 128 64 32; do syctl remove fill$s 2>/dev/null; done; true')


def test_pool_is_short(guests):
    """The pages are compressed then, and come back the same; crash, gdb and the like read them, and map none."""
    alpha, beta = guests
    most = int(alpha.run('for s in $(seq 512 -8 8); do '
                         'syctl add fill --mem ${s}M 2>/dev/null && echo $s && break; done', 60))
    alpha.run(f'syctl remove fill; syctl add fill --mem {most - SHORT}M')
    alpha.switch_to(beta)
    beta.run('echo short > /tmp/state')
    ticks = int(beta.run('cat /tmp/ticks'))
    beta.leave('syctl snapshot short')
    moment = beta._parked_at
    alpha.machine.expect(r'snapshot short: \d+ MiB of \d+ MiB kept \(compressed: \d+ MiB\), ', 120)
    beta.come_back()
    beta.switch_to(alpha)
    rows = {row['snapshot']: row for row in json.loads(alpha.run('syctl --json snapshots'))}
    row = rows['short']
    assert row['compressed'] and not rows['clean']['compressed']
    assert row['pool'] < (SHORT + 8) << 20 < row['kept'] * PAGE
    assert 'snapshot short was compressed, because the pool is short: ' in alpha.run('syctl log')
    put_back(alpha, beta, 'short', moment, look=True)
    assert beta.run('cat /tmp/state').strip() == 'short'
    go_on(beta, ticks)
    assert beta.alarms() == []
    beta.switch_to(alpha)
    alpha.run('syctl remove fill; syctl drop short')


def test_mapping_goes_with_the_snapshot(guests):
    alpha, beta = guests
    watch_mapping(alpha, '$(syctl core beta@clean)', beta.told['symbols']['jiffies_64'])
    alpha.run('syctl drop clean')
    check_mapping_is_gone(alpha)
    assert json.loads(alpha.run('syctl --json snapshots')) == []
    assert alpha.alarms() == []
