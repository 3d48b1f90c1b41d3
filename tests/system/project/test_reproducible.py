# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the build: equal sources give equal bytes, and files are rebuilt when sources change."""

import os
import shutil
import subprocess
import time

import pytest

from copies import copy_built, copy_sources, make
from paths import ROOT, TEST

TARGET = 'build/switchyard.elf'
EFI = 'build/switchyard.efi'
TICK = 'build/tick/tick.elf'


@pytest.fixture(scope='module')
def built():
    return copy_built('one')


@pytest.mark.thorough
def test_two_builds_are_the_same(built):
    other = copy_sources('a-longer-name/of-another-folder')
    assert make(other, TARGET, EFI).returncode == 0
    for target in (TARGET, EFI):
        assert (other / target).read_bytes() == (built / target).read_bytes()


def build_iso(path):
    environment = {**os.environ, 'SOURCE_DATE_EPOCH': '1700000000'}
    subprocess.run([ROOT / 'images/build-iso.sh', path, f'{TICK}=boot/tick.elf'], cwd=ROOT,
                   env=environment, timeout=120, check=True)
    return path.read_bytes()


def test_two_images_are_the_same(tmp_path):
    """This includes UEFI's FAT file system in it, whose dates have steps of two seconds."""
    first = build_iso(tmp_path / 'first.iso')
    time.sleep(2)
    assert build_iso(tmp_path / 'second.iso') == first


def test_no_path_of_the_build_machine(built):
    for target in (TARGET, EFI):
        assert str(ROOT).encode() not in (built / target).read_bytes()


@pytest.mark.parametrize('target, path', [
    (TARGET, 'arch/x86/gate/cpu_context.h'),  # reaches the gate through asm_offsets.inc
    (TARGET, 'arch/x86/cpu/asm_define.h'),  # reaches nothing else
    (TARGET, 'include/boot_info.h'), (TARGET, 'monitor/slot/slot.h'), (TARGET, 'arch/x86/gate/gate.asm'),
    (TARGET, 'linker/monitor.ld'),
    (EFI, 'boot/efi/conf.h'), (EFI, 'boot/efi/sbat.csv.in'),
    (TARGET, 'guest/linux/version.h'), (EFI, 'guest/linux/version.h'),
    (EFI, 'monitor/console/menu.c'),  # in the image that it carries
])
def test_a_changed_file_is_noticed(built, target, path):
    assert make(built, '-q', target).returncode == 0, 'nothing changed, and yet out of date'
    file = built / path
    stat = file.stat()
    newest = (built / target).stat().st_mtime
    os.utime(file, (newest + 1, newest + 1))
    try:
        assert make(built, '-q', target).returncode == 1
    finally:
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_new_folder_is_built_and_its_headers_are_noticed(built):
    """This holds at any depth, because the names of the objects tell what a header depends on."""
    folder = TEST / 'copies' / 'deeper'
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built, folder)
    street = folder / 'arch/x86/new/street'
    street.mkdir(parents=True)
    header = street / 'house.h'
    header.write_text('extern const int house;\n')
    (street / 'house.c').write_text('#include "house.h"\nconst int house = 1;\n')
    assert make(folder, TARGET).returncode == 0
    symbols = subprocess.run(['nm', folder / TARGET], capture_output=True, text=True, check=True)
    assert ' house\n' in symbols.stdout
    newest = (folder / TARGET).stat().st_mtime
    assert make(folder, '-q', TARGET).returncode == 0
    os.utime(header, (newest + 1, newest + 1))
    assert make(folder, '-q', TARGET).returncode == 1


BARE_METAL_GCC = """#!/bin/sh
exec gcc -nostdinc -isystem "$(gcc -print-file-name=include)" "$@"
"""


@pytest.mark.thorough
def test_a_bare_metal_compiler(built, tmp_path):
    """x86_64-elf-gcc finds no header of the host by itself. Debian has none, so this is one that only
    brings its own headers, under that name; it must make the same bytes."""
    compiler = tmp_path / 'x86_64-elf-gcc'
    compiler.write_text(BARE_METAL_GCC)
    compiler.chmod(0o755)
    for tool in ('ld', 'objcopy', 'nm', 'readelf', 'elfedit'):
        (tmp_path / f'x86_64-elf-{tool}').symlink_to(f'/usr/bin/{tool}')
    expected = (built / TARGET).read_bytes()
    (built / TARGET).unlink()
    result = make(built, '-B', 'CROSS_COMPILE=x86_64-elf-', TARGET, TICK, path=tmp_path)
    assert result.returncode == 0, result.stderr
    assert (built / TARGET).read_bytes() == expected


def test_freestanding(built):
    """It needs no linking at run time, and has nothing of the C library."""
    dynamic = subprocess.run(['readelf', '-lW', built / TARGET], capture_output=True, text=True,
                             check=True).stdout
    assert 'INTERP' not in dynamic
    undefined = subprocess.run(['nm', '-u', built / TARGET], capture_output=True, text=True,
                               check=False).stdout
    assert undefined.strip() == ''
