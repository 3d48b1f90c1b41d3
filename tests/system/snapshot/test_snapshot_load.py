# SPDX-License-Identifier: GPL-2.0-only
"""A dump of a slot that works all the time: a database on a disk, a TCP stream, and a program that counts each
millisecond. `syctl dump SLOT@NAME` writes a moment of it, while all of them go on."""

import json
import re
import sqlite3
import subprocess
import types

import pytest

from dump_tools import drive, tools_disk
from guest_images import compile_static
from linux import BUSY_HOST, CLOUD, OLDER_CLOUD, Linux, linux_slot
from switchyard import open_console
from tcp_stream import TcpStream

CASES = [(OLDER_CLOUD, 2), pytest.param((CLOUD, 2), marks=pytest.mark.thorough),
         pytest.param((CLOUD, 1), marks=pytest.mark.thorough)]
SEED = 17
BEHIND = 'renice -n 10 -p $$; '  # whoever dumps comes first
DISK_MIB = 256
ACCOUNTS = 50
MONEY = 1000  # on each account at first

# Each transaction moves one from a table to the other one, and writes so into a third.
SET_UP = f"""PRAGMA journal_mode=WAL; CREATE TABLE log (number INTEGER PRIMARY KEY);
CREATE TABLE here (id INTEGER PRIMARY KEY, money INTEGER); CREATE TABLE there (id INTEGER PRIMARY KEY, money INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ACCOUNTS}) INSERT INTO here SELECT i, {MONEY} FROM n;
INSERT INTO there SELECT id, money FROM here;"""
WORK = ('BEGIN; UPDATE here SET money = money - 1 WHERE id = %d; UPDATE there SET money = money + 1 WHERE id = %d; '
        'INSERT INTO log DEFAULT VALUES; COMMIT;')
WORK_FOR_EVER = ('awk \'BEGIN { for (;;) { i++; printf "' + WORK + f'\\n", i % {ACCOUNTS} + 1, i * 7 % {ACCOUNTS} + 1 }} }}\'')
SUMS = 'SELECT (SELECT sum(money) FROM here), (SELECT sum(money) FROM there), (SELECT count(*) FROM log)'


def ask(guest, query):
    return guest.run(f'sqlite3 -cmd ".timeout 20000" /data/db "{query}"', 60).strip()


def check_sums(here, there, done):
    assert here == ACCOUNTS * MONEY - done and there == ACCOUNTS * MONEY + done and done


def transactions(guest):
    """How many there were so far. In the middle of the work, too, the sums agree."""
    sums = [int(word) for word in ask(guest, SUMS).split('|')]
    check_sums(*sums)
    return sums[2]


def ticks(guest):
    """(microseconds of the longest gap since the last call, ticks in all), by the counting program's own clock."""
    lines = guest.run('wc -l < /tmp/gaps').strip()
    guest.run(f'kill -USR1 $(pidof moment); until [ $(wc -l < /tmp/gaps) -gt {lines} ]; do :; done')
    return [int(number) for number in re.findall(r'\d+', guest.run('tail -n 1 /tmp/gaps'))]


def counts(guest, file):
    """(first, last, is one moment) of the counting program's pages, by a core file that is read once from its beginning to
    its end."""
    first, last, disorder = re.fullmatch(r'first (\d+) last (\d+)( disorder)?\r?\n',
                                         guest.run(f'moment read /tmp/list {file}', 120)).groups()
    return int(first), int(last), not disorder and 0 <= int(first) - int(last) <= 1


def start_work(beta, stream):
    beta.run('tar xf /dev/vda -C /')
    beta.run('mkdir /data && mount -t ext4 /dev/vdb /data')
    beta.put_file('/tmp/set-up', SET_UP)
    beta.run('sqlite3 /data/db < /tmp/set-up')
    beta.put_file('/tmp/work', f'{BEHIND}{WORK_FOR_EVER} | sqlite3 -cmd ".timeout 20000" -cmd "PRAGMA synchronous=NORMAL" /data/db > /tmp/said 2>&1\n')
    beta.put_file('/tmp/stream', BEHIND + stream.command)
    # Locked pages stay where they are.
    beta.run('dmesg -n 1; echo 0 > /proc/sys/vm/compact_unevictable_allowed')
    beta.run('for work in "moment write /tmp/list > /tmp/gaps" "sh /tmp/work" "sh /tmp/stream"; do '
             '(eval "$work" < /dev/null 2> /tmp/errors &); done; until [ -s /tmp/list ]; do sleep 0.1; done')
    stream.wait_growth()
    beta.run("until [ \"$(sqlite3 -cmd '.timeout 20000' /data/db 'SELECT count(*) FROM log')\" -gt 0 ]; do sleep 0.1; done", 60)


@pytest.fixture(scope='module', params=CASES, ids=lambda case: f'{case[0]}-{case[1]}')
def loaded(request, module_machines):
    """beta works; a moment of it was kept, and a dump of that was written meanwhile."""
    flavour, cpus = request.param
    folder = module_machines.logs / f'{flavour}-{cpus}'
    folder.mkdir(exist_ok=True)
    disk = folder / 'disk.img'
    disk.write_bytes(bytes(DISK_MIB << 20))
    subprocess.run(['/usr/sbin/mkfs.ext4', '-q', '-F', disk], check=True, timeout=60)
    machine = module_machines.start(
        'timeout=-1', linux_slot('beta', flavour, 'mem=160M', 'sy.ip=10.0.2.15/24'), memory='512M', smp=cpus,
        devices=[*tools_disk(folder / 'tools.img', ['sqlite3'], [compile_static('moment')]), *drive(disk), '-netdev',
                 'user,id=net0', '-device', 'virtio-net-pci,netdev=net0'])
    open_console(machine)
    beta, stream = Linux(machine, 'beta'), TcpStream(SEED)
    machine.sendline('boot beta')
    beta.wait()
    start_work(beta, stream)
    loaded = types.SimpleNamespace(beta=beta, stream=stream, disk=disk, folder=folder, flavour=flavour)
    dump_it(loaded)
    yield loaded
    stream.close()


def dump_it(loaded):
    beta, stream = loaded.beta, loaded.stream
    ticks(beta)
    loaded.at_first = transactions(beta)
    beta.run('syctl --quick snapshot noon', 60)
    loaded.gap, before = ticks(beta)
    loaded.row, = json.loads(beta.run('syctl --json snapshots'))
    received = stream.received
    loaded.said = beta.run('syctl dump beta@noon /data/noon', 300)
    loaded.sent = stream.wait_growth() - received
    _, after = ticks(beta)
    loaded.ticks = after - before
    loaded.at_last = transactions(beta)


def test_it_works_on(loaded):
    """While the dump was written, tasks, timers, the database and the connection went on."""
    seconds = float(re.search(r'; (\d+\.\d+) s, ', loaded.said)[1])
    print(f'{loaded.flavour}: snapshot of {loaded.row["kept"] * 4096 >> 20} MiB: {loaded.row["monitor_us"] / 1000:.1f} ms in the '
          f'monitor; the longest gap of a 1 ms ticker: {loaded.gap / 1000:.1f} ms; dump: {seconds} s, in which it '
          f'ticked {loaded.ticks} times, and sent {loaded.sent} bytes')
    assert loaded.ticks > 20 and loaded.sent > 0 and loaded.at_last > loaded.at_first
    # Its clock has seen what the monitor took.
    assert loaded.gap >= loaded.row['monitor_us']
    assert loaded.beta.alarms(BUSY_HOST) == []


def test_the_dump_is_one_moment(loaded):
    noon = counts(loaded.beta, '/data/noon')
    assert noon[2], noon
    assert counts(loaded.beta, '/proc/switchyard/beta@noon') == noon


def test_memory_that_is_copied_while_it_works_is_not(loaded):
    """The same program on Linux's own file of its memory, read in the same way: so the test before can fail."""
    live = counts(loaded.beta, '/proc/kcore')
    assert not live[2], live


def test_disk(loaded):
    """The file system, the database and the dump on it are as whole as if there had been no snapshot."""
    beta, folder = loaded.beta, loaded.folder
    loaded.stream.wait_growth()
    assert beta.run('cat /tmp/said') == ''
    beta.run('killall -9 sqlite3; while pidof sqlite3; do sleep 0.1; done', 60)
    assert ask(beta, 'PRAGMA integrity_check') == 'ok'
    done = transactions(beta)
    assert done >= loaded.at_last
    beta.run('syctl drop noon; umount /data', 60)
    subprocess.run(['/usr/sbin/e2fsck', '-fn', loaded.disk], check=True, timeout=120, capture_output=True)
    for name in ('db', 'noon'):
        subprocess.run(['/usr/sbin/debugfs', '-R', f'dump /{name} {folder / name}', loaded.disk], check=True, timeout=120,
                       capture_output=True)
    with sqlite3.connect(folder / 'db') as database:
        assert database.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
        check_sums(*database.execute(SUMS).fetchone())


def test_makedumpfile(loaded, tmp_path):
    """The dump is a dump as any other one (after test_disk)."""
    level = '31' if loaded.flavour == OLDER_CLOUD else '17'
    said = subprocess.run(['makedumpfile', '-l', '-d', level, loaded.folder / 'noon', tmp_path / 'thin'],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    assert said.returncode == 0 and 'The dumpfile is saved to' in said.stdout, said.stdout
