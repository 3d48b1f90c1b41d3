# SPDX-License-Identifier: GPL-2.0-only
"""Counts the accesses to devices that one hop between two tick slots makes, as the CPU makes them.

QEMU's trace events memory_region_ops_read and _write report each access to a device, and split one to VGA
memory into bytes. Bytes of one kind that follow each other within an aligned 8 are one access here.

A hop begins when tick reads the key that asks for it, and ends when the other tick prints its first letter.
What the two ticks do before and after is not counted.
"""

import re
from collections import Counter
from contextlib import contextmanager
from typing import NamedTuple

EVENTS = ('memory_region_ops_read', 'memory_region_ops_write')
LINE = re.compile(r'memory_region_ops_(read|write) cpu \S+ mr \S+ addr (\S+) value (\S+) size (\d+) name \'(.*)\'')
JOINED = 8  # bytes: what one access of the CPU reads or writes at most
COM1_DATA = 0x3f8


class Access(NamedTuple):
    kind: str  # 'read' or 'write'
    address: int
    value: int
    size: int
    region: str  # QEMU's name


def parse(text):
    """The accesses in a trace, as QEMU reports them."""
    return [Access(kind, int(address, 16), int(value, 16), int(size), region)
            for kind, address, value, size, region in LINE.findall(text)]


def continues(last, access):
    """True if this one is a further byte of the same access of the CPU."""
    return ((last.kind, last.region, last.size, access.size) == (access.kind, access.region, 1, 1)
            and 'vga' in access.region and access.address >= 0xa0000
            and access.address == last.address + 1 and access.address % JOINED != 0)


def joined(accesses):
    """Those as the CPU makes them: without the further bytes."""
    return [access for last, access in zip([None, *accesses], accesses)
            if last is None or not continues(last, access)]


def is_serial_data(access, kind, value):
    return access.kind == kind and access.address in (0, COM1_DATA) and access.value == value \
        and access.region == 'serial'


def between(accesses, key, letter):
    """Those after the read of key from COM1 and before the write of letter to it."""
    begin = next(i for i, access in enumerate(accesses) if is_serial_data(access, 'read', ord(key)))
    # Before tick prints a letter it reads the port's line status.
    end = next(i for i, access in enumerate(accesses)
               if i > begin and is_serial_data(access, 'write', ord(letter)))
    return accesses[begin + 1:end - 1]


@contextmanager
def traced(machine):
    """A list that has all accesses of that time when it is over."""
    log, found = machine.logs / 'trace.log', []
    machine.qmp.human(f'logfile {log}')
    for event in EVENTS:
        machine.qmp.execute('trace-event-set-state', name=event, enable=True)
    yield found
    for event in EVENTS:
        machine.qmp.execute('trace-event-set-state', name=event, enable=False)
    machine.qmp.human('logfile /dev/null')  # closes the file
    found += joined(parse(log.read_text()))
    log.unlink()


def of_hop(machine, key, name):
    """Presses key at a tick slot, which switches to tick slot name. Returns the accesses of that hop."""
    with traced(machine) as found:
        machine.send(key)
        machine.expect(rf'^{name}: back after \d+ switches\n')
    return between(found, key, name[0])


def of_monitor(accesses):
    """Those of the monitor in a quick hop between two Linux kernels without VGA. Before all others it reads PCI's
    address register, as Linux does at its start alone, and it writes the register without the data after all others."""
    selected = [i for i, access in enumerate(accesses) if access.region == 'pci-conf-idx']
    begin = next(i for i in selected if accesses[i].kind == 'read')
    end = next(i for i in selected if i > begin and accesses[i].kind == 'write'
               and accesses[i + 1].region != 'pci-conf-data')
    return accesses[begin:end + 1]


def table(accesses):
    """Lines for people: reads and writes by region, those with most first."""
    reads = Counter(access.region for access in accesses if access.kind == 'read')
    writes = Counter(access.region for access in accesses if access.kind == 'write')
    rows = sorted((reads + writes).items(), key=lambda row: -row[1])
    rows = [(region, reads[region], writes[region], count) for region, count in rows]
    rows.append(('all', reads.total(), writes.total(), len(accesses)))
    return '\n'.join(f'{region:24} {read:7} {write:7} {count:7}' for region, read, write, count in rows)
