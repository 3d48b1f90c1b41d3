# SPDX-License-Identifier: GPL-2.0-only
"""The kernel patch series (guest/linux/patches/): its new files are made of the driver's, and it is in the form in which
kernel maintainers take patches. `make test-patches` applies and compiles it."""

import re

import pytest

import series
import structure

FOLDER = structure.ROOT / 'guest/linux/patches'
PATCHES = sorted(FOLDER.glob('*/*.patch'))


def named(path):
    return f'{path.parent.name}/{path.name}'


@pytest.mark.parametrize('version', series.VERSIONS)
def test_patches_are_what_the_driver_makes_of_them(version):
    """Otherwise: make patches."""
    there = {path.name: path.read_text() for path in (FOLDER / version).iterdir()}
    wanted = series.series(version)
    wanted[series.COVER] = series.cover_letter(wanted)
    assert not {name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name)}


def test_every_file_of_the_driver_is_in_a_patch():
    for version in series.VERSIONS:
        names = {series.slug(path) for path in (FOLDER / version).glob('*.patch')}
        assert set(series.ADDED) <= names
    taken = {source for files in series.ADDED.values() for sources in files.values() for source in sources.split(' + ')}
    tree = {f'tree/{path.name}' for path in (FOLDER.parent / 'tree').iterdir()}
    core = {path.name for path in FOLDER.parent.glob('core*.[chS]')}  # a build leaves more there
    assert tree | core <= taken


def message(path):
    text = series.split(path.read_text())[0]
    return re.sub(r'^From.*\n|^Date.*\n|\[PATCH[^]]*\]', '', text, flags=re.MULTILINE)


def test_both_versions_say_the_same():
    """6.1 lacks two fixes of kexec jump that 6.12 has."""
    first, second = ({series.slug(path): message(path) for path in (FOLDER / version).glob('*.patch')}
                     for version in ('6.1', '6.12'))
    assert second and second.items() <= first.items()
    assert all('kexec' in name for name in first.keys() - second.keys())


@pytest.mark.parametrize('path', PATCHES, ids=named)
def test_a_message_is_as_maintainers_want_it(path):
    text = message(path)
    author = re.search(r'^From: (.*)$', path.read_text(), re.MULTILINE)[1]
    assert text.rstrip().endswith(f'Signed-off-by: {author}')
    assert max(map(len, text.splitlines())) <= 75
    subject = re.sub(r'\n ', ' ', re.search(r'Subject: ([\s\S]*?)\n\n', text)[1]).strip()
    assert re.fullmatch(r'[\w/]+(: [a-z][\w-]+)*: [A-Z].*[^.]', subject)
    assert len(text.split('\n\n')) >= 3


@pytest.mark.parametrize('path', PATCHES, ids=named)
def test_lines_are_as_the_kernel_has_them(path):
    added = re.findall(r'^\+(?!\+\+ )(.*)$', path.read_text(), re.MULTILINE)
    assert added and not [line for line in added if line != line.rstrip()]
    assert not [line for line in added if len(line.expandtabs()) > 100 and '"' not in line]
    assert not [line for line in added if re.search(r'\bu?int(8|16|32|64)_t\b|for_each_\w+ \(', line)]
    assert not [line for line in added if re.search(r'\bcompat_(?!\w*ioctl)', line)]
