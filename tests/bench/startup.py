# SPDX-License-Identifier: GPL-2.0-only
"""RAM that the monitor keeps, and the time from GRUB's hand-over to the first instruction of a guest, against one
copy of its image by the same instruction."""

import re
import subprocess
from collections import Counter

from kernels import COMMAND_LINE, INITRD, LIMIT, MEMORY, SLOT, VMLINUZ, Kernel, host_rate
from monitor_image import PLUGIN, Symbols, find_base
from paths import MONITOR
from switchyard import module

OPTIONS = 'serial=com1,115200 timeout=0 default=alpha'
LINES = [line for name in ('alpha', 'beta')
         for line in (module('kernel', name, VMLINUZ, f'mem={SLOT}', COMMAND_LINE), module('initrd', name, INITRD))]
STARTS = 3
KEPT = {'monitor': "the monitor's image", 'kept': 'kept state of two slots', 'pictures': 'pictures',
        'store': 'pristine images'}

START = 'start: GRUB to the first instruction of a guest'
COPY = 'start: one copy of its image'
RATIO = 'start: the first against the second'


def linked_entry():
    """The address at which GRUB enters the monitor, which has not moved yet."""
    output = subprocess.run(['nm', str(MONITOR)], capture_output=True, text=True, check=True).stdout
    return int(re.search(r'^(\S+) T multiboot2_entry$', output, re.MULTILINE)[1], 16)


def start_once(machines, base):
    """(milliseconds to the first instruction of Linux, milliseconds of the copy)."""
    file = machines.logs / f'start-{len(machines.started)}'
    leave = base + Symbols().offsets['guest_enter_long']
    machine = machines.start(OPTIONS, LINES, memory=MEMORY,
                             devices=['-plugin', f'{PLUGIN},enter={linked_entry():#x},leave={leave:#x},out={file}'])
    linux = Kernel(machine, 'alpha', 1)
    linux.wait(LIMIT)
    size = VMLINUZ.stat().st_size + INITRD.stat().st_size
    copy = int(re.search(r'@copy (\d+)', linux.run(f'hop copy {size}', LIMIT))[1])
    machine.quit()
    enter, leave = re.search(r'^stamp (\d+) (\d+)', file.read_text()).groups()
    return (int(leave) - int(enter)) / 1e6, copy / host_rate()


def measure(bench):
    base, memory = find_base(bench.machines, OPTIONS, LINES, memory=MEMORY)
    kept = Counter()
    for start, end, owner in memory:
        kept[owner] += end - start
    for owner, title in KEPT.items():
        bench.add(f'RAM: {title}', 'bytes', [kept[owner]])
    for _ in range(STARTS):
        start, copy = start_once(bench.machines, base)
        bench.add(START, 'ms', [start])
        bench.add(COPY, 'ms', [copy])
        bench.add(RATIO, 'times', [start / copy])
