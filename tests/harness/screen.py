# SPDX-License-Identifier: GPL-2.0-only
"""The text screen and the PS/2 keyboard, as QEMU sees them."""

import re

TEXT_BASE = 0xb8000  # colour text memory
TEXT_BYTES = 0x8000
COLUMNS, ROWS = 80, 25
CRTC_INDEX, CRTC_DATA = 0x3d4, 0x3d5
START_HIGH, START_LOW = 0x0c, 0x0d  # CRT controller: start address, in characters

NAMED_KEYS = {
    ' ': 'spc', '\n': 'ret', '\b': 'backspace', '\t': 'tab', '-': 'minus', '=': 'equal',
    '.': 'dot', ',': 'comma', '/': 'slash', ';': 'semicolon', "'": 'apostrophe',
    '[': 'bracket_left', ']': 'bracket_right', '\\': 'backslash', '`': 'grave_accent',
}
SHIFTED_KEYS = dict(zip('!@#$%^&*()_+:"<>?', [
    '1', '2', '3', '4', '5', '6', '7', '8', '9', '0', 'minus', 'equal', 'semicolon',
    'apostrophe', 'comma', 'dot', 'slash']))


def keys_of(character):
    """The QEMU key names that type this character on a US keyboard."""
    if character in NAMED_KEYS:
        return [NAMED_KEYS[character]]
    if character in SHIFTED_KEYS:
        return ['shift', SHIFTED_KEYS[character]]
    if character.isupper():
        return ['shift', character.lower()]
    return [character]


def _read_port(qmp, port):
    return int(re.search(r'= (0x[0-9a-f]+)', qmp.human(f'i /b {port:#x}'))[1], 16)


def _start_address(qmp):
    """The CRT controller's start address; its index register is left as it was."""
    index = _read_port(qmp, CRTC_INDEX)
    value = 0
    for register in (START_HIGH, START_LOW):
        qmp.human(f'o /b {CRTC_INDEX:#x} {register:#x}')
        value = value << 8 | _read_port(qmp, CRTC_DATA)
    qmp.human(f'o /b {CRTC_INDEX:#x} {index:#x}')
    return value


def screen_lines(qmp, path):
    """The 25 lines that the screen shows, without blanks at their ends. path: a file to use."""
    qmp.execute('stop')  # else a guest could see the CRT controller's index change
    try:
        start = _start_address(qmp)
        qmp.execute('pmemsave', val=TEXT_BASE, size=TEXT_BYTES, filename=str(path))
    finally:
        qmp.execute('cont')
    cells = path.read_bytes()
    lines = []
    for row in range(ROWS):
        first = (start + row * COLUMNS) * 2
        codes = bytes(cells[(first + 2 * column) % TEXT_BYTES] for column in range(COLUMNS))
        text = codes.decode('cp437')
        lines.append(''.join(c if c.isprintable() else ' ' for c in text).rstrip())
    return lines
