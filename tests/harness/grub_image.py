# SPDX-License-Identifier: GPL-2.0-only
"""Small bootable images: GRUB for BIOS and UEFI, one entry, no menu. Kept and reused by content."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from paths import MONITOR, TEST

IMAGES = TEST / 'iso'
KEPT_S = 24 * 3600  # images that were not used for so long are removed

GRUB_MODULES = 'iso9660 normal serial test all_video linux multiboot multiboot2 gzio memrw echo read'
PLAIN_WORD = re.compile(r'[A-Za-z0-9_./:,=@%+-]+$')

# The driver of UEFI's own framebuffer: all_video would put QEMU's before it. Under the BIOS, drivers
# must make no difference: the monitor asks for text mode.
HEADER = '''\
set timeout=0
serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
if [ "$grub_platform" = efi ]; then insmod efi_gop; else insmod all_video; fi
'''


def quote(word):
    """One word of GRUB's shell, which has the quoting rules of sh."""
    if PLAIN_WORD.match(word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


def quote_line(line):
    return ' '.join(quote(word) for word in line.split(' '))


def switchyard_config(options, modules, monitor=MONITOR):
    """The GRUB commands and files of a Switchyard entry.

    modules: (file, module line) pairs, in the order in which GRUB is to load them.
    """
    files = {'/boot/switchyard.elf': monitor}
    commands = [f'multiboot2 /boot/switchyard.elf {quote_line(options)}']
    for number, (path, line) in enumerate(modules):
        name = f'/boot/{number}-{Path(path).name}'
        files[name] = path
        # GRUB would unpack an initrd, and Linux needs room for it twice then.
        unpack = '--nounzip ' if line.startswith('initrd ') else ''
        commands.append(f'module2 {unpack}{name} {quote_line(line)}')
    return commands, files


def _digest(path):
    """A name for the content. The time of change is enough: files are not edited in place."""
    stat = os.stat(path)
    return f'{Path(path).resolve()} {stat.st_size} {stat.st_mtime_ns}'


def remove_old_images():
    """Also removes unfinished images of a killed test. Another worker may do the same now."""
    for path in IMAGES.glob('*'):
        try:
            if path.stat().st_mtime >= time.time() - KEPT_S:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except FileNotFoundError:
            pass


def build_image(commands, files):
    """Makes an ISO image that runs these GRUB commands and boots. Returns its path."""
    config = HEADER + '\n'.join(commands) + '\nboot\n'
    key = hashlib.sha256(config.encode())
    for name in sorted(files):
        key.update(f'{name} {_digest(files[name])}\n'.encode())
    image = IMAGES / (key.hexdigest()[:24] + '.iso')
    if image.exists():
        image.touch()
        return image
    IMAGES.mkdir(parents=True, exist_ok=True)
    # Of its own, as another worker may be making the same image; whoever is last replaces the other's.
    with tempfile.TemporaryDirectory(dir=IMAGES, prefix='making.') as folder:
        make_image(Path(folder), config, files).replace(image)
    return image


def make_image(folder, config, files):
    """Makes an ISO image in folder, with this grub.cfg and these files."""
    stage, image = folder / 'stage', folder / 'image.iso'
    grub_dir = stage / 'boot' / 'grub'
    grub_dir.mkdir(parents=True)
    (grub_dir / 'grub.cfg').write_text(config)
    for name, path in files.items():
        shutil.copyfile(path, stage / name.lstrip('/'))
    result = subprocess.run(
        ['grub-mkrescue', f'--install-modules={GRUB_MODULES}', '--locales=',
         '--fonts=', '--themes=', '-o', str(image), str(stage)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    if result.returncode:
        raise RuntimeError('grub-mkrescue failed:\n' + result.stderr)
    return image
