# SPDX-License-Identifier: GPL-2.0-only
"""The guest's serial port as a stream of text that can be waited on.

A thread reads the socket all the time, so that the guest never blocks on a full one and the log is
complete; expect() waits on what the thread has collected, without polling.
"""

import re
import threading
import time

from paths import scaled

ESCAPE_SEQUENCE = re.compile(
    r'\x1b(?:\[[0-?]*[ -/]*[@-~]'  # CSI ... final byte (ECMA-48, 5.4)
    r'|[()][A-Za-z0-9]'            # character set
    r'|[^\[()])')                  # two-byte sequences
INCOMPLETE_ESCAPE = re.compile(r'\x1b(?:\[[0-?]*[ -/]*|[()]?)$')
LINE_END = re.compile(r'\r*\n|\r+')

TAIL_LINES = 40

# QEMU's escape character on a multiplexed character device; twice sends it to the guest.
MUX_ESCAPE = b'\x01'
MUX_BREAK = MUX_ESCAPE + b'b'


class ExpectError(AssertionError):
    """The expected text did not come."""


class SerialStream:
    def __init__(self, sock, log_path):
        self._sock = sock
        self._log = open(log_path, 'wb', buffering=0)
        self._pending = ''
        self._text = ''
        self._position = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        while True:
            try:
                data = self._sock.recv(65536)
            except OSError:
                data = b''
            if data:
                self._log.write(data)
            with self._changed:
                if not data:
                    self._closed = True
                else:
                    self._append(data.decode('latin-1'))
                self._changed.notify_all()
            if not data:
                return

    def _append(self, raw):
        raw = self._pending + raw
        # A sequence or line end may be cut in two by the socket: keep it for the next piece.
        cut = INCOMPLETE_ESCAPE.search(raw)
        keep = cut.start() if cut else len(raw) - (1 if raw.endswith('\r') else 0)
        self._pending = raw[keep:]
        self._text += LINE_END.sub('\n', ESCAPE_SEQUENCE.sub('', raw[:keep]))

    @property
    def text(self):
        """All that came so far: escape sequences taken out, line ends as \\n."""
        with self._changed:
            return self._text

    @property
    def position(self):
        """Where the next expect() begins to look."""
        return self._position

    def skip(self):
        """Skips all text that has come so far."""
        self._position = len(self.text)

    def tail(self, lines=TAIL_LINES):
        return '\n'.join((self.text + self._pending).split('\n')[-lines:])

    def expect(self, pattern, timeout=30):
        """Waits until pattern matches behind the last match; returns the match.

        ^ and $ match at line ends. Raises ExpectError, with the last lines that came, when it does
        not come within timeout seconds or QEMU ends.
        """
        regex = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + scaled(timeout)
        with self._changed:
            while True:
                match = regex.search(self._text, self._position)
                if match:
                    self._position = match.end()
                    return match
                left = deadline - time.monotonic()
                if self._closed or left <= 0:
                    break
                self._changed.wait(left)
        why = 'QEMU ended' if self._closed else f'nothing within {scaled(timeout):g} s'
        raise ExpectError(f'expected {pattern!r} on the serial port: {why}. Last lines:\n'
                          + self.tail())

    def send(self, text):
        self._sock.sendall(text.encode('latin-1').replace(MUX_ESCAPE, MUX_ESCAPE * 2))

    def send_break(self):
        self._sock.sendall(MUX_BREAK)

    def close(self):
        self._thread.join(5)
        self._sock.close()
        self._log.close()
