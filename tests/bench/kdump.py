# SPDX-License-Identifier: GPL-2.0-only
"""After a panic: kdump, and a second slot that keeps what is left, side by side. Both have the same kernel and as much
memory for it, and write by makedumpfile to a file system like the other's. They take turns, so that a load of the host
meets both. Times are those at which lines come on the serial port."""

import re
import subprocess
import time

from grub_image import build_image
from hops import SLOW_ROUNDS
from kernels import LIMIT, Kernel, PeerFailed
from linux import OLDER_CLOUD, Linux, initrd, kernel
from monitor_image import find_base
from paths import BUILD, scaled
from switchyard import module

INITRD_DUMPS = BUILD / 'bench/initrd-dumps'  # with makedumpfile
INITRD_CRASH = BUILD / 'bench/initrd-crash'  # with kexec, and the crash kernel with its initramfs
COMMAND_LINE = 'console=ttyS0,115200'

# What Debian's kdump-tools sets aside.
CRASH_KERNEL_MIB = 192
SERVICE_MIB = 512
HELPER_MIB = 256
MIB = 1 << 20
DISK_MIB = 512
STORE = '/var/crash'
PANIC = r'Kernel panic - not syncing: sysrq triggered crash'
DUMPED = r'@dumped\n'

TITLES = {'dump': 'After a panic: {}: the dump is on the disk', 'shell': "After a panic: {}: the service's shell is back",
          'memory': 'After a panic: {}: memory set aside', 'size': 'After a panic: {}: the dump'}
OTHER_SHELL = 'After a panic: Switchyard: the other slot is back'
RATIOS = {'dump': 'After a panic: kdump against Switchyard: until the dump is on the disk',
          'shell': "After a panic: kdump against Switchyard: until the service's shell is back"}


class Dumps:
    """A machine with a disk on which dumps are kept. panic() yields (what, milliseconds since the panic)."""

    name = None

    def _make_disk(self, machines):
        disk = machines.logs / f'{self.name}.img'
        with open(disk, 'wb') as file:
            file.truncate(DISK_MIB * MIB)
        subprocess.run(['/usr/sbin/mkfs.ext4', '-q', disk], check=True, timeout=scaled(60))
        return ['-drive', f'file={disk},format=raw,if=virtio']

    def _panic(self, machine):
        machine.sendline('echo c > /proc/sysrq-trigger')
        machine.expect(PANIC, LIMIT)
        return time.monotonic()

    def _check(self, linux, folder):
        """The size of the dump. It is one of makedumpfile's, and the log has the panic."""
        said = linux.run(f'cd {folder} && head -c 8 dump; stat -c " %s" dump; grep -c "{PANIC}" dmesg; cd', LIMIT)
        found = re.fullmatch(r'KDUMP +(\d+)\n1\n', said)
        if not found:
            raise PeerFailed(f'{self.name}: no dump, or none with the panic: {said}')
        linux.run(f'rm -r {folder}; sync', LIMIT)
        return int(found[1])


class Kdump(Dumps):
    name = 'kdump'

    LOAD = ('kexec -p /boot/vmlinuz --initrd=/boot/initrd '
            f'--append="{COMMAND_LINE} rdinit=/bin/kdump nr_cpus=1 reset_devices"')

    def __init__(self, machines):
        image = build_image([f'linux /vmlinuz {COMMAND_LINE} crashkernel={CRASH_KERNEL_MIB}M', 'initrd /initrd'],
                            {'/vmlinuz': kernel(OLDER_CLOUD), '/initrd': INITRD_CRASH})
        self.machine = machines.start_image(image, memory=f'{SERVICE_MIB + CRASH_KERNEL_MIB}M', no_reboot=False,
                                            lifetime=3600, devices=self._make_disk(machines))
        self.linux = Kernel(self.machine, 'linux', 1, self.name)
        self.linux.wait(LIMIT)
        self.memory = int(self.linux.run('cat /sys/kernel/kexec_crash_size'))

    def panic(self):
        self.linux.run(self.LOAD, LIMIT)
        begin = self._panic(self.machine)
        self.machine.expect(DUMPED, LIMIT)
        yield TITLES['dump'], time.monotonic() - begin
        self.linux.wait(LIMIT)
        yield TITLES['shell'], time.monotonic() - begin

    def check(self):
        self.linux.run(f'mkdir -p {STORE}; mount /dev/vda {STORE}', LIMIT)
        size = self._check(self.linux, f'{STORE}/kdump')
        self.linux.run(f'umount {STORE}')
        return size


class Slots(Dumps):
    """beta is the service, and alpha looks after it."""

    name = 'Switchyard'

    def __init__(self, machines):
        options = 'serial=com1,115200 timeout=0 default=alpha'
        lines = [line for slot, words, ramdisk in (('alpha', f'mem={HELPER_MIB}M', INITRD_DUMPS),
                                                   ('beta', f'mem={SERVICE_MIB}M on-crash=alpha', initrd(OLDER_CLOUD)))
                 for line in (module('kernel', slot, kernel(OLDER_CLOUD), words, COMMAND_LINE),
                              module('initrd', slot, ramdisk))]
        memory = f'{HELPER_MIB + SERVICE_MIB + 256}M'
        _, owners = find_base(machines, options, lines, memory=memory)
        self.memory = sum(end - start for start, end, owner in owners
                          if owner in ('monitor', 'kept', 'pictures', 'store'))
        self.machine = machines.start(options, lines, memory=memory, lifetime=3600, devices=self._make_disk(machines))
        self.alpha, self.beta = Kernel(self.machine, 'alpha', 1, self.name), Linux(self.machine, 'beta')
        self.alpha.wait(LIMIT)
        self.alpha.run(f'mkdir -p {STORE} /etc/switchyard && mount /dev/vda {STORE} && '
                       'cp -r /usr/share/switchyard/on-crash.d /etc/switchyard', LIMIT)
        self.alpha.put_file('/etc/switchyard/on-crash.d/60-tell', '#!/bin/sh\necho @dumped > /dev/console\n')
        self.alpha.run('chmod 755 /etc/switchyard/on-crash.d/60-tell')
        self.alpha.leave('syctl switch beta')
        self.beta.wait(LIMIT)

    def panic(self):
        begin = self._panic(self.machine)
        self.alpha.come_back(LIMIT)
        yield OTHER_SHELL, time.monotonic() - begin
        self.machine.expect(DUMPED, LIMIT)
        yield TITLES['dump'], time.monotonic() - begin
        self.beta.wait(LIMIT)
        yield TITLES['shell'], time.monotonic() - begin

    def check(self):
        """beta runs before and after it. A start of beta before does not count against the next one."""
        self.beta.leave('syctl switch alpha')
        self.alpha.prompt(LIMIT)
        size = self._check(self.alpha, f'{STORE}/beta-*')
        self.alpha.check()
        self.alpha.run('rm -r /run/switchyard')
        self.alpha.leave('syctl switch beta')
        self.beta.come_back(LIMIT)
        return size


def measure(bench):
    if not SLOW_ROUNDS:
        return
    ways = [Kdump(bench.machines), Slots(bench.machines)]
    for way in ways:
        bench.add(TITLES['memory'].format(way.name), 'bytes', [way.memory])
    for number in range(SLOW_ROUNDS):
        took = []
        for way in ways:
            took.append({title: seconds * 1000 for title, seconds in way.panic()})
            for title, milliseconds in took[-1].items():
                bench.add(title.format(way.name), 'ms', [milliseconds])
            bench.add(TITLES['size'].format(way.name), 'bytes', [way.check()])
        for what, title in RATIOS.items():
            bench.add(title, 'times', [took[0][TITLES[what]] / took[1][TITLES[what]]])
        bench.say(f'after a panic: round {number + 1} of {SLOW_ROUNDS}')
