# SPDX-License-Identifier: GPL-2.0-only
"""A slot's state is changed in one place: monitor/slot/life.c."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITES = re.compile(r'\bslot(?:->|\[[^]]*\]\.|\.)state = ')


def test_only_life_writes_a_slots_state():
    writers = {str(path.relative_to(ROOT)) for folder in ('arch', 'boot', 'monitor')
               for path in (ROOT / folder).rglob('*.c') if WRITES.search(path.read_text())}
    assert writers == {'monitor/slot/life.c'}
