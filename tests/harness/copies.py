# SPDX-License-Identifier: GPL-2.0-only
"""Copies of the sources, and make in them."""

import os
import shutil
import subprocess

from linux import KERNELS
from paths import ROOT, TEST


def make(folder, *arguments, path=None, env=None):
    """path: a folder in front of the others in PATH; env: more variables."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith('MAKE') and name != 'MFLAGS'}
    environment.update(env or {})
    if path:
        environment['PATH'] = f'{path}:{environment["PATH"]}'
    return subprocess.run(['make', *arguments], cwd=folder, env=environment, timeout=300,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def copy_sources(name):
    folder = TEST / 'copies' / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns('build', '.git', '__pycache__'))
    return folder


def copy_built(name):
    """With what is built of the monitor. Times are kept, so make builds nothing again."""
    folder = copy_sources(name)
    for path in ('monitor', 'efi', 'tick', 'switchyard.elf', 'switchyard.efi'):
        copy = shutil.copytree if (ROOT / 'build' / path).is_dir() else shutil.copy2
        (folder / 'build').mkdir(exist_ok=True)
        copy(ROOT / 'build' / path, folder / 'build' / path)
    return folder


def build_driver(flavour, folder):
    """As a person does it whose kernel this is."""
    return subprocess.run(['make', '-C', KERNELS / flavour / 'headers', f'M={folder}', 'modules'],
                          env={'PATH': os.environ['PATH']}, timeout=300, capture_output=True, text=True,
                          check=False)
