# SPDX-License-Identifier: GPL-2.0-only
"""Other ways to another kernel, or to an earlier state, on the same kernel: kexec reboot, reboot through GRUB,
QEMU's savevm and loadvm, suspend to disk. Each round returns (name, milliseconds), and fails if it did not run."""

import re
import subprocess
import time

from kernels import COMMAND_LINE, INITRD, INITRD_KEXEC, LIMIT, SLOT, Kernel, PeerFailed, host_rate, linux_image
from paths import scaled

# The first program prints the time-stamp counter, which goes on through all reboots of an emulated machine.
FIRST_PROGRAM = 'rdinit=/bin/first'
DISK_BYTES = 1 << 30
SAVE_LIMIT = 300


def stamps(machine):
    return [int(ticks) for ticks in re.findall(r'^@stamp (\d+)', machine.serial.text, re.MULTILINE)]


class Peer:
    """One such machine with its kernel."""

    def __init__(self, machines, smp, command_line, initrd, **settings):
        command_line = f'{COMMAND_LINE} {FIRST_PROGRAM} {command_line}'.strip()
        self.machine = machines.start_image(linux_image(command_line, initrd), memory=SLOT, smp=smp,
                                            lifetime=3600, **settings)
        self.kernel = Kernel(self.machine, 'linux', smp, type(self).__name__)
        self.kernel.wait(LIMIT)
        self.kernel.settle()

    def _stamped(self, command):
        """Milliseconds from a stamp before the command to the next stamp, and a kernel that booted anew."""
        self.machine.sendline(f'hop stamp; {command}')
        for _ in range(2):
            self.machine.expect(r'^@stamp \d+\n', LIMIT)
        self.kernel.wait(LIMIT)
        self.kernel.settle()
        self.kernel.check()
        before, after = stamps(self.machine)[-2:]
        return (after - before) / host_rate()


class KexecReboot(Peer):
    """Its initramfs is also its disk, so that each kernel has all that it starts the next one from."""

    def __init__(self, machines, smp):
        super().__init__(machines, smp, '', INITRD_KEXEC,
                         devices=['-drive', f'file={INITRD_KEXEC},format=raw,if=virtio,readonly=on'])

    def round(self):
        self.kernel.run('cat /dev/vda > /tmp/initrd', LIMIT)
        self.kernel.run('kexec --load /boot/vmlinuz --initrd=/tmp/initrd '
                        f'--append="{COMMAND_LINE} {FIRST_PROGRAM}"', LIMIT)
        yield 'kexec reboot to init', self._stamped('hop jump')


class Saved(Peer):
    """The machine has a disk to which Linux and QEMU can save."""

    def __init__(self, machines, smp):
        disk = machines.logs / f'saved-{smp}.qcow2'
        subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', str(disk), str(DISK_BYTES)],
                       check=True, timeout=scaled(60))
        super().__init__(machines, smp, 'resume=/dev/vda', INITRD, no_reboot=False,
                         devices=['-drive', f'file={disk},format=qcow2,if=virtio'])

    def round(self):
        yield 'reboot through GRUB to init', self._stamped('reboot -f')
        yield from self._savevm()
        yield 'suspend to disk and back', self._hibernate()

    def _human(self, command):
        """Milliseconds that a command of QEMU's console takes. It says nothing unless it fails."""
        begin = time.monotonic()
        said = self.machine.qmp.execute('human-monitor-command', SAVE_LIMIT, **{'command-line': command})
        if said.strip():
            raise PeerFailed(f'{command}: {said.strip()}')
        return (time.monotonic() - begin) * 1000

    def _savevm(self):
        self.kernel.run('echo saved > /tmp/state')
        yield "QEMU's savevm", self._human('savevm bench')
        self.kernel.run('echo changed > /tmp/state')
        yield "QEMU's loadvm", self._human('loadvm bench')
        self.kernel.prompt()
        if self.kernel.run('cat /tmp/state').strip() != 'saved':
            raise PeerFailed('loadvm: the guest is not as it was at savevm')
        self.kernel.check()

    def _hibernate(self):
        """A stamp of the first program would mean that the kernel booted afresh."""
        self.kernel.run('mkswap /dev/vda && swapon /dev/vda && echo reboot > /sys/power/disk')
        seen = len(stamps(self.machine))
        self.kernel.leave('hop stamp; echo disk > /sys/power/state; saved=$?; hop stamp; [ $saved = 0 ]')
        self.kernel.come_back(LIMIT)
        after = stamps(self.machine)[seen:]
        if len(after) != 2:
            raise PeerFailed('suspend to disk: the kernel booted instead of resuming')
        self.kernel.run('swapoff /dev/vda')
        self.kernel.check()
        return (after[1] - after[0]) / host_rate()
