# SPDX-License-Identifier: GPL-2.0-only
"""gdb and readelf read the registers of a 32-bit kernel's CPUs in its core file. No machine is started: such a kernel has no
driver that could tell them."""

import re
import subprocess
from pathlib import Path

from paths import ROOT

REGISTER = 0x51000000
WANTED = {'eax': REGISTER, 'ecx': REGISTER + 1, 'edx': REGISTER + 2, 'ebx': REGISTER + 3, 'esp': REGISTER + 4,
          'ebp': REGISTER + 5, 'esi': REGISTER + 6, 'edi': REGISTER + 7, 'eip': 0xc1000000, 'eflags': 0x246, 'cs': 0x60,
          'ss': 0x68, 'ds': 0x7b, 'es': 0x7c, 'fs': 0xd8, 'gs': 0xe0}


def output(*command, **settings):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
                          timeout=60, **settings).stdout


def test_registers(tmp_path):
    core = tmp_path / 'core'
    output('gcc', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-DSWITCHYARD_HOST', f'-I{ROOT}', f'-I{ROOT / "include"}',
           '-o', tmp_path / 'write', Path(__file__).with_name('write_core.c'))
    core.write_bytes(output(tmp_path / 'write'))
    said = output('readelf', '-h', '-n', core, text=True)
    assert 'ELF32' in said and 'Intel 80386' in said and 'arning' not in said
    assert re.findall(r'^ +(\w+) +(0x\w+)', said, re.M)[-3:-1] == [('CORE', '0x00000090')] * 2
    said = output('gdb', '-batch', '-nx', '-ex', 'set architecture i386', '-ex', f'core-file {core}', '-ex', 'info registers',
                  '-ex', 'x/s 0xc1000000', '-ex', 'thread 2', '-ex', 'p/x $eip', text=True)
    found = {name: int(value, 16) for name, value in re.findall(r'^(\w+) +(0x[0-9a-f]+) ', said, re.M)}
    assert found == WANTED
    assert '0xc1000000:\t"a page of RAM"\n' in said and said.endswith('$1 = 0xc1000001\n')
