# SPDX-License-Identifier: GPL-2.0-only
"""A lid that is closed and opened while its slot is away: ACPI tells nobody, and the slot that comes back sees it, also
after a quick switch. QEMU has no lid, so an SSDT describes one whose state is a byte of RAM that no slot has."""

import re

import pytest

from gdb_remote import GdbRemote
from linux import GENERIC, Linux, linux_slot
from linux_modules import load_module, module_disk, unpack_modules
from qemu import PROMPT
from switchyard import open_console, parse_table

AT = 960 << 20
OPEN, CLOSED = b'\1', b'\0'
EVENT = 24         # bytes: struct input_event, of which the last eight are type, code and value
SW_LID = '5 0 {} 0'  # EV_SW, SW_LID, and the value: 1 if it is closed


def package(opcode, body):
    """ACPI 6.4, section 20.2.4: the length counts itself, and up to 63 it is one byte."""
    assert len(body) < 63
    return opcode + bytes([len(body) + 1]) + body


def lid_table():
    """OperationRegion (LIDR, SystemMemory, AT, 1) Field (LIDR, ByteAcc) { LIDS, 8 }
    Scope (\\_SB) { Device (LID0) { Name (_HID, "PNP0C0D") Method (_LID) { Return (LIDS) } } }"""
    region = b'\x5b\x80LIDR\x00\x0c' + AT.to_bytes(4, 'little') + b'\x01'
    field = package(b'\x5b\x81', b'LIDR\x01LIDS\x08')
    method = package(b'\x14', b'_LID\x00\xa4LIDS')
    device = package(b'\x5b\x82', b'LID0\x08_HID\x0c\x41\xd0\x0c\x0d' + method)
    return region + field + package(b'\x10', b'\\_SB_' + device)


@pytest.fixture
def alpha(machines):
    socket, table = machines.logs / 'gdb', machines.logs / 'lid'
    table.write_bytes(lid_table())
    machine = machines.start('timeout=-1', linux_slot('alpha', GENERIC, 'mem=512M'), memory='1G', devices=[
        *module_disk(GENERIC, machines.logs / 'modules.img', ('button', 'evdev')),
        '-acpitable', f'sig=SSDT,rev=2,data={table}', '-gdb', f'unix:{socket},server=on,wait=off'])
    machine.halt = lambda: GdbRemote(socket)
    open_console(machine)
    row, = (row for row in parse_table(machine.command('mem')) if int(row['START'], 16) <= AT <= int(row['END'], 16))
    assert row['OWNER'] == 'free'
    with machine.halt() as memory:
        memory.write(AT, OPEN)
    alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    alpha.wait()
    unpack_modules(alpha)
    for module in ('button', 'evdev'):
        load_module(alpha, module)
    said = alpha.run("sed -n '/Lid Switch/,/Handlers/p' /proc/bus/input/devices")
    alpha.run(f'(cat /dev/input/{re.search("event[0-9]+", said)[0]} > /tmp/lid &)')
    return alpha


def turn(alpha, option, state):
    """The lid's state is another one while alpha is away."""
    alpha.leave(f'syctl {option} monitor')
    alpha.machine.expect(PROMPT)
    with alpha.machine.halt() as memory:
        memory.write(AT, state)
    alpha.machine.sendline('switch alpha')
    alpha.come_back()


def wait_event(alpha, number, value):
    """Two for each change: the lid's, and one that says that this was all."""
    at = 2 * EVENT * number
    alpha.run(f'until [ $(wc -c < /tmp/lid) -ge {at + EVENT} ]; do sleep 0.1; done')
    assert alpha.run(f'od -An -tu2 -j {at + EVENT - 8} -N 8 /tmp/lid').split() == SW_LID.format(value).split()


@pytest.mark.thorough
def test_closed_and_opened_while_away(alpha):
    turn(alpha, '--quick', CLOSED)
    wait_event(alpha, 0, 1)
    turn(alpha, '', OPEN)
    wait_event(alpha, 1, 0)
    turn(alpha, '--quick', OPEN)
    turn(alpha, '--quick', CLOSED)
    wait_event(alpha, 2, 1)
    assert alpha.alarms() == []
