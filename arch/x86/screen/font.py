#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""font.py PSF - prints a console font's ASCII glyphs as C, for arch/x86/screen/framebuffer.c.

PSF is a console font of the kbd package, version 1 or 2, gzipped or not, of 8x16 pixels. The tests
import read_psf() to read screens back.
"""

import gzip
import struct
import sys
from pathlib import Path

# From kbd's psf.h.
PSF1_MAGIC = b'\x36\x04'
PSF1_MODE_512 = 1
PSF1_MODE_TABLE = 2
PSF1_SEPARATOR, PSF1_SEQUENCE = 0xffff, 0xfffe
PSF2_MAGIC = b'\x72\xb5\x4a\x86'
PSF2_HAS_TABLE = 1
PSF2_SEPARATOR, PSF2_SEQUENCE = b'\xff', b'\xfe'

WIDTH, HEIGHT = 8, 16
FIRST, LAST = ' ', '~'


def _split_psf1(data):
    """Returns glyphs, and for each a string of the characters that it stands for."""
    mode, size = data[2], data[3]
    count = 512 if mode & PSF1_MODE_512 else 256
    glyphs = [data[4 + i * size:4 + (i + 1) * size] for i in range(count)]
    names = ['']
    if mode & PSF1_MODE_TABLE:
        in_sequence = False
        for (code,) in struct.iter_unpack('<H', data[4 + count * size:]):
            if code == PSF1_SEPARATOR:
                names.append('')
                in_sequence = False
            elif code == PSF1_SEQUENCE:
                in_sequence = True
            elif not in_sequence:
                names[-1] += chr(code)
    return WIDTH, size, glyphs, names


def _split_psf2(data):
    start, flags, count, size, height, width = struct.unpack_from('<6I', data, 8)
    glyphs = [data[start + i * size:start + (i + 1) * size] for i in range(count)]
    names = []
    if flags & PSF2_HAS_TABLE:
        for entry in data[start + count * size:].split(PSF2_SEPARATOR)[:count]:
            names.append(entry.split(PSF2_SEQUENCE)[0].decode())
    return width, height, glyphs, names


def read_psf(path):
    """Returns {character: 16 bytes}. The top row is first, and the highest bit is the left pixel."""
    data = Path(path).read_bytes()
    if data[:2] == b'\x1f\x8b':
        data = gzip.decompress(data)
    if data[:2] == PSF1_MAGIC:
        width, height, glyphs, names = _split_psf1(data)
    elif data[:4] == PSF2_MAGIC:
        width, height, glyphs, names = _split_psf2(data)
    else:
        raise ValueError(f'{path}: no PSF font')
    if (width, height) != (WIDTH, HEIGHT):
        raise ValueError(f'{path}: glyphs are {width}x{height}; expected {WIDTH}x{HEIGHT}')
    if not any(names):
        raise ValueError(f'{path}: no table of characters')
    return {character: glyph for glyph, name in zip(glyphs, names) for character in name}


def main():
    font = read_psf(sys.argv[1])
    print(f'/* {Path(sys.argv[1]).name}, by arch/x86/screen/font.py */')
    print('#include "arch/x86/screen/font.h"\n')
    print('const uint8_t font_glyphs[FONT_GLYPHS][FONT_HEIGHT] = {')
    for code in range(ord(FIRST), ord(LAST) + 1):
        print('\t{' + ', '.join(f'0x{row:02x}' for row in font[chr(code)]) + f'}}, /* {code:#x} */')
    print('};')


if __name__ == '__main__':
    main()
