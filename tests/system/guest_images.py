# SPDX-License-Identifier: GPL-2.0-only
"""Small kernels for the tests: assembled from guests/, or put together byte by byte to be wrong."""

import struct
import subprocess
from pathlib import Path

from paths import GUESTS, TEST

OUT = TEST / 'guests'

# <elf.h>
ET_EXEC, PT_LOAD, EV_CURRENT = 2, 1, 1
EM_386, EM_X86_64 = 3, 62


def _run(*command):
    subprocess.run([str(word) for word in command], check=True, timeout=60, cwd=GUESTS)


def assemble(name, address, *, bits=32):
    """guests/NAME.asm as an ELF file linked to address."""
    OUT.mkdir(parents=True, exist_ok=True)
    target = OUT / f'{name}-{address:x}.elf'
    objects = target.with_suffix('.o')
    _run('nasm', '-f', f'elf{bits}', '-o', objects, f'{name}.asm')
    _run('ld', '--no-warn-rwx-segments', '-m', 'elf_i386' if bits == 32 else 'elf_x86_64', '-n', '-e', 'start',
         f'-Ttext={address:#x}', '-o', target, objects)
    return target


def assemble_flat(name, address):
    """guests/NAME.asm as a flat binary whose header says where it goes."""
    OUT.mkdir(parents=True, exist_ok=True)
    target = OUT / f'{name}-{address:x}.bin'
    _run('nasm', '-f', 'bin', '-DFIELDS', f'-DLOAD_ADDRESS={address:#x}', '-o', target,
         f'{name}.asm')
    return target


def write(name, content):
    OUT.mkdir(parents=True, exist_ok=True)
    target = OUT / name
    if not target.exists() or target.read_bytes() != content:
        target.write_bytes(content)
    return target


def elf64(name, segments, *, entry=None, content=b'\xf4' * 4096):
    """An ELF64 file with these (p_offset, p_paddr, p_filesz, p_memsz) segments, right or wrong."""
    header_size, segment_size = 64, 56
    entry = segments[0][1] if entry is None else entry
    ident = b'\x7fELF' + bytes([2, 1, EV_CURRENT]) + bytes(9)
    header = ident + struct.pack('<HHIQQQIHHHHHH', ET_EXEC, EM_X86_64, EV_CURRENT, entry,
                                 header_size, 0, 0, header_size, segment_size, len(segments),
                                 0, 0, 0)
    table = b''.join(struct.pack('<IIQQQQQQ', PT_LOAD, 7, offset, address, address, filesz, memsz,
                                 4096) for offset, address, filesz, memsz in segments)
    return write(name, (header + table).ljust(4096, b'\0') + content)


def elf32(name, segments, *, entry=None, content=b'\xf4' * 4096):
    """The same as an ELF32 file."""
    header_size, segment_size = 52, 32
    entry = segments[0][1] if entry is None else entry
    ident = b'\x7fELF' + bytes([1, 1, EV_CURRENT]) + bytes(9)
    header = ident + struct.pack('<HHIIIIIHHHHHH', ET_EXEC, EM_386, EV_CURRENT, entry,
                                 header_size, 0, 0, header_size, segment_size, len(segments),
                                 0, 0, 0)
    table = b''.join(struct.pack('<IIIIIIII', PT_LOAD, offset, address, address, filesz, memsz, 7,
                                 4096) for offset, address, filesz, memsz in segments)
    return write(name, (header + table).ljust(4096, b'\0') + content)


def patched(name, original, patches, *, size=None):
    """A copy of a file, cut to size, with bytes replaced: {offset: bytes}."""
    content = bytearray(Path(original).read_bytes()[:size])
    for offset, replacement in patches.items():
        content[offset:offset + len(replacement)] = replacement
    return write(name, bytes(content))
