# SPDX-License-Identifier: GPL-2.0-only
"""docs/TOUR.md names what exists, and leaves no source file of the monitor out."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOLD = set(re.findall(r'`([\w/.]+\.(?:c|h|asm|ld|py)|[\w/]+/)`', (ROOT / 'docs/TOUR.md').read_text()))


def test_what_is_named_exists():
    missing = sorted(name for name in TOLD if not (ROOT / name).exists())
    assert not missing


def test_every_source_file_of_the_monitor_is_named():
    sources = {str(path.relative_to(ROOT)) for folder in ('boot', 'lib', 'monitor', 'arch/x86')
               for pattern in ('*.c', '*.asm') for path in (ROOT / folder).rglob(pattern)}
    assert sources
    assert not sorted(sources - TOLD)


def test_every_folder_of_the_monitor_is_told():
    folders = {f'{path.parent.relative_to(ROOT)}/' for folder in ('boot', 'include', 'lib', 'monitor', 'arch')
               for path in (ROOT / folder).rglob('*.h') if path.parent.name != 'monitor'}
    assert len(folders) > 20
    assert not sorted(folders - TOLD)
