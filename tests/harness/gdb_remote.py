# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's gdb stub: reads and writes physical memory of a halted machine, and halts it at an address.

Protocol: GDB manual, "Remote Serial Protocol"; the packet for physical memory is QEMU's own.
"""

import socket

REPLY_LIMIT = 30  # seconds
READ_SIZE = 1024   # bytes that fit a packet
TRAP = b'T05'      # halted at a breakpoint


class GdbRemote:
    """The stub at a Unix socket. The machine is halted while connected, and runs on at the end."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(REPLY_LIMIT)
        self._socket.connect(str(path))
        self._left = b''
        assert self._ask('Qqemu.PhyMemMode:1') == b'OK'

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ask('Qqemu.PhyMemMode:0')
        self._ask('D')  # detach: the machine goes on
        self._socket.close()

    def read(self, address, size):
        parts = [self._ask(f'm{at:x},{min(READ_SIZE, address + size - at):x}')
                 for at in range(address, address + size, READ_SIZE)]
        return bytes.fromhex(b''.join(parts).decode())

    def write(self, address, data):
        answer = self._ask(f'M{address:x},{len(data):x}:{data.hex()}')
        assert answer == b'OK', f'{address:#x} could not be written: {answer}'

    def flip(self, address):
        """Inverts a byte there."""
        self.write(address, bytes([self.read(address, 1)[0] ^ 0xff]))

    def run_to(self, address):
        """Lets the machine go on until a CPU is about to execute what lies at that linear address."""
        assert self._ask(f'Z1,{address:x},1') == b'OK'
        self._send('c')
        while not self._answer().startswith(TRAP):
            pass
        assert self._ask(f'z1,{address:x},1') == b'OK'

    def _send(self, packet):
        data = packet.encode()
        self._socket.sendall(b'$' + data + b'#%02x' % (sum(data) % 256))

    def _ask(self, packet):
        self._send(packet)
        answer = self._answer()
        while answer.startswith(b'T'):  # says only that the machine halted, as it does on its own
            answer = self._answer()
        return answer

    def _answer(self):
        while b'#' not in self._left or len(self._left.split(b'#', 1)[1]) < 2:
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionError('QEMU closed the gdb stub')
            self._left += more
        answer, rest = self._left.split(b'#', 1)
        self._left = rest[2:]
        self._socket.sendall(b'+')
        return answer.lstrip(b'+').removeprefix(b'$')
