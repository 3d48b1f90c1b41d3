# SPDX-License-Identifier: GPL-2.0-only
"""Small kernels for the tests: some are assembled from guests/, wrong ones are built from bytes."""

import contextlib
import struct
import subprocess
import tempfile
from pathlib import Path

from paths import GUESTS, ROOT, TEST

OUT = TEST / 'guests'

# <elf.h>
ET_EXEC, PT_LOAD, EV_CURRENT = 2, 1, 1
EM_386, EM_X86_64 = 3, 62

TRAMPOLINE_TARGET = 8  # trampoline.asm: to_a


def _run(*command):
    subprocess.run([str(word) for word in command], check=True, timeout=60, cwd=GUESTS)


def _keep(made, target):
    """Moves a new file to its name in one step, unless the same is there: then images with it stay
    valid, and another worker's may be in use."""
    if not target.exists() or target.read_bytes() != made.read_bytes():
        made.replace(target)
    return target


@contextlib.contextmanager
def _folder():
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT, prefix='making.') as folder:
        yield Path(folder)


def assemble(name, address, *, bits=32):
    """guests/NAME.asm as an ELF file linked to address."""
    with _folder() as folder:
        _run('nasm', '-f', f'elf{bits}', '-o', folder / 'object', f'{name}.asm')
        _run('ld', '--no-warn-rwx-segments', '-m', 'elf_i386' if bits == 32 else 'elf_x86_64', '-n',
             '-e', 'start', f'-Ttext={address:#x}', '-o', folder / 'image', folder / 'object')
        return _keep(folder / 'image', OUT / f'{name}-{address:x}.elf')


def compile_static(name):
    """guests/NAME.c as a program for Linux that needs no library."""
    with _folder() as folder:
        _run('gcc', '-std=gnu11', '-Os', '-Wall', '-Wextra', '-Werror', '-static', '-s', '-o',
             folder / 'program', f'{name}.c')
        return _keep(folder / 'program', OUT / name)


def assemble_callee(address, *, calls_back=False):
    """guests/callee.asm as it is at this address."""
    with _folder() as folder:
        _run('nasm', '-f', 'bin', f'-DLOAD_ADDRESS={address:#x}', *(['-DCALLS_BACK'] if calls_back else []), '-o',
             folder / 'image', 'callee.asm')
        return _keep(folder / 'image', OUT / f'callee-{"peer" if calls_back else "returns"}.bin')


def assemble_trampoline(target):
    """The bench's way between two kernels, whose other kernel is entered at target. hop.c puts it there, too."""
    with _folder() as folder:
        _run('nasm', '-f', 'bin', '-o', folder / 'image', ROOT / 'tests/bench/guests/trampoline.asm')
        code = bytearray((folder / 'image').read_bytes())
        struct.pack_into('<Q', code, TRAMPOLINE_TARGET, target)
        return write('trampoline.bin', bytes(code))


def with_high_addresses(elf32):
    """The same file for a kernel that runs at high virtual addresses, with a physical entry point."""
    content = bytearray(elf32.read_bytes())
    table, = struct.unpack_from('<I', content, 28)
    row_size, count = struct.unpack_from('<HH', content, 42)
    for row in range(table, table + row_size * count, row_size):
        virtual, = struct.unpack_from('<I', content, row + 8)
        struct.pack_into('<I', content, row + 8, virtual + 0x80000000)
    return write(f'{elf32.stem}-high.elf', bytes(content))


def assemble_flat(name, address):
    """guests/NAME.asm as a flat binary whose header says where it goes."""
    with _folder() as folder:
        _run('nasm', '-f', 'bin', '-DFIELDS', f'-DLOAD_ADDRESS={address:#x}', '-o',
             folder / 'image', f'{name}.asm')
        return _keep(folder / 'image', OUT / f'{name}-{address:x}.bin')


def write(name, content):
    with _folder() as folder:
        (folder / 'image').write_bytes(content)
        return _keep(folder / 'image', OUT / name)


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
