# SPDX-License-Identifier: GPL-2.0-only
"""docs/STATE.md, the torture guest and the mutations name the same items, and each row says its test."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/mutation'))

import mutate  # noqa: E402
from mutations import MUTATIONS, NOT_MUTATED  # noqa: E402
from quick_mutations import UNIT_MUTATIONS  # noqa: E402

NAME = r'[a-z0-9-]+'
PAGE = (ROOT / 'docs/STATE.md').read_text()
ROWS = [[cell.strip() for cell in line.strip('|').split('|')]
        for line in PAGE.split('\n')
        if re.match(r'\| (?!item )', line) and line.count('|') in (8, 10)]
TOLD = {name for row in ROWS for names in re.findall(rf'torture: ({NAME}(?:, {NAME})*)', row[-1])
        for name in names.split(', ')}
MUTATED = {name for mutation in MUTATIONS for name in mutation.items}
FILES = [path for folder in ('unit', 'system') for path in (ROOT / 'tests' / folder).rglob('test_*.*')]
TESTS = {path.name for path in FILES} | {
    name for path in FILES for name in re.findall(r'^(?:def|static void) (\w+)\(', path.read_text(), re.MULTILINE)}

# How the guest's sources name an item: as the first argument of a macro, as a field, and so on.
PATTERNS = (
    rf'^\s*\{{(?!GROUP)\w+\("({NAME})", ', rf'= \{{\{{\w+\("({NAME})", ', rf'\.name = "({NAME})"',
    r'\{(?:FIELD|XSTATE)\((\w+)\)', rf'^\s*\{{"({NAME})", offsetof', rf'\[\d\] = "({NAME})"',
    rf'torture_differs\((?:torture|&second\.torture), "({NAME})"',
)
# The lists of what a slot keeps, by the section of the page that tells of them.
LISTS = {'CPU': 'arch/x86/gate/cpu_state.c', 'Devices': 'arch/x86/platform/platform.c'}
ITEM = rf'STATE_(?:FIXED|SIZED)\("({NAME})"|\.name = "({NAME})",\s+\.version = [1-9]'
UARTS = ('com1', 'com2', 'com3', 'com4')


def guest_items():
    found = set()
    for path in (ROOT / 'images/torture').glob('*.c'):
        text = path.read_text()
        for pattern in PATTERNS:
            found |= set(re.findall(pattern, text, re.MULTILINE))
        found |= {uart + suffix for suffix in re.findall(rf'name "(-{NAME})"', text) for uart in UARTS}
    return found


def test_every_row_says_how_it_is_tested():
    assert ROWS
    silent = [row[0] for row in ROWS
              if not re.search(rf'torture: {NAME}|not testable here: \S', row[-1])
              and row[-1] != 'not kept' and not TESTS & set(re.findall(r'`(\w+(?:\.\w+)?)`', row[-1]))]
    assert not silent


def test_the_tests_that_rows_name_exist():
    named = {test for row in ROWS for test in re.findall(r'`(test_\w+(?:\.\w+)?)`', row[-1])}
    assert named
    assert not named - TESTS


def test_every_item_of_the_guest_is_told_and_mutated():
    items = guest_items()
    assert len(items) > 100
    assert not items - MUTATED - set(NOT_MUTATED)
    assert not items - TOLD - set(NOT_MUTATED)


def test_what_is_told_and_mutated_is_an_item_of_the_guest():
    items = guest_items()
    assert not TOLD - items
    assert not MUTATED - items
    assert not set(NOT_MUTATED) - items


FLAGS = ('DEEP', 'QUICK', 'CONSOLE', 'FIRMWARE')


def flags_told():
    rows = re.findall(rf'^\| `({NAME})` \|((?: (?:yes|-) \|){{4}})$', PAGE, re.MULTILINE)
    return {name: {flag for flag, cell in zip(FLAGS, cells.split('|')) if cell.strip() == 'yes'} for name, cells in rows}


def flags_of_list(section):
    """Item: its flags of these, as the list has them."""
    text = (ROOT / LISTS[section]).read_text()
    text = text.replace('OF_KERNEL', 'STATE_DEEP | STATE_QUICK')
    rows = re.findall(r'^\t\{(.*?)\},$', text[text.index('struct state_item items'):], re.MULTILINE | re.DOTALL)
    found = {}
    for row in rows:
        match = re.search(ITEM, '{' + row) or re.search(ITEM, row)
        if match:
            found[match[1] or match[2]] = {flag for flag in FLAGS if f'STATE_{flag}' in row}
    return found


def test_when_an_item_counts():
    flags = flags_of_list('CPU') | flags_of_list('Devices')
    assert set(flags) == set(listed('CPU')) | set(listed('Devices'))
    assert flags_told() == flags


def listed(section):
    """The items of that list, in its order."""
    return [a or b for a, b in re.findall(ITEM, (ROOT / LISTS[section]).read_text())]


ITEMS = listed('CPU') + listed('Devices')


def kept_as(row):
    return re.findall(rf'`({NAME})`', row[1])


@pytest.mark.parametrize('section', LISTS)
def test_the_page_names_the_items_of_the_list_in_their_order(section):
    text = re.search(rf'^## {section}\n(.*?)^(?:\||###)', PAGE, re.MULTILINE | re.DOTALL)[1]
    told = re.search(rf'`{NAME}`(?:,\s+`{NAME}`){{3,}}', text)[0]
    assert len(listed(section)) > 3
    assert re.findall(NAME, told) == listed(section)


def test_every_row_names_items_of_the_lists():
    assert not [row[0] for row in ROWS if set(kept_as(row)) - set(ITEMS)]
    assert not [row[0] for row in ROWS if 'torture: ' in row[-1] and not kept_as(row)]


def test_every_item_of_the_lists_is_told():
    assert not set(ITEMS) - {item for row in ROWS for item in kept_as(row)}


# Each of these acts on its own, and on real machines only.
NOT_EMULATED = {'active-msrs'}


def test_every_item_of_the_lists_has_a_mutation():
    mutated = {item for row in ROWS if MUTATED & set(re.findall(NAME, row[-1])) for item in kept_as(row)}
    assert set(ITEMS) - mutated == NOT_EMULATED


@pytest.mark.parametrize('mutation', MUTATIONS + UNIT_MUTATIONS, ids=lambda mutation: mutation.items[0])
def test_what_is_left_out_is_there(mutation):
    mutate.edited(mutation)
