# SPDX-License-Identifier: GPL-2.0-only
"""Where the monitor's image lies in a machine, and which file each of its instructions comes from."""

import bisect
import re
import subprocess

from paths import BUILD, MONITOR
from switchyard import open_console, parse_table

PLUGIN = BUILD / 'bench/plugin.so'
LARGE_PAGE = 2 << 20


def owners(machine):
    """(start, end, owner) of all memory, by the monitor's `mem`, whose prompt must be waiting."""
    rows = parse_table(machine.command('mem'))
    return [(int(row['START'], 16), int(row['END'], 16) + 1, row['OWNER']) for row in rows]


def find_base(machines, options, modules, **settings):
    """Starts such a machine for a moment. Returns the image's address there, and who owns which memory."""
    machine = machines.start(re.sub(r'timeout=\S+', 'timeout=-1', options), modules, **settings)
    open_console(machine)
    memory = owners(machine)
    machine.quit()
    # The image begins with a large page. The kept state of slots may begin at any page.
    base, = (start for start, _, owner in memory if owner == 'monitor' and start % LARGE_PAGE == 0)
    return base, memory


class Symbols:
    """The monitor's symbols, by their offsets in the image."""

    def __init__(self):
        output = subprocess.run(['nm', '-l', str(MONITOR)], capture_output=True, text=True, check=True).stdout
        rows = re.findall(r'^([0-9a-f]+) (\w) (\S+)(?:\t(\S+):\d+)?$', output, re.MULTILINE)
        addresses = {name: int(address, 16) for address, _, name, _ in rows}
        start = addresses['monitor_start']
        self.offsets = {name: address - start for name, address in addresses.items()}
        self.size = addresses['monitor_end'] - start
        self._code = sorted((int(address, 16) - start, name, file.removeprefix('./') or 'assembly')
                            for address, kind, name, file in rows if kind in 'tT')
        self._starts = [offset for offset, _, _ in self._code]

    def at(self, offset):
        """(function, source file) of the code at that offset."""
        _, name, file = self._code[bisect.bisect_right(self._starts, offset) - 1]
        return name, file


def watched(base, offsets, leave):
    """Words for the plugin: from a call of the gate to leave, if a slot gets its state back meanwhile. So a service
    that a guest asks for, after which that guest goes on, does not count."""
    return (f"enter={base + offsets['gate_entry']:#x},through={base + offsets['platform_restore']:#x}"
            + (f",leave={base + offsets[leave]:#x}" if leave else ''))


def counting(base, file):
    """QEMU's arguments that count the hops of a monitor whose image lies there."""
    symbols = Symbols()
    return ['-plugin', f"{PLUGIN},low={base:#x},high={base + symbols.size:#x},"
                       f"{watched(base, symbols.offsets, None)},out={file}"]


def counting_calls(base, file):
    """The same for all calls of the gate, services included."""
    symbols = Symbols()
    return ['-plugin', f"{PLUGIN},low={base:#x},high={base + symbols.size:#x},"
                       f"enter={base + symbols.offsets['gate_entry']:#x},out={file}"]


def stamping(base, file):
    """QEMU's arguments that tell when a call of the gate begins, and when another slot goes on."""
    return ['-plugin', f"{PLUGIN},{watched(base, Symbols().offsets, 'slot_registers')},out={file}"]
