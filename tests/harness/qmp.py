# SPDX-License-Identifier: GPL-2.0-only
"""QMP, QEMU's control protocol (docs/interop/qmp-spec.txt in QEMU's sources): one JSON object a line."""

import json
import time

from paths import scaled


class QmpError(RuntimeError):
    """QEMU refused a command, did not answer, or an event did not come."""


class Qmp:
    def __init__(self, sock, log_path):
        self._sock = sock
        self._log = open(log_path, 'w', encoding='utf-8')
        self._buffer = b''
        self._events = []
        self._receive(10)  # the greeting
        self.execute('qmp_capabilities')

    def _receive(self, timeout):
        """The next object, or None if there is none within timeout or QEMU has ended."""
        deadline = time.monotonic() + scaled(timeout)
        while b'\n' not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._sock.settimeout(left)
            try:
                data = self._sock.recv(65536)
            except (TimeoutError, OSError):
                return None
            if not data:
                return None
            self._buffer += data
        line, self._buffer = self._buffer.split(b'\n', 1)
        self._log.write('< ' + line.decode().strip() + '\n')
        self._log.flush()
        return json.loads(line)

    def execute(self, command, timeout=20, **arguments):
        message = json.dumps({'execute': command, 'arguments': arguments})
        self._log.write('> ' + message + '\n')
        self._sock.sendall(message.encode() + b'\n')
        while True:
            answer = self._receive(timeout)
            if answer is None:
                raise QmpError(f'no answer to {command}')
            if 'event' in answer:
                self._events.append(answer)
            elif 'error' in answer:
                raise QmpError(f"{command}: {answer['error']['desc']}")
            else:
                return answer['return']

    def wait_event(self, name, timeout=20):
        """Waits for an event and takes it, with all that came before it; returns its data."""
        deadline = time.monotonic() + scaled(timeout)
        while True:
            while self._events:
                event = self._events.pop(0)
                if event['event'] == name:
                    return event.get('data', {})
            answer = self._receive(max(0, deadline - time.monotonic()))
            if answer is None:
                raise QmpError(f'no event {name} within {timeout} s')
            if 'event' in answer:
                self._events.append(answer)

    def human(self, command_line):
        """Runs a command of QEMU's own console."""
        return self.execute('human-monitor-command', **{'command-line': command_line})

    def throttle(self, drive, *, read=0, write=0):
        """Bytes a second that a drive gives and takes; 0: as many as it can. One request passes, however large it is."""
        self.execute('block_set_io_throttle', device=drive, bps=0, bps_rd=read, bps_wr=write, iops=0, iops_rd=0, iops_wr=0)

    def close(self):
        self._sock.close()
        self._log.close()
