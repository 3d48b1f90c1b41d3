# SPDX-License-Identifier: GPL-2.0-only
"""The machines on which two kernels hand the machine to each other: by Switchyard, and by kexec jump. Both run
the small kernel of `make guest-kernel`, which has kexec jump."""

import functools
import re
import subprocess
import time

from grub_image import build_image
from linux import BUSY_HOST, DEFAULT, Linux
from monitor_image import find_base, stamping
from paths import BUILD
from switchyard import module

GUEST = BUILD / f'guest/{DEFAULT}-guest'
VMLINUZ = GUEST / 'vmlinuz'
INITRD = BUILD / 'bench/initrd'              # with hop and the trampoline
INITRD_KEXEC = BUILD / 'bench/initrd-kexec'  # with kexec, too, and the second kernel
# Times are measured by the time-stamp counter, which goes on when a busy host stops the machine's other clocks for a
# moment. Linux must not call it unstable for that.
COMMAND_LINE = 'console=ttyS0,115200 tsc=reliable'

# Both kernels of a pair have about this much memory. Kexec jump exchanges all of it, at each jump.
SLOT = '128M'
JUMP_RANGE = 127 << 20
LOWEST = 0x1000  # below it, too, there is memory that the second kernel uses
MEMORY = '512M'
LIMIT = 120

# Linux connects its PS/2 devices again after it has resumed, and its next suspend waits for that. A person
# is slower, so each hop begins when that is over. Nothing tells when it is.
PAUSE_S = 1.0


HOP = BUILD / 'bench/hop'


class PeerFailed(Exception):
    """What was to be measured did not really run."""


def rate_in(text):
    """Ticks of the time-stamp counter in a millisecond, as hop says them."""
    return int(re.search(r'@rate (\d+)', text)[1]) / 1000


@functools.cache
def host_rate():
    """The host's counter is the emulated one, too. A guest is not asked: if the host is busy while Linux boots, Linux may
    take the counter for many times slower than it is, and measures its time by it."""
    return rate_in(subprocess.run([HOP, 'rate'], capture_output=True, text=True, check=True, timeout=30).stdout)


class Kernel(Linux):
    """A kernel that is to be found as healthy at the end as it was when it had booted."""

    def __init__(self, machine, name, smp, title=None):
        super().__init__(machine, name)
        self._smp = smp
        self._title = title or name

    def settle(self):
        """After the boot. What the kernel has said so far does not count: the one that kexec jump starts warns
        of a /proc/vmcore without notes."""
        self.run('dmesg -n 1; dmesg -c > /dev/null')

    def check(self):
        alarms = self.alarms(BUSY_HOST)
        online = self.run('cat /sys/devices/system/cpu/online').strip()
        if alarms:
            raise PeerFailed(f'{self._title}: the kernel reports {alarms}')
        if online != ('0' if self._smp == 1 else f'0-{self._smp - 1}'):
            raise PeerFailed(f'{self._title}: of {self._smp} CPUs {online} are online')


def hops_in(text, rate):
    """(direction, milliseconds) of each hop, by the lines "@hop BEFORE AFTER" of both kernels. A hop begins when one
    kernel leaves, and ends when the other, which left earlier, is back. The first one was a boot."""
    stamps = [(int(before), int(after)) for before, after in re.findall(r'@hop (\d+) (\d+)', text)]
    left = sorted(before for before, _ in stamps)[1:]
    back = sorted(after for _, after in stamps)
    return [('there' if number % 2 else 'back', (next(moment for moment in back if moment > begin) - begin) / rate)
            for number, begin in enumerate(left)]


class Pair:
    """Two kernels, one of which has the machine. hops: (direction, milliseconds) of each hop so far."""

    def __init__(self, machine, first, second):
        self.machine = machine
        self.kernels = [first, second]
        self.at = 0  # which of them runs
        self.hops = []
        first.settle()

    def _begin(self, other):
        """Leaves the running kernel for the other, whose first turn it is: it boots."""
        self.kernels[0].leave(self.command(0))
        other.wait(LIMIT)
        other.settle()
        self.at = 1

    def hop(self):
        """One hop to the other kernel. Its time is known only when the kernel that leaves is back."""
        leaving, other = self.kernels[self.at], self.kernels[1 - self.at]
        time.sleep(PAUSE_S)
        leaving.leave(self.command(self.at))
        other.come_back(LIMIT)
        self.at = 1 - self.at

    def bounce(self, count):
        """Each kernel leaves count times, as soon as it is back."""
        loops = [f'for i in $(seq {count}); do {self.command(at)}; done' for at in (0, 1)]
        running, parked = self.kernels[self.at], self.kernels[1 - self.at]
        running.leave(loops[self.at])
        parked.come_back(LIMIT)
        parked.leave(loops[1 - self.at])
        running.come_back(LIMIT)

    def finish(self):
        """Checks both kernels and reads the time of each hop. The first one was a boot and does not count."""
        for _ in range(2):
            self.kernels[self.at].check()
            self.hop()
        self.hops = hops_in(self.machine.serial.text, host_rate())
        self.machine.quit()

    def times(self, direction=None):
        return [time for way, time in self.hops if direction in (None, way)]


class Slots(Pair):
    """Two slots of Switchyard. watch: what the plugin does meanwhile, stamping or counting. way: 'switch', or 'quick'
    for all hops but the first one, with which the second kernel boots."""

    def __init__(self, machines, smp, options='', words='', slot=SLOT, memory=MEMORY, watch=stamping, way='switch',
                 **settings):
        lines = [line for name in ('alpha', 'beta')
                 for line in (module('kernel', name, VMLINUZ, f'mem={slot}', f'{COMMAND_LINE} {words}'.strip()),
                              module('initrd', name, INITRD))]
        options = f'serial=com1,115200 timeout=0 default=alpha {options}'.strip()
        devices = settings.pop('devices', [])
        settings |= {'memory': memory, 'smp': smp}
        self.base, _ = find_base(machines, options, lines, devices=devices, **settings)
        self.file = machines.logs / f'watched-{len(machines.started)}'
        machine = machines.start(options, lines, lifetime=3600, devices=[*devices, *watch(self.base, self.file)],
                                 **settings)
        first, second = (Kernel(machine, name, smp) for name in ('alpha', 'beta'))
        first.wait(LIMIT)
        super().__init__(machine, first, second)
        self._way = 'switch'
        self._begin(second)
        self._way = way

    def command(self, at):
        return f'hop {self._way} {2 - at}'

    def monitor_times(self):
        """Milliseconds from the gate's first instruction to the end of what the monitor does, in each hop
        that resumed a slot."""
        pairs = re.findall(r'^stamp (\d+) (\d+)', self.file.read_text(), re.MULTILINE)
        return [(int(leave) - int(enter)) / 1e6 for enter, leave in pairs if enter != '0'][:len(self.hops)]


class Jump(Pair):
    """Two kernels, the second of which the first one starts by kexec jump."""

    LOAD = ('kexec --load-preserve-context --pass-memmap-cmdline '
            f'--mem-min={LOWEST:#x} --mem-max={JUMP_RANGE - 1:#x} '
            f'--initrd=/boot/initrd --append="{COMMAND_LINE} nokaslr" --load /boot/vmlinuz')
    ENTRY = r"$(sed 's/.*kexec_jump_back_entry=\(0x[0-9a-f]*\).*/\1/' /proc/cmdline)"

    def __init__(self, machines, smp):
        machine = machines.start_image(linux_image(COMMAND_LINE, INITRD_KEXEC), memory=MEMORY, smp=smp, lifetime=3600)
        first, second = (Kernel(machine, 'linux', smp, f'kexec jump, kernel {title}') for title in 'AB')
        first.wait(LIMIT)
        first.run(self.LOAD, LIMIT)
        super().__init__(machine, first, second)
        self._begin(second)
        second.run(f'hop load-back {self.ENTRY} /lib/trampoline.bin')

    @staticmethod
    def command(at):
        return 'hop jump'


def linux_image(command_line, initrd):
    """A CD whose GRUB boots the small kernel without Switchyard."""
    return build_image([f'linux /vmlinuz {command_line}', 'initrd /initrd'],
                       {'/vmlinuz': VMLINUZ, '/initrd': initrd})
