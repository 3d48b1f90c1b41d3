#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plays the tour by itself: make demo.

Starts the machine that `make run` starts, types what a person would, and prints what comes back on
the serial port, with a line that begins with `##` before each step.
"""

import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'tests' / 'harness'))

from linux import OLDER_GENERIC, Linux, kernel  # pylint: disable=wrong-import-position
from paths import BUILD  # pylint: disable=wrong-import-position
from qemu import PROMPT, Machine  # pylint: disable=wrong-import-position
from trial import driver, make_disk, make_initrd  # pylint: disable=wrong-import-position

BOOT_LIMIT = 180
DEVICES = ('-netdev', 'user,id=net0', '-device', 'virtio-net-pci,netdev=net0')


# The monitor overwrites this line at each step. A terminal shows only the last one.
PROGRESS = re.compile(r'(Keeping images: .*\n)(?=Keeping images: )')


class Transcript:
    """Prints what came on the serial port since the last call, except GRUB's menu."""

    def __init__(self, machine):
        self._machine = machine
        machine.expect(r'Booting .*\n', BOOT_LIMIT)
        self._printed = machine.serial.position

    def show(self):
        end = self._machine.serial.position
        print(PROGRESS.sub('', self._machine.serial.text[self._printed:end]), end='', flush=True)
        self._printed = end

    def step(self, title):
        """Prints what came so far, then the title of the next step."""
        self.show()
        print(f'\n\n## {title}')


def tour(machine, transcript):
    alpha, beta = Person(machine, 'alpha'), Person(machine, 'beta')

    print("## GRUB has started the monitor; 1 starts alpha, Debian's cloud kernel")
    machine.expect('c opens the console', BOOT_LIMIT)
    machine.send('1')
    alpha.wait(BOOT_LIMIT)

    transcript.step('alpha leaves something in its memory')
    alpha.type('syctl list')
    alpha.type('echo "still here" > /tmp/note; sleep 1000 &')

    transcript.step('alpha tries a kernel, with a module that has a bug; what is in alpha stays')
    alpha.type('tar xf /dev/vda')
    alpha.type('syctl try linux --driver linux/switchyard.ko --initrd linux/initrd --append "quiet console=ttyS0 oops=panic"',
               BOOT_LIMIT)
    alpha.type('syctl list')

    transcript.step("alpha gives the machine to beta, Debian's generic kernel, which boots")
    alpha.type_and_leave('syctl switch beta', beta, BOOT_LIMIT)
    beta.type('uname -r')

    transcript.step('back to alpha: its shell, file and process are as they were')
    beta.type_and_leave('syctl switch alpha', alpha)
    alpha.type('cat /tmp/note; jobs')

    transcript.step('Ctrl+Alt+Shift+2: to beta by hotkey')
    machine.send_keys(['ctrl', 'alt', 'shift', '2'])
    machine.expect('beta# ', 30)

    transcript.step('BREAK and SysRq y: to the console of the monitor')
    machine.send_break()
    machine.send('y')
    machine.expect(PROMPT)
    for command in ('slots', 'mem'):
        machine.sendline(command)
        machine.expect(PROMPT)

    transcript.step('the console resumes alpha')
    machine.sendline('switch alpha')
    alpha.prompt()

    transcript.step('poweroff ends alpha alone; tick, a kernel of our own, takes the machine for a while')
    machine.sendline('poweroff')
    machine.expect(PROMPT)
    machine.sendline('boot tick')
    machine.expect(r'2 s, \d+ ticks.*')
    machine.send('0')
    machine.expect(PROMPT)

    transcript.step('beta is still there')
    machine.sendline('switch beta')
    beta.prompt()
    beta.type('uptime')
    beta_dies(machine, transcript, alpha, beta)
    transcript.show()


def beta_dies(machine, transcript, alpha, beta):
    transcript.step('the same module ends beta; alpha starts afresh, and shows why and where, out of the memory of beta')
    beta.type('tar xf /dev/vda; echo 1 > /proc/sys/kernel/panic_on_oops')
    machine.sendline('insmod linux/faulty.ko')
    machine.expect(PROMPT, BOOT_LIMIT)
    machine.sendline('boot alpha')
    alpha.wait(BOOT_LIMIT)
    alpha.type('syctl core beta')
    alpha.type("syctl log beta | sed -n '/BUG/,/RIP/p; /Call Trace/,/do_syscall/p'")


class Person(Linux):
    """Types as a person does: no markers, what comes back is for the transcript."""

    def type(self, line, timeout=30):
        self.machine.sendline(line)
        self.machine.expect(rf'\n{self.name}# ', timeout)

    def type_and_leave(self, line, other, timeout=30):
        self.machine.sendline(line)
        self.machine.expect(rf'{other.name}# ', timeout)


def build_tree(folder):
    """A disk with a kernel as in its build tree, the driver for it, and an initrd with a module that has a bug.
    Alpha has no compiler."""
    return make_disk(folder / 'demo.tar', {
        'linux/arch/x86/boot/bzImage': kernel(OLDER_GENERIC), 'linux/switchyard.ko': driver(OLDER_GENERIC),
        'linux/initrd': make_initrd(OLDER_GENERIC, folder / 'initrd'),
        'linux/faulty.ko': BUILD / 'faulty' / OLDER_GENERIC / 'faulty.ko'})


def main():
    with tempfile.TemporaryDirectory() as folder, \
            Machine('demo', BUILD / 'switchyard.iso', machine='q35', memory='2G', smp=2,
                    devices=[*DEVICES, *build_tree(Path(folder))]) as machine:
        tour(machine, Transcript(machine))
    print()


if __name__ == '__main__':
    main()
