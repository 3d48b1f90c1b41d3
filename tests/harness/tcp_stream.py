# SPDX-License-Identifier: GPL-2.0-only
"""A TCP stream from a guest, of which each byte is checked here: it must outlive every switch.

The guest's end is SEND, a shell command; QEMU's user network brings its connection to this process. Packets
that are lost while the guest is parked are TCP's business.
"""

import socket
import threading
import time

from paths import scaled

HOST = '10.0.2.2'  # where a guest finds this machine (QEMU's user network)

# Park and Miller's minimal standard generator (CACM 31, 1988): exact in awk's double precision.
MULTIPLIER, MODULUS = 16807, 2147483647

SEND = ("awk 'BEGIN { for (x = {seed}; ; x = x * 16807 % 2147483647) printf \"%010d\\n\", x }' "
        '| nc {host} {port}')


def numbers(seed):
    """The numbers that the guest sends, as lines of bytes."""
    while True:
        yield b'%010d\n' % seed
        seed = seed * MULTIPLIER % MODULUS


class StreamError(AssertionError):
    """A byte is wrong, or the stream has ended."""


class TcpStream:
    """Takes one connection, and checks all that comes in a thread of its own."""

    def __init__(self, seed):
        self._seed = seed
        self._received = 0
        self._fault = None
        self._changed = threading.Condition()
        self._listener = socket.create_server(('127.0.0.1', 0))
        self._connection = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def command(self):
        """The command for the guest's shell. It runs until the connection ends."""
        port = self._listener.getsockname()[1]
        return SEND.replace('{seed}', str(self._seed)).replace('{host}', HOST) \
            .replace('{port}', str(port))

    def _read(self):
        try:
            self._connection = self._listener.accept()[0]
            self._check()
        except OSError as error:
            self._fail(f'ended: {error}')

    def _check(self):
        source, expected = numbers(self._seed), b''
        while True:
            data = self._connection.recv(65536)
            if not data:
                self._fail('ended: the guest closed it')
                return
            lines = []
            missing = len(data) - len(expected)
            while missing > 0:
                lines.append(next(source))
                missing -= len(lines[-1])
            expected += b''.join(lines)
            if data != expected[:len(data)]:
                self._fail('has a wrong byte')
                return
            expected = expected[len(data):]
            with self._changed:
                self._received += len(data)
                self._changed.notify_all()

    def _fail(self, fault):
        with self._changed:
            self._fault = fault
            self._changed.notify_all()

    @property
    def received(self):
        """Bytes so far, all of them right."""
        with self._changed:
            return self._received

    def wait_growth(self, timeout=60):
        """Waits until more has come than at the call; returns the bytes so far."""
        deadline = time.monotonic() + scaled(timeout)
        with self._changed:
            before = self._received
            while self._received == before and not self._fault:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise StreamError(f'TCP stream: nothing within {scaled(timeout):g} s, '
                                      f'after {before} bytes')
                self._changed.wait(left)
            if self._fault:
                raise StreamError(f'TCP stream {self._fault}, after {self._received} bytes')
            return self._received

    def close(self):
        """Ends it; the guest's end goes away with its machine."""
        self._listener.close()
        if self._connection:
            self._connection.close()
