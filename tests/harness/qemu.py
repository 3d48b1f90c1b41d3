# SPDX-License-Identifier: GPL-2.0-only
"""One emulated machine: serial port, keyboard, screen and QEMU's control channel.

Machine is what the tests hold. Nothing in it sleeps: it waits for text on the serial port or on the
screen, and each wait has a limit. Logs stay in build/test/logs/NAME/ whether a test passes or not.
"""

import itertools
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time

from grub_image import build_image, switchyard_config
from paths import LOGS, MONITOR, OVMF_CODE, OVMF_VARS, QEMU, QEMU_CPU, scaled
from picture import Font, take_picture
from qmp import Qmp, QmpError
from screen import keys_of, screen_lines
from serial_stream import ExpectError, SerialStream

PROMPT = 'switchyard> '
LIFETIME = 900  # seconds after which a machine is killed whatever happens, unless told otherwise
KEY_HOLD_MS = 20
SCREEN_POLL_S = 0.2


# One host thread for all CPUs of the machine. Linux patches its own code while it boots and each time it
# freezes its tasks (static keys), by way of an INT3. With a thread for each CPU, QEMU at times executes an
# INT3 that is gone already: Linux meets it for ever or panics ("Oops: int3"), without Switchyard, too.
ACCEL = 'tcg,thread=single'

# QEMU's BIOS is its own default. OVMF's variables are thrown away with the machine.
FIRMWARE = {
    'bios': [],
    'uefi': ['-drive', f'if=pflash,unit=0,format=raw,readonly=on,file={OVMF_CODE}',
             '-drive', f'if=pflash,unit=1,format=raw,snapshot=on,file={OVMF_VARS}'],
}


# SeaBIOS reads CDs of the PIIX word by word, for seconds; from AHCI by DMA, as a q35 has it.
CD = {
    'pc': ['-drive', 'if=none,id=cd,media=cdrom,readonly=on,file={}', '-device', 'ahci,id=boot,addr=1d',
           '-device', 'ide-cd,drive=cd,bus=boot.0,bootindex=0'],
    'q35': ['-cdrom', '{}', '-boot', 'd'],
}


class Machine:
    """A running QEMU; also a context manager that ends it.

    image: a CD to boot from, or None to boot from a disk in devices; memory as QEMU's -m; devices:
    further QEMU arguments. font: what draws the screen under UEFI, where there is no text mode: the
    monitor's, unless a test puts another in.
    """

    def __init__(self, name, image, *, machine='pc', memory='1G', smp=1, cpu=QEMU_CPU,
                 devices=(), no_reboot=True, firmware='bios', lifetime=LIFETIME):
        self.name = name
        self.firmware = firmware
        self.font = Font.monitor()
        self.logs = LOGS / name
        shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True)
        self._marker = itertools.count(1)
        serial, serial_end = socket.socketpair()
        control, control_end = socket.socketpair()
        ends = (serial_end.fileno(), control_end.fileno())
        self.arguments = [
            QEMU, '-accel', ACCEL, '-machine', machine, '-cpu', cpu, '-m', str(memory),
            '-smp', str(smp), *FIRMWARE[firmware], '-nodefaults', '-display', 'none', '-vga', 'std',
            '-rtc', 'base=utc', *([word.format(image) for word in CD[machine.split(',')[0]]] if image else []),
            '-chardev', f'socket,id=ser0,fd={ends[0]},mux=on', '-serial', 'chardev:ser0',
            '-chardev', f'socket,id=qmp0,fd={ends[1]}', '-mon', 'chardev=qmp0,mode=control',
            *(['-no-reboot'] if no_reboot else []), *devices]
        self._qemu_log = open(self.logs / 'qemu.log', 'w', encoding='utf-8')
        self._qemu_log.write(shlex.join(self.arguments) + '\n')
        self._qemu_log.flush()
        self._process = subprocess.Popen(
            ['timeout', '-k', '5', str(int(scaled(lifetime))), *self.arguments], pass_fds=ends,
            stdin=subprocess.DEVNULL, stdout=self._qemu_log, stderr=subprocess.STDOUT,
            start_new_session=True)  # one group, which kill() ends as a whole
        serial_end.close()
        control_end.close()
        self.serial = SerialStream(serial, self.logs / 'serial.log')
        try:
            self.qmp = Qmp(control, self.logs / 'qmp.log')
        except (QmpError, OSError) as error:
            self.kill()
            raise RuntimeError('QEMU did not start: '
                               + (self.logs / 'qemu.log').read_text()) from error

    @classmethod
    def switchyard(cls, name, options, modules, *, monitor=MONITOR, **settings):
        """A machine whose GRUB loads the monitor with these options and (file, line) modules."""
        return cls(name, build_image(*switchyard_config(options, modules, monitor)), **settings)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.quit()

    # Serial port

    def expect(self, pattern, timeout=30):
        return self.serial.expect(pattern, timeout)

    def send(self, text):
        self.serial.send(text)

    def sendline(self, line):
        self.serial.send(line + '\r')

    def send_break(self):
        self.serial.send_break()

    def sysrq(self, key):
        """To Linux, on the serial port."""
        self.send_break()
        self.send(key)

    def command(self, line, timeout=20):
        """Runs a command at the monitor's prompt, which must be waiting; returns what it prints."""
        self.sendline(line)
        match = self.expect(r'\n((?:.*\n)*?)' + PROMPT, timeout)
        return match[1]

    def shell(self, line, timeout=30):
        """Runs a command in a guest's shell, which must be waiting; returns (output, exit status).

        The quotes in the markers keep the shell's echo of the line from matching.
        """
        number = next(self._marker)
        self.sendline(f"echo @B''{number}@; {line}; echo @E''{number}@$?@")
        match = self.expect(rf'@B{number}@\n((?:.*\n)*?.*?)@E{number}@(\d+)@\n', timeout)
        return match[1], int(match[2])

    # Keyboard and screen

    def send_keys(self, keys):
        """Presses these keys (QEMU's names) together, and lets go of them."""
        self.qmp.execute('send-key', keys=[{'type': 'qcode', 'data': key} for key in keys],
                         **{'hold-time': KEY_HOLD_MS})

    def hold_keys(self, keys, seconds):
        """Presses these keys one after the other, and lets go of all when the last was down for so long."""
        for down in (True, False):
            for key in keys:
                self.qmp.execute('input-send-event', events=[
                    {'type': 'key', 'data': {'down': down, 'key': {'type': 'qcode', 'data': key}}}])
            if down:
                time.sleep(seconds)

    def type(self, text):
        for character in text:
            self.send_keys(keys_of(character))

    def picture(self):
        return take_picture(self.qmp, self.logs / 'screen.ppm')

    def screen_text(self):
        if self.firmware == 'uefi':
            return '\n'.join(self.font.read(self.picture()))
        return '\n'.join(screen_lines(self.qmp, self.logs / 'screen.bin'))

    def wait_screen(self, pattern, timeout=30):
        """Waits until pattern matches the screen's text; returns the match.

        The screen tells no one that it changed, so this one looks again and again.
        """
        regex = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + scaled(timeout)
        while True:
            text = self.screen_text()
            match = regex.search(text)
            if match:
                return match
            if time.monotonic() > deadline:
                raise ExpectError(f'expected {pattern!r} on the screen, which shows:\n{text}')
            time.sleep(SCREEN_POLL_S)

    # Life and death

    def reset(self):
        """Presses the reset button; the machine goes through BIOS and GRUB again.

        Start the machine with no_reboot=False: SeaBIOS itself resets once more.
        """
        self.qmp.execute('system_reset')
        self.qmp.wait_event('RESET')
        self.serial.skip()

    def wait_end(self, reason, timeout=20):
        """Waits until the machine ends by itself, and checks why (QMP's ShutdownCause)."""
        data = self.qmp.wait_event('SHUTDOWN', timeout)
        assert data['reason'] == reason, f"machine ended by {data['reason']}, not {reason}"

    def save_registers(self):
        """Writes all CPUs' registers to registers.log, for a machine that is stuck."""
        if self._qemu_log.closed:
            return
        try:
            (self.logs / 'registers.log').write_text(self.qmp.human('info registers -a'))
        except (QmpError, OSError):
            pass  # it has ended already

    @property
    def process_id(self):
        """The process of `timeout`, which is QEMU's parent."""
        return self._process.pid

    def kill(self):
        """Ends QEMU and its parent `timeout` at once. Ending `timeout` alone leaves QEMU."""
        os.killpg(self._process.pid, signal.SIGKILL)

    def quit(self):
        """Ends QEMU; does nothing the second time."""
        if self._qemu_log.closed:
            return
        try:
            self.qmp.execute('quit', timeout=5)
        except (QmpError, OSError):
            pass  # it has ended already, or hangs: the next lines see to it
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        self.serial.close()
        self.qmp.close()
        self._qemu_log.close()
