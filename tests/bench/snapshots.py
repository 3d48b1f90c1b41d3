# SPDX-License-Identifier: GPL-2.0-only
"""Snapshots, by how much memory is in use: what of the time is a copy of that memory, and QEMU's savevm and loadvm beside
them.

Natively, copies.c runs the monitor's own code as a program of this machine, by the CPU's time. In QEMU, a slot with so
much memory takes a snapshot of itself and is put back to it by another one; beside it runs the same kernel with the same
program and no monitor, which QEMU saves and loads. They take turns. SNAPSHOT_MIB: the most memory in use in QEMU, for a
host that has less than the 12 GiB which the largest case takes."""

import json
import os
import re
import statistics
import subprocess
import time

from grub_image import build_image
from hops import SLOW_ROUNDS
from kernels import LIMIT, Kernel, PeerFailed
from linux import OLDER_CLOUD, kernel
from monitor_image import find_base, stamping
from paths import BUILD, scaled
from report import Goal
from switchyard import module

SIZES = (64, 256, 1024, 3072)  # MiB in use
QEMU_SIZES = [mib for mib in SIZES if mib <= int(os.environ.get('SNAPSHOT_MIB') or SIZES[-1])]
COPIES = BUILD / 'bench/copies'
NATIVE_LIMIT = 600
GOAL = 1.2

INITRD = BUILD / 'bench/initrd-fill'
COMMAND_LINE = 'console=ttyS0,115200 tsc=reliable'
KERNEL_MIB = 96   # for a kernel and its initramfs
SPARE_PART = 8    # of what is in use: page descriptors, and what Linux leaves free
ALPHA_MIB = 128
MONITOR_MIB = 160  # images, firmware, the monitor, and the initramfs until it has moved
ROOM_MIB = 1024   # on the disk of the machine that is saved, beside its memory
LINE = re.compile(r'snapshot (\d+) copy (\d+) restore (\d+) copy (\d+)')


def size_text(mib):
    return f'{mib} MiB' if mib < 1024 else f'{mib // 1024} GiB'


def memory_for(mib):
    """MiB of a kernel that has so many in use."""
    return mib + mib // SPARE_PART + KERNEL_MIB


def native_name(mib, what):
    return f'snapshot, {size_text(mib)}, native: {what}'


def in_qemu(mib, what):
    return f'snapshot, {size_text(mib)}, in QEMU: {what}'


GOALS = [goal for mib in SIZES for goal in (
    Goal(f'a snapshot of {size_text(mib)}, of a copy of its pages and their descriptors, by the same function',
         native_name(mib, 'of a copy'), limit=GOAL),
    Goal(f"a snapshot of {size_text(mib)}, ms against QEMU's savevm", in_qemu(mib, 'gate to gate'),
         (in_qemu(mib, "QEMU's savevm"),)),
    Goal(f"putting back {size_text(mib)}, ms against QEMU's loadvm", in_qemu(mib, 'put back'),
         (in_qemu(mib, "QEMU's loadvm"),)))]


def native_rounds(mib):
    """Small copies vary more, and take less."""
    return min(max(4096 // mib, 5), 25)


def measure_native(bench, mib):
    said = subprocess.run([COPIES, str(mib), str(native_rounds(mib))], capture_output=True, text=True, check=True,
                          timeout=scaled(NATIVE_LIMIT)).stdout
    rounds = [[int(number) for number in row] for row in LINE.findall(said)]
    if len(rounds) != native_rounds(mib):
        raise PeerFailed(f'copies {mib}: {said}')
    for column, what in enumerate(('taken', 'a copy', 'put back', 'a copy back')):
        bench.add(native_name(mib, what), 'ms', [row[column] / 1e6 for row in rounds])
    bench.add(native_name(mib, 'of a copy'), 'times', [row[0] / row[1] for row in rounds])
    bench.add(native_name(mib, 'put back, of a copy'), 'times', [row[2] / row[3] for row in rounds])


def fill(linux, mib):
    linux.run(f'(fill {mib} < /dev/null > /tmp/filled 2>&1 &); sleep 0.1; '
              'while [ ! -s /tmp/filled ] && pidof fill > /dev/null; do sleep 0.1; done', LIMIT)
    if linux.run('cat /tmp/filled').strip() != '@filled':
        raise PeerFailed('fill: ' + linux.run('cat /tmp/filled'))


def copy_rate(linux):
    """Nanoseconds for a byte of a copy in this guest, by the monitor's own function."""
    lines = int(linux.run('wc -l < /tmp/filled'))
    linux.run(f'kill -USR1 $(pidof fill); until [ $(wc -l < /tmp/filled) -gt {lines} ]; do :; done', LIMIT)
    nanoseconds, size = re.fullmatch(r'@copy (\d+) (\d+)\n', linux.run('tail -n 1 /tmp/filled')).groups()
    return int(nanoseconds) / int(size)


class Snapshots:
    """beta has so much memory in use, and alpha puts it back."""

    def __init__(self, machines, mib):
        lines = [line for name, size in (('alpha', ALPHA_MIB), ('beta', memory_for(mib)))
                 for line in (module('kernel', name, kernel(OLDER_CLOUD), f'mem={size}M', COMMAND_LINE),
                              module('initrd', name, INITRD))]
        # The pool has room for the copy.
        settings = {'memory': f'{ALPHA_MIB + 2 * memory_for(mib) + MONITOR_MIB}M', 'smp': 1}
        options = 'serial=com1,115200 timeout=0 default=alpha'
        base, _ = find_base(machines, options, lines, **settings)
        self.file = machines.logs / f'stamps-{mib}'
        self.mib = mib
        self.machine = machines.start(options, lines, lifetime=3600, devices=stamping(base, self.file), **settings)
        self.alpha, self.beta = (Kernel(self.machine, name, 1) for name in ('alpha', 'beta'))
        self.alpha.wait(LIMIT)
        self.alpha.settle()
        self.alpha.switch_to(self.beta)
        self.beta.settle()
        fill(self.beta, mib)

    def _gate_to_gate(self):
        """Milliseconds of the last stay in the monitor."""
        enter, leave = re.findall(r'^stamp (\d+) (\d+)', self.file.read_text(), re.MULTILINE)[-1]
        return (int(leave) - int(enter)) / 1e6

    def round(self):
        beta, alpha = self.beta, self.alpha
        beta.leave('syctl --json snapshot noon > /tmp/taken')
        taken_at = beta._parked_at
        beta.come_back(LIMIT)
        blackout = self._gate_to_gate()
        taken = json.loads(beta.run('cat /tmp/taken'))
        size = taken['snapshot']['kept'] * 4096
        rate = copy_rate(beta)
        if taken['restored'] or size < self.mib << 20:
            raise PeerFailed(f'no snapshot of {self.mib} MiB was taken: {taken}')
        yield 'kept', 'MiB', size / (1 << 20)
        yield 'gate to gate', 'ms', blackout
        yield 'of it the copy', 'ms', taken['snapshot']['monitor_us'] / 1000
        yield "of it Linux's suspend and resume", 'ms', taken['whole_us'] / 1000 - blackout
        yield 'a copy in the guest', 'ms', rate * size / 1e6
        yield 'gate to gate, of a copy in the guest', 'times', blackout * 1e6 / (rate * size)
        beta.switch_to(alpha)
        begin = time.monotonic()
        alpha.run('syctl --json restore noon', LIMIT)
        yield 'put back', 'ms', (time.monotonic() - begin) * 1000
        alpha.leave('syctl switch beta')
        beta._parked_at = taken_at  # the same command ends once more
        beta.come_back(LIMIT)
        if not json.loads(beta.run('cat /tmp/taken'))['restored']:
            raise PeerFailed('restore: beta is not back at its snapshot')
        beta.run('syctl drop noon')
        beta.check()


class Saved:
    """The same kernel with as much memory and the same program; QEMU saves and loads the machine."""

    def __init__(self, machines, mib):
        size = memory_for(mib)
        disk = machines.logs / f'saved-{mib}.qcow2'
        subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', disk, f'{size + ROOM_MIB}M'], check=True,
                       timeout=scaled(60))
        image = build_image([f'linux /vmlinuz {COMMAND_LINE}', 'initrd /initrd'],
                            {'/vmlinuz': kernel(OLDER_CLOUD), '/initrd': INITRD})
        self.disk = disk
        self.machine = machines.start_image(image, memory=f'{size}M', lifetime=3600,
                                            devices=['-drive', f'file={disk},format=qcow2,if=virtio'])
        self.linux = Kernel(self.machine, 'linux', 1, 'saved')
        self.linux.wait(LIMIT)
        self.linux.settle()
        fill(self.linux, mib)

    def _human(self, command):
        begin = time.monotonic()
        said = self.machine.qmp.execute('human-monitor-command', scaled(LIMIT), **{'command-line': command})
        if said.strip():
            raise PeerFailed(f'{command}: {said.strip()}')
        return (time.monotonic() - begin) * 1000

    def round(self):
        self.linux.run('echo saved > /tmp/state')
        yield "QEMU's savevm", 'ms', self._human('savevm bench')
        self.linux.run('echo changed > /tmp/state')
        yield "QEMU's loadvm", 'ms', self._human('loadvm bench')
        self.linux.prompt()
        if self.linux.run('cat /tmp/state').strip() != 'saved':
            raise PeerFailed('loadvm: the guest is not as it was at savevm')


def measure_in_qemu(bench, mib):
    peers = [Snapshots(bench.machines, mib), Saved(bench.machines, mib)]
    for _ in range(max(SLOW_ROUNDS, 1)):
        for peer in peers:
            for what, unit, value in peer.round():
                bench.add(in_qemu(mib, what), unit, [value])
    for peer in peers:
        peer.machine.quit()
    peers[1].disk.unlink()


def measure(bench):
    for mib in SIZES:
        measure_native(bench, mib)
        bench.say(native_name(mib, f"{statistics.median(bench.figures[native_name(mib, 'of a copy')].values):.2f} of a copy"))
    for mib in QEMU_SIZES:
        measure_in_qemu(bench, mib)
        bench.say(in_qemu(mib, f"{bench.median(in_qemu(mib, 'gate to gate')):.0f} ms"))
