# SPDX-License-Identifier: GPL-2.0-only
"""Text in a picture of the screen: QEMU's screendump, read back with the font that drew it."""

import sys

from paths import ROOT

sys.path.insert(0, str(ROOT / 'arch/x86/screen'))
from font import HEIGHT, WIDTH, read_psf  # noqa: E402  (the monitor's own converter)

PSF = '/usr/share/consolefonts/Unifont-APL8x16.psf.gz'  # FONT in monitor/monitor.mk
INK = bytes(1 if level >= 0x60 else 0 for level in range(256))  # grey text on black
BLANK = bytes(WIDTH * HEIGHT)
CURSOR_PIXELS = 2 * WIDTH  # a cell with a cursor in it differs from its glyph by so many at most
ASCII = ''.join(map(chr, range(0x20, 0x7f)))
# A Linux guest's command that shows them in the first row, for Font.learned().
LEARN_LINE = ("awk 'BEGIN { printf \"\\033[2J\\033[H\"; "
              'for (i = 32; i < 127; i++) printf "%c", i }\' > /dev/tty1')


class Picture:
    """A screendump, in black and white."""

    def __init__(self, ppm):
        magic, size, depth, pixels = ppm.split(b'\n', 3)
        assert (magic, depth) == (b'P6', b'255'), 'not the PPM that QEMU writes'
        self.width, self.height = map(int, size.split())
        self._ink = pixels[1::3].translate(INK)  # green will do
        assert len(self._ink) == self.width * self.height

    def cell(self, row, column):
        """WIDTH * HEIGHT bytes, 1 where there is ink."""
        start = row * HEIGHT * self.width + column * WIDTH
        return b''.join(self._ink[start + y * self.width:start + y * self.width + WIDTH]
                        for y in range(HEIGHT))

    def ink(self, width, height):
        """The pixels at the top left, row by row, as cell() has them."""
        return b''.join(self._ink[y * self.width:y * self.width + width] for y in range(height))

    @property
    def columns(self):
        return self.width // WIDTH

    @property
    def rows(self):
        return self.height // HEIGHT


class Font:
    def __init__(self, glyphs):
        """glyphs: {character: cell}"""
        self._characters = {BLANK: ' '}
        for character, cell in glyphs.items():
            self._characters.setdefault(cell, character)

    @classmethod
    def monitor(cls):
        """The font that the monitor draws with."""
        psf = read_psf(PSF)
        return cls({c: bytes(row >> (WIDTH - 1 - x) & 1 for row in psf[c] for x in range(WIDTH))
                    for c in ASCII})

    @classmethod
    def learned(cls, picture, row=0):
        """Learns the font from a picture whose row shows all printable ASCII, from the left."""
        font = cls({c: picture.cell(row, i) for i, c in enumerate(ASCII)})
        assert len(font._characters) == len(ASCII), 'some glyphs look the same: no font was shown'
        return font

    def _nearest(self, cell):
        """The cell's character, also if a cursor covers a part of it. ? if it is none."""
        def distance(glyph):
            return sum(a != b for a, b in zip(glyph, cell))

        best = min(self._characters, key=distance)
        return self._characters[best] if distance(best) <= CURSOR_PIXELS else '?'

    def read(self, picture):
        """The lines that the picture shows, without blanks at their ends."""
        def character(row, column):
            cell = picture.cell(row, column)
            if cell not in self._characters:
                self._characters[cell] = self._nearest(cell)
            return self._characters[cell]

        return [''.join(character(row, column) for column in range(picture.columns)).rstrip()
                for row in range(picture.rows)]


def take_picture(qmp, path):
    """Takes a picture of the screen. path is a file for it."""
    qmp.execute('screendump', filename=str(path))
    return Picture(path.read_bytes())
