# SPDX-License-Identifier: GPL-2.0-only
"""A slot above 4 GiB has a piece of RAM below, for devices that address 32 bits: an IDE disk works in it, across switches, and
core files and snapshots hold both."""

import hashlib
import re
import subprocess

import pytest

from core_file import CoreFile, tools_disk
from linux import GENERIC, OLDER_CLOUD, OLDER_GENERIC, Linux, linux_slot
from linux_modules import load_module, module_disk, unpack_modules
from qemu import PROMPT
from switchyard import open_console, parse_table, slots

MIB, GIB = 1 << 20, 1 << 30
AT = 4608 * MIB  # QEMU's pc has 3 GiB of its RAM below 4 GiB
MARK = 'sector %d of the disk that addresses 32 bits'
SECTORS = 4096
DISK = b''.join(f'{MARK % n:<512}'.encode() for n in range(SECTORS))
IDE, UHCI, USB_DISK = 'ata_piix', 'uhci-hcd', 'usb-storage'


def disks(folder, flavour):
    """QEMU's words: the modules, two disks for a core file, and one at the IDE controller of machine pc."""
    folder.mkdir(exist_ok=True)
    modules = module_disk(flavour, folder / 'modules.img', (IDE, 'sd_mod', UHCI, USB_DISK))
    (folder / 'old.img').write_bytes(DISK)
    return [*modules, *tools_disk(folder), '-drive', f'if=ide,index=0,format=raw,file={folder}/old.img']


def place(machine, name):
    """(address, size) of the piece that the log names."""
    where = re.search(rf'slot {name}: linux, \d+ MiB at 0x[0-9a-f]+, (\d+) MiB at (0x[0-9a-f]+) for 32-bit devices',
                      machine.command('log'))
    return int(where[2], 16), int(where[1]) * MIB


def check_disk(guest):
    """Reads the disk itself, not Linux's copy: each sector says which one it is."""
    guest.run('echo 3 > /proc/sys/vm/drop_caches')
    assert guest.run('sha256sum < /dev/sda', 60).split()[0] == hashlib.sha256(DISK).hexdigest()


@pytest.fixture(scope='module', params=[OLDER_GENERIC, pytest.param(GENERIC, marks=pytest.mark.thorough)])
def guests(request, module_machines):
    """high runs above 4 GiB, with its disk; alpha is ready."""
    folder = module_machines.logs / request.param
    machine = module_machines.start(
        'timeout=-1 integrity=all',
        linux_slot('alpha', OLDER_CLOUD, 'mem=160M') + linux_slot('high', request.param, f'mem=160M@{AT >> 20}M'),
        machine='pc', memory='5G', devices=disks(folder, request.param))
    open_console(machine)
    alpha, high = Linux(machine, 'alpha'), Linux(machine, 'high')
    high.piece = place(machine, 'high')
    high.plan = machine.command('mem')
    machine.sendline('boot high')
    high.wait()
    unpack_modules(high)
    for module in (IDE, 'sd_mod'):
        load_module(high, module)
    high.run('until [ -b /dev/sda ]; do sleep 0.1; done')
    alpha.out = folder / 'out.img'
    return alpha, high


def test_plan(guests):
    """The piece has its slot's name in the plan, and a column tells how large it is."""
    _, high = guests
    at, size = high.piece
    own = [row for row in parse_table(high.plan) if row['OWNER'] == 'high']
    assert [int(row['START'], 16) for row in own] == [int(own[0]['START'], 16), at, AT]
    assert at + size <= 4 * GIB
    kept = {row['KEPT FOR']: row['BELOW 4G'] for row in parse_table(high.plan[high.plan.index('KEPT FOR'):])}
    assert kept == {'monitor': '-', 'alpha': '-', 'high': f'{size >> 20} MiB'}


def test_linux_takes_it(guests):
    _, high = guests
    at, size = high.piece
    log = high.run('dmesg')
    assert 'No low mem' not in log
    bounce = re.search(r'software IO TLB: mapped \[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\] \(64MB\)', log)
    assert at <= int(bounce[1], 16) < int(bounce[2], 16) <= at + size
    iomem = high.run('cat /proc/iomem')
    assert re.search(rf'^0*{at:x}-0*{at + size - 1:x} : System RAM', iomem, re.M)
    code = re.search(r'([0-9a-f]+)-[0-9a-f]+ : Kernel code', iomem)
    assert int(code[1], 16) >= AT  # KASLR leaves the piece alone
    check_disk(high)


def test_parked_and_resumed(guests):
    """A core file has the piece as RAM, with what lies in it."""
    alpha, high = guests
    at, size = high.piece
    high.switch_to(alpha)
    alpha.run('dd if=$(syctl core high) of=/dev/vdc bs=1M conv=fsync 2>/dev/null', 120)
    with CoreFile(alpha.out) as core:
        assert [(physical, length) for _, _, physical, length in core.loads[2:3]] == [(at, size)]
        assert core.loads[2][1] - at == core.loads[3][1] - AT
        assert MARK % (SECTORS - 1) in core.physical(at, size).decode('latin-1')  # in a bounce buffer
    said = subprocess.run(['readelf', '-l', alpha.out], capture_output=True, text=True, check=True, timeout=60)
    assert re.search(rf'LOAD +0x[0-9a-f]+ 0x[0-9a-f]+ 0x{at:016x}', said.stdout) and 'arning' not in said.stderr
    alpha.switch_to(high)
    check_disk(high)
    assert high.alarms() == []


def test_snapshot_and_console(guests):
    """Back at a snapshot, its disk works on; the console counts the piece and reads in it."""
    alpha, high = guests
    machine = high.machine
    at, size = high.piece
    high.leave('syctl snapshot clean')
    taken = high._parked_at
    high.come_back(60)
    high.run('dd if=/dev/zero of=/tmp/large bs=1M count=20 2>/dev/null')
    high.leave('syctl monitor')
    machine.expect(PROMPT)
    all_kib = int(re.match(r'high: (\d+) KiB, in use', machine.command('mem high'))[1])
    assert size >> 10 < all_kib <= (160 * MIB + size) >> 10
    assert 'error' not in machine.command('selftest')
    said = machine.command('restore clean', 120)
    assert 'error' not in said
    machine.sendline('switch high')
    high._parked_at = taken
    high.come_back(60)
    assert high.try_run('ls /tmp/large')[1] != 0
    check_disk(high)
    assert high.alarms() == []


@pytest.mark.thorough
def test_low_for_a_crash_kernel(module_machines):
    """With low=, crashkernel= finds room below 4 GiB, and UHCI has memory; a piece that is too large is refused with what
    there is."""
    folder = module_machines.logs / 'crash'
    flavour = OLDER_GENERIC
    usb = ['-device', 'piix3-usb-uhci,id=uhci', '-drive', f'if=none,id=stick,format=raw,file={folder}/old.img,readonly=on',
           '-device', 'usb-storage,bus=uhci.0,drive=stick']
    words = disks(folder, flavour)[:-2]
    machine = module_machines.start(
        'timeout=-1', linux_slot('big', OLDER_CLOUD, 'mem=64M low=3500M') +
        linux_slot('high', flavour, f'mem=512M@{AT >> 20}M low=512M', 'crashkernel=128M') +
        linux_slot('below', OLDER_CLOUD, 'mem=160M@1G low=64M') +
        linux_slot('huge', OLDER_CLOUD, 'mem=64M@5120M low=3500M'),
        machine='pc', memory='6G', devices=[*words, *usb])
    open_console(machine)
    log = machine.command('log')
    assert re.search(r'error: slot huge: no room: low= wants 3500 MiB in one piece below 4 GiB; free are \d+ MiB at 0x', log)
    assert 'warn: slot below: low= has no use: all of its memory lies below 4 GiB' in log
    assert list(slots(machine)) == ['big', 'high', 'below']
    high = Linux(machine, 'high')
    machine.sendline('boot high')
    high.wait()
    assert re.search(r'[0-9a-f]+-[0-9a-f]+ : Crash kernel', high.run('cat /proc/iomem'))
    unpack_modules(high)
    for module in ('sd_mod', UHCI, USB_DISK):
        load_module(high, module)
    high.run('until [ -b /dev/sda ]; do sleep 0.1; done', 60)
    check_disk(high)
    assert high.alarms() == []
