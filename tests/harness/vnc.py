# SPDX-License-Identifier: GPL-2.0-only
"""The keyboard's lights, which QEMU tells VNC clients: RFB 3.8 (RFC 6143), and QEMU's LED state encoding."""

import socket
import struct
import tempfile
from pathlib import Path

from paths import scaled

SCROLL, NUM, CAPS = 1, 2, 4

SECURITY_NONE = 1
SHARED = 1
SET_ENCODINGS = 2      # client's message
FRAMEBUFFER_UPDATE = 0  # server's message
LED_STATE = -261       # a rectangle without a picture: one byte


class Lights:
    """QEMU's arguments (qemu) for a machine with visible lights, and a connection to it."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix='vnc-')
        self._path = Path(self._folder.name) / 'socket'
        self._socket = None
        self.qemu = ['-vnc', f'unix:{self._path}']

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._socket:
            self._socket.close()
        self._folder.cleanup()

    def _receive(self, count):
        data = b''
        while len(data) < count:
            part = self._socket.recv(count - len(data))
            assert part, 'QEMU closed the VNC connection'
            data += part
        return data

    def connect(self):
        """Asks only for LED states, and for no picture, so that nothing else comes."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(scaled(20))
        self._socket.connect(str(self._path))
        self._socket.sendall(self._receive(12))  # its version is ours
        assert SECURITY_NONE in self._receive(self._receive(1)[0])
        self._socket.sendall(bytes([SECURITY_NONE]))
        assert self._receive(4) == bytes(4), 'QEMU refused'
        self._socket.sendall(bytes([SHARED]))
        name_size, = struct.unpack('>20xI', self._receive(24))
        self._receive(name_size)
        self._socket.sendall(struct.pack('>BxHi', SET_ENCODINGS, 1, LED_STATE))

    def wait(self, wanted):
        """Waits until these lights are on, and no others."""
        while True:
            message, count = struct.unpack('>BxH', self._receive(4))
            assert message == FRAMEBUFFER_UPDATE and count == 1
            encoding, = struct.unpack('>8xi', self._receive(12))
            assert encoding == LED_STATE
            if self._receive(1)[0] == wanted:
                return
