# SPDX-License-Identifier: GPL-2.0-only
"""The lists in switchyard.h are the one home of the ABI's words, and docs/GUEST-ABI.md repeats them as they are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADER = (ROOT / 'guest/linux/switchyard.h').read_text()
PAGE = (ROOT / 'docs/GUEST-ABI.md').read_text()
SOURCES = [path for folder in ('arch', 'boot', 'guest', 'images', 'lib', 'monitor')
           for suffix in ('c', 'h') for path in (ROOT / folder).rglob(f'*.{suffix}')
           if path.name not in ('switchyard.h', 'switchyard_test.c')]  # a test has to say what it expects


def listed(name):
    """{(enumerator without its prefix, number): word} of one list."""
    body = re.search(rf'#define SWITCHYARD_{name}\(X\)((?:.*\\\n)*.*)', HEADER)[1].replace('\\\n', ' ')
    rows = re.findall(r'X\(SWITCHYARD_(\w+), (-?\d+),\s*((?:"(?:\\.|[^"\\])*"\s*)+)\)', body)
    assert len(rows) == body.count('X(')
    return {(name, int(number)): ''.join(re.findall(r'"((?:\\.|[^"\\])*)"', words)).replace('\\"', '"')
            for name, number, words in rows}


def told():
    """All rows `NAME` | number | word of the page."""
    rows = re.findall(r'^\| `(?!SWITCHYARD_)(\w+)` \| (-?\d+) \| (.*?) \|', PAGE, re.MULTILINE)
    return {(name, int(number)): word for name, number, word in rows}


@pytest.mark.parametrize('name', ['ERRORS', 'STATES', 'TYPES', 'ENDS'])
def test_the_page_has_each_word(name):
    rows = listed(name)
    assert rows
    assert {key: told().get(key) for key in rows} == rows


def test_the_page_has_no_others():
    assert told().keys() == {key for name in ('ERRORS', 'STATES', 'TYPES', 'ENDS') for key in listed(name)}


def test_the_words_have_one_home():
    words = [word for name in ('ERRORS', 'STATES', 'TYPES', 'ENDS') for word in listed(name).values()]
    assert SOURCES
    found = [f'{path.relative_to(ROOT)}: "{word}"' for path in SOURCES
             for text in [path.read_text()] for word in words if f'"{word}"' in text]
    assert not found
