# SPDX-License-Identifier: GPL-2.0-only
"""Switches any number of times between two stock Debian kernels with disks, network and work."""

import dataclasses
import re
import statistics
import subprocess

from linux import ALARM, BUSY_HOST, Linux, linux_slot
from own_devices import addresses, keep_own, own_disk
from paths import GUESTS, QEMU_CPU, scaled
from serial_stream import ExpectError
from tcp_stream import HOST, TcpStream

DISK_BYTES = 48 << 20
SHARED_BYTES = 16 << 20
SHARED_OFFSET = {'alpha': 0, 'beta': 32}  # each guest's half of the shared disk, in 256 KiB
SEED = {'alpha': 11, 'beta': 13}          # of their TCP streams
CHECK_LIMIT_S = 60
OWN_DEVICES = 3  # of each guest, if no device is suspended
ADDRESS = {'alpha': '10.0.2.15', 'beta': '10.0.2.16'}

CLOCK_LIMIT_S = 1.0
RESUME_MEDIAN_S = 1.0  # a switch by syctl, seen from outside
RESUME_LIMIT_S = 5.0   # the slowest, on a busy host


@dataclasses.dataclass
class Case:
    """shared: QEMU's arguments for the disk that both use, drive `shared`. extra: of both command lines.
    says: a regular expression for each line that the log of either kernel must have.
    quick: each guest has devices of its own, and no device is suspended. `shared` is then of a disk that each
    guest has; {name} stands for the guest, and {address} for the disk's PCI address.
    check_each: so many switches are made from one look at the guest to the next. An odd number looks at both.
    """
    name: str
    kernels: tuple
    machine: str
    nic: str
    shared: tuple
    smp: int
    switches: int
    firmware: str = 'bios'
    cpu: str = QEMU_CPU
    devices: tuple = ()
    extra: str = ''
    says: tuple = ()
    quick: bool = False
    check_each: int = 1


def make_disk(path, size, ext4):
    with open(path, 'wb') as disk:
        disk.truncate(size)
    if ext4:
        subprocess.run(['/usr/sbin/mkfs.ext4', '-q', '-F', str(path)], check=True, timeout=60)
    return path


def common_devices(case, folder):
    alpha = make_disk(folder / 'alpha.img', DISK_BYTES, True)
    beta = make_disk(folder / 'beta.img', DISK_BYTES, True)
    shared = make_disk(folder / 'shared.img', SHARED_BYTES, False)
    return ['-drive', f'file={alpha},format=raw,if=virtio',
            '-drive', f'file={beta},format=raw,if=virtio',
            '-drive', f'file={shared},format=raw,if=none,id=shared', *case.shared,
            '-netdev', 'user,id=net0', '-device', f'{case.nic},netdev=net0']


def own_devices(case, folder, name):
    _, shared, nic = addresses(name, OWN_DEVICES)
    return [*own_disk(name, make_disk(folder / f'{name}.img', DISK_BYTES, True)),
            '-drive', f'file={make_disk(folder / f"{name}-2.img", SHARED_BYTES, False)},format=raw,if=none,'
                      f'id=shared-{name}',
            *(argument.format(name=name, address=shared) for argument in case.shared),
            '-netdev', f'user,id=net-{name}', '-device', f'{case.nic},netdev=net-{name},addr={nic}']


def devices(case, folder):
    if not case.quick:
        return common_devices(case, folder)
    return own_devices(case, folder, 'alpha') + own_devices(case, folder, 'beta')


class Worker:
    """A guest with its disk, its tmpfs, its TCP stream, and processes that never rest."""

    def __init__(self, machine, name, disk, case):
        self.linux = Linux(machine, name)
        self.name = name
        self.disk = disk
        self.smp = case.smp
        self.quick = case.quick
        self.round = 0
        self.stream = TcpStream(SEED[name])

    def take_own_devices(self):
        """What is this guest's alone is its disk, and its network card has its address."""
        keep_own(self.linux, OWN_DEVICES)
        self.disk = self.linux.run('echo /dev/vd?').strip()
        self.linux.run('card=$(cd /sys/class/net; echo e*) && ip address flush dev $card && '
                       f'ip address add {ADDRESS[self.name]}/24 dev $card && ip link set $card up && '
                       f'ip route add default via {HOST}')

    def set_up(self):
        run = self.linux.run
        # What the kernel says must not come between a command and its answer; check.sh looks at it.
        run('dmesg -n 1')
        if self.quick:
            self.take_own_devices()
        # By its size: names of disks differ from driver to driver.
        run('for d in /sys/block/[sn]*; do '
            f'[ $(cat $d/size) = {SHARED_BYTES // 512} ] && echo /dev/${{d##*/}} > /shared-disk; '
            'done; [ -b "$(cat /shared-disk)" ]')
        self.linux.put_file('/load', (GUESTS / 'load.sh').read_text())
        self.linux.put_file('/check', (GUESTS / 'check.sh').read_text())
        self.linux.put_file('/stream', self.stream.command)
        self.linux.put_file('/alarms', ALARM.pattern + '\n')
        self.linux.put_file('/harmless', BUSY_HOST.pattern + '\n')
        run(f'sh /load {self.disk} "sh /stream" < /dev/null', CHECK_LIMIT_S)
        self.linux.set_clock()

    def check_round(self):
        """Checks the guest after every switch."""
        self.round += 1
        output, status = self.linux.try_run(
            f'sh /check {self.round} {self.smp} {SHARED_OFFSET[self.name]}', CHECK_LIMIT_S)
        assert status == 0, f'{self.name}, round {self.round}: fails at the last of:\n{output}'
        self.stream.wait_growth()

    def check_end(self):
        self.linux.run('echo 3 > /proc/sys/vm/drop_caches && sha256sum -c -s /tree.sums')

    def show_log(self):
        """Writes the kernel's log to the serial port's log, if the guest answers. For failures."""
        try:
            self.linux.machine.sendline('dmesg')
            self.linux.machine.expect(rf'{self.name}# ', 10)
        except (ExpectError, OSError):
            pass


class Report:
    """What a run measured: seconds of each switch, and each clock error."""

    def __init__(self):
        self.seconds = []
        self.errors = []
        self.bytes = {}

    def __str__(self):
        streams = ', '.join(f'{name} {count / 1e6:.1f} MB' for name, count in self.bytes.items())
        return (f'{len(self.seconds)} switches: median {statistics.median(self.seconds):.2f} s, '
                f'longest {max(self.seconds):.2f} s; '
                f'clock off by {max(map(abs, self.errors)):.3f} s at most; TCP streams: {streams}')

    def check(self):
        assert statistics.median(self.seconds) < scaled(RESUME_MEDIAN_S)
        assert max(self.seconds) < scaled(RESUME_LIMIT_S)
        assert max(map(abs, self.errors)) <= CLOCK_LIMIT_S


def start(machines, case, lifetime):
    lines = linux_slot('alpha', case.kernels[0], extra=f'sy.ip={ADDRESS["alpha"]}/24 {case.extra}') \
        + linux_slot('beta', case.kernels[1], extra=f'sy.ip={ADDRESS["beta"]}/24 {case.extra}')
    return machines.start('serial=com1,115200 timeout=0 default=alpha', lines,
                          machine=case.machine, smp=case.smp, memory='1G',
                          firmware=case.firmware, lifetime=lifetime, cpu=case.cpu,
                          devices=[*case.devices, *devices(case, machines.logs)])


def check_log(linux, case):
    log = linux.run('dmesg')
    for pattern in case.says:
        assert re.search(pattern, log), f'{linux.name}: {pattern!r} is not in its log:\n{log}'


def switch_to_and_fro(running, parked, case, report, progress):
    for number in range(1, case.switches + 1):
        report.seconds.append(running.linux.switch_to(parked.linux, way='--quick' if case.quick else '--deep'))
        running, parked = parked, running
        if number % case.check_each == 0 or number == case.switches:
            report.errors.append(running.linux.clock_error())
            running.check_round()
            report.bytes[running.name] = running.stream.received
        if progress and number % progress == 0 and number < case.switches:
            print(report, flush=True)
    return running, parked


def run_case(machines, case, *, lifetime=900, progress=None):
    """Boots both, lets them work, switches case.switches times; prints a line each `progress` switches."""
    machine = start(machines, case, lifetime)
    alpha = Worker(machine, 'alpha', '/dev/vda', case)
    beta = Worker(machine, 'beta', '/dev/vdb', case)
    report = Report()
    running = alpha
    try:
        alpha.linux.wait()
        check_log(alpha.linux, case)
        alpha.set_up()
        alpha.check_round()
        alpha.linux.switch_to(beta.linux)
        running = beta
        check_log(beta.linux, case)
        beta.set_up()
        beta.check_round()
        running, parked = switch_to_and_fro(beta, alpha, case, report, progress)
        running.check_end()
        running.linux.switch_to(parked.linux)
        running = parked
        running.check_end()
    except AssertionError:
        running.show_log()
        raise
    finally:
        alpha.stream.close()
        beta.stream.close()
    print(report, flush=True)
    report.check()
