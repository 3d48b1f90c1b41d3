# SPDX-License-Identifier: GPL-2.0-only
"""Linux guests: their module lines, and their shells on the shared serial port."""

import base64
import itertools
import re
import time

from paths import BUILD, scaled
from serial_stream import ExpectError
from switchyard import module

KERNELS = BUILD / 'kernels'
ENTER_AGAIN = 3  # seconds without a prompt
LINE_BYTES = 768  # of base64: whole groups of 4; busybox's line editor takes 1023 bytes a line
LINUX_BOOT_LIMIT = 120  # seconds from the monitor's start of it to a shell

# Flavours that images/fetch-kernels.sh fetched: those of the version that Debian has by default, and of
# a newer one in its backports. Most tests run the newest version, and some run the older one, too. If
# there is only one version, both are that.
FLAVOURS = sorted(file.parent.name for file in KERNELS.glob('[0-9]*/version'))
DEFAULT = (KERNELS / 'default').read_text().strip()
NEWEST = max((flavour.split('-')[0] for flavour in FLAVOURS),
             key=lambda version: [int(number) for number in version.split('.')], default=DEFAULT)
CLOUD = f'{NEWEST}-cloud-amd64'
GENERIC = f'{NEWEST}-amd64'
RT = f'{NEWEST}-rt-amd64'
OLDER_CLOUD = f'{DEFAULT}-cloud-amd64'
OLDER_GENERIC = f'{DEFAULT}-amd64'
OLDER_RT = f'{DEFAULT}-rt-amd64'

# What no kernel's log may hold. Also an extended regular expression, for grep in a guest.
ALARM = re.compile(r'WARNING|BUG|Oops|[Ll]ockup|[Uu]nstable|Call Trace|rcu.*stall|hung task'
                   r'|irq [0-9]+: nobody cared|[Ss]purious')

# What it says of emulated AMD models while it boots, with or without Switchyard: the model does not
# promise a constant time-stamp counter, so with two CPUs and more Linux takes another clock
# (unsynchronized_tsc() in arch/x86/kernel/tsc.c); and it names a mitigation that it lacks.
AMD_SAYS = re.compile('Marking TSC unstable due to TSCs unsynchronized'
                      '|Unstable clock detected, switching default tracing clock'
                      '|Speculative Return Stack Overflow: WARNING: See')

# What it says when the host took its CPUs away for too long in the middle of something: the TSC counts
# as unstable because reading the HPET took milliseconds, timers are late, or the keyboard answers after
# 200 ms. A counter that is really wrong shows in a line of its own ("the skew is too large").
BUSY_HOST = re.compile('hpet read-back delay of [0-9]+ns, attempt [0-9]+, marking unstable'
                       '|Marking TSC unstable due to clocksource watchdog'
                       '|TSC found unstable after boot|sched_clock: Marking unstable'
                       '|Unstable clock detected, switching default tracing clock'
                       '|clocksource: Long readout interval, skipping watchdog check'
                       '|hpet wd-wd read-back delay of [0-9]+ns|wd-tsc-wd read-back delay of [0-9]+ns'
                       '|hrtimer: interrupt took [0-9]+ ns'
                       '|atkbd serio0: Spurious ACK')

# If the host took its CPU away while it measured the TSC by the PIT, it believes that the TSC is much slower than
# it is, though the HPET tells better. Some seconds later, still in its boot, it finds that out, and says the second.
MISJUDGED_TSC = re.compile('tsc: PIT calibration deviates from HPET')
FINDS_OUT = re.compile("Marking clocksource 'tsc' as unstable because the skew is too large"
                       '|Marking TSC unstable due to clocksource watchdog'
                       '|TSC found unstable after boot|sched_clock: Marking unstable'
                       '|Unstable clock detected, switching default tracing clock')

# Linux's own fault, with S3 as with a switch: irqrouter_resume() (drivers/acpi/pci_link.c) allocates memory while
# timekeeping is suspended. Now and then the allocator then asks for a random number, and that for the time.
RANDOM_TOO_EARLY = re.compile(r'.*cut here.*\n.*WARNING: .* kernel/time/timekeeping\.c:\d+ ktime_get_seconds'
                              r'(?:(?!.*cut here).*\n)*?.* irqrouter_resume\+(?:(?!.*cut here).*\n)*?.*end trace.*\n')

# Linux patches its own code at boot, before any of it knows of the monitor, of which nothing runs then. In one of
# some tens of thousands of boots a single-step trap came meanwhile; Linux tells it ("A known way to trigger this is
# through QEMU") and goes on.
STEPPED_AT_BOOT = re.compile(r'.*cut here.*\n.*WARNING: CPU: 0 PID: 0 .*exc_debug_kernel(?:(?!.*cut here).*\n)*?'
                             r'.*end trace.*\n(?=[\s\S]*Freeing SMP alternatives memory)')

# Debian's kernel for the i386, which has no driver: images/fetch-i386.sh.
I386 = 'i386'
I386_FOLDER = BUILD / I386
NO_I386 = (I386_FOLDER / 'unknown').exists()

_marker = itertools.count(1)


def alarming_lines(said, but=None):
    """Lines of a kernel's log that report trouble. but is a pattern of harmless lines."""
    said = STEPPED_AT_BOOT.sub('', RANDOM_TOO_EARLY.sub('', said.replace('\r', '')))
    misjudged = MISJUDGED_TSC.search(said)
    return [line for line in said.split('\n') if ALARM.search(line) and not (but and but.search(line))
            and not (misjudged and FINDS_OUT.search(line))]


def kernel(flavour):
    return KERNELS / flavour / 'vmlinuz'


def initrd(flavour):
    return KERNELS / flavour / 'initrd'


def linux_slot(name, flavour, options='mem=256M', extra=''):
    """Module lines of a slot with one of Debian's kernels and the initramfs."""
    string = f'console=tty0 console=ttyS0,115200 {extra}'.strip()
    return [module('kernel', name, kernel(flavour), options, string),
            module('initrd', name, initrd(flavour))]


def i386_slot(name, options='mem=192M', extra=''):
    """The same of the kernel for the i386. Its reset, which ends a panic, comes back to the monitor if the slot has one
    CPU and QEMU goes on."""
    return [module('kernel', name, I386_FOLDER / 'vmlinuz', options,
                   f'console=tty0 console=ttyS0,115200 sy.name={name} {extra}'.strip()),
            module('initrd', name, I386_FOLDER / 'initrd')]


class Linux:
    """A Linux guest that has, or will have, a shell on the serial port.

    Every method but wait() wants the guest to run, its shell waiting for a line.
    """

    def __init__(self, machine, name):
        self.machine = machine
        self.name = name
        self._parked_at = None  # number in the line that is printed when a switch comes back

    def wait(self, timeout=LINUX_BOOT_LIMIT):
        """Waits for the shell of a guest that boots."""
        self._parked_at = None
        self.machine.expect(rf'{self.name}# ', timeout)

    def run(self, line, timeout=30):
        """Runs a command that must succeed; returns what it prints."""
        output, status = self.try_run(line, timeout)
        assert status == 0, f'{self.name}: {line!r} ended with status {status}:\n{output}'
        return output

    def try_run(self, line, timeout=30):
        result = self.machine.shell(line, timeout)
        self.machine.expect(rf'{self.name}# ')
        return result

    def put_file(self, path, text):
        """Writes a small file in the guest, in pieces that its shell takes as a line."""
        self.run(f': > {path}')
        encoded = base64.b64encode(text.encode()).decode()
        for start in range(0, len(encoded), LINE_BYTES):
            self.run(f'echo {encoded[start:start + LINE_BYTES]} | base64 -d >> {path}')

    def leave(self, command):
        """Types a command that gives the machine away; its end shows when this guest is back."""
        self._parked_at = next(_marker)
        self.machine.sendline(f"{command}; echo @R''{self._parked_at}@$?@")
        self.machine.expect(rf"echo @R''{self._parked_at}@")

    def come_back(self, timeout=30):
        """Waits until the command given to leave() ends; it must have succeeded."""
        match = self.machine.expect(rf'@R{self._parked_at}@(\d+)@', timeout)
        assert match[1] == '0', f'{self.name}: the command that left it ended with {match[1]}'
        self._parked_at = None
        self.machine.expect(rf'{self.name}# ')

    def prompt(self, timeout=30):
        """Asks for a fresh prompt: shows that the guest runs after a switch that printed nothing.

        A serial port that is just being resumed drops what it receives, so Enter is pressed again.
        """
        deadline = time.monotonic() + scaled(timeout)
        while True:
            self.machine.sendline('')
            try:
                self.machine.expect(rf'{self.name}# ', ENTER_AGAIN)
                return
            except ExpectError:
                if time.monotonic() > deadline:
                    raise

    def switch_to(self, other, timeout=LINUX_BOOT_LIMIT, way=''):
        """Switches with syctl, and waits for the other's shell. way: --quick or --deep. Returns the seconds."""
        start = time.monotonic()
        self.leave(f'syctl {way} switch {other.name}')
        if other.is_parked:
            other.come_back(timeout)
        else:
            other.wait(timeout)
        return time.monotonic() - start

    def hop(self, other, way='--quick'):
        """Switches with syctl to a guest that is parked, and waits for its shell. way: --quick or --deep."""
        self.leave(f'syctl {way} switch {other.name}')
        other.come_back()

    @property
    def is_parked(self):
        return self._parked_at is not None

    def alarms(self, but=None):
        """Lines of its kernel's log that report trouble. but is a pattern of harmless lines."""
        return alarming_lines(self.run('dmesg'), but)

    def check_cpus(self, count):
        """Checks that so many CPUs are online, run programs, and get timer interrupts."""
        assert self.run('cat /sys/devices/system/cpu/online').strip() == \
            ('0' if count == 1 else f'0-{count - 1}')
        # An idle CPU has no timer interrupts, so each gets work until the next one has come. If Linux does not use
        # the local APICs' timers, the other timer interrupts the boot CPU, which passes it on to the others.
        self.run(f"for c in $(seq 0 {count - 1}); do "
                 "ticks() { awk \"/LOC:|timer$/ { n += \\$$((c + 2)) } END { print n }\" /proc/interrupts; }; "
                 'before=$(ticks); until [ $(ticks) -gt $before ]; do '
                 'taskset $(printf %x $((1 << c))) true; '
                 'done; done', 60)

    def set_clock(self):
        """Sets the guest's clock as NTP would: by itself Linux takes whole seconds from the RTC at boot,
        and is behind by up to one of them."""
        second = int(time.time()) + 1
        time.sleep(second - time.time())
        self.run(f'date -u -s @{second}')

    def clock(self):
        """The guest's wall clock, in seconds since 1970."""
        output = self.run('adjtimex')
        seconds = re.search(r'time\.tv_sec:\s+(\d+)', output)[1]
        micros = re.search(r'time\.tv_usec:\s+(\d+)', output)[1]
        return int(seconds) + int(micros) / 1e6

    def clock_error(self):
        """How far the guest's clock is ahead of the host's, in seconds, to some milliseconds.

        The host looks at its clock before and after; where the answer lies between, there is no error.
        """
        before = time.time()
        now = self.clock()
        after = time.time()
        return max(0.0, now - after) + min(0.0, now - before)
