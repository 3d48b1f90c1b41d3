# SPDX-License-Identifier: GPL-2.0-only
"""A machine that starts from the disk with two real Debians (images/debian/), and what is asked of them."""

import re
import select
import socket
import subprocess

from linux import BUSY_HOST, Linux
from paths import BUILD, GUESTS, scaled

DISK = BUILD / 'debian/disk.img'
KEY, HOSTS = DISK.with_suffix('.img.key'), DISK.with_suffix('.img.hosts')
BOOT_LIMIT = 240  # seconds from the monitor's start of one to a shell
CALM_LIMIT = 120  # for systemd to finish starting
SSH_LIMIT = 60
ADDRESS = {'alpha': '10.0.2.15', 'beta': '10.0.2.16'}  # QEMU's DHCP server gives them in this order
ROUND_LIMIT = 60

WARNINGS = 'dmesg -l warn,err,crit,alert,emerg'

# Moderate, and behind all others in the queue. hdd writes to the root file system.
STRESS = 'stress-ng --verify --cpu 1 --cpu-load 30 --vm 1 --vm-bytes 32M --hdd 1 --hdd-bytes 8M ' \
         '--temp-path /var/tmp'
TIMER = '--on-active=1 --on-unit-active=1 --timer-property=AccuracySec=100ms -p StartLimitIntervalSec=0'


def start(machines, *, smp=2, lifetime=900):
    """Starts a machine from a copy-on-write image of the disk. Returns (machine, that image)."""
    overlay = machines.logs / 'disk.qcow2'
    overlay.unlink(missing_ok=True)
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', DISK, overlay], check=True,
                   timeout=60)
    devices = ['-drive', f'file={overlay},format=qcow2,if=virtio',
               '-netdev', 'user,id=net0,restrict=on' + ''.join(
                   f',hostfwd=tcp:127.0.0.1:0-{address}:22' for address in ADDRESS.values()),
               '-device', 'virtio-net-pci,netdev=net0']
    return machines.start_image(None, memory='2G', smp=smp, lifetime=lifetime,
                                devices=devices), overlay


def check_file_systems(overlay):
    """Checks each partition of a disk that no machine uses any more."""
    raw = overlay.with_suffix('.raw')
    subprocess.run(['qemu-img', 'convert', '-O', 'raw', overlay, raw], check=True, timeout=300)
    table = subprocess.run(['/usr/sbin/sfdisk', '-l', '-o', 'Start', raw], check=True, timeout=60, text=True,
                           capture_output=True).stdout
    starts = re.findall(r'^ *(\d+)$', table, re.MULTILINE)
    assert len(starts) == 2, table
    for start_sector in starts:
        # Without a replay of the journal: a file system that was unmounted needs none.
        result = subprocess.run(['/usr/sbin/e2fsck', '-fn', f'{raw}?offset={int(start_sector) * 512}'],
                                timeout=300, text=True, capture_output=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        assert 'recovering journal' not in result.stdout + result.stderr
    raw.unlink()


class Debian(Linux):
    """A Debian with systemd. The shell is root's, on the serial port."""

    def __init__(self, machine, name):
        super().__init__(machine, name)
        self._warnings = None
        self._rounds = 0
        self._session = None

    @property
    def _port(self):
        """Where QEMU's user network takes ssh for the guest."""
        table = self.machine.qmp.human('info usernet')
        return int(re.search(rf'HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+{ADDRESS[self.name]}\s', table)[1])

    def _ssh_command(self, command):
        """The words for ssh, which must find this Debian's own host key."""
        options = ('BatchMode=yes', 'StrictHostKeyChecking=yes', f'UserKnownHostsFile={HOSTS}',
                   f'HostKeyAlias={self.name}')
        words = [word for option in options for word in ('-o', option)]
        return ['ssh', '-F', 'none', '-i', KEY, '-p', str(self._port), *words, 'root@127.0.0.1', command]

    def ssh(self, command):
        """Runs a command by ssh. Returns what it prints."""
        result = subprocess.run(self._ssh_command(command), stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, timeout=scaled(SSH_LIMIT), check=False)
        assert result.returncode == 0, f'{self.name}: {command!r} by ssh: {result.stderr}'
        return result.stdout

    def open_session(self):
        """An ssh session that stays open, and sends back what it is sent."""
        with open(self.machine.logs / f'ssh-{self.name}.log', 'wb') as log:
            self._session = subprocess.Popen(self._ssh_command('cat'), stdin=subprocess.PIPE, bufsize=0,
                                             stdout=subprocess.PIPE, stderr=log)
        self.type_in_session()
        self.check_session()

    def type_in_session(self):
        """A parked guest answers when it is back."""
        self._session.stdin.write(self._session_line)

    @property
    def _session_line(self):
        return f'{self.name}, round {self._rounds}\n'.encode()

    def check_session(self):
        line = self._session_line
        ready = select.select([self._session.stdout], [], [], scaled(SSH_LIMIT))[0]
        assert ready, f'{self.name}: the ssh session does not answer'
        got = self._session.stdout.read(len(line))
        assert got == line, f'{self.name}: the ssh session gave {got}'

    def close_session(self):
        if self._session:
            self._session.kill()
            self._session.wait()
            self._session = None

    def check_network(self):
        """sshd answers, at the address that DHCP gave."""
        with socket.create_connection(('127.0.0.1', self._port), scaled(SSH_LIMIT)) as connection:
            assert connection.recv(8) == b'SSH-2.0-'

    def check_started(self):
        """systemd is content, and nothing has failed."""
        self.run('systemctl is-system-running --wait', CALM_LIMIT)
        self.check_units()
        self.run('ip -4 -o address show scope global | grep -q dynamic')
        self.run('dmesg -n 1')  # what the kernel says must not come between a command and its answer
        self._warnings = self.run(WARNINGS)

    def check_units(self):
        failed = self.run('systemctl --failed --no-legend')
        assert not failed, f'{self.name}: units have failed:\n{failed}'
        self.run('systemctl is-system-running')

    def new_warnings(self):
        """What the kernel has warned of since check_started(), but for what a busy host makes it say."""
        now = self.run(WARNINGS)
        assert now.startswith(self._warnings), f'{self.name}: the log has lost its beginning:\n{now}'
        return [line for line in now[len(self._warnings):].split('\n') if line and not BUSY_HOST.search(line)]

    def start_work(self):
        """stress-ng, a timer, a cron job and an ssh session."""
        self.put_file('/run/check', (GUESTS / 'check-debian.sh').read_text())
        self.run(f'systemd-run -q --unit=stress -p Nice=15 {STRESS}')
        self.run(f'systemd-run -q --unit=tick {TIMER} touch /run/tick')
        self.run("echo '* * * * * root touch /run/cron' > /etc/cron.d/tick")
        self.open_session()

    def check_round(self):
        """Checks the guest after a switch: its ssh session, into which somebody typed, services, journal, timers,
        network."""
        self.check_session()
        self._rounds += 1
        self.run(f'sh -ex /run/check {self._rounds}', ROUND_LIMIT)
        self.check_network()

    def check_end(self):
        """All went well until now, and stress-ng has found no fault."""
        self.run('until [ -e /run/cron ]; do sleep 1; done', 70)
        self.run('systemctl stop tick.timer stress', 60)
        said = self.run('journalctl -u stress -o cat')
        assert 'successful run completed' in said and 'fail' not in said.lower(), said
        self.run('systemctl show stress -p Result | grep -qx Result=success')
        self.check_units()
        self.run('journalctl --verify -q')
        assert self.ssh('hostname').strip() == self.name
        lines = self.new_warnings() + self.alarms(but=BUSY_HOST)
        assert not lines, f'{self.name}: the kernel warns: {lines}'

    def power_off(self):
        """Ends it; the monitor's console has the machine then."""
        self.machine.sendline('poweroff')
        self.machine.expect(rf'slot {self.name} has powered off', CALM_LIMIT)
