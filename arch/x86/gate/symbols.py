#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads `nm` of a linked image; writes the table of its functions as C (symbols.h).

With no input, a table without entries: for the first link, which is there to be read. The table lies
behind all code, so that the second link, with the table in it, leaves the functions where they were.
"""

import sys


def functions(lines):
    """(offset from monitor_start, name), sorted; of several names at a place, the first by alphabet."""
    found, start = {}, None
    for line in lines:
        address, kind, name = line.split()
        if name == 'monitor_start':
            start = int(address, 16)
        elif kind in 'tT':
            found.setdefault(int(address, 16), []).append(name)
    return [(address - start, min(names)) for address, names in sorted(found.items())]


def main():
    table = functions(sys.stdin)
    names, rows = [], []
    place = 0
    for offset, name in table:
        rows.append(f'\t{{{offset:#x}, {place}}},')
        names.append(f'\t"{name}\\0"')
        place += len(name) + 1
    print('// SPDX-License-Identifier: GPL-2.0-only')
    print('#include "arch/x86/gate/symbols.h"\n')
    print('#define PLACE __attribute__((section(".symbols")))\n')
    print(f'const uint32_t symbol_count PLACE = {len(table)};')
    print('const struct symbol symbols[] PLACE = {\n' + '\n'.join(rows or ['\t{0, 0},']) + '\n};')
    print('const char symbol_names[] PLACE =\n' + '\n'.join(names or ['\t""']) + ';')


if __name__ == '__main__':
    main()
